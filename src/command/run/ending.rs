//! How a run ends.

use crate::failure::{Context, Exit, Failure};
use crate::journal::JournalError;
use crate::pipeline::{Stop, Why};
use crate::report::Report;

/// A run whose work is over, and whose report is written or could not be.
pub(super) struct Ended<'e> {
    pub(super) report: &'e Report,
    pub(super) stop: &'e Stop,
    /// What went wrong with the directory last.
    pub(super) trouble: &'e str,
}

impl Ended<'_> {
    /// Returns what the run is to the one who started it; `journal` is what came of completing that.
    pub(super) fn exit(&self, journal: Result<(), JournalError>) -> Result<Exit, Failure> {
        journal.context(match self.stop.why() {
            Some(Why::JournalFailed) => {
                "the run stopped, since nothing is written that its journal does not hold: what was not attempted is in \
                 the report"
            }
            _ => "the journal is incomplete; undo finds out the rest by looking at the accounts",
        })?;
        match self.stop.why() {
            Some(Why::Interrupted) => Ok(Exit::Interrupted),
            Some(Why::DirectoryFailed | Why::JournalFailed) => Err(Failure::new(format!(
                "the run stopped, since no domain controller could be used any more ({}): what was not confirmed or not \
                 attempted is in the report; run the same again to do the rest",
                self.trouble
            ))),
            Some(Why::TooManyChanges(changes)) => Err(Failure::new(format!("nothing was written: {changes}"))),
            Some(Why::Misnamed(misnamed)) => Err(Failure::new(format!("nothing was written: {misnamed}"))
                .hint("compare the rows with their photos; --allow-misnamed imports the list as it is")),
            Some(Why::Identical) => Err(Failure::new(
                "the run stopped before one picture was given to more than five accounts; what was not attempted is in the \
                 report (--allow-identical gives it to all)",
            )),
            None => self.whole(),
        }
    }

    /// The same of a run that did not stop.
    fn whole(&self) -> Result<Exit, Failure> {
        match self.stop.foreseen() {
            Some(Why::TooManyChanges(changes)) => {
                Err(Failure::new(format!("without --dry-run, nothing would be written: {changes}")))
            }
            Some(_) => Err(Failure::new(
                "without --dry-run, the run would stop before one picture is given to more than five accounts: the \
                 report says which (--allow-identical gives it to all)",
            )),
            None if self.report.has_failures() => Ok(Exit::WithFailures),
            None => Ok(Exit::Done),
        }
    }
}

/// Returns how the run ended once its report is written, or is not: neither error keeps the other from being told.
pub(super) fn with_report(reported: Result<(), Failure>, ended: Result<Exit, Failure>) -> Result<Exit, Failure> {
    match (reported, ended) {
        (Ok(()), ended) => ended,
        (Err(report), Ok(_)) => Err(report),
        (Err(report), Err(run)) => {
            Err(run.context(format!("{}; what went wrong before is the first cause below", report.line())))
        }
    }
}
