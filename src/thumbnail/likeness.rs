//! Tells whether two files show the same picture, though one of them was encoded anew. Two pictures that look different to
//! people must never pass for the same.

use std::fmt;

use data_encoding::BASE64;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Crop, Faces, Options, dimensions, square};

/// The sizes at which pictures are compared, in pixels on each side. The largest one is used for which both pictures
/// have at least four times as many pixels on each side. At that size, the traces of resizing and encoding, which are
/// in single pixels, cancel out.
const SIDES: [u32; 3] = [96, 48, 24];
/// The number of blocks on each side into which pictures are divided. Each block must be alike, so that a small part that
/// differs is not lost in the mean of the whole.
const BLOCKS: usize = 12;
/// The mean difference up to which two pictures are the same. Each colour has values from 0 to 255.
const MAX_MEAN: f64 = 4.0;
/// The mean difference up to which two blocks are the same.
const MAX_BLOCK: f64 = 14.0;
/// Pixels on each side of a print.
const PRINT_SIDE: u32 = 24;

/// Returns whether two files show the same picture. A file that cannot be decoded is the same as no other.
#[must_use]
pub fn is_same_picture(one: &[u8], other: &[u8]) -> bool {
    let Some(most) = shorter(one).zip(shorter(other)).map(|(one, other)| one.min(other)) else { return false };
    let side = SIDES.into_iter().find(|side| *side * 4 <= most).unwrap_or(SIDES[2]);
    match (samples(one, side), samples(other, side)) {
        (Some(one), Some(other)) => is_alike(&one, &other, side),
        _ => false,
    }
}

fn shorter(file: &[u8]) -> Option<u32> {
    dimensions(file).map(|(width, height)| width.min(height))
}

/// Returns the square in the middle of a picture, resized to `side` pixels on each side: red, green and blue of each pixel.
fn samples(file: &[u8], side: u32) -> Option<Vec<u8>> {
    let options = Options { size: side, max_bytes: 0, crop: Crop::Center, allow_blank: true, faces: Faces::Ignored };
    square(file, &options).ok().map(|square| square.pixels.into_raw())
}

fn is_alike(one: &[u8], other: &[u8], side: u32) -> bool {
    let side = side as usize;
    if one.len() != other.len() || one.len() != side * side * 3 {
        return false;
    }
    let mut blocks = vec![0_u64; BLOCKS * BLOCKS];
    for (place, (one, other)) in one.iter().zip(other).enumerate() {
        let (x, y) = (place / 3 % side, place / 3 / side);
        blocks[y * BLOCKS / side * BLOCKS + x * BLOCKS / side] += u64::from(one.abs_diff(*other));
    }
    let (all, most) = (blocks.iter().sum::<u64>(), blocks.iter().max().copied().unwrap_or_default());
    let samples = one.len() as f64;
    all as f64 / samples <= MAX_MEAN && most as f64 / (samples / blocks.len() as f64) <= MAX_BLOCK
}

/// A small copy of a picture, by which the picture is recognized after it was encoded anew. In a journal it is Base64.
#[derive(Clone, PartialEq, Eq)]
pub struct Print(Vec<u8>);

impl Print {
    /// Returns the print of a picture; `None` if it cannot be decoded.
    #[must_use]
    pub fn of(file: &[u8]) -> Option<Self> {
        samples(file, PRINT_SIDE).map(Self)
    }

    /// Returns whether a file is this picture.
    #[must_use]
    pub fn is_of(&self, file: &[u8]) -> bool {
        samples(file, PRINT_SIDE).is_some_and(|samples| is_alike(&self.0, &samples, PRINT_SIDE))
    }
}

impl fmt::Debug for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Print")
    }
}

impl Serialize for Print {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&BASE64.encode_display(&self.0))
    }
}

impl<'d> Deserialize<'d> for Print {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        BASE64.decode(String::deserialize(deserializer)?.as_bytes()).map(Self).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use image::codecs::jpeg::JpegEncoder;
    use image::imageops::FilterType;
    use image::{DynamicImage, Rgb, RgbImage};

    use super::{Print, is_same_picture};

    /// Returns a picture of a head in front of a wall. Each number gives another person.
    fn face(number: u32, size: u32) -> RgbImage {
        let of = |step: u32, most: u32| number.wrapping_mul(2_654_435_761).rotate_left(step) % most;
        let (skin, hair, wall) = (150 + of(3, 90), 20 + of(7, 120), 190 + of(11, 50));
        let (wide, high, shift) = (26 + of(13, 8), 34 + of(17, 8), of(19, 6));
        RgbImage::from_fn(size, size, |x, y| {
            let (x, y) = (x as f32 * 100.0 / size as f32, y as f32 * 100.0 / size as f32);
            let (dx, dy) = ((x - 48.0 - shift as f32) / wide as f32, (y - 50.0) / high as f32);
            let is_eye =
                ((x - 38.0).abs() < 3.0 || (x - 60.0).abs() < 3.0) && (y - 44.0).abs() < 2.0 + shift as f32 / 3.0;
            let tone = match dx * dx + dy * dy {
                _ if is_eye => 30,
                inside if inside < 0.8 && dy > -0.5 => skin,
                inside if inside < 1.0 => hair,
                _ => wall,
            };
            let tone = u8::try_from(tone.min(255)).unwrap_or(255);
            Rgb([tone, tone.saturating_sub(20), tone.saturating_sub(35)])
        })
    }

    fn jpeg(picture: &RgbImage, size: u32, quality: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        let small = DynamicImage::from(picture.clone()).resize_to_fill(size, size, FilterType::Triangle);
        JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&small).expect("encodes");
        bytes
    }

    #[test]
    fn what_was_encoded_anew_is_the_same_picture_in_each_size_that_is_served() {
        for number in 0..2 {
            let picture = face(number, 648);
            let sent = jpeg(&picture, 648, 95);
            for quality in [60, 95] {
                for size in [48, 64, 96, 240, 504, 648] {
                    let served = jpeg(&picture, size, quality);
                    assert!(is_same_picture(&sent, &served), "{number} {quality} {size}");
                    assert!(Print::of(&sent).expect("a print").is_of(&served), "{number} {quality} {size}");
                }
            }
        }
    }

    #[test]
    fn nobody_passes_for_somebody_else() {
        let all: Vec<Vec<u8>> = (0..12).map(|number| jpeg(&face(number, 100), 100, 90)).collect();
        let prints: Vec<Print> = all.iter().map(|one| Print::of(one).expect("a print")).collect();
        for (place, one) in all.iter().enumerate() {
            for (other, print) in all.iter().zip(&prints).skip(place + 1) {
                assert!(!is_same_picture(one, other) && !print.is_of(one), "{place}");
            }
        }
        // Another crop of the same photo is another picture, and so is one without its colours.
        let picture = face(1, 240);
        let crop = image::imageops::crop_imm(&picture, 11, 11, 222, 222).to_image();
        let gray = DynamicImage::from(DynamicImage::from(picture.clone()).to_luma8()).to_rgb8();
        for other in [crop, gray] {
            assert!(!is_same_picture(&jpeg(&picture, 240, 90), &jpeg(&other, 240, 90)));
        }
        assert!(!is_same_picture(b"", b"") && !is_same_picture(b"x", &all[0]));
    }

    #[test]
    fn a_print_is_text_in_a_journal() {
        let print = Print::of(&jpeg(&face(1, 100), 100, 90)).expect("a print");
        let text = serde_json::to_string(&print).expect("text");
        assert!(text.len() < 2400, "{}", text.len());
        assert_eq!(serde_json::from_str::<Print>(&text).expect("a print"), print);
        // A damaged journal may hold a print of any length.
        let short: Print = serde_json::from_str("\"AAAA\"").expect("Base64");
        assert!(!short.is_of(&jpeg(&face(1, 100), 100, 90)));
    }
}
