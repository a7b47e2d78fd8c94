//! Report files. They are created before the work starts, so that a bad path fails early, and are moved into their
//! place only when they are complete.

use std::borrow::Cow;
use std::fs::{DirEntry, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

use super::{Format, Report, csv};
use crate::failure::Advice;

/// The beginning of every journal. No report begins like this.
const JOURNAL: &[u8] = b"{\"sum\":\"";

/// The beginnings of JSON and HTML reports.
const REPORTS: [&[u8]; 2] =
    [b"{\n  \"version\": 1,\n  \"command\": \"", b"<!DOCTYPE html>\n<html lang=\"en\" data-run=\""];

/// The beginning of the names of temporary files.
const UNFINISHED: &str = ".adphoto-report-";
/// The age from which a temporary file belongs to a run that was killed.
const ABANDONED: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The reason why a report cannot be written. Each path is the one that was given.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("the name of the report {} must end in .csv, .json or .html, which decides its format", .0.display())]
    UnknownFormat(PathBuf),
    /// A folder, a device or a pipe has that name.
    #[error("the report {} is not a file", .0.display())]
    NotAFile(PathBuf),
    #[error("the report {} would overwrite the source", .0.display())]
    IsTheSource(PathBuf),
    /// A journal, which is needed to take a run back, has that name.
    #[error("the report {} would overwrite the journal of a run; give it another name", .0.display())]
    IsAJournal(PathBuf),
    #[error("the report {} would overwrite a file that adphoto did not write", .0.display())]
    NotAReport(PathBuf),
    #[error("cannot create the folder {} for the report {}", folder.display(), path.display())]
    NoFolder { path: PathBuf, folder: PathBuf, source: io::Error },
    /// The file cannot be created.
    #[error("cannot write the report {}", path.display())]
    Io { path: PathBuf, source: io::Error },
    /// The run is over, and then the report could not be written.
    #[error("the run is over and its changes were made, but the report {} could not be written", path.display())]
    Lost { path: PathBuf, source: io::Error },
    /// The run is over, and by then a journal had the name of the report.
    #[error(
        "the run is over and its changes were made, but the report {} would have overwritten the journal of a run",
        .0.display()
    )]
    LostToAJournal(PathBuf),
    /// The photos for an HTML report are kept in a temporary file until it is written, and some could not be kept.
    #[error("photos are missing from the HTML report: the folder for temporary files, {}, could not hold them all",
            std::env::temp_dir().display())]
    Photos(#[source] io::Error),
}

impl Advice for ReportError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::NotAReport(_) => {
                Some("name another file for the report, or let it replace this one with --overwrite".into())
            }
            Self::NoFolder { .. } => Some("name another folder for the report".into()),
            Self::Lost { .. } | Self::LostToAJournal(_) => Some(
                "free some space or name another file, then run the same command again: it changes nothing more, and \
                 writes the report"
                    .into(),
            ),
            _ => None,
        }
    }

    fn is_usage(&self) -> bool {
        matches!(self, Self::UnknownFormat(_) | Self::IsTheSource(_) | Self::IsAJournal(_) | Self::NotAReport(_))
    }
}

/// The path of a report that was asked for.
#[derive(Debug, Clone)]
pub struct ReportPath {
    path: PathBuf,
    format: Format,
}

/// A report file that was created and is not written yet.
#[derive(Debug)]
pub struct ReportFile {
    to: ReportPath,
    /// A temporary file in the same folder. Only its owner may read it, because a report names people.
    unfinished: NamedTempFile,
}

impl ReportPath {
    /// Checks a path without creating anything. `kept` are the files from which the run reads.
    ///
    /// # Errors
    /// When the ending is not that of a format, or when the path is one of `kept`, a journal, or something other than a
    /// file; without `overwrite`, also when it is a file that adphoto did not write.
    pub fn check(path: &Path, kept: &[&Path], overwrite: bool) -> Result<Self, ReportError> {
        let path = path.to_path_buf();
        let format = match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Format::Csv,
            Some("json") => Format::Json,
            Some("html" | "htm") => Format::Html,
            _ => return Err(ReportError::UnknownFormat(path)),
        };
        if path.symlink_metadata().is_ok_and(|found| !found.is_file() && !found.is_symlink()) {
            return Err(ReportError::NotAFile(path));
        }
        let real = path.canonicalize().ok();
        if real.is_some() && kept.iter().any(|kept| kept.canonicalize().ok() == real) {
            return Err(ReportError::IsTheSource(path));
        }
        if is_journal(&path) {
            return Err(ReportError::IsAJournal(path));
        }
        if !overwrite && !may_be_replaced(&path).map_err(|source| ReportError::Io { path: path.clone(), source })? {
            return Err(ReportError::NotAReport(path));
        }
        Ok(Self { path, format })
    }

    /// Creates the file. An older report of that name stays until the new one is complete.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn create(self) -> Result<ReportFile, ReportError> {
        #[cfg(windows)]
        if let Err(source) = check_replaceable(&self.path) {
            return Err(ReportError::Io { path: self.path, source });
        }
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Err(source) = std::fs::create_dir_all(folder) {
            return Err(ReportError::NoFolder { folder: folder.to_path_buf(), path: self.path, source });
        }
        remove_abandoned(folder);
        match unfinished(folder) {
            Ok(unfinished) => Ok(ReportFile { to: self, unfinished }),
            Err(source) => Err(ReportError::Io { path: self.path, source }),
        }
    }
}

/// Creates a temporary file for a report in its folder.
fn unfinished(folder: &Path) -> io::Result<NamedTempFile> {
    let created = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(of_any_length(folder));
    // The error itself would name the temporary file, which the user does not know.
    created.map_err(|error| error.kind().into())
}

/// Removes the temporary files that killed runs have left in a folder. A file that cannot be removed stays.
fn remove_abandoned(folder: &Path) {
    let is_abandoned = |file: &DirEntry| {
        let is_old = || file.metadata().ok()?.modified().ok()?.elapsed().ok().map(|age| age > ABANDONED);
        file.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes()) && is_old() == Some(true)
    };
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten().filter(is_abandoned) {
        let _ = std::fs::remove_file(file.path());
    }
}

/// Returns the folder in a form that has no limit of 260 characters on Windows. Otherwise a file could be created and
/// then not be moved into its place.
fn of_any_length(folder: &Path) -> PathBuf {
    let real = if cfg!(windows) { folder.canonicalize().ok() } else { None };
    real.unwrap_or_else(|| folder.to_path_buf())
}

/// Checks that Windows will let the file be replaced, so that the run does not fail at its end. Windows does not
/// replace a file that Excel has open or that is read-only, and has devices in every folder (`NUL.csv`).
#[cfg(windows)]
fn check_replaceable(path: &Path) -> io::Result<()> {
    match File::options().append(true).open(path).and_then(|file| file.metadata()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(found) if found.permissions().readonly() => Err(io::ErrorKind::PermissionDenied.into()),
        Ok(_) => Ok(()),
    }
}

/// Returns whether the file at `path` is a journal. Nothing may overwrite a journal, because it is needed to take a run
/// back.
#[must_use]
pub fn is_journal(path: &Path) -> bool {
    beginning(path).is_ok_and(|bytes| bytes.starts_with(JOURNAL))
}

/// Returns whether a report may be written to `path` without asking, because there is no file yet, or an empty one, or
/// an earlier report. Any other file cannot be restored by running again.
fn may_be_replaced(path: &Path) -> io::Result<bool> {
    match beginning(path) {
        Ok(bytes) => {
            Ok(bytes.is_empty() || csv::is_ours(&bytes) || REPORTS.iter().any(|report| bytes.starts_with(report)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Returns the first bytes of a file.
fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    // Opening a named pipe would wait until somebody writes to it.
    if !path.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl ReportFile {
    /// Returns whether the report shows photos. They must be kept until it is written.
    #[must_use]
    pub fn shows_photos(&self) -> bool {
        self.to.format == Format::Html
    }

    /// Replaces the report of an earlier run by one that says that this run has not ended. If this run is killed, the
    /// earlier report cannot be taken for its own.
    ///
    /// # Errors
    /// When that report cannot be written.
    pub fn begin(&self, placeholder: &Report) -> Result<(), ReportError> {
        let ReportPath { path, format } = &self.to;
        let place = self.unfinished.path().with_file_name(path.file_name().unwrap_or_default());
        let begun = || {
            let file = unfinished(place.parent().unwrap_or(Path::new(".")))?;
            write(placeholder, *format, file.as_file())?;
            file.persist(&place).map_err(|error| error.error)
        };
        begun().map(drop).map_err(|source| ReportError::Io { path: path.clone(), source })
    }

    /// Writes the report and moves it into its place.
    ///
    /// # Errors
    /// When the report cannot be written, or would overwrite a journal.
    pub fn finish(self, report: &Report) -> Result<(), ReportError> {
        let Self { to: ReportPath { path, format }, unfinished } = self;
        let written = write(report, format, unfinished.as_file());
        // This was checked at the beginning, but the run's own journal may have been created with this name since.
        if is_journal(&path) {
            return Err(ReportError::LostToAJournal(path));
        }
        let place = unfinished.path().with_file_name(path.file_name().unwrap_or_default());
        let placed = written.and_then(|()| unfinished.persist(place).map_err(|error| error.error));
        placed.map(drop).map_err(|source| ReportError::Lost { path, source })
    }
}

fn write(report: &Report, format: Format, file: &File) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    report.render(format, &mut out)?;
    out.flush()?;
    drop(out);
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::{ReportError, ReportPath};
    use crate::report::{About, Report};

    #[test]
    fn a_journal_is_not_overwritten_whenever_it_came() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("run.json");
        let journal = "{\"sum\":\"00\",\"header\":{}}\n";
        let file = ReportPath::check(&path, &[], false).expect("a free name").create().expect("is created");
        std::fs::write(&path, journal).expect("is written");
        assert!(matches!(ReportPath::check(&path, &[], false), Err(ReportError::IsAJournal(_))));
        let report = Report::of("import", About::now());
        assert!(matches!(file.finish(&report), Err(ReportError::LostToAJournal(_))));
        assert_eq!(std::fs::read_to_string(&path).expect("is there"), journal);
    }

    #[test]
    fn only_reports_are_replaced_unasked() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["new/run.csv", "run.json", "run.html"] {
            let path = folder.path().join(name);
            for delimiter in [b',', b';'] {
                let report = Report { delimiter, ..Report::of("import", About::now()) };
                let place = ReportPath::check(&path, &[], false).expect("nothing is there, or a report");
                place.create().expect("is created").finish(&report).expect("is written");
            }
            // A report that somebody has edited with another program may hold that person's work.
            for theirs in ["user,photo\n", "\u{feff}\"user\",\"photo\"\n", "{\"version\":1}", "<html>"] {
                std::fs::write(&path, theirs).expect("is written");
                assert!(matches!(ReportPath::check(&path, &[], false), Err(ReportError::NotAReport(_))), "{theirs}");
                ReportPath::check(&path, &[], true).expect("is allowed");
            }
            std::fs::write(&path, "").expect("is written");
            ReportPath::check(&path, &[], false).expect("mktemp makes such a file");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("file"), "").expect("is written");
        let path = folder.path().join("file/run.json");
        let error = ReportPath::check(&path, &[], false).map(ReportPath::create);
        let error = match error {
            Ok(created) => created.expect_err("no folder").to_string(),
            Err(error) => error.to_string(),
        };
        assert!(error.contains(&path.display().to_string()), "{error}");
    }
}
