//! The reasons why no thumbnail can be made of a photo, and what to do about each.

use std::borrow::Cow;

use super::face::Unclear;
use super::memory::{MAX_MEMORY, MAX_PIXELS};
use crate::crop_box::CropBox;
use crate::failure::Advice;

/// The reason why no thumbnail can be made of a photo.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    #[error("the file is not a JPEG, HEIC, PNG, WebP, TIFF, GIF or BMP picture")]
    UnknownFormat,
    /// The format, or this kind of it, is known but not supported.
    #[error("{0} is not supported")]
    Unsupported(Cow<'static, str>),
    /// The file ends before the picture does.
    #[error("the file ends in the middle of the picture: it was cut off, perhaps while it was copied")]
    Truncated,
    /// The file says that it has no pixels.
    #[error("the image has {width}×{height} pixels: there is nothing to see")]
    NoPixels { width: u32, height: u32 },
    /// Nothing can be seen on the square that would become the thumbnail.
    #[error("{}", if *.transparent { "the picture is fully transparent: there is nothing to see" } else { "the picture has only one colour: there is nothing to see" })]
    Blank {
        /// Whether the reason is that no pixel is opaque.
        transparent: bool,
    },
    /// It is not clear which face the photo shows, and that is required.
    #[error("{0}")]
    Unclear(Unclear),
    /// The square that somebody chose reaches beyond the photo.
    #[error("the square {0} that the list chooses (crop) reaches beyond the edge of the photo, which has {w}×{h} pixels", w = .1.0, h = .1.1)]
    OutsidePhoto(CropBox, (u32, u32)),
    /// Somebody chose a square of the file, but the file is to be taken as it is.
    #[error("the list chooses a part of this photo (crop), and --as-is takes whole files")]
    PartAsIs,
    /// The photo would take more memory than one photo may take.
    #[error("the image has {width}×{height} pixels, which is too large: the limits are {} megapixels and {} MB of memory", MAX_PIXELS / 1_000_000, MAX_MEMORY / 1024 / 1024)]
    TooLarge { width: u32, height: u32 },
    /// A part of the picture is missing or was changed.
    #[error("the image is damaged: {0}")]
    Damaged(Cow<'static, str>),
    /// The file breaks a rule of its format. The picture may still be complete, which only a person can see.
    #[error("the file breaks the rules of its format: {0}")]
    Irregular(Cow<'static, str>),
    /// Even the lowest quality takes more bytes than allowed.
    #[error(
        "a thumbnail of {size}×{size} pixels takes {bytes} bytes even at the lowest quality; {max_bytes} are allowed"
    )]
    OverBudget {
        /// The number of pixels on each side of the thumbnail.
        size: u32,
        /// The number of bytes at the lowest quality.
        bytes: usize,
        max_bytes: usize,
    },
    /// A file that is to be taken as it is has more bytes than allowed.
    #[error("the file has {bytes} bytes; the domain's schema allows {max_bytes}")]
    TooManyBytes { bytes: usize, max_bytes: usize },
    /// The decoder panicked.
    #[error("the decoder failed on this image")]
    DecoderFailed,
    #[error("the thumbnail could not be made: {0}")]
    Failed(String),
}

impl PhotoError {
    /// Returns the error for a damaged picture. `what` says what is wrong with it.
    pub(super) fn damaged(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Damaged(what.into())
    }

    /// Returns the error for a file that breaks a rule of its format. `what` says how.
    pub(super) fn irregular(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Irregular(what.into())
    }

    /// Returns the error for a format, or a kind of it, that is not supported. `what` is its name.
    pub(super) fn unsupported(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Unsupported(what.into())
    }
}

impl Advice for PhotoError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::Unsupported(_) => "save it as JPEG or PNG",
            Self::UnknownFormat => "if it is a photo, save it as JPEG or PNG; otherwise replace it with the photo",
            Self::Truncated | Self::Damaged(_) => "copy the file again from where it came from",
            Self::Irregular(_) => {
                "open it in a picture viewer: if the picture is complete there, save it again as JPEG or PNG"
            }
            Self::NoPixels { .. } | Self::Failed(_) => "use another photo",
            Self::Blank { .. } => "use another photo, or accept this one with --allow-blank",
            Self::Unclear(_) => {
                "use a photo of this person alone, on which the whole face can be seen, or leave out --require-face"
            }
            Self::OutsidePhoto(..) => {
                "save the list again on the page (--dry-run --report FILE.html), or empty the field to take the square of \
                 --crop"
            }
            Self::PartAsIs => "leave out --as-is",
            Self::TooLarge { .. } => "save it with fewer pixels",
            Self::OverBudget { .. } => "allow more bytes with --max-bytes, or make it smaller with --size",
            Self::TooManyBytes { .. } => "leave out --as-is, so that adphoto makes a thumbnail of it",
            Self::DecoderFailed => {
                "open it in a picture viewer and save it again as JPEG or PNG; please report this as a bug"
            }
        };
        Some(advice.into())
    }
}
