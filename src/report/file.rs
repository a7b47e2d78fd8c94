//! Report files: created before the work starts, so that a bad path fails early, and in place only when complete.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Format, Report};

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
    /// The file cannot be created or written.
    #[error("cannot write the report {}", path.display())]
    Io {
        /// As given.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Until it was written, photos lay in a temporary file, and that could not take them all.
    #[error("photos are missing from the HTML report: the folder for temporary files, {}, did not take all",
            std::env::temp_dir().display())]
    Photos(#[source] std::io::Error),
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
    /// When its ending tells no format, it is no file, or it is the run's `source`, if that has one.
    pub fn check(path: &Path, source: Option<&Path>) -> Result<Self, ReportError> {
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
        let source = source.and_then(|source| source.canonicalize().ok());
        if source.is_some() && path.canonicalize().ok() == source {
            return Err(ReportError::IsTheSource(path));
        }
        Ok(Self { path, format })
    }

    /// Makes sure that the report can be written; what was there stays until the new one is complete.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn create(self) -> Result<ReportFile, ReportError> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let created = tempfile::Builder::new().prefix(".adphoto-report-").tempfile_in(folder);
        match created {
            Ok(unfinished) => Ok(ReportFile { to: self, unfinished }),
            Err(source) => Err(ReportError::Io { path: self.path, source }),
        }
    }
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
            unfinished.as_file().sync_all()?;
            unfinished.persist(&path).map_err(|error| error.error)
        })();
        written.map(drop).map_err(|source| ReportError::Io { path, source })
    }
}
