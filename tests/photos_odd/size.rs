//! Tests pictures that would take more memory than one photo may: they are refused before anything is decoded, and for
//! the right reason.

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageFormat};

use crate::png::chunk;
use crate::{encoded, refused, replaced, scene};

/// Replaces the width and height in the header of a file that shows the scene.
fn resized(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let file = encoded(scene(), format);
    let short = |side: u32| u16::try_from(side).unwrap();
    match format {
        ImageFormat::Png => {
            let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &file[24..29]].concat();
            replaced(&file, 8, 25, &chunk(b"IHDR", &header))
        }
        ImageFormat::Gif => replaced(&file, 6, 4, &[short(width).to_le_bytes(), short(height).to_le_bytes()].concat()),
        ImageFormat::Bmp => replaced(&file, 18, 8, &[width.to_le_bytes(), height.to_le_bytes()].concat()),
        // VP8L has 14 bits for each side, after its first byte.
        ImageFormat::WebP => replaced(&file, 21, 4, &((width - 1) | (height - 1) << 14).to_le_bytes()),
        ImageFormat::Jpeg => {
            let at = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap() + 5;
            replaced(&file, at, 4, &[short(height).to_be_bytes(), short(width).to_be_bytes()].concat())
        }
        _ => {
            // The directory is after the picture, and its entries are in order of their tags.
            let at = u32::from_le_bytes(*file[4..].first_chunk().unwrap()) as usize + 2;
            let side = |file: &[u8], entry: usize, side: u32| {
                replaced(file, at + entry * 12 + 2, 10, &[&[4, 0, 1, 0, 0, 0], &side.to_le_bytes()[..]].concat())
            };
            side(&side(&file, 0, width), 1, height)
        }
    }
}

#[test]
fn what_takes_too_much_memory_says_so() {
    for (format, width, height) in [
        (ImageFormat::Png, 13_500, 13_500),
        (ImageFormat::Gif, 8_300, 8_300),
        (ImageFormat::Bmp, 14_000, 14_000),
        (ImageFormat::WebP, 12_000, 12_000),
        (ImageFormat::Tiff, 17_000, 17_000),
        (ImageFormat::Jpeg, 65_000, 65_000),
        (ImageFormat::Png, 4_000_000_000, 4_000_000_000),
        (ImageFormat::Tiff, u32::MAX, u32::MAX),
    ] {
        let (code, text) = refused(&resized(format, width, height));
        assert_eq!(code, "too-large", "{format:?}: {text}");
        assert!(text.contains(&format!("{width}×{height} pixels, which is too large")), "{text}");
    }
}

/// A picture within the limits is not called too large: only the header is changed here, so the data seem to be cut
/// off.
#[test]
fn what_fits_is_not_too_large() {
    for (format, width, height) in [(ImageFormat::Png, 12_400, 12_400), (ImageFormat::Jpeg, 17_000, 17_000)] {
        let (code, text) = refused(&resized(format, width, height));
        assert_eq!(code, "damaged", "{format:?}: {text}");
    }
}

#[test]
fn no_pixels_are_nothing_to_see() {
    let mut png = Vec::new();
    let written = PngEncoder::new(&mut png).write_image(&[], 0, 0, ExtendedColorType::Rgb8);
    assert!(written.is_err() || refused(&png).0 == "damaged");
    assert_eq!(refused(&resized(ImageFormat::Jpeg, 0, 80)).0, "damaged");
    assert_eq!(refused(&resized(ImageFormat::Tiff, 0, 80)).0, "damaged");
}
