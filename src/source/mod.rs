//! Sources of photos: a CSV file, a folder or a pattern, each read into [`Item`]s in input order.
//!
//! Nothing is dropped: a row or file that cannot be used becomes an [`Unusable`] with its [`Problem`].

mod approved;
pub(crate) mod cell;
pub(crate) mod characters;
mod columns;
mod csv;
mod elsewhere;
mod embedded;
mod encoding;
mod error;
mod file;
mod folder;
mod foreign;
mod headers;
mod joined;
mod layout;
mod marks;
mod one_cell;
mod path;
mod pattern;
mod problem;
mod row;
mod rows;
mod spelling;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::hash::Hash;
pub use approved::{APPROVED_COLUMNS, APPROVED_VERSION, Approved, ApprovedError, Before, NOT_SHOWN, NotApproved};
pub use columns::Column;
pub use embedded::Embedded;
pub use error::SourceError;
pub use file::{MAX_PHOTO_BYTES, OpenPhoto, ReadError};
pub use problem::Problem;

/// Reads a CSV text that adphoto wrote. Returns the line and the cells of each row; the cells are `None` if a quotation
/// mark has no partner.
pub(crate) fn table(text: &str, delimiter: u8) -> impl Iterator<Item = (u64, Option<Vec<String>>)> {
    let cells =
        |fields: Vec<rows::Field<'_>>| fields.iter().map(|field| cell::read(&field.text()).to_owned()).collect();
    rows::Rows::new(text, delimiter, 1).map(move |row| (row.line, row.fields.map(cells)))
}

/// A photo that is to be given to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// The text that names the account.
    pub key: Key,
    /// The image file, which is not opened yet.
    pub path: PathBuf,
    /// What a list says about the photo; `None` if the photo is not from a list. It is boxed to keep photos of folders
    /// small, since a large company has many.
    pub row: Option<Box<ListRow>>,
}

/// What a row of a list says about a photo, besides whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// The line of the CSV file, from 1.
    pub line: u64,
    /// The path as the list gives it; it may be a path on another machine.
    pub path: String,
    /// The hash of the file. A file with another hash is refused.
    pub sha256: Option<Hash>,
    /// What an approved list says in addition.
    pub approved: Option<Approved>,
}

impl Photo {
    /// Returns the path, and the line of the list.
    #[must_use]
    pub fn described(&self) -> String {
        let path = self.path.display();
        self.line().map_or_else(|| path.to_string(), |line| format!("{path} (line {line})"))
    }

    /// Returns the path as the source gives it.
    #[must_use]
    pub fn named(&self) -> Cow<'_, str> {
        self.row.as_ref().map_or_else(|| self.path.to_string_lossy(), |row| Cow::Borrowed(&*row.path))
    }

    /// Returns the line of the list, from 1.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.row.as_ref().map(|row| row.line)
    }

    /// Returns the hash that the list gives for the file.
    #[must_use]
    pub fn sha256(&self) -> Option<Hash> {
        self.row.as_ref().and_then(|row| row.sha256)
    }

    /// Returns what an approved list says in addition.
    #[must_use]
    pub fn approved(&self) -> Option<&Approved> {
        self.row.as_ref().and_then(|row| row.approved.as_ref())
    }

    /// Returns the name by which people know the account.
    #[must_use]
    pub fn user(&self) -> &str {
        self.approved().map_or_else(|| self.key.text(), |approved| &approved.user)
    }
}

/// The text that names an account, as the source gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A field of a CSV file: the whole text is the name.
    Exact(String),
    /// A file name without its image extension: the name is the longest prefix that ends at a space and belongs to an
    /// account.
    Stem(String),
}

impl Key {
    /// Returns the text as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Exact(text) | Self::Stem(text) => text,
        }
    }
}

/// An account that a list names.
#[derive(Debug)]
pub struct User {
    /// The text that names the account.
    pub key: Key,
    /// The line of the CSV file, from 1.
    pub line: Option<u64>,
}

/// One row or file of a source.
#[derive(Debug)]
pub enum Item {
    Photo(Photo),
    /// A row or file that cannot be used.
    Unusable(Box<Unusable>),
}

impl Item {
    /// Returns the file, if this is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Photo(photo) => Some(&photo.path),
            Self::Unusable(unusable) => unusable.path.as_deref(),
        }
    }

    /// Returns the photo, if this is one.
    #[must_use]
    pub fn photo(&self) -> Option<&Photo> {
        match self {
            Self::Photo(photo) => Some(photo),
            Self::Unusable(_) => None,
        }
    }
}

/// A row or file that cannot be used, and why.
#[derive(Debug)]
pub struct Unusable {
    /// The account that it names, as far as that could be read.
    pub user: String,
    /// The photo that it names, as far as that could be read.
    pub photo: String,
    /// The line of the CSV file, from 1.
    pub line: Option<u64>,
    /// The file itself, if a folder or a pattern found it.
    pub path: Option<PathBuf>,
    pub problem: Problem,
}

/// Everything that a source holds, in input order.
#[derive(Debug, Default)]
pub struct Listing {
    /// The rows or files.
    pub items: Vec<Item>,
    /// The attribute that the header of a CSV file names (`mail`, `employeeID`, …).
    pub match_by: Option<&'static str>,
    /// Notes for the user about what was assumed.
    pub notes: Vec<String>,
}

/// All users that a CSV file names, in input order.
#[derive(Debug, Default)]
pub struct UserListing {
    /// The users, and the rows that name none.
    pub users: Vec<Result<User, Unusable>>,
    /// The attribute that the header names.
    pub match_by: Option<&'static str>,
    /// Notes for the user about what was assumed.
    pub notes: Vec<String>,
}

/// How to read a source.
#[derive(Debug, Default)]
pub struct Options {
    /// The CSV column of the users; `None` finds it by the header.
    pub user_column: Option<Column>,
    /// The CSV column of the photos; `None` finds it by the header.
    pub photo_column: Option<Column>,
    /// The attribute by which users are named. A column with this name is the user column.
    pub match_by: Option<String>,
    /// The CSV delimiter; `None` detects it among `,` `;` tab and `|`.
    pub delimiter: Option<u8>,
    /// The folder in which to look for the files that a CSV file names.
    pub photo_dir: Option<PathBuf>,
    /// Whether to search folders inside a folder, too.
    pub recursive: bool,
    /// The account that the one image file is for, named as in a list.
    pub account: Option<String>,
    /// Whether only the users are needed, so that the photo column is not read ([`users`]).
    pub users_only: bool,
}

/// Reads a source: a folder, a CSV file, an image file or a pattern.
///
/// # Errors
/// When the source does not exist, cannot be read, or is empty. Single rows and files that cannot be used are
/// [`Unusable`] items instead.
pub fn read(source: &Path, options: &Options) -> Result<Listing, SourceError> {
    if let Some(account) = &options.account {
        return photo_for(source, account);
    }
    match std::fs::metadata(source) {
        Ok(found) if found.is_dir() => folder::read(source, options.recursive),
        Ok(_) if folder::has_image_extension(source) => Ok(folder::single(source)),
        Ok(_) => csv::read(source, options),
        Err(error) => match source.to_str().filter(|_| elsewhere::elsewhere(source).is_none()) {
            // A pattern is recognized by its characters, but only if no file has exactly this name.
            Some(pattern) if pattern::is_pattern(&short_form(pattern)) => pattern::read(&short_form(pattern)),
            _ => Err(not_opened(source, error)),
        },
    }
}

/// Reads a single image file as the photo of one account, which is named as in a list. A folder, a list or a pattern is
/// an error.
fn photo_for(source: &Path, account: &str) -> Result<Listing, SourceError> {
    let not_one = |what| SourceError::NotOnePhoto { path: source.to_path_buf(), what };
    match std::fs::metadata(source) {
        Ok(found) if found.is_dir() => return Err(not_one("a folder")),
        Err(_) if source.to_str().is_some_and(pattern::is_pattern) => return Err(not_one("a pattern")),
        Err(error) => return Err(not_opened(source, error)),
        Ok(_) => {}
    }
    let mut listing = folder::single(source);
    for item in &mut listing.items {
        match item {
            Item::Photo(photo) => photo.key = Key::Exact(cell::read(account).to_owned()),
            Item::Unusable(row) if matches!(row.problem, Problem::NotAnImage) => return Err(not_one("not an image")),
            Item::Unusable(_) => {}
        }
    }
    Ok(listing)
}

/// Returns why a path on the command line cannot be opened.
fn not_opened(path: &Path, error: std::io::Error) -> SourceError {
    let quoted = path.to_str().filter(|path| cfg!(windows) && path.contains('"'));
    match quoted {
        Some(path) => SourceError::QuotationMark { path: path.to_owned() },
        None => elsewhere::elsewhere(path).unwrap_or_else(|| match error.kind() {
            std::io::ErrorKind::NotFound => SourceError::NotFound { path: path.to_path_buf() },
            _ => SourceError::Io { path: path.to_path_buf(), source: error },
        }),
    }
}

/// Removes the prefix of long Windows paths, `\\?\`, with which patterns do not work. The system adds it by itself.
fn short_form(pattern: &str) -> Cow<'_, str> {
    match pattern.strip_prefix(r"\\?\UNC\") {
        Some(share) => Cow::Owned(format!(r"\\{share}")),
        None => Cow::Borrowed(pattern.strip_prefix(r"\\?\").unwrap_or(pattern)),
    }
}

/// Returns the users that a CSV file names, in input order, with notes about what was assumed. Photos in the file are
/// ignored.
///
/// # Errors
/// When the file does not exist, cannot be read, or is empty.
pub fn users(source: &Path, options: Options) -> Result<UserListing, SourceError> {
    if source.is_dir() || folder::has_image_extension(source) {
        return Err(SourceError::NotAList { path: source.to_path_buf() });
    }
    let Listing { items, match_by, notes } = csv::read(source, &Options { users_only: true, ..options })?;
    let user = |item| match item {
        Item::Photo(photo) => Ok(User { line: photo.line(), key: photo.key }),
        Item::Unusable(row) => Err(Unusable { photo: String::new(), ..*row }),
    };
    Ok(UserListing { users: items.into_iter().map(user).collect(), match_by, notes })
}

/// Returns the first `chars` characters of a text, for messages and reports: a field may have a megabyte.
pub(crate) fn beginning(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Returns the longest beginning of a text that has at most `bytes` bytes and ends between two characters.
fn head(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or_default()]
}
