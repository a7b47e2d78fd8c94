//! What a search has returned so far, and the limits of that.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use ldap3::ResultEntry;

use super::entry::Entry;
use crate::directory::connection::{Limit, OperationError};

/// The maximum number of entries that may come twice in one search. Renames in the middle of a search cause one or two.
const MAX_REPEATS: usize = 1_000;

/// The limits of one search.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The maximum number of entries and references together, because each takes memory.
    pub(super) entries: usize,
    pub(super) bytes: usize,
    pub(super) time: Duration,
}

/// What a search has returned so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) entries: Vec<Entry>,
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
    pub(super) fn add(&mut self, item: ResultEntry, limits: Limits) -> Result<(), OperationError> {
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
