//! A lock that lets only one run at a time write to a tree.
//!
//! The lock is a file in the tree that names the holder, together with an operating system lock on that file. Between
//! runs on one machine, the operating system lock is enough: it ends with its process, however that ends. A share may
//! not pass that lock on to other machines. There, the file's content counts: the tree is locked as long as the time in
//! the file is no older than [`MAX_AGE`], and the holder keeps renewing that time.

use std::borrow::Cow;
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::serde::rfc3339;

use super::tree::{Tree, TreeError};
use crate::failure::Advice;

const NAME: &str = ".adphoto-lock";
/// The age from which a lock counts as abandoned: its run is dead, or cut off from the share.
const MAX_AGE: time::Duration = time::Duration::minutes(15);
/// The interval at which the holder renews the time in the file.
const BEAT: Duration = Duration::from_secs(60);
/// The number of bytes that are read from the lock file at most.
const MAX_BYTES: u64 = 4096;

/// The run that holds the lock, as the lock file names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Holder {
    host: String,
    process: u32,
    #[serde(with = "rfc3339")]
    time: OffsetDateTime,
}

/// The reason why a lock could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another run holds the lock.
    #[error("another run publishes to {}{}", path.display(), by.as_ref().map(|by| format!(": {by}")).unwrap_or_default())]
    Held {
        /// The tree's folder.
        path: PathBuf,
        /// The run that holds the lock, if the file could be read.
        by: Option<String>,
    },
    /// A link, a folder or the like has the lock file's name.
    #[error("the lock {} is a link or no file", .0.display())]
    NotAFile(PathBuf),
    /// The lock file cannot be read or written.
    #[error("cannot use the lock {}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl Advice for LockError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::Held { .. } => {
                "wait until it ends; if it is dead, its lock is taken over 15 minutes after its last sign of life"
                    .into()
            }
            Self::NotAFile(_) => "see who put it there, and remove it".into(),
            Self::Io { .. } => "check the disk, the share and your right to write there".into(),
        })
    }
}

/// The right to write to a tree. Dropping it releases the lock.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    /// The device that the lock file is on.
    device: Option<u64>,
    beat: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Lock {
    /// Takes the lock of a tree, and removes the unfinished files that a killed run left in its root.
    ///
    /// # Errors
    /// When another run holds the lock, or the lock file cannot be used.
    pub fn take(tree: &Tree) -> Result<Self, LockError> {
        Self::take_as(tree, &host(), OffsetDateTime::now_utc())
    }

    fn take_as(tree: &Tree, host: &str, now: OffsetDateTime) -> Result<Self, LockError> {
        let path = tree.root_file(NAME);
        let failed = |source| LockError::Io { path: path.clone(), source };
        // Opening a link would create or change the file that it leads to, wherever that is.
        if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            return Err(LockError::NotAFile(path));
        }
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        let locked = file.try_lock();
        let holder = read(&mut file);
        let held = |by: Option<String>| LockError::Held { path: path.parent().unwrap_or(&path).to_path_buf(), by };
        let is_locked = match locked {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => return Err(held(holder.ok().flatten().map(|holder| holder.to_string()))),
            // Not every share supports such locks; then the file's content alone decides.
            Err(TryLockError::Error(_)) => false,
        };
        if let Some(holder) = holder.map_err(failed)? {
            let is_fresh = (now - holder.time).abs() < MAX_AGE;
            let is_dead = is_locked && holder.host == host;
            if is_fresh && !is_dead {
                return Err(held(Some(holder.to_string())));
            }
        }
        let own = Holder { host: host.to_owned(), process: std::process::id(), time: now };
        write(&mut file, Some(&own)).map_err(failed)?;
        tree.clear_root();
        let device = device(&file.metadata().map_err(failed)?);
        Ok(Self { path, device, beat: Some(keep(file, own)) })
    }

    /// Checks that the lock file is still where it was made. If the share was unmounted, the folder that it was mounted on
    /// is there and empty, and pictures must not be written to it.
    ///
    /// # Errors
    /// When the lock file is gone.
    pub fn check(&self) -> Result<(), TreeError> {
        let is_there = |found: Metadata| found.is_file() && device(&found) == self.device;
        match self.path.symlink_metadata().is_ok_and(is_there) {
            true => Ok(()),
            false => Err(TreeError::Vanished { lock: self.path.clone() }),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some((end, beat)) = self.beat.take() {
            drop(end);
            // `join` fails only if the thread panicked, and nothing in it panics.
            let _ = beat.join();
        }
    }
}

/// Starts a thread that renews the time in the file until the sender is dropped, and then empties the file: an empty
/// file means that nobody holds the lock.
///
/// The file is not removed. If it were, a run that has the old file open and one that creates a new file could each
/// lock their own.
fn keep(mut file: File, own: Holder) -> (Sender<()>, JoinHandle<()>) {
    let (end, ended) = channel::<()>();
    let beat = std::thread::spawn(move || {
        while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(BEAT) {
            // If the share is gone, writing the pictures fails as well, and that error is reported.
            let _ = write(&mut file, Some(&Holder { time: OffsetDateTime::now_utc(), ..own.clone() }));
        }
        let _ = write(&mut file, None);
    });
    (end, beat)
}

/// Reads who holds the lock; `None` if nobody does. A file that cannot be parsed counts as held by an unknown run since
/// the file was last modified.
fn read(file: &mut File) -> io::Result<Option<Holder>> {
    let mut content = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    Read::take(&mut *file, MAX_BYTES).read_to_end(&mut content)?;
    if content.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let unknown = || {
        let time = file.metadata()?.modified()?;
        Ok(Holder { host: "an unknown machine".to_owned(), process: 0, time: time.into() })
    };
    serde_json::from_slice(&content).or_else(|_| unknown()).map(Some)
}

fn write(file: &mut File, holder: Option<&Holder>) -> io::Result<()> {
    let content = holder.map(|holder| serde_json::to_vec(holder).unwrap_or_default()).unwrap_or_default();
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&content)?;
    file.set_len(content.len() as u64)?;
    file.flush()
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = self.time.format(&time::format_description::well_known::Rfc3339).unwrap_or_default();
        write!(f, "process {} on {}, last seen at {time}", self.process, self.host)
    }
}

/// Returns the device that a file is on; `None` if the system does not tell.
#[cfg(unix)]
fn device(found: &Metadata) -> Option<u64> {
    Some(std::os::unix::fs::MetadataExt::dev(found))
}

#[cfg(not(unix))]
fn device(_: &Metadata) -> Option<u64> {
    None
}

#[cfg(unix)]
fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn host() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::{Duration, OffsetDateTime};

    use std::path::{Path, PathBuf};

    use super::{Lock, LockError, NAME, Tree};

    fn path(folder: &Path) -> PathBuf {
        folder.join(NAME)
    }

    fn held(outcome: Result<Lock, LockError>) -> bool {
        matches!(outcome, Err(LockError::Held { .. }))
    }

    #[test]
    fn one_at_a_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let tree = Tree::open(folder.path(), false).expect("opens");
        let lock = Lock::take(&tree).expect("is free");
        assert!(held(Lock::take(&tree)), "of this process, too");
        drop(lock);
        drop(Lock::take(&tree).expect("is free again"));
        assert_eq!(std::fs::read(path(folder.path())).expect("is there"), b"");
    }

    #[test]
    fn a_lock_that_is_gone_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let tree = Tree::open(folder.path(), false).expect("opens");
        let lock = Lock::take(&tree).expect("is free");
        lock.check().expect("is there");
        // Windows keeps a file that is open.
        if cfg!(unix) {
            std::fs::remove_file(path(folder.path())).expect("goes");
            let error = lock.check().expect_err("is gone");
            assert!(error.ends_the_run(&tree), "{error}");
        }
    }

    #[test]
    fn what_another_machine_left_is_taken_over_when_it_is_old() {
        let folder = tempfile::tempdir().expect("a folder");
        let tree = Tree::open(folder.path(), false).expect("opens");
        let now = OffsetDateTime::now_utc();
        let left = |host: &str, time: OffsetDateTime| {
            let time = time.format(&time::format_description::well_known::Rfc3339).expect("a time");
            let text = format!(r#"{{"host":"{host}","process":1,"time":"{time}"}}"#);
            std::fs::write(path(folder.path()), text).expect("is written");
        };
        for (host, age, is_held) in [("fs1", 14, true), ("fs1", 16, false), ("fs1", -14, true), ("pc1", 1, false)] {
            left(host, now - Duration::minutes(age));
            assert_eq!(held(Lock::take_as(&tree, "pc1", now)), is_held, "{host} {age}");
        }
        std::fs::write(path(folder.path()), "half a li").expect("is written");
        assert!(held(Lock::take_as(&tree, "pc1", now)), "who wrote it cannot be told, and it was just now");
        drop(Lock::take_as(&tree, "pc1", now + Duration::hours(1)).expect("is old"));
    }
}
