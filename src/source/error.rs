//! Why a source cannot be read at all, and what to do about it.

use std::borrow::Cow;
use std::path::PathBuf;

use super::ApprovedError;
use crate::failure::Advice;

/// Why a source cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Neither a file, a folder nor a pattern.
    #[error("there is no file or folder {}", path.display())]
    NotFound {
        /// As given.
        path: PathBuf,
    },
    /// Windows takes the backslash of `"D:\photos\" --dry-run` and the quotation mark behind it for one character.
    #[error("there is no file or folder {path}; leave out the backslash before the quotation mark")]
    QuotationMark {
        /// As given.
        path: String,
    },
    /// The file or folder could not be read.
    #[error("cannot read {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A pattern that `glob` does not understand.
    #[error("the pattern {pattern} is not understood")]
    Pattern {
        /// As given.
        pattern: String,
        /// Where and why.
        source: glob::PatternError,
    },
    /// A name among those that the pattern is tried on has bytes that are no Unicode, and `glob` cannot tell.
    #[error("the pattern {pattern} meets a name that is no valid Unicode")]
    NotUnicode {
        /// As given.
        pattern: String,
    },
    /// A folder with nothing in it.
    #[error("the folder has no files: {}", path.display())]
    EmptyFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A folder with nothing but folders, or a pattern that no file matches.
    #[error("{what}")]
    NoFiles {
        /// What is empty, and how.
        what: String,
    },
    /// A list without a row.
    #[error("{what}")]
    NoRows {
        /// What is empty, and how.
        what: String,
    },
    /// A folder or an image where a list of users should be.
    #[error("{} is no list of users; give a CSV file with a column of them", path.display())]
    NotAList {
        /// The folder or file.
        path: PathBuf,
    },
    /// A CSV file too large to be a list of photos.
    #[error("{} has more than {} MB, too much for a list of photos", path.display(), limit / 1024 / 1024)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// A page, a report for programs or a document where a CSV file should be.
    #[error("{} is no CSV file: it begins like {what}", path.display())]
    NotCsv {
        /// The file.
        path: PathBuf,
        /// What it seems to be.
        what: &'static str,
    },
    /// An Excel workbook where a CSV file should be.
    #[error("{} is an Excel workbook; save it as \"CSV UTF-8\" and give that file", path.display())]
    Workbook {
        /// The file.
        path: PathBuf,
    },
    /// A first line whose quotation marks do not pair: the columns are not known.
    #[error("the first line has a quotation mark (\") that does not pair with another: {line}")]
    BrokenHeader {
        /// How it begins.
        line: String,
    },
    /// Hashes, and nothing that says what they are of: they would be passed over in silence.
    #[error("the list holds SHA-256 hashes, and no first line that names their column")]
    NoHeader,
    /// An approved list that is not understood.
    #[error(transparent)]
    Approved(#[from] ApprovedError),
    /// A column that the header does not have.
    #[error("the file has no column {wanted}; its first line reads: {header}")]
    NoColumn {
        /// What was looked for.
        wanted: String,
        /// The first line's fields.
        header: String,
    },
}

impl Advice for SourceError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::NotFound { .. } => "check the path; it starts from the folder that you are in",
            Self::Pattern { .. } => "a pattern is such as \"photos/**/*.jpg\"; a [ that means itself is written [[]",
            Self::NotUnicode { .. } => "give the folder instead, or rename the file",
            Self::BrokenHeader { .. } => "close the quotation mark, or double it (\"\") where it is part of the text",
            Self::NoHeader => "put the first line back, as the page saved it: adphoto_approved,objectGUID,user,path,…",
            Self::Approved(error) => return error.advice(),
            Self::NoColumn { .. } => "--user-column and --photo-column take a column's name or its number",
            Self::TooLarge { .. } => "give the list itself: a row for each person",
            Self::Io { .. } => "check that you may read it",
            Self::NotCsv { .. } => {
                "give a CSV file, a folder or an image; of a dry run's page it is what \"Save approved list\" saved"
            }
            Self::QuotationMark { .. }
            | Self::EmptyFolder { .. }
            | Self::NoFiles { .. }
            | Self::NoRows { .. }
            | Self::NotAList { .. }
            | Self::Workbook { .. } => return None,
        };
        Some(advice.into())
    }
}
