//! What every decoder returns: pixels, where the crop lies in them, and how to interpret them.

use image::DynamicImage;
use image::metadata::Orientation;

use super::Region;
use super::crop::Part;
use super::jpeg::{ColorModel, Plane};
use super::orientation::upright;

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
    /// Returns a picture that was decoded in full, with the part of it that is wanted.
    pub(super) fn whole(
        picture: DynamicImage,
        orientation: Orientation,
        icc_profile: Option<Vec<u8>>,
        part: Part,
    ) -> Self {
        let (width, height) = (picture.width(), picture.height());
        let crop = part.region(width, height, orientation);
        let dimensions = upright(width, height, orientation);
        Self { pixels: Pixels::Interleaved(picture, crop), orientation, icc_profile, dimensions }
    }

    /// Returns the photo with another part of it, for a thumbnail of `size`×`size` pixels. Returns `None` if that part was
    /// not decoded, or not at the scale that the thumbnail needs.
    pub(super) fn with_part(self, crop: Region, size: u32) -> Option<Self> {
        let pixels = match self.pixels {
            Pixels::Planes(model, planes) => {
                Pixels::Planes(model, planes.iter().map(|plane| plane.part(crop, size)).collect::<Option<_>>()?)
            }
            Pixels::Interleaved(image, _) => Pixels::Interleaved(image, crop),
        };
        Some(Self { pixels, ..self })
    }
}
