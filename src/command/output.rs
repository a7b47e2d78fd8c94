//! Where a run's report goes: files that are known to be writable before the work starts, and standard output.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};

use crate::album::Album;
use crate::cli::OutputArgs;
use crate::progress::Progress;
use crate::report::{Format, Report, ReportError, ReportFile, ReportPath};

pub(super) fn check(args: &OutputArgs, source: Option<&Path>) -> Result<Vec<ReportPath>, ReportError> {
    args.report.iter().map(|path| ReportPath::check(path, source)).collect()
}

pub(super) fn create(reports: Vec<ReportPath>) -> Result<Vec<ReportFile>, ReportError> {
    reports.into_iter().map(ReportPath::create).collect()
}

/// What keeps photos for those reports that show them.
pub(super) fn album(reports: &[ReportFile]) -> Result<Album, ReportError> {
    let shown = reports.iter().any(ReportFile::shows_photos);
    if shown { Album::new().map_err(ReportError::Photos) } else { Ok(Album::of_sizes()) }
}

/// Writes the report to all of them. Each is tried, whatever becomes of the others: what was done must be known.
pub(super) fn finish(report: &Report, files: Vec<ReportFile>, format: Format, progress: &Progress) -> Result<()> {
    progress.log(&report.line());
    let written: Vec<_> = files.into_iter().map(|file| file.finish(report)).collect();
    print(report, format)?;
    written.into_iter().collect::<Result<(), _>>()?;
    Ok(report.album.check().map_err(ReportError::Photos)?)
}

/// Somebody who reads no further, as `head` does, is no error.
fn print(report: &Report, format: Format) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match report.render(format, &mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}
