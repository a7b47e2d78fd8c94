//! Of what a source holds, and whose it is.

use super::{Code, Reason};
use crate::naming::Mismatch;
use crate::saving::is_encoded;
use crate::source::{Problem, ReadError};

impl From<&Problem> for Reason {
    fn from(problem: &Problem) -> Self {
        let code = match problem {
            Problem::TooFewFields { .. }
            | Problem::NoUser
            | Problem::UnbalancedQuote
            | Problem::NotAHash
            | Problem::NotApproved(_)
            | Problem::Nul
            | Problem::FieldTooLong { .. }
            | Problem::Embedded(_) => Code::BadRow,
            Problem::NoPhoto => Code::NoPhotoNamed,
            Problem::WebAddress | Problem::Misspelled { .. } => Code::NoSuchFile,
            Problem::NotAnImage => Code::NotAnImage,
            Problem::ControlCharacter => Code::BadName,
            Problem::Unreadable(_) => Code::Unreadable,
            Problem::LinkLoop => Code::LinkLoop,
        };
        Self::of(code, problem)
    }
}

impl From<&ReadError> for Reason {
    fn from(error: &ReadError) -> Self {
        let code = match error {
            ReadError::NotFound | ReadError::WindowsPath | ReadError::DanglingLink { .. } => Code::NoSuchFile,
            ReadError::Folder | ReadError::Special => Code::NotAFile,
            ReadError::Empty => Code::EmptyFile,
            ReadError::TooLarge { .. } => Code::TooLarge,
            ReadError::Denied | ReadError::Io(_) => Code::Unreadable,
            ReadError::Changed => Code::PhotoChanged,
        };
        Self::of(code, error)
    }
}

impl From<&Mismatch> for Reason {
    fn from(mismatch: &Mismatch) -> Self {
        match mismatch {
            Mismatch::Unknown { attribute, tried, .. }
                if attribute.eq_ignore_ascii_case("sAMAccountName") && tried.iter().any(|name| name.contains('@')) =>
            {
                Self::with(
                    Code::NoSuchAccount,
                    mismatch,
                    "it looks like an address: match by it with --match-by userPrincipalName or --match-by mail",
                )
            }
            Mismatch::Unknown { tried, .. } if tried.iter().any(|name| is_encoded(name)) => Self::with(
                Code::NoSuchAccount,
                mismatch,
                "the name looks like one that export encoded for the file system: import the index.csv beside the file",
            ),
            Mismatch::Unknown { .. } => Self::with(
                Code::NoSuchAccount,
                mismatch,
                "correct the name; --match-by chooses another attribute (mail, employeeID, …)",
            ),
            Mismatch::Ambiguous { .. } => {
                Self::with(Code::Ambiguous, mismatch, "name the account by its sAMAccountName, DN or objectGUID")
            }
            Mismatch::NameOfAnother { .. } => Self::with(
                Code::NameOfAnother,
                mismatch,
                "name the file after the sAMAccountName of the person it shows",
            ),
            Mismatch::SeveralPhotos { .. } => {
                Self::with(Code::SeveralPhotos, mismatch, "keep the one that is right; none was written")
            }
            Mismatch::Repeated { .. } => Self::new(Code::NamedTwice, mismatch.to_string()),
            Mismatch::SameFile { .. } => Self::with(
                Code::SameFile,
                mismatch,
                "give the files names of their own, or leave --photo-dir out; none was written",
            ),
            Mismatch::OtherDomain { .. } => Self::with(
                Code::OtherDomain,
                mismatch,
                "run it against that domain: --server names its domain controller",
            ),
            Mismatch::NameTooLong(_) => Self::with(Code::NoSuchAccount, mismatch, "correct the name"),
        }
    }
}
