//! Rendering photos on all processors, as many at the same time as there are jobs.

use std::num::NonZero;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::rendered::{ForPage, Rendered};
use super::stop::Stop;
use crate::cache::{Cache, Known};
use crate::crop_box::CropBox;
use crate::directory::Guid;
use crate::hash::Hash;
use crate::panics::caught;
use crate::report::Reason;
use crate::source::{Photo, ReadError, read_photo};
use crate::thumbnail::{self, Crop, Doubt, PhotoError, Thumbnail};

/// The number of rendered photos, for each job, that may wait for an earlier one that takes longer.
const WAITING_A_JOB: usize = 4;

/// What to make of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Making {
    /// A thumbnail.
    Thumbnail(thumbnail::Options),
    /// A photo of at most that size, never enlarged.
    Within(thumbnail::Options),
    /// The file itself, unchanged.
    AsIs { max_bytes: usize },
}

/// Renders photos on threads of its own. A thread that has finished one photo takes the next from the queue at once.
#[derive(Debug)]
pub(crate) struct Renderer {
    jobs: usize,
    queue: Sender<Job>,
    /// Whether answers include what the approval page needs.
    for_page: bool,
    /// What is known about the files from earlier runs.
    cache: Option<Arc<Cache>>,
}

/// A photo to be rendered, and where to send the answer.
#[derive(Debug)]
enum Job {
    Make { file: PhotoFile, for_page: bool, answer: oneshot::Sender<Answer<Rendered>> },
    MakeAnew { file: PhotoFile, for_page: bool, earlier: Earlier, answer: oneshot::Sender<Answer<Anew>> },
}

/// What may spare a file from being read: the cache, and the thumbnail that the account holds.
#[derive(Debug)]
struct Earlier {
    cache: Arc<Cache>,
    account: Guid,
    held: Option<Hash>,
}

/// The file of a photo.
#[derive(Debug, Clone)]
pub(crate) struct PhotoFile {
    pub(crate) path: PathBuf,
    /// The hash that the file must have; `None` accepts any content.
    pub(crate) sha256: Option<Hash>,
    /// The square that somebody chose by hand; `None` crops the photo as the options say.
    pub(crate) crop: Option<CropBox>,
}

/// What is made of a file, given the thumbnail that the account holds.
#[derive(Debug)]
pub(crate) enum Anew {
    /// It is the thumbnail that the account holds.
    Held {
        /// The remarks about the thumbnail.
        doubts: Vec<Doubt>,
        /// The hash of the file, if it was asked for.
        sha256: Option<Hash>,
    },
    /// The file was read, and this was made of it.
    Made(Rendered),
}

/// The result of rendering; `None` if the run was stopped first.
type Answer<T> = Option<Result<T, Reason>>;

impl From<&Photo> for PhotoFile {
    fn from(photo: &Photo) -> Self {
        let crop = photo.approved().and_then(|approved| approved.crop);
        Self { path: photo.path.clone(), sha256: photo.sha256(), crop }
    }
}

impl Renderer {
    /// Starts the threads: `jobs` of them, by default one for each processor.
    pub(crate) fn new(jobs: Option<u16>, making: Making, stop: &Stop) -> Self {
        let processors = || std::thread::available_parallelism().map_or(1, NonZero::get);
        let jobs = jobs.map_or_else(processors, usize::from);
        let (queue, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..jobs {
            let (waiting, stop) = (waiting.clone(), stop.clone());
            std::thread::spawn(move || work(&waiting, making, &stop));
        }
        Self { jobs, queue, for_page: false, cache: None }
    }

    /// Sets what is known about the files from earlier runs.
    pub(crate) fn knowing(self, cache: Option<Arc<Cache>>) -> Self {
        Self { cache, ..self }
    }

    /// Sets whether answers include what the approval page needs.
    pub(crate) fn for_page(self, for_page: bool) -> Self {
        Self { for_page, ..self }
    }

    /// Returns the number of rendered photos that may wait for an earlier one that takes longer.
    pub(crate) fn ahead(&self) -> usize {
        self.jobs * WAITING_A_JOB
    }

    /// Renders a photo; `None` if the run was stopped first.
    pub(crate) async fn render(&self, file: PhotoFile) -> Answer<Rendered> {
        let for_page = self.for_page;
        self.ask(|answer| Job::Make { file, for_page, answer }).await
    }

    /// Renders a photo for an account that holds the thumbnail with the hash `held`. If an earlier run made this
    /// thumbnail of the file, and the file has not changed since, the file is not opened. A file that must have a
    /// certain hash, or whose square somebody chose by hand, is always read.
    pub(crate) async fn render_for(&self, file: PhotoFile, account: Guid, held: Option<Hash>) -> Answer<Anew> {
        let Some(cache) = self.cache.clone().filter(|_| file.sha256.is_none() && file.crop.is_none()) else {
            return self.render(file).await.map(|made| made.map(Anew::Made));
        };
        let (for_page, earlier) = (self.for_page, Earlier { cache, account, held });
        self.ask(|answer| Job::MakeAnew { file, for_page, earlier, answer }).await
    }

    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<Answer<T>>) -> Job) -> Answer<T> {
        let (answer, answered) = oneshot::channel();
        // Threads end only when this queue does, so neither call fails, except if no thread could be started at all.
        let _ = self.queue.send(job(answer));
        answered.await.unwrap_or(None)
    }
}

/// Renders photo after photo, until the queue ends.
fn work(waiting: &Mutex<Receiver<Job>>, making: Making, stop: &Stop) {
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok(job) = next() {
        // If nobody waits for the answer any more, the run is over.
        match job {
            Job::Make { file, for_page, answer } => {
                drop(answer.send(unless_stopped(stop, || make(&file, making, for_page))));
            }
            Job::MakeAnew { file, for_page, earlier, answer } => {
                drop(answer.send(unless_stopped(stop, || make_anew(&file, making, for_page, &earlier))));
            }
        }
    }
}

/// Calls `make`; `None` if the run was stopped. A panic is a bug in a decoder, but concerns this photo only.
fn unless_stopped<T>(stop: &Stop, make: impl FnOnce() -> Result<T, Reason>) -> Answer<T> {
    let failed = |_| Err(Reason::from(&PhotoError::DecoderFailed));
    stop.why().is_none().then(|| caught(make).unwrap_or_else(failed))
}

/// Renders a file, unless what was made of it earlier is still right.
fn make_anew(file: &PhotoFile, making: Making, for_page: bool, earlier: &Earlier) -> Result<Anew, Reason> {
    let Earlier { cache, account, held } = earlier;
    // The look comes before the file is read: a change after it shows in the next one.
    let Some(look) = cache.look(&file.path, *account) else { return make(file, making, for_page).map(Anew::Made) };
    let known = held.and_then(|held| Some((cache.recall(&look, held)?, held)));
    let same = |known: Known| Anew::Held {
        doubts: known.doubt.into_iter().collect(),
        sha256: Some(known.picture).filter(|_| for_page),
    };
    if let Some((known, _)) = known
        && known.is_fresh
    {
        return Ok(same(known));
    }
    let content = read_photo(&file.path).map_err(|error| Reason::from(&error))?;
    let picture = Hash::of(&content);
    // The content may be the same although the file looks different, or although it was due to be read again.
    if let Some((known, held)) = known.filter(|(known, _)| known.picture == picture) {
        cache.learn(&file.path, *account, &look, picture, held, known.doubt.as_slice());
        return Ok(same(known));
    }
    let made = rendered(content, making, Some(picture).filter(|_| for_page))?;
    let Thumbnail { jpeg, doubts, .. } = &made.thumbnail;
    cache.learn(&file.path, *account, &look, picture, Hash::of(jpeg), doubts);
    Ok(Anew::Made(made))
}

fn make(file: &PhotoFile, making: Making, for_page: bool) -> Result<Rendered, Reason> {
    let content = read_photo(&file.path).map_err(|error| Reason::from(&error))?;
    // The hash is computed from the bytes that are rendered, because the file may change at any moment.
    let sha256 = (for_page || file.sha256.is_some()).then(|| Hash::of(&content));
    if file.sha256.is_some() && sha256 != file.sha256 {
        return Err(Reason::from(&ReadError::Changed));
    }
    let making = making.with_crop(file.crop).map_err(|error| Reason::from(&error))?;
    rendered(content, making, sha256.filter(|_| for_page))
}

/// Renders the content of a file. `sha256` is its hash, if the approval page is made.
fn rendered(content: Vec<u8>, making: Making, sha256: Option<Hash>) -> Result<Rendered, Reason> {
    let made = match making {
        Making::Thumbnail(options) => thumbnail::render(&content, &options),
        Making::Within(options) => thumbnail::render_within(&content, &options),
        Making::AsIs { max_bytes } => {
            let thumbnail = thumbnail::as_is(content, max_bytes).map_err(|error| Reason::from(&error))?;
            return Ok(Rendered { thumbnail, for_page: sha256.map(|sha256| ForPage { sha256, preview: None }) });
        }
    };
    let thumbnail = made.map_err(|error| Reason::from(&error))?;
    let for_page = sha256.map(|sha256| {
        let copy = |squares: thumbnail::Squares| thumbnail::preview(&content, squares.taken.quarters()).ok();
        ForPage { sha256, preview: thumbnail.squares.and_then(copy) }
    });
    Ok(Rendered { thumbnail, for_page })
}

impl Making {
    /// Returns how to make a photo with the square that somebody chose by hand. `None` changes nothing.
    ///
    /// # Errors
    /// When somebody chose a square, and whole files are taken.
    fn with_crop(self, crop: Option<CropBox>) -> Result<Self, PhotoError> {
        let Some(crop) = crop else { return Ok(self) };
        let cropped = |options| thumbnail::Options { crop: Crop::ByHand(crop), ..options };
        match self {
            Self::Thumbnail(options) => Ok(Self::Thumbnail(cropped(options))),
            Self::Within(options) => Ok(Self::Within(cropped(options))),
            Self::AsIs { .. } => Err(PhotoError::PartAsIs),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{Anew, Earlier, Hash, Making, PhotoFile, make, make_anew};
    use crate::cache::{Cache, Subject};
    use crate::directory::Guid;
    use crate::thumbnail::{Crop, Faces, Options};

    #[test]
    fn a_file_is_known_by_what_it_holds_and_told_where_asked() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("anna.jpg");
        std::fs::write(&path, b"a photo").expect("is written");
        let made = |sha256, tell| {
            let made =
                make(&PhotoFile { path: path.clone(), sha256, crop: None }, Making::AsIs { max_bytes: 100 }, tell);
            made.map(|made| (made.thumbnail.jpeg, made.for_page.map(|page| page.sha256)))
                .map_err(|reason| reason.code.name())
        };
        let (photo, hash) = (b"a photo".to_vec(), Some(Hash::of(b"a photo")));
        for approved in [None, hash] {
            assert_eq!(made(approved, false), Ok((photo.clone(), None)));
            assert_eq!(made(approved, true), Ok((photo.clone(), hash)));
        }
        for tell in [false, true] {
            assert_eq!(made(Some(Hash::of(b"another")), tell), Err("photo-changed"));
        }
    }

    /// Nobody can decode this photo, so whatever is made of it was known.
    #[test]
    fn a_file_that_looks_different_and_is_the_same_is_not_decoded_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("anna.jpg");
        std::fs::write(&path, b"a photo").expect("is written");
        let options =
            Options { size: 96, max_bytes: 10240, crop: Crop::Center, allow_blank: false, faces: Faces::Ignored };
        let subject = Subject { source: folder.path(), domain: "DC=example", attribute: "thumbnailPhoto" };
        let open = || Arc::new(Cache::open_in(&folder.path().join("state"), subject, &options, false).0);
        let account = Guid([1; 16]);
        let file = PhotoFile { path: path.clone(), sha256: None, crop: None };
        let made = |cache: &Arc<Cache>, held: &[u8]| {
            let earlier = Earlier { cache: cache.clone(), account, held: Some(Hash::of(held)) };
            match make_anew(&file, Making::Thumbnail(options), true, &earlier) {
                Ok(Anew::Held { sha256, .. }) => Ok(sha256),
                Ok(Anew::Made(_)) => panic!("a thumbnail of what is no image"),
                Err(reason) => Err(reason.code.name()),
            }
        };
        let first_night = open();
        assert_eq!(made(&first_night, b"a thumbnail"), Err("not-an-image"));
        // The time for which a file that was just written is read again.
        std::thread::sleep(Duration::from_millis(2200));
        let look = first_night.look(&path, account).expect("a file");
        first_night.learn(&path, account, &look, Hash::of(b"a photo"), Hash::of(b"a thumbnail"), &[]);
        first_night.save(true).expect("is written");
        let cache = open();
        let known = Ok(Some(Hash::of(b"a photo")));
        assert_eq!((made(&cache, b"a thumbnail"), cache.unopened()), (known, 1));
        std::fs::write(&path, b"a photo").expect("is written");
        assert_eq!((made(&cache, b"a thumbnail"), cache.unopened()), (known, 1));
        assert_eq!(made(&cache, b"theirs"), Err("not-an-image"));
        std::fs::write(&path, b"another").expect("is written");
        assert_eq!(made(&cache, b"a thumbnail"), Err("not-an-image"));
    }
}
