//! Writes the lines of a journal to its file.
//!
//! Making a line durable takes a sync of the disk, which is slow. So a separate thread writes all lines that are
//! waiting and syncs once for all of them (group commit): many intents share the price of one.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::mpsc::Receiver;

use tokio::sync::oneshot;

use super::JournalError;
use super::line::seal;
use super::record::{Header, Line};
use super::size::Size;

/// A line for the writer.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) line: Line,
    /// The way back to a caller that waits until the line is durable.
    pub(super) answer: Option<oneshot::Sender<Result<(), JournalError>>>,
}

/// The file in the hands of the writer.
pub(super) struct Log {
    path: PathBuf,
    file: File,
    /// The size up to which changes are begun.
    max: Size,
    /// Number of bytes in complete lines.
    length: u64,
    /// The first failure. From then on all intents are refused, so that nothing more is changed. Outcomes of changes
    /// that are under way are still written if possible.
    failed: Option<JournalError>,
    /// Whether the file ends with half a line that could not be cut off. Then nothing may be written behind it: a
    /// damaged line is harmless only at the end.
    torn: bool,
}

impl Log {
    /// Writes the header to a new file, durably.
    pub(super) fn begin(path: PathBuf, file: File, max: Size, header: Header) -> Result<Self, JournalError> {
        let mut log = Self { path, file, max, length: 0, failed: None, torn: false };
        log.append(&Line::Header(header))?;
        log.file.sync_all().map_err(|source| JournalError::write(&log.path, source))?;
        Ok(log)
    }

    /// Writes lines until the queue is closed. Returns the first failure, if there was one.
    pub(super) fn write_all(mut self, waiting: &Receiver<Order>) -> Result<(), JournalError> {
        while let Ok(first) = waiting.recv() {
            // Writes all lines that are waiting, and remembers who wants to know when they are durable.
            let mut answers = Vec::new();
            for Order { line, answer } in std::iter::once(first).chain(waiting.try_iter()) {
                let written = match (&self.failed, &answer) {
                    (Some(error), Some(_)) => Err(error.clone()),
                    _ => self.append(&line),
                };
                match (written, answer) {
                    // Nobody waits for an outcome; it goes to the disk with the next sync.
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

    /// Writes a complete line. If that fails, cuts off what was written of it.
    fn append(&mut self, line: &Line) -> Result<(), JournalError> {
        if let (true, Some(error)) = (self.torn, &self.failed) {
            return Err(error.clone());
        }
        let is_intent = matches!(line, Line::Intent(_));
        let line = seal(line).map_err(|source| self.fail(source))?;
        // Only intents are refused. Outcomes are small, and the outcome of a change that is under way must not be lost.
        if is_intent && self.length + line.len() as u64 > self.max.0 {
            let error = JournalError::Full { path: self.path.clone(), max: self.max };
            return Err(self.failed.get_or_insert(error).clone());
        }
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

    /// Remembers a failure if it is the first one, and returns the first one.
    fn fail(&mut self, source: io::Error) -> JournalError {
        let error = JournalError::write(&self.path, source);
        self.failed.get_or_insert(error).clone()
    }
}
