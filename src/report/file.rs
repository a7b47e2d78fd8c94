//! Report files: created before the work starts, so that a bad path fails early, and in place only when complete.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Format, Report, csv};
use crate::failure::Advice;

/// How every journal begins, and no report.
const JOURNAL: &[u8] = b"{\"sum\":\"";

/// How reports begin, as JSON and HTML.
const REPORTS: [&[u8]; 2] =
    [b"{\n  \"version\": 1,\n  \"command\": \"", b"<!DOCTYPE html>\n<html lang=\"en\" data-run=\""];

/// Why a report cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// An ending that is no format.
    #[error("the report {} ends in none of .csv, .json and .html, which tell its format", .0.display())]
    UnknownFormat(PathBuf),
    /// A folder, a device or a pipe of that name.
    #[error("the report {} is not a file", .0.display())]
    NotAFile(PathBuf),
    /// The source of that name.
    #[error("the report {} would overwrite the source", .0.display())]
    IsTheSource(PathBuf),
    /// What a run replaced is in the file of that name.
    #[error("the report {} would overwrite the journal of a run; give it another name", .0.display())]
    IsAJournal(PathBuf),
    /// A file of that name that adphoto did not write.
    #[error("the report {} would overwrite a file that is no report of adphoto", .0.display())]
    NotAReport(PathBuf),
    /// The folder that it was to be in cannot be made.
    #[error("cannot make the folder {} for the report {}", folder.display(), path.display())]
    NoFolder {
        /// As given.
        path: PathBuf,
        /// Where it was to be.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be created.
    #[error("cannot write the report {}", path.display())]
    Io {
        /// As given.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be written, and the work is done.
    #[error("the run is over, and what it did stays done, but its report {} could not be written", path.display())]
    Lost {
        /// As given.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Meanwhile a journal has come to its place, and the work is done.
    #[error(
        "the run is over, and what it did stays done, but its report {} would have overwritten the journal of a run",
        .0.display()
    )]
    LostToAJournal(PathBuf),
    /// Until it was written, photos lay in a temporary file, and that could not take them all.
    #[error("photos are missing from the HTML report: the folder for temporary files, {}, did not take all",
            std::env::temp_dir().display())]
    Photos(#[source] io::Error),
}

impl Advice for ReportError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::NotAReport(_) => Some("give the report another name, or replace that file with --overwrite".into()),
            Self::NoFolder { .. } => Some("give the report another place".into()),
            Self::Lost { .. } | Self::LostToAJournal(_) => Some(
                "make room or give the report another place, and run the same again: what was done is then unchanged, \
                 and there is a report"
                    .into(),
            ),
            _ => None,
        }
    }

    fn is_usage(&self) -> bool {
        matches!(self, Self::UnknownFormat(_) | Self::IsTheSource(_) | Self::IsAJournal(_) | Self::NotAReport(_))
    }
}

/// A report that was asked for.
#[derive(Debug)]
pub struct ReportPath {
    path: PathBuf,
    format: Format,
}

/// A report to be written.
#[derive(Debug)]
pub struct ReportFile {
    to: ReportPath,
    /// Beside the report and readable by its owner alone: a report names people.
    unfinished: NamedTempFile,
}

impl ReportPath {
    /// Checks what can be told from the path alone.
    ///
    /// # Errors
    /// When its ending tells no format, or it is no file, one of `kept`, from which the run reads, a journal, or, unless
    /// `overwrite` says that it may be replaced, a file that adphoto did not write.
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

    /// Makes sure that the report can be written; what was there stays until the new one is complete.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn create(self) -> Result<ReportFile, ReportError> {
        #[cfg(windows)]
        if let Err(source) = check_replaceable(&self.path) {
            return Err(ReportError::Io { path: self.path, source });
        }
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Err(source) = std::fs::create_dir_all(folder) {
            return Err(ReportError::NoFolder { folder: folder.to_path_buf(), path: self.path, source });
        }
        let created = tempfile::Builder::new().prefix(".adphoto-report-").tempfile_in(of_any_length(folder));
        match created.map_err(|error| error.kind()) {
            Ok(unfinished) => Ok(ReportFile { to: self, unfinished }),
            // The name of the unfinished file, which the error itself tells, would only be a riddle.
            Err(kind) => Err(ReportError::Io { path: self.path, source: kind.into() }),
        }
    }
}

/// On Windows without the limit of 260 characters, which putting a file in its place would meet.
fn of_any_length(folder: &Path) -> PathBuf {
    let real = if cfg!(windows) { folder.canonicalize().ok() } else { None };
    real.unwrap_or_else(|| folder.to_path_buf())
}

/// Windows replaces no file that Excel has open or that is read-only, and each folder has devices (`NUL.csv`): better
/// told now than when the run is over.
#[cfg(windows)]
fn check_replaceable(path: &Path) -> io::Result<()> {
    match File::options().append(true).open(path).and_then(|file| file.metadata()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(found) if found.permissions().readonly() => Err(io::ErrorKind::PermissionDenied.into()),
        Ok(_) => Ok(()),
    }
}

/// Whether a journal is at `path`: nothing may replace what takes a run back.
#[must_use]
pub fn is_journal(path: &Path) -> bool {
    beginning(path).is_ok_and(|bytes| bytes.starts_with(JOURNAL))
}

/// Whether a report may come to `path` unasked: where there is no file or an empty one, and in place of an earlier report.
/// The list of HR with the same name is not made anew by running again.
fn may_be_replaced(path: &Path) -> io::Result<bool> {
    match beginning(path) {
        Ok(bytes) => {
            Ok(bytes.is_empty() || csv::is_ours(&bytes) || REPORTS.iter().any(|report| bytes.starts_with(report)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Returns what a file begins with.
fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    // A pipe is not opened: that would wait for its other end.
    if !path.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl ReportFile {
    /// Whether it shows photos, which then must be kept until it is written.
    #[must_use]
    pub fn shows_photos(&self) -> bool {
        self.to.format == Format::Html
    }

    /// Writes the report and puts it in place.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self, report: &Report) -> Result<(), ReportError> {
        let Self { to: ReportPath { path, format }, unfinished } = self;
        let written = (|| {
            let mut out = BufWriter::new(unfinished.as_file());
            report.render(format, &mut out)?;
            out.flush()?;
            drop(out);
            unfinished.as_file().sync_all()
        })();
        // Again: the run's own journal may have come to this name.
        if is_journal(&path) {
            return Err(ReportError::LostToAJournal(path));
        }
        let place = unfinished.path().with_file_name(path.file_name().unwrap_or_default());
        let placed = written.and_then(|()| unfinished.persist(place).map_err(|error| error.error));
        placed.map(drop).map_err(|source| ReportError::Lost { path, source })
    }
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
            // A report that somebody has worked in with another program is a list of theirs.
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
