//! Report files: created before the work starts, so that a bad path fails early, and in place only when complete.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Format, Report};
use crate::failure::Advice;

/// How every journal begins, and no report.
const JOURNAL: &[u8] = b"{\"sum\":\"";

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
    /// There is no place for it.
    #[error("cannot write the report {}: there is no folder {}", path.display(), folder.display())]
    NoFolder {
        /// As given.
        path: PathBuf,
        /// Where it was to be.
        folder: PathBuf,
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
            Self::NoFolder { .. } => Some("make the folder, or give the report another place".into()),
            Self::Lost { .. } | Self::LostToAJournal(_) => Some(
                "make room or give the report another place, and run the same again: what was done is then unchanged, \
                 and there is a report"
                    .into(),
            ),
            _ => None,
        }
    }

    fn is_usage(&self) -> bool {
        matches!(self, Self::UnknownFormat(_) | Self::IsTheSource(_) | Self::IsAJournal(_))
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
    /// When its ending tells no format, or it is no file, one of `kept`, from which the run reads, or a journal.
    pub fn check(path: &Path, kept: &[&Path]) -> Result<Self, ReportError> {
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
        let created = tempfile::Builder::new().prefix(".adphoto-report-").tempfile_in(of_any_length(folder));
        match created.map_err(|error| error.kind()) {
            Ok(unfinished) => Ok(ReportFile { to: self, unfinished }),
            Err(io::ErrorKind::NotFound) => {
                Err(ReportError::NoFolder { folder: folder.to_path_buf(), path: self.path })
            }
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
    // A pipe is not opened, that would wait for its other end.
    if !path.metadata().is_ok_and(|found| found.is_file()) {
        return false;
    }
    let mut beginning = [0; JOURNAL.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut beginning)).is_ok() && beginning == JOURNAL
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
    use crate::album::Album;
    use crate::report::{About, Report};

    #[test]
    fn a_journal_is_not_overwritten_whenever_it_came() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("run.json");
        let journal = "{\"sum\":\"00\",\"header\":{}}\n";
        let file = ReportPath::check(&path, &[]).expect("a free name").create().expect("is created");
        std::fs::write(&path, journal).expect("is written");
        assert!(matches!(ReportPath::check(&path, &[]), Err(ReportError::IsAJournal(_))));
        let report = Report {
            command: "import",
            dry_run: false,
            about: About::now(),
            records: Vec::new(),
            coverage: None,
            album: Album::of_sizes(),
            people: Vec::new(),
            hints: Vec::new(),
        };
        assert!(matches!(file.finish(&report), Err(ReportError::LostToAJournal(_))));
        assert_eq!(std::fs::read_to_string(&path).expect("is there"), journal);
        // An older report is.
        std::fs::write(&path, "{\"version\":1}").expect("is written");
        ReportPath::check(&path, &[])
            .expect("a report")
            .create()
            .expect("is created")
            .finish(&report)
            .expect("written");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("none/run.json");
        let error = ReportPath::check(&path, &[]).expect("a free name").create().expect_err("no folder");
        assert!(error.to_string().ends_with(&format!("there is no folder {}", folder.path().join("none").display())));
    }
}
