//! The list beside exported photos. It says whose each file is, which file names alone do not always say: a file system
//! cannot hold every logon name. Import reads it as a source, and a later export with `--sync` as its memory.

use std::borrow::Cow;
use std::io::{self, Write};

use super::csv::{Further, cell, write_row};
use crate::failure::Advice;
use crate::hash::Hash;
use crate::saving::INDEX;
use crate::source;

/// The column of hashes is not called `sha256`, because import refuses a photo whose file does not have the hash in
/// `sha256`, and people may improve the photos in the folder.
const COLUMNS: [&str; 6] = ["user", "photo", "dn", "display_name", "bytes", "file_sha256"];

/// A row of the list: an exported file and its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexRow {
    /// The text by which import finds the account.
    pub user: String,
    /// The name of the file.
    pub photo: String,
    pub dn: String,
    /// The account's displayName; empty if it has none.
    pub display_name: String,
    /// The size of the file.
    pub bytes: usize,
    /// The hash of the file as it was written.
    pub hash: Hash,
    /// The account's values for the further columns.
    pub columns: Vec<String>,
}

/// The reason why the list of an earlier export cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error("the {INDEX} there was not written by adphoto, or by a version that did not note the files' hashes")]
    NotOurs,
    #[error("line {0} of the {INDEX} there is not as adphoto wrote it")]
    BadRow(u64),
}

impl Advice for IndexError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::NotOurs => {
                "name another folder; or, if the photos in this one are from an export, export once with --overwrite \
                 and without --sync"
            }
            Self::BadRow(_) => "put the file back as it was, or export once with --overwrite and without --sync",
        };
        Some(advice.into())
    }
}

/// Writes the list. `columns` are the names of the further columns.
///
/// # Errors
/// When `out` fails.
pub fn render_index<'r>(
    rows: impl IntoIterator<Item = &'r IndexRow>,
    columns: &[String],
    delimiter: u8,
    out: &mut dyn Write,
) -> io::Result<()> {
    let further = Further::new(columns, &["sAMAccountName", "distinguishedName", "displayName"]);
    // Without a byte order mark, Excel reads the file as Windows-1252.
    out.write_all("\u{feff}".as_bytes())?;
    let header: Vec<&str> = COLUMNS.into_iter().chain(further.names()).collect();
    write_row(&header, delimiter, out)?;
    for IndexRow { user, photo, dn, display_name, bytes, hash, columns } in rows {
        // A file name that a spreadsheet would run as a formula is written as a path, which it does not run.
        let photo = if cell(photo) == *photo { photo.clone() } else { format!("./{photo}") };
        let known = [cell(user), photo, cell(dn), cell(display_name), bytes.to_string(), hash.to_string()];
        let cells: Vec<String> = known.into_iter().chain(further.cells(columns)).collect();
        write_row(&cells, delimiter, out)?;
    }
    out.flush()
}

/// Reads the list of an earlier export, without its further columns.
///
/// # Errors
/// When `list` is not such a list, or somebody changed it so that a row cannot be read. A row that names a file
/// outside the folder counts as such a row.
pub fn read_index(list: &str) -> Result<Vec<IndexRow>, IndexError> {
    let list = list.strip_prefix('\u{feff}').ok_or(IndexError::NotOurs)?;
    let delimiter =
        *list.strip_prefix(COLUMNS[0]).and_then(|rest| rest.as_bytes().first()).ok_or(IndexError::NotOurs)?;
    if !delimiter.is_ascii() {
        return Err(IndexError::NotOurs);
    }
    let mut rows = source::table(list, delimiter);
    match rows.next() {
        Some((_, Some(header))) if header.starts_with(&COLUMNS.map(str::to_owned)) => {}
        _ => return Err(IndexError::NotOurs),
    }
    rows.map(|(line, cells)| cells.and_then(|cells| row(&cells)).ok_or(IndexError::BadRow(line))).collect()
}

/// Returns a row as one line of JSON, for the time in which no list has it yet; without the further columns.
#[must_use]
pub fn render_row(row: &IndexRow) -> String {
    let IndexRow { user, photo, dn, display_name, bytes, hash, .. } = row;
    serde_json::json!([user, photo, dn, display_name, bytes.to_string(), hash]).to_string()
}

/// Reads such a line; `None` if it is torn or somebody else's.
#[must_use]
pub fn read_row(line: &str) -> Option<IndexRow> {
    row(&serde_json::from_str::<Vec<String>>(line).ok()?)
}

fn row(cells: &[String]) -> Option<IndexRow> {
    let [user, photo, dn, display_name, bytes, hash, ..] = cells else { return None };
    let photo = photo.strip_prefix("./").unwrap_or(photo);
    let is_name = !photo.is_empty() && !photo.starts_with('.') && !photo.contains(['/', '\\', ':', '\0']);
    if !is_name || photo.eq_ignore_ascii_case(INDEX) {
        return None;
    }
    Some(IndexRow {
        user: user.clone(),
        photo: photo.to_owned(),
        dn: dn.clone(),
        display_name: display_name.clone(),
        bytes: bytes.parse().ok()?,
        hash: Hash::parse(hash)?,
        columns: Vec::new(),
    })
}

/// Returns whether a name can stand in a list unchanged: no spreadsheet runs it as a formula, and import removes
/// nothing from it.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    cell(name) == name && name.trim() == name && !name.starts_with('\'')
}

#[cfg(test)]
mod tests {
    use super::{Hash, IndexError, IndexRow, read_index, read_row, render_index, render_row};

    fn index(row: IndexRow, delimiter: u8) -> String {
        let mut list = Vec::new();
        render_index([&row], &["mail".to_owned()], delimiter, &mut list).expect("is written");
        String::from_utf8(list).expect("text")
    }

    fn row(photo: &str) -> IndexRow {
        IndexRow {
            user: "@anna".to_owned(),
            photo: photo.to_owned(),
            dn: "CN=\"Anna\",DC=x".to_owned(),
            display_name: "=Schmidt, Anna;".to_owned(),
            bytes: 7,
            hash: Hash::of(b"a photo"),
            columns: vec!["a@x".to_owned()],
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for delimiter in [b',', b';', b'|', b'\t'] {
            for photo in ["anna.jpg", "-1@x.jpg", "=1+1.jpg", "%2Ehidden.jpg", "a, b;c.jpg"] {
                let read = read_index(&index(row(photo), delimiter)).expect("an index");
                assert_eq!(read, [IndexRow { columns: Vec::new(), ..row(photo) }]);
            }
        }
    }

    #[test]
    fn a_row_that_no_list_has_yet_is_read_back() {
        for photo in ["anna.jpg", "=1+1.jpg", "a, \"b\".jpg"] {
            let line = render_row(&row(photo));
            assert_eq!(read_row(&line), Some(IndexRow { columns: Vec::new(), ..row(photo) }));
            assert!((0..line.len()).filter_map(|end| line.get(..end)).all(|torn| read_row(torn).is_none()));
        }
        for photo in ["../anna.jpg", "index.csv", ".hidden"] {
            assert_eq!(read_row(&render_row(&row(photo))), None, "{photo}");
        }
    }

    /// The rows decide which files are removed, so a list that adphoto did not write must not be taken for one.
    #[test]
    fn a_list_that_somebody_else_wrote_is_refused() {
        for list in
            ["", "\u{feff}", "\u{feff}user", "\u{feff}user,photo\na,a.jpg\n", "user,photo,dn,display_name,bytes\n"]
        {
            assert!(matches!(read_index(list), Err(IndexError::NotOurs)), "{list}");
        }
        let good = index(row("anna.jpg"), b',');
        for photo in
            ["../anna.jpg", "/etc/passwd", "sub/anna.jpg", "..", ".", "", "a\\b.jpg", "c:x.jpg", "INDEX.csv", ".hidden"]
        {
            let bad = good.replace("anna.jpg", photo);
            assert!(matches!(read_index(&bad), Err(IndexError::BadRow(2))), "{photo}");
        }
        let short = good.replace(&Hash::of(b"a photo").to_string(), "abc");
        assert!(matches!(read_index(&short), Err(IndexError::BadRow(2))));
        assert!(matches!(read_index(&format!("{good}x,y\n")), Err(IndexError::BadRow(3))));
    }
}
