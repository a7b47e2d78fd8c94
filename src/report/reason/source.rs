//! Of what a source holds, and whose it is.

use super::{Code, Reason};
use crate::naming::Mismatch;
use crate::saving::is_encoded;
use crate::source::{Problem, ReadError};

impl From<&Problem> for Reason {
    fn from(problem: &Problem) -> Self {
        match problem {
            Problem::TooFewFields { .. } => {
                Self::with(Code::BadRow, problem, "give the row a user and a path, or check --delimiter")
            }
            Problem::NoUser => Self::with(Code::BadRow, problem, "fill in the user"),
            Problem::UnbalancedQuote => Self::with(
                Code::BadRow,
                problem,
                "close the quotation mark, or double it (\"\") where it is part of the text",
            ),
            Problem::NotAHash => {
                Self::with(Code::BadRow, problem, "correct it, or leave it empty to take whatever the file holds")
            }
            Problem::NotApproved(problem) => Self::of(Code::BadRow, problem),
            Problem::Nul | Problem::FieldTooLong { .. } => Self::with(Code::BadRow, problem, "correct the row"),
            Problem::NoPhoto => Self::new(Code::NoPhotoNamed, problem.to_string()),
            Problem::NotAnImage => Self::new(Code::NotAnImage, problem.to_string()),
            Problem::ControlCharacter => Self::with(Code::BadName, problem, "rename it"),
            Problem::Unreadable(_) => Self::with(Code::Unreadable, problem, "check that you may read it"),
            Problem::LinkLoop => Self::new(Code::LinkLoop, problem.to_string()),
        }
    }
}

impl From<&ReadError> for Reason {
    fn from(error: &ReadError) -> Self {
        match error {
            ReadError::NotFound => Self::with(
                Code::NoSuchFile,
                error,
                "correct the path; --photo-dir DIR looks up the file names in another folder",
            ),
            ReadError::WindowsPath => Self::with(
                Code::NoSuchFile,
                error,
                "--photo-dir DIR looks up the file names in a folder of this machine",
            ),
            ReadError::DanglingLink { .. } => Self::with(Code::NoSuchFile, error, "mend the link"),
            ReadError::Folder | ReadError::Special => Self::with(Code::NotAFile, error, "give an image file"),
            ReadError::Empty => Self::with(Code::EmptyFile, error, "copy the file again"),
            ReadError::TooLarge { .. } => Self::with(Code::TooLarge, error, "save it smaller"),
            ReadError::Denied => {
                Self::with(Code::Unreadable, error, "ask for read permission, or run as a user who has it")
            }
            ReadError::Changed => Self::with(
                Code::PhotoChanged,
                error,
                "have it approved again (--dry-run --report FILE.html), or take its sha256 out of the list",
            ),
            ReadError::Io(_) => Self::with(Code::Unreadable, error, "try again; check the disk or the share"),
        }
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
