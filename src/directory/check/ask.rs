//! Two requests that only `adphoto check` makes.

use ldap3::Scope;
use ldap3::controls::RawControl;
use ldap3::exop::{Exop, WhoAmI};
use ldap3::result::ExopResult;

use crate::directory::connection::OperationError;
use crate::directory::sessions::{Entry, Link, Session};

/// The control LDAP_SERVER_SD_FLAGS_OID (MS-ADTS 3.1.1.3.4.1.11). Without it, a server returns a security descriptor
/// with its audit list, or not at all to users who may not read that list.
const SD_FLAGS: &str = "1.2.840.113556.1.4.801";
/// The control's value, `SDFlagsRequestValue ::= SEQUENCE { Flags INTEGER }`, with DACL_SECURITY_INFORMATION.
const ACCESS_LIST_ONLY: [u8; 5] = [0x30, 3, 2, 1, 4];

/// Asks "Who am I?" (RFC 4532); `None` if the server does not support it, as Samba does not.
pub(super) async fn who_am_i(link: &Link) -> Result<Option<String>, OperationError> {
    let ask = async |session: &Session| Ok(session.operation().extended(WhoAmI).await?);
    let ExopResult(Exop { val, .. }, result) = link.persist(ask).await?;
    let answer = val.filter(|_| result.rc == 0).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Ok(answer.filter(|name| !name.is_empty()))
}

/// Returns the entries that a filter finds, with `nTSecurityDescriptor` if that is among the attributes. They must be
/// few, because there are no pages.
pub(super) async fn search_with_access_lists(
    link: &Link,
    base: &str,
    filter: &str,
    attributes: &[&str],
) -> Result<Vec<Entry>, OperationError> {
    let ask = async |session: &Session| {
        let control = RawControl { ctype: SD_FLAGS.to_owned(), crit: false, val: Some(ACCESS_LIST_ONLY.to_vec()) };
        session.search_few_with(control, base, Scope::Subtree, filter, attributes).await
    };
    link.persist(ask).await
}
