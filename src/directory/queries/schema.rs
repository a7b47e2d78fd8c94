//! What the schema says about attributes.

use ldap3::Scope;

use super::base_dn;
use super::directory::Directory;
use super::filter::{self, Clause};
use crate::directory::connection::OperationError;
use crate::directory::guid::Guid;

/// An attribute's schema entry.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// The attribute's name in the schema's spelling.
    pub name: String,
    /// Whether searches for equality use an index (searchFlags bit 0, MS-ADTS 2.2.9).
    pub indexed: bool,
    /// The greatest length of a value, in bytes or characters, if there is a limit.
    pub range_upper: Option<u64>,
    /// Whether the values are text, and not bytes.
    pub is_text: bool,
}

/// The attributeSyntax of values that are bytes: octet strings, access lists, SIDs, and DNs with bytes (MS-ADTS
/// 3.1.1.2.2.2).
const BYTES: [&str; 4] = ["2.5.5.10", "2.5.5.15", "2.5.5.17", "2.5.5.7"];

/// The bit fATTINDEX of searchFlags.
const INDEXED: i64 = 1;

/// What the schema says about the photo's attribute, and about the class of the accounts that have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhotoSchema {
    /// The greatest length of a photo, in bytes, if there is a limit.
    pub range_upper: Option<u64>,
    /// The attribute's schemaIDGUID, by which access lists name it.
    pub(in crate::directory) photo: Option<Guid>,
    /// The attribute's attributeSecurityGUID: the property set to which it belongs, which access lists may name
    /// instead.
    pub(in crate::directory) property_set: Option<Guid>,
    /// The schemaIDGUID of the class user.
    pub(in crate::directory) user: Option<Guid>,
}

impl Directory {
    /// Returns the schema's entry for an attribute; `None` if the domain does not have it.
    ///
    /// # Errors
    /// When the search fails.
    pub async fn attribute(&self, name: &str) -> Result<Option<Attribute>, OperationError> {
        let filter = filter::any(&[Clause::new("lDAPDisplayName", name)]);
        let wanted = ["lDAPDisplayName", "searchFlags", "rangeUpper", "attributeSyntax"];
        let found = self.link.search_few(&self.domain().schema_dn, Scope::OneLevel, &filter, &wanted).await?;
        Ok(found.first().map(|entry| Attribute {
            name: entry.text("lDAPDisplayName").unwrap_or_else(|| name.to_owned()),
            indexed: entry.number("searchFlags").is_some_and(|flags| flags & INDEXED != 0),
            range_upper: entry.number("rangeUpper").and_then(|range| u64::try_from(range).ok()),
            is_text: entry.text("attributeSyntax").is_none_or(|syntax| !BYTES.contains(&syntax.as_str())),
        }))
    }

    /// Returns what the schema says about the photo's attribute; `None` if the domain does not have it.
    ///
    /// # Errors
    /// When the search fails.
    pub async fn photo_schema(&self) -> Result<Option<PhotoSchema>, OperationError> {
        let names = [self.photo_attribute(), "user"];
        let filter = filter::any(&names.map(|name| Clause::new("lDAPDisplayName", name)));
        let wanted = ["lDAPDisplayName", "rangeUpper", "schemaIDGUID", "attributeSecurityGUID"];
        let found = self.link.search_few(&self.domain().schema_dn, Scope::OneLevel, &filter, &wanted).await?;
        let named = |name: &str| {
            found
                .iter()
                .find(|entry| entry.text("lDAPDisplayName").is_some_and(|found| found.eq_ignore_ascii_case(name)))
        };
        Ok(named(self.photo_attribute()).map(|photo| PhotoSchema {
            range_upper: photo.number("rangeUpper").and_then(|range| u64::try_from(range).ok()),
            photo: photo.guid("schemaIDGUID"),
            property_set: photo.guid("attributeSecurityGUID"),
            user: named("user").and_then(|user| user.guid("schemaIDGUID")),
        }))
    }

    /// Checks that a base DN exists, and returns it; without one, returns the connection's.
    ///
    /// # Errors
    /// When the base DN does not exist.
    pub async fn base_dn(&self, base_dn: Option<&str>) -> Result<String, OperationError> {
        if let Some(base_dn) = base_dn {
            self.link.persist(async |session| base_dn::require(session, base_dn, &self.domain().dn).await).await?;
        }
        Ok(base_dn.unwrap_or(&self.domain().base_dn).to_owned())
    }
}
