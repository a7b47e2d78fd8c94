//! Of the directory.

use super::{Code, Reason};
use crate::directory::WriteError;
use crate::pipeline::Refusal;

impl From<&Refusal> for Reason {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Conflict => Self::with(
                Code::Conflict,
                refusal,
                "look at the account's photo, then run again if it is still to be changed",
            ),
            Refusal::Unreadable => {
                Self::with(Code::PhotoUnreadable, refusal, "ask for the right to read thumbnailPhoto there")
            }
            Refusal::Write(error) => Self::from(error),
        }
    }
}

impl From<&WriteError> for Reason {
    fn from(error: &WriteError) -> Self {
        match error {
            WriteError::Denied { .. } => Self::with(
                Code::NoRight,
                error,
                "have \"Write thumbnailPhoto\" delegated to you there (adphoto check prints the command); accounts with adminCount=1 do not \
                 inherit delegations",
            ),
            WriteError::NoSuchAccount => {
                Self::with(Code::AccountGone, error, "it was deleted or moved out of sight meanwhile")
            }
            WriteError::Constraint(_) => Self::with(Code::Refused, error, "lower --max-bytes"),
            WriteError::Referral(_) => {
                Self::with(Code::ReadOnly, error, "name a writable domain controller with --server")
            }
            WriteError::Changed { .. } => {
                Self::with(Code::Conflict, error, "look at the account's photo, then run again")
            }
            WriteError::Refused { .. } => Self::with(Code::Refused, error, "see the domain controller's log"),
            WriteError::Withheld(_) => Self::with(
                Code::NotRecorded,
                error,
                "make room or name another file with --journal FILE, then run the same again",
            ),
            WriteError::NotSent(_) => Self::with(Code::Stopped, error, "run the same again"),
            WriteError::Unconfirmed { .. } => {
                Self::with(Code::NotConfirmed, error, "run again: what was done is then unchanged, the rest is written")
            }
        }
    }
}
