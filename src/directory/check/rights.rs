//! What the bound user may do with the photos of some accounts.

use std::collections::HashMap;

use super::access;
use super::ask::search_with_access_lists;
use super::identity::Identity;
use crate::directory::connection::OperationError;
use crate::directory::guid::Guid;
use crate::directory::queries::{Clause, Directory, PhotoSchema, WRITABLE, any};
use crate::directory::sessions::Entry;

/// Accounts in one query: each comes with a photo and with the names of all that may be written.
const ACCOUNTS_A_QUERY: usize = 20;
const ACCESS_LIST: &str = "nTSecurityDescriptor";

/// What the bound user may do with an account's photo.
#[derive(Debug, Clone)]
pub struct Rights {
    /// The account.
    pub dn: String,
    /// Whether the photo may be read: yes where one was, else by the account's access list; `None` where neither is to
    /// be seen.
    pub readable: Option<bool>,
    /// Whether it may be written, as the server says.
    pub writable: bool,
}

impl PhotoSchema {
    /// Whether access lists can tell who may read photos: what photos are called there is known, and who asks.
    #[must_use]
    pub fn tells_readers(&self, who: &Identity) -> bool {
        self.photo.is_some() && !who.token.is_empty()
    }

    fn may_read(&self, list: &[u8], who: &Identity) -> Option<bool> {
        let kinds: Vec<[u8; 16]> =
            [self.photo, self.property_set, self.user].into_iter().flatten().map(|kind| kind.0).collect();
        if self.tells_readers(who) { access::may_read(list, &who.token, &kinds) } else { None }
    }
}

/// Whether a photo of these accounts could be read, if they had one, as their access lists say; `None` where a list
/// is not to be seen, or does not tell. An account that is gone is missing from the answer.
///
/// # Errors
/// When a search fails.
pub async fn readable(
    directory: &Directory,
    accounts: &[Guid],
    who: &Identity,
    schema: &PhotoSchema,
) -> Result<HashMap<Guid, Option<bool>>, OperationError> {
    let clauses: Vec<Clause> = accounts.iter().map(|guid| Clause::new("objectGUID", guid.0)).collect();
    if clauses.is_empty() {
        return Ok(HashMap::new());
    }
    let base_dn = &directory.domain().base_dn;
    let found =
        search_with_access_lists(&directory.link, base_dn, &any(&clauses), &["objectGUID", ACCESS_LIST]).await?;
    let read = |entry: Entry| {
        let guid = entry.guid("objectGUID")?;
        Some((guid, entry.values(ACCESS_LIST).first().and_then(|list| schema.may_read(list, who))))
    };
    let read = |entry| read(entry).ok_or(OperationError::Lacking("an account's objectGUID"));
    found.into_iter().map(read).collect()
}

/// What the bound user may do with the photos of these accounts. One that is gone is missing from the answer.
///
/// # Errors
/// When a search fails.
pub async fn rights(
    directory: &Directory,
    base_dn: &str,
    accounts: &[Guid],
    who: &Identity,
    schema: &PhotoSchema,
) -> Result<Vec<Rights>, OperationError> {
    let wanted = [directory.photo_attribute(), WRITABLE, ACCESS_LIST];
    let mut rights = Vec::new();
    for accounts in accounts.chunks(ACCOUNTS_A_QUERY) {
        let clauses: Vec<Clause> = accounts.iter().map(|guid| Clause::new("objectGUID", guid.0)).collect();
        let found = search_with_access_lists(&directory.link, base_dn, &any(&clauses), &wanted).await?;
        rights.extend(found.into_iter().map(|entry| Rights {
            readable: match entry.values(directory.photo_attribute()) {
                [] => entry.values(ACCESS_LIST).first().and_then(|list| schema.may_read(list, who)),
                _ => Some(true),
            },
            writable: entry.texts(WRITABLE).any(|name| name.eq_ignore_ascii_case(directory.photo_attribute())),
            dn: entry.dn.clone(),
        }));
    }
    Ok(rights)
}
