//! Reading thumbnailPhoto.

use std::collections::{HashMap, HashSet};

use ldap3::Scope;

use super::entry::Entry;
use super::session::Session;
use super::{Clause, Directory, Guid, OperationError, Server, THUMBNAIL_PHOTO, filter};

/// Lists what the bound user may write on an entry (MS-ADTS 3.1.1.4.5.7): some 400 names, as much as a photo.
pub(super) const WRITABLE: &str = "allowedAttributesEffective";

/// What an account holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldPhoto {
    /// Its name now.
    pub dn: String,
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
        let photo = entry.take(THUMBNAIL_PHOTO);
        Some((guid, Self { dn: entry.dn, photo, writable }))
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
        let filter = filter_for(accounts);
        let found =
            self.search_few(&self.domain.base_dn, Scope::Subtree, &filter, attributes_with(with_rights)).await?;
        read(found, with_rights)
    }

    /// The same, as this very server knows it: another may not have heard of the last write yet.
    ///
    /// # Errors
    /// When the search fails, or that server cannot be asked for some time.
    pub async fn photos_at(
        &self,
        server: &Server,
        accounts: &[Guid],
        with_rights: bool,
    ) -> Result<HashMap<Guid, HeldPhoto>, OperationError> {
        let (base, filter) = (&self.domain.base_dn, filter_for(accounts));
        let reading = async |session: &Session| {
            session.search_few(base, Scope::Subtree, &filter, attributes_with(with_rights)).await
        };
        read(self.persist_at(Some(server), reading).await?, with_rights)
    }
}

fn filter_for(accounts: &[Guid]) -> String {
    let clauses: Vec<Clause> = accounts.iter().map(|guid| Clause::new("objectGUID", guid.0)).collect();
    filter::any(&clauses)
}

fn attributes_with(rights: bool) -> &'static [&'static str] {
    if rights { &["objectGUID", THUMBNAIL_PHOTO, WRITABLE] } else { &["objectGUID", THUMBNAIL_PHOTO] }
}

fn read(found: Vec<Entry>, with_rights: bool) -> Result<HashMap<Guid, HeldPhoto>, OperationError> {
    let read = |entry| HeldPhoto::read(entry, with_rights).ok_or(OperationError::Lacking("an account's objectGUID"));
    found.into_iter().map(read).collect()
}
