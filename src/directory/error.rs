//! What can go wrong with one operation on a bound connection.

use std::borrow::Cow;
use std::time::Duration;

use ldap3::{LdapError, LdapResult};

use super::Server;
use crate::failure::Advice;

/// Why a read failed.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// No answer in time.
    #[error("the domain controller did not answer in time")]
    Timeout,
    /// The connection was lost.
    #[error("the connection to the domain controller was lost")]
    ConnectionLost(#[source] LdapError),
    /// An answer that is no LDAP.
    #[error("the domain controller's answer is malformed")]
    Malformed,
    /// More entries than can have been asked for.
    #[error("the domain controller's answer has no end")]
    Endless,
    /// The server refused.
    #[error("the domain controller refused: result {code} {text}")]
    Refused {
        /// The LDAP result code.
        code: u32,
        /// The server's words.
        text: String,
    },
    /// An answer without what every domain controller answers.
    #[error("the answer lacks {0}")]
    Lacking(&'static str),
    /// Nothing went well for so long.
    #[error("no domain controller could be used for {} s: {why}", after.as_secs_f32())]
    GaveUp {
        /// How long that was.
        after: Duration,
        /// What went wrong last.
        why: String,
    },
    /// The connection was lost, and trying on would help nothing: a bind that is refused now, for instance.
    #[error("the connection was lost and cannot be made again: {0}")]
    CannotReturn(String),
    /// `--base-dn` names nothing.
    #[error("the base DN {0} does not exist")]
    NoSuchBase(String),
}

/// Why a photo was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The old value is not there any more (16), or one is there where there was none (20).
    #[error("the photo was changed by someone else meanwhile")]
    Changed {
        /// A write was sent before whose answer never came: it may have been done, and someone else's put over it.
        perhaps_written: bool,
    },
    /// 50.
    #[error("{user} may not write this account's photo")]
    Denied {
        /// Who is bound.
        user: String,
    },
    /// 32.
    #[error("the account is gone")]
    NoSuchAccount,
    /// 19 from AD, 21 from Samba.
    #[error("the domain refuses the photo: {0}")]
    Constraint(String),
    /// 10: a read-only domain controller that refers to none that may be asked.
    #[error("this domain controller does not take writes (it refers to {0})")]
    Referral(String),
    /// Another result.
    #[error("the domain controller refused: result {code} {text}")]
    Refused {
        /// The LDAP result code.
        code: u32,
        /// The server's words.
        text: String,
    },
    /// It could not be announced beforehand, and so was not sent.
    #[error(transparent)]
    Withheld(Box<dyn std::error::Error + Send + Sync>),
    /// There is no domain controller to send it to: it was not written.
    #[error(transparent)]
    NotSent(OperationError),
    /// The answer never came, and the server that was asked could not be asked again: written or not, nobody knows.
    #[error("the outcome is not confirmed: {server} was sent the write and did not answer any more")]
    Unconfirmed {
        /// Who was asked: another domain controller may hear of the write later.
        server: Server,
        /// Why the answer never came.
        source: OperationError,
    },
}

impl Advice for OperationError {}

impl Advice for WriteError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::Changed { .. } => "look at the account's photo, then run again",
            Self::Denied { .. } => {
                "have \"Write thumbnailPhoto\" delegated to you there (adphoto check prints the command); accounts with \
                 adminCount=1 do not inherit delegations"
            }
            Self::NoSuchAccount => "it was deleted or moved out of sight meanwhile",
            Self::Constraint(_) => "lower --max-bytes",
            Self::Referral(_) => "name a writable domain controller with --server",
            Self::Refused { .. } => "see the domain controller's log",
            Self::Withheld(_) => "make room or name another file with --journal FILE, then run the same again",
            Self::NotSent(_) => "run the same again",
            Self::Unconfirmed { .. } => "run again: what was done is then unchanged, the rest is written",
        };
        Some(advice.into())
    }
}

impl OperationError {
    /// Whether the connection is of no use any more. One that did not answer in time may do so when nobody waits.
    pub(super) fn is_connection_loss(&self) -> bool {
        matches!(self, Self::Timeout | Self::ConnectionLost(_) | Self::Malformed | Self::Endless)
    }

    /// Whether the request never left: there was no connection any more.
    pub(super) fn was_not_sent(&self) -> bool {
        matches!(self, Self::ConnectionLost(LdapError::OpSend { .. }))
    }

    /// Whether the same may succeed later.
    pub(super) fn may_pass(&self, tries: u32) -> bool {
        self.is_connection_loss() || matches!(self, Self::Refused { code, .. } if is_passing(*code, tries))
    }
}

/// After how many tries a server is unwilling for good, and does not only start: some five seconds.
const UNWILLING_TRIES: u32 = 6;

/// 51 busy, 52 unavailable, 53 unwilling to perform (RFC 4511 A.1): nothing was done, and later it may be. A server that
/// starts is unwilling, and so is one that never will.
pub(super) fn is_passing(code: u32, tries: u32) -> bool {
    matches!(code, 51 | 52) || code == 53 && tries < UNWILLING_TRIES
}

impl From<LdapError> for OperationError {
    fn from(error: LdapError) -> Self {
        match error {
            LdapError::Timeout { .. } => Self::Timeout,
            LdapError::LdapResult { result } => result.into(),
            error => Self::ConnectionLost(error),
        }
    }
}

impl From<LdapResult> for OperationError {
    fn from(result: LdapResult) -> Self {
        Self::Refused { code: result.rc, text: one_line(&result.text) }
    }
}

/// A server's words on one line, without the NUL that AD ends them with.
pub(super) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
