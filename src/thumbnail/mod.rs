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
mod crop;
mod decode;
mod decoded;
mod encode;
mod error;
mod fitness;
#[cfg(feature = "heic")]
mod heic;
pub mod jpeg;
mod likeness;
mod memory;
mod png;
mod primaries;
mod raster;
mod resample;
mod series;
mod tiff;
mod tiff_photo;
mod tone;

use image::{DynamicImage, RgbImage};

pub use self::crop::{Crop, Region};
pub use self::decode::dimensions;
pub use self::error::PhotoError;
pub use self::fitness::{CLOUD_BYTES, Flaw, cloud_flaws, flaws};
pub use self::likeness::{Print, is_same_picture};
pub use self::memory::{MAX_MEMORY, MAX_PIXELS};
pub use self::series::{Series, series};

use self::decoded::{Decoded, Pixels};
use self::jpeg::Jpeg;
use crate::failure::Advice;
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
}

/// A photo as the directory gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// The content of the file. Unless it was taken as it is, it is a baseline JPEG without metadata; if it was encoded
    /// here, also without chroma subsampling (4:4:4).
    pub jpeg: Vec<u8>,
    pub doubt: Option<Doubt>,
}

/// A reason why a person may want to look at a thumbnail that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// The thumbnail has more pixels than the photo.
    #[error("enlarged from {}×{} to {to}×{to} pixels, so it is not sharp", from.0, from.1)]
    Enlarged {
        /// Width and height of the photo, upright.
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
}

/// A doubt gives no advice, because the thumbnail was made as asked.
impl Advice for Doubt {}

/// Makes the thumbnail of an image file, given its content. A file that is a thumbnail already is taken as it is.
///
/// # Errors
/// When the file is not an image, is cut off, damaged or blank, or takes more memory or bytes than allowed.
pub fn render(file: &[u8], options: &Options) -> Result<Thumbnail, PhotoError> {
    if let Some(square) = ready(file, options) {
        check_visible(&square, options)?;
        return Ok(Thumbnail { jpeg: file.to_vec(), doubt: None });
    }
    let square = square(file, options)?;
    check_visible(&square, options)?;
    let jpeg = encode(&square.pixels, options)?;
    // Encoding may wash out the little that can be seen. Then the next import or an audit would refuse what was written
    // now, so the encoded picture is looked at, too.
    if blank::is_nearly_blank(&square.pixels)
        && let Some(made) = ready(&jpeg, options)
    {
        check_visible(&made, options)?;
    }
    let (width, height) = square.photo;
    let is_enlarged = width.min(height) < options.size;
    let doubt = is_enlarged.then_some(Doubt::Enlarged { from: (width, height), to: options.size });
    Ok(Thumbnail { jpeg, doubt })
}

/// Pixels on each side below which Microsoft 365 shows a photo blurred: its profile cards have 240.
pub const SHARP_SIZE: u32 = 240;

/// Like [`render`], but never enlarges: a photo that has fewer pixels than the options say keeps those that it has.
///
/// # Errors
/// Those of [`render`].
pub fn render_within(file: &[u8], options: &Options) -> Result<Thumbnail, PhotoError> {
    if let Some(square) = ready(file, options) {
        check_visible(&square, options)?;
        return Ok(Thumbnail { jpeg: file.to_vec(), doubt: None });
    }
    let square = square_of(file, options, |(width, height)| width.min(height).min(options.size))?;
    check_visible(&square, options)?;
    let size = square.pixels.width();
    let doubt = (size < SHARP_SIZE.min(options.size)).then_some(Doubt::NotSharp(size));
    Ok(Thumbnail { jpeg: encode(&square.pixels, options)?, doubt })
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
pub fn as_is(file: Vec<u8>, max_bytes: usize) -> Result<Thumbnail, PhotoError> {
    // Most programs show a photo at this size. A file that cannot be decoded is no error here: the user asked for it.
    const LOOKED_AT: Options = Options { size: 96, max_bytes: 0, crop: Crop::Center, allow_blank: true };
    if file.len() > max_bytes {
        return Err(PhotoError::TooManyBytes { bytes: file.len(), max_bytes });
    }
    let doubt = match file.starts_with(&[0xff, 0xd8]) {
        false => Some(Doubt::NotJpeg),
        true => square(&file, &LOOKED_AT).is_ok_and(|square| square.is_blank()).then_some(Doubt::Blank),
    };
    Ok(Thumbnail { doubt, jpeg: file })
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
}

impl Square {
    /// Returns whether nothing can be seen, because the picture has only one colour or is transparent. `blank.rs` says
    /// how that is measured.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.is_transparent || blank::is_blank(&self.pixels)
    }

    fn of(photo: &Decoded, size: u32) -> Result<Self, PhotoError> {
        let square = resample::square(&photo.pixels, size)?;
        let is_transparent = square.alpha.as_ref().is_some_and(|alpha| alpha.iter().all(|&alpha| alpha == 0));
        let mut pixels = DynamicImage::from(color::to_srgb(square, photo.icc_profile.as_deref(), size)?);
        pixels.apply_orientation(photo.orientation);
        Ok(Self { pixels: pixels.into_rgb8(), photo: photo.dimensions, is_transparent })
    }
}

/// Makes the pixels of a thumbnail from the content of an image file. For an animation, that is the first frame that is
/// not blank, if there is one.
///
/// # Errors
/// When the file is not an image, is cut off or damaged, or takes more memory than allowed.
pub fn square(file: &[u8], options: &Options) -> Result<Square, PhotoError> {
    square_of(file, options, |_| options.size)
}

/// Does the same as [`square()`] for a size that depends on the photo: `size` returns the number of pixels on each side
/// for a photo of this width and height. This is at most the size in `options`, for which the photo is decoded.
fn square_of(file: &[u8], options: &Options, size: impl Fn((u32, u32)) -> u32) -> Result<Square, PhotoError> {
    // A panic is a bug in a decoder, but concerns this file only.
    let decoded = caught(|| decode::decode(file, options)).unwrap_or(Err(PhotoError::DecoderFailed))?;
    let of = |photo: &Decoded| Square::of(photo, size(photo.dimensions));
    let first = of(&decoded)?;
    drop(decoded);
    if !first.is_blank() {
        return Ok(first);
    }
    let visible = |frame: &Decoded| of(frame).ok().filter(|square| !square.is_blank());
    let later = caught(|| animation::first_seen(file, options, visible)).unwrap_or_default();
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
    let jpeg = Jpeg::read(file).ok()?;
    let dimensions = jpeg.dimensions();
    let is_ready = file.len() <= options.max_bytes && dimensions == (options.size, options.size) && jpeg.is_plain(file);
    if !is_ready {
        return None;
    }
    let (color_model, orientation, whole) = (jpeg.color_model(), jpeg.orientation(), jpeg.whole());
    let pixels = Pixels::Planes(color_model, jpeg.decode(whole, options.size).ok()?);
    Square::of(&Decoded { pixels, orientation, icc_profile: None, dimensions }, options.size).ok()
}

#[cfg(test)]
mod tests;
