//! Two questions that no other part of adphoto asks.

use ldap3::controls::RawControl;
use ldap3::exop::{Exop, WhoAmI};
use ldap3::result::ExopResult;
use ldap3::{Scope, SearchResult};

use crate::directory::connection::OperationError;
use crate::directory::sessions::{Entry, Link, Session};

/// LDAP_SERVER_SD_FLAGS_OID (MS-ADTS 3.1.1.3.4.1.11): without it a security descriptor comes with its audit list or, to
/// those who may not read that, not at all.
const SD_FLAGS: &str = "1.2.840.113556.1.4.801";
/// `SDFlagsRequestValue ::= SEQUENCE { Flags INTEGER }`, DACL_SECURITY_INFORMATION.
const ACCESS_LIST_ONLY: [u8; 5] = [0x30, 3, 2, 1, 4];

/// "Who am I?" (RFC 4532); `None` where the server does not know the question, as Samba does not.
pub(super) async fn who_am_i(link: &Link) -> Result<Option<String>, OperationError> {
    let ask = async |session: &Session| Ok(session.operation().extended(WhoAmI).await?);
    let ExopResult(Exop { val, .. }, result) = link.persist(ask).await?;
    let answer = val.filter(|_| result.rc == 0).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Ok(answer.filter(|name| !name.is_empty()))
}

/// The entries that a filter finds, so few that they need no pages, with `nTSecurityDescriptor` where asked for.
pub(super) async fn search_with_access_lists(
    link: &Link,
    base: &str,
    filter: &str,
    attributes: &[&str],
) -> Result<Vec<Entry>, OperationError> {
    let ask = async |session: &Session| {
        let control = RawControl { ctype: SD_FLAGS.to_owned(), crit: false, val: Some(ACCESS_LIST_ONLY.to_vec()) };
        let mut operation = session.operation();
        Ok(operation.with_controls(control).search(base, Scope::Subtree, filter, attributes.to_vec()).await?)
    };
    let SearchResult(found, result) = link.persist(ask).await?;
    match result.rc {
        0 => found
            .into_iter()
            .filter(|entry| !entry.is_ref())
            .map(|entry| Entry::read(entry).ok_or(OperationError::Lacking("a readable entry")))
            .collect(),
        _ => Err(result.into()),
    }
}
