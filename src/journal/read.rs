//! Reading a journal: where each old photo is, not the photos, so that a long one takes little memory.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;

use super::JournalError;
use super::line::{self, OPENING};
use super::record::{End, Header, Intent, Line, Outcome};
use crate::directory::{Dsa, Guid};
use crate::hash::Hash;
use crate::ownership::foreign;

/// A journal that was read.
#[derive(Debug)]
pub struct Past {
    /// The file.
    pub path: PathBuf,
    /// What run it was; `None` where that was ended before it could say, and so before it changed anything.
    pub header: Option<Header>,
    /// Its changes, in their order.
    pub changes: Vec<Recorded>,
    /// Lines that cannot be read, though later ones can.
    pub damaged: Vec<RangeInclusive<u64>>,
    /// Where the run came to its end.
    pub end: Option<End>,
    file: Mutex<File>,
}

/// A change that a run made, or may have made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The account.
    pub guid: Guid,
    /// Its name then.
    pub dn: String,
    /// Its sAMAccountName then.
    pub user: String,
    /// The domain controller that was asked last: no other can have done it.
    pub server: String,
    /// Which one that is, if it said so.
    pub dsa: Option<Dsa>,
    /// When.
    pub at: OffsetDateTime,
    /// Where it stands among the run's records; 0 in journals that do not say so.
    pub row: u64,
    /// The photo that it held.
    pub before: Option<Hash>,
    /// The photo that it was to hold.
    pub after: Option<Hash>,
    /// What became of it, if that is known.
    pub outcome: Option<Outcome>,
    /// Where its intent is in the file.
    place: (u64, u64),
}

impl Recorded {
    fn new(intent: Intent, place: (u64, u64)) -> Self {
        Self {
            guid: intent.guid,
            dn: intent.dn,
            user: intent.user,
            server: intent.server,
            dsa: intent.dsa,
            at: intent.at,
            row: intent.row,
            before: intent.before.as_deref().map(Hash::of),
            after: intent.after_sha256,
            outcome: None,
            place,
        }
    }

    /// Whether it may have been made.
    #[must_use]
    pub fn may_be_done(&self) -> bool {
        !matches!(self.outcome, Some(Outcome::Conflict | Outcome::NotDone))
    }
}

/// What the lines say.
#[derive(Debug, Default)]
pub struct Index {
    /// Of the first line; `None` if there is not even that.
    pub header: Option<Header>,
    /// The changes.
    pub changes: Vec<Recorded>,
    /// Lines that cannot be read, though later ones can.
    pub damaged: Vec<RangeInclusive<u64>>,
    /// Of the last line.
    pub end: Option<End>,
    numbers: HashMap<u64, usize>,
}

/// Why it is no journal that can be used.
#[derive(Debug)]
pub enum Unusable {
    /// The file cannot be read.
    Io(io::Error),
    /// Some other file.
    NotAJournal,
    /// The first line is damaged.
    NoHeader,
    /// Of a later version, by that version of adphoto.
    Newer(String),
}

/// Reads the lines. What is damaged at the end was torn off, and the journal ends before it; what is damaged in between
/// is left out and named.
///
/// # Errors
/// When it is no journal.
pub fn index(mut reader: impl BufRead) -> Result<Index, Unusable> {
    let (mut index, mut line) = (Index::default(), Vec::new());
    let (mut offset, mut number) = (0, 0);
    let mut torn: Option<u64> = None;
    loop {
        let length = line::next(&mut reader, &mut line).map_err(Unusable::Io)?;
        if length == 0 {
            break;
        }
        number += 1;
        if number == 1 && !may_be_header(&line) {
            return Err(Unusable::NotAJournal);
        }
        match line::open(&line) {
            None => _ = torn.get_or_insert(number),
            Some(line) => {
                index.damaged.extend(torn.take().map(|first| first..=number - 1));
                // It speaks of what is missing: of damaged lines, which are named, or of lines that are gone.
                if !index.take(line, (offset, length)) && index.damaged.is_empty() {
                    index.damaged.push(number..=number);
                }
            }
        }
        offset += length;
    }
    match &index.header {
        Some(header) if header.version > Header::VERSION => Err(Unusable::Newer(header.adphoto.clone())),
        None if !index.damaged.is_empty() => Err(Unusable::NoHeader),
        _ => Ok(index),
    }
}

/// Returns whether another process holds the file's lock, as the run that writes a journal does.
pub(super) fn is_locked(file: &File) -> bool {
    // Not every file system has locks; where there is none, nobody can tell.
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// A header, torn or not: a power cut leaves no more of it, or zeros instead.
fn may_be_header(line: &[u8]) -> bool {
    let shown = line.len().min(OPENING.len());
    line[..shown] == OPENING[..shown] || line.iter().all(|&byte| byte == 0)
}

impl Index {
    /// Whether the line makes sense here.
    fn take(&mut self, line: Line, place: (u64, u64)) -> bool {
        match line {
            Line::Header(header) => self.header.is_none() && place.0 == 0 && self.header.replace(header).is_none(),
            Line::Intent(intent) => {
                let is_new = self.numbers.insert(intent.n, self.changes.len()).is_none();
                self.changes.push(Recorded::new(intent, place));
                is_new
            }
            Line::Switch(switch) => {
                self.change(switch.n).map(|change| (change.server, change.dsa) = (switch.server, switch.dsa)).is_some()
            }
            Line::Outcome(ended) => self.change(ended.n).map(|change| change.outcome = Some(ended.result)).is_some(),
            Line::End(end) => {
                self.end = Some(end);
                true
            }
        }
    }

    fn change(&mut self, number: u64) -> Option<&mut Recorded> {
        self.changes.get_mut(*self.numbers.get(&number)?)
    }
}

impl Past {
    /// Reads a journal whose run is over.
    ///
    /// # Errors
    /// When it is none, its run is not over, or somebody else could have written it and it is not `trusted`: undo would
    /// give people whatever photos it holds.
    pub fn read(path: &Path, trusted: bool) -> Result<Self, JournalError> {
        let failed = |source| JournalError::read(path, source);
        // Before it is opened: that would wait for whoever writes into a pipe.
        if !std::fs::metadata(path).map_err(failed)?.is_file() {
            return Err(JournalError::NotAJournal(path.to_path_buf()));
        }
        let file = File::open(path).map_err(failed)?;
        if let Some(why) = foreign(&file.metadata().map_err(failed)?).filter(|_| !trusted) {
            return Err(JournalError::Foreign { path: path.to_path_buf(), why: why.to_string() });
        }
        if is_locked(&file) {
            return Err(JournalError::InUse(path.to_path_buf()));
        }
        let read = index(BufReader::with_capacity(1 << 16, &file));
        let Index { header, changes, damaged, end, .. } = read.map_err(|error| match error {
            Unusable::Io(source) => failed(source),
            Unusable::NotAJournal => JournalError::NotAJournal(path.to_path_buf()),
            Unusable::NoHeader => JournalError::NoHeader(path.to_path_buf()),
            Unusable::Newer(by) => JournalError::Newer { path: path.to_path_buf(), by },
        })?;
        Ok(Self { path: path.to_path_buf(), header, changes, damaged, end, file: Mutex::new(file) })
    }

    /// Whether the file holds nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.metadata().is_ok_and(|metadata| metadata.len() == 0)
    }

    /// The photo that the account held before a change.
    ///
    /// # Errors
    /// When it cannot be read any more.
    pub fn before(&self, change: &Recorded) -> Result<Option<Vec<u8>>, JournalError> {
        let (offset, length) = change.place;
        let mut line = Vec::new();
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let read = file.seek(SeekFrom::Start(offset)).and_then(|_| (&*file).take(length).read_to_end(&mut line));
        read.map_err(|source| JournalError::read(&self.path, source))?;
        match line::open(&line) {
            Some(Line::Intent(intent)) if intent.before.as_deref().map(Hash::of) == change.before => Ok(intent.before),
            _ => Err(JournalError::Changed(self.path.clone())),
        }
    }
}
