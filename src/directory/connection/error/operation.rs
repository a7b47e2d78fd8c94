//! What can go wrong with one operation on a bound connection.

use std::borrow::Cow;
use std::time::Duration;

use ldap3::{LdapError, LdapResult};

use crate::directory::connection::result_code::{in_words, one_line};
use crate::directory::connection::wire::MessageError;
use crate::failure::Advice;

/// Why a read failed.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// No answer in time.
    #[error("the domain controller did not answer in time")]
    Timeout,
    /// The connection was lost. What `ldap3` says of it are words about channels within this program.
    #[error("the connection to the domain controller was lost")]
    ConnectionLost(LdapError),
    /// An answer that is no LDAP.
    #[error("the domain controller's answer is malformed")]
    Malformed,
    /// A message that is not read: no LDAP, or more of it than a parser takes.
    #[error("the domain controller's answer is not read: {0}")]
    Unreadable(MessageError),
    /// More than can have been asked for.
    #[error("the domain controller's answer has no end: {0}")]
    Endless(Limit),
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
    #[error("the base DN {given} does not exist")]
    NoSuchBase {
        /// As given.
        given: String,
        /// What may have been meant.
        similar: Vec<String>,
    },
}

impl OperationError {
    /// Whether the connection is of no use any more. One that did not answer in time may do so when nobody waits.
    pub(in crate::directory) fn is_connection_loss(&self) -> bool {
        matches!(
            self,
            Self::Timeout | Self::ConnectionLost(_) | Self::Malformed | Self::Unreadable(_) | Self::Endless(_)
        )
    }

    /// Whether it is the server that cannot be relied on for some time, so that another is asked first: it was silent, or
    /// says what nobody can read.
    pub(in crate::directory) fn is_suspicious(&self) -> bool {
        matches!(self, Self::Timeout | Self::Malformed | Self::Unreadable(_) | Self::Endless(_))
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

/// A limit that an answer went beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// Entries and references of one search.
    #[error("more than {0} entries")]
    Entries(usize),
    /// Bytes of one search.
    #[error("more than {} MiB", .0 >> 20)]
    Bytes(usize),
    /// Pages of one search.
    #[error("more than {0} pages")]
    Pages(usize),
    /// Pages that bring nothing.
    #[error("{0} pages in a row without an entry")]
    EmptyPages(usize),
    /// Entries that have come before.
    #[error("more than {0} entries came twice")]
    Repeats(usize),
    /// Time.
    #[error("it went on for {} s", .0.as_secs_f32())]
    Time(Duration),
}

impl Advice for Limit {}

impl Advice for OperationError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::NoSuchBase { similar, .. } if !similar.is_empty() => {
                let quoted: Vec<String> = similar.iter().map(|place| format!("\"{place}\"")).collect();
                return Some(format!("there is --base-dn {}", quoted.join(" or ")).into());
            }
            Self::NoSuchBase { .. } => {
                "check --base-dn: a DN such as OU=Staff,DC=ad,DC=example,DC=com; without it, the whole domain is searched"
            }
            Self::Lacking(_) => "name a domain controller of an Active Directory (or Samba AD) domain",
            Self::GaveUp { .. } => {
                "check the network and the domain controllers, then run the same again; --give-up-after waits longer"
            }
            Self::CannotReturn(_) => "once that is mended, run the same again",
            Self::Refused { .. } => "see the domain controller's log, or try another",
            Self::Timeout => "try again, or another domain controller; --timeout waits longer",
            Self::Unreadable(fault) => return fault.advice(),
            Self::ConnectionLost(_) | Self::Malformed | Self::Endless(_) => "try again, or another domain controller",
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
