//! What the bound user may do with the photos of some accounts.

use std::collections::HashMap;

use super::access;
use super::ask::search_with_access_lists;
use super::identity::Identity;
use crate::directory::connection::OperationError;
use crate::directory::guid::Guid;
use crate::directory::queries::{Clause, Directory, PhotoSchema, WRITABLE, any};
use crate::directory::sessions::Entry;

/// The maximum number of accounts in one search. Each comes with its photo, its access list and the names of all
/// attributes that may be written.
const ACCOUNTS_A_QUERY: usize = 20;
const ACCESS_LIST: &str = "nTSecurityDescriptor";

/// What the bound user may do with an account's photo.
#[derive(Debug, Clone)]
pub struct Rights {
    pub dn: String,
    /// Whether the photo may be read. It may if the server returned a photo; otherwise the account's access list tells.
    /// `None` if neither can be seen.
    pub readable: Option<bool>,
    /// Whether the photo may be written, as the server says.
    pub writable: bool,
}

impl PhotoSchema {
    /// Returns whether access lists can be evaluated: the schema told how they name the photo, and the server told who
    /// is asking.
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

/// Returns for each account whether its access list lets `who` read a photo; `None` if the list cannot be seen or
/// evaluated. Accounts that no longer exist are missing from the answer.
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

/// Returns what the bound user may do with the photos of these accounts. Accounts that no longer exist are missing from
/// the answer.
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
