//! Reading the source that the command line names.

use std::path::Path;

use crate::progress::Progress;
use crate::source::{self, Listing, Options, SourceError};

/// Reads all rows or files of a source, and shows its notes.
pub(super) fn read(source: &Path, options: &Options, progress: &Progress) -> Result<Listing, SourceError> {
    let listing = source::read(source, options)?;
    for note in &listing.notes {
        progress.note(note);
    }
    Ok(listing)
}
