//! What a run did, line by line in a file, for those who were not there.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::ownership::foreign;
use crate::terminal::printable;

/// A log file that lines are added to.
#[derive(Debug)]
pub struct Log(Mutex<File>);

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// There is no place for it.
    #[error("cannot write the log {}: there is no folder {}; make it, or name another file", path.display(), folder.display())]
    NoFolder {
        /// As given.
        path: PathBuf,
        /// Where it was to be.
        folder: PathBuf,
    },
    /// A link, which somebody else may have laid, a folder, a device or a pipe.
    #[error("the log {} is a link or no file; name a file, or one that is not there yet", .0.display())]
    NotAFile(PathBuf),
    /// Somebody else could read along, or write into it.
    #[error("the log {} may not be yours alone: {why}; name another file, or make it yours (chown, chmod go-w)", path.display())]
    Foreign {
        /// As given.
        path: PathBuf,
        /// Who, or how.
        why: String,
    },
    /// It cannot be opened.
    #[error("cannot write the log {}", path.display())]
    Io {
        /// As given.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl crate::failure::Advice for LogError {}

impl Log {
    /// The file at `path`, made if it is not there, readable by its owner alone: it names people.
    ///
    /// # Errors
    /// When it cannot be written, or is a link or no file.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let mut options = OpenOptions::new();
        options.append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // What is made anew is made in no other place: that follows no link.
        let opened = match options.clone().create_new(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::reopen(path, &options),
            opened => opened,
        };
        if let Some(why) = opened.as_ref().ok().and_then(|file| foreign(&file.metadata().ok()?)) {
            return Err(LogError::Foreign { path: path.to_path_buf(), why: why.to_string() });
        }
        opened.map(|file| Self(Mutex::new(file))).map_err(|source| {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            match source.kind() {
                io::ErrorKind::InvalidInput => LogError::NotAFile(path.to_path_buf()),
                io::ErrorKind::NotFound => {
                    LogError::NoFolder { path: path.to_path_buf(), folder: folder.to_path_buf() }
                }
                _ => LogError::Io { path: path.to_path_buf(), source },
            }
        })
    }

    /// A file that is there. It is looked at first, since opening a pipe waits for its other end, and again when it is
    /// open, as it may have been exchanged for a link.
    fn reopen(path: &Path, options: &OpenOptions) -> io::Result<File> {
        let found = path.symlink_metadata()?;
        if !found.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let file = options.open(path)?;
        if is_same(&found, &file.metadata()?) { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }

    /// Adds a line with the time (UTC, RFC 3339); whatever is in the text, it stays one, and safe for a terminal.
    pub fn line(&self, text: &str) {
        let now = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let text = printable(&text.replace(['\n', '\r'], " "));
        let line = format!("{} {text}\n", now.format(&Rfc3339).unwrap_or_default());
        // In one piece, that lines of two runs do not mix. A full disk does not keep photos from their accounts: the
        // report and the journal tell what was done.
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes());
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Laying a link takes a right of its own there.
#[cfg(not(unix))]
fn is_same(_: &Metadata, other: &Metadata) -> bool {
    other.is_file()
}

#[cfg(test)]
mod tests {
    use super::Log;

    #[cfg(unix)]
    #[test]
    fn a_log_follows_no_link_and_waits_for_no_pipe() {
        use super::LogError;

        let folder = tempfile::tempdir().expect("a folder");
        let (target, link, pipe) =
            (folder.path().join("target"), folder.path().join("link"), folder.path().join("pipe"));
        std::fs::write(&target, "kept").expect("is written");
        std::os::unix::fs::symlink(&target, &link).expect("is linked");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("runs").success());
        for path in [&link, &pipe, &folder.path().to_path_buf()] {
            assert!(matches!(Log::open(path), Err(LogError::NotAFile(_))), "{}", path.display());
        }
        assert_eq!(std::fs::read_to_string(&target).expect("is there"), "kept");
        let nowhere = Log::open(&folder.path().join("none/log"));
        assert!(matches!(nowhere, Err(LogError::NoFolder { .. })), "{nowhere:?}");
    }

    #[test]
    fn each_line_is_one_line_with_its_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        for text in ["one", "two\nlines", "\u{1b}[2Jthree"] {
            Log::open(&path).expect("opens").line(text);
        }
        let log = std::fs::read_to_string(&path).expect("is there");
        let lines: Vec<&str> = log.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].ends_with("Z one") && lines[1].ends_with("Z two lines"), "{log}");
        assert!(lines[2].ends_with("Z \\u{1b}[2Jthree"), "{log}");
        assert_eq!(lines[0].find('Z'), Some(19));
    }
}
