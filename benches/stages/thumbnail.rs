//! Benchmarks of each stage of a thumbnail; Cargo.toml says how to run them. `benches/peers` compares adphoto with
//! other programs, and `benches/quality` measures how good its pictures are.

#![expect(missing_docs, reason = "criterion_group! writes a public function")]

use std::hint::black_box;
use std::io::Cursor;
use std::time::Duration;

use adphoto::thumbnail::jpeg::Jpeg;
use adphoto::thumbnail::{Crop, Options, encode, render, square};
use criterion::{Criterion, criterion_group, criterion_main};
use image::{DynamicImage, ImageFormat, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

const OPTIONS: Options = Options { size: 96, max_bytes: 10 * 1024, crop: Crop::Center, allow_blank: false };

/// Returns a picture with the grain of a sensor, without which a JPEG has hardly any data.
fn picture(width: u32, height: u32) -> RgbImage {
    let mut state = 1u32;
    RgbImage::from_fn(width, height, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = state >> 28;
        image::Rgb([x * 200 / width, y * 200 / height, (x + y) / 16 % 200].map(|shade| (shade + grain) as u8))
    })
}

fn jpeg(width: u16, height: u16, progressive: bool) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 90);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_progressive(progressive);
    let pixels = picture(width.into(), height.into());
    encoder.encode(&pixels, width, height, ColorType::Rgb).expect("encodes");
    jpeg
}

fn decode(file: &[u8]) -> usize {
    let jpeg = Jpeg::read(file).expect("reads");
    let (width, height) = jpeg.dimensions();
    let crop = OPTIONS.crop.square(width, height, jpeg.orientation());
    jpeg.decode(crop, OPTIONS.size).expect("decodes").len()
}

fn stages(criterion: &mut Criterion) {
    let large = [("12 MP baseline", jpeg(4000, 3000, false)), ("12 MP progressive", jpeg(4000, 3000, true))];
    for (name, file) in large.into_iter().chain([("3 MP baseline", jpeg(2048, 1536, false))]) {
        criterion.bench_function(&format!("decode/{name}"), |bench| bench.iter(|| decode(black_box(&file))));
        criterion.bench_function(&format!("whole/{name}"), |bench| bench.iter(|| render(black_box(&file), &OPTIONS)));
    }
    // A BMP needs no decoding, so only resizing is measured.
    let mut bmp = Cursor::new(Vec::new());
    DynamicImage::from(picture(500, 375)).write_to(&mut bmp, ImageFormat::Bmp).expect("encodes");
    let bmp = bmp.into_inner();
    criterion.bench_function("resize/500×375", |bench| bench.iter(|| square(black_box(&bmp), &OPTIONS)));
    let pixels = square(&bmp, &OPTIONS).expect("a square").pixels;
    criterion.bench_function("encode", |bench| bench.iter(|| encode(black_box(&pixels), &OPTIONS)));
}

criterion_group! {
    name = thumbnail;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(3));
    targets = stages
}
criterion_main!(thumbnail);
