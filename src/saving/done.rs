//! A folder for photos that are done with, so that a scheduled import of a folder finds only what is new.
//!
//! A photo is first renamed, within its own folder, to a hidden name that nobody else knows: `.adphoto-moving-`, eight
//! random digits, `-` and its own name. Only then is it certain that what is looked at is what is moved: a newer photo
//! of its name lies beside it, and is not touched. A run that is ended by force in between leaves the hidden file, which
//! no source finds; the next import of that folder with --move-done puts it back ([`DoneFolder::recover`]). Elsewhere, in
//! the folders of a list's photos, who looks for that beginning finds it.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Files of one name that may lie there.
const MOST_OF_A_NAME: usize = 1000;
/// How a photo's name begins while it is moved.
const MOVING: &str = ".adphoto-moving-";
/// The random digits behind it.
const DIGITS: usize = 8;

/// Why a photo stays where it is.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// Somebody has put another file there, or changed it, since the run began.
    #[error("the file was changed while this ran; it stays where it is")]
    Changed,
    /// Moving it would leave the photo itself, or leave the link without one.
    #[error("a symbolic link leads to the photo: it is not moved")]
    Link,
    /// It cannot be moved.
    #[error("it cannot be moved to {}: {source}", to.display())]
    Io {
        /// Where it was to go.
        to: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It can neither be moved nor get its name back.
    #[error("it can neither be moved nor get its name back ({source}): it is now {}", at.display())]
    Stranded {
        /// Its name now.
        at: PathBuf,
        /// Why.
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
    /// Where the system has such a thing: the device, and its number there.
    number: Option<(u64, u64)>,
}

impl Seen {
    fn of(file: &Metadata) -> Self {
        #[cfg(unix)]
        let number = {
            use std::os::unix::fs::MetadataExt;
            Some((file.dev(), file.ino()))
        };
        #[cfg(not(unix))]
        let number = None;
        Self { bytes: file.len(), modified: file.modified().ok(), number }
    }
}

/// What was left of a run that was ended by force.
#[derive(Debug, Default)]
pub struct Recovered {
    /// Photos that have their names back.
    pub put_back: Vec<PathBuf>,
    /// Photos that lie here now, as there is a newer one of their name.
    pub moved: Vec<PathBuf>,
    /// Hidden files that are where they were.
    pub left: Vec<PathBuf>,
}

impl DoneFolder {
    /// The folder at `path`, made if it is not there, for photos that come from `source`.
    ///
    /// # Errors
    /// When it cannot be made, or is no folder.
    pub fn open(path: &Path, source: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(path)?;
        Ok(Self { path: path.canonicalize()?, root: source.to_path_buf(), photos: HashMap::new() })
    }

    /// Looks at the photos, before the run reads them.
    pub fn look_at<'p>(&mut self, photos: impl Iterator<Item = &'p Path>) {
        let seen = |photo: &Path| Some((photo.to_path_buf(), Seen::of(&photo.symlink_metadata().ok()?)));
        self.photos.extend(photos.filter_map(seen));
    }

    /// Whether reading the folder `source` would find what lies here.
    #[must_use]
    pub fn is_searched(&self, source: &Path, recursive: bool) -> bool {
        super::is_searched(&self.path, source, recursive)
    }

    /// Gives photos of the source folder their names back that a run ended by force was about to move.
    #[must_use]
    pub fn recover(&self, recursive: bool) -> Recovered {
        let mut recovered = Recovered::default();
        for (hidden, photo) in leftovers(&self.root, recursive) {
            match put_back(&hidden, &photo) {
                Ok(()) => recovered.put_back.push(photo),
                // It is older than what has its name, and must not come after it.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match self.keep(&hidden, &photo) {
                    Ok(()) => recovered.moved.push(photo),
                    Err(_) => recovered.left.push(hidden),
                },
                Err(_) => recovered.left.push(hidden),
            }
        }
        recovered
    }

    /// Moves a photo here, under a name of its own if there is one of its name. Nothing is overwritten.
    ///
    /// # Errors
    /// When it was changed since the run began, is a link or cannot be moved: then it is where it was.
    pub fn take(&self, photo: &Path) -> Result<(), MoveError> {
        let wanted = self.place_of(photo);
        let failed = |source| MoveError::Io { to: wanted.clone(), source };
        if photo.symlink_metadata().map_err(failed)?.is_symlink() {
            return Err(MoveError::Link);
        }
        let hidden = hidden(photo);
        std::fs::rename(photo, &hidden).map_err(failed)?;
        let taken = if self.is_as_seen(photo, &hidden) {
            self.keep(&hidden, photo).map_err(failed)
        } else {
            Err(MoveError::Changed)
        };
        taken.or_else(|why| match put_back(&hidden, photo) {
            Ok(()) => Err(why),
            // A newer one has its name by now: this one is not to be found again.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && self.keep(&hidden, photo).is_ok() => Ok(()),
            Err(source) => Err(MoveError::Stranded { at: hidden, source }),
        })
    }

    fn is_as_seen(&self, photo: &Path, hidden: &Path) -> bool {
        let now = hidden.symlink_metadata().ok().map(|now| Seen::of(&now));
        now.is_some() && now.as_ref() == self.photos.get(photo)
    }

    /// Moves what is at `hidden` here, under the name that `photo` is to have.
    fn keep(&self, hidden: &Path, photo: &Path) -> io::Result<()> {
        let wanted = self.place_of(photo);
        wanted.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        for number in 1..=MOST_OF_A_NAME {
            match move_to(hidden, &numbered(&wanted, number)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                moved => return moved,
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
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

/// The name that a photo has while it is moved.
fn hidden(photo: &Path) -> PathBuf {
    let mut name = OsString::from(format!("{MOVING}{:0DIGITS$x}-", fastrand::u32(..)));
    name.push(photo.file_name().unwrap_or_default());
    photo.with_file_name(name)
}

/// The name that a hidden one stands for. What is no Unicode is left to be found by hand.
fn revealed(hidden: &Path) -> Option<PathBuf> {
    let (digits, name) = hidden.file_name()?.to_str()?.strip_prefix(MOVING)?.split_at_checked(DIGITS)?;
    let name = name.strip_prefix('-').filter(|name| !name.is_empty())?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| hidden.with_file_name(name))
}

/// The hidden files of a folder, and the names that they had; none of what cannot be read, which the source says.
fn leftovers(folder: &Path, recursive: bool) -> Vec<(PathBuf, PathBuf)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && recursive => folders.push(path),
                Ok(kind) if kind.is_file() => found.extend(revealed(&path).map(|photo| (path, photo))),
                _ => {}
            }
        }
    }
    found
}

/// Gives a photo its name back, unless there is a file of that name.
fn put_back(hidden: &Path, photo: &Path) -> io::Result<()> {
    match std::fs::hard_link(hidden, photo) {
        Ok(()) => std::fs::remove_file(hidden),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // A file system without links.
        Err(_) => match photo.symlink_metadata() {
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
            Err(_) => std::fs::rename(hidden, photo),
        },
    }
}

/// Moves a file where nothing is: a rename would replace what is there.
fn move_to(from: &Path, to: &Path) -> io::Result<()> {
    let before = Seen::of(&from.symlink_metadata()?);
    match std::fs::hard_link(from, to) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // Another disk, or a file system without links.
        Err(_) => copy(from, to)?,
    }
    // Who had it open may have written on.
    let removed = match from.symlink_metadata() {
        Ok(now) if Seen::of(&now) == before => std::fs::remove_file(from),
        Ok(_) => Err(io::Error::other("it was written to meanwhile")),
        Err(error) => Err(error),
    };
    if removed.is_err() {
        // It stays where it was, and is not to be in two places.
        let _ = std::fs::remove_file(to);
    }
    removed
}

/// With the rights and the time of the original, and for nobody else to read before it has them.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let original = source.metadata()?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut target = options.open(to)?;
    let copied = (|| {
        io::copy(&mut source, &mut target)?;
        // Not every file system keeps times and rights; the photo matters more.
        let _ = original.modified().and_then(|time| target.set_modified(time));
        let _ = target.set_permissions(original.permissions());
        target.sync_all()
    })();
    if copied.is_err() {
        // Half a photo is no photo; the whole one is where it was.
        let _ = std::fs::remove_file(to);
    }
    copied
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{DoneFolder, MoveError, copy, hidden, numbered, revealed};

    struct Place {
        folder: tempfile::TempDir,
        inbox: PathBuf,
    }

    impl Place {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let inbox = folder.path().join("in");
            std::fs::create_dir_all(inbox.join("sales")).expect("a folder");
            Self { folder, inbox }
        }

        fn done(&self) -> PathBuf {
            self.folder.path().join("done")
        }

        fn photo(&self, name: &str, content: &str) -> PathBuf {
            let path = self.inbox.join(name);
            std::fs::write(&path, content).expect("is written");
            path
        }

        fn opened(&self, photos: &[&Path]) -> DoneFolder {
            let mut opened = DoneFolder::open(&self.done(), &self.inbox).expect("opens");
            opened.look_at(photos.iter().copied());
            opened
        }

        fn names(&self) -> Vec<String> {
            let entries = std::fs::read_dir(&self.inbox).expect("is read").flatten();
            let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
            names.sort();
            names
        }
    }

    fn read(path: impl AsRef<Path>) -> String {
        std::fs::read_to_string(path).expect("is there")
    }

    #[test]
    fn a_photo_is_moved_with_its_subfolder_and_overwrites_nothing() {
        let place = Place::new();
        for content in ["first", "second"] {
            let photo = place.photo("sales/anna.jpg", content);
            place.opened(&[&photo]).take(&photo).expect("is moved");
            assert_eq!(std::fs::read_dir(place.inbox.join("sales")).expect("is read").count(), 0);
        }
        let sales = place.done().join("sales");
        assert_eq!((read(sales.join("anna.jpg")), read(sales.join("anna (2).jpg"))), ("first".into(), "second".into()));
    }

    #[test]
    fn a_photo_that_was_replaced_meanwhile_stays() {
        let place = Place::new();
        let photo = place.photo("anna.jpg", "old");
        let opened = place.opened(&[&photo]);
        std::fs::write(&photo, "newer").expect("is written");
        assert!(matches!(opened.take(&photo), Err(MoveError::Changed)));
        assert_eq!((place.names(), read(&photo)), (vec!["anna.jpg".to_owned(), "sales".to_owned()], "newer".into()));
    }

    #[cfg(unix)]
    #[test]
    fn another_file_of_the_same_size_and_time_is_another() {
        let place = Place::new();
        let photo = place.photo("anna.jpg", "old");
        let opened = place.opened(&[&photo]);
        let time = photo.metadata().and_then(|found| found.modified()).expect("a time");
        let other = place.photo("other", "new");
        std::fs::File::options().write(true).open(&other).and_then(|file| file.set_modified(time)).expect("is set");
        std::fs::rename(other, &photo).expect("is replaced");
        assert!(matches!(opened.take(&photo), Err(MoveError::Changed)));
        assert_eq!(read(&photo), "new");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_moved() {
        let place = Place::new();
        let photo = place.photo("sales/anna.jpg", "one");
        let link = place.inbox.join("link.jpg");
        std::os::unix::fs::symlink(&photo, &link).expect("is linked");
        assert!(matches!(place.opened(&[&link]).take(&link), Err(MoveError::Link)));
        assert!(link.is_symlink() && photo.exists());
    }

    #[test]
    fn a_photo_that_cannot_be_moved_keeps_its_name() {
        let place = Place::new();
        let photo = place.photo("sales/anna.jpg", "one");
        let opened = place.opened(&[&photo]);
        // No folder can be made there.
        std::fs::write(place.done().join("sales"), "a file").expect("is written");
        assert!(matches!(opened.take(&photo), Err(MoveError::Io { .. })));
        assert_eq!(read(&photo), "one");
        assert_eq!(std::fs::read_dir(place.inbox.join("sales")).expect("is read").count(), 1);
    }

    #[test]
    fn what_a_killed_run_left_is_found_again_and_replaces_nothing_newer() {
        let place = Place::new();
        place.photo(".adphoto-moving-0123abcd-anna.jpg", "anna");
        place.photo("sales/.adphoto-moving-0123abcd-ben.jpg", "ben");
        place.photo(".adphoto-moving-0123abcd-carl.jpg", "old carl");
        place.photo("carl.jpg", "carl");
        place.photo(".adphoto-moving-note", "something else");
        let recovered = place.opened(&[]).recover(true);
        assert_eq!((recovered.put_back.len(), recovered.moved.len(), recovered.left.len()), (2, 1, 0));
        assert_eq!(place.names(), [".adphoto-moving-note", "anna.jpg", "carl.jpg", "sales"]);
        assert_eq!(
            (read(place.inbox.join("carl.jpg")), read(place.done().join("carl.jpg"))),
            ("carl".into(), "old carl".into())
        );
        assert_eq!(read(place.inbox.join("sales/ben.jpg")), "ben");
    }

    #[test]
    fn a_hidden_name_tells_the_photos_own() {
        for name in ["in/anna.jpg", "in/-.jpg", "in/zoë müller.jpg"] {
            let hidden = hidden(Path::new(name));
            assert!(hidden.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')));
            assert_eq!(revealed(&hidden), Some(name.into()));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_copy_has_the_rights_and_the_time_of_the_photo() {
        use std::os::unix::fs::PermissionsExt;
        let place = Place::new();
        let photo = place.photo("anna.jpg", "one");
        std::fs::set_permissions(&photo, std::fs::Permissions::from_mode(0o640)).expect("is set");
        let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        std::fs::File::options().write(true).open(&photo).and_then(|file| file.set_modified(time)).expect("is set");
        let to = place.folder.path().join("copy.jpg");
        copy(&photo, &to).expect("is copied");
        let found = to.metadata().expect("is there");
        assert_eq!((found.permissions().mode() & 0o777, found.modified().expect("a time")), (0o640, time));
    }

    #[test]
    fn names_are_counted_before_their_ending() {
        assert_eq!(numbered(Path::new("a/b.c.jpg"), 3), Path::new("a/b.c (3).jpg"));
        assert_eq!(numbered(Path::new("a/b"), 2), Path::new("a/b (2)"));
    }
}
