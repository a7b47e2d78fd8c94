//! One search, and its entries.

use std::collections::HashMap;

use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::{ResultEntry, Scope, SearchResult};

use super::session::Session;
use super::{Directory, OperationError};

/// Entries a page: below AD's MaxPageSize of 1000.
const PAGE_SIZE: i32 = 500;

/// An LDAP entry: binary and text values alike are bytes, attribute names are in lower case.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    pub(super) dn: String,
    attributes: HashMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    /// The values of an attribute, none if the entry has it not.
    pub(super) fn values(&self, attribute: &str) -> &[Vec<u8>] {
        self.attributes.get(&attribute.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    pub(super) fn texts<'e>(&'e self, attribute: &str) -> impl Iterator<Item = String> + use<'e> {
        self.values(attribute).iter().map(|value| String::from_utf8_lossy(value).into_owned())
    }

    pub(super) fn text(&self, attribute: &str) -> Option<String> {
        self.texts(attribute).next()
    }

    pub(super) fn number(&self, attribute: &str) -> Option<i64> {
        self.text(attribute)?.parse().ok()
    }

    pub(super) fn take(&mut self, attribute: &str) -> Option<Vec<u8>> {
        self.attributes.get_mut(&attribute.to_ascii_lowercase())?.pop()
    }

    /// Reads a search result entry; unlike `SearchEntry::construct`, which panics, `None` where it is malformed.
    fn read(entry: ResultEntry) -> Option<Self> {
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

impl Session {
    /// All entries of a search, page by page; references, which a search from the domain's root also returns, left out.
    pub(super) async fn search(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>, OperationError> {
        let adapters: Vec<Box<dyn Adapter<'_, _, _>>> =
            vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(PAGE_SIZE))];
        let attributes = attributes.iter().map(|&name| name.to_owned()).collect::<Vec<String>>();
        let mut stream = self.operation().streaming_search_with(adapters, base, scope, filter, attributes).await?;
        let mut entries = Vec::new();
        while let Some(entry) = stream.next().await? {
            entries.push(Entry::read(entry).ok_or(OperationError::Lacking("a readable entry"))?);
        }
        match stream.finish().await {
            result if result.rc == 0 => Ok(entries),
            result => Err(result.into()),
        }
    }

    /// One entry by its name; `None` if there is no such.
    pub(super) async fn read_entry(&self, dn: &str, attributes: &[&str]) -> Result<Option<Entry>, OperationError> {
        let SearchResult(found, result) =
            self.operation().search(dn, Scope::Base, "(objectClass=*)", attributes.to_vec()).await?;
        match result.rc {
            0 => Ok(found.into_iter().find(|entry| !entry.is_ref()).and_then(Entry::read)),
            32 => Ok(None),
            _ => Err(result.into()),
        }
    }
}

impl Directory {
    /// All entries of a search, from the first page on again where a connection is lost: a page's cookie is of no use on
    /// another.
    pub(super) async fn search(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>, OperationError> {
        self.persist(async |session| session.search(base, scope, filter, attributes).await).await
    }
}
