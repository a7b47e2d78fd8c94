//! What the schema says of attributes, and whether a base DN exists.

use ldap3::Scope;

use super::base_dn;
use super::directory::Directory;
use super::filter::{self, Clause};
use crate::directory::connection::OperationError;
use crate::directory::guid::Guid;

/// An attribute's schema entry.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its name, spelled as the schema spells it.
    pub name: String,
    /// Whether equality searches use an index (searchFlags bit 0, MS-ADTS 2.2.9).
    pub indexed: bool,
    /// The greatest length of a value, where there is one.
    pub range_upper: Option<u64>,
}

/// `fATTINDEX`.
const INDEXED: i64 = 1;

/// thumbnailPhoto and the class of those who have one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhotoSchema {
    /// The most bytes of a photo, where there is a limit.
    pub range_upper: Option<u64>,
    /// schemaIDGUID of thumbnailPhoto.
    pub(in crate::directory) photo: Option<Guid>,
    /// attributeSecurityGUID of thumbnailPhoto: its property set.
    pub(in crate::directory) property_set: Option<Guid>,
    /// schemaIDGUID of the class user.
    pub(in crate::directory) user: Option<Guid>,
}

impl Directory {
    /// The schema's entry for an attribute; `None` if the domain has no such attribute.
    ///
    /// # Errors
    /// When the search fails.
    pub async fn attribute(&self, name: &str) -> Result<Option<Attribute>, OperationError> {
        let filter = filter::any(&[Clause::new("lDAPDisplayName", name)]);
        let wanted = ["lDAPDisplayName", "searchFlags", "rangeUpper"];
        let found = self.link.search_few(&self.domain().schema_dn, Scope::OneLevel, &filter, &wanted).await?;
        Ok(found.first().map(|entry| Attribute {
            name: entry.text("lDAPDisplayName").unwrap_or_else(|| name.to_owned()),
            indexed: entry.number("searchFlags").is_some_and(|flags| flags & INDEXED != 0),
            range_upper: entry.number("rangeUpper").and_then(|range| u64::try_from(range).ok()),
        }))
    }

    /// What the schema says of thumbnailPhoto; `None` if the domain has no such attribute.
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

    /// Whether there is such a base DN; `None` is the domain's.
    ///
    /// # Errors
    /// When there is none.
    pub async fn base_dn(&self, base_dn: Option<&str>) -> Result<String, OperationError> {
        if let Some(base_dn) = base_dn {
            self.link.persist(async |session| base_dn::require(session, base_dn, &self.domain().dn).await).await?;
        }
        Ok(base_dn.unwrap_or(&self.domain().base_dn).to_owned())
    }
}
