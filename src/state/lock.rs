//! Locks in the state folder, which keep two runs out of one place.

use std::borrow::Cow;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use super::folder::{folder, make};
use crate::failure::Advice;
use crate::hash::Hash;

/// The reason why a lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("another run{} is at work in {}", who.as_deref().map(|who| format!(" ({who})")).unwrap_or_default(), place.display())]
    AtWork {
        place: PathBuf,
        /// The other run's process id and the time when it began; `None` if it has not written them yet.
        who: Option<String>,
    },
    /// There is no state folder, or the file system has no locks.
    #[error("cannot tell whether another run is at work in {}: {source}", place.display())]
    Unknown { place: PathBuf, source: io::Error },
}

impl Advice for LockError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::AtWork { .. } => Some("let it end, and run this command again; if it hangs, end that process".into()),
            Self::Unknown { .. } => None,
        }
    }
}

/// A lock on a place: while this run holds it, no other run that this user starts on this machine can work there. The
/// system releases the lock however the process ends.
#[derive(Debug)]
pub struct Lock {
    /// The file that says who holds the lock. On Windows, a locked file itself cannot be read by other processes.
    holder: PathBuf,
    /// The locked file. It is never deleted: a run that had opened it before would hold a lock that nobody else sees.
    _file: File,
}

impl Lock {
    /// Takes the lock of a place, an absolute path with all links resolved.
    ///
    /// # Errors
    /// When another run has the lock, or there can be no lock.
    pub fn take(place: &Path) -> Result<Self, LockError> {
        let unknown = |source| LockError::Unknown { place: place.to_path_buf(), source };
        let no_folder = |variable| unknown(io::Error::other(format!("neither {variable} nor a home folder is set")));
        Self::take_in(&folder().map_err(no_folder)?.join("locks"), place)
    }

    /// Takes the lock of a place, from the locks in this folder.
    pub(crate) fn take_in(folder: &Path, place: &Path) -> Result<Self, LockError> {
        let unknown = |source| LockError::Unknown { place: place.to_path_buf(), source };
        make(folder).map_err(unknown)?;
        let name = Hash::of(place.as_os_str().as_encoded_bytes()).short();
        let holder = folder.join(format!("{name}.holder"));
        let file = open(&folder.join(format!("{name}.lock")), false).map_err(unknown)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let who = std::fs::read_to_string(&holder).ok();
                let who = who.and_then(|text| text.lines().next().map(str::to_owned));
                return Err(LockError::AtWork { place: place.to_path_buf(), who });
            }
            Err(TryLockError::Error(source)) => return Err(unknown(source)),
        }
        // An error is ignored: the lock holds without this file, which only tells other runs who has the lock.
        let _ = open(&holder, true).and_then(|mut file| file.write_all(introduction(place).as_bytes()));
        Ok(Self { holder, _file: file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The lock is still held, so the next run cannot have written this file.
        let _ = std::fs::remove_file(&self.holder);
    }
}

fn open(path: &Path, truncate: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(truncate);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Returns the text of the holder file: which process has the lock, since when, and on which place.
fn introduction(place: &Path) -> String {
    let now = OffsetDateTime::now_utc();
    let (date, [hour, minute, second]) = (now.date(), [now.hour(), now.minute(), now.second()]);
    let id = std::process::id();
    format!("pid {id}, since {date} {hour:02}:{minute:02}:{second:02} UTC\n{}\n", place.display())
}

#[cfg(test)]
mod tests {
    use super::{Lock, LockError};

    #[test]
    fn a_place_is_locked_until_the_lock_is_dropped_and_no_other_place_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let take = |place: &str| Lock::take_in(&folder.path().join("locks"), place.as_ref());
        let first = take("/srv/in").expect("is free");
        let refused = take("/srv/in").expect_err("is taken").to_string();
        let id = std::process::id();
        assert!(refused.contains(&format!("another run (pid {id}, since 20")), "{refused}");
        assert!(refused.ends_with(" UTC) is at work in /srv/in"), "{refused}");
        let other = take("/srv/other").expect("is another place");
        // The run that was refused has not deleted the first run's holder file.
        assert!(matches!(take("/srv/in"), Err(LockError::AtWork { who: Some(_), .. })));
        drop(first);
        let again = take("/srv/in").expect("is free again");
        drop((other, again));
        let holders = std::fs::read_dir(folder.path().join("locks")).expect("is there").flatten();
        assert_eq!(holders.filter(|file| file.path().extension().is_some_and(|end| end == "holder")).count(), 0);
    }
}
