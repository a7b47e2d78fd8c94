//! The square of a photo that becomes the thumbnail. This module is pure geometry.

use image::metadata::Orientation;
use serde::{Deserialize, Serialize};

use super::orientation::{Edge, lying, turned, upper_edge, upright};
use crate::crop_box::{CropBox, Pixels};

/// The place of the square in the photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Crop {
    /// The middle.
    #[default]
    Center,
    /// The upper part of a tall photo, where the head is; the middle of a wide one.
    Top,
    /// The face, as a photographer would place it; as for `top` where no face is certain.
    Face,
    /// A square that somebody chose for this photo.
    #[value(skip)]
    ByHand(CropBox),
}

/// The squares of a photo that a page offers to its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Squares {
    /// The square that was taken.
    pub taken: CropBox,
    /// The square around the face, if the face is certain.
    pub face: Option<CropBox>,
    /// Whether somebody chose the square that was taken.
    pub by_hand: bool,
}

/// The part of a photo that is decoded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Part {
    /// The largest square, at this place. Before it is known where the face is, that of [`Crop::Face`] is at the top.
    Largest(Crop),
    /// A part of the picture as it lies in the file.
    Region(Region),
    /// The whole photo, at the scale at which faces are searched.
    Whole,
    /// The whole photo, at the scale of its small copy on a page.
    Preview,
}

/// A rectangle in a picture, in pixels from its upper left corner. It may begin and end within a pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Crop {
    /// Returns the largest square inside a picture of `width`×`height` pixels, or the one that was chosen by hand. Both
    /// the size and the result are those of the picture as it lies in the file; `orientation` says how it is turned
    /// upright later.
    #[must_use]
    pub fn square(self, width: u32, height: u32, orientation: Orientation) -> Region {
        if let Self::ByHand(chosen) = self {
            let orientation = turned(orientation, chosen.quarters());
            let dimensions = upright(width, height, orientation);
            return lying(chosen.pixels(dimensions).into(), dimensions, orientation);
        }
        let (width, height) = (f64::from(width), f64::from(height));
        let side = width.min(height);
        // How much wider and higher than the square the picture is, and the share of this that lies to the left of the
        // square and above it.
        let (across, down) = (width - side, height - side);
        let (left, top) = match (self, upper_edge(orientation)) {
            (Self::Center, _) => (0.5, 0.5),
            (_, Edge::Top) => (0.5, 0.0),
            (_, Edge::Bottom) => (0.5, 1.0),
            (_, Edge::Left) => (0.0, 0.5),
            (_, Edge::Right) => (1.0, 0.5),
        };
        Region { left: left * across, top: top * down, width: side, height: side }
    }
}

impl Part {
    /// Returns where the part lies in a picture of `width`×`height` pixels, as it lies in the file.
    pub(super) fn region(self, width: u32, height: u32, orientation: Orientation) -> Region {
        match self {
            Self::Largest(crop) => crop.square(width, height, orientation),
            Self::Region(region) => region,
            Self::Whole | Self::Preview => {
                Region { left: 0.0, top: 0.0, width: f64::from(width), height: f64::from(height) }
            }
        }
    }
}

impl From<Pixels> for Region {
    fn from(Pixels { left, top, side }: Pixels) -> Self {
        Self { left: left.into(), top: top.into(), width: side.into(), height: side.into() }
    }
}

impl Region {
    /// Returns the same part of the picture at another scale.
    #[must_use]
    pub fn scaled(self, across: f64, down: f64) -> Self {
        Self { left: self.left * across, top: self.top * down, width: self.width * across, height: self.height * down }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn upright(region: Region, width: u32, height: u32, orientation: Orientation) -> (f64, f64) {
        let (width, height) = (f64::from(width), f64::from(height));
        let (right, bottom) = (width - region.left - region.width, height - region.top - region.height);
        // The space above and to the left of the square, once the picture is upright.
        match orientation {
            Orientation::NoTransforms => (region.top, region.left),
            Orientation::FlipHorizontal => (region.top, right),
            Orientation::Rotate180 => (bottom, right),
            Orientation::FlipVertical => (bottom, region.left),
            Orientation::Rotate90FlipH => (region.left, region.top),
            Orientation::Rotate90 => (region.left, bottom),
            Orientation::Rotate270FlipH => (right, bottom),
            Orientation::Rotate270 => (right, region.top),
        }
    }

    proptest! {
        #[test]
        fn the_crop_is_square_inside_and_where_it_should_be(width in 1..70_000u32, height in 1..70_000u32, exif in 1..=8u8) {
            let orientation = Orientation::from_exif(exif).expect("one of eight");
            for crop in [Crop::Center, Crop::Top, Crop::Face] {
                let region = crop.square(width, height, orientation);
                prop_assert_eq!(region.width, region.height);
                prop_assert_eq!(region.width, f64::from(width.min(height)));
                prop_assert!(region.left >= 0.0 && region.left + region.width <= f64::from(width));
                prop_assert!(region.top >= 0.0 && region.top + region.height <= f64::from(height));
                let (above, beside) = upright(region, width, height, orientation);
                let turned = matches!(exif, 5..=8);
                let (across, down) = if turned { (height, width) } else { (width, height) };
                prop_assert_eq!(beside * 2.0, f64::from(across - across.min(down)));
                let expected = if crop == Crop::Center { f64::from(down - across.min(down)) } else { 0.0 };
                prop_assert_eq!(above * 2.0, expected);
            }
        }
    }
}
