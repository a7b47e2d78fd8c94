//! The subcommands, each of which reads as the list of its stages, and what they share.

mod account_picture;
mod approval;
mod audit;
mod check;
mod config;
mod convert;
mod export;
mod generate;
mod import;
mod inbox;
mod listing;
mod misplaced;
mod output;
mod publish;
mod question;
mod remove;
mod run;
mod steps;
mod unchanged;
mod undo;

use std::ffi::OsString;
use std::io::Write;

use self::run::{Call, Unreported};
use crate::cli::{Cli, Command};
pub use crate::failure::Exit;
use crate::failure::{Context, Failure};
use crate::log::Log;
use crate::progress::Progress;
use crate::settings::{self, Refused};
use crate::terminal::{self, HELP, printable};

/// Runs a command line, whose first word is the name of the program, with the settings of the settings file.
#[must_use]
pub fn start(given: &[OsString]) -> Exit {
    terminal::choose_colours();
    match settings::read(given) {
        Ok((Cli { command: Command::Config(_), .. }, settings)) => {
            config::show(settings.as_ref()).unwrap_or_else(|error| failed(&error, &Progress::new(false, None)))
        }
        Ok((cli, settings)) => {
            if let Some(settings) = settings.filter(|settings| settings.is_found_here && !cli.command.talk().0) {
                let path = settings.path.display().to_string();
                // A closed standard error is no reason to stop.
                let _ = writeln!(terminal::stderr(), "{HELP}note:{HELP:#} using the settings in {}", printable(&path));
            }
            run(&cli)
        }
        Err(Refused::Settings(error)) => {
            let (failure, progress) = (error.into(), Progress::new(false, None));
            unread(given, &failure, &progress);
            failed(&failure, &progress)
        }
        Err(Refused::Usage(error)) => {
            if error.use_stderr() {
                let text = error.to_string();
                let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
                unread(given, &Failure::new(first), &Progress::new(false, None));
            }
            // This is also help or the version, which go to standard output. A closed stream is no reason to panic.
            let _ = error.print();
            if error.use_stderr() { Exit::Usage } else { Exit::Done }
        }
    }
}

/// Replaces the reports of a command line that cannot be read, if nobody is there to read the error.
fn unread(given: &[OsString], failure: &Failure, progress: &Progress) {
    if !question::is_possible() {
        Unreported::tell_unread(given, failure, progress);
    }
}

/// Runs a command. If it cannot run, the reason is printed on standard error.
#[must_use]
pub fn run(cli: &Cli) -> Exit {
    let (quiet, log) = cli.command.talk();
    if let Err(error) = output::apart(&cli.command) {
        return failed(&error.into(), &Progress::new(quiet, None));
    }
    let log = match log.map(Log::open).transpose() {
        Ok(log) => log,
        Err(error) => {
            let (failure, progress) = (error.into(), Progress::new(quiet, None));
            Call::new(cli, &progress).refuse(&cli.command, &failure);
            return failed(&failure, &progress);
        }
    };
    let progress = Progress::new(quiet, log);
    progress.log(&format!("adphoto {} begins: {}", env!("CARGO_PKG_VERSION"), cli.words.join(" ")));
    let call = Call::new(cli, &progress);
    let exit = dispatch(cli, &call).unwrap_or_else(|error| {
        call.report(&error);
        failed(&error, &progress)
    });
    progress.log(&format!("ends with exit code {}", exit as i32));
    exit
}

fn dispatch(cli: &Cli, call: &Call<'_>) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    let result = runtime.block_on(async {
        match &cli.command {
            Command::Import(args) => import::run(args, call).await,
            Command::Audit(args) => audit::run(args, call).await,
            Command::Export(args) => export::run(args, call).await,
            Command::Remove(args) => remove::run(args, call).await,
            Command::Undo(args) => undo::run(args, call).await,
            Command::Publish(args) => publish::run(args, call).await,
            Command::Convert(args) => convert::run(args, call).await,
            Command::AccountPicture(args) => account_picture::run(args, call).await,
            Command::Check(args) => check::run(args, call.progress).await,
            // `start` shows the settings itself, because it knows their file.
            Command::Config(_) => config::show(None),
            Command::Generate(args) => generate::run(args),
        }
    });
    // A DNS lookup that is still running must not delay the end.
    runtime.shutdown_background();
    result
}

/// Prints and logs why a command could not run, and returns its exit code.
fn failed(failure: &Failure, progress: &Progress) -> Exit {
    if failure.exit() != Exit::Interrupted {
        progress.log(terminal::plain(&failure.text()).trim_end());
        failure.print();
    }
    failure.exit()
}
