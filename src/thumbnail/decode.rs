//! Decoding any known format within limits; all but JPEG by `image`.

use std::io::Cursor;

use image::error::{ImageError, LimitErrorKind};
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::{PhotoError, jpeg};

/// Memory for the pixels of one photo: 170 megapixels of RGB.
pub(super) const MAX_MEMORY: u64 = 512 * 1024 * 1024;

/// A decoded photo, as it lies in the file.
pub(super) struct Photo {
    pub(super) image: DynamicImage,
    /// How to turn it upright (EXIF 2.32, tag 0x0112).
    pub(super) orientation: Orientation,
}

impl Photo {
    pub(super) fn upright_dimensions(&self) -> (u32, u32) {
        let (width, height) = (self.image.width(), self.image.height());
        match self.orientation {
            Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH => (height, width),
            _ => (width, height),
        }
    }
}

pub(super) fn decode(file: &[u8]) -> Result<Photo, PhotoError> {
    let reader = ImageReader::new(Cursor::new(file))
        .with_guessed_format()
        .map_err(|error| PhotoError::Damaged(error.to_string()))?;
    match reader.format() {
        None if file.get(4..8) == Some(b"ftyp") => return Err(PhotoError::Unsupported("HEIC or AVIF")),
        None => return Err(PhotoError::UnknownFormat),
        Some(ImageFormat::Jpeg) => return jpeg::decode(file),
        Some(_) => {}
    }
    let mut decoder = reader.into_decoder().map_err(explain)?;
    let (width, height) = decoder.dimensions();
    // What is neither RGB nor RGBA of 8 bits is converted, and for a moment there twice.
    let color = decoder.color_type();
    let channels = if color.has_alpha() { 4 } else { 3 };
    let converted = match color {
        ColorType::Rgb8 | ColorType::Rgba8 => 0,
        _ => u64::from(width) * u64::from(height) * channels,
    };
    check_size(width, height, decoder.total_bytes().saturating_add(converted))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    decoder.set_limits(limits).map_err(|_| PhotoError::TooLarge { width, height })?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    match DynamicImage::from_decoder(decoder) {
        Ok(image) => Ok(Photo { image, orientation }),
        Err(ImageError::Limits(error)) if !matches!(error.kind(), LimitErrorKind::Unsupported { .. }) => {
            Err(PhotoError::TooLarge { width, height })
        }
        Err(error) => Err(explain(error)),
    }
}

/// Whether there is a picture, and room for it.
pub(super) fn check_size(width: u32, height: u32, bytes: u64) -> Result<(), PhotoError> {
    match bytes {
        _ if width == 0 || height == 0 => Err(PhotoError::NoPixels { width, height }),
        bytes if bytes > MAX_MEMORY => Err(PhotoError::TooLarge { width, height }),
        _ => Ok(()),
    }
}

fn explain(error: ImageError) -> PhotoError {
    match error {
        ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => PhotoError::Truncated,
        ImageError::Unsupported(_) => PhotoError::UnknownFormat,
        error => PhotoError::Damaged(error.to_string()),
    }
}
