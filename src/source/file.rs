//! Reading one photo file within limits, because files may come from anyone.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::failure::Advice;

/// The largest photo file that is read, in bytes: about three times as large as the largest that cameras write.
pub const MAX_PHOTO_BYTES: u64 = 200 * 1024 * 1024;

/// The reason why a photo file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("there is no such file")]
    NotFound,
    /// The file is a symbolic link to something that does not exist.
    #[error("a link to {target}, which does not exist")]
    DanglingLink {
        /// The target of the link.
        target: String,
    },
    /// The file does not exist, and its name is a Windows path on another system.
    #[error("a Windows path, which this system cannot open")]
    WindowsPath,
    #[error("a folder, not a file")]
    Folder,
    #[error("a pipe, socket or device, not a file")]
    Special,
    #[error("the file is empty")]
    Empty,
    /// The file is larger than [`MAX_PHOTO_BYTES`].
    #[error("the file has {} MB; photos of more than {} MB are not read", bytes.div_ceil(1024 * 1024), MAX_PHOTO_BYTES / 1024 / 1024)]
    TooLarge {
        /// The file's size.
        bytes: u64,
    },
    #[error("no permission to read the file")]
    Denied,
    /// The file does not have the hash that the list says.
    #[error("the file is not the one that was approved: it was changed since the list was made")]
    Changed,
    /// Reading failed for another reason.
    #[error("the file cannot be read: {0}")]
    Io(io::Error),
}

impl Advice for ReadError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::NotFound => "correct the path; --photo-dir DIR looks for the files in another folder",
            Self::WindowsPath => "--photo-dir DIR looks for the files in a folder on this machine",
            Self::DanglingLink { .. } => "repair the link",
            Self::Folder | Self::Special => "name an image file",
            Self::Empty => "copy the file again",
            Self::TooLarge { .. } => "save the photo in a smaller size",
            Self::Denied => "ask for read permission, or run as a user who has it",
            Self::Changed => {
                "have it approved again (--dry-run --report FILE.html), or remove its sha256 from the list"
            }
            Self::Io(_) => "try again; check the disk or the share",
        };
        Some(advice.into())
    }
}

/// Reads a whole file.
///
/// # Errors
/// When the path is not a regular file of 1 to [`MAX_PHOTO_BYTES`] bytes that may be read.
pub fn read_photo(path: &Path) -> Result<Vec<u8>, ReadError> {
    // The path is checked before it is opened, because opening a pipe would wait for its other end.
    check(&std::fs::metadata(path).map_err(|error| explain(error, path))?)?;
    let mut file = File::open(path).map_err(|error| explain(error, path))?;
    let bytes = check(&file.metadata().map_err(ReadError::Io)?)?;
    let mut content = Vec::with_capacity(usize::try_from(bytes).unwrap_or_default());
    // The file may grow while it is being read.
    file.by_ref().take(MAX_PHOTO_BYTES + 1).read_to_end(&mut content).map_err(ReadError::Io)?;
    match content.len() as u64 {
        0 => Err(ReadError::Empty),
        bytes if bytes > MAX_PHOTO_BYTES => Err(ReadError::TooLarge { bytes }),
        _ => Ok(content),
    }
}

/// Returns the size of a regular file within the limits.
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
        // ERROR_INVALID_FUNCTION, which `NUL` and `COM1` return; they exist in every folder.
        Some(1) if cfg!(windows) => return ReadError::Special,
        // ERROR_BAD_NETPATH and ERROR_BAD_NET_NAME: what is missing is the server or the share, not the file.
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
