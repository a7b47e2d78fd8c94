//! Tests of whole photos and the thumbnails that are made of them.

use std::io::Cursor;

use image::codecs::png::PngEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use moxcms::{ColorProfile, Layout, TransformOptions};
use proptest::prelude::*;

use super::{Crop, Doubt, Faces, Options, PhotoError, Thumbnail, render, square};

const OPTIONS: Options =
    Options { size: 96, max_bytes: 10 * 1024, crop: Crop::Center, allow_blank: false, faces: Faces::Ignored };

/// Returns noise on a gradient, which is as hard to compress as a photo can be.
fn picture(width: u32, height: u32) -> RgbImage {
    let mut state = 1u32;
    RgbImage::from_fn(width, height, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = state >> 26;
        let channel = |value: u32| u8::try_from((value + grain) % 256).unwrap_or(0);
        Rgb([channel(x * 200 / width), channel(y * 200 / height), channel(100)])
    })
}

fn file(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

fn pixels(thumbnail: &Thumbnail) -> RgbImage {
    image::load_from_memory_with_format(&thumbnail.jpeg, ImageFormat::Jpeg).expect("a JPEG").into_rgb8()
}

#[test]
fn every_format_that_is_read_gives_a_square_within_the_budget_and_without_metadata() {
    use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
    for format in [Bmp, Gif, Jpeg, Png, Tiff, WebP] {
        let thumbnail = render(&file(picture(301, 200), format), &OPTIONS).expect("a thumbnail");
        assert_eq!(pixels(&thumbnail).dimensions(), (96, 96), "{format:?}");
        assert!(thumbnail.jpeg.len() <= OPTIONS.max_bytes, "{format:?}");
        assert_eq!(thumbnail.doubts, []);
        for marker in [b"Exif".as_slice(), b"ICC_PROFILE", b"http:", &[0xFF, 0xFE]] {
            assert!(!thumbnail.jpeg.windows(marker.len()).any(|window| window == marker), "{format:?}");
        }
    }
}

#[test]
fn the_crop_is_the_middle() {
    // Red, green and blue, each a third of the width. The grain is needed because zune-jpeg, which reads the thumbnail
    // back, loses the last rows of a picture that is so plain that they take only a few bytes.
    let grain = picture(300, 100);
    let image = RgbImage::from_fn(300, 100, |x, y| {
        let mut pixel = Rgb([grain.get_pixel(x, y).0[2] / 8; 3]);
        pixel.0[x as usize / 100] = 255;
        pixel
    });
    // The middle has only one colour, except for its grain.
    let options = Options { allow_blank: true, ..OPTIONS };
    let thumbnail = pixels(&render(&file(image, ImageFormat::Png), &options).expect("a thumbnail"));
    for (x, y) in [(3, 3), (48, 48), (92, 92)] {
        let Rgb([red, green, blue]) = *thumbnail.get_pixel(x, y);
        assert!(red < 60 && green > 215 && blue < 60, "{x},{y}: {red} {green} {blue}");
    }
}

#[test]
fn transparency_is_white() {
    let image = RgbaImage::from_fn(200, 200, |x, _| if x < 100 { Rgba([0, 0, 0, 0]) } else { Rgba([0, 0, 255, 255]) });
    let thumbnail = pixels(&render(&file(image, ImageFormat::Png), &OPTIONS).expect("a thumbnail"));
    assert!(thumbnail.get_pixel(10, 50).0.iter().all(|&channel| channel > 245));
    assert!(thumbnail.get_pixel(80, 50).0[0] < 15);
}

/// Returns a JPEG whose EXIF data says how to turn it.
pub(super) fn oriented(image: RgbImage, orientation: u8) -> Vec<u8> {
    let jpeg = file(image, ImageFormat::Jpeg);
    let tiff =
        [b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[orientation], &[0; 6]].concat();
    let length = u16::try_from(tiff.len() + 2).expect("short").to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &tiff, &jpeg[2..]].concat()
}

#[test]
fn all_eight_orientations_come_out_upright() {
    use image::imageops::{flip_horizontal, rotate90, rotate180, rotate270};
    let upright =
        RgbImage::from_fn(192, 192, |x, y| Rgb([if x < 96 { 220 } else { 30 }, if y < 96 { 200 } else { 20 }, 90]));
    let expected = pixels(&render(&oriented(upright.clone(), 1), &OPTIONS).expect("a thumbnail"));
    // For each EXIF orientation, how the picture lies in the file before it is turned upright.
    let held = [
        upright.clone(),
        flip_horizontal(&upright),
        rotate180(&upright),
        flip_horizontal(&rotate180(&upright)),
        rotate270(&flip_horizontal(&upright)),
        rotate270(&upright),
        rotate90(&flip_horizontal(&upright)),
        rotate90(&upright),
    ];
    for (orientation, image) in (1..).zip(held) {
        let thumbnail = pixels(&render(&oriented(image, orientation), &OPTIONS).expect("a thumbnail"));
        let difference = thumbnail.iter().zip(expected.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>();
        assert!(difference < 96 * 96 * 3 * 2, "orientation {orientation}: {difference}");
    }
}

#[test]
fn a_small_photo_is_enlarged_and_it_is_said() {
    let thumbnail = render(&file(picture(48, 64), ImageFormat::Png), &OPTIONS).expect("a thumbnail");
    assert_eq!(thumbnail.doubts, [Doubt::Enlarged { from: (48, 64), to: 96 }]);
    assert_eq!(pixels(&thumbnail).dimensions(), (96, 96));
}

#[test]
fn what_is_no_whole_picture_fails_with_the_reason() {
    let jpeg = file(picture(300, 300), ImageFormat::Jpeg);
    let png = file(picture(300, 300), ImageFormat::Png);
    let size_at = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame header") + 5;
    let resized =
        |side: u16| [&jpeg[..size_at], &side.to_be_bytes(), &side.to_be_bytes(), &jpeg[size_at + 4..]].concat();
    let reason = |file: &[u8]| render(file, &OPTIONS).expect_err("no thumbnail");
    assert!(matches!(reason(b"no image at all"), PhotoError::UnknownFormat));
    assert!(matches!(reason(b"\0\0\0\x18ftypheic"), PhotoError::Truncated | PhotoError::Unsupported(_)));
    assert!(matches!(reason(&jpeg[..jpeg.len() / 2]), PhotoError::Truncated));
    assert!(matches!(reason(&png[..png.len() / 2]), PhotoError::Truncated | PhotoError::Damaged(_)));
    assert!(matches!(reason(&resized(65_500)), PhotoError::TooLarge { width: 65_500, height: 65_500 }));
    assert!(matches!(reason(&resized(0)), PhotoError::NoPixels { .. } | PhotoError::Damaged(_)));
    assert!(matches!(
        render(&jpeg, &Options { max_bytes: 500, ..OPTIONS }).expect_err("too few bytes"),
        PhotoError::OverBudget { max_bytes: 500, .. }
    ));
}

/// A picture of one pixel is of one colour, which is refused unless that is allowed.
#[test]
fn the_smallest_picture_keeps_size_and_budget() {
    let options = Options { size: 1, max_bytes: 300, allow_blank: true, ..OPTIONS };
    match render(&file(picture(1, 1), ImageFormat::Bmp), &options) {
        Ok(thumbnail) => assert!(thumbnail.jpeg.len() <= 300 && pixels(&thumbnail).dimensions() == (1, 1)),
        Err(error) => assert!(matches!(error, PhotoError::OverBudget { .. }), "{error}"),
    }
    let error = render(&file(picture(1, 1), ImageFormat::Bmp), &OPTIONS).expect_err("of one colour");
    assert!(matches!(error, PhotoError::Blank { .. }), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(40) })]
    #[test]
    fn every_size_and_budget_is_kept(width in 1..400u32, height in 1..400u32, size in 1..160u32, max_bytes in 300..40_000usize) {
        match render(&file(picture(width, height), ImageFormat::Bmp), &Options { size, max_bytes, allow_blank: true, ..OPTIONS }) {
            Ok(thumbnail) => {
                prop_assert!(thumbnail.jpeg.len() <= max_bytes);
                prop_assert_eq!(pixels(&thumbnail).dimensions(), (size, size));
            }
            Err(error) => prop_assert!(matches!(error, PhotoError::OverBudget { .. }), "{error}"),
        }
    }

    #[test]
    fn no_bytes_make_it_panic(noise in proptest::collection::vec(any::<u8>(), 0..200), at in 0..4000usize) {
        let mut jpeg = file(picture(64, 64), ImageFormat::Jpeg);
        let at = at % jpeg.len();
        let end = (at + noise.len()).min(jpeg.len());
        jpeg[at..end].copy_from_slice(&noise[..end - at]);
        // Both an error and a thumbnail are right. The test is that the function returns without a panic.
        prop_assert!(render(&jpeg, &OPTIONS).map(|thumbnail| thumbnail.jpeg.len() <= OPTIONS.max_bytes).unwrap_or(true));
    }
}

#[test]
fn a_damaged_jpeg_is_no_picture() {
    let jpeg = file(picture(300, 300), ImageFormat::Jpeg);
    let scan = jpeg.windows(2).position(|pair| pair == [0xFF, 0xDA]).expect("a scan") + 14;
    let middle = scan + (jpeg.len() - scan) / 2;
    let broken = [&jpeg[..middle], &[0xFF, 0xC3], &jpeg[middle..]].concat();
    assert!(matches!(render(&broken, &OPTIONS), Err(PhotoError::Damaged(_) | PhotoError::Truncated)));
}

/// Returns a PNG whose pixels are in the colours of `profile`, and a JPEG of the same picture.
fn in_colors_of(profile: &ColorProfile, srgb: &RgbImage) -> [Vec<u8>; 2] {
    let transform = ColorProfile::new_srgb()
        .create_transform_8bit(Layout::Rgb, profile, Layout::Rgb, TransformOptions::default())
        .expect("a transform");
    let mut pixels = vec![0; srgb.as_raw().len()];
    transform.transform(srgb.as_raw(), &mut pixels).expect("transforms");
    let (width, height) = srgb.dimensions();
    let icc = profile.encode().expect("a profile");
    let mut png = Vec::new();
    let mut encoder = PngEncoder::new(&mut png);
    encoder.set_icc_profile(icc.clone()).expect("a profile");
    encoder.write_image(&pixels, width, height, ExtendedColorType::Rgb8).expect("encodes");
    let mut jpeg = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 95);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::R_4_4_4);
    encoder.add_icc_profile(&icc).expect("a profile");
    let side = |pixels: u32| u16::try_from(pixels).expect("small");
    encoder.encode(&pixels, side(width), side(height), jpeg_encoder::ColorType::Rgb).expect("encodes");
    [png, jpeg]
}

#[test]
fn a_photo_in_other_colours_matches_its_srgb_twin() {
    // These colours exist in each of the colour spaces.
    let srgb = RgbImage::from_fn(300, 300, |x, y| Rgb([x, y, 300 - x].map(|shade| 40 + (shade * 160 / 300) as u8)));
    let expected = square(&file(srgb.clone(), ImageFormat::Png), &OPTIONS).expect("a square").pixels;
    let profiles = [
        ColorProfile::new_display_p3(),
        ColorProfile::new_adobe_rgb(),
        ColorProfile::new_pro_photo_rgb(),
        ColorProfile::new_srgb(),
    ];
    for (profile, which) in profiles.iter().zip(["Display P3", "Adobe RGB", "ProPhoto", "sRGB"]) {
        for image in in_colors_of(profile, &srgb) {
            let found = square(&image, &OPTIONS).expect("a square").pixels;
            let sum: u32 = found.iter().zip(expected.iter()).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
            let mean = f64::from(sum) / f64::from(96 * 96 * 3);
            assert!(mean < 2.0, "{which}: {mean}");
        }
    }
}

#[test]
fn a_gray_profile_and_one_that_does_not_fit() {
    let gray = image::GrayImage::from_fn(200, 200, |x, _| image::Luma([(x + 20) as u8]));
    let plain = square(&file(gray.clone(), ImageFormat::Png), &OPTIONS).expect("a square").pixels;
    let with_profile = |profile: &ColorProfile| {
        let mut png = Vec::new();
        let mut encoder = PngEncoder::new(&mut png);
        encoder.set_icc_profile(profile.encode().expect("a profile")).expect("a profile");
        encoder.write_image(gray.as_raw(), 200, 200, ExtendedColorType::L8).expect("encodes");
        square(&png, &OPTIONS).expect("a square").pixels
    };
    // Gamma 1.0 means linear light, so medium values become far brighter.
    let linear = with_profile(&ColorProfile::new_gray_with_gamma(1.0));
    let (found, before) = (linear.get_pixel(48, 48).0[0], plain.get_pixel(48, 48).0[0]);
    assert!(found > before + 40, "{before} to {found}");
    assert!(with_profile(&ColorProfile::new_display_p3()) == plain, "a profile of RGB is none for gray");
}

#[test]
fn a_thumbnail_is_taken_as_it_is_and_what_only_looks_like_one_is_not() {
    let ready = file(picture(96, 96), ImageFormat::Jpeg);
    let options = Options { max_bytes: ready.len(), ..OPTIONS };
    let taken = |file: &[u8], options: &Options| render(file, options).expect("a thumbnail").jpeg == file;
    assert!(taken(&ready, &options));
    assert!(!taken(&ready, &Options { max_bytes: ready.len() - 1, ..options }), "too large");
    assert!(!taken(&ready, &Options { size: 95, ..options }), "another size");
    assert!(
        !taken(&oriented(picture(96, 96), 1), &Options { max_bytes: 20_000, ..options }),
        "EXIF tells more than a picture"
    );
    assert!(
        !taken(&[&ready[..], b"secret"].concat(), &Options { max_bytes: 20_000, ..options }),
        "something behind the end"
    );
    // A file that is cut off must be refused even if it is small.
    assert!(render(&ready[..ready.len() - 20], &options).is_err());
    for size in [1u32, 96, 300] {
        // A single pixel always has only one colour.
        let options = Options { size, max_bytes: 100_000, allow_blank: true, ..OPTIONS };
        let made = render(&file(picture(400, 400), ImageFormat::Png), &options).expect("a thumbnail").jpeg;
        assert!(taken(&made, &Options { max_bytes: made.len(), ..options }), "{size}");
    }
}
