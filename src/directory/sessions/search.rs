//! Searching, on one session or on whichever answers.

use std::time::Duration;

use ldap3::Scope;
use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use tokio::time::timeout;

use super::entry::Entry;
use super::link::Link;
use super::session::Session;
use crate::directory::connection::OperationError;

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

impl Session {
    /// The entries of a search that finds few, in one answer: Samba takes five times as long for each entry of a page.
    /// Should they be many, page by page after all.
    pub(in crate::directory) async fn search_few(
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
    pub(in crate::directory) async fn search(
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
    pub(in crate::directory) async fn search_each(
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
    pub(in crate::directory) async fn read_entry(
        &self,
        dn: &str,
        attributes: &[&str],
    ) -> Result<Option<Entry>, OperationError> {
        match self.search_few(dn, Scope::Base, "(objectClass=*)", attributes).await {
            Ok(found) => Ok(found.into_iter().next()),
            Err(OperationError::Refused { code: 32, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Link {
    /// [`Session::search_few`], again where a connection is lost.
    pub(in crate::directory) async fn search_few(
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
    pub(in crate::directory) async fn search(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>, OperationError> {
        self.persist(async |session| session.search(base, scope, filter, attributes).await).await
    }

    /// One entry by its name; `None` if there is no such.
    pub(in crate::directory) async fn read_entry(
        &self,
        dn: &str,
        attributes: &[&str],
    ) -> Result<Option<Entry>, OperationError> {
        self.persist(async |session| session.read_entry(dn, attributes).await).await
    }
}
