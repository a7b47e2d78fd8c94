//! Reading thumbnailPhoto.

use std::collections::{HashMap, HashSet};

use ldap3::Scope;

use super::entry::Entry;
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

impl HeldPhoto {
    /// An entry's GUID and what it holds; `None` where it has no GUID.
    fn read(mut entry: Entry, with_rights: bool) -> Option<(Guid, Self)> {
        let guid = Guid(entry.take("objectGUID")?.try_into().ok()?);
        let writable =
            with_rights.then(|| entry.texts(WRITABLE).any(|name| name.eq_ignore_ascii_case(THUMBNAIL_PHOTO)));
        Some((guid, Self { photo: entry.take(THUMBNAIL_PHOTO), writable }))
    }
}

/// Accounts that one search asks about.
const ACCOUNTS_A_QUERY: usize = 100;

impl Directory {
    /// Which of the accounts hold a photo that the bound user may read; the photos themselves are not read.
    ///
    /// # Errors
    /// When a search fails.
    pub async fn photo_holders(&self, accounts: &[Guid]) -> Result<HashSet<Guid>, OperationError> {
        let mut holders = HashSet::new();
        for accounts in accounts.chunks(ACCOUNTS_A_QUERY) {
            let clauses: Vec<Clause> = accounts.iter().map(|guid| Clause::new("objectGUID", guid.0)).collect();
            let filter = format!("(&({THUMBNAIL_PHOTO}=*){})", filter::any(&clauses));
            let found = self.search_few(&self.domain.base_dn, Scope::Subtree, &filter, &["objectGUID"]).await?;
            holders.extend(found.into_iter().filter_map(|entry| HeldPhoto::read(entry, false)).map(|(guid, _)| guid));
        }
        Ok(holders)
    }

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
        let found = self.search_few(&self.domain.base_dn, Scope::Subtree, &filter::any(&clauses), wanted).await?;
        let read =
            |entry| HeldPhoto::read(entry, with_rights).ok_or(OperationError::Lacking("an account's objectGUID"));
        found.into_iter().map(read).collect()
    }
}
