//! The reasons of a record: for each a stable code, words, and what to do about it.
//!
//! The submodules turn errors into reasons, one for each place that errors come from. The words of a reason are the
//! error's `Display`, and what to do about it is its `Advice`.

mod code;
mod directory;
mod file;
mod photo;
mod source;

use std::borrow::Cow;
use std::fmt::Display;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use code::Code;

use crate::failure::Advice;

/// The reason why a record has its status, or a remark about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The stable code, for scripts.
    pub code: Code,
    /// What happened, for people.
    pub text: String,
    /// What to do about it.
    pub remedy: Option<Cow<'static, str>>,
}

impl Reason {
    /// Returns a reason that needs no remedy.
    #[must_use]
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), remedy: None }
    }

    /// Returns the reason of a record that the run did not come to, because it stopped.
    #[must_use]
    pub fn stopped() -> Self {
        Self::with(
            Code::Stopped,
            &"the run stopped before it came to this photo",
            "run the same command again: it leaves alone what is written already",
        )
    }

    /// Returns the reason of a conflict: somebody else changed the photo during the run, and the changed photo is kept.
    #[must_use]
    pub fn conflict() -> Self {
        Self::with(
            Code::Conflict,
            &"the photo was changed by someone else during the run; it was left as it is",
            "look at the account's photo, and run the same command again if it should still be changed",
        )
    }

    /// Returns the reason of a conflict with an approved list: the account's photo is not the one that the approver
    /// saw, and is kept.
    #[must_use]
    pub fn changed_since_approval() -> Self {
        Self::with(
            Code::ChangedSince,
            &"the account's photo was changed after the new one was approved; it was left as it is",
            "look at the account's photo, and have the new one approved again (--dry-run --report FILE.html)",
        )
    }

    /// Returns the reason of a photo that somebody else changed after an import had sent one.
    #[must_use]
    pub fn changed_since_sent() -> Self {
        Self::with(
            Code::ChangedSince,
            &"somebody else changed or removed the photo after adphoto had sent it; it was left as it is",
            "look at the account's photo; --overwrite-cloud replaces it all the same",
        )
    }

    /// Returns the remark that a photo was not read, because it is known to be the one that was sent. `seen` is the
    /// time at which it was last seen.
    #[must_use]
    pub fn seen_earlier(seen: OffsetDateTime) -> Self {
        let (day, hour, minute) = (seen.date(), seen.hour(), seen.minute());
        let text = format!(
            "the account has the photo that adphoto sent, as was last seen on {day} at {hour:02}:{minute:02} UTC"
        );
        Self::new(Code::SeenEarlier, text)
    }

    /// Returns the reason of a row in an approved list that names two different accounts.
    #[must_use]
    pub fn other_user(listed: &str, found: &str, identity: &str) -> Self {
        Self::with(
            Code::OtherUser,
            &format!("the list says {listed}, but its {identity} is that of {found}"),
            "do not edit an approved list; have the photos approved again (--dry-run --report FILE.html)",
        )
    }

    /// Returns the remark that other accounts have the very same photo.
    #[must_use]
    pub fn same_picture(others: &str) -> Self {
        Self::with(
            Code::SamePicture,
            &format!("it is the same picture as that of {others}"),
            "look at it: it may show somebody else, or be a placeholder",
        )
    }

    /// Returns the remark that an account's photo is another picture than the one in a file.
    #[must_use]
    pub fn drift(file: &str) -> Self {
        Self::with(
            Code::Drift,
            &format!("it is another picture, or another part of it, than {file}"),
            "look at both, and import the one that is right where the other is",
        )
    }

    /// Returns the reason of an account whose photo was to be saved or removed, and that has none.
    #[must_use]
    pub fn no_photo() -> Self {
        Self::new(Code::NoPhoto, "the account has no photo, or none that you may read")
    }

    /// Returns the remark that a photo was written, but is not served yet.
    #[must_use]
    pub fn not_visible_yet() -> Self {
        Self::new(Code::NotVisibleYet, "Microsoft 365 took it, and does not show it yet")
    }

    /// Returns a reason with a remedy.
    pub(crate) fn with(code: Code, text: &impl Display, remedy: impl Into<Cow<'static, str>>) -> Self {
        Self { code, text: text.to_string(), remedy: Some(remedy.into()) }
    }

    /// Returns the reason for an error, with the error's words and its advice.
    pub(crate) fn of(code: Code, error: &impl Advice) -> Self {
        Self { code, text: error.to_string(), remedy: error.advice() }
    }
}
