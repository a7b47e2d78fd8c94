//! Where photos come from: a CSV file, a folder or a glob, each read into [`Item`]s in input order.
//!
//! Nothing that was found is dropped: a row or a file that cannot be used is an [`Unusable`] with its [`Problem`].

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
pub use file::{MAX_PHOTO_BYTES, ReadError, read_photo};
pub use problem::Problem;

/// A photo to be given to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// What names the account.
    pub key: Key,
    /// The image file, not opened yet.
    pub path: PathBuf,
    /// The path as the source gives it, which may be of another machine.
    pub named: String,
    /// The line of the CSV file that names it, from 1.
    pub line: Option<u64>,
    /// What a list says that the file holds: no other is taken for it.
    pub sha256: Option<Hash>,
    /// What an approved list says besides.
    pub approved: Option<Approved>,
}

impl Photo {
    /// Its path, and the line that names it.
    #[must_use]
    pub fn described(&self) -> String {
        let path = self.path.display();
        self.line.map_or_else(|| path.to_string(), |line| format!("{path} (line {line})"))
    }

    /// What people know the account by that it is for.
    #[must_use]
    pub fn user(&self) -> &str {
        self.approved.as_ref().map_or_else(|| self.key.text(), |approved| &approved.user)
    }
}

/// The text that names an account, as the source gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The whole text is the name: a field of a CSV file.
    Exact(String),
    /// A file name without its image extension: the longest prefix that ends at a space and is an account is the name.
    Stem(String),
}

impl Key {
    /// The text as it was given.
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
    /// What names it.
    pub key: Key,
    /// The line of the CSV file that names it, from 1.
    pub line: Option<u64>,
}

/// One row or file of a source.
#[derive(Debug)]
pub enum Item {
    /// A photo to be matched.
    Photo(Photo),
    /// A row or file that is not one.
    Unusable(Unusable),
}

impl Item {
    /// The photo, if it is one.
    #[must_use]
    pub fn photo(&self) -> Option<&Photo> {
        match self {
            Self::Photo(photo) => Some(photo),
            Self::Unusable(_) => None,
        }
    }
}

/// A row or file that names no photo, and why.
#[derive(Debug)]
pub struct Unusable {
    /// The account it names, as far as that could be read.
    pub user: String,
    /// The photo it names, as far as that could be read.
    pub photo: String,
    /// The line of the CSV file, from 1.
    pub line: Option<u64>,
    /// Why it cannot be used.
    pub problem: Problem,
}

/// All that a source holds, in input order.
#[derive(Debug, Default)]
pub struct Listing {
    /// Rows or files.
    pub items: Vec<Item>,
    /// The attribute that a CSV's header names (`mail`, `employeeID`, …).
    pub match_by: Option<&'static str>,
    /// What was assumed while reading, for the user to know.
    pub notes: Vec<String>,
}

/// All users that a CSV file names, in input order.
#[derive(Debug, Default)]
pub struct UserListing {
    /// Those that it names, and rows that name none.
    pub users: Vec<Result<User, Unusable>>,
    /// The attribute that its header names.
    pub match_by: Option<&'static str>,
    /// What was assumed while reading, for the user to know.
    pub notes: Vec<String>,
}

/// How to read a source.
#[derive(Debug, Default)]
pub struct Options {
    /// The CSV column that names the account; default: found by its header.
    pub user_column: Option<Column>,
    /// The CSV column that names the photo; default: found by its header.
    pub photo_column: Option<Column>,
    /// The attribute that users are named by: a column of that name is the user column.
    pub match_by: Option<String>,
    /// The CSV delimiter; default: found among `,` `;` tab and `|`.
    pub delimiter: Option<u8>,
    /// Look up the file names of a CSV in this folder.
    pub photo_dir: Option<PathBuf>,
    /// Search the folders of a folder, too.
    pub recursive: bool,
    /// A list of users is enough: its photo column, if it has one, is not read ([`users`]).
    pub users_only: bool,
}

/// Reads `source`: a folder, a CSV file, an image file or a glob pattern.
///
/// # Errors
/// When there is no such thing, it cannot be read, or holds nothing; single rows and files that cannot be used are
/// [`Unusable`] items instead.
pub fn read(source: &Path, options: &Options) -> Result<Listing, SourceError> {
    match std::fs::metadata(source) {
        Ok(found) if found.is_dir() => folder::read(source, options.recursive),
        Ok(_) if folder::has_image_extension(source) => Ok(folder::single(source)),
        Ok(_) => csv::read(source, options),
        Err(error) => match source.to_str().filter(|_| elsewhere::elsewhere(source).is_none()) {
            // A pattern is told by its characters, after a file of that very name was looked for.
            Some(pattern) if pattern::is_pattern(&short_form(pattern)) => pattern::read(&short_form(pattern)),
            _ => Err(not_opened(source, error)),
        },
    }
}

/// Why a path of the command line cannot be opened.
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

/// Without Windows' mark of a long path, `\\?\`, behind which no pattern is: the system is asked with it anyway.
fn short_form(pattern: &str) -> Cow<'_, str> {
    match pattern.strip_prefix(r"\\?\UNC\") {
        Some(share) => Cow::Owned(format!(r"\\{share}")),
        None => Cow::Borrowed(pattern.strip_prefix(r"\\?\").unwrap_or(pattern)),
    }
}

/// The users that a CSV file names, in input order, and what was assumed while reading; whatever photos it names.
///
/// # Errors
/// When there is no such file, it cannot be read, or holds nothing.
pub fn users(source: &Path, options: Options) -> Result<UserListing, SourceError> {
    if source.is_dir() || folder::has_image_extension(source) {
        return Err(SourceError::NotAList { path: source.to_path_buf() });
    }
    let Listing { items, match_by, notes } = csv::read(source, &Options { users_only: true, ..options })?;
    let user = |item| match item {
        Item::Photo(photo) => Ok(User { key: photo.key, line: photo.line }),
        Item::Unusable(row) => Err(Unusable { photo: String::new(), ..row }),
    };
    Ok(UserListing { users: items.into_iter().map(user).collect(), match_by, notes })
}

/// The first `chars` characters of a text, for messages and reports: a field may hold a megabyte.
pub(crate) fn beginning(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The first bytes of a text, at most so many, that are whole characters.
fn head(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or_default()]
}
