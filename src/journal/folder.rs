//! The places of journals: a file that was named, or the state folder of the user who runs adphoto.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use time::OffsetDateTime;

use super::JournalError;
use super::record::Header;
use crate::state;

const ENDING: &str = "jsonl";

/// The folder of journals in the user's state folder.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

/// The place of a new journal.
#[derive(Debug, Clone)]
pub enum Place {
    /// The file that the user named.
    Named(PathBuf),
    /// A new file in the folder.
    In(Folder),
}

impl Place {
    /// Returns the place for a new journal: the file that was named, or the state folder, which is created if need be.
    ///
    /// # Errors
    /// When the file exists already, or the folder does not exist and cannot be created.
    pub fn find(named: Option<&Path>) -> Result<Self, JournalError> {
        match named {
            Some(path) if path.symlink_metadata().is_ok() => Err(JournalError::Exists(path.to_path_buf())),
            Some(path) => Ok(Self::Named(path.to_path_buf())),
            None => {
                let folder = Folder::of_user()?;
                state::make(&folder.0).map_err(|source| JournalError::write(&folder.0, source))?;
                Ok(Self::In(folder))
            }
        }
    }

    /// Creates the file. Returns it, its path, and whether it is disposable: nobody named it, so it may be deleted
    /// again if the run changes nothing.
    pub(super) fn create(self, header: &Header) -> Result<(File, PathBuf, bool), JournalError> {
        let (path, disposable) = match self {
            Self::Named(path) => (path, false),
            Self::In(folder) => (folder.0.join(file_name(header)), true),
        };
        match create(&path) {
            Ok(file) => Ok((file, path, disposable)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(JournalError::Exists(path)),
            Err(error) => Err(JournalError::write(&path, error)),
        }
    }
}

/// Returns a name such as `20261121T183000Z-import-1a2b3c4d.jsonl`.
fn file_name(header: &Header) -> String {
    let id = header.id.get(..8).unwrap_or_default();
    format!("{}-{}-{id}.{ENDING}", moment(header.started), header.command)
}

/// Returns a time in the form `20261121T183000Z`.
pub(super) fn moment(at: OffsetDateTime) -> String {
    let (day, time) = (at.date(), at.time());
    let (year, month, day) = (day.year(), u8::from(day.month()), day.day());
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", time.hour(), time.minute(), time.second())
}

/// Returns when a journal was last written, if that was `days` days ago or earlier, its run is not under way, and no
/// undo is reading it.
pub(super) fn old_and_ended(path: &Path, days: u32) -> Result<Option<SystemTime>, JournalError> {
    let failed = |source| JournalError::write(path, source);
    let age = Duration::from_secs(u64::from(days) * 24 * 3600);
    let file = File::open(path).map_err(failed)?;
    let written = file.metadata().and_then(|metadata| metadata.modified()).map_err(failed)?;
    let is_old = SystemTime::now().duration_since(written).is_ok_and(|since| since >= age);
    // An undo holds a shared lock for as long as it needs the journal, so only a lock of its own tells that nobody does.
    let is_used = || matches!(file.try_lock(), Err(TryLockError::WouldBlock));
    Ok((is_old && !is_used()).then_some(written))
}

/// Creates a file that only its owner may read. It must not exist yet, not even as a link, which would not be followed.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    make_name_durable(path)?;
    Ok(file)
}

/// Syncs the folder of a new file, because syncing a file does not make its name durable (fsync(2)).
#[cfg(unix)]
fn make_name_durable(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // We may be allowed to write to a folder but not to open it, and some file systems cannot sync a folder.
        // Neither is a reason not to run.
        Err(error) if !matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput) => {
            Err(error)
        }
        _ => Ok(()),
    }
}

impl Folder {
    /// Returns the folder of the user who runs adphoto. It need not exist.
    ///
    /// # Errors
    /// When neither the variable for the state folder nor a home folder is set.
    pub fn of_user() -> Result<Self, JournalError> {
        Ok(Self(state::folder().map_err(JournalError::NoFolder)?.join("journals")))
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Returns the path of a journal in the folder, given its name with or without the ending.
    #[must_use]
    pub fn journal(&self, name: &Path) -> Option<PathBuf> {
        let path = self.0.join(name.file_name().filter(|alone| *alone == name.as_os_str())?);
        let mut ended = path.clone().into_os_string();
        ended.push(format!(".{ENDING}"));
        [PathBuf::from(ended), path].into_iter().find(|path| path.is_file())
    }

    /// Returns the shortest name by which [`Folder::journal`] finds a file; `None` if the file is not in the folder.
    #[must_use]
    pub fn name_of<'p>(&self, path: &'p Path) -> Option<&'p str> {
        let is_here = path.parent() == Some(&self.0) && path.extension().is_some_and(|ending| ending == ENDING);
        path.file_stem()?.to_str().filter(|_| is_here)
    }

    /// Deletes the journals that were last written `days` days ago or earlier. A dry run only finds them. Returns them,
    /// the oldest first.
    ///
    /// # Errors
    /// When the folder cannot be read, or a journal cannot be deleted.
    pub fn prune(&self, days: u32, dry_run: bool) -> Result<Vec<PathBuf>, JournalError> {
        let mut old = Vec::new();
        for path in self.files()? {
            if let Some(written) = old_and_ended(&path, days)? {
                if !dry_run {
                    std::fs::remove_file(&path).map_err(|source| JournalError::write(&path, source))?;
                }
                old.push((written, path));
            }
        }
        old.sort();
        Ok(old.into_iter().map(|(_, path)| path).collect())
    }

    /// Returns the files of the folder that have the ending of journals.
    pub(super) fn files(&self) -> Result<Vec<PathBuf>, JournalError> {
        let failed = |source: io::Error| JournalError::ReadFolder { path: self.0.clone(), source: source.into() };
        let entries = match std::fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed)?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let is_file = entry.file_type().map_err(failed)?.is_file();
            if is_file && entry.path().extension().is_some_and(|ending| ending == ENDING) {
                files.push(entry.path());
            }
        }
        Ok(files)
    }
}
