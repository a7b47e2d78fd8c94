//! The end of a run, as its reports tell it.

use crate::failure::{Exit, Failure};

/// The end of a run: its exit code, and what went wrong with the run as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ending {
    /// The exit code; `None` if the run has not ended.
    pub exit_code: Option<u8>,
    /// Why the run could not begin, or why it stopped.
    pub error: Option<String>,
    /// What to do about the error.
    pub help: Vec<String>,
}

impl Ending {
    /// Returns what a report says as long as its run goes on. If the run is killed, the report keeps saying so.
    #[must_use]
    pub fn not_yet() -> Self {
        let error = "the run has not ended: it is still at work, or it was killed, or the power failed";
        let help = "if it is not at work any more, run the same command again: it does the rest";
        Self { exit_code: None, error: Some(error.to_owned()), help: vec![help.to_owned()] }
    }
}

impl From<&Result<Exit, Failure>> for Ending {
    fn from(ended: &Result<Exit, Failure>) -> Self {
        match ended {
            Ok(exit) => Self { exit_code: Some(*exit as u8), ..Self::default() },
            Err(failure) => Self::from(failure),
        }
    }
}

impl From<&Failure> for Ending {
    fn from(failure: &Failure) -> Self {
        let help = failure.hints().map(str::to_owned).collect();
        Self { exit_code: Some(failure.exit() as u8), error: Some(failure.line()), help }
    }
}
