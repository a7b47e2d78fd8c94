//! `adphoto config show`: which settings are in force, and why.

use std::ffi::OsString;
use std::fmt::Write;

use clap::{Arg, CommandFactory};

use super::{masked, output};
use crate::cli::Cli;
use crate::failure::{Exit, Failure};
use crate::settings::{KEYS, Settings, Value};
use crate::terminal::{self, printable};

pub(super) fn show(settings: Option<&Settings>) -> Result<Exit, Failure> {
    let mut program = Cli::command();
    program.build();
    let import = program.find_subcommand("import").ok_or_else(|| Failure::new("there is no import"))?;
    let mut table = String::new();
    for key in KEYS {
        let Some(argument) = import.get_arguments().find(|argument| argument.get_long() == Some(key)) else { continue };
        let (value, origin) = in_force(key, argument, settings);
        _ = writeln!(table, "{key:<14}  {:<32}  {}", printable(&value), printable(&origin));
    }
    output::print(terminal::stdout(), |out| out.write_all(table.as_bytes()))?;
    match crate::settings::check(settings) {
        Ok(()) => Ok(Exit::Done),
        Err(error) => {
            // A closed standard error is no reason to panic.
            let _ = error.print();
            Ok(Exit::Usage)
        }
    }
}

fn in_force(key: &str, argument: &Arg, settings: Option<&Settings>) -> (String, String) {
    // A URL with a password is refused by every run; here it is only shown.
    let text = |value: &OsString| masked(&value.to_string_lossy());
    if let Some((variable, value)) = argument.get_env().and_then(|name| Some((name, std::env::var_os(name)?))) {
        return (text(&value), format!("the environment variable {}", variable.to_string_lossy()));
    }
    if let Some((value, origin)) = settings.and_then(|settings| settings.get(key)) {
        let value = match value {
            Value::Flag(flag) => flag.to_string(),
            Value::Texts(texts) => texts.iter().map(text).collect::<Vec<_>>().join(", "),
        };
        return (value, origin);
    }
    let defaults = argument.get_default_values();
    let default = defaults.iter().map(|value| value.to_string_lossy()).collect::<Vec<_>>().join(", ");
    if !default.is_empty() {
        return (default, "default".to_owned());
    }
    // Where a default is no single value, the help says it in words.
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let words = help.rsplit_once("[default: ").and_then(|(_, words)| words.strip_suffix(']'));
    words.map_or(("-".to_owned(), "not set".to_owned()), |words| (words.to_owned(), "default".to_owned()))
}
