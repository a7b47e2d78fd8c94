//! What adphoto knows about photos that it has sent. With it, a run in which nothing has changed need not read them.
//!
//! Microsoft 365 encodes photos anew, so the photo that it serves is never the one that was sent. For each account, an
//! entry says which photo was sent, which one was served afterwards, and when that one was last seen. If an import
//! would send the same photo again, there is nothing to do. But somebody else may have changed the photo in Microsoft
//! 365. Therefore each photo is looked at once in seven days, by its mediaEtag. If it is no longer the photo that was
//! served, somebody else has changed it.
//!
//! There is one file for each tenant, in the state folder. It contains only object ids, hashes, mediaEtags and times.
//! Unlike an entry of the [cache](crate::cache), an entry may become wrong, because the account gets another photo. So
//! at its end a run locks the file, reads it again, and adds only what it has found out itself. Before each change it
//! notes the account in another file. If the run is killed, the next run forgets the accounts in that file.

mod begun;
mod entry;

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use time::OffsetDateTime;

use self::begun::{Begun, Left};
use self::entry::Entry;
use crate::destination::Remembered;
use crate::directory::Guid;
use crate::hash::Hash;
use crate::state::{self, Kept, KeptError, Lock, LockError, MAX_ENTRIES};

/// The number of times that the lock of the file is tried, and the pause in between.
const LOCK_TRIES: usize = 200;
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// The number of days after which an entry is deleted if its photo was not seen again.
const MAX_DAYS: i64 = 90;

/// What is known about the photos of a tenant.
#[derive(Debug)]
pub(super) struct Sent {
    /// The state folder.
    folder: PathBuf,
    file: PathBuf,
    entries: RefCell<HashMap<Guid, Entry>>,
    /// What this run has found out. `None` means that nothing is known about an account any more.
    found: RefCell<HashMap<Guid, Option<Entry>>>,
    begun: RefCell<Option<Begun>>,
    /// The files of dead runs.
    left: RefCell<Vec<PathBuf>>,
}

impl Sent {
    /// Opens what is known about the photos of a tenant. If the file on the disk cannot be used, nothing is known, and the
    /// error says why.
    ///
    /// # Errors
    /// When there is no state folder.
    pub(super) fn open(tenant: &str, address: &str) -> Result<(Self, Option<KeptError>), KeptError> {
        let folder = state::folder().map_err(KeptError::NoFolder)?;
        Ok(Self::open_in(folder, tenant, address))
    }

    fn open_in(folder: PathBuf, tenant: &str, address: &str) -> (Self, Option<KeptError>) {
        let name = Hash::of(format!("{}\0{address}", tenant.to_lowercase()).as_bytes()).short();
        let file = folder.join("sent").join(format!("{name}.jsonl"));
        let left = Left::read(&file).map_err(|source| KeptError::Io { path: file.clone(), source });
        let read = left.and_then(|left| Ok((left, state::read::<Entry>(&file)?.unwrap_or_default())));
        let ((left, kept), error) = match read {
            Ok(read) => (read, None),
            Err(error) => ((Left::default(), Kept::default()), Some(error)),
        };
        let entries = kept.entries.into_iter().map(|entry| (entry.account, entry));
        let entries = entries.filter(|(account, _)| !left.accounts.contains(account)).collect();
        let found = left.dead.into_iter().map(|account| (account, None)).collect();
        let this = Self {
            folder,
            file,
            entries: RefCell::new(entries),
            found: RefCell::new(found),
            begun: RefCell::default(),
            left: RefCell::new(left.files),
        };
        (this, error)
    }

    /// Returns what an account is known to hold.
    pub(super) fn recall(&self, account: Guid) -> Option<Remembered> {
        self.entries.borrow().get(&account).map(|entry| Remembered { sent: entry.sent, seen: entry.seen_at() })
    }

    /// Returns whether the account's photo has to be looked at today.
    pub(super) fn is_due(&self, account: Guid, now: OffsetDateTime) -> bool {
        self.entries.borrow().get(&account).is_some_and(|entry| entry.is_due(now))
    }

    /// Returns whether the photo with this mediaEtag is the one that was served after the import, and if so, notes that
    /// it was seen now. Otherwise the photo has to be read.
    pub(super) fn is_seen(&self, account: Guid, etag: &str, now: OffsetDateTime) -> bool {
        let entry = self.entries.borrow().get(&account).filter(|entry| entry.etag.as_deref() == Some(etag)).cloned();
        let is_same = entry.is_some();
        if let Some(entry) = entry {
            self.put(Entry { seen: now.unix_timestamp(), ..entry });
        }
        is_same
    }

    /// Returns whether somebody else has changed the account's photo, so that it is neither the one that was sent nor
    /// the one that was served afterwards. `held` is the hash of the photo that the account holds.
    pub(super) fn is_changed(&self, account: Guid, held: Option<Hash>) -> bool {
        let entries = self.entries.borrow();
        entries.get(&account).is_some_and(|entry| ![Some(entry.served), Some(entry.sent)].contains(&held))
    }

    /// Notes which photo was sent, and which one is served for it.
    pub(super) fn learn(&self, account: Guid, sent: Hash, served: Hash, etag: Option<String>, now: OffsetDateTime) {
        self.put(Entry::new(account, sent, served, etag, now));
    }

    fn put(&self, entry: Entry) {
        self.entries.borrow_mut().insert(entry.account, entry.clone());
        self.found.borrow_mut().insert(entry.account, Some(entry));
    }

    /// Notes that an account is about to be changed. If this run is killed, later runs know nothing about the account.
    pub(super) fn begin(&self, account: Guid) -> Result<(), KeptError> {
        let failed = |source| KeptError::Io { path: self.file.clone(), source };
        let mut begun = self.begun.borrow_mut();
        let begun = match begun.as_mut() {
            Some(begun) => begun,
            None => begun.insert(Begun::create(&self.file).map_err(failed)?),
        };
        begun.note(account).map_err(failed)
    }

    /// Forgets what was known about an account.
    pub(super) fn forget(&self, account: Guid) {
        self.entries.borrow_mut().remove(&account);
        self.found.borrow_mut().insert(account, None);
    }

    /// Adds what this run has found out to the file.
    ///
    /// # Errors
    /// When the file cannot be written; the earlier one then stays as it is.
    pub(super) fn save(&self, now: OffsetDateTime) -> Result<(), KeptError> {
        let found = self.found.take();
        let is_told = !found.is_empty() && (found.values().any(Option::is_some) || self.file.exists());
        if is_told {
            let _lock = self.lock()?;
            // Another run may have written the file meanwhile. A damaged file is replaced.
            let kept = state::read::<Entry>(&self.file).ok().flatten().unwrap_or_default();
            let mut entries: HashMap<Guid, Entry> =
                kept.entries.into_iter().map(|entry| (entry.account, entry)).collect();
            for (account, entry) in found {
                match entry {
                    Some(entry) if entries.get(&account).is_none_or(|other| other.seen <= entry.seen) => {
                        entries.insert(account, entry);
                    }
                    Some(_) => {}
                    None => _ = entries.remove(&account),
                }
            }
            entries.retain(|_, entry| !entry.is_older_than(MAX_DAYS, now));
            let mut entries: Vec<Entry> = entries.into_values().collect();
            entries.sort_unstable_by_key(state::Entry::key);
            entries.truncate(MAX_ENTRIES);
            state::write(&self.file, &Kept { run: 0, entries })?;
        }
        self.left.take().iter().for_each(|path| begun::remove(path));
        self.begun.take().into_iter().for_each(Begun::end);
        Ok(())
    }

    fn lock(&self) -> Result<Lock, KeptError> {
        for _ in 0..LOCK_TRIES {
            match Lock::take_in(&self.folder.join("locks"), &self.file) {
                Ok(lock) => return Ok(lock),
                Err(LockError::AtWork { .. }) => std::thread::sleep(LOCK_PAUSE),
                Err(LockError::Unknown { place, source }) => return Err(KeptError::Io { path: place, source }),
            }
        }
        Err(KeptError::Busy(self.file.clone()))
    }
}

#[cfg(test)]
mod tests;
