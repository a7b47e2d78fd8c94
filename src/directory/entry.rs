//! One search, and its entries.

use std::collections::HashMap;
use std::time::Duration;

use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::{ResultEntry, Scope};
use tokio::time::timeout;

use super::session::Session;
use super::{Directory, OperationError};

/// Entries a page: AD's MaxPageSize.
const PAGE_SIZE: i32 = 1000;
/// Entries of one answer without pages: enough below MaxPageSize that none was left out without a word.
const FEW: usize = 900;
/// Entries of a whole search: more than any domain has accounts that somebody has photos of.
const MANY: usize = 3_000_000;

/// Timeouts that such an answer may take as a whole; a timeout by itself is for the next entry.
const FEW_TIMEOUTS: u32 = 3;
/// The same of a search of the whole domain.
const LONGEST_SEARCH: Duration = Duration::from_secs(3600);

type Adapters<'a, 'n> = Vec<Box<dyn Adapter<'a, &'n str, Vec<&'n str>> + 'a>>;

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
    pub(super) fn read(entry: ResultEntry) -> Option<Self> {
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
    /// The entries of a search that finds few, in one answer: Samba takes five times as long for each entry of a page.
    /// Should they be many, page by page after all.
    pub(super) async fn search_few(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>, OperationError> {
        let collecting = self.collect(vec![Box::new(EntriesOnly::new())], base, scope, filter, attributes, FEW);
        match timeout(self.timeout() * FEW_TIMEOUTS, collecting).await.unwrap_or(Err(OperationError::Timeout)) {
            // 4 sizeLimitExceeded.
            Err(OperationError::Endless | OperationError::Refused { code: 4, .. }) if scope != Scope::Base => {
                self.search(base, scope, filter, attributes).await
            }
            found => found,
        }
    }

    /// All entries of a search, page by page; references, which a search from the domain's root also returns, left out.
    pub(super) async fn search(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>, OperationError> {
        let mut entries = Vec::new();
        self.search_each(base, scope, filter, attributes, |entry| entries.push(entry)).await?;
        Ok(entries)
    }

    /// The same one entry at a time, where all of them together would take too much memory.
    pub(super) async fn search_each(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
        each: impl FnMut(Entry),
    ) -> Result<(), OperationError> {
        let pages: Adapters<'_, '_> = vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(PAGE_SIZE))];
        let reading = self.each(pages, base, scope, filter, attributes, MANY, each);
        timeout(LONGEST_SEARCH, reading).await.unwrap_or(Err(OperationError::Timeout))
    }

    async fn collect<'a>(
        &self,
        adapters: Adapters<'a, 'a>,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&'a str],
        most: usize,
    ) -> Result<Vec<Entry>, OperationError> {
        let mut entries = Vec::new();
        self.each(adapters, base, scope, filter, attributes, most, |entry| entries.push(entry)).await?;
        Ok(entries)
    }

    #[expect(clippy::too_many_arguments, reason = "a search has as many")]
    async fn each<'a>(
        &self,
        adapters: Adapters<'a, 'a>,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&'a str],
        most: usize,
        mut each: impl FnMut(Entry),
    ) -> Result<(), OperationError> {
        let mut stream =
            self.operation().streaming_search_with(adapters, base, scope, filter, attributes.to_vec()).await?;
        let mut read = 0;
        while let Some(entry) = stream.next().await? {
            if read == most {
                return Err(OperationError::Endless);
            }
            each(Entry::read(entry).ok_or(OperationError::Lacking("a readable entry"))?);
            read += 1;
        }
        match stream.finish().await {
            result if result.rc == 0 => Ok(()),
            result => Err(result.into()),
        }
    }

    /// One entry by its name; `None` if there is no such.
    pub(super) async fn read_entry(&self, dn: &str, attributes: &[&str]) -> Result<Option<Entry>, OperationError> {
        match self.search_few(dn, Scope::Base, "(objectClass=*)", attributes).await {
            Ok(found) => Ok(found.into_iter().next()),
            Err(OperationError::Refused { code: 32, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Directory {
    /// [`Session::search_few`], again where a connection is lost.
    pub(super) async fn search_few(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>, OperationError> {
        self.persist(async |session| session.search_few(base, scope, filter, attributes).await).await
    }

    /// [`Session::search`], from the first page on again where a connection is lost: a page's cookie is of no use on
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

    /// One entry by its name; `None` if there is no such.
    pub(super) async fn read_entry(&self, dn: &str, attributes: &[&str]) -> Result<Option<Entry>, OperationError> {
        self.persist(async |session| session.read_entry(dn, attributes).await).await
    }
}
