//! Makes a thumbnail from the bytes of an image file, which is decoded, cropped to a square, resampled, turned upright,
//! converted to sRGB, and encoded as a JPEG within a byte budget. This module is pure: bytes go in, and a thumbnail or
//! an error comes out.
//!
//! | format | what is read | what is refused, with a message that names it |
//! |---|---|---|
//! | JPEG | baseline, extended and progressive of 8 or 12 bits; gray, YCbCr, RGB, CMYK, YCCK; without Huffman tables (Motion JPEG); without an end marker, if the picture is whole | lossless, hierarchical, arithmetic coding |
//! | HEIC | 8 to 12 bits, tiles, opacity, rotation and clean aperture | HDR (PQ, HLG), AVIF, other codecs |
//! | PNG | every kind; sRGB, iCCP, gAMA with cHRM, cICP; EXIF anywhere | HDR (PQ, HLG) |
//! | WebP, GIF | every kind; for an animation, the first frame that is not blank | |
//! | TIFF, BigTIFF | see `tiff_photo/form.rs` | palettes, YCbCr, Lab, floating point, tiles of one colour each, fax group 3, … |
//! | BMP | up to 32 bits, run lengths; opaque where its opacity is 0 everywhere | JPEG or PNG inside |
//!
//! One photo takes at most [`MAX_MEMORY`], its file included, and has at most [`MAX_PIXELS`]. A photo that would take
//! more is refused before it is decoded. How many megapixels that allows, for a small file:
//!
//! | format | megapixels | with opacity | other |
//! |---|---|---|---|
//! | JPEG | 300 | | 80 if it is progressive and has no end marker |
//! | PNG, BMP, TIFF | 165 | 60 | |
//! | WebP | 70 | 40 | 27 if it is an animation |
//! | GIF, HEIC | 60 | 35 (HEIC) | |
//!
//! `memory.rs` says how these were measured.

mod animation;
mod blank;
mod color;
mod convolution;
mod crop;
mod decode;
mod decoded;
mod doubt;
mod encode;
mod error;
mod face;
mod fitness;
mod framed;
#[cfg(feature = "heic")]
mod heic;
pub mod jpeg;
mod lanczos;
mod likeness;
mod luma;
mod memory;
mod orientation;
mod png;
mod preview;
mod primaries;
mod raster;
mod resample;
mod series;
mod tiff;
mod tiff_photo;
mod tone;
mod vector;

use image::{DynamicImage, RgbImage};

pub use self::crop::{Crop, Region, Squares};
pub use self::decode::dimensions;
pub use self::doubt::Doubt;
pub use self::error::PhotoError;
pub use self::face::{Placed, Unclear};
pub use self::fitness::{CLOUD_BYTES, Flaw, cloud_flaws, flaws};
pub use self::likeness::{Print, is_same_picture};
pub use self::luma::Luma;
pub use self::memory::{MAX_MEMORY, MAX_PIXELS};
pub use self::preview::{Preview, preview};
pub use self::series::{Making, Series, series};

use self::blank::Visible;
use self::crop::Part;
use self::decoded::{Decoded, Pixels};
use self::framed::{Framed, Seen};
use self::jpeg::Jpeg;
use crate::panics::caught;

/// The properties that a thumbnail is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The number of pixels on each side.
    pub size: u32,
    pub max_bytes: usize,
    /// The part of the photo that the thumbnail shows.
    pub crop: Crop,
    /// Whether a blank thumbnail, on which nothing can be seen, is accepted.
    pub allow_blank: bool,
    /// What a face is needed for, besides the crop.
    pub faces: Faces,
}

/// What a search for faces is for, if the crop does not need one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Faces {
    /// Faces are not searched.
    #[default]
    Ignored,
    /// It is told whether another crop would place the face better.
    Told,
    /// A photo on which no face is clear is refused.
    Required,
}

impl Options {
    /// Returns whether faces are searched for. They are not if somebody chose the square by hand.
    fn searches_faces(&self) -> bool {
        self.crop == Crop::Face || (self.faces != Faces::Ignored && !self.is_by_hand())
    }

    fn is_by_hand(&self) -> bool {
        matches!(self.crop, Crop::ByHand(_))
    }

    fn requires_face(&self) -> bool {
        self.faces == Faces::Required
    }
}

/// A photo as the directory gets it.
#[derive(Debug, Clone, PartialEq)]
pub struct Thumbnail {
    /// The content of the file. Unless it was taken as it is, it is a baseline JPEG without metadata; if it was encoded
    /// here, also without chroma subsampling (4:4:4).
    pub jpeg: Vec<u8>,
    pub doubts: Vec<Doubt>,
    /// How the face is placed on it, if it was searched and the crop around the face would place it better.
    pub misplaced: Option<Placed>,
    /// The squares of the photo that a page offers, if they are known.
    pub squares: Option<Squares>,
}

/// Makes the thumbnail of an image file, given its content. A file that is a thumbnail already is taken as it is.
///
/// # Errors
/// When the file is not an image, is cut off, damaged or blank, or takes more memory or bytes than allowed.
pub fn render(file: &[u8], options: &Options) -> Result<Thumbnail, PhotoError> {
    if let Some(thumbnail) = taken(file, options)? {
        return Ok(thumbnail);
    }
    let (square, seen) = square_of(file, options, |_| options.size)?;
    check_visible(&square, options)?;
    seen.check(options)?;
    let jpeg = encode(&square.pixels, options)?;
    // Encoding may wash out the little that can be seen. Then the next import or an audit would refuse what was written
    // now, so the encoded picture is looked at, too.
    if square.visible != Visible::Enough
        && let Some(made) = ready(&jpeg, options)
    {
        check_visible(&made, options)?;
    }
    let from = seen.side.map_or(square.photo, |side| (side, side));
    let is_enlarged = from.0.min(from.1) < options.size;
    let enlarged = is_enlarged.then_some(Doubt::Enlarged { from, to: options.size });
    Ok(Thumbnail {
        jpeg,
        doubts: enlarged.into_iter().chain(seen.doubts(options)).collect(),
        misplaced: seen.misplaced,
        squares: seen.squares,
    })
}

/// Pixels on each side below which Microsoft 365 shows a photo blurred: its profile cards have 240.
pub const SHARP_SIZE: u32 = 240;

/// Like [`render`], but never enlarges: a photo that has fewer pixels than the options say keeps those that it has.
///
/// # Errors
/// Those of [`render`].
pub fn render_within(file: &[u8], options: &Options) -> Result<Thumbnail, PhotoError> {
    if let Some(thumbnail) = taken(file, options)? {
        return Ok(thumbnail);
    }
    let (square, seen) = square_of(file, options, |side| side.min(options.size))?;
    check_visible(&square, options)?;
    seen.check(options)?;
    let size = square.pixels.width();
    let not_sharp = (size < SHARP_SIZE.min(options.size)).then_some(Doubt::NotSharp(size));
    Ok(Thumbnail {
        jpeg: encode(&square.pixels, options)?,
        doubts: not_sharp.into_iter().chain(seen.doubts(options)).collect(),
        misplaced: seen.misplaced,
        squares: seen.squares,
    })
}

/// Takes a file that is a thumbnail already as it is. Returns `None` for any other file, for a picture that is to be
/// turned, and for one whose square somebody chose by hand.
///
/// # Errors
/// When the picture is blank, or shows no clear face and must show one.
fn taken(file: &[u8], options: &Options) -> Result<Option<Thumbnail>, PhotoError> {
    let Some(square) = ready(file, options).filter(|_| !options.is_by_hand()) else { return Ok(None) };
    let seen = framed::seen(&square.pixels, options)?;
    if seen.is_turned {
        return Ok(None);
    }
    check_visible(&square, options)?;
    seen.check(options)?;
    Ok(Some(Thumbnail {
        jpeg: file.to_vec(),
        doubts: seen.doubts(options).collect(),
        misplaced: None,
        squares: seen.squares,
    }))
}

fn check_visible(square: &Square, options: &Options) -> Result<(), PhotoError> {
    match square.is_blank() && !options.allow_blank {
        true => Err(PhotoError::Blank { transparent: square.is_transparent }),
        false => Ok(()),
    }
}

/// Returns the file itself as the thumbnail, whatever it contains.
///
/// # Errors
/// When the file has more than `max_bytes` bytes.
pub fn as_is(file: &[u8], max_bytes: usize) -> Result<Thumbnail, PhotoError> {
    // Most programs show a photo at this size. A file that cannot be decoded is no error here: the user asked for it.
    const LOOKED_AT: Options =
        Options { size: 96, max_bytes: 0, crop: Crop::Center, allow_blank: true, faces: Faces::Ignored };
    if file.len() > max_bytes {
        return Err(PhotoError::TooManyBytes { bytes: file.len(), max_bytes });
    }
    let doubt = match file.starts_with(&[0xff, 0xd8]) {
        false => Some(Doubt::NotJpeg),
        true => square(file, &LOOKED_AT).is_ok_and(|square| square.is_blank()).then_some(Doubt::Blank),
    };
    Ok(Thumbnail { doubts: doubt.into_iter().collect(), jpeg: file.to_vec(), misplaced: None, squares: None })
}

/// A thumbnail before it is encoded.
#[derive(Debug)]
pub struct Square {
    /// The pixels, upright and in sRGB.
    pub pixels: RgbImage,
    /// Width and height of the whole photo, upright.
    pub photo: (u32, u32),
    /// Whether all pixels are fully transparent.
    pub is_transparent: bool,
    visible: Visible,
}

impl Square {
    /// Returns whether nothing can be seen, because the picture has only one colour or is transparent. `blank.rs` says
    /// how that is measured.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.is_transparent || self.visible == Visible::Nothing
    }

    fn of(photo: Decoded, size: u32) -> Result<Self, PhotoError> {
        let square = resample::square(photo.pixels, size)?;
        let is_transparent = square.alpha.as_ref().is_some_and(|alpha| alpha.iter().all(|&alpha| alpha == 0));
        let mut pixels = DynamicImage::from(color::to_srgb(square, photo.icc_profile.as_deref())?);
        pixels.apply_orientation(photo.orientation);
        let pixels = pixels.into_rgb8();
        Ok(Self { visible: blank::visible(&pixels), pixels, photo: photo.dimensions, is_transparent })
    }
}

/// Makes the pixels of a thumbnail from the content of an image file. For an animation, that is the first frame that is
/// not blank, if there is one.
///
/// # Errors
/// When the file is not an image, is cut off or damaged, or takes more memory than allowed.
pub fn square(file: &[u8], options: &Options) -> Result<Square, PhotoError> {
    square_of(file, options, |_| options.size).map(|(square, _)| square)
}

/// Makes the pixels of a thumbnail, and tells what was seen on the photo. `size` says how many pixels on each side it is to
/// have, given how many the square has in the photo; they are no more than the size of the options, for which the photo
/// is decoded.
fn square_of(file: &[u8], options: &Options, size: impl Fn(u32) -> u32) -> Result<(Square, Seen), PhotoError> {
    let of = |Framed { decoded, seen }: Framed| {
        let side = seen.side.unwrap_or(decoded.dimensions.0.min(decoded.dimensions.1));
        Ok((Square::of(decoded, size(side))?, seen))
    };
    // A panic is a bug, but concerns this file only.
    let first = caught(|| framed::decode(file, options).and_then(&of)).unwrap_or(Err(PhotoError::DecoderFailed))?;
    if !first.0.is_blank() {
        return Ok(first);
    }
    let visible = |frame: Decoded| {
        let made = framed::of_frame(frame, options).and_then(&of);
        made.ok().filter(|(square, _)| !square.is_blank())
    };
    let later = caught(|| animation::first_seen(file, Part::Whole, visible)).unwrap_or_default();
    Ok(later.unwrap_or(first))
}

/// Encodes the pixels of a thumbnail as a JPEG of the highest quality that fits.
///
/// # Errors
/// When even the lowest quality takes more bytes than allowed.
pub fn encode(pixels: &RgbImage, options: &Options) -> Result<Vec<u8>, PhotoError> {
    encode::within(pixels, options)
}

/// Returns the pixels of a file that is a thumbnail already: a complete and plain JPEG of the right size, within the
/// budget. To encode it again could only make it worse. Returns `None` for any other file.
fn ready(file: &[u8], options: &Options) -> Option<Square> {
    if file.len() > options.max_bytes {
        return None;
    }
    let jpeg = Jpeg::read(file).ok()?;
    let dimensions = jpeg.dimensions();
    if dimensions != (options.size, options.size) || !jpeg.is_plain(file) {
        return None;
    }
    let (color_model, orientation, whole) = (jpeg.color_model(), jpeg.orientation(), jpeg.whole());
    let pixels = Pixels::Planes(color_model, jpeg.decode(whole, options.size).ok()?);
    Square::of(Decoded { pixels, orientation, icc_profile: None, dimensions }, options.size).ok()
}

#[cfg(test)]
mod tests;
