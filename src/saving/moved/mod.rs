//! Folders to which photos are moved out of the source, so that a scheduled import finds only new ones: one for photos
//! that were written, and one for photos that failed, each with a text beside it that says why.
//!
//! While adphoto works, somebody may put a newer photo of the same name into the source. The newer photo must not be
//! moved away unread. So a photo is moved in three steps:
//!
//! 1. It is renamed, within its own folder, to a hidden name that nobody else knows: `.adphoto-moving-`, eight random
//!    digits, `-` and its own name. A newer photo that comes from now on lies beside it and is not touched.
//! 2. The hidden file is compared with what was seen before the run. If it differs, it gets its name back and stays.
//! 3. It is moved to the folder.
//!
//! A run that is killed in between leaves the hidden file behind, which no source reads. The next import of the same
//! folder with `--move-done` or `--move-failed` gives it its name back ([`MovedFolder::recover`]). The photos of a list
//! may lie in any folders, which are not searched for hidden files; they have to be found by hand, by the beginning of
//! the name.

mod hidden;
mod moving;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use hidden::{hidden, leftovers};
use moving::{Seen, move_to, put_back};

use crate::failure::Advice;

/// The highest number that a name in the folder gets: `anna.jpg`, `anna (2).jpg` and so on.
const MAX_NUMBER: usize = 1000;

/// The reason why a photo was not moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// Somebody changed or replaced the file since the run began.
    #[error("the file was changed during the run, so it stays where it is")]
    Changed,
    /// Moving the link would leave the photo behind, and moving the photo would break the link.
    #[error("it is a symbolic link, and links are not moved")]
    Link,
    #[error("it cannot be moved to {}: {source}", to.display())]
    Io { to: PathBuf, source: io::Error },
    /// The photo could not be moved, and then could not be given its name back.
    #[error("it cannot be moved, and could not be given its name back ({source}): it is now {}", at.display())]
    Stranded {
        /// The hidden path that it has now.
        at: PathBuf,
        source: io::Error,
    },
}

impl Advice for MoveError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::Changed => "nothing is to be done: the next run imports the new file",
            Self::Link | Self::Io { .. } => "move the file by hand, or let the next run try again",
            Self::Stranded { .. } => "move the file by hand, or let the next import of the folder find it",
        };
        Some(advice.into())
    }
}

/// The flag that names a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveFlag {
    /// `--move-done`: for the photos that the directory has.
    Done,
    /// `--move-failed`: for the photos that failed for their name or their file.
    Failed,
}

impl fmt::Display for MoveFlag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "--move-done",
            Self::Failed => "--move-failed",
        })
    }
}

/// The reason why a folder cannot take photos.
#[derive(Debug, thiserror::Error)]
pub enum MovedFolderError {
    /// The folder cannot be created, or is a file.
    #[error("cannot use the folder {} of {flag}", path.display())]
    Unusable { flag: MoveFlag, path: PathBuf, source: io::Error },
    /// An import would find the photos again after they were moved.
    #[error("{flag} would move the photos to where they are found again: name a folder outside {}", root.display())]
    Searched { flag: MoveFlag, root: PathBuf },
}

impl Advice for MovedFolderError {}

/// A folder for photos that are moved out of the source, and how the photos looked before the run.
#[derive(Debug)]
pub struct MovedFolder {
    flag: MoveFlag,
    /// The path as it was given, which messages show.
    path: PathBuf,
    /// The path with all links resolved. For a folder that does not exist yet, it is the path that it will have.
    real_path: PathBuf,
    /// The source. Photos keep their subfolders below it.
    root: PathBuf,
    /// Whether the subfolders of `root` are searched, too.
    recursive: bool,
    /// Size, time and identity of each photo before the run.
    photos: HashMap<PathBuf, Seen>,
}

/// What became of the hidden files that a killed run had left.
#[derive(Debug, Default)]
pub struct Recovered {
    /// Photos that were given their names back.
    pub put_back: Vec<PathBuf>,
    /// Photos that were moved to the folder, because a newer photo has their name by now.
    pub moved: Vec<PathBuf>,
    /// Hidden files that could be neither renamed nor moved.
    pub left: Vec<PathBuf>,
}

impl MovedFolder {
    /// Opens the folder at `path`, creating it if need be, for photos that come from `source`.
    ///
    /// # Errors
    /// When the folder cannot be created, `path` is not a folder, or the import would find the moved photos there.
    pub fn open(flag: MoveFlag, path: &Path, source: &Path, recursive: bool) -> Result<Self, MovedFolderError> {
        let made = std::fs::create_dir_all(path).and_then(|()| path.canonicalize());
        Self::at(flag, path, made, source, recursive)
    }

    /// Opens the folder for a dry run, without creating it.
    ///
    /// # Errors
    /// When `path` is not a folder, would lie below something that is not a folder, or the import would find the moved
    /// photos there.
    pub fn rehearsed(flag: MoveFlag, path: &Path, source: &Path, recursive: bool) -> Result<Self, MovedFolderError> {
        Self::at(flag, path, will_be(path), source, recursive)
    }

    fn at(
        flag: MoveFlag,
        path: &Path,
        real_path: io::Result<PathBuf>,
        root: &Path,
        recursive: bool,
    ) -> Result<Self, MovedFolderError> {
        let unusable = |source| MovedFolderError::Unusable { flag, path: path.to_path_buf(), source };
        let (real_path, root) = (real_path.map_err(unusable)?, root.to_path_buf());
        if super::is_searched(&real_path, &root, recursive) {
            return Err(MovedFolderError::Searched { flag, root });
        }
        Ok(Self { flag, path: path.to_path_buf(), real_path, root, recursive, photos: HashMap::new() })
    }

    /// Returns the path as it was given.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    #[must_use]
    pub fn flag(&self) -> MoveFlag {
        self.flag
    }

    /// Returns whether `other` is the same folder.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.real_path == other.real_path
    }

    /// Remembers how the photos look, before the run reads them.
    pub fn look_at<'p>(&mut self, photos: impl Iterator<Item = &'p Path>) {
        let seen = |photo: &Path| Some((photo.to_path_buf(), Seen::of(&photo.symlink_metadata().ok()?)));
        self.photos.extend(photos.filter_map(seen));
    }

    /// Restores the names of the photos in the source that a killed run was about to move.
    #[must_use]
    pub fn recover(&self) -> Recovered {
        let mut recovered = Recovered::default();
        for (hidden, photo) in leftovers(&self.root, self.recursive) {
            match put_back(&hidden, &photo) {
                Ok(()) => recovered.put_back.push(photo),
                // A newer photo has the name by now. The old one must not be imported after it, so it is moved away.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match self.keep(&hidden, &photo, None) {
                    Ok(()) => recovered.moved.push(photo),
                    Err(_) => recovered.left.push(hidden),
                },
                Err(_) => recovered.left.push(hidden),
            }
        }
        recovered
    }

    /// Moves a photo to the folder. If a file of its name is there, the photo gets a number; nothing is overwritten.
    /// With `why`, that text is written beside it: `anna.jpg.txt` beside `anna.jpg`.
    ///
    /// # Errors
    /// When the photo was changed since the run began, is a link, or cannot be moved. Then it stays where it was,
    /// except for [`MoveError::Stranded`].
    pub fn take(&self, photo: &Path, why: Option<&str>) -> Result<(), MoveError> {
        let wanted = self.place_of(photo);
        let failed = |source| MoveError::Io { to: wanted.clone(), source };
        if photo.symlink_metadata().map_err(failed)?.is_symlink() {
            return Err(MoveError::Link);
        }
        let hidden = hidden(photo);
        std::fs::rename(photo, &hidden).map_err(failed)?;
        let taken = if self.is_as_seen(photo, &hidden) {
            self.keep(&hidden, photo, why).map_err(failed)
        } else {
            Err(MoveError::Changed)
        };
        taken.or_else(|error| match put_back(&hidden, photo) {
            Ok(()) => Err(error),
            // A newer photo has the name by now. This one must not be found by the next import, so it is moved after
            // all.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && self.keep(&hidden, photo, why).is_ok() => {
                Ok(())
            }
            Err(source) => Err(MoveError::Stranded { at: hidden, source }),
        })
    }

    fn is_as_seen(&self, photo: &Path, hidden: &Path) -> bool {
        let now = hidden.symlink_metadata().ok().map(|now| Seen::of(&now));
        now.is_some() && now.as_ref() == self.photos.get(photo)
    }

    /// Moves a hidden file to the folder, under the name of `photo` or a numbered one.
    fn keep(&self, hidden: &Path, photo: &Path, why: Option<&str>) -> io::Result<()> {
        let wanted = self.place_of(photo);
        wanted.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        for number in 1..=MAX_NUMBER {
            let to = numbered(&wanted, number);
            let moved = match why {
                Some(why) => move_with_text(hidden, &to, why),
                None => move_to(hidden, &to),
            };
            match moved {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                moved => return moved,
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Returns the path that a photo is to have in the folder.
    fn place_of(&self, photo: &Path) -> PathBuf {
        let below = photo.strip_prefix(&self.root).ok().filter(|below| !below.as_os_str().is_empty());
        let name = photo.file_name().map(Path::new);
        self.path.join(below.or(name).unwrap_or(photo))
    }
}

/// Moves a file to a path where there is no file yet, and writes a text beside it. The text is written first, so that
/// no photo lies there without its reason, however the process ends.
///
/// # Errors
/// `AlreadyExists` if a file of either name is there.
fn move_with_text(from: &Path, to: &Path, text: &str) -> io::Result<()> {
    let mut beside = to.as_os_str().to_owned();
    beside.push(".txt");
    let mut file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
    let moved = file.write_all(text.as_bytes()).and_then(|()| {
        drop(file);
        move_to(from, to)
    });
    if moved.is_err() {
        // The photo was not moved, so its text must not stay behind alone.
        let _ = std::fs::remove_file(&beside);
    }
    moved
}

/// Returns the path, with all links resolved, that a folder will have once it is created.
///
/// # Errors
/// When something above it is not a folder, so that it cannot be created.
fn will_be(path: &Path) -> io::Result<PathBuf> {
    let whole = std::path::absolute(path)?;
    let there = whole.ancestors().find(|above| above.exists()).unwrap_or(&whole);
    if !there.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    Ok(there.canonicalize()?.join(whole.strip_prefix(there).unwrap_or(Path::new(""))))
}

/// Returns the path with a number before its extension, from 2 on: `anna.jpg`, `anna (2).jpg`, `anna (3).jpg`.
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

#[cfg(test)]
mod tests;
