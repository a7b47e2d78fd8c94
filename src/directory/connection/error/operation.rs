//! Errors of one operation on a bound connection, with advice.

use std::borrow::Cow;
use std::time::Duration;

use ldap3::{LdapError, LdapResult};

use crate::directory::connection::result_code::{in_words, one_line};
use crate::directory::connection::wire::MessageError;
use crate::failure::Advice;

/// The reason why an operation failed.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    #[error("the domain controller did not answer in time")]
    Timeout,
    /// The connection was lost. The `ldap3` error is kept but not shown: it speaks of channels inside this program.
    #[error("the connection to the domain controller was lost")]
    ConnectionLost(LdapError),
    /// `ldap3` panicked while it read an answer.
    #[error("the domain controller's answer is malformed")]
    Malformed,
    /// The server's message is not LDAP, or goes beyond adphoto's limits. The connection is closed before `ldap3` sees
    /// it.
    #[error("the domain controller's answer was rejected: {0}")]
    Unreadable(MessageError),
    /// The answer is longer than any honest one.
    #[error("the domain controller's answer does not end: {0}")]
    Endless(Limit),
    /// The server answered with a result code other than success.
    #[error("the domain controller refused: {}", in_words(*code, text))]
    Refused {
        /// The LDAP result code.
        code: u32,
        /// The server's diagnostic message.
        text: String,
    },
    /// The answer lacks something that every domain controller returns.
    #[error("the domain controller's answer lacks {0}")]
    Lacking(&'static str),
    /// No operation succeeded for the time that `--give-up-after` allows.
    #[error("no domain controller could be used for {} s: {why}", after.as_secs_f32())]
    GaveUp {
        after: Duration,
        /// The last error.
        why: String,
    },
    /// The connection was lost, and further attempts cannot help or would do harm: the bind is now refused, for
    /// instance.
    #[error("the connection was lost and cannot be restored: {0}")]
    CannotReturn(String),
    /// `--base-dn` names no entry.
    #[error("the base DN {given} does not exist")]
    NoSuchBase {
        /// The base DN as the user wrote it.
        given: String,
        /// Places that the user may have meant.
        similar: Vec<String>,
    },
}

impl OperationError {
    /// Returns whether the connection must be closed. That is also so after a timeout, because the answer could still
    /// come when nobody waits for it.
    pub(in crate::directory) fn is_connection_loss(&self) -> bool {
        matches!(
            self,
            Self::Timeout | Self::ConnectionLost(_) | Self::Malformed | Self::Unreadable(_) | Self::Endless(_)
        )
    }

    /// Returns whether the server itself is unreliable for now, so that others are tried before it: it did not answer,
    /// or sent what cannot be read.
    pub(in crate::directory) fn is_suspicious(&self) -> bool {
        matches!(self, Self::Timeout | Self::Malformed | Self::Unreadable(_) | Self::Endless(_))
    }

    /// Returns whether the request was never sent, because the connection was already closed.
    pub(in crate::directory) fn was_not_sent(&self) -> bool {
        matches!(self, Self::ConnectionLost(LdapError::OpSend { .. }))
    }

    /// Returns whether the same request may succeed later. `tries` is how often it was tried already.
    pub(in crate::directory) fn may_pass(&self, tries: u32) -> bool {
        self.is_connection_loss() || matches!(self, Self::Refused { code, .. } if is_passing(*code, tries))
    }
}

/// A limit that an answer exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// The number of entries and references of one search together.
    #[error("more than {0} entries")]
    Entries(usize),
    /// The number of bytes of the entries of one search.
    #[error("more than {} MiB", .0 >> 20)]
    Bytes(usize),
    #[error("more than {0} pages")]
    Pages(usize),
    #[error("{0} pages in a row without an entry")]
    EmptyPages(usize),
    /// The number of entries that had come before in the same search.
    #[error("more than {0} entries came twice")]
    Repeats(usize),
    /// The time that one search may take.
    #[error("it went on for {} s", .0.as_secs_f32())]
    Time(Duration),
}

impl Advice for Limit {}

impl Advice for OperationError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::NoSuchBase { similar, .. } if !similar.is_empty() => {
                let quoted: Vec<String> = similar.iter().map(|place| format!("\"{place}\"")).collect();
                return Some(format!("did you mean --base-dn {}?", quoted.join(" or ")).into());
            }
            Self::NoSuchBase { .. } => {
                "check --base-dn: a DN such as OU=Staff,DC=ad,DC=example,DC=com; without it, the whole domain is \
                 searched"
            }
            Self::Lacking(_) => "name a domain controller of an Active Directory (or Samba AD) domain",
            Self::GaveUp { .. } => {
                "check the network and the domain controllers, then run the same command again; --give-up-after waits \
                 longer"
            }
            Self::CannotReturn(_) => "solve that first, then run the same command again",
            Self::Refused { .. } => "see the domain controller's log, or try another domain controller",
            Self::Timeout => "try again, or name another domain controller with --server; --timeout waits longer",
            Self::Unreadable(fault) => return fault.advice(),
            Self::ConnectionLost(_) | Self::Malformed | Self::Endless(_) => {
                "try again, or name another domain controller with --server"
            }
        };
        Some(advice.into())
    }
}

/// The number of tries after which a server that answers 53 is believed. With the growing pauses between tries this
/// takes some five seconds, long enough for a server that is only starting.
const UNWILLING_TRIES: u32 = 6;

/// Returns whether a result code means "not now": 51 busy, 52 unavailable, 53 unwillingToPerform (RFC 4511 A.1). The
/// server did nothing, and may do it later. Code 53 alone is ambiguous: a server that is starting sends it, and so does
/// one that will never perform the operation.
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
