//! Reasons that come from the source, and from finding the account of a photo.

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
            Mismatch::Unknown { attribute, tried, .. } => {
                Self::with(Code::NoSuchAccount, mismatch, help_for_unknown(attribute, tried))
            }
            Mismatch::Outside { .. } => Self::with(
                Code::NoSuchAccount,
                mismatch,
                "leave out --base-dn, or give one that this account is below, too",
            ),
            Mismatch::Ambiguous { .. } => {
                Self::with(Code::Ambiguous, mismatch, "name the account by its sAMAccountName, DN or objectGUID")
            }
            Mismatch::Either { .. } => Self::with(
                Code::Ambiguous,
                mismatch,
                "name the file after nothing but the sAMAccountName of the person it shows, or give it with --account",
            ),
            Mismatch::NameOfAnother { .. } => Self::with(
                Code::NameOfAnother,
                mismatch,
                "name the file after the sAMAccountName of the person it shows, or give it with --account",
            ),
            Mismatch::UnexplainedText { .. } => Self::with(
                Code::UnexplainedText,
                mismatch,
                "if it shows this person, give it with --account, or add --ignore-text TEXT",
            ),
            Mismatch::NotThePattern => {
                Self::with(Code::NotThePattern, mismatch, "rename the file, or widen --name-pattern")
            }
            Mismatch::SeveralPhotos { .. } => {
                Self::with(Code::SeveralPhotos, mismatch, "keep only the right one; none was written")
            }
            Mismatch::Repeated { .. } => Self::new(Code::NamedTwice, mismatch.to_string()),
            Mismatch::SameFile { .. } => Self::with(
                Code::SameFile,
                mismatch,
                "give the files different names, or leave out --photo-dir; none was written",
            ),
            Mismatch::OtherDomain { .. } => Self::with(
                Code::OtherDomain,
                mismatch,
                "run the command on that domain: name its domain controller with --server",
            ),
            Mismatch::NameTooLong(_) => Self::with(Code::NoSuchAccount, mismatch, "correct the name"),
        }
    }
}

/// Returns what to do about a name that no account has.
fn help_for_unknown(attribute: &str, tried: &[String]) -> &'static str {
    let is_default = attribute.eq_ignore_ascii_case("sAMAccountName");
    if is_default && tried.iter().any(|name| name.contains('@')) {
        "the name looks like an address: add --match-by userPrincipalName or --match-by mail"
    } else if tried.iter().any(|name| is_encoded(name)) {
        "the name looks like one that export had to encode: import the index.csv beside the file instead"
    } else {
        "correct the name, or choose another attribute with --match-by (mail, employeeID, …)"
    }
}
