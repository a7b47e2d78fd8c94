//! Reports of a run that fails before it has records.
//!
//! Last night's report must not pass for tonight's. So a command announces its reports as soon as it knows that it may
//! write them ([`Unreported::announce`]). If the run then fails, these reports are written with the error and without
//! records. If nobody sits at the terminal, the same happens to the reports of a command line that cannot be read.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::cli::{Command, OutputArgs};
use crate::command::output;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::report::{About, Ending, Format, Report, ReportError, ReportFile, ReportPath};

/// The reports that were announced and are not written yet.
#[derive(Debug, Default)]
pub(in crate::command) struct Unreported(Mutex<Option<Announced>>);

#[derive(Debug)]
struct Announced {
    command: &'static str,
    dry_run: bool,
    about: About,
    reports: Vec<ReportPath>,
    format: Format,
    delimiter: u8,
}

impl Unreported {
    /// Announces the reports of a command.
    pub(super) fn announce(&self, command: &'static str, about: &About, reports: &[ReportPath], output: &OutputArgs) {
        let OutputArgs { format, report_delimiter: delimiter, .. } = *output;
        let (about, reports) = (about.clone(), reports.to_vec());
        self.with(|announced| {
            *announced = Some(Announced { command, dry_run: false, about, reports, format, delimiter })
        });
    }

    /// Adds what the command has learnt about its run.
    pub(super) fn update(&self, dry_run: bool, about: &About) {
        self.with(|announced| {
            if let Some(announced) = announced {
                (announced.dry_run, announced.about) = (dry_run, about.clone());
            }
        });
    }

    /// Takes the announcement back, because the run writes its reports itself.
    pub(super) fn settle(&self) {
        self.with(|announced| *announced = None);
    }

    /// Writes the reports of a run that failed. If they cannot be written, that is only a note, because the failure of
    /// the run matters more.
    pub(in crate::command) fn tell(&self, failure: &Failure, progress: &Progress) {
        let Some(announced) = self.with(Option::take) else { return };
        let Announced { command, dry_run, about, reports, format, delimiter } = announced;
        let (about, ending) = (about.ended(), Ending::from(failure));
        let report = Report { dry_run, ending, delimiter, ..Report::of(command, about) };
        let files: Result<Vec<ReportFile>, ReportError> = reports.into_iter().map(ReportPath::create).collect();
        let written = files.map_err(Failure::from).and_then(|files| output::finish_failed(&report, files, format));
        if let Err(error) = written {
            progress.note(&error.line());
        }
    }

    /// Writes the error of a command line that cannot be read into the reports that it names and that an earlier run
    /// has written. No new report is created, because the path may be mistyped, too.
    pub(in crate::command) fn tell_unread(words: &[OsString], failure: &Failure, progress: &Progress) {
        let Some(command) = words.iter().skip(1).find_map(|word| Command::named(word.to_str()?)) else { return };
        let after = |(at, word): (usize, &OsString)| match word.to_str()?.strip_prefix("--report")? {
            "" => words.get(at + 1).map(PathBuf::from),
            rest => rest.strip_prefix('=').map(PathBuf::from),
        };
        let reports = words.iter().enumerate().filter_map(after).filter(|path| path.exists());
        let reports = reports.filter_map(|path| ReportPath::check(&path, &[], false).ok()).collect();
        let (about, format, delimiter) = (About::now(), Format::Text, b',');
        let announced = Announced { command, dry_run: false, about, reports, format, delimiter };
        Self(Mutex::new(Some(announced))).tell(failure, progress);
    }

    fn with<T>(&self, access: impl FnOnce(&mut Option<Announced>) -> T) -> T {
        access(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
