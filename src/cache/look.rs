//! How a file looks from outside, without being opened.

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use super::mark::Mark;
use crate::directory::Guid;
use crate::hash::Hash;

/// Where looks are not enough, one in so many files is read again each night.
pub(super) const NIGHTS: u32 = 14;

/// A look at a file, before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub(super) key: Mark,
    pub(super) state: Mark,
    pub(super) stamp: Stamp,
    /// Whether the file was last changed so long ago that a change from now on must show.
    pub(super) is_settled: bool,
    /// Whether the file may be another one although it looks the same, so that it has to be read from time to time.
    pub(super) is_sampled: bool,
}

impl Look {
    /// Returns the look after its file was read. `read` is what the file system then says about the file that was
    /// opened. If that differs, a change during the read may not show, and the look is not settled.
    #[must_use]
    pub fn after_reading(self, read: &Metadata) -> Self {
        let is_same = Stamp::of(read).is_some_and(|stamp| stamp.trusted(self.is_sampled) == self.stamp);
        Self { is_settled: self.is_settled && is_same, ..self }
    }

    /// Returns the look as it is long after the file was changed, so that a test need not wait.
    #[cfg(test)]
    pub(crate) fn settled(self) -> Self {
        Self { is_settled: true, ..self }
    }
}

/// How much the looks of files tell, which depends on the file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "elsewhere, looks are always weak"))]
enum Reliability {
    /// There are stable inodes and change times, which nobody can set, and they come from the clock of this machine.
    Local,
    /// There are stable inodes and change times, and they come from the clock of another machine.
    Remote,
    /// Size and modification time are all there is, so two files of the same size can be swapped with their times.
    Weak,
}

impl Reliability {
    /// Returns how old a time must be at the time of a look. A file that is changed again within the resolution of the
    /// clock may keep its time. FAT has the coarsest clock, with two seconds; the clock of another machine may also differ
    /// from ours.
    fn settling(self) -> Duration {
        match self {
            Self::Local => Duration::from_secs(2),
            Self::Remote | Self::Weak => Duration::from_secs(12 * 3600),
        }
    }
}

/// What a file system says about a file. Times are in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    bytes: u64,
    modified: i128,
    /// The change time and the inode.
    changed: Option<(i128, u64)>,
}

/// Looks at files, and remembers the folders that it has looked into.
#[derive(Debug)]
pub(super) struct Looker {
    making: String,
    /// Folders as they are named, each with its canonical path.
    folders: Folders<PathBuf>,
    /// The names that are in a folder, as a hash.
    names: Folders<Hash>,
    /// File systems by their device numbers.
    #[cfg(target_os = "linux")]
    systems: Mutex<HashMap<u64, Reliability>>,
}

/// Something about each folder; `None` if the folder cannot be read. It is found out once. Meanwhile, threads that ask
/// about other folders do not wait.
type Folders<T> = Mutex<HashMap<PathBuf, Arc<OnceLock<Option<T>>>>>;

/// Returns the value for a folder, which `find` computes the first time.
fn once<T: Clone>(folders: &Folders<T>, folder: &Path, find: impl FnOnce() -> Option<T>) -> Option<T> {
    let mut folders = folders.lock().unwrap_or_else(PoisonError::into_inner);
    let known = match folders.get(folder) {
        Some(known) => known.clone(),
        None => folders.entry(folder.to_path_buf()).or_default().clone(),
    };
    drop(folders);
    known.get_or_init(find).clone()
}

impl Looker {
    /// Returns a looker. `making` is everything besides the file that decides what is made of it.
    pub(super) fn new(making: String) -> Self {
        Self {
            making,
            folders: Mutex::default(),
            names: Mutex::default(),
            #[cfg(target_os = "linux")]
            systems: Mutex::default(),
        }
    }

    pub(super) fn look(&self, path: &Path, account: Guid) -> Option<Look> {
        let now = nanoseconds(SystemTime::now());
        let itself = path.symlink_metadata().ok()?;
        let (real, found) = match itself.is_symlink() {
            true => (path.canonicalize().ok()?, path.metadata().ok()?),
            false => (self.canonical(path)?, itself),
        };
        let reliability = self.reliability(&real, &found);
        let stamp = Stamp::of(&found).filter(|_| found.is_file())?;
        let key = Mark::of(&[real.as_os_str().as_encoded_bytes(), &account.0, self.making.as_bytes()]);
        self.judge(key, &real, stamp, reliability, now)
    }

    fn judge(&self, key: Mark, real: &Path, stamp: Stamp, reliability: Reliability, now: i128) -> Option<Look> {
        let is_sampled = reliability == Reliability::Weak;
        let stamp = stamp.trusted(is_sampled);
        let Stamp { bytes, modified, changed } = stamp;
        let names = if is_sampled { self.names(real.parent()?)?.to_string() } else { String::new() };
        let last = changed.map_or(modified, |(changed, _)| changed);
        let is_settled = now.abs_diff(last) >= reliability.settling().as_nanos();
        let state = Mark::of(&[format!("{bytes} {modified} {changed:?}").as_bytes(), names.as_bytes()]);
        Some(Look { key, state, stamp, is_settled, is_sampled })
    }

    /// Returns the canonical path of a file that is no link.
    fn canonical(&self, path: &Path) -> Option<PathBuf> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let real = once(&self.folders, folder, || folder.canonicalize().ok())?;
        Some(real.join(path.file_name()?))
    }

    /// Returns a hash of the names in a folder, as they were when this was first asked.
    fn names(&self, folder: &Path) -> Option<Hash> {
        once(&self.names, folder, || listed(folder))
    }

    #[cfg(target_os = "linux")]
    fn reliability(&self, path: &Path, found: &Metadata) -> Reliability {
        let device = std::os::unix::fs::MetadataExt::dev(found);
        let mut systems = self.systems.lock().unwrap_or_else(PoisonError::into_inner);
        *systems.entry(device).or_insert_with(|| reliability(path))
    }

    /// Windows does not tell the change time and the inode of a file that is not open. Of other systems it is not known.
    #[cfg(not(target_os = "linux"))]
    fn reliability(&self, _: &Path, _: &Metadata) -> Reliability {
        Reliability::Weak
    }
}

/// Returns how much the file system of a file tells. File systems that are not listed here may make up their inodes or
/// change times, as FUSE does.
#[cfg(target_os = "linux")]
fn reliability(path: &Path) -> Reliability {
    /// Btrfs, ext2 to ext4, F2FS, overlayfs, tmpfs, XFS and ZFS (magic numbers of statfs(2)).
    const LOCAL: [u64; 7] = [0x9123_683e, 0xef53, 0xf2f5_2010, 0x794c_7630, 0x0102_1994, 0x5846_5342, 0x2fc1_2fc1];
    const NFS: u64 = 0x6969;
    match rustix::fs::statfs(path).ok().and_then(|found| u64::try_from(found.f_type).ok()) {
        Some(kind) if LOCAL.contains(&kind) => Reliability::Local,
        Some(NFS) => Reliability::Remote,
        _ => Reliability::Weak,
    }
}

/// Returns a hash of all names in a folder.
fn listed(folder: &Path) -> Option<Hash> {
    let entries = std::fs::read_dir(folder).ok()?;
    let mut names = entries.map(|entry| Ok(entry?.file_name())).collect::<std::io::Result<Vec<_>>>().ok()?;
    names.sort_unstable();
    let mut all = Vec::new();
    for name in names {
        all.extend(name.as_encoded_bytes());
        // No name contains a zero.
        all.push(0);
    }
    Some(Hash::of(&all))
}

impl Stamp {
    fn of(found: &Metadata) -> Option<Self> {
        let modified = nanoseconds(found.modified().ok()?);
        Some(Self { bytes: found.len(), modified, changed: changed(found) })
    }

    /// Returns what of it can be trusted. A file system of which little is known may make up change times and inodes.
    fn trusted(self, is_weak: bool) -> Self {
        Self { changed: self.changed.filter(|_| !is_weak), ..self }
    }
}

#[cfg(unix)]
fn changed(found: &Metadata) -> Option<(i128, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((i128::from(found.ctime()) * 1_000_000_000 + i128::from(found.ctime_nsec()), found.ino()))
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> Option<(i128, u64)> {
    None
}

/// Returns a time in nanoseconds since 1970; before, it is negative.
fn nanoseconds(time: SystemTime) -> i128 {
    let number = |duration: Duration| i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => number(since),
        Err(before) => -number(before.duration()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Look, Looker, Mark, Reliability, Stamp};

    const HOUR: i128 = 3600 * 1_000_000_000;

    fn look(looker: &Looker, folder: &Path, stamp: Stamp, reliability: Reliability, now: i128) -> Look {
        looker.judge(Mark::of(&[b"key"]), &folder.join("anna.jpg"), stamp, reliability, now).expect("a look")
    }

    fn stamp(modified: i128, changed: i128, inode: u64) -> Stamp {
        Stamp { bytes: 7, modified, changed: Some((changed, inode)) }
    }

    #[test]
    fn where_change_times_are_real_they_and_the_inode_count() {
        let folder = tempfile::tempdir().expect("a folder");
        let looker = Looker::new(String::new());
        for reliability in [Reliability::Local, Reliability::Remote] {
            let look = |stamp| look(&looker, folder.path(), stamp, reliability, 100 * HOUR).state;
            let first = look(stamp(HOUR, HOUR, 1));
            assert_eq!(first, look(stamp(HOUR, HOUR, 1)));
            for other in [stamp(HOUR + 1, HOUR, 1), stamp(HOUR, HOUR + 1, 1), stamp(HOUR, HOUR, 2)] {
                assert_ne!(first, look(other));
            }
            assert_ne!(first, look(Stamp { bytes: 8, ..stamp(HOUR, HOUR, 1) }));
        }
    }

    #[test]
    fn elsewhere_the_names_in_the_folder_count_and_not_what_is_made_up() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("anna.jpg"), "a photo").expect("is written");
        let night = || Looker::new(String::new());
        let look = |looker: &Looker, inode| {
            let look = look(looker, folder.path(), stamp(HOUR, HOUR, inode), Reliability::Weak, 100 * HOUR);
            assert!(look.is_sampled);
            look.state
        };
        let (first, second) = (night(), night());
        let known = look(&first, 1);
        assert_eq!(known, look(&second, 2));
        std::fs::write(folder.path().join("ben.jpg"), "another photo").expect("is written");
        assert_ne!(known, look(&night(), 1));
        // A run sees one and the same list of names until its end.
        assert_eq!(known, look(&first, 1));
    }

    #[test]
    fn what_was_changed_shortly_before_is_not_settled() {
        let folder = tempfile::tempdir().expect("a folder");
        let looker = Looker::new(String::new());
        let second = 1_000_000_000;
        for (reliability, age, settled) in [
            (Reliability::Local, 0, false),
            (Reliability::Local, second, false),
            (Reliability::Local, 2 * second, true),
            // A clock that is ahead, or was set back.
            (Reliability::Local, -second, false),
            (Reliability::Local, -HOUR, true),
            (Reliability::Remote, HOUR, false),
            (Reliability::Remote, -HOUR, false),
            (Reliability::Remote, 13 * HOUR, true),
            (Reliability::Weak, HOUR, false),
            (Reliability::Weak, 13 * HOUR, true),
        ] {
            let changed = 100 * HOUR - age;
            let look = look(&looker, folder.path(), stamp(changed, changed, 1), reliability, 100 * HOUR);
            assert_eq!(look.is_settled, settled, "{reliability:?} {age}");
        }
        // A modification time can be set to anything and says nothing where there is a change time.
        let recent = look(&looker, folder.path(), stamp(HOUR, 100 * HOUR, 1), Reliability::Local, 100 * HOUR);
        assert!(!recent.is_settled);
    }
}
