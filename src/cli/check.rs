//! The arguments of `adphoto check`.

use clap::Args;

use super::{CloudArgs, ConnectionArgs, examples};
use crate::report::ChecklistFormat;

/// `adphoto check`.
#[derive(Debug, Args)]
#[command(after_help = examples::CHECK, after_long_help = examples::long(examples::CHECK, HELP))]
pub struct CheckArgs {
    /// Format of standard output
    #[arg(long, value_enum, default_value_t = ChecklistFormat::Text, help_heading = "Output")]
    pub format: ChecklistFormat,

    /// Show no progress bars and no notes
    #[arg(long, short, help_heading = "Output")]
    pub quiet: bool,

    /// Microsoft 365: write a test picture for this account, look at it, and put the old photo back
    #[arg(long = "try", value_name = "USER", help_heading = "Microsoft 365")]
    pub try_user: Option<String>,

    #[command(flatten)]
    pub connection: ConnectionArgs,

    #[command(flatten)]
    pub cloud: CloudArgs,
}

const HELP: &str = "\
Each --server is checked on its own. If a step fails, the steps that depend on it are skipped. Rights are checked for \
at most 100 enabled accounts, spread over the base DN, and for 20 of those with adminCount=1, which do not inherit \
delegations.

If the account that signs in may not write photos, adphoto prints a command that delegates only this right, for an \
administrator to run. With --target microsoft365, it prints the commands that register an app with just the rights that \
it needs. The exit code is 0 if all steps succeed, even with warnings, and 1 if a step fails.";
