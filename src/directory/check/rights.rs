//! What the bound user may do with the photos of some accounts.

use super::{Identity, PhotoSchema, access};
use crate::directory::photo::WRITABLE;
use crate::directory::{Clause, Directory, Guid, OperationError, THUMBNAIL_PHOTO, filter};

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

impl Directory {
    /// What the bound user may do with the photos of these accounts. One that is gone is missing from the answer.
    ///
    /// # Errors
    /// When a search fails.
    pub async fn rights(
        &self,
        base_dn: &str,
        accounts: &[Guid],
        who: &Identity,
        schema: &PhotoSchema,
    ) -> Result<Vec<Rights>, OperationError> {
        let kinds: Vec<[u8; 16]> = [schema.photo, schema.property_set, schema.user].into_iter().flatten().collect();
        let may_read = |list: &[u8]| match who.token.is_empty() || schema.photo.is_none() {
            true => None,
            false => access::may_read(list, &who.token, &kinds),
        };
        let wanted = [THUMBNAIL_PHOTO, WRITABLE, ACCESS_LIST];
        let mut rights = Vec::new();
        for accounts in accounts.chunks(ACCOUNTS_A_QUERY) {
            let clauses: Vec<Clause> = accounts.iter().map(|guid| Clause::new("objectGUID", guid.0)).collect();
            let found = self.search_with_access_lists(base_dn, &filter::any(&clauses), &wanted).await?;
            rights.extend(found.into_iter().map(|entry| Rights {
                readable: match entry.values(THUMBNAIL_PHOTO) {
                    [] => entry.values(ACCESS_LIST).first().and_then(|list| may_read(list)),
                    _ => Some(true),
                },
                writable: entry.texts(WRITABLE).any(|name| name.eq_ignore_ascii_case(THUMBNAIL_PHOTO)),
                dn: entry.dn.clone(),
            }));
        }
        Ok(rights)
    }
}
