//! Reasons that come from the directory.

use super::{Code, Reason};
use crate::destination::{Hidden, Refused, Refusing};

impl Reason {
    /// Returns the reason why a change was not made.
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

    /// Returns the reason why it cannot be told whether an account has a photo.
    pub(crate) fn hidden(hidden: Hidden) -> Self {
        match hidden {
            Hidden::Unreadable => Self::with(
                Code::PhotoUnreadable,
                &"cannot tell whether this account has a photo: you may not read it",
                "ask for the right to read the account's thumbnailPhoto",
            ),
            Hidden::Unknown => Self::with(
                Code::PhotoUnreadable,
                &"cannot tell whether this account has a photo: you may read neither the photo nor its permissions",
                "ask for the right to read the account's thumbnailPhoto and its permissions",
            ),
        }
    }
}
