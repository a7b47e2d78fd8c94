//! Decoding a file of any format, which is recognized by its content and not by its name.

use std::io::Cursor;

use image::ImageFormat;

use super::crop::Part;
use super::decoded::{Decoded, Pixels};
use super::jpeg::Jpeg;
use super::orientation::upright;
use super::{Options, PhotoError, preview, raster, tiff, tiff_photo};
use crate::panics::caught;

/// The thumbnail for which the whole of a JPEG is decoded, in pixels on each side. It is the usual one, so nothing is
/// decoded twice for it; and it is the same for all sizes, so all show the same square around a face.
const SEARCHED: u32 = 96;

/// Decodes those pixels of a photo that a thumbnail of this part of it needs.
pub(super) fn decode(file: &[u8], part: Part, options: &Options) -> Result<Decoded, PhotoError> {
    match image::guess_format(file) {
        Ok(ImageFormat::Jpeg) => decode_jpeg(file, part, options),
        Ok(format @ (ImageFormat::Png | ImageFormat::Gif | ImageFormat::WebP | ImageFormat::Bmp)) => {
            raster::decode(file, format, part, options)
        }
        // `image` wants a third byte FF, but other decoders skip anything between the first marker and the next.
        Err(_) if file.starts_with(&[0xFF, 0xD8]) => decode_jpeg(file, part, options),
        // `image` does not recognize BigTIFF.
        _ if tiff::is_tiff(file) => tiff_photo::decode(file, part, options),
        // Formats that `image` recognizes and we do not read, such as AVIF.
        Ok(format) => Err(PhotoError::unsupported(raster::name(format))),
        Err(_) => match file.get(4..12) {
            // The brands of HEIF (ISO/IEC 23008-12, 10.2). Only the container inside says how the picture is coded.
            Some(
                b"ftypheic" | b"ftypheix" | b"ftypheim" | b"ftypheis" | b"ftyphevc" | b"ftyphevx" | b"ftypmif1"
                | b"ftypmsf1",
            ) => decode_heic(file, part),
            _ => Err(PhotoError::UnknownFormat),
        },
    }
}

#[cfg(feature = "heic")]
fn decode_heic(file: &[u8], part: Part) -> Result<Decoded, PhotoError> {
    super::heic::decode(file, part)
}

#[cfg(not(feature = "heic"))]
fn decode_heic(_: &[u8], _: Part) -> Result<Decoded, PhotoError> {
    Err(PhotoError::unsupported("HEIC, which this build of adphoto leaves out,"))
}

fn decode_jpeg(file: &[u8], part: Part, options: &Options) -> Result<Decoded, PhotoError> {
    let jpeg = Jpeg::read(file)?;
    let (width, height) = jpeg.dimensions();
    let orientation = jpeg.orientation();
    let icc_profile = jpeg.icc_profile().map(<[u8]>::to_vec);
    let crop = part.region(width, height, orientation);
    let color_model = jpeg.color_model();
    let size = match part {
        Part::Whole => SEARCHED,
        Part::Preview => preview::SHORT_SIDE,
        Part::Largest(_) | Part::Region(_) => options.size,
    };
    let planes = jpeg.decode(crop, size)?;
    let dimensions = upright(width, height, orientation);
    Ok(Decoded { pixels: Pixels::Planes(color_model, planes), orientation, icc_profile, dimensions })
}

/// Returns width and height from the header of a file in a format that browsers show.
#[must_use]
pub fn dimensions(file: &[u8]) -> Option<(u32, u32)> {
    match image::guess_format(file).ok()? {
        ImageFormat::Jpeg => Jpeg::read(file).ok().map(|jpeg| jpeg.dimensions()),
        format => {
            let size = || image::ImageReader::with_format(Cursor::new(file), format).into_dimensions().ok();
            caught(size).unwrap_or_default()
        }
    }
}
