//! Problems of single rows and files, with advice.

use std::borrow::Cow;

use super::NotApproved;
use super::embedded::Embedded;
use crate::failure::Advice;

/// The reason why a row of a list or a file of a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The CSV row ends before the user or the photo column.
    #[error("the row has {found} of the {needed} fields it needs")]
    TooFewFields {
        /// Number of fields in the row.
        found: usize,
        /// Number of fields up to the last column that is read.
        needed: usize,
    },
    /// The CSV row goes on behind the header's last column, so its fields may not be those of their columns.
    #[error("the row has {found} fields, and the header {width}")]
    TooManyFields {
        /// Number of fields in the row.
        found: usize,
        /// Number of columns in the header.
        width: usize,
    },
    /// The user field of the CSV row is empty.
    #[error("the row names no user")]
    NoUser,
    /// The photo field of the CSV row is empty, so there is nothing to do.
    #[error("the row names no photo")]
    NoPhoto,
    /// A quotation mark is never closed, or text follows a closing one.
    #[error("the row has a quotation mark (\") that does not pair with another")]
    UnbalancedQuote,
    /// The row has a NUL character, which no name or path can have.
    #[error("the row has a NUL character")]
    Nul,
    #[error("the row has a field of {bytes} bytes, longer than any name or path")]
    FieldTooLong {
        /// The field's length.
        bytes: usize,
    },
    /// The row's hash is not a SHA-256.
    #[error("the field sha256 is not a SHA-256, which has 64 hexadecimal digits")]
    NotAHash,
    /// The row chooses a part of the photo, and its list was not saved by an approval page.
    #[error("the field crop chooses a part of the photo, which only an approved list may do")]
    CropNotApproved,
    /// The row has a photo instead of its path, or what a program wrote in its place.
    #[error("the row has {0} instead of a path")]
    Embedded(Embedded),
    /// The path is a web address.
    #[error("a web address, which adphoto does not open")]
    WebAddress,
    /// The path has lost letters in another encoding, or differs from the file's name in spelling.
    #[error("there is no such file{}", there_is.as_ref().map_or(String::new(), |name| format!("; did you mean {name}?")))]
    Misspelled {
        /// The only file that may be meant.
        there_is: Option<String>,
        /// Whether a letter has become `?`, which no file name on Windows can have.
        lost_letter: bool,
    },
    /// The row of an approved list cannot be what was approved.
    #[error(transparent)]
    NotApproved(#[from] NotApproved),
    /// The file is not an image, neither by its name nor by its content.
    #[error("not an image")]
    NotAnImage,
    /// The file's path has a control character. With a line break in it, it could pass for a row of its own in a list.
    #[error("the name of the file, or of a folder above it, has a line break or another control character")]
    ControlCharacter,
    /// The file or folder could not be read.
    #[error("{0}")]
    Unreadable(std::io::Error),
    /// A link leads back to a folder above it.
    #[error("a link back to a folder above it")]
    LinkLoop,
}

impl Advice for Problem {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::TooFewFields { .. } => "add a user and a path to the row, or check --delimiter",
            Self::TooManyFields { .. } => {
                "put each text that has the delimiter in it between quotation marks (\"Doe, Anna\"), or give the columns \
                 names in the header"
            }
            Self::NoUser => "fill in the user of this row",
            Self::UnbalancedQuote => "close the quotation mark, or double it (\"\") where it is part of the text",
            Self::NotApproved(problem) => return problem.advice(),
            Self::NotAHash => "correct it, or leave the field empty to accept whatever the file contains",
            Self::Nul | Self::FieldTooLong { .. } => "correct the row",
            Self::CropNotApproved => {
                "choose it on the page of a dry run (--dry-run --report FILE.html), or empty the field and use --crop"
            }
            Self::Embedded(embedded) => embedded.remedy(),
            Self::WebAddress => "download the photos; --photo-dir DIR then finds them by their names",
            Self::Misspelled { lost_letter: true, .. } => {
                "a letter became a ? when the list was saved: save the list again as \"CSV UTF-8\""
            }
            Self::Misspelled { .. } => "correct the path",
            Self::ControlCharacter => "rename the file or folder",
            Self::Unreadable(_) => "check that you have the right to read it",
            Self::NoPhoto | Self::NotAnImage | Self::LinkLoop => return None,
        };
        Some(advice.into())
    }
}
