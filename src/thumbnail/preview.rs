//! A small copy of a whole photo, on which somebody can choose another square.

use image::DynamicImage;

use super::crop::Part;
use super::encode::{self, Quality};
use super::orientation::{turned, upright};
use super::{Crop, Faces, Options, PhotoError, color, decode, resample};
use crate::panics::caught;

/// The longer side of the copy, in pixels.
const LONG_SIDE: u32 = 256;
/// The shorter side for which the photo is decoded, in pixels: that of a photo in the usual ratio of 3:4.
pub(super) const SHORT_SIDE: u32 = LONG_SIDE * 3 / 4;
/// How the copy is encoded. A page may have thousands of them, and they only have to show where the face is.
const QUALITY: Quality = Quality { best: 50, lowest: 5, halves_chroma: true, max_bytes: 4 * 1024 };

/// A small copy of a whole photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub jpeg: Vec<u8>,
    /// Width and height of the photo itself, upright.
    pub photo: (u32, u32),
}

/// Makes the small copy of a photo, upright and turned clockwise by `quarters` of a full turn. The copy of an animation
/// shows its first frame.
///
/// # Errors
/// When the photo cannot be decoded in full.
pub fn preview(file: &[u8], quarters: u8) -> Result<Preview, PhotoError> {
    let options =
        Options { size: SHORT_SIDE, max_bytes: 0, crop: Crop::Center, allow_blank: true, faces: Faces::Ignored };
    // A panic is a bug in a decoder, but concerns this file only.
    let mut decoded =
        caught(|| decode::decode(file, Part::Preview, &options)).unwrap_or(Err(PhotoError::DecoderFailed))?;
    let in_file = upright(decoded.dimensions.0, decoded.dimensions.1, decoded.orientation);
    let small = resample::whole(&mut decoded.pixels, fitting(in_file))?;
    let mut small = DynamicImage::from(color::to_srgb(small, decoded.icc_profile.as_deref())?);
    let orientation = turned(decoded.orientation, quarters);
    small.apply_orientation(orientation);
    let jpeg = encode::fitting(&small.into_rgb8(), QUALITY)?;
    Ok(Preview { jpeg, photo: upright(in_file.0, in_file.1, orientation) })
}

/// Returns the size of the copy of a picture, which is never larger than the picture.
fn fitting((width, height): (u32, u32)) -> (u32, u32) {
    let long = width.max(height).max(1);
    let side = |pixels: u32| match u64::from(pixels) * u64::from(LONG_SIDE) / u64::from(long) {
        _ if long <= LONG_SIDE => pixels,
        side => u32::try_from(side).unwrap_or(LONG_SIDE).max(1),
    };
    (side(width), side(height))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

    use super::{QUALITY, fitting, preview};

    #[test]
    fn the_copy_keeps_the_shape_and_is_never_larger() {
        let sizes = [(4000, 3000), (3000, 4000), (100, 80), (70_000, 1), (256, 256), (1, 1)].map(fitting);
        assert_eq!(sizes, [(256, 192), (192, 256), (100, 80), (256, 1), (256, 256), (1, 1)]);
    }

    #[test]
    fn the_copy_is_upright_small_and_of_few_bytes() {
        let mut state = 1_u32;
        let noise = RgbImage::from_fn(900, 600, |x, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // The left half is dark.
            Rgb([(state >> 25) as u8 + if x < 450 { 0 } else { 120 }; 3])
        });
        for (format, quarters) in [(ImageFormat::Jpeg, 0), (ImageFormat::Png, 0), (ImageFormat::Bmp, 1)] {
            let mut file = Cursor::new(Vec::new());
            DynamicImage::from(noise.clone()).write_to(&mut file, format).expect("encodes");
            let made = preview(file.get_ref(), quarters).expect("a copy");
            assert!(made.jpeg.len() <= QUALITY.max_bytes, "{}", made.jpeg.len());
            let shown = image::load_from_memory(&made.jpeg).expect("a JPEG").into_luma8();
            let (dark, bright) = if quarters == 1 { ((80, 10), (80, 240)) } else { ((10, 80), (240, 80)) };
            assert_eq!(made.photo, if quarters == 1 { (600, 900) } else { (900, 600) });
            assert_eq!(shown.dimensions(), if quarters == 1 { (170, 256) } else { (256, 170) });
            assert!(shown.get_pixel(dark.0, dark.1).0[0] + 60 < shown.get_pixel(bright.0, bright.1).0[0], "{format:?}");
        }
        assert!(preview(b"no picture", 0).is_err());
    }
}
