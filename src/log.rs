//! The log file: what a run did, line by line, for those who were not there.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::ownership::foreign;
use crate::terminal::printable;

/// The size up to which a file is read to find the time at its beginning.
const MAX_TIME_BYTES: u64 = 40;

/// A log file to which lines are appended.
#[derive(Debug)]
pub struct Log(Mutex<File>);

/// The reason why the log cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The folder of the log does not exist.
    #[error("cannot write the log {}: there is no folder {}; make it, or name another file", path.display(), folder.display())]
    NoFolder { path: PathBuf, folder: PathBuf },
    /// The path is a folder, a device, a pipe, or a link that somebody else may have placed there.
    #[error("the log {} is not a regular file, or is a link; name a regular file, or one that does not exist yet", .0.display())]
    NotAFile(PathBuf),
    /// Somebody else could read the log or write to it.
    #[error("the log {} is not yours alone: {why}; name another file, or make it yours (chown, chmod go-w)", path.display())]
    Foreign { path: PathBuf, why: String },
    /// The file has content that is not a log. Lines in a list of people or in a settings file would spoil it.
    #[error("the log cannot be {}: that file is there already, and does not begin like a log of adphoto; name another file", .0.display())]
    NotALog(PathBuf),
    #[error("cannot write the log {}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl crate::failure::Advice for LogError {}

impl Log {
    /// Opens the log file at `path` and creates it if necessary. Only its owner can read it, because it names people.
    ///
    /// # Errors
    /// When the file cannot be written, or is not a regular file.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let mut options = OpenOptions::new();
        options.append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // `create_new` follows no link, so a new file is really created at this path.
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
                io::ErrorKind::InvalidData => LogError::NotALog(path.to_path_buf()),
                io::ErrorKind::NotFound => {
                    LogError::NoFolder { path: path.to_path_buf(), folder: folder.to_path_buf() }
                }
                _ => LogError::Io { path: path.to_path_buf(), source },
            }
        })
    }

    /// Opens an existing file. It is examined before, because opening a pipe waits for its other end, and again
    /// afterwards, because somebody may have replaced it by a link in between.
    fn reopen(path: &Path, options: &OpenOptions) -> io::Result<File> {
        let found = path.symlink_metadata()?;
        if !found.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let file = options.clone().read(true).open(path)?;
        if !is_same(&found, &file.metadata()?) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        if is_log(&file)? { Ok(file) } else { Err(io::ErrorKind::InvalidData.into()) }
    }

    /// Appends a line with the time (UTC, RFC 3339). Line breaks in the text become spaces, and characters that could
    /// harm a terminal are escaped.
    pub fn line(&self, text: &str) {
        let now = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let text = printable(&text.replace(['\n', '\r'], " "));
        let line = format!("{} {text}\n", now.format(&Rfc3339).unwrap_or_default());
        // The line is written in one piece, so that lines of two runs do not mix. Errors such as a full disk are
        // ignored: they must not stop photos from being written, and the report and the journal also tell what was
        // done.
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes());
    }
}

/// Returns whether a file is empty or begins like a log: with a time and a blank.
fn is_log(file: &File) -> io::Result<bool> {
    let mut beginning = Vec::new();
    file.take(MAX_TIME_BYTES).read_to_end(&mut beginning)?;
    let time = beginning.split(|byte| *byte == b' ').next().filter(|time| time.len() < beginning.len());
    let is_time = |time| std::str::from_utf8(time).is_ok_and(|time| OffsetDateTime::parse(time, &Rfc3339).is_ok());
    Ok(beginning.is_empty() || time.is_some_and(is_time))
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// On Windows, creating a link needs a special right, so this check is enough.
#[cfg(not(unix))]
fn is_same(_: &Metadata, other: &Metadata) -> bool {
    other.is_file()
}

#[cfg(test)]
mod tests {
    use super::{Log, LogError};

    #[cfg(unix)]
    #[test]
    fn a_log_follows_no_link_and_waits_for_no_pipe() {
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
    fn nothing_is_added_to_a_file_that_is_not_a_log() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        for content in
            ["user;photo\njdoe;jdoe.jpg\n", "server = \"dc1\"\n", "2026-11-29", "2026-11-29T10:00:00Z", " ", "\0\0"]
        {
            std::fs::write(&path, content).expect("is written");
            assert!(matches!(Log::open(&path), Err(LogError::NotALog(_))), "{content}");
            assert_eq!(std::fs::read_to_string(&path).expect("is there"), content);
        }
        for content in ["", "2026-11-29T10:00:00Z begins\n"] {
            std::fs::write(&path, content).expect("is written");
            Log::open(&path).expect("opens").line("more");
            assert!(std::fs::read_to_string(&path).expect("is there").starts_with(content));
        }
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
