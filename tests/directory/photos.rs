//! Photos that tell whose they are: a number is drawn in black and white, and survives cropping, scaling and JPEG.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// The number of fields of the pattern on each side.
const FIELDS: u32 = 4;

/// Returns a JPEG with `number`, which must be below 65,536, in its centre square.
pub(crate) fn jpeg(number: u32, width: u32, height: u32) -> Vec<u8> {
    encode(&picture(number, width, height), ImageFormat::Jpeg)
}

pub(crate) fn picture(number: u32, width: u32, height: u32) -> RgbImage {
    let side = width.min(height);
    let (left, top) = ((width - side) / 2, (height - side) / 2);
    RgbImage::from_fn(width, height, |x, y| {
        let field = |at: u32, from: u32| (at.saturating_sub(from) * FIELDS / side).min(FIELDS - 1);
        let bit = field(y, top) * FIELDS + field(x, left);
        // A little grain makes files differ in more than the pattern.
        let grain = u8::try_from((x * 7 + y * 13) % 16).unwrap();
        Rgb([if number >> bit & 1 == 1 { 240 - grain } else { 16 + grain }; 3])
    })
}

pub(crate) fn encode(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture.clone()).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Reads the number from a thumbnail, which must be a JPEG of 96×96 pixels.
pub(crate) fn number(thumbnail: &[u8]) -> u32 {
    let image = image::load_from_memory_with_format(thumbnail, ImageFormat::Jpeg).unwrap().into_luma8();
    assert_eq!(image.dimensions(), (96, 96));
    let side = 96 / FIELDS;
    (0..FIELDS * FIELDS)
        .filter(|bit| image.get_pixel(bit % FIELDS * side + side / 2, bit / FIELDS * side + side / 2).0[0] > 128)
        .map(|bit| 1 << bit)
        .sum()
}

#[test]
fn a_number_is_read_back() {
    for number in [0, 1, 0xBEEF, 0xFFFF] {
        assert_eq!(self::number(&jpeg(number, 96, 96)), number);
    }
}
