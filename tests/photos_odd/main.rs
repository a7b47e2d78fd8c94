//! Tests photos as people really have them, which viewers show, and which a strict reader would refuse or show wrong.
//! Each is made here of one scene, and must either show that scene or be refused with a helpful message.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod animation;
mod blank;
mod bmp;
#[path = "../../examples/quickstart/canvas.rs"]
mod canvas;
mod drift;
#[path = "../../examples/quickstart/faces.rs"]
mod faces;
#[cfg(feature = "heic")]
mod heic;
mod jpeg;
mod png;
mod size;
mod tiff;

use std::io::Cursor;

use adphoto::failure::Advice;
use adphoto::report::Reason;
use adphoto::thumbnail::{Crop, Faces, Options, PhotoError, render, square};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

const OPTIONS: Options =
    Options { size: 96, max_bytes: 10 * 1024, crop: Crop::Center, allow_blank: false, faces: Faces::Ignored };
/// The colours of the thumbnail around the points 24,24 and 72,24 and 24,72 and 72,72.
const CORNERS: [[u8; 3]; 4] = [[200, 60, 50], [60, 160, 70], [60, 80, 190], [220, 200, 70]];
/// The most by which JPEG and scaling may change a value.
const TOLERANCE: u8 = 6;

/// Returns a picture that is red, green, blue and yellow in its four corners.
fn scene() -> RgbImage {
    RgbImage::from_fn(240, 160, |x, y| Rgb(CORNERS[usize::from(y >= 80) * 2 + usize::from(x >= 120)]))
}

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Returns the thumbnail's pixels before they are encoded.
fn pixels(file: &[u8]) -> RgbImage {
    square(file, &OPTIONS).unwrap_or_else(|error| panic!("{error}")).pixels
}

fn corners(pixels: &RgbImage) -> [[u8; 3]; 4] {
    [(24, 24), (72, 24), (24, 72), (72, 72)].map(|(x, y)| pixels.get_pixel(x, y).0)
}

fn assert_near(found: [[u8; 3]; 4], expected: [[u8; 3]; 4], what: &str) {
    let near = |found: [u8; 3], expected: [u8; 3]| {
        found.into_iter().zip(expected).all(|(found, expected)| found.abs_diff(expected) <= TOLERANCE)
    };
    let all = found.into_iter().zip(expected).all(|(found, expected)| near(found, expected));
    assert!(all, "{what}: {found:?} instead of {expected:?}");
}

fn assert_scene(file: &[u8], what: &str) {
    render(file, &OPTIONS).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_near(corners(&pixels(file)), CORNERS, what);
}

/// Returns why no thumbnail can be made of a file: the reason code and the message. Checks that the advice fits them.
fn refused(file: &[u8]) -> (&'static str, String) {
    let error = match render(file, &OPTIONS) {
        Ok(_) => panic!("there is a thumbnail"),
        Err(error) => error,
    };
    let advice = error.advice().unwrap();
    let text = error.to_string();
    match error {
        PhotoError::Irregular(_) => assert!(advice.contains("save it again"), "{advice}"),
        PhotoError::Truncated | PhotoError::Damaged(_) => assert!(advice.contains("copy the file again"), "{advice}"),
        PhotoError::Blank { .. } => assert!(advice.contains("--allow-blank"), "{advice}"),
        PhotoError::DecoderFailed | PhotoError::Failed(_) => panic!("{text}"),
        _ => {}
    }
    // The message consists of words, not of a library's debug output.
    for debug in ["Unknown(", "ColorType", "Some(", "{", "Error", "::", "[", "\""] {
        assert!(!text.contains(debug), "{text}");
    }
    (Reason::from(&error).code.name(), text)
}

/// Replaces a part of a file with other bytes.
fn replaced(file: &[u8], from: usize, bytes: usize, by: &[u8]) -> Vec<u8> {
    [&file[..from], by, &file[from + bytes..]].concat()
}

/// Returns bytes that look random, and are the same each time.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(count).collect()
}
