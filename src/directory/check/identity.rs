//! Who is bound.

use ldap3::Scope;

use super::ask::who_am_i;
use crate::directory::connection::OperationError;
use crate::directory::guid::Guid;
use crate::directory::queries::{Clause, Directory, any};

/// SIDs of a token that are looked up in one query.
const SIDS_A_QUERY: usize = 100;

/// Who the server takes the bound user for.
#[derive(Debug, Clone)]
pub struct Identity {
    /// `DOMAIN\name` where the server tells, else as given.
    pub name: String,
    /// Whether it is the server that says so.
    pub is_confirmed: bool,
    /// The user's own account; `None` where it is another domain's, or cannot be found.
    pub account: Option<OwnAccount>,
    /// The SIDs of the user and of all groups that count on this server.
    pub(super) token: Vec<Vec<u8>>,
}

/// The bound user's own account.
#[derive(Debug, Clone)]
pub struct OwnAccount {
    /// Its objectGUID.
    pub guid: Guid,
    /// Its SID as text, `S-1-5-21-…`.
    pub sid: String,
    /// Its sAMAccountName.
    pub sam_account_name: String,
}

/// Who is bound: by "who am I?" (RFC 4532) or msDS-PrincipalName where the server has them, else by the one account
/// whose SID is in the token (Samba has tokenGroups only), else as given.
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

/// What stands before the backslash in `DOMAIN\name`.
pub(super) fn netbios_name(directory: &Directory) -> &str {
    directory.domain().names.first().map_or("", String::as_str)
}

/// Of a token's SIDs only the user's own is that of a user's or computer's account.
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
            sid: sid_text(entry.values("objectSid").first()?)?,
            sam_account_name: entry.text("sAMAccountName")?,
        })
    }))
}

/// MS-DTYP 2.4.2.1, from 2.4.2.2: the authority is big-endian, what follows little-endian.
fn sid_text(sid: &[u8]) -> Option<String> {
    let (&[revision, count, ref authority @ ..], rest) = sid.split_first_chunk::<8>()?;
    if rest.len() != usize::from(count) * 4 {
        return None;
    }
    let authority = authority.iter().fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    let (numbers, _) = rest.as_chunks::<4>();
    let numbers = numbers.iter().map(|bytes| format!("-{}", u32::from_le_bytes(*bytes)));
    Some(format!("S-{revision}-{authority}{}", numbers.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::sid_text;

    #[test]
    fn a_sid_is_written_as_windows_writes_it() {
        let administrators = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0];
        assert_eq!(sid_text(&administrators).as_deref(), Some("S-1-5-32-544"));
        assert_eq!(sid_text(&administrators[..15]), None);
        assert_eq!(sid_text(&[1, 0]), None);
    }
}
