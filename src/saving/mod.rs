//! Saving photos as files in a folder: the name that each gets, and writing each completely or not at all.

mod device;
mod encoded;
mod moved;
mod name;
mod unfinished;
mod unlisted;

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use crate::failure::Advice;
use crate::hash::Hash;

pub use encoded::{AccountFile, account_files, alike, is_encoded};
pub use moved::{MoveError, MoveFlag, MovedFolder, MovedFolderError, Recovered};
pub use name::{Clash, FileName, names};
pub use unfinished::Unfinished;
pub use unlisted::Unlisted;

/// The file name of the list that is written beside exported photos.
pub const INDEX: &str = "index.csv";

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    Written,
    /// The file was there already, with the same content.
    Unchanged,
}

/// What is at the place of a file that is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Nothing,
    /// A file with the same content.
    Same,
    /// Another file, which may be replaced.
    Replaceable,
}

/// The reason why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// A file of that name with other content is there.
    #[error("another {} is there already; it was left as it is", .0.display())]
    Exists(PathBuf),
    /// The folder has the list of an earlier export.
    #[error("{} contains an export already ({INDEX})", .0.display())]
    HoldsAnExport(PathBuf),
    #[error("cannot write {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl Advice for SaveError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::HoldsAnExport(_) => {
                "name another folder, or add --overwrite to replace the list and the files that differ"
            }
            Self::Exists(_) => "remove that file, name another folder, or add --overwrite to replace it",
            Self::Io { .. } => "check that the disk is not full and that you may write there",
        };
        Some(advice.into())
    }
}

/// A folder to which photos are saved.
#[derive(Debug)]
pub struct Folder {
    /// The path as it was given, which messages show.
    path: PathBuf,
    /// The path with all links resolved.
    real_path: PathBuf,
    /// Whether files that are there and differ are replaced.
    overwrite: bool,
    /// Whether only their owner may read the files, and whether each is on the disk before it has its name: these are the
    /// files of an export, which the next export must know again, also after a power cut.
    private: bool,
}

impl Folder {
    /// Opens the folder at `path`, creating it if need be. With `overwrite`, files that are there and differ are
    /// replaced.
    ///
    /// # Errors
    /// When the folder cannot be created, or `path` is not a folder.
    pub fn open(path: &Path, overwrite: bool) -> io::Result<Self> {
        std::fs::create_dir_all(path)?;
        Self::found(path, overwrite, false)
    }

    /// Opens the folder for files that only their owner may read. If the folder is created, only its owner may look
    /// into it.
    ///
    /// # Errors
    /// When the folder cannot be created, or `path` is not a folder.
    pub fn open_private(path: &Path, overwrite: bool) -> io::Result<Self> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            builder.mode(0o700);
        }
        builder.create(path)?;
        Self::found(path, overwrite, true)
    }

    /// Returns the folder at `path` for a run that writes nothing, whether it is there or not.
    ///
    /// # Errors
    /// When `path` is not a folder.
    pub fn planned(path: &Path, overwrite: bool) -> io::Result<Self> {
        match path.metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let real_path = std::path::absolute(path)?;
                Ok(Self { path: path.to_path_buf(), real_path, overwrite, private: true })
            }
            Err(error) => Err(error),
            Ok(found) if !found.is_dir() => Err(io::ErrorKind::NotADirectory.into()),
            Ok(_) => Self::found(path, overwrite, true),
        }
    }

    /// Returns the folder at `path`, which exists.
    fn found(path: &Path, overwrite: bool, private: bool) -> io::Result<Self> {
        Ok(Self { path: path.to_path_buf(), real_path: path.canonicalize()?, overwrite, private })
    }

    /// Returns the path of a file in the folder.
    #[must_use]
    pub fn path_of(&self, name: &FileName) -> PathBuf {
        self.path.join(name)
    }

    /// Returns the path of a file in the folder, by its name.
    #[must_use]
    pub fn path_to(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Returns whether two names lead to the same file, as they may on a file system that ignores case.
    #[must_use]
    pub fn is_same_file(&self, one: &str, other: &str) -> bool {
        let [one, other] = [one, other].map(|name| self.real_path.join(name));
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let place = |path: PathBuf| path.symlink_metadata().ok().map(|found| (found.dev(), found.ino()));
            let one = place(one);
            one.is_some() && one == place(other)
        }
        #[cfg(not(unix))]
        {
            let one = one.canonicalize().ok();
            one.is_some() && one == other.canonicalize().ok()
        }
    }

    /// Returns whether `path` is the list beside the photos.
    #[must_use]
    pub fn is_index(&self, path: &Path) -> bool {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        path.file_name().is_some_and(|name| name.eq_ignore_ascii_case(INDEX))
            && folder.canonicalize().is_ok_and(|folder| folder == self.real_path)
    }

    /// Looks at what is there before a file is written. `ours` is the hash of what adphoto wrote there earlier: such a
    /// file may be replaced.
    ///
    /// # Errors
    /// When a file of that name with other content is there, or it cannot be read.
    pub fn look(&self, name: &FileName, jpeg: &[u8], ours: Option<Hash>) -> Result<Found, SaveError> {
        let path = self.path_of(name);
        // A link counts as another file, even if it leads to the same content.
        let Ok(found) = path.symlink_metadata() else { return Ok(Found::Nothing) };
        if found.is_file() && (found.len() == jpeg.len() as u64 || ours.is_some()) {
            let content = std::fs::read(&path).map_err(|source| SaveError::Io { path: path.clone(), source })?;
            if content == jpeg {
                return Ok(Found::Same);
            }
            if ours == Some(Hash::of(&content)) {
                return Ok(Found::Replaceable);
            }
        }
        if self.overwrite { Ok(Found::Replaceable) } else { Err(SaveError::Exists(path)) }
    }

    /// Writes a file completely or not at all.
    ///
    /// # Errors
    /// The same as for [`look`](Self::look), or when the file cannot be written.
    pub fn save(&self, name: &FileName, jpeg: &[u8], ours: Option<Hash>) -> Result<Saved, SaveError> {
        let found = self.look(name, jpeg, ours)?;
        if found == Found::Same {
            return Ok(Saved::Unchanged);
        }
        self.begin(name.as_ref(), found == Found::Replaceable)?.finish(jpeg).map(|()| Saved::Written)
    }

    /// Returns the content of a file that an earlier export wrote with the hash `ours`; `None` if the file is gone.
    ///
    /// # Errors
    /// When something else is there now, or the file cannot be read.
    pub fn written_earlier(&self, name: &str, ours: Hash) -> Result<Option<Vec<u8>>, SaveError> {
        let path = self.path.join(name);
        match path.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(SaveError::Io { path, source }),
            Ok(found) if !found.is_file() => return Err(SaveError::Exists(path)),
            Ok(_) => {}
        }
        let content = std::fs::read(&path).map_err(|source| SaveError::Io { path: path.clone(), source })?;
        if Hash::of(&content) == ours { Ok(Some(content)) } else { Err(SaveError::Exists(path)) }
    }

    /// Removes a file.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn remove(&self, name: &str) -> Result<(), SaveError> {
        std::fs::remove_file(self.real_path.join(name))
            .map_err(|source| SaveError::Io { path: self.path.join(name), source })
    }

    /// Returns the list beside the photos; `None` if there is none.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn index(&self) -> Result<Option<String>, SaveError> {
        let path = self.path.join(INDEX);
        match path.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Ok(found) if !found.is_file() => Err(SaveError::Exists(path)),
            _ => std::fs::read_to_string(&path).map(Some).map_err(|source| SaveError::Io { path, source }),
        }
    }

    /// Begins the list beside the photos. This is done before the photos are written, so that it is known early whether
    /// files can be written to the folder.
    ///
    /// With `replace`, the list of an earlier export is replaced.
    ///
    /// # Errors
    /// When the folder has such a list already, or the list cannot be written.
    pub fn begin_index(&self, replace: bool) -> Result<Unfinished, SaveError> {
        self.begin(Path::new(INDEX), replace || self.overwrite).map_err(|error| match error {
            SaveError::Exists(_) => SaveError::HoldsAnExport(self.path.clone()),
            error => error,
        })
    }

    /// Returns whether reading the folder `source` would find the files that are saved here.
    #[must_use]
    pub fn is_searched(&self, source: &Path, recursive: bool) -> bool {
        is_searched(&self.real_path, source, recursive)
    }
}

/// Returns whether reading the folder `source` would find the files in `folder`, a path with all links resolved.
fn is_searched(folder: &Path, source: &Path, recursive: bool) -> bool {
    let is_inside = |source: PathBuf| folder == source || recursive && folder.starts_with(&source);
    source.is_dir() && source.canonicalize().is_ok_and(is_inside)
}
