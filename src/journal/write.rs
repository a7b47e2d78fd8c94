//! The journal of the run that is under way: what is about to be changed, and what became of it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::oneshot;

use super::JournalError;
use super::folder::Place;
use super::record::{End, Ended, Header, Intent, Line, Outcome, Switch};
use super::size::Size;
use super::writer::{Log, Order};
use crate::directory::{Dsa, Guid};
use crate::hash::Hash;
use crate::thumbnail::Print;

/// How often the lock of a new journal is tried, and how long to wait in between.
const LOCK_TRIES: usize = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// The journal of the run that is under way.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// Whether the file may be deleted if the run changes nothing, because the user did not ask for it by name.
    disposable: bool,
    /// The way to the writer; `None` once the journal is closed.
    queue: Option<Sender<Order>>,
    writer: Option<JoinHandle<Result<(), JournalError>>>,
    /// The number of the latest intent.
    number: AtomicU64,
    tally: Tally,
}

/// The number of changes that were begun, were made, and were not made so far.
#[derive(Debug, Default)]
struct Tally {
    begun: AtomicU64,
    done: AtomicU64,
    not_done: AtomicU64,
}

/// An account and the change that is to be made there.
#[derive(Debug, Clone)]
pub struct Subject<'s> {
    /// The objectGUID of the account.
    pub guid: Guid,
    pub dn: &'s str,
    /// The account's sAMAccountName.
    pub user: &'s str,
    /// The photo that the account has.
    pub before: Option<&'s [u8]>,
    /// The photo that the account is to get.
    pub after: Option<&'s [u8]>,
    /// The print of that photo, if the destination encodes photos anew.
    pub print: Option<Print>,
    /// The change's place among the records of the run, from 0.
    pub row: u64,
}

/// Takes the lock of a new journal. Who lists the journals at this moment holds a lock of it, too, to see whether there
/// is one, and releases it at once.
fn lock(file: &File) {
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            _ => return,
        }
    }
}

/// One change, and what the journal says about it so far.
#[derive(Debug)]
pub struct Entry<'j> {
    journal: &'j Journal,
    subject: Subject<'j>,
    /// The number of the intent and the domain controller that it names, once it is written.
    intent: Option<(u64, Asked)>,
    /// The hash of the photo that is served after the change.
    served: Option<Hash>,
}

/// A domain controller: the name by which it is asked, and its identity.
type Asked = (String, Option<Dsa>);

impl Journal {
    /// Creates the file and writes its header, durably.
    ///
    /// # Errors
    /// When the file exists already, or cannot be written.
    pub fn create(place: Place, header: Header) -> Result<Self, JournalError> {
        Self::create_within(place, header, Size(u64::MAX))
    }

    /// Creates a journal that does not grow larger than `max`: a change that has no room in it is refused.
    ///
    /// # Errors
    /// When the file exists already, or cannot be written.
    pub fn create_within(place: Place, header: Header, max: Size) -> Result<Self, JournalError> {
        let (file, path, disposable) = place.create(&header)?;
        // The lock tells readers that the run is under way. The system releases it however the process ends. Where the
        // file system has no locks, the run goes on without.
        lock(&file);
        let log = Log::begin(path.clone(), file, max, header)?;
        let (queue, waiting) = channel();
        let writer = std::thread::spawn(move || log.write_all(&waiting));
        Ok(Self {
            path,
            disposable,
            queue: Some(queue),
            writer: Some(writer),
            number: AtomicU64::new(0),
            tally: Tally::default(),
        })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the entry for a change. Nothing is written yet.
    #[must_use]
    pub fn entry<'j>(&'j self, subject: Subject<'j>) -> Entry<'j> {
        Entry { journal: self, subject, intent: None, served: None }
    }

    /// Writes the end and makes everything durable. Returns the path, unless the file is deleted again because it is
    /// disposable and nothing was changed. `stopped` says whether the run ended early, and `left` is the number of
    /// changes that it was to make and did not make.
    ///
    /// # Errors
    /// The first failure to write the file, if there was one. Outcomes may be missing then; undo finds them out by
    /// looking at the accounts.
    pub fn finish(mut self, stopped: bool, left: u64) -> Result<Option<PathBuf>, JournalError> {
        let count = |number: &AtomicU64| number.load(Ordering::SeqCst);
        let (begun, done, not_done) = (count(&self.tally.begun), count(&self.tally.done), count(&self.tally.not_done));
        let unconfirmed = begun.saturating_sub(done + not_done);
        let end = End { finished: now(), stopped, done, not_done, unconfirmed, left };
        self.send(Line::End(end), None)?;
        self.close()?;
        Ok(Some(self.path.clone()).filter(|_| !self.is_of_no_use()))
    }

    fn is_of_no_use(&self) -> bool {
        self.disposable && self.tally.begun.load(Ordering::SeqCst) == 0
    }

    /// Writes a line and waits until it is durable.
    async fn durable(&self, line: Line) -> Result<(), JournalError> {
        let (answer, answered) = oneshot::channel();
        self.send(line, Some(answer))?;
        // If the way back is closed without an answer, the writer has died.
        answered.await.unwrap_or_else(|_| Err(self.gone()))
    }

    fn send(&self, line: Line, answer: Option<oneshot::Sender<Result<(), JournalError>>>) -> Result<(), JournalError> {
        let sent = self.queue.as_ref().is_some_and(|queue| queue.send(Order { line, answer }).is_ok());
        if sent { Ok(()) } else { Err(self.gone()) }
    }

    /// Returns the error for a writer that has ended.
    fn gone(&self) -> JournalError {
        JournalError::write(&self.path, io::ErrorKind::BrokenPipe.into())
    }

    /// Closes the queue, and waits until the writer has written all lines that are in it.
    fn close(&mut self) -> Result<(), JournalError> {
        self.queue = None;
        let ended = self.writer.take().map_or(Ok(Ok(())), JoinHandle::join);
        ended.unwrap_or_else(|_| Err(self.gone()))
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        let _ = self.close();
        if self.is_of_no_use() {
            // If this fails, no harm is done: a journal without changes is merely useless.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Entry<'_> {
    /// Writes durably that a domain controller is about to be asked to make the change. This must be called before
    /// asking, and the domain controller must not be asked before it has returned. For a second domain controller it
    /// writes a switch; if the same one is asked again, it writes nothing.
    ///
    /// # Errors
    /// When the journal cannot be written. Then the domain controller must not be asked, because the change could not
    /// be taken back.
    pub async fn before_asking(&mut self, server: &str, dsa: Option<&Dsa>) -> Result<(), JournalError> {
        let (server, dsa) = (server.to_owned(), dsa.cloned());
        let asked = (server.clone(), dsa.clone());
        let (n, line) = match &self.intent {
            Some((_, before)) if *before == asked => return Ok(()),
            Some((n, _)) => (*n, Line::Switch(Switch { n: *n, server, dsa })),
            None => {
                let n = self.journal.number.fetch_add(1, Ordering::SeqCst) + 1;
                (n, Line::Intent(Intent { server, dsa, ..self.intent(n) }))
            }
        };
        self.journal.durable(line).await?;
        if self.intent.replace((n, asked)).is_none() {
            self.journal.tally.begun.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }

    /// Returns the intent with the number `n`, without a domain controller.
    fn intent(&self, n: u64) -> Intent {
        let subject = &self.subject;
        Intent {
            n,
            at: now(),
            row: subject.row,
            guid: subject.guid,
            dn: subject.dn.to_owned(),
            user: subject.user.to_owned(),
            server: String::new(),
            dsa: None,
            before: subject.before.map(<[u8]>::to_vec),
            after_sha256: subject.after.map(Hash::of),
            after_bytes: subject.after.map_or(0, <[u8]>::len),
            after_print: subject.print.clone(),
        }
    }

    /// Notes the photo that is served after the change, which is not the one that was written.
    pub fn served(&mut self, photo: Hash) {
        self.served = Some(photo);
    }

    /// Writes what became of the change. The line becomes durable together with the next intent, or at the end of the
    /// run. If it is lost, undo finds out by looking at the account.
    pub fn end(self, result: Outcome, why: Option<String>) {
        let Some((n, _)) = self.intent else { return };
        let tally = &self.journal.tally;
        match result {
            Outcome::Done => _ = tally.done.fetch_add(1, Ordering::SeqCst),
            Outcome::Conflict | Outcome::NotDone => _ = tally.not_done.fetch_add(1, Ordering::SeqCst),
            Outcome::Unconfirmed => {}
        }
        let _ = self.journal.send(Line::Outcome(Ended { n, result, why, served_sha256: self.served }), None);
    }
}

/// Returns the present time in milliseconds, which is exact enough and easier to read than nanoseconds.
pub(super) fn now() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    now.replace_millisecond(now.millisecond()).unwrap_or(now)
}
