//! Tests every kind of image, and every image that once went wrong. tests/photos/make.py makes them, all of the same
//! scene.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::PathBuf;

use adphoto::report::Reason;
use adphoto::thumbnail::{Crop, Options, render, square};
use image::{ImageFormat, RgbImage};

const OPTIONS: Options = Options { size: 96, max_bytes: 10 * 1024, crop: Crop::Center, allow_blank: false };
// The colours in the corners of the scene.
const RED: [u8; 3] = [207, 67, 57];
const GREEN: [u8; 3] = [65, 165, 75];
const BLUE: [u8; 3] = [67, 87, 197];
const YELLOW: [u8; 3] = [225, 205, 75];
/// The most by which a value may differ, as the inks of CMYK do not give every colour exactly.
const TOLERANCE: u8 = 14;

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/photos").join(folder);
    let mut paths: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 10, "{} has but {} files", folder.display(), paths.len());
    paths
}

fn check_corners(pixels: &RgbImage, name: &str) {
    for (x, y, expected) in [(24, 24, RED), (72, 24, GREEN), (24, 72, BLUE), (72, 72, YELLOW)] {
        let found = pixels.get_pixel(x, y).0;
        let near = found.iter().zip(expected).all(|(found, expected)| found.abs_diff(expected) <= TOLERANCE);
        assert!(near, "{name} at {x},{y}: {found:?} instead of {expected:?}");
    }
}

#[test]
fn every_kind_of_image_is_the_same_scene() {
    for path in files("right") {
        let (name, file) = (path.display().to_string(), std::fs::read(&path).unwrap());
        let thumbnail = render(&file, &OPTIONS).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(thumbnail.jpeg.len() <= OPTIONS.max_bytes, "{name}");
        let read_back = image::load_from_memory_with_format(&thumbnail.jpeg, ImageFormat::Jpeg).unwrap();
        check_corners(&read_back.into_rgb8(), &name);
        // At this size, JPEGs are decoded at 1/8 scale.
        let small = square(&file, &Options { size: 8, ..OPTIONS }).unwrap().pixels;
        check_corners(&image::imageops::resize(&small, 96, 96, image::imageops::FilterType::Nearest), &name);
    }
}

#[test]
fn what_is_no_whole_picture_is_refused_with_the_reason() {
    for path in files("refused") {
        let expected = path.file_name().unwrap().to_str().unwrap().split(' ').next().unwrap();
        for size in [8, 96] {
            let reason = match render(&std::fs::read(&path).unwrap(), &Options { size, ..OPTIONS }) {
                Ok(_) => "none",
                Err(error) => Reason::from(&error).code.name(),
            };
            assert_eq!(reason, expected, "{} at {size}", path.display());
        }
    }
}
