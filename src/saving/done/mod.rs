//! A folder for photos that are done with, so that a scheduled import of a folder finds only what is new.
//!
//! A photo is first renamed, within its own folder, to a hidden name that nobody else knows: `.adphoto-moving-`, eight
//! random digits, `-` and its own name. Only then is it certain that what is looked at is what is moved: a newer photo
//! of its name lies beside it, and is not touched. A run that is ended by force in between leaves the hidden file, which
//! no source finds; the next import of that folder with --move-done puts it back ([`DoneFolder::recover`]). Elsewhere, in
//! the folders of a list's photos, who looks for that beginning finds it.

mod hidden;
mod moving;

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use hidden::{hidden, leftovers};
use moving::{Seen, move_to, put_back};

use crate::failure::Advice;

/// Files of one name that may lie there.
const MOST_OF_A_NAME: usize = 1000;

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

impl Advice for MoveError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::Changed => "the next run takes it",
            Self::Link | Self::Io { .. } => "its account has it: move it by hand, or the next run tries again",
            Self::Stranded { .. } => "its account has it: move it by hand, or the next run of a folder finds it",
        };
        Some(advice.into())
    }
}

/// Why there is no folder for photos that are done with.
#[derive(Debug, thiserror::Error)]
pub enum DoneFolderError {
    /// It cannot be made, or is no folder.
    #[error("cannot use the folder {} of --move-done", path.display())]
    Unusable {
        /// As given.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What is moved there would be read again.
    #[error("--move-done would move the photos to where they are found again: give a folder outside {}", .0.display())]
    Searched(PathBuf),
}

impl Advice for DoneFolderError {}

/// The folder, and the photos as they were before the run.
#[derive(Debug)]
pub struct DoneFolder {
    /// As given, for messages, too.
    path: PathBuf,
    /// Photos below it keep their subfolders.
    root: PathBuf,
    /// Whether the subfolders of `root` are searched, too.
    recursive: bool,
    photos: HashMap<PathBuf, Seen>,
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
    /// When it cannot be made, is no folder, or is where photos are looked for.
    pub fn open(path: &Path, source: &Path, recursive: bool) -> Result<Self, DoneFolderError> {
        let made = std::fs::create_dir_all(path).and_then(|()| path.canonicalize());
        Self::at(path, made, source, recursive)
    }

    /// The same, but that nothing is made: whether it could be shows later.
    ///
    /// # Errors
    /// When it is no folder, would lie below what is none, or where photos are looked for.
    pub fn rehearsed(path: &Path, source: &Path, recursive: bool) -> Result<Self, DoneFolderError> {
        Self::at(path, will_be(path), source, recursive)
    }

    fn at(path: &Path, real_path: io::Result<PathBuf>, root: &Path, recursive: bool) -> Result<Self, DoneFolderError> {
        let unusable = |source| DoneFolderError::Unusable { path: path.to_path_buf(), source };
        let (real_path, root) = (real_path.map_err(unusable)?, root.to_path_buf());
        if super::is_searched(&real_path, &root, recursive) {
            return Err(DoneFolderError::Searched(root));
        }
        Ok(Self { path: path.to_path_buf(), root, recursive, photos: HashMap::new() })
    }

    /// Looks at the photos, before the run reads them.
    pub fn look_at<'p>(&mut self, photos: impl Iterator<Item = &'p Path>) {
        let seen = |photo: &Path| Some((photo.to_path_buf(), Seen::of(&photo.symlink_metadata().ok()?)));
        self.photos.extend(photos.filter_map(seen));
    }

    /// Gives photos of the source folder their names back that a run ended by force was about to move.
    #[must_use]
    pub fn recover(&self) -> Recovered {
        let mut recovered = Recovered::default();
        for (hidden, photo) in leftovers(&self.root, self.recursive) {
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

/// Where a folder will be without links, if it can be made.
fn will_be(path: &Path) -> io::Result<PathBuf> {
    let whole = std::path::absolute(path)?;
    let there = whole.ancestors().find(|above| above.exists()).unwrap_or(&whole);
    if !there.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    Ok(there.canonicalize()?.join(whole.strip_prefix(there).unwrap_or(Path::new(""))))
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

#[cfg(test)]
mod tests;
