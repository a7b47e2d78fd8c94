//! Reading one photo file within limits, because files may come from anyone.

use std::borrow::Cow;
#[cfg(unix)]
use std::fs::OpenOptions;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use crate::failure::Advice;

/// The largest photo file that is read, in bytes: about three times as large as the largest that cameras write.
pub const MAX_PHOTO_BYTES: u64 = 200 * 1024 * 1024;
/// By how many bytes a buffer grows with a file that grows while it is read.
const GROWTH_BYTES: usize = 1024 * 1024;

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

/// A photo file that was opened, and can be read.
#[derive(Debug)]
pub struct OpenPhoto {
    file: File,
    /// The size when the file was opened.
    bytes: usize,
}

impl OpenPhoto {
    /// Opens a file. With `is_found`, a folder's listing has shown the file, or somebody has looked at it. Then it need
    /// not be looked at before it is opened, which takes a round trip where it is on a share.
    ///
    /// # Errors
    /// When the path is not a regular file of 1 to [`MAX_PHOTO_BYTES`] bytes that may be read.
    pub fn open(path: &Path, is_found: bool) -> Result<Self, ReadError> {
        let at_once = if is_found { open_at_once(path).ok() } else { None };
        let file = match at_once {
            Some(file) => file,
            None => {
                // The path is looked at before it is opened, because opening a pipe would wait for its other end, and
                // opening a device may have effects.
                check(&std::fs::metadata(path).map_err(|error| explain(error, path))?)?;
                File::open(path).map_err(|error| explain(error, path))?
            }
        };
        let bytes = check(&file.metadata().map_err(|error| explain(error, path))?)?;
        Ok(Self { file, bytes: usize::try_from(bytes).map_err(|_| ReadError::TooLarge { bytes })? })
    }

    /// Returns the size that the file had when it was opened.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Reads the whole file to the beginning of a buffer, which grows if need be. Returns the number of bytes, and what
    /// the file system says about the file after that. The file is read at once if possible: on a share, each part may
    /// take a round trip.
    ///
    /// # Errors
    /// When reading fails, or the file has become empty or larger than [`MAX_PHOTO_BYTES`] meanwhile.
    pub fn read(mut self, buffer: &mut Vec<u8>) -> Result<(usize, Metadata), ReadError> {
        let mut bytes = 0;
        loop {
            // One byte more shows whether the file has grown, so that its end need not be asked for.
            let room = if bytes > self.bytes { bytes + GROWTH_BYTES } else { self.bytes + 1 };
            if buffer.len() < room {
                buffer.resize(room, 0);
            }
            let count = match self.file.read(&mut buffer[bytes..]) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(ReadError::Io(error)),
            };
            bytes += count;
            match bytes as u64 {
                0 => return Err(ReadError::Empty),
                bytes if bytes > MAX_PHOTO_BYTES => return Err(ReadError::TooLarge { bytes }),
                _ if count == 0 || bytes == self.bytes => {
                    return Ok((bytes, self.file.metadata().map_err(ReadError::Io)?));
                }
                _ => {}
            }
        }
    }
}

/// Opens a file in one round trip, without waiting for the other end of a pipe. A link is not followed: what it leads to
/// has to be looked at first.
#[cfg(unix)]
fn open_at_once(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::OFlags;

    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    // Reading has to wait: some file systems would answer "try again" while they fetch a file from elsewhere.
    rustix::fs::fcntl_setfl(&file, OFlags::empty())?;
    Ok(file)
}

#[cfg(not(unix))]
fn open_at_once(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Returns the size of a regular file within the limits.
fn check(found: &Metadata) -> Result<u64, ReadError> {
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

#[cfg(test)]
mod tests {
    use std::fs::{File, OpenOptions};
    use std::io::Write;
    use std::path::Path;

    use super::{GROWTH_BYTES, MAX_PHOTO_BYTES, OpenPhoto, ReadError};

    fn read(path: &Path, is_found: bool) -> Result<Vec<u8>, ReadError> {
        content(OpenPhoto::open(path, is_found)?)
    }

    fn content(opened: OpenPhoto) -> Result<Vec<u8>, ReadError> {
        // A buffer that was used before, and is too small for some.
        let mut buffer = vec![b'?'; 5];
        let (bytes, metadata) = opened.read(&mut buffer)?;
        assert_eq!(metadata.len(), bytes as u64);
        Ok(buffer[..bytes].to_vec())
    }

    #[test]
    fn a_file_is_read_whole_even_if_it_changes_meanwhile() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("anna.jpg");
        let append = |bytes: &[u8]| {
            let mut file = OpenOptions::new().append(true).open(&path).expect("opens");
            file.write_all(bytes).expect("is written");
        };
        for is_found in [false, true] {
            for whole in [&b"a"[..], b"four", b"a photo"] {
                std::fs::write(&path, whole).expect("is written");
                assert_eq!(read(&path, is_found).expect("is read"), whole);
            }
            let opened = || OpenPhoto::open(&path, is_found).expect("opens");
            let grows = opened();
            append(b" and more");
            assert_eq!(content(grows).expect("is read"), b"a photo and more");
            let grows_much = opened();
            append(&vec![b'x'; 2 * GROWTH_BYTES]);
            assert_eq!(content(grows_much).expect("is read").len(), 16 + 2 * GROWTH_BYTES);
            let (shrinks, vanishes, swells) = (opened(), opened(), opened());
            let set =
                |bytes| OpenOptions::new().write(true).open(&path).expect("opens").set_len(bytes).expect("is cut");
            set(3);
            assert_eq!(content(shrinks).expect("is read"), b"a p");
            set(0);
            assert!(matches!(content(vanishes), Err(ReadError::Empty)));
            set(MAX_PHOTO_BYTES + 1);
            assert!(matches!(content(swells), Err(ReadError::TooLarge { .. })));
        }
    }

    #[test]
    fn what_is_no_photo_file_is_told_without_reading_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        File::create(path("empty.jpg")).expect("is created");
        File::create(path("large.jpg")).and_then(|file| file.set_len(MAX_PHOTO_BYTES + 1)).expect("is created");
        std::fs::create_dir(path("folder.jpg")).expect("is made");
        for is_found in [false, true] {
            let error = |name: &str| read(&path(name), is_found).expect_err("is no photo");
            assert!(matches!(error("empty.jpg"), ReadError::Empty));
            assert!(matches!(error("large.jpg"), ReadError::TooLarge { bytes } if bytes == MAX_PHOTO_BYTES + 1));
            assert!(matches!(error("folder.jpg"), ReadError::Folder));
            assert!(matches!(error("gone.jpg"), ReadError::NotFound));
        }
    }

    /// Nobody writes to the pipe, so whoever waited for that would wait for ever.
    #[cfg(unix)]
    #[test]
    fn pipes_are_not_waited_for_and_links_are_followed() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        assert!(std::process::Command::new("mkfifo").arg(path("pipe.jpg")).status().expect("runs").success());
        std::fs::write(path("anna.jpg"), b"a photo").expect("is written");
        for (link, target) in [("a.jpg", "anna.jpg"), ("b.jpg", "a.jpg"), ("c.jpg", "pipe.jpg"), ("d.jpg", "gone.jpg")]
        {
            symlink(path(target), path(link)).expect("is linked");
        }
        for is_found in [false, true] {
            for name in ["pipe.jpg", "c.jpg"] {
                assert!(matches!(read(&path(name), is_found), Err(ReadError::Special)), "{name}");
            }
            for name in ["a.jpg", "b.jpg"] {
                assert_eq!(read(&path(name), is_found).expect("is read"), b"a photo", "{name}");
            }
            assert!(matches!(read(&path("d.jpg"), is_found), Err(ReadError::DanglingLink { .. })));
        }
    }
}
