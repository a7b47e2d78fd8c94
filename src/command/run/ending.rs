//! The end of a run: its exit code or error.

use crate::failure::{Context, Exit, Failure};
use crate::journal::JournalError;
use crate::pipeline::{Stop, Why};
use crate::report::Report;

/// A run that has finished its work, and has written its report or failed to.
pub(super) struct Ended<'e> {
    pub(super) report: &'e Report,
    pub(super) stop: &'e Stop,
    /// That the destination cannot be used any more, in words.
    pub(super) lost: &'e str,
    /// The last connection error.
    pub(super) trouble: &'e str,
}

impl Ended<'_> {
    /// Returns the exit code or the error of the run. `journal` is the result of completing the journal.
    pub(super) fn exit(&self, journal: Result<(), JournalError>) -> Result<Exit, Failure> {
        journal.context(match self.stop.why() {
            Some(Why::JournalFailed) => {
                "stopped: the journal could not be written, and adphoto never changes a photo that it could not put \
                 back; the report lists what is left"
            }
            _ => "the journal is incomplete; undo finds out the rest by reading the accounts",
        })?;
        match self.stop.why() {
            Some(Why::Interrupted) => Ok(Exit::Interrupted),
            Some(Why::DirectoryFailed | Why::JournalFailed) => Err(Failure::new(format!(
                "stopped: {} ({}); the report lists what was not confirmed or not attempted; run the same command again to \
                 do the rest",
                self.lost, self.trouble
            ))),
            Some(Why::FolderFailed(why)) => Err(Failure::new(format!(
                "stopped: nothing more can be written to the folder ({why}); the report lists what was not done"
            ))
            .hint(
                "remove the cause and run the same command again: no file is half written, and it does only the rest",
            )),
            Some(Why::TooManyChanges(changes)) => Err(Failure::new(format!("nothing was written: {changes}"))),
            Some(Why::Misnamed(misnamed)) => Err(Failure::new(format!("nothing was written: {misnamed}"))
                .hint("compare the users with their photos; --allow-misnamed imports the list as it is")),
            Some(Why::Identical) => Err(Failure::new(
                "stopped: one picture would be given to more than five accounts; the report lists what was not \
                 attempted (--allow-identical gives the picture to all)",
            )),
            None => self.whole(),
        }
    }

    /// Returns the exit code or the error of a run that did not stop early.
    fn whole(&self) -> Result<Exit, Failure> {
        match self.stop.foreseen() {
            Some(Why::TooManyChanges(changes)) => {
                Err(Failure::new(format!("without --dry-run, nothing would be written: {changes}")))
            }
            Some(_) => Err(Failure::new(
                "without --dry-run, the run would stop before it gives one picture to more than five accounts: the \
                 report says which (--allow-identical gives the picture to all)",
            )),
            None if self.report.has_failures() => Ok(Exit::WithFailures),
            None => Ok(Exit::Done),
        }
    }
}

/// Joins the results of the report and of the run, so that neither error hides the other.
pub(super) fn with_report(reported: Result<(), Failure>, ended: Result<Exit, Failure>) -> Result<Exit, Failure> {
    match (reported, ended) {
        (Ok(()), ended) => ended,
        (Err(report), Ok(_)) => Err(report),
        (Err(report), Err(run)) => {
            Err(run.context(format!("{}; the error that came before is the first cause below", report.line())))
        }
    }
}
