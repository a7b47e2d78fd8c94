//! Where results go.

use std::path::PathBuf;

use clap::Args;

use crate::report::Format;

/// Where results go.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Write a report of every photo to FILE.csv, FILE.json or, with the photos to look at, FILE.html; may be given
    /// several times
    #[arg(long, value_name = "FILE")]
    pub report: Vec<PathBuf>,

    /// Replace files, too, that adphoto did not write, where a report is to be
    #[arg(long, hide_short_help = true)]
    pub overwrite: bool,

    /// The character between the fields of CSV: comma, ;, | or "tab"
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = delimiter, hide_short_help = true)]
    pub report_delimiter: u8,

    /// What standard output gets
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,

    /// Add a line for everything that is done or fails, with its time, to FILE
    #[arg(long, value_name = "FILE", env = "ADPHOTO_LOG_FILE", hide_env_values = true)]
    pub log_file: Option<PathBuf>,

    /// No progress bars and no notes
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
