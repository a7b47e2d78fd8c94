//! What is set on one level, and what holds where levels lie over each other.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

use clap::builder::{BoolishValueParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::KEYS;

/// Settings of which one replaces the other: what a lower level says of the one does not hold where a higher level says
/// the other.
const EITHER: [[&str; 2]; 3] = [["server", "domain"], ["kerberos", "user"], ["kerberos", "password-file"]];

/// What is set on one level, by the flags' long names.
#[derive(Debug, Clone, Default)]
pub struct Level(BTreeMap<&'static str, Setting>);

/// A setting's values, as they would be typed, and where they are from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// `true` or `false` of a flag that takes no value.
    pub values: Vec<OsString>,
    /// Where they are from.
    pub origin: Origin,
}

/// Where a value is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag.
    CommandLine,
    /// An environment variable.
    Variable(String),
    /// A file.
    File(PathBuf),
    /// A profile of a file.
    Profile(PathBuf, String),
}

impl Origin {
    pub(super) fn is_file(&self) -> bool {
        matches!(self, Self::File(_) | Self::Profile(..))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine => f.write_str("the command line"),
            Self::Variable(name) => write!(f, "the environment variable {name}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Profile(path, name) => write!(f, "{}, profile {name}", path.display()),
        }
    }
}

impl Level {
    /// Reads what is typed, or set by variables.
    pub(super) fn of_command_line(command: &Command, matches: Option<&ArgMatches>) -> Self {
        let mut level = Self::default();
        for (key, _) in KEYS {
            let Some(argument) = command.get_arguments().find(|argument| argument.get_long() == Some(key)) else {
                continue;
            };
            let typed = matches.and_then(|matches| typed(matches, argument.get_id().as_str()));
            if let Some(setting) = typed.or_else(|| argument.get_env().and_then(variable)) {
                level.set(key, setting);
            }
        }
        level
    }

    /// Returns a setting by its key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.0.get(key)
    }

    pub(super) fn set(&mut self, key: &'static str, setting: Setting) {
        self.0.insert(key, setting);
    }

    /// Returns the setting of an argument, and its key.
    pub(super) fn of(&self, argument: &Arg) -> Option<(&'static str, &Setting)> {
        self.0.get_key_value(argument.get_long()?).map(|(key, setting)| (*key, setting))
    }

    /// Returns what holds of this level and of the one below it.
    #[must_use]
    pub(super) fn over(mut self, mut lower: Self) -> Self {
        for [one, other] in EITHER {
            for (given, replaced) in [(one, other), (other, one)] {
                if self.is_on(given) {
                    lower.0.remove(replaced);
                }
            }
        }
        lower.0.append(&mut self.0);
        lower
    }

    /// Whether it is set, and to something else than "no".
    fn is_on(&self, key: &str) -> bool {
        let off =
            |value: &OsString| BoolishValueParser::new().parse_ref(&Command::new(""), None, value).is_ok_and(|on| !on);
        self.get(key).is_some_and(|setting| key != "kerberos" || !setting.values.iter().any(off))
    }
}

fn typed(matches: &ArgMatches, id: &str) -> Option<Setting> {
    let is_typed = matches.value_source(id) == Some(ValueSource::CommandLine);
    let values = matches.get_raw(id).filter(|_| is_typed)?.map(OsStr::to_owned).collect();
    Some(Setting { values, origin: Origin::CommandLine })
}

fn variable(name: &OsStr) -> Option<Setting> {
    let value = std::env::var_os(name)?;
    Some(Setting { values: vec![value], origin: Origin::Variable(name.to_string_lossy().into_owned()) })
}
