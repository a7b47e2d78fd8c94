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
            Mismatch::Unknown { attribute, tried, .. } => {
                Self::with(Code::NoSuchAccount, mismatch, help_for_unknown(attribute, tried))
            }
            Mismatch::Outside { .. } => Self::with(
                Code::NoSuchAccount,
                mismatch,
                "leave --base-dn out, or give one that holds this account, too",
            ),
            Mismatch::Ambiguous { .. } => {
                Self::with(Code::Ambiguous, mismatch, "name the account by its sAMAccountName, DN or objectGUID")
            }
            Mismatch::Either { .. } => Self::with(
                Code::Ambiguous,
                mismatch,
                "name the file after the sAMAccountName of the person it shows, alone",
            ),
            Mismatch::NameOfAnother { .. } => Self::with(
                Code::NameOfAnother,
                mismatch,
                "name the file after the sAMAccountName of the person it shows",
            ),
            Mismatch::UnexplainedText { .. } => Self::with(
                Code::UnexplainedText,
                mismatch,
                "if it shows this person, name the file after the sAMAccountName alone, or say --ignore-text TEXT",
            ),
            Mismatch::NotThePattern => {
                Self::with(Code::NotThePattern, mismatch, "rename the file, or widen --name-pattern")
            }
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

fn help_for_unknown(attribute: &str, tried: &[String]) -> &'static str {
    let is_default = attribute.eq_ignore_ascii_case("sAMAccountName");
    if is_default && tried.iter().any(|name| name.contains('@')) {
        "it looks like an address: match by it with --match-by userPrincipalName or --match-by mail"
    } else if tried.iter().any(|name| is_encoded(name)) {
        "the name looks like one that export encoded for the file system: import the index.csv beside the file"
    } else {
        "correct the name; --match-by chooses another attribute (mail, employeeID, …)"
    }
}
