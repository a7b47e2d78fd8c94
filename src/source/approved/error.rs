//! Errors of approved lists and their rows, with advice.

use std::borrow::Cow;

use super::{APPROVED_COLUMNS, APPROVED_VERSION, NOT_SHOWN};
use crate::crop_box::NotACropBox;
use crate::failure::Advice;

/// The reason why an approved list cannot be used at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApprovedError {
    /// The list has a column that this version does not know and that may change what was approved.
    #[error("the approved list has the column {0}, which this version of adphoto does not know")]
    UnknownColumn(String),
    /// The list lacks a column.
    #[error("the approved list has no column {0}")]
    NoColumn(&'static str),
    /// The list has a column twice.
    #[error("the approved list has two columns {0}")]
    TwoColumns(&'static str),
    /// The list is of another version.
    #[error(
        "line {line} of the approved list has the version \"{version}\"; this version of adphoto knows \
         {APPROVED_VERSION}"
    )]
    Version {
        /// The line in the file, from 1.
        line: u64,
        /// The version in that line.
        version: String,
    },
    /// The user chose columns, which an approved list does not allow.
    #[error("the columns of an approved list cannot be chosen: it says itself which account and which photo it means")]
    OtherColumns,
}

impl Advice for ApprovedError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::UnknownColumn(_) => {
                "import it with the version of adphoto that made the page; if somebody added the column by hand, \
                 remove it"
            }
            Self::NoColumn(_) | Self::TwoColumns(_) => "give the list as the page saved it, or save it again",
            Self::Version { .. } => "import it with the version of adphoto that made the page, or make the page again",
            Self::OtherColumns => "leave out --user-column and --photo-column",
        };
        Some(advice.into())
    }
}

/// The reason why a row of an approved list cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotApproved {
    /// The row is too short.
    #[error("the row has {found} of the {} fields of an approved list", APPROVED_COLUMNS.len())]
    TooFewFields {
        /// Number of fields in the row.
        found: usize,
    },
    #[error("the field objectGUID does not have an objectGUID")]
    NoGuid,
    #[error("the field user is empty")]
    NoUser,
    #[error("the field path is empty")]
    NoPath,
    #[error("the field sha256 is not a SHA-256, which has 64 hexadecimal digits")]
    NoHash,
    #[error("the field before_sha256 is neither empty nor a SHA-256 nor {NOT_SHOWN}")]
    NoBefore,
    #[error("the field crop {0}")]
    Crop(#[from] NotACropBox),
    #[error("the field approved_by is empty: it must say who approved the photo")]
    Nobody,
}

impl Advice for NotApproved {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::Crop(_) => {
                "save the list again on the page (--dry-run --report FILE.html), or empty the field to take the square of \
                 --crop"
            }
            _ => "save the list again on the page (--dry-run --report FILE.html)",
        };
        Some(advice.into())
    }
}
