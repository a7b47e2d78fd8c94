//! Settings from a file, `adphoto.toml`: what is not said on the command line, nor by an environment variable.
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
//! Keys are the flags' long names, of those that [`KEYS`] names. What holds of a file becomes the default of its argument:
//! it is then parsed as if it had been typed, and a flag or a variable goes before it.

mod error;
mod file;
mod level;
mod place;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue};
use clap::{ArgMatches, Command, CommandFactory};

pub use error::ConfigError;
pub use file::{KEYS, Kind, SettingsFile};
pub use level::{Level, Origin, Setting};

use crate::cli::Cli;

/// Why a command line cannot be run.
#[derive(Debug)]
pub enum Refused {
    /// It is wrong usage, or asks for help or the version.
    Usage(clap::Error),
    /// The settings are at fault.
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

/// Reads a command line, its first word the program's own name, and the file of settings, if there is one.
///
/// # Errors
/// Where either is wrong, and where the command line asks for help or the version.
pub fn read(words: &[OsString]) -> Result<(Cli, Option<SettingsFile>), Refused> {
    let glance = Cli::glance(words)?;
    let mut program = Cli::command();
    let Some((name, matches)) = glance.subcommand() else { return Ok((Cli::read(program, words)?, None)) };
    let place = place::find(glance.get_one::<PathBuf>("config").map(PathBuf::as_path));
    let file = SettingsFile::read(place, glance.get_one("profile").cloned())?;
    if let Some(command) = program.find_subcommand(name) {
        let level = in_force(command, Some(matches), file.as_ref());
        check(command, &level)?;
        program = program.mut_subcommand(name, |command| with_defaults(command, &level));
    }
    Ok((Cli::read(program, words)?, file))
}

/// Returns what is set for a command: typed, by variables, or in the file.
#[must_use]
pub fn in_force(command: &Command, typed: Option<&ArgMatches>, file: Option<&SettingsFile>) -> Level {
    Level::of_command_line(command, typed).over(file.map(|file| file.level.clone()).unwrap_or_default())
}

/// Looks at what nobody typed: clap would not say whose value it refuses.
///
/// # Errors
/// The first value that the command would refuse.
pub fn check(command: &Command, level: &Level) -> Result<(), ConfigError> {
    for argument in command.get_arguments() {
        let Some((key, setting)) = level.of(argument).filter(|(_, it)| it.origin != Origin::CommandLine) else {
            continue;
        };
        let alone = argument.clone().default_values(setting.values.clone());
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
        _ => argument,
    })
}

#[cfg(test)]
mod tests;
