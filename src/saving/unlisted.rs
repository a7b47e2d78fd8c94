//! The hidden file beside exported photos, with a line for each photo that is to be written before the list is. A run that
//! is killed leaves it behind, and the next run learns from it which of the files that no list names are adphoto's own.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::PathBuf;

use super::{Folder, SaveError};

/// The name of the file. No source reads hidden files.
const UNLISTED: &str = ".adphoto-unlisted";
/// The size up to which the file is read, in bytes: enough for half a million photos.
const MAX_BYTES: u64 = 256 << 20;

/// The hidden file, to which lines are added.
#[derive(Debug)]
pub struct Unlisted {
    /// The path that messages show.
    path: PathBuf,
    real_path: PathBuf,
    file: File,
}

impl Folder {
    /// Returns the lines that runs before this one left, because they were killed. A line may be torn.
    ///
    /// # Errors
    /// When the file cannot be read, or is not a regular file.
    pub fn unlisted(&self) -> Result<Vec<String>, SaveError> {
        let path = self.path.join(UNLISTED);
        match path.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Ok(found) if !found.is_file() => return Err(SaveError::Exists(path)),
            _ => {}
        }
        let mut content = Vec::new();
        let read = File::open(&path).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut content));
        read.map_err(|source| SaveError::Io { path, source })?;
        let lines = content.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
        Ok(lines.filter(|line| !line.is_empty()).map(str::to_owned).collect())
    }

    /// Opens the file for more lines. Those that are there already stay, because no list has them yet.
    ///
    /// # Errors
    /// When it cannot be written, or is not a regular file.
    pub fn begin_unlisted(&self) -> Result<Unlisted, SaveError> {
        let (path, real_path) = (self.path.join(UNLISTED), self.real_path.join(UNLISTED));
        if real_path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            return Err(SaveError::Exists(path));
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&real_path) {
            Ok(file) => Ok(Unlisted { path, real_path, file }),
            Err(source) => Err(SaveError::Io { path, source }),
        }
    }
}

impl Unlisted {
    /// Adds lines, and waits until they are on the disk: a photo must not get there before its line.
    ///
    /// # Errors
    /// When the lines cannot be written.
    pub fn add(&self, lines: &[String]) -> Result<(), SaveError> {
        if lines.is_empty() {
            return Ok(());
        }
        // The line break before them ends a line that a killed run did not finish.
        let text = format!("\n{}\n", lines.join("\n"));
        let written = (&self.file).write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(|source| SaveError::Io { path: self.path.clone(), source })
    }

    /// Removes the file, once the list is in its place.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn remove(self) -> Result<(), SaveError> {
        let Self { path, real_path, file } = self;
        // Windows removes no file that is open.
        drop(file);
        std::fs::remove_file(real_path).map_err(|source| SaveError::Io { path, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_until_the_list_has_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = Folder::open_private(folder.path(), false).expect("opens");
        assert_eq!(folder.unlisted().expect("reads"), [""; 0]);
        folder.begin_unlisted().expect("opens").add(&["one".to_owned(), "two".to_owned()]).expect("is written");
        // A run that was killed in the middle of a line.
        let path = folder.real_path.join(UNLISTED);
        std::fs::write(&path, [&std::fs::read(&path).expect("is there"), &b"tor\xff"[..]].concat())
            .expect("is written");
        let unlisted = folder.begin_unlisted().expect("opens");
        unlisted.add(&["three".to_owned()]).expect("is written");
        assert_eq!(folder.unlisted().expect("reads"), ["one", "two", "three"]);
        unlisted.remove().expect("is removed");
        assert!(!path.exists());
        std::fs::create_dir(&path).expect("is made");
        assert!(matches!(folder.unlisted(), Err(SaveError::Exists(_))));
        assert!(matches!(folder.begin_unlisted(), Err(SaveError::Exists(_))));
    }
}
