//! Photos as files in a folder: which name each gets, and writing them whole or not at all.

mod device;
mod done;
mod encoded;
mod name;

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::Advice;

pub use done::{DoneFolder, DoneFolderError, MoveError, Recovered};
pub use encoded::{AccountFile, account_files, is_encoded};
pub use name::{Clash, FileName, names};

/// The list that lies beside exported photos.
pub const INDEX: &str = "index.csv";

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
    /// The list of an earlier export is there.
    #[error("{} holds an export already ({INDEX})", .0.display())]
    HoldsAnExport(PathBuf),
    /// It could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Advice for SaveError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::HoldsAnExport(_) => "give another folder, or replace what differs, and the list, with --overwrite",
            Self::Exists(_) => "remove it, give another folder, or replace it with --overwrite",
            Self::Io { .. } => "check the disk and your right to write there",
        };
        Some(advice.into())
    }
}

/// A folder that photos are saved in.
#[derive(Debug)]
pub struct Folder {
    /// As given, for messages.
    path: PathBuf,
    /// Without links.
    real_path: PathBuf,
    overwrite: bool,
    #[cfg_attr(not(unix), expect(dead_code, reason = "files take over the access list of their folder"))]
    private: bool,
}

/// A file that is being written: in its place when it is complete, and gone if it never is.
#[derive(Debug)]
pub struct Unfinished {
    /// As messages tell it.
    path: PathBuf,
    /// The same without links: on Windows that has no limit of 260 characters.
    real_path: PathBuf,
    file: NamedTempFile,
    overwrite: bool,
}

impl Folder {
    /// The folder at `path`, made if it is not there. `overwrite`: files that are there and differ are replaced.
    ///
    /// # Errors
    /// When it cannot be made, or is no folder.
    pub fn open(path: &Path, overwrite: bool) -> io::Result<Self> {
        std::fs::create_dir_all(path)?;
        Self::found(path, overwrite, false)
    }

    /// The same for files that nobody but their owner may read; nor may others look into the folder, if it is made.
    ///
    /// # Errors
    /// When it cannot be made, or is no folder.
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

    fn found(path: &Path, overwrite: bool, private: bool) -> io::Result<Self> {
        Ok(Self { path: path.to_path_buf(), real_path: path.canonicalize()?, overwrite, private })
    }

    /// Where a file of that name is.
    #[must_use]
    pub fn path_of(&self, name: &FileName) -> PathBuf {
        self.path.join(name)
    }

    /// Whether `path` names the list beside the photos.
    #[must_use]
    pub fn is_index(&self, path: &Path) -> bool {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        path.file_name().is_some_and(|name| name.eq_ignore_ascii_case(INDEX))
            && folder.canonicalize().is_ok_and(|folder| folder == self.real_path)
    }

    /// Writes a file whole or not at all.
    ///
    /// # Errors
    /// When there is another file of that name, or it cannot be written.
    pub fn save(&self, name: &FileName, jpeg: &[u8]) -> Result<Saved, SaveError> {
        let path = self.path_of(name);
        // A link is another file, wherever it leads.
        let same_length =
            std::fs::symlink_metadata(&path).is_ok_and(|found| found.is_file() && found.len() == jpeg.len() as u64);
        if same_length && std::fs::read(&path).map_err(|source| SaveError::Io { path: path.clone(), source })? == jpeg {
            return Ok(Saved::Unchanged);
        }
        self.begin(name.as_ref())?.finish(jpeg).map(|()| Saved::Written)
    }

    /// Begins the list beside the photos, before these are there: it is known then that files can be written.
    ///
    /// # Errors
    /// When there is one already, or it cannot be written.
    pub fn begin_index(&self) -> Result<Unfinished, SaveError> {
        self.begin(Path::new(INDEX)).map_err(|error| match error {
            SaveError::Exists(_) => SaveError::HoldsAnExport(self.path.clone()),
            error => error,
        })
    }

    fn begin(&self, name: &Path) -> Result<Unfinished, SaveError> {
        let (path, real_path) = (self.path.join(name), self.real_path.join(name));
        if !self.overwrite && path.symlink_metadata().is_ok() {
            return Err(SaveError::Exists(path));
        }
        match self.unfinished() {
            Ok(file) => Ok(Unfinished { path, real_path, file, overwrite: self.overwrite }),
            Err(source) => Err(SaveError::Io { path, source }),
        }
    }

    /// Whether reading the folder `source` would find what is saved here.
    #[must_use]
    pub fn is_searched(&self, source: &Path, recursive: bool) -> bool {
        is_searched(&self.real_path, source, recursive)
    }

    /// A new file beside the others, with the rights that the user's files have, or for its owner alone.
    fn unfinished(&self) -> io::Result<NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".adphoto-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = if self.private { 0o600 } else { 0o666 };
            builder.permissions(std::fs::Permissions::from_mode(mode));
        }
        builder.tempfile_in(&self.real_path)
    }
}

impl Unfinished {
    /// Writes it and puts it in its place; a link there is replaced and not followed.
    ///
    /// # Errors
    /// When it cannot be written, or there is one of that name by now.
    pub fn finish(mut self, content: &[u8]) -> Result<(), SaveError> {
        let path = self.path;
        if let Err(source) = self.file.write_all(content) {
            return Err(SaveError::Io { path, source });
        }
        let (file, to) = (self.file, self.real_path);
        let done = if self.overwrite { file.persist(&to) } else { file.persist_noclobber(&to) };
        match done {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(SaveError::Exists(path)),
            Err(error) => Err(SaveError::Io { path, source: error.error }),
        }
    }
}

/// Whether reading the folder `source` would find what lies in `folder`, which is a path without links.
fn is_searched(folder: &Path, source: &Path, recursive: bool) -> bool {
    let is_inside = |source: PathBuf| folder == source || recursive && folder.starts_with(&source);
    source.is_dir() && source.canonicalize().is_ok_and(is_inside)
}
