//! PNG, GIF, BMP and WebP, which `image` decodes within our limits.

use std::borrow::Cow;
use std::io::{Cursor, ErrorKind};

use image::error::ImageError;
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::decoded::Decoded;
use super::memory::{MAX_INFLATED, check_size, resampling, room};
use super::png::{self, Colors, Png};
use super::{Options, PhotoError, tiff, tone};

/// The metadata that says how to interpret the pixels of a file.
pub(super) struct Notes {
    pub(super) orientation: Orientation,
    pub(super) icc_profile: Option<Vec<u8>>,
    /// The tone curve that converts the values of a PNG to those of sRGB, if it names another one.
    pub(super) tone: Option<tone::Curve>,
}

/// Decodes a file of one of these formats, if it fits into memory.
pub(super) fn decode(file: &[u8], format: ImageFormat, options: &Options) -> Result<Decoded, PhotoError> {
    let explain = |error| explain(error, format);
    if format == ImageFormat::Png && png::is_apples_own(file) {
        return Err(PhotoError::unsupported("PNG in the form that Apple's tools make for iPhones (CgBI)"));
    }
    let seen = if format == ImageFormat::Png { png::for_decoder(file) } else { Cow::Borrowed(file) };
    let copied = if let Cow::Owned(copy) = &seen { copy.len() as u64 } else { 0 };
    if let Some((width, height)) = declared_size(file, format) {
        check_size(width, height, 0, file)?;
    }
    let mut reader = ImageReader::with_format(Cursor::new(&*seen), format);
    reader.limits(limits(MAX_INFLATED));
    let mut decoder = reader.into_decoder().map_err(explain)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height, memory(file, format, &decoder, options).saturating_add(copied), file)?;
    // A frame of a GIF can be larger than the canvas that it is drawn on.
    let left = room(file).saturating_sub(copied).saturating_sub(decoder.total_bytes());
    decoder.set_limits(limits(left)).map_err(|_| PhotoError::TooLarge { width, height })?;
    let notes = Notes::read(file, format, &mut decoder)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(explain)?;
    if format == ImageFormat::Bmp {
        make_opaque_if_nothing_is(&mut image);
    }
    Ok(notes.decoded(image, options))
}

fn limits(bytes: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(bytes);
    limits
}

impl Notes {
    /// Reads the metadata of a file.
    ///
    /// # Errors
    /// When the colours of the photo are of a kind that is not supported.
    pub(super) fn read(file: &[u8], format: ImageFormat, decoder: &mut impl ImageDecoder) -> Result<Self, PhotoError> {
        let icc_profile = decoder.icc_profile().unwrap_or_default();
        if format == ImageFormat::Png {
            let Png { exif, colors } = Png::read(file);
            let orientation = exif.map_or(Orientation::NoTransforms, |exif| tiff::orientation(&exif));
            let (icc_profile, tone) = match colors {
                Colors::OfProfile => (icc_profile, None),
                Colors::Srgb => (None, None),
                Colors::Coded { profile, curve } => (profile, curve),
                Colors::Hdr => return Err(PhotoError::unsupported("PNG with an HDR or uncommon colour coding")),
            };
            return Ok(Self { orientation, icc_profile, tone });
        }
        let exif = decoder.exif_metadata().unwrap_or_default();
        let orientation = exif.map_or(Orientation::NoTransforms, |exif| tiff::orientation(&exif));
        Ok(Self { orientation, icc_profile, tone: None })
    }

    /// Returns the picture as 8 bits in sRGB's tone curve, with its crop.
    pub(super) fn decoded(&self, mut image: DynamicImage, options: &Options) -> Decoded {
        if let Some(curve) = self.tone {
            curve.apply_to(&mut image);
        }
        let image = match image.color() {
            ColorType::L8 | ColorType::La8 | ColorType::Rgb8 | ColorType::Rgba8 => image,
            _ => to_eight_bits(&image),
        };
        Decoded::whole(image, self.orientation, self.icc_profile.clone(), options.crop)
    }
}

/// Returns width and height from the header, for those formats whose decoders have another error for a picture that is
/// too large than the one that we want to give.
fn declared_size(file: &[u8], format: ImageFormat) -> Option<(u32, u32)> {
    let bytes = |at: usize| Some(*file.get(at..)?.first_chunk::<4>()?);
    match format {
        ImageFormat::Png => Some((u32::from_be_bytes(bytes(16)?), u32::from_be_bytes(bytes(20)?))),
        // The oldest BMP header (12 bytes) has no such fields. A negative height means that the rows go from top to
        // bottom.
        ImageFormat::Bmp if u32::from_le_bytes(bytes(14)?) >= 40 => {
            Some((u32::from_le_bytes(bytes(18)?), i32::from_le_bytes(bytes(22)?).unsigned_abs()))
        }
        ImageFormat::WebP if file.get(12..16) == Some(b"VP8X") => {
            let side = |at| Some((u32::from_le_bytes(bytes(at)?) & 0x00FF_FFFF) + 1);
            Some((side(24)?, side(27)?))
        }
        _ => None,
    }
}

/// Returns how many bytes the picture takes at most while it is decoded, converted and resampled. The numbers were
/// counted from the buffers in each decoder's code.
fn memory(file: &[u8], format: ImageFormat, decoder: &impl ImageDecoder, options: &Options) -> u64 {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let color = decoder.color_type();
    let channels = u64::from(color.channel_count());
    let (is_eight_bit, decoded) = (u64::from(color.bytes_per_pixel()) == channels, decoder.total_bytes());
    let decoding = match format {
        ImageFormat::WebP => pixels.saturating_mul(webp_bytes(file, color.has_alpha())),
        // A frame that does not fill the canvas gets a buffer of its own.
        ImageFormat::Gif => decoded.saturating_mul(2),
        _ => decoded,
    };
    // Pixels of more than 8 bits are converted, and for a moment both versions exist.
    let converting = if is_eight_bit { 0 } else { decoded.saturating_add(pixels.saturating_mul(channels)) };
    let resampling = resampling((width, height), channels, color.has_alpha(), options.size);
    decoding.max(converting).max(resampling)
}

/// Returns how many bytes a pixel takes while a WebP is decoded.
fn webp_bytes(file: &[u8], has_alpha: bool) -> u64 {
    let is_animated = file.get(12..16) == Some(b"VP8X") && file.get(20).is_some_and(|flags| flags & 2 != 0);
    match (is_animated, has_alpha) {
        // The canvas, a frame with all of its own buffers, and the result.
        (true, _) => 18,
        // The result, luma and chroma, and the opacity, which is coded as a picture of its own.
        (false, true) => 12,
        // The result, and either luma and chroma, or a second result with opacity.
        (false, false) => 7,
    }
}

fn to_eight_bits(image: &DynamicImage) -> DynamicImage {
    match image.color() {
        ColorType::L16 => image.to_luma8().into(),
        ColorType::La16 => image.to_luma_alpha8().into(),
        color if color.has_alpha() => image.to_rgba8().into(),
        _ => image.to_rgb8().into(),
    }
}

/// Makes a picture opaque if all of its pixels are transparent. Many programs write zeros where the opacity of a BMP
/// would be, and Windows and browsers show such a picture as opaque.
fn make_opaque_if_nothing_is(image: &mut DynamicImage) {
    if let DynamicImage::ImageRgba8(pixels) = image
        && pixels.pixels().all(|pixel| pixel.0[3] == 0)
    {
        pixels.pixels_mut().for_each(|pixel| pixel.0[3] = 255);
    }
}

/// Returns our own error for that of a decoder, whose messages are meant for programmers.
pub(super) fn explain(error: ImageError, format: ImageFormat) -> PhotoError {
    let name = name(format);
    match error {
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => PhotoError::Truncated,
        ImageError::Unsupported(_) => PhotoError::unsupported(format!("{name} of an unusual kind")),
        ImageError::Limits(_) => {
            PhotoError::irregular("it contains far more data besides the picture than a photo does")
        }
        _ => PhotoError::damaged(format!("its {name} data cannot be decoded")),
    }
}

/// Returns the name that people use for a format.
pub(super) fn name(format: ImageFormat) -> String {
    match format {
        ImageFormat::WebP => "WebP".to_owned(),
        _ => format.extensions_str().first().unwrap_or(&"?").to_uppercase(),
    }
}
