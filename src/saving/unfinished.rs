//! Writing one file completely or not at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Folder, SaveError};

/// A file that is being written. It appears in its place when it is complete, and is deleted if it is never completed.
#[derive(Debug)]
pub struct Unfinished {
    /// The path that messages show.
    path: PathBuf,
    /// The path with all links resolved. On Windows, this form is not limited to 260 characters.
    real_path: PathBuf,
    file: NamedTempFile,
    overwrite: bool,
    /// Whether the content is to be on the disk before the file has its name.
    durable: bool,
}

impl Folder {
    /// Begins a file. It replaces another one only with `overwrite`.
    pub(super) fn begin(&self, name: &Path, overwrite: bool) -> Result<Unfinished, SaveError> {
        let (path, real_path) = (self.path.join(name), self.real_path.join(name));
        if !overwrite && path.symlink_metadata().is_ok() {
            return Err(SaveError::Exists(path));
        }
        match self.unfinished() {
            Ok(file) => Ok(Unfinished { path, real_path, file, overwrite, durable: self.private }),
            Err(source) => Err(SaveError::Io { path, source }),
        }
    }

    /// Creates a temporary file in the folder. Its permissions are those that the user's new files have, or, in a
    /// private folder, only its owner may read it.
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
    /// Writes the content and moves the file into its place. A link that is there is replaced and not followed.
    ///
    /// # Errors
    /// When the file cannot be written, or another one has its name by now.
    pub fn finish(mut self, content: &[u8]) -> Result<(), SaveError> {
        let path = self.path;
        let written = self.file.write_all(content);
        let written = written.and_then(|()| if self.durable { self.file.as_file().sync_all() } else { Ok(()) });
        if let Err(source) = written {
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
