//! PNG, GIF, BMP, TIFF and WebP, decoded by `image` within limits.

use std::io::Cursor;

use image::error::{ImageError, LimitErrorKind};
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageReader, Limits};

use super::decode::{Decoded, Pixels, upright};
use super::{MAX_MEMORY, MAX_PIXELS, Options, PhotoError, tiff};

pub(super) fn decode(file: &[u8], options: &Options) -> Result<Decoded, PhotoError> {
    let reader = ImageReader::new(Cursor::new(file)).with_guessed_format();
    let mut decoder = reader.map_err(ImageError::IoError).and_then(ImageReader::into_decoder).map_err(explain)?;
    let (width, height) = decoder.dimensions();
    let color = decoder.color_type();
    if matches!(color, ColorType::Rgb32F | ColorType::Rgba32F) {
        return Err(PhotoError::Unsupported("an image of more than 16 bits a channel".into()));
    }
    if let Some(kind) = tiff::misread(file) {
        return Err(PhotoError::Unsupported(kind.into()));
    }
    // What has not 8 bits is converted, and for a moment there twice.
    let converted = match is_eight_bit(color) {
        true => 0,
        false => u64::from(width) * u64::from(height) * u64::from(color.channel_count()),
    };
    // The resampler multiplies a copy of the colours by the opacity.
    let multiplied = if color.has_alpha() { decoder.total_bytes() } else { 0 };
    check_size(width, height, decoder.total_bytes().saturating_add(converted).saturating_add(multiplied))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    decoder.set_limits(limits).map_err(|_| PhotoError::TooLarge { width, height })?;
    let exif = decoder.exif_metadata().unwrap_or_default();
    let orientation = match exif {
        Some(exif) => tiff::orientation(&exif),
        None => decoder.orientation().unwrap_or(Orientation::NoTransforms),
    };
    let icc_profile = decoder.icc_profile().unwrap_or_default();
    let image = match DynamicImage::from_decoder(decoder) {
        Ok(image) if is_eight_bit(color) => image,
        Ok(image) => to_eight_bits(&image),
        Err(ImageError::Limits(error)) if !matches!(error.kind(), LimitErrorKind::Unsupported { .. }) => {
            return Err(PhotoError::TooLarge { width, height });
        }
        Err(error) => return Err(explain(error)),
    };
    let crop = options.crop.square(width, height, orientation);
    let dimensions = upright(width, height, orientation);
    Ok(Decoded { pixels: Pixels::Interleaved(image, crop), orientation, icc_profile, dimensions })
}

fn is_eight_bit(color: ColorType) -> bool {
    matches!(color, ColorType::L8 | ColorType::La8 | ColorType::Rgb8 | ColorType::Rgba8)
}

fn to_eight_bits(image: &DynamicImage) -> DynamicImage {
    match image.color() {
        ColorType::L16 => image.to_luma8().into(),
        ColorType::La16 => image.to_luma_alpha8().into(),
        color if color.has_alpha() => image.to_rgba8().into(),
        _ => image.to_rgb8().into(),
    }
}

/// Whether there is a picture, and room for it.
fn check_size(width: u32, height: u32, bytes: u64) -> Result<(), PhotoError> {
    match bytes {
        _ if width == 0 || height == 0 => Err(PhotoError::NoPixels { width, height }),
        bytes if bytes > MAX_MEMORY || u64::from(width) * u64::from(height) > MAX_PIXELS => {
            Err(PhotoError::TooLarge { width, height })
        }
        _ => Ok(()),
    }
}

fn explain(error: ImageError) -> PhotoError {
    match error {
        ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => PhotoError::Truncated,
        ImageError::Unsupported(error) => PhotoError::Unsupported(format!("an image of its kind ({error})").into()),
        error => PhotoError::Damaged(error.to_string()),
    }
}
