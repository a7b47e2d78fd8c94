//! Telling which arguments somebody typed.

use std::collections::BTreeSet;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

/// The arguments whose values come from the command line itself, neither from a variable nor from a setting.
///
/// In a struct, this field must come before the others, because they take their values out of the matches.
#[derive(Debug, Clone, Default)]
pub struct Typed(BTreeSet<String>);

impl Typed {
    /// Returns whether the argument of this field was typed.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.0.contains(field)
    }
}

impl FromArgMatches for Typed {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let is_typed = |id: &&str| matches.value_source(id) == Some(ValueSource::CommandLine);
        Ok(Self(matches.ids().map(clap::Id::as_str).filter(is_typed).map(str::to_owned).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Typed {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}
