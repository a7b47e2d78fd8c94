//! Searching, on one session or on whichever answers. What a server returns is counted: it may have no end.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use ldap3::controls::{Control, ControlType, PagedResults, RawControl};
use ldap3::{LdapResult, ResultEntry, Scope};
use tokio::time::timeout;

use super::entry::Entry;
use super::link::Link;
use super::session::Session;
use crate::directory::connection::{Limit, OperationError};

/// Entries a page: AD's MaxPageSize.
const PAGE_SIZE: i32 = 1000;
/// Pages of a whole search: domain controllers that are busy return shorter ones than they are asked for.
const MAX_PAGES: usize = 20_000;
/// Pages in a row without an entry: domain controllers return one where a page took too long to fill.
const MAX_EMPTY_PAGES: usize = 100;

/// Entries that come again: a rename in the middle of a search makes one or two.
const MAX_REPEATS: usize = 1_000;

/// What one search may return: entries and references, each of which takes memory.
#[derive(Debug, Clone, Copy)]
struct Limits {
    entries: usize,
    bytes: usize,
    time: Duration,
}

/// More than any domain has accounts that somebody has photos of.
const MANY_ENTRIES: usize = 2_000_000;
/// Memory of these.
const MANY_BYTES: usize = 1 << 30;
/// A search of the whole domain: longer than any takes.
const LONGEST: Duration = Duration::from_secs(3600);
/// For those who have less patience: so many times as long as they go on trying while nothing goes well.
const PATIENCE_TIMES: u32 = 10;
/// Entries of one answer without pages: enough below MaxPageSize that none was left out without a word.
const FEW_ENTRIES: usize = 900;
/// Bytes of these: each may have a photo of 100 kB, of which at most 100 are asked for at once.
const FEW_BYTES: usize = 64 << 20;
/// Timeouts that such an answer may take as a whole; a timeout by itself is for the next entry.
const FEW_TIMEOUTS: u32 = 3;

/// One search.
#[derive(Debug, Clone, Copy)]
struct Question<'q> {
    base: &'q str,
    scope: Scope,
    filter: &'q str,
    attributes: &'q [&'q str],
}

/// What a search has returned so far.
#[derive(Debug, Default)]
struct Found {
    entries: Vec<Entry>,
    /// Entries, references and whatever else came.
    items: usize,
    bytes: usize,
    /// Hashes of the names of those that came.
    seen: HashSet<u64>,
    hasher: RandomState,
    repeats: usize,
}

impl Found {
    fn add(&mut self, item: ResultEntry, limits: Limits) -> Result<(), OperationError> {
        self.items += 1;
        if self.items > limits.entries {
            return Err(OperationError::Endless(Limit::Entries(limits.entries)));
        }
        // A search from the domain's root also returns references, to other places.
        if item.is_ref() || item.is_intermediate() {
            return Ok(());
        }
        let entry = Entry::read(item).ok_or(OperationError::Lacking("a readable entry"))?;
        if !self.seen.insert(self.hasher.hash_one(&entry.dn)) {
            self.repeats += 1;
            if self.repeats > MAX_REPEATS {
                return Err(OperationError::Endless(Limit::Repeats(MAX_REPEATS)));
            }
        }
        self.bytes += entry.bytes();
        if self.bytes > limits.bytes {
            return Err(OperationError::Endless(Limit::Bytes(limits.bytes)));
        }
        self.entries.push(entry);
        Ok(())
    }
}

impl Session {
    /// Returns the entries of a search that finds few, in one answer: Samba takes five times as long for each entry of a
    /// page. Should they be many, page by page after all.
    pub(in crate::directory) async fn search_few(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>, OperationError> {
        let question = Question { base, scope, filter, attributes };
        let limits = Limits { entries: FEW_ENTRIES, bytes: FEW_BYTES, time: self.timeout() * FEW_TIMEOUTS };
        let mut found = Found::default();
        let collecting = self.collect(question, None, limits, &mut found);
        match timeout(limits.time, collecting).await.unwrap_or(Err(OperationError::Timeout)) {
            Ok(result) if result.rc == 0 => Ok(found.entries),
            // 4 sizeLimitExceeded.
            Ok(result) if result.rc != 4 || scope == Scope::Base => Err(result.into()),
            Err(OperationError::Endless(Limit::Entries(_))) if scope == Scope::Base => {
                Err(OperationError::Endless(Limit::Entries(limits.entries)))
            }
            Ok(_) | Err(OperationError::Endless(Limit::Entries(_))) => {
                drop(found);
                self.search(base, scope, filter, attributes).await
            }
            Err(error) => Err(error),
        }
    }

    /// Returns all entries of a search, page by page.
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

    /// Hands on all entries of a search one at a time, where all of them together would take too much memory.
    pub(in crate::directory) async fn search_each(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
        each: impl FnMut(Entry),
    ) -> Result<(), OperationError> {
        let time = LONGEST.min(self.patience() * PATIENCE_TIMES);
        let limits = Limits { entries: MANY_ENTRIES, bytes: MANY_BYTES, time };
        let turning = self.turn_pages(Question { base, scope, filter, attributes }, limits, each);
        timeout(time, turning).await.unwrap_or(Err(OperationError::Endless(Limit::Time(time))))
    }

    async fn turn_pages(
        &self,
        question: Question<'_>,
        limits: Limits,
        mut each: impl FnMut(Entry),
    ) -> Result<(), OperationError> {
        let mut found = Found::default();
        let (mut cookie, mut empty) = (Vec::new(), 0);
        for _ in 0..MAX_PAGES {
            let page = PagedResults { size: PAGE_SIZE, cookie };
            let result = self.collect(question, Some(page), limits, &mut found).await?;
            if result.rc != 0 {
                return Err(result.into());
            }
            cookie = next_page(&result);
            empty = if found.entries.is_empty() { empty + 1 } else { 0 };
            found.entries.drain(..).for_each(&mut each);
            if cookie.is_empty() {
                return Ok(());
            }
            if empty == MAX_EMPTY_PAGES {
                return Err(OperationError::Endless(Limit::EmptyPages(empty)));
            }
        }
        Err(OperationError::Endless(Limit::Pages(MAX_PAGES)))
    }

    /// Adds what one request returns, and returns its result.
    async fn collect(
        &self,
        question: Question<'_>,
        page: Option<PagedResults>,
        limits: Limits,
        found: &mut Found,
    ) -> Result<LdapResult, OperationError> {
        let Question { base, scope, filter, attributes } = question;
        let mut operation = self.operation();
        if let Some(page) = page {
            operation.with_controls(RawControl::from(page));
        }
        let mut stream = operation.streaming_search(base, scope, filter, attributes.to_vec()).await?;
        while let Some(item) = stream.next().await? {
            found.add(item, limits)?;
        }
        Ok(stream.finish().await)
    }

    /// Returns one entry by its name; `None` if there is no such.
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

/// Where the next page begins; empty after the last one, and where the server knows no pages.
fn next_page(result: &LdapResult) -> Vec<u8> {
    let paged = result.ctrls.iter().find_map(|Control(kind, control)| match kind {
        Some(ControlType::PagedResults) => Some(control),
        _ => None,
    });
    // Parsing panics where it is malformed, which whoever asks is ready for.
    paged.map(|control| control.parse::<PagedResults>().cookie).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ldap3::ResultEntry;
    use ldap3::asn1::{ASNTag, OctetString, Sequence, Tag, TagClass};

    use super::{Found, Limit, Limits, MAX_REPEATS, OperationError};

    const LIMITS: Limits = Limits { entries: 3_000, bytes: 400_000, time: Duration::MAX };

    /// An entry of that name without attributes, or with another ID something else.
    fn item(id: u64, name: &str) -> ResultEntry {
        let text = |text: &str| Tag::OctetString(OctetString { inner: text.into(), ..Default::default() });
        let none = Tag::Sequence(Sequence::default());
        let operation = Sequence { id, class: TagClass::Application, inner: vec![text(name), none] };
        ResultEntry::new(Tag::Sequence(operation).into_structure())
    }

    /// Adds items until there is an error; returns how many were taken.
    fn until_refused(items: impl Iterator<Item = ResultEntry>) -> (usize, OperationError) {
        let mut found = Found::default();
        for (taken, item) in items.enumerate() {
            if let Err(error) = found.add(item, LIMITS) {
                return (taken, error);
            }
        }
        panic!("all were taken");
    }

    #[test]
    fn no_answer_is_endless() {
        let (taken, error) = until_refused((0..).map(|number| item(4, &format!("CN={number}"))));
        assert!(matches!(error, OperationError::Endless(Limit::Entries(3_000))), "{error:?}");
        assert_eq!(taken, 3_000);
        let (taken, error) = until_refused((0..).map(|number| item(4, &format!("CN={number}{}", "x".repeat(1000)))));
        assert!(matches!(error, OperationError::Endless(Limit::Bytes(400_000))), "{error:?}");
        assert!((300..400).contains(&taken), "{taken}");
        let (taken, error) = until_refused(std::iter::repeat_with(|| item(4, "CN=x")));
        assert!(matches!(error, OperationError::Endless(Limit::Repeats(MAX_REPEATS))), "{error:?}");
        assert_eq!(taken, MAX_REPEATS + 1);
        // References, of which nothing is kept.
        let (taken, error) = until_refused(std::iter::repeat_with(|| item(19, "ldap://x")));
        assert!(matches!(error, OperationError::Endless(Limit::Entries(3_000))), "{error:?}");
        assert_eq!(taken, 3_000);
    }
}
