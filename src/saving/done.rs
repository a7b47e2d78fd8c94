//! A folder for photos that are done with, so that a scheduled import of a folder finds only what is new.

use std::collections::HashMap;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Files of one name that may lie there.
const MOST_OF_A_NAME: usize = 1000;

/// Why a photo stays where it is.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// Somebody has put another file there, or changed it, since the run began.
    #[error("the file was changed while this ran; it stays where it is")]
    Changed,
    /// It cannot be moved.
    #[error("it cannot be moved to {}: {source}", to.display())]
    Io {
        /// Where it was to go.
        to: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// The folder, and the photos as they were before the run.
#[derive(Debug)]
pub struct DoneFolder {
    path: PathBuf,
    /// Photos below it keep their subfolders.
    root: PathBuf,
    photos: HashMap<PathBuf, Seen>,
}

/// What tells a file from a later one of its name.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Seen {
    fn of(file: &Metadata) -> Self {
        Self { bytes: file.len(), modified: file.modified().ok() }
    }
}

impl DoneFolder {
    /// The folder at `path`, made if it is not there, for these photos, which come from `source`.
    ///
    /// # Errors
    /// When it cannot be made, or is no folder.
    pub fn open<'p>(path: &Path, source: &Path, photos: impl Iterator<Item = &'p Path>) -> io::Result<Self> {
        std::fs::create_dir_all(path)?;
        let seen = |photo: &Path| Some((photo.to_path_buf(), Seen::of(&photo.metadata().ok()?)));
        Ok(Self { path: path.canonicalize()?, root: source.to_path_buf(), photos: photos.filter_map(seen).collect() })
    }

    /// Whether reading the folder `source` would find what lies here.
    #[must_use]
    pub fn is_searched(&self, source: &Path, recursive: bool) -> bool {
        super::is_searched(&self.path, source, recursive)
    }

    /// Moves a photo here, under a name of its own if there is one of its name. Nothing is overwritten.
    ///
    /// # Errors
    /// When it was changed since the run began, or cannot be moved: then it is where it was.
    pub fn take(&self, photo: &Path) -> Result<(), MoveError> {
        let wanted = self.place_of(photo);
        let failed = |source| MoveError::Io { to: wanted.clone(), source };
        let now = photo.metadata().map_err(failed)?;
        if self.photos.get(photo) != Some(&Seen::of(&now)) {
            return Err(MoveError::Changed);
        }
        wanted.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(failed)?;
        for number in 1..=MOST_OF_A_NAME {
            match move_to(photo, &numbered(&wanted, number)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                moved => return moved.map_err(failed),
            }
        }
        Err(failed(io::ErrorKind::AlreadyExists.into()))
    }

    fn place_of(&self, photo: &Path) -> PathBuf {
        let below = photo.strip_prefix(&self.root).ok().filter(|below| !below.as_os_str().is_empty());
        let name = photo.file_name().map(Path::new);
        self.path.join(below.or(name).unwrap_or(photo))
    }
}

/// `anna.jpg`, `anna (2).jpg` …
fn numbered(path: &Path, number: usize) -> PathBuf {
    if number == 1 {
        return path.to_path_buf();
    }
    let mut name = path.file_stem().unwrap_or_default().to_os_string();
    name.push(format!(" ({number})"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

/// Moves a file where nothing is: a rename would replace what is there.
fn move_to(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // Another disk, or a file system without links.
        Err(_) => copy(from, to)?,
    }
    std::fs::remove_file(from)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut target = OpenOptions::new().write(true).create_new(true).open(to)?;
    let copied = io::copy(&mut source, &mut target).and_then(|_| target.sync_all());
    if copied.is_err() {
        // Half a photo is no photo; the whole one is where it was.
        let _ = std::fs::remove_file(to);
    }
    copied
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{DoneFolder, MoveError, numbered};

    #[test]
    fn a_photo_is_moved_with_its_subfolder_and_overwrites_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let (source, done) = (folder.path().join("in"), folder.path().join("done"));
        let photo = source.join("sales/anna.jpg");
        for content in ["first", "second"] {
            std::fs::create_dir_all(photo.parent().expect("a folder")).expect("is made");
            std::fs::write(&photo, content).expect("is written");
            let opened = DoneFolder::open(&done, &source, [&*photo].into_iter()).expect("opens");
            opened.take(&photo).expect("is moved");
            assert!(!photo.exists());
        }
        let read = |name: &str| std::fs::read_to_string(done.join("sales").join(name)).expect("is there");
        assert_eq!((read("anna.jpg"), read("anna (2).jpg")), ("first".to_owned(), "second".to_owned()));
    }

    #[test]
    fn a_photo_that_was_replaced_meanwhile_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let photo = folder.path().join("anna.jpg");
        std::fs::write(&photo, "old").expect("is written");
        let done = folder.path().join("done");
        let opened = DoneFolder::open(&done, folder.path(), [&*photo].into_iter()).expect("opens");
        std::fs::write(&photo, "newer").expect("is written");
        assert!(matches!(opened.take(&photo), Err(MoveError::Changed)));
        assert!(photo.exists());
    }

    #[test]
    fn names_are_counted_before_their_ending() {
        assert_eq!(numbered(Path::new("a/b.c.jpg"), 3), Path::new("a/b.c (3).jpg"));
        assert_eq!(numbered(Path::new("a/b"), 2), Path::new("a/b (2)"));
    }
}
