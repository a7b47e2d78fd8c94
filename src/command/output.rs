//! The output of a run: report files, which are checked before the work starts, and standard output.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::album::Album;
use crate::cli::{Command, Written};
use crate::failure::{Advice, Context, Failure};
use crate::report::{Format, Report, ReportError, ReportFile, is_journal};
use crate::terminal;

/// Two files of one command line that would overwrite each other.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotApart {
    #[error("{files} cannot both be {}; give each a name of its own", path.display())]
    Same { files: String, path: PathBuf },
    #[error("the log cannot be {}, which is the journal of a run; give the log another name", .0.display())]
    LogIsAJournal(PathBuf),
    #[error("the log cannot be {}, which is the source; give the log another name", .0.display())]
    LogIsTheSource(PathBuf),
}

impl Advice for NotApart {
    fn is_usage(&self) -> bool {
        true
    }
}

/// Checks that no two output files are the same, before any of them is opened.
pub(super) fn apart(command: &Command) -> Result<(), NotApart> {
    let written: Vec<_> = command.written().into_iter().map(known).collect();
    for (at, &(second, path)) in written.iter().enumerate() {
        if let Some((first, _)) = written[..at].iter().find(|(_, earlier)| place(earlier) == place(path)) {
            let files =
                if *first == second { format!("two {first}s") } else { format!("the {first} and the {second}") };
            return Err(NotApart::Same { files, path: path.to_path_buf() });
        }
        if second == "log" && is_journal(path) {
            return Err(NotApart::LogIsAJournal(path.to_path_buf()));
        }
        if second == "log" && command.sources().iter().any(|source| place(source) == place(path)) {
            return Err(NotApart::LogIsTheSource(path.to_path_buf()));
        }
    }
    Ok(())
}

fn known(written: Written<'_>) -> (&'static str, &Path) {
    match written {
        Written::Report(path) => ("report", path),
        Written::Journal(path) => ("journal", path),
        Written::Log(path) => ("log", path),
    }
}

/// Returns the place of a file that exists or will be created: its folder without links, and its name in the form in
/// which the system compares names.
fn place(path: &Path) -> (PathBuf, Option<OsString>) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().or_else(|_| std::path::absolute(folder)).unwrap_or_else(|_| folder.into());
    let ignores_case = cfg!(any(windows, target_os = "macos"));
    let name = path.file_name();
    (folder, name.map(|name| if ignores_case { name.to_string_lossy().to_lowercase().into() } else { name.to_owned() }))
}

/// Returns an album, which keeps photos if there is a report that shows them.
pub(super) fn album(reports: &[ReportFile]) -> Result<Album, ReportError> {
    let shown = reports.iter().any(ReportFile::shows_photos);
    if shown { Album::new().map_err(ReportError::Photos) } else { Ok(Album::of_sizes()) }
}

/// Writes all reports. Each of them is tried even if another one fails, because users must know what was done. `idle`
/// is printed on standard output in place of a text report.
pub(super) fn finish(
    report: &Report,
    files: Vec<ReportFile>,
    format: Format,
    idle: Option<&str>,
) -> Result<(), Failure> {
    let written: Vec<_> = files.into_iter().map(|file| file.finish(report)).collect();
    let printed = match (format, idle) {
        (Format::Text, Some(words)) => print(terminal::stdout(), |out| writeln!(out, "{words}")),
        (Format::Text, None) => print(terminal::stdout(), |out| report.render(format, out)),
        // Formats for programs get no colours.
        _ => print(io::stdout().lock(), |out| report.render(format, out)),
    };
    written.into_iter().collect::<Result<(), _>>()?;
    printed?;
    report.album.check().map_err(ReportError::Photos)?;
    Ok(())
}

/// Writes the report of a run that failed before it had records. On standard output, a person has no use for it: the
/// error is on standard error.
pub(super) fn finish_failed(report: &Report, files: Vec<ReportFile>, format: Format) -> Result<(), Failure> {
    let written: Vec<_> = files.into_iter().map(|file| file.finish(report)).collect();
    if format != Format::Text {
        print(io::stdout().lock(), |out| report.render(format, out))?;
    }
    Ok(written.into_iter().collect::<Result<(), _>>()?)
}

/// Writes to standard output. A reader that stops early, such as `head`, is not an error.
pub(super) fn print(mut out: impl Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}
