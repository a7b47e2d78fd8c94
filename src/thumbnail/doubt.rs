//! The reasons why a person may want to look at a thumbnail.

use std::borrow::Cow;

use super::Unclear;
use crate::failure::Advice;

/// A reason why a person may want to look at a thumbnail that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// The thumbnail has more pixels than the photo.
    #[error("enlarged from {}×{} to {to}×{to} pixels, so it is not sharp", from.0, from.1)]
    Enlarged {
        /// Width and height of the photo, upright, or of the square around the face.
        from: (u32, u32),
        /// The number of pixels on each side of the thumbnail.
        to: u32,
    },
    /// The photo has fewer pixels than Microsoft 365 shows.
    #[error("it has only {0}×{0} pixels, and looks blurred where Microsoft 365 shows it larger")]
    NotSharp(u32),
    /// The file, taken as it is, does not begin as a JPEG does.
    #[error("it is not a JPEG, which is what programs expect")]
    NotJpeg,
    /// The file, taken as it is, is a picture of one colour, or transparent.
    #[error("nothing can be seen on it: it has only one colour, or is transparent")]
    Blank,
    /// It was to show the face, and it is not clear which one, or where.
    #[error("{0}, so the thumbnail was made as with --crop top")]
    Unclear(Unclear),
    /// The photo's file says that it is upright, but its faces were not.
    #[error("the photo lay on its side or upside down, and was turned")]
    Sideways,
}

impl Advice for Doubt {
    fn advice(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::Unclear(_) => {
                Some("look at the thumbnail, and use another photo if it does not show the person".into())
            }
            // The thumbnail was made as asked.
            _ => None,
        }
    }
}
