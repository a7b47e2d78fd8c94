//! The arguments that limit how much a run may change.

use clap::Args;

pub use crate::pipeline::MaxChanges;

#[derive(Debug, Args)]
pub struct BrakeArgs {
    /// Plan everything first, and write nothing if more accounts than this would change: a number, or with % a share of
    /// the accounts below the base DN
    #[arg(long, value_name = "N|N%", env = "ADPHOTO_MAX_CHANGES", hide_env_values = true)]
    pub max_changes: Option<MaxChanges>,
}
