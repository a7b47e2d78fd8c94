//! Reading the source that the command line names.

use std::path::Path;

use crate::cli::SourceArgs;
use crate::progress::Progress;
use crate::source::{self, Listing, SourceError};

/// Reads all rows or files of a source, and shows its notes. A column that is named `match_by` is that of the users.
pub(super) fn read(
    source: &Path,
    args: &SourceArgs,
    match_by: Option<&str>,
    progress: &Progress,
) -> Result<Listing, SourceError> {
    let options = source::Options {
        user_column: args.user_column.clone(),
        photo_column: args.photo_column.clone(),
        match_by: match_by.map(str::to_owned),
        delimiter: args.delimiter,
        photo_dir: args.photo_dir.clone(),
        recursive: args.recursive,
        users_only: false,
    };
    let listing = source::read(source, &options)?;
    for note in &listing.notes {
        progress.note(note);
    }
    Ok(listing)
}
