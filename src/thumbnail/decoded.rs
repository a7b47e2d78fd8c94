//! What every decoder gives: pixels, where the crop lies in them, and how they are to be understood.

use image::DynamicImage;
use image::metadata::Orientation;

use super::jpeg::{ColorModel, Plane};
use super::{Crop, Region};

/// The cropped part of a photo, as it lies in the file.
pub(super) struct Decoded {
    pub(super) pixels: Pixels,
    /// How to turn it upright (EXIF 2.32, tag 0x0112).
    pub(super) orientation: Orientation,
    /// The ICC profile of its colours.
    pub(super) icc_profile: Option<Vec<u8>>,
    /// Of the whole photo, upright.
    pub(super) dimensions: (u32, u32),
}

/// Pixels, and where in them the crop lies.
pub(super) enum Pixels {
    /// A component each.
    Planes(ColorModel, Vec<Plane>),
    /// Gray or RGB, perhaps with alpha, of 8 bits.
    Interleaved(DynamicImage, Region),
}

impl Decoded {
    /// Returns the crop of a picture that was decoded whole.
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

/// Returns width and height once the picture is upright.
pub(super) fn upright(width: u32, height: u32, orientation: Orientation) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (height, width)
        }
        _ => (width, height),
    }
}
