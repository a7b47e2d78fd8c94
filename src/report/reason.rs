//! Why a record is what it is: each kind's stable code, its words, and what to do about it.
//!
//! One table of all that an admin may read about a photo; the words of each error are its `Display`.

use crate::apply::Refusal;
use crate::directory::WriteError;
use crate::matching::Mismatch;
use crate::saving::{Clash, MoveError, SaveError, is_encoded};
use crate::source::{Problem, ReadError};
use crate::thumbnail::{Doubt, Flaw, PhotoError};

/// A reason, with its stable code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Stable, for scripts.
    pub code: &'static str,
    /// What is the matter, for people.
    pub text: String,
    /// What to do about it.
    pub remedy: Option<&'static str>,
}

impl Reason {
    /// A reason that needs no remedy.
    #[must_use]
    pub fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), remedy: None }
    }

    /// That the run stopped first.
    #[must_use]
    pub fn stopped() -> Self {
        Self::with(
            "stopped",
            &"the run stopped before it came to this photo",
            "run the same again: what was written is then unchanged",
        )
    }

    /// That there may be a photo, which access lists keep from whoever asks.
    #[must_use]
    pub fn hidden() -> Self {
        Self::with(
            "photo-unreadable",
            &"you may not read this account's photo: nobody can tell whether it has one",
            "ask for the right to read thumbnailPhoto there",
        )
    }

    /// The same where the access list cannot be seen either.
    #[must_use]
    pub fn perhaps_hidden() -> Self {
        Self::with(
            "photo-unreadable",
            &"no photo is to be seen, nor the access list that tells whether you could see one",
            "ask for the right to read thumbnailPhoto and permissions there",
        )
    }

    /// That other accounts have the very same photo.
    #[must_use]
    pub fn same_picture(others: &str) -> Self {
        Self::with(
            "same-picture",
            &format!("it is the same picture as that of {others}"),
            "look at it: it may be a stranger's, or a placeholder",
        )
    }

    /// That there is nothing to take.
    #[must_use]
    pub fn no_photo() -> Self {
        Self::new("no-photo", "the account has no photo, or none that you may read")
    }

    /// A reason, and what to do about it.
    pub(crate) fn with(code: &'static str, text: &impl ToString, remedy: &'static str) -> Self {
        Self { code, text: text.to_string(), remedy: Some(remedy) }
    }

    /// What is the matter and what to do, in one sentence.
    pub(super) fn sentence(&self) -> String {
        match self.remedy {
            Some(remedy) => format!("{}: {remedy}", self.text),
            None => self.text.clone(),
        }
    }
}

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

impl From<&Mismatch> for Reason {
    fn from(mismatch: &Mismatch) -> Self {
        match mismatch {
            Mismatch::Unknown { attribute, tried, .. }
                if attribute.eq_ignore_ascii_case("sAMAccountName") && tried.iter().any(|name| name.contains('@')) =>
            {
                Self::with(
                    "no-such-account",
                    mismatch,
                    "it looks like an address: match by it with --match-by userPrincipalName or --match-by mail",
                )
            }
            Mismatch::Unknown { tried, .. } if tried.iter().any(|name| is_encoded(name)) => Self::with(
                "no-such-account",
                mismatch,
                "the name looks like one that export encoded for the file system: import the index.csv beside the file",
            ),
            Mismatch::Unknown { .. } => Self::with(
                "no-such-account",
                mismatch,
                "correct the file's name, or the entry in the list; --match-by chooses another attribute (mail, employeeID, …)",
            ),
            Mismatch::Ambiguous { .. } => {
                Self::with("ambiguous", mismatch, "name the account by its sAMAccountName, DN or objectGUID")
            }
            Mismatch::NameOfAnother { .. } => {
                Self::with("name-of-another", mismatch, "name the file after the sAMAccountName of the person it shows")
            }
            Mismatch::SeveralPhotos { .. } => {
                Self::with("several-photos", mismatch, "keep the one that is right; none was written")
            }
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

impl From<&PhotoError> for Reason {
    fn from(error: &PhotoError) -> Self {
        match error {
            PhotoError::Unsupported(_) => Self::with("unsupported", error, "save it as JPEG or PNG"),
            PhotoError::UnknownFormat => Self::with(
                "not-an-image",
                error,
                "if it is a photo, save it as JPEG or PNG; else put the photo in its place",
            ),
            PhotoError::Truncated | PhotoError::Damaged(_) => {
                Self::with("damaged", error, "copy the file again from where it came from")
            }
            PhotoError::NoPixels { .. } => Self::with("damaged", error, "give another photo"),
            PhotoError::TooLarge { .. } => Self::with("too-large", error, "save it smaller"),
            PhotoError::OverBudget { .. } => {
                Self::with("over-budget", error, "allow more with --max-bytes, or less with --size")
            }
            PhotoError::TooManyBytes { .. } => {
                Self::with("over-budget", error, "leave out --as-is to have a thumbnail made of it")
            }
            PhotoError::DecoderFailed => Self::with("damaged", error, "give another photo, and report this as a bug"),
            PhotoError::Failed(_) => Self::with("damaged", error, "give another photo"),
        }
    }
}

impl From<&Flaw> for Reason {
    fn from(flaw: &Flaw) -> Self {
        // An import makes a thumbnail of whatever is an image.
        let again = "export it and import it again, or import a better photo";
        match flaw {
            Flaw::NotJpeg(_) => Self::with(
                "not-jpeg",
                flaw,
                "import a photo for this account; if it is a picture, export it and import it again",
            ),
            Flaw::Undecodable(_) => Self::with("undecodable", flaw, "import a photo for this account"),
            Flaw::NotSquare { .. } => Self::with("not-square", flaw, again),
            Flaw::WrongSize(_) => Self::with(
                "wrong-size",
                flaw,
                "import the original photo again, or give the size that you want with --size",
            ),
            Flaw::TooManyBytes { .. } => Self::with("too-many-bytes", flaw, again),
            Flaw::Location => Self::with("location", flaw, again),
            Flaw::Camera => Self::with("camera", flaw, again),
            Flaw::Turned => Self::with("turned-by-exif", flaw, again),
            Flaw::NotPlain => Self::with("not-plain", flaw, again),
        }
    }
}

impl From<&Doubt> for Reason {
    fn from(doubt: &Doubt) -> Self {
        let code = match doubt {
            Doubt::Enlarged { .. } => "enlarged",
            Doubt::NotJpeg => "not-jpeg",
        };
        Self::new(code, doubt.to_string())
    }
}

impl From<&Clash> for Reason {
    fn from(clash: &Clash) -> Self {
        match clash {
            Clash::NotAFileName { .. } => {
                Self::with("bad-name", clash, "rename the file, or give the list a column of plain names")
            }
            Clash::SeveralPhotos { .. } => {
                Self::with("several-photos", clash, "keep the one that is right; none was written")
            }
            Clash::IsAPhoto(_) => Self::with("is-a-photo", clash, "give another folder for the thumbnails"),
            Clash::SameFile { .. } => Self::with(
                "same-file",
                clash,
                "give the files names of their own, or leave --photo-dir out; none was written",
            ),
        }
    }
}

impl From<&SaveError> for Reason {
    fn from(error: &SaveError) -> Self {
        match error {
            SaveError::Exists(_) | SaveError::HoldsAnExport(_) => Self::with("exists", error, error.remedy()),
            SaveError::Io { .. } => Self::with("not-saved", error, error.remedy()),
        }
    }
}

impl From<&MoveError> for Reason {
    fn from(error: &MoveError) -> Self {
        let remedy = match error {
            MoveError::Changed => "the next run takes it",
            MoveError::Link | MoveError::Io { .. } => {
                "its account has it: move it by hand, or the next run tries again"
            }
            MoveError::Stranded { .. } => "its account has it: move it by hand, or the next run of a folder finds it",
        };
        Self::with("not-moved", error, remedy)
    }
}

impl From<&Refusal> for Reason {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Conflict => Self::with(
                "conflict",
                refusal,
                "look at the account's photo, then run again if it is still to be changed",
            ),
            Refusal::Unreadable => {
                Self::with("photo-unreadable", refusal, "ask for the right to read thumbnailPhoto there")
            }
            Refusal::Write(error) => Self::from(error),
        }
    }
}

impl From<&WriteError> for Reason {
    fn from(error: &WriteError) -> Self {
        match error {
            WriteError::Denied { .. } => Self::with(
                "no-right",
                error,
                "have \"Write thumbnailPhoto\" delegated to you there (adphoto check prints the command); accounts with adminCount=1 do not \
                 inherit delegations",
            ),
            WriteError::NoSuchAccount => {
                Self::with("account-gone", error, "it was deleted or moved out of sight meanwhile")
            }
            WriteError::Constraint(_) => Self::with("refused", error, "lower --max-bytes"),
            WriteError::Referral(_) => {
                Self::with("read-only", error, "name a writable domain controller with --server")
            }
            WriteError::Changed { .. } => Self::with("conflict", error, "look at the account's photo, then run again"),
            WriteError::Refused { .. } => Self::with("refused", error, "see the domain controller's log"),
            WriteError::Withheld(_) => Self::with(
                "not-recorded",
                error,
                "make room or name another file with --journal FILE, then run the same again",
            ),
            WriteError::NotSent(_) => Self::with("stopped", error, "run the same again"),
            WriteError::Unconfirmed { .. } => {
                Self::with("not-confirmed", error, "run again: what was done is then unchanged, the rest is written")
            }
        }
    }
}
