//! The photos that a run has begun to change. If the run is killed, the next run knows from this that it cannot tell
//! what these accounts hold.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use crate::directory::Guid;
use crate::state;

const ENDING: &str = "begun";
/// The ending of the file that is locked as long as the run lives. It is a second file, because on Windows nobody else
/// can read a locked one.
const LOCK_ENDING: &str = "alive";
/// The size up to which such a file is read, in bytes: more than a million accounts.
const MAX_BYTES: u64 = 64 << 20;

/// The file of the run that is under way, with a line for each account.
#[derive(Debug)]
pub(super) struct Begun {
    path: PathBuf,
    file: File,
    /// The locked file. The system releases the lock however the process ends.
    _lock: File,
}

/// What other runs have begun and not finished.
#[derive(Debug, Default)]
pub(super) struct Left {
    pub(super) accounts: HashSet<Guid>,
    /// The accounts of dead runs. A run that is alive will save the outcome for its accounts itself.
    pub(super) dead: HashSet<Guid>,
    /// The files of runs that are dead. They are deleted once their accounts are forgotten.
    pub(super) files: Vec<PathBuf>,
}

impl Begun {
    /// Creates the file of this run beside the file `of`.
    pub(super) fn create(of: &Path) -> io::Result<Self> {
        let folder = of.parent().unwrap_or(Path::new("."));
        state::make(folder)?;
        let stem = of.file_stem().unwrap_or_default().to_string_lossy();
        let path = folder.join(format!("{stem}-{:032x}.{ENDING}", fastrand::u128(..)));
        let lock = create(&path.with_extension(LOCK_ENDING))?;
        // If the file system has no locks, another run takes this one for dead. Then it only looks at more photos.
        let _ = lock.try_lock();
        Ok(Self { file: create(&path)?, path, _lock: lock })
    }

    /// Notes that an account is about to be changed.
    pub(super) fn note(&mut self, account: Guid) -> io::Result<()> {
        self.file.write_all(format!("{account}\n").as_bytes())
    }

    /// Deletes the file, because the outcomes of all changes have been saved.
    pub(super) fn end(self) {
        remove(&self.path);
    }
}

/// Creates a file that only its owner may read, to which lines are added.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Deletes the files of a run. A file that cannot be deleted only makes later runs look at more photos.
pub(super) fn remove(path: &Path) {
    let _ = std::fs::remove_file(path);
    let _ = std::fs::remove_file(path.with_extension(LOCK_ENDING));
}

impl Left {
    /// Reads what other runs have left beside the file `of`.
    pub(super) fn read(of: &Path) -> io::Result<Self> {
        let mut left = Self::default();
        let stem = of.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let entries = match std::fs::read_dir(of.parent().unwrap_or(Path::new("."))) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(left),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let is_of_it = entry.file_name().to_string_lossy().starts_with(&format!("{stem}-"));
            let path = entry.path();
            if is_of_it && path.extension() == Some(OsStr::new(ENDING)) && entry.file_type()?.is_file() {
                left.add(path)?;
            }
        }
        Ok(left)
    }

    fn add(&mut self, path: PathBuf) -> io::Result<()> {
        let file = match File::open(&path) {
            // The other run has ended meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            file => file?,
        };
        let lock = File::open(path.with_extension(LOCK_ENDING));
        let is_dead = lock.map_or(true, |lock| lock.try_lock().is_ok());
        for line in BufReader::new(file.take(MAX_BYTES)).split(b'\n') {
            // The last line may be incomplete, if the run was killed while writing it.
            let line = line?;
            let account = std::str::from_utf8(&line).ok().and_then(Guid::parse);
            self.accounts.extend(account);
            self.dead.extend(account.filter(|_| is_dead));
        }
        self.files.extend(is_dead.then_some(path));
        Ok(())
    }
}
