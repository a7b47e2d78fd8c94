//! Reading a journal. Old photos stay in the file and only their places are kept, so that even a long journal takes
//! little memory.

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
use crate::thumbnail::Print;

/// A past run, read from its journal.
#[derive(Debug)]
pub struct Past {
    pub path: PathBuf,
    /// The header; `None` if the run was killed before it was written, and so before anything was changed.
    pub header: Option<Header>,
    /// The changes, in the order in which they were begun.
    pub changes: Vec<Recorded>,
    /// The numbers of damaged lines, except for those at the end, which were torn off.
    pub damaged: Vec<RangeInclusive<u64>>,
    /// The last line, if the run came to its end.
    pub end: Option<End>,
    file: Mutex<File>,
}

/// A change that a run made, or may have made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The objectGUID of the account.
    pub guid: Guid,
    /// The account's DN at that time.
    pub dn: String,
    /// The account's sAMAccountName at that time.
    pub user: String,
    /// The domain controller that was asked last. If the change was made, it was made there, because all that were
    /// asked before had refused.
    pub server: String,
    /// The identity of that domain controller, if it said so.
    pub dsa: Option<Dsa>,
    pub at: OffsetDateTime,
    /// The change's place among the records of the run; 0 in old journals, which do not say it.
    pub row: u64,
    /// The photo that the account had.
    pub before: Option<Hash>,
    /// The photo that the account was to get, or the one that was served afterwards.
    pub after: Option<Hash>,
    /// The print of that photo, if the destination encodes photos anew.
    pub print: Option<Print>,
    /// What became of the change, if the journal says so.
    pub outcome: Option<Outcome>,
    /// Offset and length of the intent's line in the file.
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
            print: intent.after_print,
            outcome: None,
            place,
        }
    }

    /// Returns whether the change was made, or may have been.
    #[must_use]
    pub fn may_be_done(&self) -> bool {
        !matches!(self.outcome, Some(Outcome::Conflict | Outcome::NotDone))
    }
}

/// What the lines of a journal say. The fields are those of [`Past`].
#[derive(Debug, Default)]
pub struct Index {
    pub header: Option<Header>,
    pub changes: Vec<Recorded>,
    pub damaged: Vec<RangeInclusive<u64>>,
    pub end: Option<End>,
    /// For each intent's number, its place in `changes`.
    numbers: HashMap<u64, usize>,
}

/// The reason why a file cannot be used as a journal.
#[derive(Debug)]
pub enum Unusable {
    /// The file cannot be read.
    Io(io::Error),
    NotAJournal,
    /// The first line is damaged.
    NoHeader,
    /// The format is a later one. The text is the version of adphoto that wrote it.
    Newer(String),
}

/// Reads all lines.
///
/// Damaged lines at the end of the file were torn off by a power cut or a full disk; the journal ends before them, and
/// nothing is lost. Damaged lines in between are left out, and their numbers are returned.
///
/// # Errors
/// When the file is not a journal that can be used.
pub fn index(mut reader: impl BufRead) -> Result<Index, Unusable> {
    let (mut index, mut line) = (Index::default(), Vec::new());
    let (mut offset, mut number) = (0, 0);
    // The number of the first of the damaged lines just before this one.
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
                // The line does not fit those before it, for example an outcome without its intent. If damaged lines
                // were found, they explain it. Otherwise lines are gone, and this line is named in their place.
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

/// Returns whether another process holds the lock of a file. A run locks its journal while it is under way.
pub(super) fn is_locked(file: &File) -> bool {
    // Other errors mean that the file system has no locks; then it cannot be known.
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Returns whether a line may be a header, even a torn one: after a power cut, the file may have only the beginning of
/// it, or zeros in its place.
fn may_be_header(line: &[u8]) -> bool {
    let shown = line.len().min(OPENING.len());
    line[..shown] == OPENING[..shown] || line.iter().all(|&byte| byte == 0)
}

impl Index {
    /// Adds what a line says. Returns whether the line makes sense in this place.
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
            Line::Outcome(ended) => self
                .change(ended.n)
                .map(|change| {
                    change.outcome = Some(ended.result);
                    change.after = ended.served_sha256.or(change.after);
                })
                .is_some(),
            Line::End(end) => {
                self.end = Some(end);
                true
            }
        }
    }

    /// Returns the change whose intent has the given number.
    fn change(&mut self, number: u64) -> Option<&mut Recorded> {
        self.changes.get_mut(*self.numbers.get(&number)?)
    }
}

impl Past {
    /// Reads the journal of a run that is over.
    ///
    /// # Errors
    /// When the file is not a journal or its run is still under way. Also when somebody else could have written the
    /// file and it is not `trusted`, because undo would give people whatever photos are in it.
    pub fn read(path: &Path, trusted: bool) -> Result<Self, JournalError> {
        let failed = |source| JournalError::read(path, source);
        // This comes before opening the file: opening a named pipe would wait until somebody writes to it.
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

    /// Returns whether the file has no bytes at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.metadata().is_ok_and(|metadata| metadata.len() == 0)
    }

    /// Reads the photo that the account had before a change.
    ///
    /// # Errors
    /// When the photo can no longer be read, or is not the same as when the journal was read first.
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
