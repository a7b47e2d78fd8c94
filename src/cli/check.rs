//! `adphoto check`.

use clap::Args;

use super::{ConnectionArgs, examples};
use crate::report::ChecklistFormat;

/// `adphoto check`.
#[derive(Debug, Args)]
#[command(after_help = examples::CHECK, after_long_help = examples::long(examples::CHECK, HELP))]
pub struct CheckArgs {
    /// What standard output gets
    #[arg(long, value_enum, default_value_t = ChecklistFormat::Text, help_heading = "Output")]
    pub format: ChecklistFormat,

    /// No progress bars and no notes
    #[arg(long, short, help_heading = "Output")]
    pub quiet: bool,

    #[command(flatten)]
    /// The directory.
    pub connection: ConnectionArgs,
}

const HELP: &str = "\
Each --server is checked by itself. What depends on something that failed is not tried. Rights are looked up for at most \
100 enabled accounts, spread over the base DN, and for 20 of those with adminCount=1, from which Windows takes inherited delegations.

Where the account that signs in may not write photos, the command that delegates this right, and nothing else, is printed for an \
administrator to run. The exit code is 0 where all is fine, warnings allowed, and 1 where something failed.";
