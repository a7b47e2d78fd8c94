//! What adphoto knows about photos that it has read before, so that a night in which nothing has changed opens none of
//! them.
//!
//! For each file and account, an entry says which thumbnail was made of the file and how the file looked from outside
//! at that time. A file that still looks the same is not opened if the account holds that thumbnail: then there is nothing
//! to write. An entry can never lead to a write. If it is missing, or the account holds anything else, the file is read.
//!
//! There is one cache for each source, domain and attribute, in the state folder. It contains hashes only, neither names
//! nor photos. Each entry is a statement about the past that stays true, so that runs at the same time need no lock: each
//! replaces the file as a whole, and the last one stays.

mod entry;
mod look;
mod mark;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use self::entry::Entry;
pub use self::look::Look;
use self::look::{Looker, NIGHTS};
use self::mark::Mark;
use crate::directory::Guid;
use crate::hash::Hash;
use crate::state::{self, Kept, KeptError, MAX_ENTRIES};
use crate::thumbnail::{Doubt, Faces, Options};

/// The number of entries for which room is made at once. Otherwise a vector would double its room whenever it is full.
const GROWTH: usize = 8192;
/// The number of complete runs after which an entry is deleted if no run has needed it.
const MAX_IDLE: u8 = 30;
/// Marks an entry as deleted.
const DELETED: u8 = u8::MAX;

/// The photos that a cache is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'s> {
    /// The source of the photos.
    pub source: &'s Path,
    /// The DN of the domain.
    pub domain: &'s str,
    /// The attribute that holds the photos.
    pub attribute: &'s str,
}

/// What is known about the photos of a source.
#[derive(Debug)]
pub struct Cache {
    file: PathBuf,
    looker: Looker,
    /// The number of complete runs before this one.
    run: u32,
    entries: Mutex<Entries>,
    /// Whether every file is to be read again, whatever is known about it.
    rereads: bool,
    /// The number of files that were not opened.
    unopened: AtomicUsize,
}

/// The thumbnail that was made of a file earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The hash of the file that was read.
    pub picture: Hash,
    /// The remark about the thumbnail, if there is one.
    pub doubt: Option<Doubt>,
    /// Whether the file looks as it did then, so that it need not be read.
    pub is_fresh: bool,
}

#[derive(Debug, Default)]
struct Entries {
    /// The entries of earlier runs, sorted by key. A hash map would take twice as much memory.
    earlier: Vec<Entry>,
    /// The entries of this run, in the order in which they were learned.
    new: Vec<Entry>,
}

impl Cache {
    /// Opens the cache of a subject for thumbnails with these options. If the cache on the disk cannot be used, this one
    /// begins empty, and the error says why.
    ///
    /// # Errors
    /// When there is no state folder.
    pub fn open(
        subject: Subject<'_>,
        options: &Options,
        rereads: bool,
    ) -> Result<(Self, Option<KeptError>), KeptError> {
        let folder = state::folder().map_err(KeptError::NoFolder)?.join("cache");
        Ok(Self::open_in(&folder, subject, options, rereads))
    }

    /// Opens the cache of a subject in a folder.
    pub(crate) fn open_in(
        folder: &Path,
        subject: Subject<'_>,
        options: &Options,
        rereads: bool,
    ) -> (Self, Option<KeptError>) {
        let file = folder.join(subject.file_name());
        let (Kept { run, entries }, error) = match state::read(&file) {
            Ok(stored) => (stored.unwrap_or_default(), None),
            Err(error) => (Kept::default(), Some(error)),
        };
        let entries = Mutex::new(Entries::of(entries));
        let looker = Looker::new(making(options));
        (Self { file, looker, run, entries, rereads, unopened: AtomicUsize::new(0) }, error)
    }

    /// Looks at a file without opening it; `None` if it is no regular file.
    #[must_use]
    pub fn look(&self, path: &Path, account: Guid) -> Option<Look> {
        self.looker.look(path, account)
    }

    /// Returns what is known about a file, if the account holds the thumbnail that was made of it. `held` is what the
    /// account holds.
    #[must_use]
    pub fn recall(&self, look: &Look, held: Hash) -> Option<Known> {
        if self.rereads {
            return None;
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.find(look.key).filter(|entry| entry.thumbnail == held.into())?;
        let is_due = look.is_sampled && look.key.part_of(NIGHTS) == self.run % NIGHTS;
        let is_fresh = entry.state == look.state && !is_due;
        if is_fresh {
            entry.idle = 0;
            self.unopened.fetch_add(1, Ordering::Relaxed);
        }
        Some(Known { picture: entry.picture, doubt: entry.doubt(), is_fresh })
    }

    /// Remembers the thumbnail that was made of a file, and the remarks about it. `look` is from before the file was
    /// read, and was compared with the file [after](Look::after_reading) that. Nothing is remembered if the file looked
    /// different then, or if it was changed so recently that another change might not show.
    pub fn learn(&self, look: &Look, picture: Hash, thumbnail: Hash, doubts: &[Doubt]) {
        let entry = Entry::new(look, picture, thumbnail, doubts).filter(|_| look.is_settled);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.replace(look.key, entry);
    }

    /// Returns how many files were not opened, because nothing has changed.
    #[must_use]
    pub fn unopened(&self) -> usize {
        self.unopened.load(Ordering::Relaxed)
    }

    /// Writes the cache. Only a run that came to its end counts as a night.
    ///
    /// # Errors
    /// When it cannot be written; the earlier one then stays as it is.
    pub fn save(&self, is_complete: bool) -> Result<(), KeptError> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entries = std::mem::take(&mut *entries).sorted(is_complete);
        let run = if is_complete { self.run.wrapping_add(1) } else { self.run };
        state::write(&self.file, &Kept { run, entries })
    }
}

impl Entries {
    /// Takes the entries of earlier runs. Each counts as not needed by this run until it is.
    fn of(mut earlier: Vec<Entry>) -> Self {
        earlier.iter_mut().for_each(|entry| entry.idle = entry.idle.saturating_add(1));
        Self { earlier, new: Vec::new() }
    }

    fn find(&mut self, key: Mark) -> Option<&mut Entry> {
        let place = self.earlier.binary_search_by_key(&key, |entry| entry.key).ok()?;
        // A deleted entry stays in its place until the cache is written.
        self.earlier.get_mut(place).filter(|entry| entry.idle != DELETED)
    }

    fn replace(&mut self, key: Mark, entry: Option<Entry>) {
        let earlier = self.earlier.binary_search_by_key(&key, |entry| entry.key).ok();
        match (earlier.and_then(|place| self.earlier.get_mut(place)), entry) {
            (Some(place), Some(entry)) => *place = entry,
            (Some(place), None) => place.idle = DELETED,
            // No batch has a file twice for one account, so this is the only entry of its key.
            (None, Some(entry)) => {
                if self.new.len() == self.new.capacity() {
                    self.new.reserve_exact(GROWTH);
                }
                self.new.push(entry);
            }
            (None, None) => {}
        }
    }

    /// Returns all entries that are kept, sorted by key.
    fn sorted(self, is_complete: bool) -> Vec<Entry> {
        let Self { mut earlier, new } = self;
        if !is_complete {
            // The run may have needed more of them if it had gone on.
            earlier.iter_mut().for_each(|entry| entry.idle = entry.idle.saturating_sub(1));
        }
        earlier.retain(|entry| entry.idle <= MAX_IDLE);
        // In the first night all entries are new. Adding them to an empty list would hold them in memory twice.
        let (mut all, rest) = if earlier.is_empty() { (new, earlier) } else { (earlier, new) };
        all.extend(rest);
        all.sort_unstable_by_key(|entry| entry.key);
        all.dedup_by_key(|entry| entry.key);
        all.truncate(MAX_ENTRIES);
        all
    }
}

impl Subject<'_> {
    /// Returns the name of the file, from which nobody can read what it is about.
    fn file_name(&self) -> String {
        let source = self.source.canonicalize().or_else(|_| std::path::absolute(self.source));
        let source = source.unwrap_or_else(|_| self.source.to_path_buf());
        let (domain, attribute) = (self.domain.to_lowercase(), self.attribute.to_lowercase());
        let parts = [source.as_os_str().as_encoded_bytes(), domain.as_bytes(), attribute.as_bytes()];
        format!("{}.jsonl", Hash::of(&parts.join(&0)).short())
    }
}

/// Returns everything besides a file that decides what its thumbnail is like: the options, and this version of adphoto.
fn making(options: &Options) -> String {
    // A dry run makes the same thumbnail; it only says more about the photos that it reads.
    let faces = if options.faces == Faces::Told { Faces::Ignored } else { options.faces };
    let options = Options { faces, ..*options };
    format!("adphoto {}, heic {}, {options:?}", env!("CARGO_PKG_VERSION"), cfg!(feature = "heic"))
}

#[cfg(test)]
mod tests;
