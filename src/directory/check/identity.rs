//! Finding out who the bound user is.

use ldap3::Scope;

use super::ask::who_am_i;
use crate::directory::connection::OperationError;
use crate::directory::guid::Guid;
use crate::directory::queries::{Clause, Directory, any};
use crate::directory::sid::Sid;

/// The maximum number of SIDs in one search.
const SIDS_A_QUERY: usize = 100;

/// The bound user, as the server sees it.
#[derive(Debug, Clone)]
pub struct Identity {
    /// `DOMAIN\name` if the server tells, otherwise the name as given.
    pub name: String,
    /// Whether the name is the server's own answer.
    pub is_confirmed: bool,
    /// The user's account; `None` if it is in another domain or cannot be found.
    pub account: Option<OwnAccount>,
    /// The SIDs of the user and of all its groups, as this server sees them.
    pub(super) token: Vec<Vec<u8>>,
}

#[derive(Debug, Clone)]
pub struct OwnAccount {
    pub guid: Guid,
    /// The account's SID as text, such as `S-1-5-21-…`.
    pub sid: String,
    pub sam_account_name: String,
}

/// Returns who is bound. The name comes from "Who am I?" (RFC 4532) or from msDS-PrincipalName if the server has one of
/// them. Otherwise it comes from the one account whose SID is in the token, because Samba offers only tokenGroups; and
/// if that fails, it is the name as given.
///
/// # Errors
/// When the server does not answer.
pub async fn identity(directory: &Directory) -> Result<Identity, OperationError> {
    let root = directory.link.read_entry("", &["tokenGroups", "msDS-PrincipalName"]).await?.unwrap_or_default();
    let token = root.values("tokenGroups").to_vec();
    let principal = root.text("msDS-PrincipalName").filter(|name| name.contains('\\'));
    let said = match who_am_i(&directory.link).await? {
        Some(answer) => Some(answer.strip_prefix("u:").unwrap_or(&answer).to_owned()),
        None => principal,
    };
    let account = match account_of(directory, &token).await? {
        Some(account) => Some(account),
        None => match said.as_deref().and_then(|name| name.split_once('\\')) {
            Some((_, name)) => own_account(directory, &[Clause::new("sAMAccountName", name)]).await?,
            None => None,
        },
    };
    let by_token =
        || account.as_ref().map(|account| format!("{}\\{}", netbios_name(directory), account.sam_account_name));
    let confirmed = said.or_else(by_token);
    Ok(Identity {
        is_confirmed: confirmed.is_some(),
        name: confirmed.unwrap_or_else(|| directory.user().to_owned()),
        account,
        token,
    })
}

/// Returns the NetBIOS name of the domain, which stands before the backslash in `DOMAIN\name`.
pub(super) fn netbios_name(directory: &Directory) -> &str {
    directory.domain().names.first().map_or("", String::as_str)
}

/// Finds the bound user's account by the SIDs of its token. All other SIDs in a token belong to groups, so at most one
/// belongs to a user or computer account.
async fn account_of(directory: &Directory, token: &[Vec<u8>]) -> Result<Option<OwnAccount>, OperationError> {
    for sids in token.chunks(SIDS_A_QUERY) {
        let clauses: Vec<Clause> = sids.iter().map(|sid| Clause::new("objectSid", sid.clone())).collect();
        if let Some(account) = own_account(directory, &clauses).await? {
            return Ok(Some(account));
        }
    }
    Ok(None)
}

async fn own_account(directory: &Directory, clauses: &[Clause]) -> Result<Option<OwnAccount>, OperationError> {
    let filter = format!("(&(objectClass=user){})", any(clauses));
    let wanted = ["objectGUID", "objectSid", "sAMAccountName"];
    let found = directory.link.search_few(&directory.domain().base_dn, Scope::Subtree, &filter, &wanted).await?;
    Ok(found.first().and_then(|entry| {
        Some(OwnAccount {
            guid: entry.guid("objectGUID")?,
            sid: Sid::from_bytes(entry.values("objectSid").first()?)?.to_string(),
            sam_account_name: entry.text("sAMAccountName")?,
        })
    }))
}
