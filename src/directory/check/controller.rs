//! Finding out what kind of domain controller this is.

use crate::directory::connection::OperationError;
use crate::directory::queries::Directory;

/// LDAP_CAP_ACTIVE_DIRECTORY_PARTIAL_SECRETS_OID: the capability that only read-only domain controllers have (MS-ADTS
/// 3.1.1.3.4.3.5).
const READ_ONLY: &str = "1.2.840.113556.1.4.1920";

/// A domain controller, as its rootDSE describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controller {
    pub dns_name: Option<String>,
    /// The domain's functional level, in Microsoft's words.
    pub domain_level: Option<String>,
    /// The domain controller's functional level, in Microsoft's words.
    pub level: Option<String>,
    /// Whether it runs Samba rather than Windows.
    pub is_samba: bool,
    /// Whether it is a read-only domain controller (RODC).
    pub is_read_only: bool,
}

/// Reads the rootDSE.
///
/// # Errors
/// When the server does not answer.
pub async fn controller(directory: &Directory) -> Result<Controller, OperationError> {
    let wanted =
        ["dnsHostName", "domainFunctionality", "domainControllerFunctionality", "vendorName", "supportedCapabilities"];
    let root = directory.link.read_entry("", &wanted).await?.ok_or(OperationError::Lacking("the rootDSE"))?;
    Ok(Controller {
        dns_name: root.text("dnsHostName"),
        domain_level: root.number("domainFunctionality").map(windows_version),
        level: root.number("domainControllerFunctionality").map(windows_version),
        is_samba: root.text("vendorName").is_some_and(|vendor| vendor.contains("Samba")),
        is_read_only: root.texts("supportedCapabilities").any(|capability| capability == READ_ONLY),
    })
}

/// Names a functional level (MS-ADTS 6.1.4.2 and 6.1.4.3). Windows Server 2019 and 2022 have no level of their own.
fn windows_version(level: i64) -> String {
    match level {
        0 => "Windows 2000".to_owned(),
        1 => "Windows Server 2003 interim".to_owned(),
        2 => "Windows Server 2003".to_owned(),
        3 => "Windows Server 2008".to_owned(),
        4 => "Windows Server 2008 R2".to_owned(),
        5 => "Windows Server 2012".to_owned(),
        6 => "Windows Server 2012 R2".to_owned(),
        7 => "Windows Server 2016".to_owned(),
        10 => "Windows Server 2025".to_owned(),
        other => format!("level {other}"),
    }
}
