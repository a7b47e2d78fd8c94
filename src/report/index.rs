//! The list beside exported photos: whose each file is, whatever a file system let it be called. Import takes it as its
//! source.

use std::io::{self, Write};

use super::Record;
use super::csv::{cell, write_row};

const COLUMNS: [&str; 5] = ["user", "photo", "dn", "display_name", "bytes"];

/// A file and whose it is.
#[derive(Debug)]
pub struct IndexRow<'r> {
    /// What import finds the account by.
    pub user: String,
    /// The file's name.
    pub photo: &'r str,
    /// What is known of it.
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
    // Excel takes a file without the mark for Windows-1252.
    out.write_all("\u{feff}".as_bytes())?;
    write_row(&COLUMNS, delimiter, out)?;
    for IndexRow { user, photo, record } in rows {
        // A cell that a spreadsheet would run is a path all the same.
        let photo = if cell(photo) == photo { photo.to_owned() } else { format!("./{photo}") };
        let text = |text: &Option<String>| cell(text.as_deref().unwrap_or_default());
        let bytes = record.bytes_after().map_or(String::new(), |bytes| bytes.to_string());
        write_row(&[cell(&user), photo, text(&record.dn), text(&record.display_name), bytes], delimiter, out)?;
    }
    out.flush()
}

/// Whether a name stands in a list as it is: no spreadsheet runs it, and reading the list cuts nothing off.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    cell(name) == name && name.trim() == name && !name.starts_with('\'')
}
