//! Thumbnails as files in a folder: which name each gets, and writing them whole or not at all.

mod name;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub use name::{Clash, FileName, names};

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It was written.
    Written,
    /// It was there with this very content.
    Unchanged,
}

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// There is another file of that name.
    #[error("there is another {} already; it was left as it is", .0.display())]
    Exists(PathBuf),
    /// It could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A folder that thumbnails are saved in.
#[derive(Debug)]
pub struct Folder {
    /// As given, for messages.
    path: PathBuf,
    /// Without links.
    real_path: PathBuf,
    overwrite: bool,
}

impl Folder {
    /// The folder at `path`, made if it is not there. `overwrite`: files that are there and differ are replaced.
    ///
    /// # Errors
    /// When it cannot be made, or is no folder.
    pub fn open(path: &Path, overwrite: bool) -> io::Result<Self> {
        std::fs::create_dir_all(path)?;
        Ok(Self { path: path.to_path_buf(), real_path: path.canonicalize()?, overwrite })
    }

    /// Writes a file whole or not at all.
    ///
    /// # Errors
    /// When there is another file of that name, or it cannot be written.
    pub fn save(&self, name: &FileName, jpeg: &[u8]) -> Result<Saved, SaveError> {
        let path = self.path.join(name);
        let failed = |source| SaveError::Io { path: path.clone(), source };
        let same_length =
            std::fs::metadata(&path).is_ok_and(|found| found.is_file() && found.len() == jpeg.len() as u64);
        if same_length && std::fs::read(&path).map_err(failed)? == jpeg {
            return Ok(Saved::Unchanged);
        }
        let mut unfinished = self.unfinished().map_err(failed)?;
        unfinished.write_all(jpeg).map_err(failed)?;
        let done = if self.overwrite { unfinished.persist(&path) } else { unfinished.persist_noclobber(&path) };
        match done {
            Ok(_) => Ok(Saved::Written),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(SaveError::Exists(path)),
            Err(error) => Err(failed(error.error)),
        }
    }

    /// Whether reading the folder `source` would find what is saved here.
    #[must_use]
    pub fn is_searched(&self, source: &Path, recursive: bool) -> bool {
        let is_inside = |source: PathBuf| self.real_path == source || recursive && self.real_path.starts_with(&source);
        source.is_dir() && source.canonicalize().is_ok_and(is_inside)
    }

    /// A new file beside the others, with the rights that the user's files have.
    fn unfinished(&self) -> io::Result<tempfile::NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".adphoto-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        builder.tempfile_in(&self.path)
    }
}
