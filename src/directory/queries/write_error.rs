//! Why a photo was not written, and what to do about it.

use std::borrow::Cow;

use ldap3::LdapResult;

use crate::directory::connection::{OperationError, Server, in_words, one_line};
use crate::failure::Advice;

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
        /// The attribute that holds the photo.
        attribute: String,
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
    #[error("the domain controller refused: {}", in_words(*code, text))]
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

impl WriteError {
    /// What a server's refusal means.
    pub(super) fn refused(result: LdapResult) -> Self {
        let text = one_line(&result.text);
        match result.rc {
            16 | 20 => Self::Changed { perhaps_written: false },
            32 => Self::NoSuchAccount,
            19 | 21 => Self::Constraint(text),
            10 => Self::Referral(result.refs.join(", ")),
            code => Self::Refused { code, text },
        }
    }
}

impl Advice for WriteError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::Denied { attribute, .. } => {
                return Some(
                    format!(
                        "have \"Write {attribute}\" delegated to you there (adphoto check prints the command); accounts with \
                         adminCount=1 do not inherit delegations"
                    )
                    .into(),
                );
            }
            Self::NoSuchAccount => "it was deleted or moved out of sight meanwhile",
            Self::Constraint(_) => "lower --max-bytes",
            Self::Referral(_) => "name a writable domain controller with --server",
            Self::Changed { .. } => "look at the account's photo, then run again",
            Self::Refused { .. } => "see the domain controller's log",
            Self::Withheld(_) => "make room or name another file with --journal FILE, then run the same again",
            Self::NotSent(_) => "run the same again",
            Self::Unconfirmed { .. } => "run again: what was done is then unchanged, the rest is written",
        };
        Some(advice.into())
    }
}
