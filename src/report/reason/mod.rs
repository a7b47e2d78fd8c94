//! Why a record is what it is: each kind's stable code, its words, and what to do about it.
//!
//! All that an admin may read about a photo, by where it comes from; the words of each error are its `Display`.

mod code;
mod directory;
mod file;
mod photo;
mod source;

use std::borrow::Cow;
use std::fmt::Display;

pub use code::Code;

use crate::failure::Advice;

/// A reason, with its stable code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Stable, for scripts.
    pub code: Code,
    /// What is the matter, for people.
    pub text: String,
    /// What to do about it.
    pub remedy: Option<Cow<'static, str>>,
}

impl Reason {
    /// A reason that needs no remedy.
    #[must_use]
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), remedy: None }
    }

    /// That the run stopped first.
    #[must_use]
    pub fn stopped() -> Self {
        Self::with(
            Code::Stopped,
            &"the run stopped before it came to this photo",
            "run the same again: what was written is then unchanged",
        )
    }

    /// That somebody else was quicker: theirs is kept.
    #[must_use]
    pub fn conflict() -> Self {
        Self::with(
            Code::Conflict,
            &"the photo was changed by someone else while this ran; it was left as it is",
            "look at the account's photo, then run again if it is still to be changed",
        )
    }

    /// That the account's photo is not the one that was there when another was approved: it is kept.
    #[must_use]
    pub fn changed_since_approval() -> Self {
        Self::with(
            Code::ChangedSince,
            &"the account's photo was changed after the new one was approved; it was left as it is",
            "look at the account's photo, and have the new one approved again (--dry-run --report FILE.html)",
        )
    }

    /// That a list which was approved means two accounts: one by its user, another by what names an account for ever.
    #[must_use]
    pub fn other_user(listed: &str, found: &str, identity: &str) -> Self {
        Self::with(
            Code::OtherUser,
            &format!("the list says {listed}, but its {identity} is that of {found}"),
            "do not edit the list, but have it approved again (--dry-run --report FILE.html)",
        )
    }

    /// That other accounts have the very same photo.
    #[must_use]
    pub fn same_picture(others: &str) -> Self {
        Self::with(
            Code::SamePicture,
            &format!("it is the same picture as that of {others}"),
            "look at it: it may be a stranger's, or a placeholder",
        )
    }

    /// That there is nothing to take.
    #[must_use]
    pub fn no_photo() -> Self {
        Self::new(Code::NoPhoto, "the account has no photo, or none that you may read")
    }

    /// A reason, and what to do about it.
    pub(crate) fn with(code: Code, text: &impl Display, remedy: impl Into<Cow<'static, str>>) -> Self {
        Self { code, text: text.to_string(), remedy: Some(remedy.into()) }
    }

    /// Returns the reason that an error is: its words, and its own advice.
    pub(crate) fn of(code: Code, error: &impl Advice) -> Self {
        Self { code, text: error.to_string(), remedy: error.advice() }
    }

    /// What is the matter and what to do, in one sentence.
    pub(in crate::report) fn sentence(&self) -> String {
        match &self.remedy {
            Some(remedy) => format!("{}: {remedy}", self.text),
            None => self.text.clone(),
        }
    }
}
