//! The arguments that say how changes are written.

use std::path::PathBuf;

use clap::Args;

use super::number::number;

/// How changes are written.
#[derive(Debug, Args)]
pub struct WriteArgs {
    /// Keep what this run replaces in a new file with this name, for `adphoto undo`
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub journal: Option<PathBuf>,

    /// Number of writes to send without waiting for answers; more may help if each answer takes long
    #[arg(long, value_name = "N", env = "ADPHOTO_IN_FLIGHT", hide_env_values = true, default_value_t = 32, value_parser = number::<u16>(1..=256), help_heading = "Connection", hide_short_help = true)]
    pub in_flight: u16,
}
