//! Moving one file where nothing is, and never a newer one in its place.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// What tells a file from a later one of its name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seen {
    bytes: u64,
    modified: Option<SystemTime>,
    /// The device, and its number there; on Windows, when it was made.
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

/// Gives a photo its name back, unless there is a file of that name.
pub(super) fn put_back(hidden: &Path, photo: &Path) -> io::Result<()> {
    match std::fs::hard_link(hidden, photo) {
        Ok(()) => remove_twin(hidden, photo),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // A file system without links.
        Err(_) => match photo.symlink_metadata() {
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
            Err(_) => std::fs::rename(hidden, photo),
        },
    }
}

/// Moves a file where nothing is: a rename would replace what is there.
pub(super) fn move_to(from: &Path, to: &Path) -> io::Result<()> {
    let before = Seen::of(&from.symlink_metadata()?);
    match std::fs::hard_link(from, to) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // Another disk, or a file system without links.
        Err(_) => copy(from, to)?,
    }
    // Who had it open may have written on.
    let removed = match from.symlink_metadata() {
        Ok(now) if Seen::of(&now) == before => remove_twin(from, to),
        Ok(_) => Err(io::Error::other("it was written to meanwhile")),
        Err(error) => Err(error),
    };
    if removed.is_err() {
        // It stays where it was, and is not to be in two places.
        let _ = remove_twin(to, from);
    }
    removed
}

/// Removes one of a file's two names.
#[cfg(unix)]
fn remove_twin(name: &Path, _: &Path) -> io::Result<()> {
    std::fs::remove_file(name)
}

/// Removes one of a file's two names, and sees to it that the other stays read-only: not on every disk does Windows delete
/// what is.
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

/// With the rights and the time of the original, and for nobody else to read before it has them.
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
        // Not every file system keeps times and rights; the photo matters more.
        let _ = original.modified().and_then(|time| target.set_modified(time));
        let _ = target.set_permissions(original.permissions());
        target.sync_all()
    })();
    if copied.is_err() {
        // Half a photo is no photo; the whole one is where it was.
        let _ = std::fs::remove_file(to);
    }
    copied
}
