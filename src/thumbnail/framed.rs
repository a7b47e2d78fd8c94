//! A photo, decoded for the square that is right for its face.
//!
//! The whole photo is decoded as small as its thumbnail allows, since a face may be anywhere. Where the square is so small
//! that this gives too few pixels for the thumbnail, it is decoded again, and then only the square.

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};

use super::crop::{Crop, Part, Region, Squares};
use super::decoded::Decoded;
use super::face::{self, Face, Framing, Placed, Sight, Unclear, framing, largest};
use super::orientation::{lying, turned, upright};
use super::{Doubt, Faces, Flaw, Options, PhotoError, color, decode, resample};
use crate::crop_box::CropBox;

/// A photo that was decoded for its square, and what was seen on it.
pub(super) struct Framed {
    pub(super) decoded: Decoded,
    pub(super) seen: Seen,
}

/// What the search for faces says about a thumbnail.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Seen {
    /// Why no face can be shown for certain.
    pub(super) unclear: Option<Unclear>,
    /// Pixels on each side of the square around the face; `None` for the largest square of the photo.
    pub(super) side: Option<u32>,
    /// Whether the picture lay on its side or upside down, though the file says that it is upright.
    pub(super) is_turned: bool,
    /// How the face is placed, where `--crop face` would place it better.
    pub(super) misplaced: Option<Placed>,
    /// The squares that a page offers; `None` if faces were not searched.
    pub(super) squares: Option<Squares>,
}

impl Seen {
    /// Returns what a person may want to know about a thumbnail that was made around its face.
    pub(super) fn doubts(&self, options: &Options) -> impl Iterator<Item = Doubt> {
        let unclear = self.unclear.filter(|_| options.crop == Crop::Face);
        [unclear.map(Doubt::Unclear), self.is_turned.then_some(Doubt::Sideways)].into_iter().flatten()
    }

    /// Checks that a face can be shown, if that is required.
    ///
    /// # Errors
    /// When no face is clear, and one is required.
    pub(super) fn check(&self, options: &Options) -> Result<(), PhotoError> {
        match self.unclear {
            Some(unclear) if options.requires_face() => Err(PhotoError::Unclear(unclear)),
            _ => Ok(()),
        }
    }
}

/// Decodes a photo. Faces are searched only if the options ask for it.
pub(super) fn decode(file: &[u8], options: &Options) -> Result<Framed, PhotoError> {
    let plain = || {
        let decoded = decode::decode(file, Part::Largest(options.crop), options)?;
        if let Crop::ByHand(chosen) = options.crop {
            return by_hand(decoded, chosen);
        }
        Ok(Framed { decoded, seen: Seen::default() })
    };
    if !options.searches_faces() {
        return plain();
    }
    match decode::decode(file, Part::Whole, options) {
        Ok(whole) => framed(whole, options, |region| decode::decode(file, Part::Region(region), options)),
        // A dry run must not refuse a panorama that the run itself would take.
        Err(PhotoError::TooLarge { .. }) if options.faces == Faces::Told && options.crop != Crop::Face => plain(),
        Err(error) => Err(error),
    }
}

/// Takes the right square of a frame of an animation. The whole frame was decoded.
pub(super) fn of_frame(frame: Decoded, options: &Options) -> Result<Framed, PhotoError> {
    if !options.searches_faces() {
        let (width, height) = upright(frame.dimensions.0, frame.dimensions.1, frame.orientation);
        let crop = options.crop.square(width, height, frame.orientation);
        let decoded = frame.with_part(crop, options.size).ok_or_else(not_whole)?;
        if let Crop::ByHand(chosen) = options.crop {
            return by_hand(decoded, chosen);
        }
        return Ok(Framed { decoded, seen: Seen::default() });
    }
    framed(frame, options, |_| Err(not_whole()))
}

fn not_whole() -> PhotoError {
    PhotoError::Failed("a frame was not decoded in full".to_owned())
}

/// Returns a photo that was decoded for a square that somebody chose by hand, turned as they saw it.
///
/// # Errors
/// When the square reaches beyond the photo.
fn by_hand(decoded: Decoded, chosen: CropBox) -> Result<Framed, PhotoError> {
    let in_file = upright(decoded.dimensions.0, decoded.dimensions.1, decoded.orientation);
    let orientation = turned(decoded.orientation, chosen.quarters());
    let dimensions = upright(in_file.0, in_file.1, orientation);
    if !chosen.is_inside(dimensions) {
        return Err(PhotoError::OutsidePhoto(chosen, dimensions));
    }
    let seen = Seen {
        side: Some(chosen.pixels(dimensions).side),
        is_turned: chosen.quarters() > 0,
        squares: Some(Squares { taken: chosen, face: None, by_hand: true }),
        ..Seen::default()
    };
    Ok(Framed { decoded: Decoded { orientation, dimensions, ..decoded }, seen })
}

/// Searches for faces on a photo that was decoded in full, and takes the right square of it. `again` decodes a part of
/// the photo at the scale that the thumbnail needs.
fn framed(
    mut photo: Decoded,
    options: &Options,
    again: impl FnOnce(Region) -> Result<Decoded, PhotoError>,
) -> Result<Framed, PhotoError> {
    let follows = options.crop == Crop::Face;
    let Sight { faces, quarters } = look(&mut photo, follows || options.requires_face())?;
    let in_file = upright(photo.dimensions.0, photo.dimensions.1, photo.orientation);
    let orientation = turned(photo.orientation, if follows { quarters } else { 0 });
    let dimensions = upright(in_file.0, in_file.1, orientation);
    let framing = framing(&faces, turned_size(photo.dimensions, quarters));
    let square = |crop: Crop| crop.square(in_file.0, in_file.1, orientation);
    let crop = match framing {
        Framing::Square(square) if follows => lying(square, dimensions, orientation),
        Framing::Good if follows => square(Crop::Center),
        _ => square(options.crop),
    };
    let taken = options.crop.square(dimensions.0, dimensions.1, Orientation::NoTransforms);
    let seen = Seen {
        unclear: framing.unclear(),
        side: match framing {
            Framing::Square(square) if follows => Some(square.width as u32),
            _ => None,
        },
        is_turned: follows && quarters > 0,
        misplaced: match (framing, largest(&faces)) {
            (Framing::Square(square), Some(face)) if !follows && square != taken && quarters == 0 => {
                Some(Placed::new(face, &taken))
            }
            _ => None,
        },
        squares: Some(offered(framing, options.crop, dimensions, quarters)),
    };
    let decoded = match photo.with_part(crop, options.size) {
        Some(decoded) => decoded,
        None => again(crop)?,
    };
    Ok(Framed { decoded: Decoded { orientation, dimensions, ..decoded }, seen })
}

/// Returns the squares that a page offers of a photo of these dimensions, whose faces are upright once it is turned by
/// `quarters`.
fn offered(framing: Framing, crop: Crop, dimensions: (u32, u32), quarters: u8) -> Squares {
    let follows = crop == Crop::Face;
    let largest = |crop: Crop| crop.square(dimensions.0, dimensions.1, Orientation::NoTransforms);
    let around_face = match framing {
        // With another crop the photo is not turned, so the square would be in the wrong place.
        _ if quarters > 0 && !follows => None,
        Framing::Square(square) => Some(square),
        Framing::Good => Some(largest(Crop::Center)),
        Framing::Unclear(_) => None,
    };
    let turn = if follows { quarters } else { 0 };
    let named = |square: Region| CropBox::of((square.left, square.top, square.width), dimensions, turn);
    let taken = around_face.filter(|_| follows).unwrap_or_else(|| largest(crop));
    Squares { taken: named(taken), face: around_face.map(named), by_hand: false }
}

fn turned_size((width, height): (u32, u32), quarters: u8) -> (u32, u32) {
    if quarters.is_multiple_of(2) { (width, height) } else { (height, width) }
}

/// Returns the faces of a photo that was decoded in full, in pixels of the photo once it is turned. `in_any_position` says
/// whether it may lie on its side.
fn look(photo: &mut Decoded, in_any_position: bool) -> Result<Sight, PhotoError> {
    let fitting = face::fitting(photo.dimensions);
    let small = resample::whole(&mut photo.pixels, upright(fitting.0, fitting.1, photo.orientation))?;
    // Without its profile: the square must not depend on how exactly colours are converted.
    let mut small = DynamicImage::from(color::to_srgb(small, None)?);
    small.apply_orientation(photo.orientation);
    Ok(look_at(&small.into_rgb8(), photo.dimensions, in_any_position))
}

/// Returns the faces of a photo of these dimensions, given a small copy of it.
fn look_at(small: &RgbImage, dimensions: (u32, u32), in_any_position: bool) -> Sight {
    let Sight { faces, quarters } = if in_any_position { face::find_turned(small) } else { face::find(small) };
    let (photo, small) = (turned_size(dimensions, quarters), turned_size(small.dimensions(), quarters));
    let (across, down) = (photo.0 as f32 / small.0 as f32, photo.1 as f32 / small.1 as f32);
    Sight { faces: faces.into_iter().map(|face| face.scaled(across, down)).collect(), quarters }
}

/// Returns what the search for faces says about a picture that is a thumbnail already.
pub(super) fn seen(pixels: &RgbImage, options: &Options) -> Result<Seen, PhotoError> {
    if !options.searches_faces() {
        return Ok(Seen::default());
    }
    let Sight { faces, quarters } = look_at_square(pixels)?;
    let framing = framing(&faces, pixels.dimensions());
    // The thumbnail is taken as it is, so the page begins with the whole picture.
    let whole = offered(framing, Crop::Center, pixels.dimensions(), quarters);
    Ok(Seen {
        unclear: framing.unclear(),
        is_turned: options.crop == Crop::Face && quarters > 0,
        squares: Some(whole),
        ..Seen::default()
    })
}

/// Returns what is wrong with the face on a thumbnail.
pub(super) fn flaws(pixels: &RgbImage) -> Vec<Flaw> {
    let Ok(Sight { faces, quarters }) = look_at_square(pixels) else { return Vec::new() };
    let whole = Part::Whole.region(pixels.width(), pixels.height(), Orientation::NoTransforms);
    let is_small = |face: &Face| Placed::new(face, &whole).is_small();
    let of_face = match framing(&faces, pixels.dimensions()).unclear() {
        Some(Unclear::NoFace) => Some(Flaw::NoFace),
        Some(Unclear::SeveralFaces) => Some(Flaw::SeveralFaces),
        _ if largest(&faces).is_some_and(is_small) => Some(Flaw::SmallFace),
        _ => None,
    };
    of_face.into_iter().chain((quarters > 0).then_some(Flaw::Sideways)).collect()
}

fn look_at_square(pixels: &RgbImage) -> Result<Sight, PhotoError> {
    let (side, _) = face::fitting(pixels.dimensions());
    let smaller = if side < pixels.width() { Some(resample::smaller(pixels.clone(), side)?) } else { None };
    Ok(look_at(smaller.as_ref().unwrap_or(pixels), pixels.dimensions(), true))
}

#[cfg(test)]
mod tests;
