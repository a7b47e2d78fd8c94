//! Tells how a picture lies in its file, and how it is turned upright: sizes, positions and turns. This module is pure
//! geometry.

use image::metadata::Orientation;

use super::Region;

/// An edge of the picture as it lies in the file.
pub(super) enum Edge {
    Top,
    Bottom,
    Left,
    Right,
}

/// Returns the edge that is at the top once the picture is upright. EXIF 2.32 calls it "the 0th row" (tag 0x0112).
pub(super) fn upper_edge(orientation: Orientation) -> Edge {
    match orientation {
        Orientation::NoTransforms | Orientation::FlipHorizontal => Edge::Top,
        Orientation::Rotate180 | Orientation::FlipVertical => Edge::Bottom,
        Orientation::Rotate90 | Orientation::Rotate90FlipH => Edge::Left,
        Orientation::Rotate270 | Orientation::Rotate270FlipH => Edge::Right,
    }
}

/// Returns the width and the height that a picture has once it is turned upright. Given the width and the height of the
/// upright picture, it returns those of the picture in its file.
pub(super) fn upright(width: u32, height: u32, orientation: Orientation) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (height, width)
        }
        _ => (width, height),
    }
}

/// Returns where a part of the upright picture, which has `width`×`height` pixels, lies in the file.
pub(super) fn lying(part: Region, (width, height): (u32, u32), orientation: Orientation) -> Region {
    let Region { left, top, .. } = part;
    let right = f64::from(width) - left - part.width;
    let bottom = f64::from(height) - top - part.height;
    let (left, top) = match orientation {
        Orientation::NoTransforms => (left, top),
        Orientation::FlipHorizontal => (right, top),
        Orientation::Rotate180 => (right, bottom),
        Orientation::FlipVertical => (left, bottom),
        Orientation::Rotate90FlipH => (top, left),
        Orientation::Rotate90 => (top, right),
        Orientation::Rotate270FlipH => (bottom, right),
        Orientation::Rotate270 => (bottom, left),
    };
    let (width, height) = match upright(0, 1, orientation) {
        (0, 1) => (part.width, part.height),
        _ => (part.height, part.width),
    };
    Region { left, top, width, height }
}

/// Returns the orientation that turns a picture as `orientation` does, and then clockwise by `quarters` of a full turn.
pub(super) fn turned(orientation: Orientation, quarters: u8) -> Orientation {
    // Each orientation turns clockwise first and then mirrors left and right, or does not. A turn after the mirroring is
    // the opposite turn before it.
    let (first, mirrors) = match orientation {
        Orientation::NoTransforms => (0, false),
        Orientation::Rotate90 => (1, false),
        Orientation::Rotate180 => (2, false),
        Orientation::Rotate270 => (3, false),
        Orientation::FlipHorizontal => (0, true),
        Orientation::Rotate90FlipH => (1, true),
        Orientation::FlipVertical => (2, true),
        Orientation::Rotate270FlipH => (3, true),
    };
    let quarters = quarters % 4;
    match (if mirrors { first + 4 - quarters } else { first + quarters } % 4, mirrors) {
        (0, false) => Orientation::NoTransforms,
        (1, false) => Orientation::Rotate90,
        (2, false) => Orientation::Rotate180,
        (_, false) => Orientation::Rotate270,
        (0, true) => Orientation::FlipHorizontal,
        (1, true) => Orientation::Rotate90FlipH,
        (2, true) => Orientation::FlipVertical,
        (_, true) => Orientation::Rotate270FlipH,
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, GenericImageView, Rgb, RgbImage};

    use super::*;

    /// Returns a picture of 3×5 pixels, no two of which are the same.
    fn picture() -> DynamicImage {
        RgbImage::from_fn(3, 5, |x, y| Rgb([x as u8, y as u8, 0])).into()
    }

    fn all() -> impl Iterator<Item = Orientation> {
        (1..=8).map(|exif| Orientation::from_exif(exif).expect("one of eight"))
    }

    #[test]
    fn a_turn_after_an_orientation_is_one_orientation() {
        for orientation in all() {
            for quarters in 0..4 {
                let mut expected = picture();
                expected.apply_orientation(orientation);
                (0..quarters).for_each(|_| expected = expected.rotate90());
                let mut found = picture();
                found.apply_orientation(turned(orientation, quarters));
                assert_eq!(found, expected, "{orientation:?} {quarters}");
            }
        }
    }

    #[test]
    fn a_part_of_the_upright_picture_is_found_in_the_file() {
        for orientation in all() {
            let file = picture();
            let mut seen = file.clone();
            seen.apply_orientation(orientation);
            let part = Region { left: 1.0, top: 2.0, width: 2.0, height: 1.0 };
            let found = lying(part, seen.dimensions(), orientation);
            let cut = |picture: &DynamicImage, Region { left, top, width, height }: Region| {
                picture.crop_imm(left as u32, top as u32, width as u32, height as u32)
            };
            let mut expected = cut(&file, found);
            expected.apply_orientation(orientation);
            assert_eq!(expected, cut(&seen, part), "{orientation:?}");
        }
    }
}
