//! Rendering on all processors, so many photos at once as there are jobs.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::stop::Stop;
use crate::panics::caught;
use crate::report::Reason;
use crate::source::read_photo;
use crate::thumbnail::{self, PhotoError, Thumbnail};

/// Rendered photos that wait for a slower one before them, for each job.
pub(super) const WAITING_A_JOB: usize = 4;

/// What is to become of a file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Making {
    /// A thumbnail.
    Thumbnail(thumbnail::Options),
    /// Nothing: its bytes are taken as they are.
    AsIs { max_bytes: usize },
}

/// Renders photos, each from its file, on threads of its own: a thread that is done with one photo finds the next in the
/// queue, without waiting until it is handed out.
#[derive(Debug)]
pub(super) struct Renderer {
    jobs: usize,
    queue: Sender<Job>,
}

/// A photo that is to be rendered, and where the answer goes.
#[derive(Debug)]
struct Job {
    path: PathBuf,
    answer: oneshot::Sender<Answer>,
}

/// `None` if the run was stopped first.
type Answer = Option<Result<Thumbnail, Reason>>;

impl Renderer {
    /// `jobs`: photos at once; by default one for each processor.
    pub(super) fn new(jobs: Option<u16>, making: Making, stop: &Stop) -> Self {
        let processors = || std::thread::available_parallelism().map_or(1, NonZero::get);
        let jobs = jobs.map_or_else(processors, usize::from);
        let (queue, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..jobs {
            let (waiting, stop) = (waiting.clone(), stop.clone());
            std::thread::spawn(move || work(&waiting, making, &stop));
        }
        Self { jobs, queue }
    }

    /// One that renders nothing: for changes that need no file.
    pub(super) fn idle() -> Self {
        Self { jobs: 1, queue: channel().0 }
    }

    /// Photos at once.
    pub(super) fn jobs(&self) -> usize {
        self.jobs
    }

    /// The thumbnail of the photo at `path`; `None` if the run was stopped first.
    pub(super) async fn render(&self, path: &Path) -> Answer {
        let (answer, answered) = oneshot::channel();
        // A thread ends when this queue does, not before: neither fails, but where there is no thread at all.
        let _ = self.queue.send(Job { path: path.to_path_buf(), answer });
        answered.await.unwrap_or(None)
    }
}

/// Takes photo after photo, until no more can come.
fn work(waiting: &Mutex<Receiver<Job>>, making: Making, stop: &Stop) {
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok(Job { path, answer }) = next() {
        let made = stop.why().is_none().then(|| {
            // What panics is a decoder: a bug, but of one photo only.
            caught(|| make(&path, making)).unwrap_or_else(|_| Err(Reason::from(&PhotoError::DecoderFailed)))
        });
        // Where nobody waits for it any more, the run is over.
        let _ = answer.send(made);
    }
}

fn make(path: &Path, making: Making) -> Result<Thumbnail, Reason> {
    let file = read_photo(path).map_err(|error| Reason::from(&error))?;
    match making {
        Making::Thumbnail(options) => thumbnail::render(&file, &options),
        Making::AsIs { max_bytes } => thumbnail::as_is(file, max_bytes),
    }
    .map_err(|error| Reason::from(&error))
}
