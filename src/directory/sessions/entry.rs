//! Entries that a search returns.

use std::collections::HashMap;

use ldap3::ResultEntry;

use crate::directory::guid::Guid;

/// An LDAP entry. All values, text or binary, are bytes; attribute names are in lower case.
#[derive(Debug, Clone, Default)]
pub(in crate::directory) struct Entry {
    pub(in crate::directory) dn: String,
    attributes: HashMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    /// Returns the values of an attribute; an empty slice if the entry does not have it.
    pub(in crate::directory) fn values(&self, attribute: &str) -> &[Vec<u8>] {
        self.attributes.get(&attribute.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    pub(in crate::directory) fn texts<'e>(&'e self, attribute: &str) -> impl Iterator<Item = String> + use<'e> {
        self.values(attribute).iter().map(|value| String::from_utf8_lossy(value).into_owned())
    }

    pub(in crate::directory) fn text(&self, attribute: &str) -> Option<String> {
        self.texts(attribute).next()
    }

    pub(in crate::directory) fn number(&self, attribute: &str) -> Option<i64> {
        self.text(attribute)?.parse().ok()
    }

    pub(in crate::directory) fn guid(&self, attribute: &str) -> Option<Guid> {
        self.values(attribute).first()?.as_slice().try_into().ok().map(Guid)
    }

    /// Returns roughly how much memory the entry takes. Most values are short, so their allocations count more than
    /// their bytes.
    pub(super) fn bytes(&self) -> usize {
        /// The number of bytes that an allocation takes besides its content.
        const ALLOCATION_BYTES: usize = 64;
        let values = |values: &Vec<Vec<u8>>| values.iter().map(|value| ALLOCATION_BYTES + value.len()).sum::<usize>();
        let attributes = self.attributes.iter().map(|(name, all)| ALLOCATION_BYTES + name.len() + values(all));
        ALLOCATION_BYTES + self.dn.len() + attributes.sum::<usize>()
    }

    /// Moves a value out of the entry, without copying it.
    pub(in crate::directory) fn take(&mut self, attribute: &str) -> Option<Vec<u8>> {
        self.attributes.get_mut(&attribute.to_ascii_lowercase())?.pop()
    }

    /// Reads a search result entry; `None` if it is malformed. (`SearchEntry::construct` of `ldap3` would panic.)
    pub(in crate::directory) fn read(entry: ResultEntry) -> Option<Self> {
        let mut parts = entry.0.match_id(4)?.expect_constructed()?.into_iter();
        let dn = String::from_utf8(parts.next()?.expect_primitive()?).ok()?;
        let mut attributes = HashMap::new();
        for attribute in parts.next()?.expect_constructed()? {
            let mut parts = attribute.expect_constructed()?.into_iter();
            let name = String::from_utf8(parts.next()?.expect_primitive()?).ok()?.to_ascii_lowercase();
            let values: Option<Vec<_>> =
                parts.next()?.expect_constructed()?.into_iter().map(|value| value.expect_primitive()).collect();
            attributes.insert(name, values?);
        }
        Some(Self { dn, attributes })
    }
}
