//! Levels of settings (command line, variables, profile, file), and what is in force when one lies over another.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

use clap::builder::{BoolishValueParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::KEYS;

/// Pairs of settings that exclude each other: if a higher level sets one of them, the other one of a lower level is
/// ignored.
const EITHER: [[&str; 2]; 6] = [
    ["server", "domain"],
    ["kerberos", "user"],
    ["kerberos", "password-file"],
    ["certificate", "client-secret-file"],
    ["certificate", "federated-token-file"],
    ["client-secret-file", "federated-token-file"],
];

/// The settings of one level, by the flags' long names.
#[derive(Debug, Clone, Default)]
pub struct Level(BTreeMap<&'static str, Setting>);

/// The values of a setting, as they would be typed on the command line, and their origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The values; for a flag without a value, `true` or `false`. If there are none, the setting cancels that of a
    /// lower level.
    pub values: Vec<OsString>,
    /// Where the values come from.
    pub origin: Origin,
}

/// The place that a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    CommandLine,
    /// An environment variable with this name.
    Variable(String),
    /// A settings file.
    File(PathBuf),
    /// A profile in a settings file: the file and the profile's name.
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
    /// Reads the settings that were typed on the command line.
    pub(super) fn of_words(command: &Command, matches: &ArgMatches) -> Self {
        Self::of_arguments(command, |argument| typed(matches, argument.get_id().as_str()))
    }

    /// Reads the settings in environment variables. An empty variable sets nothing.
    pub(super) fn of_variables(command: &Command) -> Self {
        Self::of_arguments(command, |argument| variable(argument.get_env()?))
    }

    fn of_arguments(command: &Command, read: impl Fn(&Arg) -> Option<Setting>) -> Self {
        let key = |argument: &Arg| KEYS.into_iter().map(|(key, _)| key).find(|key| argument.get_long() == Some(key));
        Self(command.get_arguments().filter_map(|argument| Some((key(argument)?, read(argument)?))).collect())
    }

    /// Returns the setting with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.0.get(key)
    }

    pub(super) fn set(&mut self, key: &'static str, setting: Setting) {
        self.0.insert(key, setting);
    }

    /// Returns the setting that is in force and excludes `key`, if `key` is not set.
    #[must_use]
    pub fn instead_of(&self, key: &str) -> Option<&'static str> {
        let other = |[one, other]: [&'static str; 2]| match key {
            _ if key == one => Some(other),
            _ if key == other => Some(one),
            _ => None,
        };
        EITHER.into_iter().filter_map(other).find(|other| self.get(key).is_none() && self.is_on(other))
    }

    /// Returns the key and the setting for an argument.
    pub(super) fn of(&self, argument: &Arg) -> Option<(&'static str, &Setting)> {
        self.0.get_key_value(argument.get_long()?).map(|(key, setting)| (*key, setting))
    }

    /// Returns the first value of a setting, as text.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        Some(self.get(key)?.values.first()?.to_string_lossy().into_owned())
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Joins this level with a lower one, without heeding settings that exclude each other.
    #[must_use]
    pub(super) fn beside(mut self, mut lower: Self) -> Self {
        lower.0.append(&mut self.0);
        lower
    }

    /// Puts this level over a lower one. Settings that this level excludes are removed from the lower one, and a
    /// setting without a value cancels the lower one's.
    #[must_use]
    pub(super) fn over(self, mut lower: Self) -> Self {
        for [one, other] in EITHER {
            for (given, replaced) in [(one, other), (other, one)] {
                if self.is_on(given) {
                    lower.remove(replaced);
                }
            }
        }
        let mut level = self.beside(lower);
        level.0.retain(|_, setting| !setting.values.is_empty());
        level
    }

    /// Returns whether a setting has a value other than "no".
    fn is_on(&self, key: &str) -> bool {
        let is_no =
            |value: &OsString| BoolishValueParser::new().parse_ref(&Command::new(""), None, value).is_ok_and(|on| !on);
        let values = self.get(key).map(|setting| setting.values.as_slice()).unwrap_or_default();
        !values.is_empty() && (key != "kerberos" || !values.iter().any(is_no))
    }
}

fn typed(matches: &ArgMatches, id: &str) -> Option<Setting> {
    let is_typed = matches.value_source(id) == Some(ValueSource::CommandLine);
    let values = matches.get_raw(id).filter(|_| is_typed)?.map(OsStr::to_owned).collect();
    Some(Setting { values, origin: Origin::CommandLine })
}

fn variable(name: &OsStr) -> Option<Setting> {
    let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
    Some(Setting { values: vec![value], origin: Origin::Variable(name.to_string_lossy().into_owned()) })
}
