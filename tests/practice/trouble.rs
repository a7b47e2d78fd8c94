//! Trouble of a domain controller: for a while, it refuses every operation.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use ldap3_proto::proto::LdapResultCode;

use super::refusal::Refusal;

/// The result code of the refused operations.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trouble {
    /// `busy`, code 51.
    Busy,
    /// `unavailable`, code 52.
    Unavailable,
    /// `unwillingToPerform`, code 53.
    Unwilling,
}

impl Trouble {
    fn refusal(self) -> Refusal {
        let (code, message) = match self {
            Self::Busy => (LdapResultCode::Busy, "0000200E: SvcErr: DSID-02050C4D, problem 5001 (BUSY), data 0"),
            Self::Unavailable => {
                (LdapResultCode::Unavailable, "0000200F: SvcErr: DSID-02050C4D, problem 5002 (UNAVAILABLE), data 0")
            }
            Self::Unwilling => (
                LdapResultCode::UnwillingToPerform,
                "00002035: SvcErr: DSID-02050C4D, problem 5003 (WILL_NOT_PERFORM), data 0",
            ),
        };
        Refusal::new(code, message)
    }
}

/// The trouble that was announced, if any.
#[derive(Default)]
pub(super) struct Times(Mutex<Option<Time>>);

struct Time {
    trouble: Trouble,
    operations_before: usize,
    lasts: Duration,
    began: Option<Instant>,
    refused: u64,
}

impl Times {
    pub(super) fn announce(&self, trouble: Trouble, operations_before: usize, lasts: Duration) {
        *self.0.lock().expect("no panic") = Some(Time { trouble, operations_before, lasts, began: None, refused: 0 });
    }

    /// Returns how many operations were refused because of the trouble.
    pub(super) fn refused(&self) -> u64 {
        self.0.lock().expect("no panic").as_ref().map_or(0, |time| time.refused)
    }

    /// Returns an error if the next operation is to be refused.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let mut time = self.0.lock().expect("no panic");
        let Some(time) = &mut *time else { return Ok(()) };
        if time.operations_before > 0 {
            time.operations_before -= 1;
            return Ok(());
        }
        if time.began.get_or_insert_with(Instant::now).elapsed() >= time.lasts {
            return Ok(());
        }
        time.refused += 1;
        Err(time.trouble.refusal())
    }
}
