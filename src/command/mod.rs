//! The subcommands, each a list of its stages; what they share is beside them.

mod connection;
mod convert;
mod import;
mod listing;
mod output;
mod password;
mod record;
mod render;
mod stop;
mod stream;

use std::io::Write;
use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::directory::{ConnectError, DiscoverError, ServerError};
use crate::report::{ReportError, printable};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All done.
    Done = 0,
    /// It could not run, or stopped.
    CouldNotRun = 1,
    /// Wrong usage that only showed while it ran; most is refused before.
    Usage = 2,
    /// Finished, with failures or unmatched photos.
    WithFailures = 3,
    /// Stopped by Ctrl-C or SIGTERM.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Runs a command; what kept it from running is said on standard error.
#[must_use]
pub fn run(cli: &Cli) -> Exit {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = match (&cli.command, runtime) {
        (_, Err(error)) => Err(error.into()),
        (Command::Import(args), Ok(runtime)) => runtime.block_on(import::run(args)),
        (Command::Convert(args), Ok(runtime)) => runtime.block_on(convert::run(args)),
    };
    result.unwrap_or_else(|error| {
        explain(&error);
        if is_usage(&error) { Exit::Usage } else { Exit::CouldNotRun }
    })
}

fn is_usage(error: &anyhow::Error) -> bool {
    error.is::<ServerError>()
        || matches!(error.downcast_ref(), Some(ReportError::UnknownFormat(_) | ReportError::IsTheSource(_)))
}

/// What a cause says that can be done about it.
fn remedy(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    let connect = cause.downcast_ref::<ConnectError>().and_then(ConnectError::remedy);
    connect.or_else(|| cause.downcast_ref::<DiscoverError>().map(DiscoverError::remedy))
}

fn explain(error: &anyhow::Error) {
    let mut text = format!("error: {}\n", printable(&error.to_string()));
    for cause in error.chain().skip(1) {
        // Some errors already say what their cause says.
        let cause = printable(&cause.to_string());
        if !text.contains(&cause) {
            text += &format!("  cause: {cause}\n");
        }
    }
    if let Some(remedy) = error.chain().find_map(remedy) {
        text += &format!("  help: {}\n", printable(&remedy));
    }
    // A closed standard error is no reason to panic.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
