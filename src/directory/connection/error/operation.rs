//! What can go wrong with one operation on a bound connection.

use std::borrow::Cow;
use std::time::Duration;

use ldap3::{LdapError, LdapResult};

use crate::directory::connection::result_code::{in_words, one_line};
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
    #[error("the domain controller refused: {}", in_words(*code, text))]
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

impl OperationError {
    /// Whether the connection is of no use any more. One that did not answer in time may do so when nobody waits.
    pub(in crate::directory) fn is_connection_loss(&self) -> bool {
        matches!(self, Self::Timeout | Self::ConnectionLost(_) | Self::Malformed | Self::Endless)
    }

    /// Whether the request never left: there was no connection any more.
    pub(in crate::directory) fn was_not_sent(&self) -> bool {
        matches!(self, Self::ConnectionLost(LdapError::OpSend { .. }))
    }

    /// Whether the same may succeed later.
    pub(in crate::directory) fn may_pass(&self, tries: u32) -> bool {
        self.is_connection_loss() || matches!(self, Self::Refused { code, .. } if is_passing(*code, tries))
    }
}

impl Advice for OperationError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::NoSuchBase(_) => {
                "check --base-dn: a DN such as OU=Staff,DC=ad,DC=example,DC=com; without it, the whole domain is searched"
            }
            Self::Lacking(_) => "name a domain controller of an Active Directory (or Samba AD) domain",
            Self::GaveUp { .. } => {
                "check the network and the domain controllers, then run the same again; --give-up-after waits longer"
            }
            Self::CannotReturn(_) => "once that is mended, run the same again",
            Self::Refused { .. } => "see the domain controller's log, or try another",
            Self::Timeout => "try again, or another domain controller; --timeout waits longer",
            Self::ConnectionLost(_) | Self::Malformed | Self::Endless => "try again, or another domain controller",
        };
        Some(advice.into())
    }
}

/// After how many tries a server is unwilling for good, and does not only start: some five seconds.
const UNWILLING_TRIES: u32 = 6;

/// 51 busy, 52 unavailable, 53 unwilling to perform (RFC 4511 A.1): nothing was done, and later it may be. A server that
/// starts is unwilling, and so is one that never will.
pub(in crate::directory) fn is_passing(code: u32, tries: u32) -> bool {
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
