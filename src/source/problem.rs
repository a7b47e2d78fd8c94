//! Why a row of a list or a file of a folder is no photo, and what to do about it.

use std::borrow::Cow;

use super::NotApproved;
use super::embedded::Embedded;
use crate::failure::Advice;

/// Why a row or a file is no photo.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// A CSV row that ends before the user or the photo column.
    #[error("the row has {found} of the {needed} fields it needs")]
    TooFewFields {
        /// Fields in the row.
        found: usize,
        /// Fields up to the last column that is read.
        needed: usize,
    },
    /// A CSV row whose user field is empty.
    #[error("the row names no user")]
    NoUser,
    /// A CSV row whose photo field is empty: nothing to do.
    #[error("no photo named")]
    NoPhoto,
    /// A quotation mark that is never closed, or text behind a closing one.
    #[error("the row has a quotation mark (\") that does not pair with another")]
    UnbalancedQuote,
    /// A NUL character, which no name and no path can hold.
    #[error("the row holds a NUL character")]
    Nul,
    /// A field longer than any name or path.
    #[error("the row has a field of {bytes} bytes, longer than any name or path")]
    FieldTooLong {
        /// Its length.
        bytes: usize,
    },
    /// A CSV row whose hash cannot be one.
    #[error("the field sha256 is no SHA-256, which has 64 hexadecimal digits")]
    NotAHash,
    /// A photo, or what a program says instead of one, where its path should be.
    #[error("the row holds {0}, and no path")]
    Embedded(Embedded),
    /// The address of a page or a server.
    #[error("a web address, which is not opened")]
    WebAddress,
    /// A path that lost letters to another encoding, or that differs from the file's in its spelling.
    #[error("there is no such file{}", there_is.as_ref().map_or(String::new(), |name| format!("; there is {name}")))]
    Misspelled {
        /// The only file that may be meant.
        there_is: Option<String>,
        /// Whether a letter is `?` now, which no file's name on Windows has.
        lost_letter: bool,
    },
    /// A row of an approved list that cannot be what was approved.
    #[error(transparent)]
    NotApproved(#[from] NotApproved),
    /// A file of a folder that is no image, neither by its name nor by its content.
    #[error("not an image")]
    NotAnImage,
    /// A file of a folder whose path no list can hold: a line break in it could pass for a row of its own.
    #[error("the name of the file, or of a folder above it, holds a line break or another control character")]
    ControlCharacter,
    /// A file or folder that could not be looked at.
    #[error("{0}")]
    Unreadable(std::io::Error),
    /// A link that leads back to a folder above it.
    #[error("a link back to a folder above it")]
    LinkLoop,
}

impl Advice for Problem {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::TooFewFields { .. } => "give the row a user and a path, or check --delimiter",
            Self::NoUser => "fill in the user",
            Self::UnbalancedQuote => "close the quotation mark, or double it (\"\") where it is part of the text",
            Self::NotApproved(problem) => return problem.advice(),
            Self::NotAHash => "correct it, or leave it empty to take whatever the file holds",
            Self::Nul | Self::FieldTooLong { .. } => "correct the row",
            Self::Embedded(embedded) => embedded.remedy(),
            Self::WebAddress => "download the photos; --photo-dir DIR then finds them there by their names",
            Self::Misspelled { lost_letter: true, .. } => {
                "a letter became a ? when the list was saved: save it as \"CSV UTF-8\""
            }
            Self::Misspelled { .. } => "correct the path",
            Self::ControlCharacter => "rename it",
            Self::Unreadable(_) => "check that you may read it",
            Self::NoPhoto | Self::NotAnImage | Self::LinkLoop => return None,
        };
        Some(advice.into())
    }
}
