//! Searching, on one session or on whichever answers. Everything that a server returns is counted, because a broken or
//! hostile one may never stop.

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

/// The number of entries on one page: the default of AD's MaxPageSize.
const PAGE_SIZE: i32 = 1000;
/// The maximum number of pages of one search. Busy domain controllers return shorter pages than they are asked for, so
/// there may be many.
const MAX_PAGES: usize = 20_000;
/// The maximum number of pages in a row without an entry. Domain controllers return an empty page when a page takes too
/// long to fill.
const MAX_EMPTY_PAGES: usize = 100;

/// The maximum number of entries that may come twice in one search. Renames in the middle of a search cause one or two.
const MAX_REPEATS: usize = 1_000;

/// The limits of one search.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// The maximum number of entries and references together, because each takes memory.
    entries: usize,
    bytes: usize,
    time: Duration,
}

/// The maximum number of entries of a paged search: more than any domain has.
const MAX_PAGED_ENTRIES: usize = 2_000_000;
/// The maximum number of bytes of all entries of a paged search.
const MAX_PAGED_BYTES: usize = 1 << 30;
/// The maximum time of a paged search: longer than that of any whole domain.
const MAX_PAGED_TIME: Duration = Duration::from_secs(3600);
/// The maximum time of a paged search as a multiple of `--give-up-after`, which counts if that is short.
const MAX_PAGED_PATIENCES: u32 = 10;
/// The maximum number of entries of an answer without pages. It is well below AD's MaxPageSize, above which entries
/// would be missing.
const MAX_FEW_ENTRIES: usize = 900;
/// The maximum number of bytes of an answer without pages: at most 100 accounts are asked for at once, each with a
/// photo of at most 100 kB.
const MAX_FEW_BYTES: usize = 64 << 20;
/// The maximum time of an answer without pages, in timeouts; a single timeout counts for the next entry only.
const MAX_FEW_TIMEOUTS: u32 = 3;

/// What to search for.
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
    /// Number of entries, references and intermediate messages.
    items: usize,
    /// Memory of the entries, in bytes.
    bytes: usize,
    /// Hashes of the DNs of all entries so far, also of earlier pages.
    seen: HashSet<u64>,
    hasher: RandomState,
    /// Number of entries whose DN had come before.
    repeats: usize,
}

impl Found {
    /// Adds what came next, unless it exceeds a limit.
    fn add(&mut self, item: ResultEntry, limits: Limits) -> Result<(), OperationError> {
        self.items += 1;
        if self.items > limits.entries {
            return Err(OperationError::Endless(Limit::Entries(limits.entries)));
        }
        // A search from the domain's root also returns references to other naming contexts, which nobody follows.
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
    /// Returns the entries of a search that finds few, all in one answer, because Samba takes five times as long for
    /// each entry of a paged one. If there turn out to be many, the search is done again, page by page.
    pub(in crate::directory) async fn search_few(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>, OperationError> {
        let question = Question { base, scope, filter, attributes };
        let limits = Limits { entries: MAX_FEW_ENTRIES, bytes: MAX_FEW_BYTES, time: self.timeout() * MAX_FEW_TIMEOUTS };
        let mut found = Found::default();
        let collecting = self.collect(question, None, limits, &mut found);
        match timeout(limits.time, collecting).await.unwrap_or(Err(OperationError::Timeout)) {
            Ok(result) if result.rc == 0 => Ok(found.entries),
            // 4 is sizeLimitExceeded: the server would return more entries, which needs pages.
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

    /// Passes all entries of a search to `each`, one at a time, where all of them together would take too much memory.
    pub(in crate::directory) async fn search_each(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
        each: impl FnMut(Entry),
    ) -> Result<(), OperationError> {
        let time = MAX_PAGED_TIME.min(self.patience() * MAX_PAGED_PATIENCES);
        let limits = Limits { entries: MAX_PAGED_ENTRIES, bytes: MAX_PAGED_BYTES, time };
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

    /// Sends one search request, adds what it returns to `found`, and returns the result message.
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

    /// Returns the entry with this DN; `None` if there is none.
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

/// Returns the cookie of the next page; empty after the last page, or if the server does not support pages.
fn next_page(result: &LdapResult) -> Vec<u8> {
    let paged = result.ctrls.iter().find_map(|Control(kind, control)| match kind {
        Some(ControlType::PagedResults) => Some(control),
        _ => None,
    });
    // `parse` panics on a malformed control; all callers run inside `caught_async`.
    paged.map(|control| control.parse::<PagedResults>().cookie).unwrap_or_default()
}

impl Link {
    /// Runs [`Session::search_few`], and runs it again when a connection is lost.
    pub(in crate::directory) async fn search_few(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>, OperationError> {
        self.persist(async |session| session.search_few(base, scope, filter, attributes).await).await
    }

    /// Runs [`Session::search`]. When a connection is lost, the search starts over at the first page, because a page's
    /// cookie is valid on its own connection only.
    pub(in crate::directory) async fn search(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>, OperationError> {
        self.persist(async |session| session.search(base, scope, filter, attributes).await).await
    }

    /// Returns the entry with this DN; `None` if there is none.
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

    /// Makes an entry without attributes; with an `id` other than 4, another kind of message.
    fn item(id: u64, name: &str) -> ResultEntry {
        let text = |text: &str| Tag::OctetString(OctetString { inner: text.into(), ..Default::default() });
        let none = Tag::Sequence(Sequence::default());
        let operation = Sequence { id, class: TagClass::Application, inner: vec![text(name), none] };
        ResultEntry::new(Tag::Sequence(operation).into_structure())
    }

    /// Adds items until one is refused. Returns how many were accepted, and the error.
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
        // References count, although they are not kept.
        let (taken, error) = until_refused(std::iter::repeat_with(|| item(19, "ldap://x")));
        assert!(matches!(error, OperationError::Endless(Limit::Entries(3_000))), "{error:?}");
        assert_eq!(taken, 3_000);
    }
}
