//! One run at a time writes a tree.
//!
//! The lock is a file in the tree that says who writes, and a lock of the operating system on it. On one machine the latter
//! is enough: it ends with its process, whatever ends that. To another machine, to which a share may not pass it on, the
//! file's content tells that somebody writes, as long as its time is no older than [`MAX_AGE`]; it is renewed meanwhile.

use std::borrow::Cow;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::serde::rfc3339;

use super::tree::Tree;
use crate::failure::Advice;

const NAME: &str = ".adphoto-lock";
/// A lock whose time is older was left by a run that is dead, or cut off from the share.
const MAX_AGE: time::Duration = time::Duration::minutes(15);
/// How often the time is renewed.
const BEAT: Duration = Duration::from_secs(60);
/// Bytes of the file that are read.
const MAX_BYTES: u64 = 4096;

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Holder {
    host: String,
    process: u32,
    #[serde(with = "rfc3339")]
    time: OffsetDateTime,
}

/// Why nothing may be written.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another run writes.
    #[error("another run publishes to {}{}", path.display(), by.as_ref().map(|by| format!(": {by}")).unwrap_or_default())]
    Held {
        /// The tree.
        path: PathBuf,
        /// Who, if that can be told.
        by: Option<String>,
    },
    /// It is no file.
    #[error("the lock {} is a link or no file", .0.display())]
    NotAFile(PathBuf),
    /// It cannot be read or written.
    #[error("cannot use the lock {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
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

/// The right to write a tree; it ends when this is dropped.
#[derive(Debug)]
pub struct Lock {
    beat: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Lock {
    /// Takes the lock of a tree, and clears away what a run that was ended by force left half written.
    ///
    /// # Errors
    /// When another run writes, or the lock cannot be used.
    pub fn take(tree: &Tree) -> Result<Self, LockError> {
        Self::take_as(tree, &host(), OffsetDateTime::now_utc())
    }

    fn take_as(tree: &Tree, host: &str, now: OffsetDateTime) -> Result<Self, LockError> {
        let path = tree.root_file(NAME);
        let failed = |source| LockError::Io { path: path.clone(), source };
        // A link would be followed.
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
            // Not every share has such locks.
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
        Ok(Self { beat: Some(keep(file, own)) })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some((end, beat)) = self.beat.take() {
            drop(end);
            // It panics nowhere.
            let _ = beat.join();
        }
    }
}

/// Renews the time until the sender is gone; then the file is empty, which is a lock that nobody holds. It stays, since
/// a file that is removed while another waits for it would be two locks.
fn keep(mut file: File, own: Holder) -> (Sender<()>, JoinHandle<()>) {
    let (end, ended) = channel::<()>();
    let beat = std::thread::spawn(move || {
        while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(BEAT) {
            // Where the share is gone, the pictures will tell.
            let _ = write(&mut file, Some(&Holder { time: OffsetDateTime::now_utc(), ..own.clone() }));
        }
        let _ = write(&mut file, None);
    });
    (end, beat)
}

/// Who holds the lock; `None` if nobody does. What cannot be understood is held by somebody, since the file was changed.
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
