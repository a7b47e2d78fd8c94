//! Writing a journal. A thread of its own writes the lines that wait and makes them durable together: many intents share
//! the price of one.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use time::OffsetDateTime;
use tokio::sync::oneshot;

use super::JournalError;
use super::folder::Place;
use super::line::seal;
use super::record::{End, Ended, Header, Intent, Line, Outcome, Switch};
use crate::directory::{Dsa, Guid};
use crate::hash::Hash;

/// The journal of the run that is under way.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// Nobody named it: without a change it is of no use.
    disposable: bool,
    /// `None` when it is closed.
    queue: Option<Sender<Order>>,
    writer: Option<JoinHandle<Result<(), JournalError>>>,
    /// The last number that was given to an intent.
    number: AtomicU64,
    tally: Tally,
}

/// What became of the changes so far.
#[derive(Debug, Default)]
struct Tally {
    begun: AtomicU64,
    done: AtomicU64,
    not_done: AtomicU64,
}

/// An account and the change that is to be made there.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'s> {
    /// The account.
    pub guid: Guid,
    /// Its name.
    pub dn: &'s str,
    /// Its sAMAccountName.
    pub user: &'s str,
    /// The photo that it holds.
    pub before: Option<&'s [u8]>,
    /// The photo that it shall hold.
    pub after: Option<&'s [u8]>,
    /// Where it stands among the run's records, from 0.
    pub row: u64,
}

/// One change, and what the journal says of it so far.
#[derive(Debug)]
pub struct Entry<'j> {
    journal: &'j Journal,
    subject: Subject<'j>,
    /// Its number and the server that is asked, once there is an intent.
    intent: Option<(u64, Asked)>,
}

/// A server: its name, and which one it is.
type Asked = (String, Option<Dsa>);

/// A line for the file.
#[derive(Debug)]
struct Order {
    line: Line,
    /// Who waits until it is durable.
    answer: Option<oneshot::Sender<Result<(), JournalError>>>,
}

impl Journal {
    /// Creates the file with its header, durable.
    ///
    /// # Errors
    /// When it is there already, or cannot be written.
    pub fn create(place: Place, header: Header) -> Result<Self, JournalError> {
        let (file, path, disposable) = place.create(&header)?;
        let failed = |source| JournalError::write(&path, source);
        // Tells who reads it that the run is under way; the system releases it, whatever ends the process.
        let _ = file.try_lock();
        let mut log = Log { path: path.clone(), file, length: 0, failed: None, torn: false };
        log.append(&Line::Header(header))?;
        log.file.sync_all().map_err(failed)?;
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

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Begins to follow a change; nothing is written yet.
    #[must_use]
    pub fn entry<'j>(&'j self, subject: Subject<'j>) -> Entry<'j> {
        Entry { journal: self, subject, intent: None }
    }

    /// Ends it, all of it durable; returns the file, unless nobody named it and there was no change. `stopped`: before
    /// all was done; `left`: what was to be changed and was not.
    ///
    /// # Errors
    /// The first failure to write it, if there was any. Of outcomes that are missing, the accounts tell.
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
        // Without an answer the writer is gone.
        answered.await.unwrap_or_else(|_| Err(self.gone()))
    }

    fn send(&self, line: Line, answer: Option<oneshot::Sender<Result<(), JournalError>>>) -> Result<(), JournalError> {
        let sent = self.queue.as_ref().is_some_and(|queue| queue.send(Order { line, answer }).is_ok());
        if sent { Ok(()) } else { Err(self.gone()) }
    }

    fn gone(&self) -> JournalError {
        JournalError::write(&self.path, io::ErrorKind::BrokenPipe.into())
    }

    /// All that waits is written first.
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
            // A journal without a change harms nobody.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Entry<'_> {
    /// Makes durable that this server is about to be asked: not before this returns may it be.
    ///
    /// # Errors
    /// When the journal cannot be written: then it must not be asked.
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
        }
    }

    /// Writes what became of it, durable with the next intent or at the end. Where it fails, the account tells.
    pub fn end(self, result: Outcome, why: Option<String>) {
        let Some((n, _)) = self.intent else { return };
        let tally = &self.journal.tally;
        match result {
            Outcome::Done => _ = tally.done.fetch_add(1, Ordering::SeqCst),
            Outcome::Conflict | Outcome::NotDone => _ = tally.not_done.fetch_add(1, Ordering::SeqCst),
            Outcome::Unconfirmed => {}
        }
        let _ = self.journal.send(Line::Outcome(Ended { n, result, why }), None);
    }
}

/// The file, as the writer sees it.
struct Log {
    path: PathBuf,
    file: File,
    /// Of whole lines.
    length: u64,
    /// The first failure: from then on no intent is taken; what became of those that were is still written if it can be.
    failed: Option<JournalError>,
    /// Half a line at its end could not be cut off: nothing may follow it.
    torn: bool,
}

impl Log {
    /// Until nobody can send lines any more.
    fn write_all(mut self, waiting: &Receiver<Order>) -> Result<(), JournalError> {
        while let Ok(first) = waiting.recv() {
            let mut answers = Vec::new();
            for Order { line, answer } in std::iter::once(first).chain(waiting.try_iter()) {
                let written = match (&self.failed, &answer) {
                    (Some(error), Some(_)) => Err(error.clone()),
                    _ => self.append(&line),
                };
                match (written, answer) {
                    (Ok(()), Some(answer)) => answers.push(answer),
                    (Err(error), Some(answer)) => drop(answer.send(Err(error))),
                    (_, None) => {}
                }
            }
            if answers.is_empty() {
                continue;
            }
            let synced = self.file.sync_data().map_err(|source| self.fail(source));
            for answer in answers {
                let _ = answer.send(synced.clone());
            }
        }
        if let Err(source) = self.file.sync_all() {
            self.fail(source);
        }
        self.failed.map_or(Ok(()), Err)
    }

    /// Writes a whole line, or nothing.
    fn append(&mut self, line: &Line) -> Result<(), JournalError> {
        if let (true, Some(error)) = (self.torn, &self.failed) {
            return Err(error.clone());
        }
        let line = seal(line).map_err(|source| self.fail(source))?;
        match self.file.write_all(&line) {
            Ok(()) => {
                self.length += line.len() as u64;
                Ok(())
            }
            Err(source) => {
                let cut = self.file.set_len(self.length).and_then(|()| self.file.seek(SeekFrom::Start(self.length)));
                self.torn = cut.is_err();
                Err(self.fail(source))
            }
        }
    }

    fn fail(&mut self, source: io::Error) -> JournalError {
        let error = JournalError::write(&self.path, source);
        self.failed.get_or_insert(error).clone()
    }
}

pub(super) fn now() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    // Milliseconds are enough, and read better.
    now.replace_millisecond(now.millisecond()).unwrap_or(now)
}
