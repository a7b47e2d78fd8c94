//! Why an approved list, or a row of one, is not taken.

use std::borrow::Cow;

use super::{APPROVED_COLUMNS, APPROVED_VERSION, NOT_SHOWN};
use crate::failure::Advice;

/// Why a list that was approved cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApprovedError {
    /// A column that may say something which is not understood.
    #[error("the approved list has the column {0}, which this version of adphoto does not know")]
    UnknownColumn(String),
    /// A column of the schema is not there.
    #[error("the approved list has no column {0}")]
    NoColumn(&'static str),
    /// A column of the schema is there twice.
    #[error("the approved list has two columns {0}")]
    TwoColumns(&'static str),
    /// A schema that is not this one.
    #[error(
        "line {line} of the approved list is of the version \"{version}\"; this version of adphoto knows {APPROVED_VERSION}"
    )]
    Version {
        /// The line of the file, from 1.
        line: u64,
        /// What stands there.
        version: String,
    },
    /// Columns of another kind of list were asked for.
    #[error("an approved list says itself which account and which photo it means")]
    OtherColumns,
}

impl Advice for ApprovedError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::UnknownColumn(_) => {
                "import it with the version of adphoto that made the page; if somebody added the column by hand, take it out"
            }
            Self::NoColumn(_) | Self::TwoColumns(_) => "give the list as the page saved it, or save it again",
            Self::Version { .. } => "import it with the version of adphoto that made the page, or make the page again",
            Self::OtherColumns => "leave out --user-column and --photo-column",
        };
        Some(advice.into())
    }
}

/// Why a row of an approved list cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotApproved {
    /// It ends too early.
    #[error("the row has {found} of the {} fields of an approved list", APPROVED_COLUMNS.len())]
    TooFewFields {
        /// Fields in the row.
        found: usize,
    },
    /// No account.
    #[error("the field objectGUID is no objectGUID")]
    NoGuid,
    /// No name of the account.
    #[error("the field user is empty")]
    NoUser,
    /// No file.
    #[error("the field path is empty")]
    NoPath,
    /// Not what the file holds.
    #[error("the field sha256 is no SHA-256, which has 64 hexadecimal digits")]
    NoHash,
    /// Not what the account had.
    #[error("the field before_sha256 is neither empty nor a SHA-256 nor {NOT_SHOWN}")]
    NoBefore,
    /// A part of the picture.
    #[error("the field crop says which part of the picture to take, and this version knows no crop in a list")]
    Crop,
    /// Nobody.
    #[error("the field approved_by is empty: nobody says that they approved it")]
    Nobody,
}

impl Advice for NotApproved {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::Crop => {
                "import it with the version of adphoto that made the page, or empty the field to take the whole picture"
            }
            _ => "save the list again on the page (--dry-run --report FILE.html)",
        };
        Some(advice.into())
    }
}
