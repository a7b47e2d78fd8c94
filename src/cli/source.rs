//! How a source is read.

use std::path::PathBuf;

use clap::Args;

use crate::source::Column;

/// How to read the source.
#[derive(Debug, Args)]
#[command(next_help_heading = "Source")]
pub struct SourceArgs {
    /// The CSV column of the users, by name or number
    #[arg(long, value_name = "COLUMN")]
    pub user_column: Option<Column>,

    /// The CSV column of the photos, by name or number
    #[arg(long, value_name = "COLUMN")]
    pub photo_column: Option<Column>,

    /// The character between CSV fields, or "tab"
    #[arg(long, value_name = "CHAR", value_parser = delimiter, hide_short_help = true)]
    pub delimiter: Option<u8>,

    /// Look up the file names of the CSV in this folder, whatever folders it names
    #[arg(long, value_name = "DIR")]
    pub photo_dir: Option<PathBuf>,

    /// Search the folders in the folder, too
    #[arg(long)]
    pub recursive: bool,
}

pub(super) fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [b'"' | b'\r' | b'\n'] => Err("a quotation mark or a line break cannot be one".to_owned()),
        &[byte] if byte.is_ascii() => Ok(byte),
        _ => Err("one ASCII character, or \"tab\"".to_owned()),
    }
}
