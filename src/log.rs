//! What a run did, line by line in a file, for those who were not there.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A log file that lines are added to.
#[derive(Debug)]
pub struct Log(Mutex<File>);

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the log {}", path.display())]
pub struct LogError {
    path: PathBuf,
    source: io::Error,
}

impl Log {
    /// The file at `path`, made if it is not there, readable by its owner alone: it names people.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|source| LogError { path: path.to_path_buf(), source })?;
        Ok(Self(Mutex::new(file)))
    }

    /// Adds a line with the time (UTC, RFC 3339); whatever is in the text, it stays one.
    pub fn line(&self, text: &str) {
        let now = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let line = format!("{} {}\n", now.format(&Rfc3339).unwrap_or_default(), text.replace(['\n', '\r'], " "));
        // In one piece, that lines of two runs do not mix. A full disk does not keep photos from their accounts: the
        // report and the journal tell what was done.
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::Log;

    #[test]
    fn each_line_is_one_line_with_its_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        for text in ["one", "two\nlines"] {
            Log::open(&path).expect("opens").line(text);
        }
        let log = std::fs::read_to_string(&path).expect("is there");
        let lines: Vec<&str> = log.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].ends_with("Z one") && lines[1].ends_with("Z two lines"), "{log}");
        assert_eq!(lines[0].find('Z'), Some(19));
    }
}
