//! `adphoto config show`: which settings are in force, and why.

use std::fmt::Write;

use clap::CommandFactory;

use super::output;
use crate::cli::{Cli, default_of, masked};
use crate::failure::{Exit, Failure};
use crate::settings::{self, KEYS, SettingsFile};
use crate::terminal::{self, printable};

pub(super) fn show(file: Option<&SettingsFile>) -> Result<Exit, Failure> {
    let mut program = Cli::command();
    program.build();
    let import = program.find_subcommand("import").ok_or_else(|| Failure::new("there is no import"))?;
    let level = settings::in_force(import, None, file);
    let mut table = String::new();
    for (key, _) in KEYS {
        let Some(argument) = import.get_arguments().find(|argument| argument.get_long() == Some(key)) else { continue };
        let (value, origin) = match (level.get(key), default_of(argument)) {
            // A URL with a password is refused by every run; here it is only shown.
            (Some(setting), _) => {
                let values: Vec<_> = setting.values.iter().map(|value| masked(&value.to_string_lossy())).collect();
                (values.join(", "), setting.origin.to_string())
            }
            (None, Some(default)) => (default, "default".to_owned()),
            (None, None) => ("-".to_owned(), "not set".to_owned()),
        };
        _ = writeln!(table, "{key:<14}  {:<32}  {}", printable(&value), printable(&origin));
    }
    output::print(terminal::stdout(), |out| out.write_all(table.as_bytes()))?;
    settings::check(import, &level)?;
    Ok(Exit::Done)
}
