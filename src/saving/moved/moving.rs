//! Moving one file without overwriting another, and without moving a newer file that has taken its place.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// The properties that distinguish a file from a later one of the same name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seen {
    bytes: u64,
    modified: Option<SystemTime>,
    /// The device and the inode number; on Windows, the time of creation.
    number: (u64, u64),
}

impl Seen {
    pub(super) fn of(file: &Metadata) -> Self {
        #[cfg(unix)]
        let number = {
            use std::os::unix::fs::MetadataExt;
            (file.dev(), file.ino())
        };
        #[cfg(windows)]
        let number = (std::os::windows::fs::MetadataExt::creation_time(file), 0);
        Self { bytes: file.len(), modified: file.modified().ok(), number }
    }
}

/// Gives a hidden photo its name back.
///
/// # Errors
/// `AlreadyExists` if another file has that name by now.
pub(super) fn put_back(hidden: &Path, photo: &Path) -> io::Result<()> {
    // A hard link never replaces a file, as a rename does.
    match std::fs::hard_link(hidden, photo) {
        Ok(()) => remove_twin(hidden, photo),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // The file system has no hard links.
        Err(_) => match photo.symlink_metadata() {
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
            Err(_) => std::fs::rename(hidden, photo),
        },
    }
}

/// Moves a file to a path where there is no file yet. It makes a hard link or a copy and does not rename the file,
/// because a rename would replace a file that is there.
///
/// # Errors
/// `AlreadyExists` if a file is there.
pub(super) fn move_to(from: &Path, to: &Path) -> io::Result<()> {
    let before = Seen::of(&from.symlink_metadata()?);
    match std::fs::hard_link(from, to) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // The folder is on another disk, or the file system has no hard links.
        Err(_) => copy(from, to)?,
    }
    // A program that had the file open may have written to it until now.
    let removed = match from.symlink_metadata() {
        Ok(now) if Seen::of(&now) == before => remove_twin(from, to),
        Ok(_) => Err(io::Error::other("it was written to meanwhile")),
        Err(error) => Err(error),
    };
    if removed.is_err() {
        // The file stays where it was, so it must not be in the other place, too.
        let _ = remove_twin(to, from);
    }
    removed
}

/// Removes `name`, one of the two names of a file.
#[cfg(unix)]
fn remove_twin(name: &Path, _: &Path) -> io::Result<()> {
    std::fs::remove_file(name)
}

/// Removes `name`, one of the two names of a file. Windows does not delete a read-only file on every file system, so it
/// is made writable for that moment, and the other name is read-only again afterwards.
#[cfg(windows)]
fn remove_twin(name: &Path, other: &Path) -> io::Result<()> {
    let rights = name.symlink_metadata()?.permissions();
    if !rights.readonly() {
        return std::fs::remove_file(name);
    }
    let mut writable = rights.clone();
    writable.set_readonly(false);
    std::fs::set_permissions(name, writable)?;
    let removed = std::fs::remove_file(name);
    let _ = std::fs::set_permissions(if removed.is_ok() { other } else { name }, rights);
    removed
}

/// Copies a file with its permissions and its time. Until it has its permissions, only its owner can read the copy.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let original = source.metadata()?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut target = options.open(to)?;
    let copied = (|| {
        io::copy(&mut source, &mut target)?;
        // Failures are ignored: not every file system keeps times and permissions, and the photo matters more.
        let _ = original.modified().and_then(|time| target.set_modified(time));
        let _ = target.set_permissions(original.permissions());
        target.sync_all()
    })();
    if copied.is_err() {
        // Half a photo is of no use, and the original is still where it was.
        let _ = std::fs::remove_file(to);
    }
    copied
}
