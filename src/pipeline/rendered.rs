//! The result of rendering a file: the thumbnail, and what the approval page needs.

use crate::album::Album;
use crate::hash::Hash;
use crate::report::{Record, WholePhoto};
use crate::thumbnail::{Preview, Thumbnail};

/// A rendered file.
#[derive(Debug)]
pub(crate) struct Rendered {
    pub(crate) thumbnail: Thumbnail,
    /// What the approval page needs, if it was asked for.
    pub(crate) for_page: Option<ForPage>,
}

/// What the approval page needs to know about a file.
#[derive(Debug)]
pub(crate) struct ForPage {
    pub(crate) sha256: Hash,
    /// A small copy of the whole photo, if one can be made and another square can be chosen on it.
    pub(crate) preview: Option<Preview>,
}

impl Rendered {
    /// Returns the record with what the approval page needs to know about the file, if that was asked for.
    pub(crate) fn noted(&self, record: Record, album: &Album) -> Record {
        let Some(ForPage { sha256, preview }) = &self.for_page else { return record };
        let whole = preview.as_ref().zip(self.thumbnail.squares).map(|(preview, squares)| {
            Box::new(WholePhoto { picture: album.keep(&preview.jpeg), photo: preview.photo, squares })
        });
        Record { sha256: Some(*sha256), whole, ..record }
    }
}
