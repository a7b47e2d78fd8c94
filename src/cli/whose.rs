//! How to tell whose the photos of a source are.

use clap::Args;

use crate::naming::{MatchBy, Options, Rules};

/// The flags that say whose the photos of a source are, of commands that read photos only if asked to.
#[derive(Debug, Args)]
#[command(next_help_heading = "Source")]
pub struct WhoseArgs {
    /// How to match the users of the source to accounts, as for import
    #[arg(long, value_name = "ATTRIBUTE", requires = "read")]
    pub match_by: Vec<MatchBy>,

    /// A regular expression that says which part of a file's name is the user, as for import
    #[arg(long, value_name = "REGEX", requires = "read", hide_short_help = true)]
    pub name_pattern: Option<String>,

    /// Text in file names that is not part of the user; may be given several times
    #[arg(long, value_name = "TEXT", requires = "read", hide_short_help = true)]
    pub ignore_text: Vec<String>,
}

impl WhoseArgs {
    /// Returns how names are matched by `rules`.
    pub(crate) fn naming(&self, rules: Rules) -> Options {
        Options { rules, name_pattern: self.name_pattern.clone(), ignored: self.ignore_text.clone() }
    }
}
