//! Searching, on one session or on whichever answers. Everything that a server returns is counted, because a broken or
//! hostile one may never stop.

use std::time::Duration;

use ldap3::controls::{Control, ControlType, PagedResults, RawControl};
use ldap3::{LdapResult, Scope};
use tokio::time::timeout;

use super::entry::Entry;
use super::found::{Found, Limits};
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
        let limits = self.few();
        let mut found = Found::default();
        match self.collect_few(question, None, limits, &mut found).await {
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

    /// Returns the entries of a search that finds few and is sent with a control. It is an error if there turn out to be
    /// many.
    pub(in crate::directory) async fn search_few_with(
        &self,
        control: RawControl,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<Entry>, OperationError> {
        let question = Question { base, scope, filter, attributes };
        let mut found = Found::default();
        match self.collect_few(question, Some(control), self.few(), &mut found).await? {
            result if result.rc == 0 => Ok(found.entries),
            result => Err(result.into()),
        }
    }

    /// Returns the limits of an answer without pages.
    fn few(&self) -> Limits {
        Limits { entries: MAX_FEW_ENTRIES, bytes: MAX_FEW_BYTES, time: self.timeout() * MAX_FEW_TIMEOUTS }
    }

    /// Runs [`collect`](Self::collect) within the time of `limits`.
    async fn collect_few(
        &self,
        question: Question<'_>,
        control: Option<RawControl>,
        limits: Limits,
        found: &mut Found,
    ) -> Result<LdapResult, OperationError> {
        let collecting = self.collect(question, control, limits, found);
        timeout(limits.time, collecting).await.unwrap_or(Err(OperationError::Timeout))
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
            let result = self.collect(question, Some(page.into()), limits, &mut found).await?;
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
        control: Option<RawControl>,
        limits: Limits,
        found: &mut Found,
    ) -> Result<LdapResult, OperationError> {
        let Question { base, scope, filter, attributes } = question;
        let mut operation = self.operation();
        if let Some(control) = control {
            operation.with_controls(control);
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
