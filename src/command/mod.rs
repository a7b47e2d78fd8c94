//! The subcommands, each a list of its stages; what they share is beside them.

mod audit;
mod check;
mod config;
mod convert;
mod ending;
mod export;
mod generate;
mod import;
mod journal;
mod listing;
mod output;
mod remove;
mod steps;
mod undo;

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::Write;

use output::NotApart;
use remove::NobodyToAsk;

use crate::cli::{Cli, Command};
use crate::directory::{ConnectError, DiscoverError, KerberosError, ServerError};
use crate::failure::Advice;
pub use crate::failure::Exit;
use crate::journal::JournalError;
use crate::log::Log;
use crate::naming::LookupError;
use crate::progress::Progress;
use crate::report::ReportError;
use crate::saving::SaveError;
use crate::settings::ConfigError;
use crate::sign_in::CredentialsError;
use crate::source::SourceError;
use crate::terminal::{self, BAD, HELP, printable};

/// Runs what a command line says, its first word the program's own name, with what the settings' file adds.
#[must_use]
pub fn start(given: &[OsString]) -> Exit {
    terminal::choose_colours();
    let asks_for_help =
        given.iter().any(|argument| argument == "--help" || argument == "-h" || argument == "--version");
    let with_settings = if asks_for_help { Ok((given.to_vec(), None)) } else { crate::settings::arguments(given) };
    let (arguments, settings) = match with_settings {
        Ok(with_settings) => with_settings,
        Err(error) => return failed(&error.into(), &Progress::new(false, None)),
    };
    match Cli::read(arguments) {
        Ok(Cli { command: Command::Config(_), .. }) => {
            config::show(settings.as_ref()).unwrap_or_else(|error| failed(&error, &Progress::new(false, None)))
        }
        Ok(cli) => {
            if let Some(settings) = settings.filter(|settings| settings.is_found_here && !cli.command.talk().0) {
                let path = settings.path.display().to_string();
                // A closed standard error is no reason to stop.
                let _ =
                    writeln!(terminal::stderr(), "{HELP}note:{HELP:#} settings are taken from {}", printable(&path));
            }
            run(&cli)
        }
        Err(error) => {
            // Also help and version, which go to standard output. A closed one is no reason to panic.
            let _ = error.print();
            if let Some(settings) = settings.filter(|_| error.use_stderr()) {
                let path = settings.path.display().to_string();
                let _ = writeln!(
                    terminal::stderr(),
                    "\n{HELP}note:{HELP:#} settings are also taken from {}",
                    printable(&path)
                );
            }
            if error.use_stderr() { Exit::Usage } else { Exit::Done }
        }
    }
}

/// Runs a command; what kept it from running is said on standard error.
#[must_use]
pub fn run(cli: &Cli) -> Exit {
    let (quiet, log) = cli.command.talk();
    let opened = output::apart(&cli.command).map_err(anyhow::Error::from);
    let log = match opened.and_then(|()| Ok(log.map(Log::open).transpose()?)) {
        Ok(log) => log,
        Err(error) => return failed(&error, &Progress::new(quiet, None)),
    };
    let progress = Progress::new(quiet, log);
    progress.log(&begun());
    let exit = dispatch(cli, &progress).unwrap_or_else(|error| failed(&error, &progress));
    progress.log(&format!("ends with exit code {}", exit as i32));
    exit
}

/// No argument holds a secret, unless somebody puts one where it is none: into a URL.
fn begun() -> String {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|argument| masked(&argument.to_string_lossy())).collect();
    printable(&format!("adphoto {} begins: {}", env!("CARGO_PKG_VERSION"), arguments.join(" ")))
}

/// `ldaps://anna:…@dc1` for what has a password there.
fn masked(argument: &str) -> String {
    let secret = argument.find("//").and_then(|slashes| {
        let colon = slashes + argument[slashes..].find(':')?;
        // The last one: a password may hold it, too.
        let at = argument.rfind('@').filter(|&at| at > colon)?;
        Some((&argument[..=colon], &argument[at..]))
    });
    secret.map_or_else(|| argument.to_owned(), |(before, behind)| format!("{before}…{behind}"))
}

fn dispatch(cli: &Cli, progress: &Progress) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        match &cli.command {
            Command::Import(args) => import::run(args, progress).await,
            Command::Audit(args) => audit::run(args, progress).await,
            Command::Export(args) => export::run(args, progress).await,
            Command::Remove(args) => remove::run(args, progress).await,
            Command::Undo(args) => undo::run(args, progress).await,
            Command::Convert(args) => convert::run(args, progress).await,
            Command::Check(args) => check::run(args, progress).await,
            // Shown by `start`, which knows the file.
            Command::Config(_) => config::show(None),
            Command::Generate(args) => generate::run(args),
        }
    });
    // A name that is still being looked up is nobody's any more.
    runtime.shutdown_background();
    result
}

fn failed(error: &anyhow::Error, progress: &Progress) -> Exit {
    let text = explained(error);
    progress.log(terminal::plain(&text).trim_end());
    // A closed standard error is no reason to panic.
    let _ = terminal::stderr().write_all(text.as_bytes());
    if is_usage(error) { Exit::Usage } else { Exit::CouldNotRun }
}

fn is_usage(error: &anyhow::Error) -> bool {
    error.is::<ConfigError>()
        || error.is::<ServerError>()
        || error.is::<CredentialsError>()
        || error.is::<KerberosError>()
        || error.is::<NobodyToAsk>()
        || error.downcast_ref::<LookupError>().is_some_and(Advice::is_usage)
        || error.is::<NotApart>()
        || matches!(
            error.downcast_ref(),
            Some(ReportError::UnknownFormat(_) | ReportError::IsTheSource(_) | ReportError::IsAJournal(_))
        )
}

/// What a cause says that can be done about it.
fn remedy(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    let connect = cause.downcast_ref::<ConnectError>().and_then(ConnectError::remedy);
    let discover = || cause.downcast_ref::<DiscoverError>().map(DiscoverError::remedy);
    let kerberos = || cause.downcast_ref::<KerberosError>().and_then(KerberosError::remedy).map(str::to_owned);
    let save = || cause.downcast_ref::<SaveError>().map(|error| error.remedy().to_owned());
    let journal = || cause.downcast_ref::<JournalError>().map(|error| error.remedy().to_owned());
    let report = || cause.downcast_ref::<ReportError>().and_then(ReportError::remedy).map(str::to_owned);
    let source = || cause.downcast_ref::<SourceError>().and_then(SourceError::remedy).map(str::to_owned);
    let config = || cause.downcast_ref::<ConfigError>().and_then(ConfigError::remedy).map(str::to_owned);
    let lookup = || cause.downcast_ref::<LookupError>().and_then(Advice::advice).map(Cow::into_owned);
    connect
        .or_else(discover)
        .or_else(kerberos)
        .or_else(save)
        .or_else(journal)
        .or_else(report)
        .or_else(source)
        .or_else(config)
        .or_else(lookup)
}

/// The error, what caused it, and what to do about it.
fn explained(error: &anyhow::Error) -> String {
    let mut text = format!("{BAD}error:{BAD:#} {}\n", printable(&error.to_string()));
    for cause in error.chain().skip(1) {
        // Some errors already say what their cause says.
        let cause = cause.to_string();
        let lines: Vec<String> = cause.trim_end().lines().map(printable).collect();
        if !text.contains(&printable(&cause)) {
            text += &format!("  cause: {}\n", lines.join("\n         "));
        }
    }
    if let Some(remedy) = error.chain().find_map(remedy) {
        text += &format!("  {HELP}help:{HELP:#} {}\n", printable(&remedy));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_password_in_a_url_is_not_logged() {
        for (argument, logged) in [
            ("ldaps://anna:s3/cr@t@dc1:636", "ldaps://anna:…@dc1:636"),
            ("--server=ldap://anna:secret@dc1", "--server=ldap://anna:…@dc1"),
            ("ldaps://dc1:636", "ldaps://dc1:636"),
            ("anna@ad.example.com", "anna@ad.example.com"),
        ] {
            assert_eq!(masked(argument), logged);
        }
    }
}
