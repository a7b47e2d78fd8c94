//! How a run ends.

use anyhow::{Context, Result, bail};

use super::Exit;
use crate::directory::Directory;
use crate::journal::JournalError;
use crate::pipeline::{Stop, Why};
use crate::report::Report;

/// What a run that writes is to the one who started it, once everything is reported; `journal` is what came of
/// completing that.
pub(super) fn of_writing(
    report: &Report,
    stop: &Stop,
    directory: &Directory,
    journal: Result<(), JournalError>,
) -> Result<Exit> {
    journal.context(match stop.why() {
        Some(Why::JournalFailed) => {
            "the run stopped, since nothing is written that its journal does not hold: what was not attempted is in the \
             report"
        }
        _ => "the journal is incomplete; undo finds out the rest by looking at the accounts",
    })?;
    of_reading(report, stop, directory)
}

/// The same of a run that only reads.
pub(super) fn of_reading(report: &Report, stop: &Stop, directory: &Directory) -> Result<Exit> {
    match stop.why() {
        Some(Why::Interrupted) => Ok(Exit::Interrupted),
        Some(Why::DirectoryFailed | Why::JournalFailed) => bail!(
            "the run stopped, since no domain controller could be used any more ({}): what was not confirmed or not \
             attempted is in the report; run the same again to do the rest",
            directory.trouble().borrow().as_str()
        ),
        Some(Why::TooManyChanges(changes)) => bail!("nothing was written: {changes}"),
        Some(Why::Misnamed(misnamed)) => {
            bail!("nothing was written: {misnamed} (--allow-misnamed gives the photos as the list says)")
        }
        Some(Why::Identical) => bail!(
            "the run stopped before one picture was given to more than five accounts; what was not attempted is in the \
             report (--allow-identical gives it to all)"
        ),
        None => match stop.foreseen() {
            Some(Why::TooManyChanges(changes)) => bail!("without --dry-run, nothing would be written: {changes}"),
            Some(_) => bail!(
                "without --dry-run, the run would stop before one picture is given to more than five accounts: the \
                 report says which (--allow-identical gives it to all)"
            ),
            None if report.has_failures() => Ok(Exit::WithFailures),
            None => Ok(Exit::Done),
        },
    }
}

/// The same once its report is written, or is not: neither error keeps the other from being told.
pub(super) fn with_report(reported: Result<()>, ended: Result<Exit>) -> Result<Exit> {
    match (reported, ended) {
        (Ok(()), ended) => ended,
        (Err(report), Ok(_)) => Err(report),
        (Err(report), Err(run)) => {
            Err(run.context(format!("{report:#}; what went wrong before is the first cause below")))
        }
    }
}
