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
//! Keys are the flags' long names, of those that [`KEYS`] names.

mod error;
mod file;
mod place;

use std::ffi::{OsStr, OsString};

use clap::error::ErrorKind;
use clap::{Arg, Command, CommandFactory, Parser};

pub use error::ConfigError;
pub use file::{Settings, Value};

use crate::cli::Cli;

/// The flags that a file may set, by their long names.
pub const KEYS: [&str; 19] = [
    "server",
    "domain",
    "site",
    "dns-server",
    "user",
    "password-file",
    "kerberos",
    "base-dn",
    "ca-file",
    "timeout",
    "in-flight",
    "give-up-after",
    "match-by",
    "crop",
    "size",
    "max-bytes",
    "jobs",
    "max-changes",
    "log-file",
];
/// Flags of which one replaces the other: what a file says of the one does not hold where the other is given.
const EITHER: [[&str; 2]; 3] = [["server", "domain"], ["kerberos", "user"], ["kerberos", "password-file"]];

/// The command line with what the file says put in, and the file's settings, if there is one.
///
/// # Errors
/// When the file cannot be read or holds what it may not.
pub fn arguments(given: &[OsString]) -> Result<(Vec<OsString>, Option<Settings>), ConfigError> {
    let mut program = Cli::command();
    program.build();
    let Some((place, command)) = subcommand(&program, given) else { return Ok((given.to_vec(), None)) };
    let chosen = |flag: &str, variable: &str| value_of(flag, given).or_else(|| std::env::var_os(variable));
    let file = place::find(chosen("config", "ADPHOTO_CONFIG").as_deref());
    let profile = chosen("profile", "ADPHOTO_PROFILE");
    let Some(settings) = Settings::read(file, profile.as_deref())? else { return Ok((given.to_vec(), None)) };
    let mut arguments = given[..=place].to_vec();
    arguments.extend(from_file(&settings, command, &given[place + 1..]));
    arguments.extend_from_slice(&given[place + 1..]);
    Ok((arguments, Some(settings)))
}

/// Whether a run would take the values, be they from the file or from the environment.
///
/// # Errors
/// The first that it would refuse.
pub fn check(settings: Option<&Settings>) -> Result<(), clap::Error> {
    let mut program = Cli::command();
    program.build();
    let mut line = ["adphoto", "import", "photos"].map(OsString::from).to_vec();
    if let (Some(settings), Some(import)) = (settings, program.find_subcommand("import")) {
        line.extend(from_file(settings, import, &[]));
    }
    match Cli::try_parse_from(line) {
        // What is not said yet, such as the user, may be said on the command line.
        Err(error) if matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue) => Err(error),
        _ => Ok(()),
    }
}

fn from_file(settings: &Settings, command: &Command, given: &[OsString]) -> Vec<OsString> {
    let is_given = |argument: &&Arg| {
        argument.get_long().is_some_and(|long| has_flag(long, given))
            || argument.get_env().is_some_and(|variable| std::env::var_os(variable).is_some())
    };
    let said: Vec<&Arg> = command.get_arguments().filter(is_given).collect();
    let says = |name: &str| said.iter().any(|argument| argument.get_long() == Some(name));
    let mut arguments = Vec::new();
    for (key, value) in settings.values() {
        let Some(argument) = command.get_arguments().find(|argument| argument.get_long() == Some(key)) else {
            continue;
        };
        let conflicts = |one: &Arg, other: &Arg| command.get_arg_conflicts_with(one).contains(&other);
        let is_replaced = says(key)
            || EITHER.iter().any(|pair| pair.contains(&key) && pair.iter().any(|other| says(other)))
            || said.iter().any(|other| conflicts(argument, other) || conflicts(other, argument))
            // The attribute that photos are matched by, where there are none.
            || key == "match-by" && command.get_name() == "audit" && !says("photos");
        if !is_replaced {
            arguments.extend(value.as_arguments(key));
        }
    }
    arguments
}

/// Where the subcommand's name stands, and its definition.
fn subcommand<'p>(program: &'p Command, given: &[OsString]) -> Option<(usize, &'p Command)> {
    let mut is_value = false;
    for (place, argument) in given.iter().enumerate().skip(1) {
        if is_value {
            is_value = false;
        } else if argument == "--config" || argument == "--profile" {
            is_value = true;
        } else if !argument.to_string_lossy().starts_with('-') {
            return program.find_subcommand(argument).map(|command| (place, command));
        }
    }
    None
}

/// Whether `--name` or `--name=…` is given; behind `--` there are no flags.
pub(crate) fn has_flag(name: &str, given: &[OsString]) -> bool {
    given.iter().take_while(|argument| *argument != "--").any(|argument| {
        let text = argument.to_string_lossy();
        text.strip_prefix("--")
            .and_then(|text| text.strip_prefix(name))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    })
}

fn value_of(name: &str, given: &[OsString]) -> Option<OsString> {
    let flag = format!("--{name}");
    let given: Vec<&OsString> = given.iter().take_while(|argument| *argument != "--").collect();
    given.iter().enumerate().find_map(|(place, argument)| {
        if **argument == OsStr::new(&flag) {
            return given.get(place + 1).map(|value| (*value).clone());
        }
        argument.to_str()?.strip_prefix(&flag)?.strip_prefix('=').map(OsString::from)
    })
}

#[cfg(test)]
mod tests;
