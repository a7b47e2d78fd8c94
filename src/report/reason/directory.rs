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
            Refused::NoMailbox => Code::NoMailbox,
            Refused::Other => Code::Refused,
            Refused::NotRecorded => Code::NotRecorded,
            Refused::NotSent => Code::Stopped,
            Refused::Unconfirmed => Code::NotConfirmed,
        };
        Self::of(code, error)
    }

    /// Returns the reason why it cannot be told whether an account has a photo in `attribute`.
    pub(crate) fn hidden(hidden: Hidden, attribute: &str) -> Self {
        match hidden {
            Hidden::Unreadable => Self::with(
                Code::PhotoUnreadable,
                &"cannot tell whether this account has a photo: you may not read it",
                format!("ask for the right to read the account's {attribute}"),
            ),
            Hidden::Unknown => Self::with(
                Code::PhotoUnreadable,
                &"cannot tell whether this account has a photo: you may read neither the photo nor its permissions",
                format!("ask for the right to read the account's {attribute} and its permissions"),
            ),
            Hidden::NoMailbox(text, remedy) => Self { code: Code::NoMailbox, text, remedy },
            Hidden::Refused(text, remedy) => Self { code: Code::PhotoUnreadable, text, remedy },
        }
    }
}
