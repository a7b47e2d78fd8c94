//! Why a photo gives no thumbnail, and what to do about it.

use std::borrow::Cow;

use super::memory::{MAX_MEMORY, MAX_PIXELS};
use crate::failure::Advice;

/// Why a photo gives no thumbnail.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// Not an image of a known format.
    #[error("the content is none of JPEG, HEIC, PNG, WebP, TIFF, GIF or BMP")]
    UnknownFormat,
    /// A format, or a form of one, that is known and not read.
    #[error("{0} is not read")]
    Unsupported(Cow<'static, str>),
    /// The file ends before the picture does.
    #[error("the file ends in the middle of the picture: it was cut off, perhaps while it was copied")]
    Truncated,
    /// The file says that it has no pixels.
    #[error("the image is {width}×{height} pixels: nothing to see")]
    NoPixels {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// Nothing can be seen on the square that would become the thumbnail.
    #[error("{}", if *.transparent { "the picture is transparent everywhere: nothing to see" } else { "the picture is of one colour: nothing to see" })]
    Blank {
        /// Whether that is because it has no opaque pixel.
        transparent: bool,
    },
    /// More memory than one photo may take.
    #[error("the image is {width}×{height} pixels, more than are decoded: {} megapixels, or {} MB of memory", MAX_PIXELS / 1_000_000, MAX_MEMORY / 1024 / 1024)]
    TooLarge {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// Something of the picture is missing or was changed.
    #[error("the image is damaged: {0}")]
    Damaged(Cow<'static, str>),
    /// The file breaks a rule of its format. The picture may be whole all the same, which a person can see.
    #[error("the file is not as its format wants it: {0}")]
    Irregular(Cow<'static, str>),
    /// Even the lowest quality takes more bytes than allowed.
    #[error("{size}×{size} pixels take {bytes} bytes at the lowest quality, more than the {max_bytes} allowed")]
    OverBudget {
        /// Pixels on each side.
        size: u32,
        /// Bytes at the lowest quality.
        bytes: usize,
        /// The limit.
        max_bytes: usize,
    },
    /// A file that is to be taken as it is has more bytes than allowed.
    #[error("the file has {bytes} bytes, more than the {max_bytes} that the domain's schema allows")]
    TooManyBytes {
        /// Its size.
        bytes: usize,
        /// The limit.
        max_bytes: usize,
    },
    /// A decoder panicked.
    #[error("the image made its decoder fail")]
    DecoderFailed,
    /// The thumbnail could not be made.
    #[error("the thumbnail could not be made: {0}")]
    Failed(String),
}

impl PhotoError {
    /// Returns the error of a picture that is damaged in the way that `what` says.
    pub(super) fn damaged(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Damaged(what.into())
    }

    /// Returns the error of a file that breaks the rule of its format that `what` says.
    pub(super) fn irregular(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Irregular(what.into())
    }

    /// Returns the error of a form that is not read, by its name.
    pub(super) fn unsupported(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Unsupported(what.into())
    }
}

impl Advice for PhotoError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::Unsupported(_) => "save it as JPEG or PNG",
            Self::UnknownFormat => "if it is a photo, save it as JPEG or PNG; else put the photo in its place",
            Self::Truncated | Self::Damaged(_) => "copy the file again from where it came from",
            Self::Irregular(_) => {
                "open it in a picture viewer: if the picture is whole there, save it again as JPEG or PNG"
            }
            Self::NoPixels { .. } | Self::Failed(_) => "give another photo",
            Self::Blank { .. } => "give another photo, or take it all the same with --allow-blank",
            Self::TooLarge { .. } => "save it smaller",
            Self::OverBudget { .. } => "allow more with --max-bytes, or less with --size",
            Self::TooManyBytes { .. } => "leave out --as-is to have a thumbnail made of it",
            Self::DecoderFailed => {
                "open it in a picture viewer and save it again as JPEG or PNG, and report this as a bug"
            }
        };
        Some(advice.into())
    }
}
