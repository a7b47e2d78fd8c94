//! The arguments that say where results go.

use std::path::PathBuf;

use clap::Args;

use crate::report::Format;

/// Where results go.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Write a report of every photo to FILE.csv, FILE.json or FILE.html (which shows the photos); may be given several
    /// times
    #[arg(long, value_name = "FILE")]
    pub report: Vec<PathBuf>,

    /// Format of standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,

    /// Append a line with the time to FILE for everything that is done or fails
    #[arg(long, value_name = "FILE", env = "ADPHOTO_LOG_FILE", hide_env_values = true)]
    pub log_file: Option<PathBuf>,

    /// Show no progress bars and no notes
    #[arg(long, short)]
    pub quiet: bool,
}
