//! Of what a source holds, and whose it is.

use super::Reason;
use crate::naming::Mismatch;
use crate::saving::is_encoded;
use crate::source::{Problem, ReadError};

impl From<&Problem> for Reason {
    fn from(problem: &Problem) -> Self {
        match problem {
            Problem::TooFewFields { .. } => {
                Self::with("bad-row", problem, "give the row a user and a path, or check --delimiter")
            }
            Problem::NoUser => Self::with("bad-row", problem, "fill in the user"),
            Problem::UnbalancedQuote => Self::with(
                "bad-row",
                problem,
                "close the quotation mark, or double it (\"\") where it is part of the text",
            ),
            Problem::NotAHash => {
                Self::with("bad-row", problem, "correct it, or leave it empty to take whatever the file holds")
            }
            Problem::Nul | Problem::FieldTooLong { .. } => Self::with("bad-row", problem, "correct the row"),
            Problem::NoPhoto => Self::new("no-photo-named", problem.to_string()),
            Problem::NotAnImage => Self::new("not-an-image", problem.to_string()),
            Problem::ControlCharacter => Self::with("bad-name", problem, "rename it"),
            Problem::Unreadable(_) => Self::with("unreadable", problem, "check that you may read it"),
            Problem::LinkLoop => Self::new("link-loop", problem.to_string()),
        }
    }
}

impl From<&ReadError> for Reason {
    fn from(error: &ReadError) -> Self {
        match error {
            ReadError::NotFound => Self::with(
                "no-such-file",
                error,
                "correct the path; --photo-dir DIR looks up the file names in another folder",
            ),
            ReadError::WindowsPath => {
                Self::with("no-such-file", error, "--photo-dir DIR looks up the file names in a folder of this machine")
            }
            ReadError::DanglingLink { .. } => Self::with("no-such-file", error, "mend the link"),
            ReadError::Folder | ReadError::Special => Self::with("not-a-file", error, "give an image file"),
            ReadError::Empty => Self::with("empty-file", error, "copy the file again"),
            ReadError::TooLarge { .. } => Self::with("too-large", error, "save it smaller"),
            ReadError::Denied => {
                Self::with("unreadable", error, "ask for read permission, or run as a user who has it")
            }
            ReadError::Changed => Self::with(
                "photo-changed",
                error,
                "have it approved again (--dry-run --report FILE.html), or take its sha256 out of the list",
            ),
            ReadError::Io(_) => Self::with("unreadable", error, "try again; check the disk or the share"),
        }
    }
}

impl From<&Mismatch> for Reason {
    fn from(mismatch: &Mismatch) -> Self {
        match mismatch {
            Mismatch::Unknown { attribute, tried, .. } => {
                Self::with("no-such-account", mismatch, help_for_unknown(attribute, tried))
            }
            Mismatch::Outside { .. } => {
                Self::with("no-such-account", mismatch, "leave --base-dn out, or give one that holds this account, too")
            }
            Mismatch::Ambiguous { .. } => {
                Self::with("ambiguous", mismatch, "name the account by its sAMAccountName, DN or objectGUID")
            }
            Mismatch::Either { .. } => {
                Self::with("ambiguous", mismatch, "name the file after the sAMAccountName of the person it shows, alone")
            }
            Mismatch::NameOfAnother { .. } => {
                Self::with("name-of-another", mismatch, "name the file after the sAMAccountName of the person it shows")
            }
            Mismatch::UnexplainedText { .. } => Self::with(
                "unexplained-text",
                mismatch,
                "if it shows this person, name the file after the sAMAccountName alone, or say --ignore-text TEXT",
            ),
            Mismatch::NotThePattern => {
                Self::with("not-the-pattern", mismatch, "rename the file, or widen --name-pattern")
            }
            Mismatch::SeveralPhotos { .. } => {
                Self::with("several-photos", mismatch, "keep the one that is right; none was written")
            }
            Mismatch::Repeated { .. } => Self::new(super::NAMED_TWICE, mismatch.to_string()),
            Mismatch::SameFile { .. } => Self::with(
                "same-file",
                mismatch,
                "give the files names of their own, or leave --photo-dir out; none was written",
            ),
            Mismatch::OtherDomain { .. } => {
                Self::with("other-domain", mismatch, "run it against that domain: --server names its domain controller")
            }
            Mismatch::NameTooLong(_) => Self::with("no-such-account", mismatch, "correct the name"),
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
