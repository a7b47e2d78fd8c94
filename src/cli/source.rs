//! The arguments that say how to read a source.

use std::path::PathBuf;

use clap::Args;

use crate::source::{Column, Options};

/// How to read the source.
#[derive(Debug, Args)]
#[command(next_help_heading = "Source")]
pub struct SourceArgs {
    /// CSV column of the users, by name or number
    #[arg(long, value_name = "COLUMN")]
    pub user_column: Option<Column>,

    /// CSV column of the photos, by name or number
    #[arg(long, value_name = "COLUMN")]
    pub photo_column: Option<Column>,

    /// The character between CSV fields, or "tab"
    #[arg(long, value_name = "CHAR", value_parser = delimiter, hide_short_help = true)]
    pub delimiter: Option<u8>,

    /// Look for the files of the CSV file in this folder, whatever folders it names
    #[arg(long, value_name = "DIR")]
    pub photo_dir: Option<PathBuf>,

    /// Also search the folders inside the folder
    #[arg(long)]
    pub recursive: bool,
}

impl SourceArgs {
    /// Returns the options of reading. A column that is named `match_by` is that of the users.
    #[must_use]
    pub fn options(&self, match_by: Option<&str>) -> Options {
        Options {
            user_column: self.user_column.clone(),
            photo_column: self.photo_column.clone(),
            match_by: match_by.map(str::to_owned),
            delimiter: self.delimiter,
            photo_dir: self.photo_dir.clone(),
            recursive: self.recursive,
            ..Options::default()
        }
    }
}

pub(super) fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [b'"' | b'\r' | b'\n'] => Err("a quotation mark or a line break cannot separate fields".to_owned()),
        &[byte] if byte.is_ascii() => Ok(byte),
        _ => Err("one ASCII character, or \"tab\"".to_owned()),
    }
}
