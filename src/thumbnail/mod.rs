//! From the bytes of an image file to a thumbnail: decoded, cropped to a square, resampled, turned upright, brought to
//! sRGB and encoded as JPEG within a byte budget. Pure: bytes in, thumbnail or error out.

mod color;
mod crop;
mod decode;
mod encode;
mod fitness;
#[cfg(feature = "heic")]
mod heic;
pub mod jpeg;
mod raster;
mod resample;
mod tiff;

use std::borrow::Cow;

use image::{DynamicImage, RgbImage};

pub use self::crop::{Crop, Region};
pub use self::decode::dimensions;
pub use self::fitness::{CLOUD_BYTES, Flaw, flaws};

use self::jpeg::Jpeg;

/// Memory for the pixels of one photo: 170 megapixels of RGB.
pub const MAX_MEMORY: u64 = 512 * 1024 * 1024;
/// Pixels of one photo, though decoding it may need but few of them.
pub const MAX_PIXELS: u64 = 300_000_000;

/// What a thumbnail must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Pixels on each side.
    pub size: u32,
    /// The most bytes it may have.
    pub max_bytes: usize,
    /// Which part of the photo it shows.
    pub crop: Crop,
}

/// A photo as the directory takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// Baseline JPEG without metadata; 4:4:4, if it was encoded here.
    pub jpeg: Vec<u8>,
    /// What is worth a look.
    pub doubt: Option<Doubt>,
}

/// What a person may want to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The thumbnail has more pixels than there were.
    Enlarged {
        /// Width and height of the photo, upright.
        from: (u32, u32),
        /// Pixels on each side of the thumbnail.
        to: u32,
    },
    /// Its bytes, taken as they are, do not begin as a JPEG's do.
    NotJpeg,
}

impl std::fmt::Display for Doubt {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Enlarged { from: (width, height), to } => {
                write!(out, "enlarged from {width}×{height} to {to}×{to} pixels, and so not sharp")
            }
            Self::NotJpeg => out.write_str("it is no JPEG, which is what programs expect there"),
        }
    }
}

/// Why a photo gives no thumbnail.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// Not an image of a known format.
    #[error("the content is none of JPEG, HEIC, PNG, WebP, TIFF, GIF or BMP")]
    UnknownFormat,
    /// A format that is known and not read.
    #[error("{0} is not read")]
    Unsupported(Cow<'static, str>),
    /// The file ends before the picture does.
    #[error("the file ends in the middle of the picture: it was cut off, perhaps while it was copied")]
    Truncated,
    /// The file says that it has no pixels.
    #[error("the image is {width}×{height} pixels: nothing to see")]
    NoPixels {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// More memory than one photo may take.
    #[error("the image is {width}×{height} pixels, more than are decoded: {} megapixels, or {} MB of memory", MAX_PIXELS / 1_000_000, MAX_MEMORY / 1024 / 1024)]
    TooLarge {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// The decoder found it broken.
    #[error("the image is damaged: {0}")]
    Damaged(String),
    /// Even the lowest quality takes more bytes than allowed.
    #[error("{size}×{size} pixels take {bytes} bytes at the lowest quality, more than the {max_bytes} allowed")]
    OverBudget {
        /// Pixels on each side.
        size: u32,
        /// Bytes at the lowest quality.
        bytes: usize,
        /// The limit.
        max_bytes: usize,
    },
    /// A file that is to be taken as it is has more bytes than allowed.
    #[error("the file has {bytes} bytes, more than the {max_bytes} that the domain's schema allows")]
    TooManyBytes {
        /// Its size.
        bytes: usize,
        /// The limit.
        max_bytes: usize,
    },
    /// A decoder panicked.
    #[error("the image made its decoder fail")]
    DecoderFailed,
    /// The thumbnail could not be made.
    #[error("the thumbnail could not be made: {0}")]
    Failed(String),
}

/// Makes the thumbnail of the image file whose content is `file`. A file that is one already is taken as it is.
///
/// # Errors
/// When it is no image, is cut off or damaged, or takes more memory or bytes than allowed.
pub fn render(file: &[u8], options: &Options) -> Result<Thumbnail, PhotoError> {
    if is_thumbnail(file, options) {
        return Ok(Thumbnail { jpeg: file.to_vec(), doubt: None });
    }
    let Square { pixels, photo: (width, height) } = square(file, options)?;
    let jpeg = encode(&pixels, options)?;
    let is_enlarged = width.min(height) < options.size;
    let doubt = is_enlarged.then_some(Doubt::Enlarged { from: (width, height), to: options.size });
    Ok(Thumbnail { jpeg, doubt })
}

/// The file itself, whatever it holds.
///
/// # Errors
/// When it has more than `max_bytes`.
pub fn as_is(file: Vec<u8>, max_bytes: usize) -> Result<Thumbnail, PhotoError> {
    match file.len() {
        bytes if bytes > max_bytes => Err(PhotoError::TooManyBytes { bytes, max_bytes }),
        _ => Ok(Thumbnail { doubt: (!file.starts_with(&[0xff, 0xd8])).then_some(Doubt::NotJpeg), jpeg: file }),
    }
}

/// A thumbnail before it is encoded.
#[derive(Debug)]
pub struct Square {
    /// Upright, in sRGB.
    pub pixels: RgbImage,
    /// Width and height of the whole photo, upright.
    pub photo: (u32, u32),
}

/// The pixels of the thumbnail of the image file whose content is `file`.
///
/// # Errors
/// When it is no image, is cut off or damaged, or takes more memory than allowed.
pub fn square(file: &[u8], options: &Options) -> Result<Square, PhotoError> {
    let photo = decode::decode(file, options)?;
    let square = resample::square(&photo.pixels, options.size)?;
    let mut pixels = DynamicImage::from(color::to_srgb(square, photo.icc_profile.as_deref(), options.size)?);
    pixels.apply_orientation(photo.orientation);
    Ok(Square { pixels: pixels.into_rgb8(), photo: photo.dimensions })
}

/// The JPEG of a thumbnail's pixels, of the highest quality that fits.
///
/// # Errors
/// When even the lowest quality takes more bytes than allowed.
pub fn encode(pixels: &RgbImage, options: &Options) -> Result<Vec<u8>, PhotoError> {
    encode::within(pixels, options)
}

/// Whether encoding it again could only make it worse: a whole and plain JPEG of the right size, within the budget.
fn is_thumbnail(file: &[u8], options: &Options) -> bool {
    let Ok(jpeg) = Jpeg::read(file) else { return false };
    let whole = jpeg.whole();
    file.len() <= options.max_bytes
        && jpeg.dimensions() == (options.size, options.size)
        && jpeg.is_plain(file)
        && jpeg.decode(whole, options.size).is_ok()
}

#[cfg(test)]
mod tests;
