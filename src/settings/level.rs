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
    /// `true` or `false` of a flag that takes no value; none takes away what a lower level says.
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
    /// Reads what is typed.
    pub(super) fn of_words(command: &Command, matches: &ArgMatches) -> Self {
        Self::of_arguments(command, |argument| typed(matches, argument.get_id().as_str()))
    }

    /// Reads what variables set; an empty one sets nothing.
    pub(super) fn of_variables(command: &Command) -> Self {
        Self::of_arguments(command, |argument| variable(argument.get_env()?))
    }

    fn of_arguments(command: &Command, read: impl Fn(&Arg) -> Option<Setting>) -> Self {
        let key = |argument: &Arg| KEYS.into_iter().map(|(key, _)| key).find(|key| argument.get_long() == Some(key));
        Self(command.get_arguments().filter_map(|argument| Some((key(argument)?, read(argument)?))).collect())
    }

    /// Returns a setting by its key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.0.get(key)
    }

    pub(super) fn set(&mut self, key: &'static str, setting: Setting) {
        self.0.insert(key, setting);
    }

    /// Returns the setting that is in force instead of one that is not set.
    #[must_use]
    pub fn instead_of(&self, key: &str) -> Option<&'static str> {
        let other = |[one, other]: [&'static str; 2]| match key {
            _ if key == one => Some(other),
            _ if key == other => Some(one),
            _ => None,
        };
        EITHER.into_iter().filter_map(other).find(|other| self.get(key).is_none() && self.is_on(other))
    }

    /// Returns the setting of an argument, and its key.
    pub(super) fn of(&self, argument: &Arg) -> Option<(&'static str, &Setting)> {
        self.0.get_key_value(argument.get_long()?).map(|(key, setting)| (*key, setting))
    }

    /// Returns the one text that a setting is.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        Some(self.get(key)?.values.first()?.to_string_lossy().into_owned())
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Returns what holds of this level and of the one below it, whatever replaces what.
    #[must_use]
    pub(super) fn beside(mut self, mut lower: Self) -> Self {
        lower.0.append(&mut self.0);
        lower
    }

    /// Returns what holds of this level and of the one below it. A setting without a value takes that of the other away.
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

    /// Whether it has a value, and that is not "no".
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
