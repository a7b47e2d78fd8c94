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

    /// Let a report replace a file that adphoto did not write
    #[arg(long, hide_short_help = true)]
    pub overwrite: bool,

    /// Character between the fields of CSV: , or ; or | or "tab"
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = delimiter, hide_short_help = true)]
    pub report_delimiter: u8,

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

/// Reads one of the characters that an import tells apart by itself.
fn delimiter(text: &str) -> Result<u8, &'static str> {
    match text {
        "," | "comma" => Ok(b','),
        ";" => Ok(b';'),
        "|" => Ok(b'|'),
        "tab" | "\\t" | "\t" => Ok(b'\t'),
        _ => Err("it is , or ; or | or \"tab\""),
    }
}
