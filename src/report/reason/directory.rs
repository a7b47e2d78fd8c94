//! Of the place that holds the photos.

use super::{Code, Reason};
use crate::destination::{Hidden, Refused, Refusing};

impl Reason {
    /// Returns why a change was not made.
    pub(crate) fn refused(error: &impl Refusing) -> Self {
        let code = match error.refused() {
            Refused::Conflict { .. } => Code::Conflict,
            Refused::NoRight => Code::NoRight,
            Refused::Gone => Code::AccountGone,
            Refused::ReadOnly => Code::ReadOnly,
            Refused::Other => Code::Refused,
            Refused::NotRecorded => Code::NotRecorded,
            Refused::NotSent => Code::Stopped,
            Refused::Unconfirmed => Code::NotConfirmed,
        };
        Self::of(code, error)
    }

    /// Returns why nobody can tell whether an account has a photo, which `attribute` would hold.
    pub(crate) fn hidden(hidden: Hidden, attribute: &str) -> Self {
        match hidden {
            Hidden::Unreadable => Self::with(
                Code::PhotoUnreadable,
                &"you may not read this account's photo: nobody can tell whether it has one",
                format!("ask for the right to read {attribute} there"),
            ),
            Hidden::Unknown => Self::with(
                Code::PhotoUnreadable,
                &"no photo is to be seen, nor the access list that tells whether you could see one",
                format!("ask for the right to read {attribute} and permissions there"),
            ),
        }
    }
}
