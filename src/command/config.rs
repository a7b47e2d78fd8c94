//! `adphoto config show`: which settings are in force, and where each comes from.

use std::fmt::Write;

use clap::{Arg, CommandFactory};

use super::output;
use crate::cli::{Cli, default_of, masked_values};
use crate::failure::{Exit, Failure};
use crate::settings::{self, KEYS, Level, SettingsFile};
use crate::terminal::{self, printable};

pub(super) fn show(file: Option<&SettingsFile>) -> Result<Exit, Failure> {
    let mut program = Cli::command();
    program.build();
    let import = program.find_subcommand("import").ok_or_else(|| Failure::new("there is no import"))?;
    let level = settings::in_force(import, None, file).level;
    let argument = |key| import.get_arguments().find(|argument| argument.get_long() == Some(key));
    let rows = KEYS.into_iter().filter_map(|(key, _)| {
        let (origin, value) = row(key, &level, argument(key)?);
        Some((key, printable(&origin), printable(&value)))
    });
    let rows: Vec<_> = rows.collect();
    let longest = rows.iter().map(|(key, ..)| key.len()).max().unwrap_or_default();
    let widest = rows.iter().map(|(_, origin, _)| origin.chars().count()).max().unwrap_or_default();
    let mut table = String::new();
    for (key, origin, value) in rows {
        _ = writeln!(table, "{key:<longest$}  {origin:<widest$}  {value}");
    }
    output::print(terminal::stdout(), |out| out.write_all(table.as_bytes()))?;
    settings::check(import, &level)?;
    Ok(Exit::Done)
}

/// Returns where a setting comes from, and its value. The value comes last, because a default may be a sentence.
fn row(key: &str, level: &Level, argument: &Arg) -> (String, String) {
    match (level.get(key), level.instead_of(key), default_of(argument)) {
        // Every run refuses a URL with a password, but this command shows the setting, so the password is masked.
        (Some(setting), ..) => {
            let values: Vec<String> = setting.values.iter().map(|value| value.to_string_lossy().into_owned()).collect();
            (setting.origin.to_string(), masked_values(key, &values).join(", "))
        }
        (_, Some(other), _) => (format!("{other} is set"), "-".to_owned()),
        (.., Some(default)) => ("default".to_owned(), default),
        _ => ("not set".to_owned(), "-".to_owned()),
    }
}
