//! Where the journal goes.

use std::path::PathBuf;

use clap::Args;

/// Where the journal goes.
#[derive(Debug, Args)]
pub struct JournalArgs {
    /// Keep what this run replaces in a new file of that name, for `adphoto undo` [default: one in the state folder]
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub journal: Option<PathBuf>,
}
