//! Reading and writing thumbnailPhoto.

use std::collections::{HashMap, HashSet};

use ldap3::{LdapError, LdapResult, Mod, Scope};

use super::error::one_line;
use super::{Clause, Directory, Guid, OperationError, THUMBNAIL_PHOTO, filter};

/// Lists what the bound user may write on an entry (MS-ADTS 3.1.1.4.5.7): some 400 names, as much as a photo.
pub(super) const WRITABLE: &str = "allowedAttributesEffective";

/// What an account holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldPhoto {
    /// thumbnailPhoto; `None` if there is none, or the bound user may not read it: LDAP does not tell these apart.
    pub photo: Option<Vec<u8>>,
    /// Whether the bound user may write it, as the server says; `None` if it was not asked.
    pub writable: Option<bool>,
}

/// A change of one photo, from the value that was read to another.
#[derive(Debug, Clone, Copy)]
pub struct PhotoChange<'c> {
    /// The value that must still be there; `None` where there was none.
    pub before: Option<&'c [u8]>,
    /// The value to be there; `None` to remove it.
    pub after: Option<&'c [u8]>,
}

/// Why a photo was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The old value is not there any more (16), or one is there where there was none (20).
    #[error("the photo was changed by someone else meanwhile")]
    Changed,
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
    /// 10: a read-only domain controller, or another's domain.
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
    /// The answer never came: written or not, nobody knows.
    #[error("no answer to the write: it may have been done or not")]
    Unconfirmed(#[source] LdapError),
}

impl Directory {
    /// What the accounts hold, and if `with_rights` whether the bound user may write it, which makes the answer several
    /// times larger. An account that is gone is missing from the answer.
    ///
    /// # Errors
    /// When the search fails.
    pub async fn photos(
        &self,
        accounts: &[Guid],
        with_rights: bool,
    ) -> Result<HashMap<Guid, HeldPhoto>, OperationError> {
        let clauses: Vec<Clause> = accounts.iter().map(|guid| Clause::new("objectGUID", guid.0)).collect();
        let wanted =
            if with_rights { &["objectGUID", THUMBNAIL_PHOTO, WRITABLE][..] } else { &["objectGUID", THUMBNAIL_PHOTO] };
        let found = self.search(&self.domain.base_dn, Scope::Subtree, &filter::any(&clauses), wanted).await?;
        let read = |mut entry: super::entry::Entry| {
            let guid = Guid(entry.take("objectGUID")?.try_into().ok()?);
            let writable =
                with_rights.then(|| entry.texts(WRITABLE).any(|name| name.eq_ignore_ascii_case(THUMBNAIL_PHOTO)));
            Some((guid, HeldPhoto { photo: entry.take(THUMBNAIL_PHOTO), writable }))
        };
        found.into_iter().map(|entry| read(entry).ok_or(OperationError::Lacking("an account's objectGUID"))).collect()
    }

    /// That the bound user has no right.
    #[must_use]
    pub fn denied(&self) -> WriteError {
        WriteError::Denied { user: self.user.clone() }
    }

    /// Changes a photo if it still is what was read: one modify that deletes the old value by name and adds the new
    /// one, which the server does whole or not at all.
    ///
    /// # Errors
    /// When it is not that any more, or the server refuses. After [`WriteError::Unconfirmed`] nobody knows.
    pub async fn modify_photo(&self, account: Guid, change: PhotoChange<'_>) -> Result<(), WriteError> {
        let name = THUMBNAIL_PHOTO.as_bytes();
        let mut modifications = Vec::new();
        modifications.extend(change.before.map(|before| Mod::Delete(name, HashSet::from([before]))));
        modifications.extend(change.after.map(|after| Mod::Add(name, HashSet::from([after]))));
        let result = self.operation().modify(&account.as_dn(), modifications).await.map_err(WriteError::Unconfirmed)?;
        match result.rc {
            0 => Ok(()),
            50 => Err(self.denied()),
            _ => Err(refusal(result)),
        }
    }
}

fn refusal(result: LdapResult) -> WriteError {
    let text = one_line(&result.text);
    match result.rc {
        16 | 20 => WriteError::Changed,
        32 => WriteError::NoSuchAccount,
        19 | 21 => WriteError::Constraint(text),
        10 => WriteError::Referral(result.refs.join(", ")),
        code => WriteError::Refused { code, text },
    }
}
