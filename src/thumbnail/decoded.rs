//! What every decoder returns: pixels, where the crop lies in them, and how to interpret them.

use image::DynamicImage;
use image::metadata::Orientation;

use super::jpeg::{ColorModel, Plane};
use super::{Crop, Region};

/// The decoded part of a photo, before it is turned upright.
pub(super) struct Decoded {
    pub(super) pixels: Pixels,
    /// How to turn the picture upright (EXIF 2.32, tag 0x0112).
    pub(super) orientation: Orientation,
    pub(super) icc_profile: Option<Vec<u8>>,
    /// Width and height of the whole photo, upright.
    pub(super) dimensions: (u32, u32),
}

/// Pixels, and where in them the crop lies.
pub(super) enum Pixels {
    /// A plane for each component; each of them knows where the crop lies.
    Planes(ColorModel, Vec<Plane>),
    /// Gray or RGB of 8 bits, with or without alpha, and the crop.
    Interleaved(DynamicImage, Region),
}

impl Decoded {
    /// Returns a picture that was decoded in full, with its crop.
    pub(super) fn whole(
        picture: DynamicImage,
        orientation: Orientation,
        icc_profile: Option<Vec<u8>>,
        crop: Crop,
    ) -> Self {
        let (width, height) = (picture.width(), picture.height());
        let crop = crop.square(width, height, orientation);
        let dimensions = upright(width, height, orientation);
        Self { pixels: Pixels::Interleaved(picture, crop), orientation, icc_profile, dimensions }
    }
}

/// Returns the width and the height that a picture has once it is turned upright.
pub(super) fn upright(width: u32, height: u32, orientation: Orientation) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (height, width)
        }
        _ => (width, height),
    }
}
