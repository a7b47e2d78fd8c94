//! Computes the square that a photographer would cut out from the faces on a photo. This module is pure geometry, and
//! all positions refer to the upright photo.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Face;
use crate::failure::Advice;
use crate::thumbnail::Region;

/// The size of a face, as a share of the photo's short side, below which too few pixels are left to show it.
const SMALLEST: f64 = 0.06;
/// Another face is as important as the largest one if its score and its share of the largest one's size are at least these.
const OTHER_SCORE: f32 = 0.7;
const OTHER_SIZE: f32 = 0.65;
/// The share of a face's box that must be in the square. It is less than 1, because a box is often a little larger than
/// the face.
const WHOLE: f64 = 0.9;
/// How much higher than wide a face is.
const SHAPE: f32 = 1.2;
/// The share of its usual height or width that a face at the photo's edge must have.
const HARDLY_CUT: f32 = 0.8;
/// How far the eyes of a whole face are from the upper edge of its box at least, as a share of the box's height.
const FOREHEAD: f32 = 0.2;
/// The share of a face's size that it may be away from an edge that cuts it off.
const AT_EDGE: f32 = 0.1;
/// A face is well placed in the middle square if its height, its middle and its eyes are at these shares of its side.
const GOOD_HEIGHT: std::ops::RangeInclusive<f64> = 0.38..=0.75;
const GOOD_MIDDLE: std::ops::RangeInclusive<f64> = 0.40..=0.60;
const GOOD_EYES: std::ops::RangeInclusive<f64> = 0.30..=0.50;
/// Otherwise the new square is placed so that the face has this height, and the eyes are this far from its upper edge, as
/// shares of its side.
const HEIGHT: f64 = 0.50;
const EYES: f64 = 0.42;
/// The number of pixels on each side of the smallest square, which is that of the usual thumbnail. It does not depend on the
/// size that is asked for, so all sizes show the same.
const SMALLEST_SQUARE: f64 = 96.0;

/// What the faces on a photo mean for its square.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::thumbnail) enum Framing {
    /// The one face is well placed in the middle square.
    Good,
    /// The one face is well placed in this square, whose edges lie between whole pixels.
    Square(Region),
    /// There is no square that is right for certain.
    Unclear(Unclear),
}

impl Framing {
    pub(in crate::thumbnail) fn unclear(self) -> Option<Unclear> {
        match self {
            Self::Unclear(unclear) => Some(unclear),
            Self::Good | Self::Square(_) => None,
        }
    }
}

/// Why it is not clear which face a photo should show, or whether it shows any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unclear {
    #[error("no face is certain")]
    NoFace,
    /// At least one other face is nearly as large as the largest.
    #[error("it shows several faces of about the same size")]
    SeveralFaces,
    #[error("the face is too small")]
    SmallFace,
    /// The photo ends within the face.
    #[error("the face is cut off by the edge of the photo")]
    CutFace,
}

impl Advice for Unclear {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some("use a photo of this person alone, on which the whole face can be seen".into())
    }
}

/// Returns the square that `faces` want on a photo of `width`×`height` pixels.
pub(in crate::thumbnail) fn framing(faces: &[Face], (width, height): (u32, u32)) -> Framing {
    let side = f64::from(width.min(height));
    let photo = (width as f32, height as f32);
    let Some(face) = largest(faces) else { return Framing::Unclear(Unclear::NoFace) };
    if f64::from(face.size()) < SMALLEST * side {
        return Framing::Unclear(Unclear::SmallFace);
    }
    let rivals = |other: &&Face| other.score >= OTHER_SCORE && other.size() >= OTHER_SIZE * face.size();
    if faces.iter().filter(rivals).any(|other| other != face) {
        return Framing::Unclear(Unclear::SeveralFaces);
    }
    if is_cut(face, photo) {
        return Framing::Unclear(Unclear::CutFace);
    }
    let (face_height, eyes) = (f64::from(face.height), f64::from(face.eyes));
    let middle = f64::from(face.left) + f64::from(face.width) / 2.0;
    let (width, height) = (f64::from(width), f64::from(height));
    let (left, top) = ((width - side) / 2.0, (height - side) / 2.0);
    let is_good = GOOD_HEIGHT.contains(&(face_height / side))
        && GOOD_MIDDLE.contains(&((middle - left) / side))
        && GOOD_EYES.contains(&((eyes - top) / side));
    if is_good {
        return Framing::Good;
    }
    let size = (face_height / HEIGHT).clamp(SMALLEST_SQUARE.min(side), side).round();
    let place = |wanted: f64, length: f64| wanted.clamp(0.0, length - size).round();
    let (left, top) = (place(middle - size / 2.0, width), place(eyes - EYES * size, height));
    Framing::Square(Region { left, top, width: size, height: size })
}

/// Returns whether the photo ends within a face. The net's boxes end near the edge even then, so it is told by their shape
/// and by where the eyes are.
fn is_cut(face: &Face, (width, height): (f32, f32)) -> bool {
    let near = AT_EDGE * face.size();
    let lacks_forehead = face.top < near && face.eyes - face.top < FOREHEAD * face.height;
    let ends_at_bottom = face.top + face.height > height - near;
    let lacks_chin = ends_at_bottom && face.height < HARDLY_CUT * SHAPE * face.width;
    let ends_at_side = face.left < near || face.left + face.width > width - near;
    let lacks_cheek = ends_at_side && face.width < HARDLY_CUT * face.height / SHAPE;
    lacks_forehead || lacks_chin || lacks_cheek
}

/// Returns the largest face.
pub(in crate::thumbnail) fn largest(faces: &[Face]) -> Option<&Face> {
    faces.iter().reduce(|largest, face| if face.size() > largest.size() { face } else { largest })
}

/// Returns the share of a face that is inside `part` of the photo.
pub(in crate::thumbnail) fn visible(face: &Face, part: &Region) -> f64 {
    let inside = |start: f32, length: f32, from: f64, to: f64| {
        let (start, end) = (f64::from(start), f64::from(start) + f64::from(length));
        ((end.min(to) - start.max(from)) / (end - start).max(f64::MIN_POSITIVE)).max(0.0)
    };
    inside(face.left, face.width, part.left, part.left + part.width)
        * inside(face.top, face.height, part.top, part.top + part.height)
}

/// How a face is placed in the square that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    /// The share of the face that is inside the square.
    pub visible: f64,
    /// The height of the face as a share of the square's.
    pub height: f64,
}

impl Placed {
    /// The height below which a face is hard to recognize on a small picture.
    const SMALL: f64 = 0.25;

    pub(in crate::thumbnail) fn new(face: &Face, square: &Region) -> Self {
        Self { visible: visible(face, square), height: f64::from(face.height) / square.height.max(1.0) }
    }

    /// Returns whether a part of the face is missing.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.visible < WHOLE
    }

    #[must_use]
    pub fn is_small(&self) -> bool {
        self.height < Self::SMALL
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn face(left: f32, top: f32, width: f32, height: f32) -> Face {
        Face { left, top, width, height, eyes: top + 0.4 * height, score: 0.9 }
    }

    fn square(left: f64, top: f64, side: f64) -> Framing {
        Framing::Square(Region { left, top, width: side, height: side })
    }

    #[test]
    fn the_square_is_what_the_rule_says() {
        // The astronaut of scikit-image, 512×512 pixels.
        let astronaut = Face { eyes: 107.0, ..face(186.0, 68.0, 81.0, 99.0) };
        assert_eq!(framing(&[astronaut], (512, 512)), square(128.0, 24.0, 198.0));
        // At the edges the square stays inside, and it is never smaller than the thumbnail nor larger than the photo.
        assert_eq!(framing(&[face(0.0, 0.0, 40.0, 50.0)], (512, 600)), square(0.0, 0.0, 100.0));
        assert_eq!(framing(&[face(470.0, 548.0, 40.0, 50.0)], (512, 600)), square(412.0, 500.0, 100.0));
        assert_eq!(framing(&[face(100.0, 100.0, 35.0, 40.0)], (512, 512)), square(70.0, 76.0, 96.0));
        assert_eq!(framing(&[face(10.0, 10.0, 60.0, 80.0)], (90, 300)), square(0.0, 4.0, 90.0));
    }

    #[test]
    fn a_face_that_is_well_placed_keeps_the_middle_square() {
        let good = face(150.0, 250.0, 200.0, 250.0);
        assert_eq!(framing(&[good], (500, 700)), Framing::Good);
        for other in [
            Face { height: 180.0, ..good },
            Face { height: 380.0, ..good },
            Face { left: 80.0, ..good },
            Face { left: 220.0, ..good },
            Face { eyes: 240.0, ..good },
            Face { eyes: 360.0, ..good },
        ] {
            assert!(matches!(framing(&[other], (500, 700)), Framing::Square(_)), "{other:?}");
        }
    }

    #[test]
    fn what_is_not_clear_has_its_reason() {
        let (photo, one) = ((500, 700), face(100.0, 100.0, 100.0, 120.0));
        let unclear = |faces: &[Face]| framing(faces, photo).unclear();
        assert_eq!(unclear(&[]), Some(Unclear::NoFace));
        assert_eq!(unclear(&[face(100.0, 100.0, 27.0, 32.0)]), Some(Unclear::SmallFace));
        assert_eq!(unclear(&[face(100.0, 100.0, 28.0, 33.0)]), None);
        let other = face(300.0, 100.0, 70.0, 80.0);
        assert_eq!(unclear(&[one, other]), Some(Unclear::SeveralFaces));
        assert_eq!(unclear(&[Face { score: 0.69, ..other }, one]), None);
        assert_eq!(unclear(&[one, Face { width: 60.0, ..other }]), None);
        let photo_ends = |face| unclear(&[face]) == Some(Unclear::CutFace);
        // As the net sees the astronaut of scikit-image where the photo ends at, or within, the face.
        assert!(!photo_ends(Face { eyes: 30.0, ..face(180.0, 5.0, 92.0, 93.0) }));
        assert!(photo_ends(Face { eyes: 11.0, ..face(180.0, -1.0, 91.0, 81.0) }));
        assert!(photo_ends(Face { eyes: 8.0, ..face(181.0, 8.0, 88.0, 75.0) }));
        assert!(!photo_ends(face(3.0, 67.0, 86.0, 114.0)));
        assert!(photo_ends(face(-4.0, 64.0, 67.0, 117.0)));
        assert!(photo_ends(face(437.0, 64.0, 67.0, 117.0)));
        assert!(photo_ends(face(200.0, 630.0, 90.0, 68.0)) && !photo_ends(face(200.0, 400.0, 90.0, 68.0)));
    }

    #[test]
    fn a_face_is_cut_or_small_in_a_square_or_neither() {
        let square = Region { left: 100.0, top: 100.0, width: 200.0, height: 200.0 };
        let placed = |face: Face| Placed::new(&face, &square);
        let state = |placed: Placed| (placed.is_cut(), placed.is_small());
        assert_eq!(state(placed(face(150.0, 150.0, 80.0, 100.0))), (false, false));
        assert_eq!(state(placed(face(150.0, 150.0, 40.0, 49.0))), (false, true));
        assert_eq!(state(placed(face(150.0, 80.0, 80.0, 100.0))), (true, false));
        assert_eq!(placed(face(0.0, 0.0, 50.0, 50.0)).visible, 0.0);
    }

    proptest! {
        #[test]
        fn the_square_is_of_whole_pixels_and_inside(
            photo in (1..6000_u32, 1..6000_u32),
            (left, top, width, height) in (-0.1..1.0_f32, -0.1..1.0_f32, 0.001..1.0_f32, 0.001..1.0_f32),
        ) {
            let (across, down) = (photo.0 as f32, photo.1 as f32);
            let face = face(left * across, top * down, width * across, height * down);
            if let Framing::Square(square) = framing(&[face], photo) {
                for value in [square.left, square.top, square.width] {
                    prop_assert_eq!(value, value.round());
                }
                prop_assert_eq!(square.width, square.height);
                prop_assert!(square.left >= 0.0 && square.left + square.width <= f64::from(photo.0));
                prop_assert!(square.top >= 0.0 && square.top + square.height <= f64::from(photo.1));
                prop_assert!(square.width >= f64::from(96.min(photo.0).min(photo.1)));
            }
        }
    }
}
