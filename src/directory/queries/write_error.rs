//! Errors of writing a photo, with advice.

use std::borrow::Cow;

use ldap3::LdapResult;

use crate::directory::connection::{OperationError, Server, in_words, one_line};
use crate::failure::Advice;

/// The reason why a photo was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Result 16, the old value is not there any more; or 20, there is a value where there was none.
    #[error("the photo was changed by someone else after adphoto had read it")]
    Changed {
        /// Whether an earlier attempt got no answer. It may have been done, and its photo then replaced by someone
        /// else.
        perhaps_written: bool,
    },
    /// Result 50, insufficientAccessRights.
    #[error("{user} may not write this account's photo")]
    Denied {
        /// The bound user.
        user: String,
        attribute: String,
    },
    /// Result 32, noSuchObject.
    #[error("the account no longer exists")]
    NoSuchAccount,
    /// Result 19 (AD) or 21 (Samba): the photo breaks a rule of the schema, mostly its size.
    #[error("the domain refuses the photo: {0}")]
    Constraint(String),
    /// Result 10: a read-only domain controller refers to another one that may not be asked.
    #[error("this domain controller does not take writes (it refers to {0})")]
    Referral(String),
    /// Any other result.
    #[error("the domain controller refused: {}", in_words(*code, text))]
    Refused {
        /// The LDAP result code.
        code: u32,
        /// The server's diagnostic message.
        text: String,
    },
    /// The write could not be announced, so it was not sent.
    #[error(transparent)]
    Withheld(Box<dyn std::error::Error + Send + Sync>),
    /// No domain controller could be reached. The photo was not written.
    #[error(transparent)]
    NotSent(OperationError),
    /// The answer never came, and the server that was asked could not be asked again. The photo was written or not;
    /// nobody knows.
    #[error("it is not certain whether the photo was written: {server} was sent the write and did not answer")]
    Unconfirmed {
        /// The server that was asked. The other domain controllers may receive the write from it later.
        server: Server,
        /// The reason why the answer never came.
        source: OperationError,
    },
}

impl WriteError {
    /// Translates a result code that is not success.
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
                        "have \"Write {attribute}\" delegated to you there (adphoto check prints the command); \
                         accounts with adminCount=1 do not inherit delegations"
                    )
                    .into(),
                );
            }
            Self::NoSuchAccount => "it was deleted, or moved where you cannot see it, after adphoto had read it",
            Self::Constraint(_) => "lower --max-bytes: the domain accepts only smaller photos",
            Self::Referral(_) => "name a writable domain controller with --server",
            Self::Changed { .. } => "look at the account's photo, then run again",
            Self::Refused { .. } => "see the domain controller's log, or try another domain controller",
            Self::Withheld(_) => "make room, or name another file with --journal FILE; then run the same command again",
            Self::NotSent(_) => "run the same command again",
            Self::Unconfirmed { .. } => {
                "run the same command again: it skips photos that were written and writes the others"
            }
        };
        Some(advice.into())
    }
}
