//! Settings from a file, `adphoto.toml`. They apply where neither the command line nor an environment variable says
//! otherwise.
//!
//! ```toml
//! server = ["dc1.ad.example.com", "dc2.ad.example.com"]
//! user = 'EXAMPLE\anna'
//! ca-file = "ca.pem"             # relative to this file
//!
//! [profile.labs]                 # with --profile labs, over those above
//! domain = "labs.example.com"
//! match-by = "mail"
//! ```
//!
//! The keys are the long names of the flags that [`KEYS`] lists. A setting in force becomes the default value of its
//! argument and is then parsed as if it had been typed, so a flag or a variable takes precedence over it. An empty text
//! cancels what the rest of the file says.

mod error;
mod file;
mod level;
mod passwords;
mod place;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgMatches, Command, CommandFactory};

pub use error::ConfigError;
pub use file::{KEYS, Kind, SettingsFile};
pub use level::{Level, Origin, Setting};

use crate::cli::{Cli, LeftOut};
use crate::sign_in::PASSWORD_VARIABLE;

/// The reason why a command line cannot be run.
#[derive(Debug)]
pub enum Refused {
    /// The command line is wrong, or asks for help or the version.
    Usage(clap::Error),
    /// The settings are wrong.
    Settings(ConfigError),
}

impl From<clap::Error> for Refused {
    fn from(error: clap::Error) -> Self {
        Self::Usage(error)
    }
}

impl From<ConfigError> for Refused {
    fn from(error: ConfigError) -> Self {
        Self::Settings(error)
    }
}

/// Reads a command line, whose first word is the name of the program, and the settings file if there is one.
///
/// # Errors
/// When either is wrong, or the command line asks for help or the version.
pub fn read(words: &[OsString]) -> Result<(Cli, Option<SettingsFile>), Refused> {
    let glance = Cli::glance(words)?;
    let mut program = Cli::command();
    let Some((name, matches)) = glance.subcommand() else { return Ok((Cli::read(program, words)?, None)) };
    let place = place::find(glance.get_one::<PathBuf>("config").map(PathBuf::as_path));
    let file = SettingsFile::read(place, glance.get_one("profile").cloned())?;
    let Some(command) = program.find_subcommand(name) else { return Ok((Cli::read(program, words)?, None)) };
    let InForce { level, left_out } = in_force(command, Some(matches), file.as_ref());
    check(command, &level)?;
    program = program.mut_subcommand(name, |command| with_defaults(command, &level));
    let mut cli = Cli::read(program, words)?;
    if let Some(connection) = cli.command.connection_mut() {
        connection.left_out = left_out;
    }
    Ok((cli, file))
}

/// The settings of a command.
#[derive(Debug)]
pub struct InForce {
    /// All settings that are in force.
    pub level: Level,
    /// A password that is set, but belongs to another user.
    pub left_out: Option<LeftOut>,
}

/// Returns what is in force for a command: what was typed, then variables, then the file.
#[must_use]
pub fn in_force(command: &Command, typed: Option<&ArgMatches>, file: Option<&SettingsFile>) -> InForce {
    let typed = typed.map(|matches| Level::of_words(command, matches)).unwrap_or_default();
    let mut variables = Level::of_variables(command);
    let mut file = file.map(|file| file.level.clone()).unwrap_or_default();
    let has_password = std::env::var_os(PASSWORD_VARIABLE).is_some_and(|password| !password.is_empty());
    let left_out = passwords::settle(&typed, &mut variables, &mut file, has_password);
    InForce { level: typed.beside(variables).over(file), left_out }
}

/// Checks all values that were not typed. When clap refuses a default value, it does not say where the value comes
/// from.
///
/// # Errors
/// When the command would refuse a value. The error names the first such value.
pub fn check(command: &Command, level: &Level) -> Result<(), ConfigError> {
    for argument in command.get_arguments() {
        let Some((key, setting)) = level.of(argument).filter(|(_, it)| it.origin != Origin::CommandLine) else {
            continue;
        };
        let alone = Arg::new(key)
            .long(key)
            .action(argument.get_action().clone())
            .value_parser(argument.get_value_parser().clone())
            .default_values(setting.values.clone());
        let alone = alone.value_delimiter(argument.get_value_delimiter());
        let Err(error) = Command::new("adphoto").no_binary_name(true).arg(alone).try_get_matches_from([""; 0]) else {
            continue;
        };
        let value = setting.values.join(OsString::from(", ").as_os_str()).to_string_lossy().into_owned();
        return Err(ConfigError::Refused { origin: setting.origin.clone(), key, value, why: why(&error) });
    }
    Ok(())
}

fn why(error: &clap::Error) -> String {
    if let Some(ContextValue::Strings(possible)) = error.get(ContextKind::ValidValue) {
        return format!("it is one of {}", possible.join(", "));
    }
    std::error::Error::source(error).map_or_else(|| error.kind().to_string(), ToString::to_string)
}

fn with_defaults(command: Command, level: &Level) -> Command {
    command.mut_args(|argument| match level.of(&argument) {
        Some((_, setting)) if setting.origin.is_file() => argument.default_values(setting.values.clone()),
        // The variable is not in force, so clap must not read it.
        None if KEYS.iter().any(|(key, _)| argument.get_long() == Some(key)) => argument.env(Resettable::Reset),
        _ => argument,
    })
}

#[cfg(test)]
mod tests;
