//! Of the directory.

use super::Reason;
use crate::directory::WriteError;
use crate::pipeline::Refusal;

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
