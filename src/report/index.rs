//! The list beside exported photos. It says whose each file is, which file names alone do not always say: a file system
//! cannot hold every logon name. Import reads it as a source.

use std::io::{self, Write};

use super::Record;
use super::csv::{cell, write_row};

const COLUMNS: [&str; 5] = ["user", "photo", "dn", "display_name", "bytes"];

/// An exported file and its account.
#[derive(Debug)]
pub struct IndexRow<'r> {
    /// The text by which import finds the account.
    pub user: String,
    /// The name of the file.
    pub photo: &'r str,
    pub record: &'r Record,
}

/// Writes the list.
///
/// # Errors
/// When `out` fails.
pub fn render_index<'r>(
    rows: impl IntoIterator<Item = IndexRow<'r>>,
    delimiter: u8,
    out: &mut dyn Write,
) -> io::Result<()> {
    // Without a byte order mark, Excel reads the file as Windows-1252.
    out.write_all("\u{feff}".as_bytes())?;
    write_row(&COLUMNS, delimiter, out)?;
    for IndexRow { user, photo, record } in rows {
        // A file name that a spreadsheet would run as a formula is written as a path, which it does not run.
        let photo = if cell(photo) == photo { photo.to_owned() } else { format!("./{photo}") };
        let text = |text: &Option<String>| cell(text.as_deref().unwrap_or_default());
        let bytes = record.bytes_after().map_or(String::new(), |bytes| bytes.to_string());
        write_row(&[cell(&user), photo, text(&record.dn), text(&record.display_name), bytes], delimiter, out)?;
    }
    out.flush()
}

/// Returns whether a name can stand in a list unchanged: no spreadsheet runs it as a formula, and import removes
/// nothing from it.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    cell(name) == name && name.trim() == name && !name.starts_with('\'')
}
