//! Reading one photo file within limits: files come from anyone.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::failure::Advice;

/// The largest photo file that is read; the largest that cameras write is about a third of it.
pub const MAX_PHOTO_BYTES: u64 = 200 * 1024 * 1024;

/// Why a photo file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No file of that name.
    #[error("there is no such file")]
    NotFound,
    /// A symbolic link whose target is gone.
    #[error("a link to {target}, which is not there")]
    DanglingLink {
        /// Where it leads.
        target: String,
    },
    /// No file of that name, and it has a Windows path on a system that has none.
    #[error("a Windows path, which this system cannot open")]
    WindowsPath,
    /// A folder.
    #[error("a folder, not a file")]
    Folder,
    /// A pipe, a socket or a device.
    #[error("a pipe, socket or device, not a file")]
    Special,
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Larger than [`MAX_PHOTO_BYTES`].
    #[error("the file has {} MB, more than the {} MB of the largest photo that is read", bytes.div_ceil(1024 * 1024), MAX_PHOTO_BYTES / 1024 / 1024)]
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// No right to read it.
    #[error("no permission to read the file")]
    Denied,
    /// Not what a list says that it holds.
    #[error("the file is not the one that was approved: it was changed since the list was made")]
    Changed,
    /// Anything else.
    #[error("the file cannot be read: {0}")]
    Io(io::Error),
}

impl Advice for ReadError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::NotFound => "correct the path; --photo-dir DIR looks up the file names in another folder",
            Self::WindowsPath => "--photo-dir DIR looks up the file names in a folder of this machine",
            Self::DanglingLink { .. } => "mend the link",
            Self::Folder | Self::Special => "give an image file",
            Self::Empty => "copy the file again",
            Self::TooLarge { .. } => "save it smaller",
            Self::Denied => "ask for read permission, or run as a user who has it",
            Self::Changed => {
                "have it approved again (--dry-run --report FILE.html), or take its sha256 out of the list"
            }
            Self::Io(_) => "try again; check the disk or the share",
        };
        Some(advice.into())
    }
}

/// Reads the file at `path` whole.
///
/// # Errors
/// When it is not a regular file of 1 to [`MAX_PHOTO_BYTES`] bytes that may be read.
pub fn read_photo(path: &Path) -> Result<Vec<u8>, ReadError> {
    // Asked before opening: opening a pipe would wait for its other end.
    check(&std::fs::metadata(path).map_err(|error| explain(error, path))?)?;
    let mut file = File::open(path).map_err(|error| explain(error, path))?;
    let bytes = check(&file.metadata().map_err(ReadError::Io)?)?;
    let mut content = Vec::with_capacity(usize::try_from(bytes).unwrap_or_default());
    // The file may grow while it is read.
    file.by_ref().take(MAX_PHOTO_BYTES + 1).read_to_end(&mut content).map_err(ReadError::Io)?;
    match content.len() as u64 {
        0 => Err(ReadError::Empty),
        bytes if bytes > MAX_PHOTO_BYTES => Err(ReadError::TooLarge { bytes }),
        _ => Ok(content),
    }
}

/// The size of a regular file within the limits.
fn check(found: &std::fs::Metadata) -> Result<u64, ReadError> {
    match found.len() {
        _ if found.is_dir() => Err(ReadError::Folder),
        _ if !found.is_file() => Err(ReadError::Special),
        0 => Err(ReadError::Empty),
        bytes if bytes > MAX_PHOTO_BYTES => Err(ReadError::TooLarge { bytes }),
        bytes => Ok(bytes),
    }
}

fn explain(error: io::Error, path: &Path) -> ReadError {
    match error.raw_os_error() {
        // ERROR_INVALID_FUNCTION, as of `NUL` and `COM1`, which are in every folder.
        Some(1) if cfg!(windows) => return ReadError::Special,
        // ERROR_BAD_NETPATH and ERROR_BAD_NET_NAME: not the file is missing, but its server or share.
        Some(53 | 67) if cfg!(windows) => return ReadError::Io(error),
        _ => {}
    }
    match error.kind() {
        io::ErrorKind::NotFound => match std::fs::read_link(path) {
            Ok(target) => ReadError::DanglingLink { target: target.display().to_string() },
            Err(_) if !cfg!(windows) && super::path::is_windows(&path.to_string_lossy()) => ReadError::WindowsPath,
            Err(_) => ReadError::NotFound,
        },
        io::ErrorKind::PermissionDenied => ReadError::Denied,
        _ => ReadError::Io(error),
    }
}
