//! Rendering photos: what is made of each file, and how it is spared from being read if it has not changed.

use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::Arc;

use super::budget::Content;
use super::photo_file::PhotoFile;
use super::rendered::{ForPage, Rendered};
use super::stop::Stop;
use super::workers::{Slot, Workers};
use crate::cache::{Cache, Known, Look};
use crate::crop_box::CropBox;
use crate::directory::Guid;
use crate::hash::Hash;
use crate::report::Reason;
use crate::thumbnail::{self, Crop, Doubt, PhotoError, Thumbnail};

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

/// Renders photos, on all processors.
#[derive(Debug)]
pub(crate) struct Renderer {
    workers: Workers,
    making: Making,
    /// Whether answers include what the approval page needs.
    for_page: bool,
    /// What is known about the files from earlier runs.
    cache: Option<Arc<Cache>>,
}

/// What may spare a file from being read: the cache, and the thumbnail that the account holds.
#[derive(Debug)]
struct Earlier {
    cache: Arc<Cache>,
    account: Guid,
    held: Option<Hash>,
    /// Whether the answer includes what the approval page needs.
    for_page: bool,
}

/// A file that was read although the cache may know it.
struct Read {
    content: Content,
    /// `None` if the cache cannot know the file.
    look: Option<Look>,
    known: Option<Known>,
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

impl Renderer {
    /// Starts the threads; `jobs` is the number of photos to work on at the same time, by default one for each processor.
    pub(crate) fn new(jobs: Option<u16>, making: Making, stop: &Stop) -> Self {
        Self { workers: Workers::new(jobs, stop), making, for_page: false, cache: None }
    }

    /// Sets what is known about the files from earlier runs.
    pub(crate) fn knowing(self, cache: Option<Arc<Cache>>) -> Self {
        Self { cache, ..self }
    }

    /// Sets whether answers include what the approval page needs.
    pub(crate) fn for_page(self, for_page: bool) -> Self {
        Self { for_page, ..self }
    }

    /// Returns how many photos may be in progress at once.
    pub(crate) fn ahead(&self) -> usize {
        self.workers.ahead()
    }

    /// Renders a photo; `None` if the run was stopped first.
    pub(crate) async fn render(&self, file: PhotoFile) -> Answer<Rendered> {
        let (making, for_page) = (self.making, self.for_page);
        let file = Arc::new(file);
        let read = {
            let file = file.clone();
            move |slot: &mut Slot| match file.read(slot) {
                Ok((content, _)) => Ok(Continue(content)),
                Err(error) => Err(Reason::from(&error)),
            }
        };
        self.workers.work(read, move |content| make(content, &file, making, for_page)).await
    }

    /// Renders a photo for an account that holds the thumbnail with the hash `held`. If an earlier run made this
    /// thumbnail of the file, and the file has not changed since, the file is not opened. A file that must have a
    /// certain hash, or whose square somebody chose by hand, is always read.
    pub(crate) async fn render_for(&self, file: PhotoFile, account: Guid, held: Option<Hash>) -> Answer<Anew> {
        let Some(cache) = self.cache.clone().filter(|_| file.sha256.is_none() && file.crop.is_none()) else {
            return self.render(file).await.map(|made| made.map(Anew::Made));
        };
        let (making, for_page) = (self.making, self.for_page);
        let earlier = Arc::new(Earlier { cache, account, held, for_page });
        let read = {
            let earlier = earlier.clone();
            move |slot: &mut Slot| earlier.read(file, slot)
        };
        self.workers.work(read, move |read| earlier.make(read, making)).await
    }
}

impl Earlier {
    /// Looks at a file, and reads it unless it looks as it did when the thumbnail that the account holds was made of it.
    fn read(&self, mut file: PhotoFile, slot: &mut Slot) -> Result<ControlFlow<Anew, Read>, Reason> {
        // The look comes before the file is read: a change after it shows in the next one.
        let look = self.cache.look(&file.path, self.account);
        let known = look.as_ref().zip(self.held).and_then(|(look, held)| self.cache.recall(look, held));
        if let Some(known) = known.filter(|known| known.is_fresh) {
            return Ok(Break(self.same(known)));
        }
        file.is_found |= look.is_some();
        let (content, metadata) = file.read(slot).map_err(|error| Reason::from(&error))?;
        Ok(Continue(Read { content, look: look.map(|look| look.after_reading(&metadata)), known }))
    }

    /// Renders a file that was read, unless it is still the one of which the account's thumbnail was made.
    fn make(&self, Read { content, look, known }: Read, making: Making) -> Result<Anew, Reason> {
        let picture = Hash::of(&content);
        // The content may be the same although the file looks different, or although it was due to be read again.
        if let (Some(known), Some(held), Some(look)) = (known, self.held, &look)
            && known.picture == picture
        {
            self.cache.learn(look, picture, held, known.doubt.as_slice());
            return Ok(self.same(known));
        }
        let made = rendered(content, making, Some(picture).filter(|_| self.for_page))?;
        if let Some(look) = look {
            let Thumbnail { jpeg, doubts, .. } = &made.thumbnail;
            self.cache.learn(&look, picture, Hash::of(jpeg), doubts);
        }
        Ok(Anew::Made(made))
    }

    fn same(&self, known: Known) -> Anew {
        let sha256 = Some(known.picture).filter(|_| self.for_page);
        Anew::Held { doubts: known.doubt.into_iter().collect(), sha256 }
    }
}

fn make(content: Content, file: &PhotoFile, making: Making, for_page: bool) -> Result<Rendered, Reason> {
    let sha256 = file.check(&content, for_page).map_err(|error| Reason::from(&error))?;
    let making = making.with_crop(file.crop).map_err(|error| Reason::from(&error))?;
    rendered(content, making, sha256.filter(|_| for_page))
}

/// Renders the content of a file. `sha256` is its hash, if the approval page is made.
fn rendered(content: Content, making: Making, sha256: Option<Hash>) -> Result<Rendered, Reason> {
    let made = match making {
        Making::Thumbnail(options) => thumbnail::render(&content, &options),
        Making::Within(options) => thumbnail::render_within(&content, &options),
        Making::AsIs { max_bytes } => {
            let thumbnail = thumbnail::as_is(&content, max_bytes).map_err(|error| Reason::from(&error))?;
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
    use std::fs::File;
    use std::path::Path;
    use std::sync::Arc;
    use std::time::{Duration, SystemTime};

    use super::{Anew, Cache, Guid, Hash, Making, PhotoFile, Renderer, Stop};
    use crate::cache::Subject;
    use crate::thumbnail::{Crop, Faces, Options};

    fn file(path: &Path, sha256: Option<Hash>) -> PhotoFile {
        PhotoFile { path: path.to_path_buf(), is_found: true, sha256, crop: None }
    }

    #[tokio::test]
    async fn a_file_is_known_by_what_it_holds_and_told_where_asked() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("anna.jpg");
        std::fs::write(&path, b"a photo").expect("is written");
        let made = async |sha256, tell| {
            let renderer = Renderer::new(Some(1), Making::AsIs { max_bytes: 100 }, &Stop::default()).for_page(tell);
            let made = renderer.render(file(&path, sha256)).await.expect("is not stopped");
            made.map(|made| (made.thumbnail.jpeg, made.for_page.map(|page| page.sha256)))
                .map_err(|reason| reason.code.name())
        };
        let (photo, hash) = (b"a photo".to_vec(), Some(Hash::of(b"a photo")));
        for approved in [None, hash] {
            assert_eq!(made(approved, false).await, Ok((photo.clone(), None)));
            assert_eq!(made(approved, true).await, Ok((photo.clone(), hash)));
        }
        for tell in [false, true] {
            assert_eq!(made(Some(Hash::of(b"another")), tell).await, Err("photo-changed"));
        }
    }

    /// Nobody can decode this photo, so whatever is made of it was known.
    #[tokio::test]
    async fn a_file_that_looks_different_and_is_the_same_is_not_decoded_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("anna.jpg");
        let write = |content: &[u8], days: u64| {
            std::fs::write(&path, content).expect("is written");
            let modified = SystemTime::now() - Duration::from_secs(days * 24 * 3600);
            File::options().append(true).open(&path).expect("opens").set_modified(modified).expect("is set");
        };
        let options =
            Options { size: 96, max_bytes: 10240, crop: Crop::Center, allow_blank: false, faces: Faces::Ignored };
        let subject = Subject { source: folder.path(), domain: "DC=example", attribute: "thumbnailPhoto" };
        // The cache is elsewhere, because a folder with another name in it is looked at more closely.
        let state = tempfile::tempdir().expect("a folder");
        let open = || Arc::new(Cache::open_in(state.path(), subject, &options, false).0);
        let account = Guid([1; 16]);
        let made = async |cache: &Arc<Cache>, held: &[u8]| {
            let renderer = Renderer::new(Some(1), Making::Thumbnail(options), &Stop::default());
            let renderer = renderer.for_page(true).knowing(Some(cache.clone()));
            match renderer.render_for(file(&path, None), account, Some(Hash::of(held))).await.expect("is not stopped") {
                Ok(Anew::Held { sha256, .. }) => Ok(sha256),
                Ok(Anew::Made(_)) => panic!("a thumbnail of what is no image"),
                Err(reason) => Err(reason.code.name()),
            }
        };
        let (picture, thumbnail) = (Hash::of(b"a photo"), Hash::of(b"a thumbnail"));
        write(b"a photo", 3);
        let first_night = open();
        assert_eq!(made(&first_night, b"a thumbnail").await, Err("not-an-image"));
        let look = first_night.look(&path, account).expect("a file").settled();
        first_night.learn(&look, picture, thumbnail, &[]);
        first_night.save(true).expect("is written");
        // Where looks are weak, one night in fourteen reads the file although it looks the same. That is not this night.
        if !open().recall(&look, thumbnail).expect("is known").is_fresh {
            open().save(true).expect("is written");
        }
        // Each of the following runs begins with what the first night knew.
        let known = Ok(Some(picture));
        let cache = open();
        assert_eq!((made(&cache, b"a thumbnail").await, cache.unopened()), (known, 1));
        write(b"a photo", 2);
        let cache = open();
        assert_eq!((made(&cache, b"a thumbnail").await, cache.unopened()), (known, 0));
        assert_eq!(made(&open(), b"theirs").await, Err("not-an-image"));
        write(b"another", 1);
        assert_eq!(made(&open(), b"a thumbnail").await, Err("not-an-image"));
    }
}
