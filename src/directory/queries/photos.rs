//! Reading photos.

use std::collections::{HashMap, HashSet};

use ldap3::Scope;

use super::directory::Directory;
use super::filter::{self, Clause};
use crate::directory::connection::{OperationError, Server};
use crate::directory::guid::Guid;
use crate::directory::sessions::{Entry, Session};

/// The attribute that lists what the bound user may write on an entry (MS-ADTS 3.1.1.4.5.7). It has some 400 names and
/// is as large as a photo.
pub(in crate::directory) const WRITABLE: &str = "allowedAttributesEffective";

/// What an account holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldPhoto {
    /// The account's present DN.
    pub dn: String,
    /// The photo. `None` if there is none, or if the bound user may not read it: LDAP answers alike in both cases.
    pub photo: Option<Vec<u8>>,
    /// Whether the bound user may write the photo, as the server says; `None` if that was not asked.
    pub writable: Option<bool>,
}

impl HeldPhoto {
    /// Reads an entry's objectGUID and its photo; `None` if it has no objectGUID.
    fn read(mut entry: Entry, attribute: &str, with_rights: bool) -> Option<(Guid, Self)> {
        let guid = entry.guid("objectGUID")?;
        let writable = with_rights.then(|| entry.texts(WRITABLE).any(|name| name.eq_ignore_ascii_case(attribute)));
        let photo = entry.take(attribute);
        Some((guid, Self { dn: entry.dn, photo, writable }))
    }
}

/// The maximum number of accounts in one search.
const ACCOUNTS_A_QUERY: usize = 100;

impl Directory {
    /// Returns which of the accounts hold a photo that the bound user may read. The photos themselves are not
    /// transferred.
    ///
    /// # Errors
    /// When a search fails.
    pub async fn photo_holders(&self, accounts: &[Guid]) -> Result<HashSet<Guid>, OperationError> {
        let mut holders = HashSet::new();
        for accounts in accounts.chunks(ACCOUNTS_A_QUERY) {
            let clauses: Vec<Clause> = accounts.iter().map(|guid| Clause::new("objectGUID", guid.0)).collect();
            let filter = format!("(&({}=*){})", self.photo_attribute(), filter::any(&clauses));
            let found = self.link.search_few(&self.domain().base_dn, Scope::Subtree, &filter, &["objectGUID"]).await?;
            holders.extend(found.iter().filter_map(|entry| entry.guid("objectGUID")));
        }
        Ok(holders)
    }

    /// Reads what the accounts hold. With `with_rights` it also reads whether the bound user may write the photo, which
    /// makes the answer several times larger. Accounts that no longer exist are missing from the answer.
    ///
    /// # Errors
    /// When the search fails.
    pub async fn photos(
        &self,
        accounts: &[Guid],
        with_rights: bool,
    ) -> Result<HashMap<Guid, HeldPhoto>, OperationError> {
        let filter = filter_for(accounts);
        let wanted = self.photo_and(with_rights);
        let found = self.link.search_few(&self.domain().base_dn, Scope::Subtree, &filter, &wanted).await?;
        self.read_photos(found, with_rights)
    }

    /// Like [`photos`](Self::photos), but asks only `server`: another domain controller may not have received the last
    /// write yet.
    ///
    /// # Errors
    /// When the search fails, or that server cannot be asked within the time that one server may take.
    pub async fn photos_at(
        &self,
        server: &Server,
        accounts: &[Guid],
        with_rights: bool,
    ) -> Result<HashMap<Guid, HeldPhoto>, OperationError> {
        let (base, filter, wanted) = (&self.domain().base_dn, filter_for(accounts), self.photo_and(with_rights));
        let reading = async |session: &Session| session.search_few(base, Scope::Subtree, &filter, &wanted).await;
        self.read_photos(self.link.persist_at(Some(server), reading).await?, with_rights)
    }

    fn photo_and(&self, rights: bool) -> Vec<&str> {
        let mut wanted = vec!["objectGUID", self.photo_attribute()];
        wanted.extend(rights.then_some(WRITABLE));
        wanted
    }

    fn read_photos(&self, found: Vec<Entry>, with_rights: bool) -> Result<HashMap<Guid, HeldPhoto>, OperationError> {
        let read = |entry| {
            HeldPhoto::read(entry, self.photo_attribute(), with_rights)
                .ok_or(OperationError::Lacking("an account's objectGUID"))
        };
        found.into_iter().map(read).collect()
    }
}

fn filter_for(accounts: &[Guid]) -> String {
    let clauses: Vec<Clause> = accounts.iter().map(|guid| Clause::new("objectGUID", guid.0)).collect();
    filter::any(&clauses)
}
