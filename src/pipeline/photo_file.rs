//! The file of a photo, and reading it ahead.

use std::fs::Metadata;
use std::path::PathBuf;

use super::budget::Content;
use super::workers::Slot;
use crate::crop_box::CropBox;
use crate::hash::Hash;
use crate::source::{OpenPhoto, Photo, ReadError};

/// The file of a photo.
#[derive(Debug, Clone)]
pub(crate) struct PhotoFile {
    pub(crate) path: PathBuf,
    /// Whether a folder's listing has shown the file, so that it can be opened without another look at it. What only a
    /// list names may be anything, such as a device.
    pub(crate) is_found: bool,
    /// The hash that the file must have; `None` accepts any content.
    pub(crate) sha256: Option<Hash>,
    /// The square that somebody chose by hand; `None` crops the photo as the options say.
    pub(crate) crop: Option<CropBox>,
}

impl From<&Photo> for PhotoFile {
    fn from(photo: &Photo) -> Self {
        let crop = photo.approved().and_then(|approved| approved.crop);
        Self { path: photo.path.clone(), is_found: photo.row.is_none(), sha256: photo.sha256(), crop }
    }
}

impl PhotoFile {
    /// Reads the file as soon as there is room for it in memory. Returns what the file system says about it after that,
    /// too.
    pub(crate) fn read(&self, slot: &mut Slot) -> Result<(Content, Metadata), ReadError> {
        let opened = OpenPhoto::open(&self.path, self.is_found)?;
        let mut buffer = slot.buffer(opened.bytes());
        let (bytes, metadata) = opened.read(&mut buffer)?;
        Ok((slot.content(buffer, bytes), metadata))
    }

    /// Checks that this is the content that the list says, and returns its hash if there is one to check or `is_asked`.
    /// It is computed from the very bytes that the picture is made of, because the file may change at any moment.
    pub(crate) fn check(&self, content: &[u8], is_asked: bool) -> Result<Option<Hash>, ReadError> {
        let sha256 = (is_asked || self.sha256.is_some()).then(|| Hash::of(content));
        match self.sha256.is_none() || sha256 == self.sha256 {
            true => Ok(sha256),
            false => Err(ReadError::Changed),
        }
    }
}
