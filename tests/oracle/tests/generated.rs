//! Compares files of every kind that the encoders can make.

use std::error::Error;

use adphoto::thumbnail::{PhotoError, Region, jpeg::Jpeg};
use adphoto_oracle::{Reference, Worst};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use proptest::prelude::*;
use turbojpeg::{Colorspace, Compressor, Image, PixelFormat, Subsamp};

/// A size larger than any picture, so that every block is decoded completely.
const ALL: u32 = 1 << 16;
/// The most by which samples may differ at 1/8, 1/4, 1/2 and full size. The samples of libjpeg-turbo are rounded, and
/// so is its transform at full size.
const TOLERANCE: [f32; 4] = [0.5, 1.0, 1.0, 1.5];
/// The same for progressive files, where the last bits of chroma at 1/4 are not decoded: each of three coefficients may
/// be one step off.
const TOLERANCE_WITHOUT_LAST_BITS: [f32; 4] = [0.5, 8.0, 1.0, 1.5];
/// The quality from which these steps are small.
const FAIR_QUALITY: i32 = 50;

/// A picture with gradients, edges and grain.
#[derive(Debug, Clone)]
struct Picture {
    width: usize,
    height: usize,
    /// The largest value that noise adds.
    grain: u32,
    seed: u32,
}

impl Picture {
    fn pixels(&self, channels: usize) -> Vec<u8> {
        let (width, height) = (self.width as u32, self.height as u32);
        let mut state = self.seed;
        let mut pixels = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let edge = if (x * x + y * y) % 1009 < 300 { 60 } else { 0 };
                for shade in [x * 200 / width, y * 200 / height, 90 + edge, 40 + edge].into_iter().take(channels) {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let noise = (state >> 16) * self.grain >> 16;
                    pixels.push((shade * (255 - self.grain) / 255 + noise).min(255) as u8);
                }
            }
        }
        pixels
    }
}

fn pictures() -> impl Strategy<Value = Picture> {
    let grain = prop_oneof![Just(0u32), 1..40u32, 0..=255u32];
    (1..300usize, 1..300usize, grain, any::<u32>()).prop_map(|(width, height, grain, seed)| Picture {
        width,
        height,
        grain,
        seed,
    })
}

#[derive(Debug, Clone, Copy)]
enum Coding {
    Plain,
    Optimized,
    /// Progressive, with the scans of libjpeg, which send most coefficients bit by bit.
    Progressive,
}

fn by_libjpeg(
    picture: &Picture,
    (format, colors, sampling): (PixelFormat, Colorspace, Subsamp),
    quality: i32,
    coding: Coding,
) -> turbojpeg::Result<Vec<u8>> {
    let mut compressor = Compressor::new()?;
    compressor.set_colorspace(colors)?;
    compressor.set_subsamp(sampling)?;
    compressor.set_quality(quality)?;
    compressor.set_optimize(matches!(coding, Coding::Optimized))?;
    compressor.set_progressive(matches!(coding, Coding::Progressive))?;
    let pixels = picture.pixels(format.size());
    let Picture { width, height, .. } = *picture;
    compressor.compress_to_vec(Image { pixels: &pixels, width, pitch: width * format.size(), height, format })
}

/// Encodes with `jpeg-encoder`. Its optimized files have a scan for each component; its progressive ones divide the
/// coefficients into bands, with as many scans as `scans` says.
fn by_jpeg_encoder(
    picture: &Picture,
    sampling: SamplingFactor,
    quality: u8,
    (optimized, scans, restart_interval): (bool, u8, u16),
) -> Result<Vec<u8>, jpeg_encoder::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, quality);
    encoder.set_sampling_factor(sampling);
    encoder.set_optimized_huffman_tables(optimized);
    if scans > 1 {
        encoder.set_progressive_scans(scans);
    }
    if restart_interval > 0 {
        encoder.set_restart_interval(restart_interval);
    }
    encoder.encode(&picture.pixels(3), picture.width as u16, picture.height as u16, ColorType::Rgb)?;
    Ok(file)
}

/// Compares the whole picture and a crop, each at 1/8, at full size, and at the scale that `size` needs.
fn check(file: &[u8], size: u32, crop: Crop, allowed: [f32; 4]) -> Result<(), TestCaseError> {
    let failed = |error: &dyn Error| TestCaseError::fail(error.to_string());
    let reference = Reference::read(file).map_err(|error| failed(&error))?;
    let whole = reference.whole();
    let crop = crop.of(whole);
    let mut worst = Worst::default();
    for (region, size) in [(whole, 0), (whole, ALL), (whole, size), (crop, 0), (crop, ALL), (crop, size)] {
        worst = worst.or(reference.compare(file, region, size).map_err(|error| failed(&error))?);
    }
    prop_assert!(worst.is_within(allowed), "{worst:?}");
    Ok(())
}

/// A square part of a picture, in fractions of the picture.
#[derive(Debug, Clone, Copy)]
struct Crop {
    left: f64,
    top: f64,
    side: f64,
}

impl Crop {
    fn of(self, whole: Region) -> Region {
        let side = whole.width.min(whole.height) * self.side;
        // Rounded to half pixels, since the middle of a photo may be at half a pixel.
        let to_half = |value: f64| (value * 2.0).floor() / 2.0;
        Region {
            left: to_half((whole.width - side) * self.left),
            top: to_half((whole.height - side) * self.top),
            width: side,
            height: side,
        }
    }
}

fn crops() -> impl Strategy<Value = Crop> {
    (0.0..=1.0, 0.0..=1.0, 0.05..=1.0).prop_map(|(left, top, side)| Crop { left, top, side })
}

fn colors() -> impl Strategy<Value = (PixelFormat, Colorspace, Subsamp)> {
    use Subsamp::{Gray, None, Sub1x2, Sub1x4, Sub2x1, Sub2x2, Sub4x1};
    let sampling = prop::sample::select(vec![None, Sub2x1, Sub2x2, Sub1x2, Sub4x1, Sub1x4]);
    prop_oneof![
        6 => sampling.prop_map(|sampling| (PixelFormat::RGB, Colorspace::YCbCr, sampling)),
        1 => Just((PixelFormat::GRAY, Colorspace::Gray, Gray)),
        1 => Just((PixelFormat::RGB, Colorspace::RGB, None)),
        1 => Just((PixelFormat::CMYK, Colorspace::CMYK, None)),
    ]
}

fn codings() -> impl Strategy<Value = Coding> {
    prop::sample::select(vec![Coding::Plain, Coding::Optimized, Coding::Progressive])
}

fn samplings() -> impl Strategy<Value = SamplingFactor> {
    use SamplingFactor::{R_4_1_0, R_4_1_1, R_4_2_0, R_4_2_1, R_4_2_2, R_4_4_0, R_4_4_1, R_4_4_4};
    prop::sample::select(vec![R_4_1_0, R_4_1_1, R_4_2_0, R_4_2_1, R_4_2_2, R_4_4_0, R_4_4_1, R_4_4_4])
}

proptest! {
    #[test]
    fn files_of_libjpeg_have_the_same_samples(
        picture in pictures(),
        colors in colors(),
        quality in 1..=100i32,
        coding in codings(),
        size in 1..60u32,
        crop in crops(),
    ) {
        let (quality, allowed) = match coding {
            Coding::Progressive => (quality.max(FAIR_QUALITY), TOLERANCE_WITHOUT_LAST_BITS),
            _ => (quality, TOLERANCE),
        };
        let file = by_libjpeg(&picture, colors, quality, coding).expect("encodes");
        check(&file, size, crop, allowed)?;
    }

    #[test]
    fn files_of_jpeg_encoder_have_the_same_samples(
        picture in pictures(),
        sampling in samplings(),
        quality in 1..=100u8,
        optimized: bool,
        scans in prop_oneof![Just(0u8), 2..12u8],
        restart_interval in prop_oneof![Just(0u16), 1..10u16],
        size in 1..60u32,
        crop in crops(),
    ) {
        // With both options together, the encoder writes damaged files.
        let coding = (optimized && restart_interval == 0, scans, restart_interval);
        let file = by_jpeg_encoder(&picture, sampling, quality, coding).expect("encodes");
        check(&file, size, crop, TOLERANCE)?;
    }
}

#[test]
fn arithmetic_coding_is_named_as_what_is_not_read() {
    let mut compressor = Compressor::new().expect("starts");
    compressor.set_subsamp(Subsamp::Gray).expect("is known");
    compressor.set_arithmetic(true).expect("is known");
    let image = Image { pixels: [128; 64].as_slice(), width: 8, pitch: 8, height: 8, format: PixelFormat::GRAY };
    let file = compressor.compress_to_vec(image).expect("encodes");
    assert!(matches!(Jpeg::read(&file), Err(PhotoError::Unsupported(_))));
}
