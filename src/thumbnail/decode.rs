//! What format a file has, told by its content, and its pixels as far as the crop needs them.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageFormat};

use super::jpeg::{ColorModel, Jpeg, Plane};
use super::{Options, PhotoError, Region, raster};

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

pub(super) fn decode(file: &[u8], options: &Options) -> Result<Decoded, PhotoError> {
    match image::guess_format(file) {
        Ok(ImageFormat::Jpeg) => decode_jpeg(file, options),
        // `image` knows AVIF by its brand.
        Ok(ImageFormat::Avif) => Err(PhotoError::Unsupported("AVIF".into())),
        Ok(_) => raster::decode(file, options),
        Err(_) => match file.get(4..12) {
            // ISO/IEC 23008-12, 10.2: which kind of image a brand means is told inside.
            Some(
                b"ftypheic" | b"ftypheix" | b"ftypheim" | b"ftypheis" | b"ftyphevc" | b"ftyphevx" | b"ftypmif1"
                | b"ftypmsf1",
            ) => decode_heic(file, options),
            _ => Err(PhotoError::UnknownFormat),
        },
    }
}

#[cfg(feature = "heic")]
fn decode_heic(file: &[u8], options: &Options) -> Result<Decoded, PhotoError> {
    super::heic::decode(file, options)
}

#[cfg(not(feature = "heic"))]
fn decode_heic(_: &[u8], _: &Options) -> Result<Decoded, PhotoError> {
    Err(PhotoError::Unsupported("HEIC, which this build of adphoto leaves out,".into()))
}

fn decode_jpeg(file: &[u8], options: &Options) -> Result<Decoded, PhotoError> {
    let jpeg = Jpeg::read(file)?;
    let (width, height) = jpeg.dimensions();
    let orientation = jpeg.orientation();
    let icc_profile = jpeg.icc_profile().map(<[u8]>::to_vec);
    let crop = options.crop.square(width, height, orientation);
    let color_model = jpeg.color_model();
    let planes = jpeg.decode(crop, options.size)?;
    let dimensions = upright(width, height, orientation);
    Ok(Decoded { pixels: Pixels::Planes(color_model, planes), orientation, icc_profile, dimensions })
}

/// Width and height as the header says, for formats that browsers show.
#[must_use]
pub fn dimensions(file: &[u8]) -> Option<(u32, u32)> {
    match image::guess_format(file).ok()? {
        ImageFormat::Jpeg => Jpeg::read(file).ok().map(|jpeg| jpeg.dimensions()),
        format => image::ImageReader::with_format(Cursor::new(file), format).into_dimensions().ok(),
    }
}

/// Width and height once the picture is upright.
pub(super) fn upright(width: u32, height: u32, orientation: Orientation) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (height, width)
        }
        _ => (width, height),
    }
}
