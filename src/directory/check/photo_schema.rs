//! What the schema says of photos, and the names that access lists have for them.

use ldap3::Scope;

use crate::directory::entry::Entry;
use crate::directory::{Clause, Directory, OperationError, THUMBNAIL_PHOTO, filter};

/// thumbnailPhoto and the class of those who have one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhotoSchema {
    /// The most bytes of a photo, where there is a limit.
    pub range_upper: Option<u64>,
    /// schemaIDGUID of thumbnailPhoto.
    pub(super) photo: Option<[u8; 16]>,
    /// attributeSecurityGUID of thumbnailPhoto: its property set.
    pub(super) property_set: Option<[u8; 16]>,
    /// schemaIDGUID of the class user.
    pub(super) user: Option<[u8; 16]>,
}

impl Directory {
    /// What the schema says of thumbnailPhoto; `None` if the domain has no such attribute.
    ///
    /// # Errors
    /// When the search fails.
    pub async fn photo_schema(&self) -> Result<Option<PhotoSchema>, OperationError> {
        let names = [THUMBNAIL_PHOTO, "user"];
        let filter = filter::any(&names.map(|name| Clause::new("lDAPDisplayName", name)));
        let wanted = ["lDAPDisplayName", "rangeUpper", "schemaIDGUID", "attributeSecurityGUID"];
        let found = self.search_few(&self.domain.schema_dn, Scope::OneLevel, &filter, &wanted).await?;
        let named = |name: &str| {
            found
                .iter()
                .find(|entry| entry.text("lDAPDisplayName").is_some_and(|found| found.eq_ignore_ascii_case(name)))
        };
        Ok(named(THUMBNAIL_PHOTO).map(|photo| PhotoSchema {
            range_upper: photo.number("rangeUpper").and_then(|range| u64::try_from(range).ok()),
            photo: guid(photo, "schemaIDGUID"),
            property_set: guid(photo, "attributeSecurityGUID"),
            user: named("user").and_then(|user| guid(user, "schemaIDGUID")),
        }))
    }
}

fn guid(entry: &Entry, attribute: &str) -> Option<[u8; 16]> {
    entry.values(attribute).first()?.as_slice().try_into().ok()
}
