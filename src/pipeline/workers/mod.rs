//! Threads for photos: *reading threads* read files ahead, and *rendering threads* make pictures of what was read.
//!
//! Reading from a share is waiting, and making a picture is computing. So that no processor waits, many files are read at
//! the same time, each by a thread of its own. How many depends on the need: where files come from a local disk, a few
//! reading threads keep all processors busy. Whenever a rendering thread has nothing to do although files wait to be
//! read, the number of reading threads is doubled, up to [`MAX_READERS`].
//!
//! The memory for files that are read, and that no rendering thread has taken yet, is bounded by their number and by
//! [`MAX_BYTES`](super::budget::MAX_BYTES).

use std::num::NonZero;
use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::budget::{Budget, Content, Reserved};
use super::stop::Stop;
use crate::panics::{Panicked, caught};

/// The maximum number of reading threads. Each has one file, which it reads and then keeps until a rendering thread takes
/// it.
pub(super) const MAX_READERS: usize = 32;
/// The number of finished photos, for each job, that may wait for an earlier one that takes longer.
const WAITING_A_JOB: usize = 4;
/// How long a rendering thread waits for a file before there are more reading threads.
const PATIENCE: Duration = Duration::from_millis(5);

/// The threads that read photos, and those that make pictures of them.
#[derive(Debug)]
pub(crate) struct Workers {
    jobs: usize,
    reading: Sender<Work>,
    making: SyncSender<Work>,
    shared: Arc<Shared>,
    stop: Stop,
}

/// A piece of work for a thread.
type Work = Box<dyn FnOnce() + Send>;

/// What the threads share.
#[derive(Debug)]
struct Shared {
    to_read: Mutex<Receiver<Work>>,
    to_make: Mutex<Receiver<Work>>,
    /// The number of reading threads.
    readers: AtomicUsize,
    /// The number of files that wait for a reading thread.
    waiting: AtomicUsize,
    budget: Arc<Budget>,
}

/// The place of a file among those that are read ahead. It is given up when a rendering thread takes the file.
#[derive(Debug)]
pub(crate) struct Slot {
    budget: Arc<Budget>,
    reserved: Option<Reserved>,
}

impl Slot {
    /// Waits until there is room in memory for a file of that size, and returns a buffer for it.
    pub(super) fn buffer(&mut self, bytes: usize) -> Vec<u8> {
        let (reserved, buffer) = self.budget.take(bytes);
        self.reserved = Some(reserved);
        buffer
    }

    /// Returns the content of a file that was read to such a buffer.
    pub(super) fn content(&self, buffer: Vec<u8>, bytes: usize) -> Content {
        Content::new(self.budget.clone(), buffer, bytes)
    }
}

impl Workers {
    /// Starts the threads: `jobs` that make pictures, by default one for each processor, and the first reading threads.
    pub(crate) fn new(jobs: Option<u16>, stop: &Stop) -> Self {
        let processors = || std::thread::available_parallelism().map_or(1, NonZero::get);
        let jobs = jobs.map_or_else(processors, usize::from);
        // The queue has no room, so a reading thread keeps its file until a rendering thread takes it. This bounds the
        // number of files in memory.
        let ((reading, to_read), (making, to_make)) = (channel(), sync_channel(0));
        let shared = Arc::new(Shared {
            to_read: Mutex::new(to_read),
            to_make: Mutex::new(to_make),
            readers: AtomicUsize::new(jobs.min(MAX_READERS)),
            waiting: AtomicUsize::new(0),
            budget: Arc::default(),
        });
        for _ in 0..jobs.min(MAX_READERS) {
            let shared = shared.clone();
            std::thread::spawn(move || shared.read());
        }
        for _ in 0..jobs {
            let shared = shared.clone();
            std::thread::spawn(move || shared.make());
        }
        Self { jobs, reading, making, shared, stop: stop.clone() }
    }

    /// Returns how many photos may be in progress at once: those that are read ahead, those that are worked on, and
    /// those that wait for an earlier one that takes longer.
    pub(crate) fn ahead(&self) -> usize {
        MAX_READERS + self.jobs * WAITING_A_JOB
    }

    /// Calls `read` on a thread that reads, and then `make` with the result on a thread that makes pictures. If `read`
    /// returns `Break`, there is nothing to make. Returns `None` if the run is stopped first; a share that does not
    /// answer any more is then not waited for.
    ///
    /// # Errors
    /// The error of `read` or `make`. If one of them panics, this is a bug in a decoder, but concerns this photo only.
    pub(crate) async fn work<R, T, E>(
        &self,
        read: impl FnOnce(&mut Slot) -> Result<ControlFlow<T, R>, E> + Send + 'static,
        make: impl FnOnce(R) -> Result<T, E> + Send + 'static,
    ) -> Option<Result<T, E>>
    where
        R: Send + 'static,
        T: Send + 'static,
        E: From<Panicked> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let mut slot = Slot { budget: self.shared.budget.clone(), reserved: None };
        let (making, stop) = (self.making.clone(), self.stop.clone());
        // If an answer or a piece of work cannot be sent, the run is over: nobody waits for it any more.
        let to_read = move || match unless_stopped(&stop, || read(&mut slot)) {
            None => {}
            Some(Err(error)) => drop(answer.send(Err(error))),
            Some(Ok(Break(done))) => drop(answer.send(Ok(done))),
            Some(Ok(Continue(read))) => {
                let to_make = move || {
                    drop(slot);
                    if let Some(made) = unless_stopped(&stop, || make(read)) {
                        drop(answer.send(made));
                    }
                };
                drop(making.send(Box::new(to_make)));
            }
        };
        self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        drop(self.reading.send(Box::new(to_read)));
        // Without an answer, the run was stopped, or no thread could be started at all.
        self.stop.unless_asked(answered).await?.ok()
    }
}

impl Shared {
    /// Doubles the number of reading threads, if files wait for one. Returns whether there can be more later.
    fn add_readers_if_needed(self: &Arc<Self>) -> bool {
        let readers = self.readers.load(Ordering::Relaxed);
        let more = readers.min(MAX_READERS - readers);
        if more == 0 || self.waiting.load(Ordering::Relaxed) == 0 {
            return more > 0;
        }
        let start = |_| {
            let shared = self.clone();
            std::thread::Builder::new().spawn(move || shared.read()).is_ok()
        };
        // Where the system allows no further thread, those that are there have to be enough.
        let all_started = (0..more).all(start);
        self.readers.store(if all_started { readers + more } else { MAX_READERS }, Ordering::Relaxed);
        all_started
    }

    /// Reads file after file, until the queue ends.
    fn read(&self) {
        let next = || self.to_read.lock().unwrap_or_else(PoisonError::into_inner).recv();
        while let Ok(work) = next() {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            work();
        }
    }

    /// Makes picture after picture, until the queue ends.
    fn make(self: &Arc<Self>) {
        while let Some(work) = self.next() {
            work();
        }
    }

    /// Waits for the next file of which a picture is to be made.
    fn next(self: &Arc<Self>) -> Option<Work> {
        let to_make = self.to_make.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match to_make.recv_timeout(PATIENCE) {
                Ok(work) => return Some(work),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) if self.add_readers_if_needed() => {}
                Err(RecvTimeoutError::Timeout) => return to_make.recv().ok(),
            }
        }
    }
}

/// Calls `work`; `None` if the run was stopped. A panic becomes an error.
fn unless_stopped<T, E: From<Panicked>>(stop: &Stop, work: impl FnOnce() -> Result<T, E>) -> Option<Result<T, E>> {
    stop.why().is_none().then(|| caught(work).unwrap_or_else(|panicked| Err(panicked.into())))
}

#[cfg(test)]
mod tests;
