//! Compares this decoder with that of `image`, on files that `jpeg-encoder` makes. tests/oracle compares it with
//! libjpeg-turbo.

use image::ImageFormat;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::{ColorModel, Jpeg, Plane};
use crate::thumbnail::{PhotoError, Region};

/// How a file is encoded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) color: ColorType,
    pub(super) sampling: SamplingFactor,
    pub(super) progressive: bool,
    pub(super) optimized: bool,
    pub(super) restart_interval: u16,
}

pub(super) const PLAIN: Kind = Kind {
    color: ColorType::Rgb,
    sampling: SamplingFactor::R_4_2_0,
    progressive: false,
    optimized: false,
    restart_interval: 0,
};

pub(super) fn encode(kind: Kind, width: u16, height: u16) -> Vec<u8> {
    let channels = if kind.color == ColorType::Luma { 1 } else { 3 };
    let mut state = 7u32;
    let mut pixels = Vec::new();
    for y in 0..u32::from(height) {
        for x in 0..u32::from(width) {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = (state >> 28) as u8;
            let shades = [x * 220 / u32::from(width), y * 220 / u32::from(height), (x + y) / 8 % 200];
            pixels.extend(shades[..channels].iter().map(|&shade| shade as u8 + grain));
        }
    }
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 88);
    encoder.set_sampling_factor(kind.sampling);
    encoder.set_progressive(kind.progressive);
    encoder.set_optimized_huffman_tables(kind.optimized);
    if kind.restart_interval > 0 {
        encoder.set_restart_interval(kind.restart_interval);
    }
    encoder.encode(&pixels, width, height, kind.color).expect("encodes");
    jpeg
}

fn whole(jpeg: &Jpeg<'_>) -> Region {
    let (width, height) = jpeg.dimensions();
    Region { left: 0.0, top: 0.0, width: f64::from(width), height: f64::from(height) }
}

pub(super) fn decode(file: &[u8], size: u32) -> Result<Vec<Plane>, PhotoError> {
    let jpeg = Jpeg::read(file)?;
    let region = whole(&jpeg);
    jpeg.decode(region, size)
}

/// Returns the mean difference between a plane of luma and the picture that the decoder of `image` makes of the same
/// file, averaged down to the size of the plane.
fn luma_difference(file: &[u8], plane: &Plane) -> f64 {
    let reference = image::load_from_memory_with_format(file, ImageFormat::Jpeg).expect("decodes").into_rgb8();
    let scale = (f64::from(reference.width()) / plane.crop.width).round() as u32;
    let (across, down) = (reference.width() / scale, reference.height() / scale);
    let mut sum = 0.0;
    for y in 0..down {
        for x in 0..across {
            let pixels =
                (0..scale * scale).map(|i| reference.get_pixel(x * scale + i % scale, y * scale + i / scale).0);
            let luma = |[r, g, b]: [u8; 3]| 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
            let mean = pixels.map(luma).sum::<f64>() / f64::from(scale * scale);
            sum += (mean - f64::from(plane.samples[(y * plane.width + x) as usize])).abs();
        }
    }
    sum / f64::from(across * down)
}

pub(super) const SAMPLINGS: [SamplingFactor; 6] = {
    use SamplingFactor::{R_4_1_0, R_4_1_1, R_4_2_0, R_4_2_2, R_4_4_0, R_4_4_4};
    [R_4_4_4, R_4_4_0, R_4_2_2, R_4_2_0, R_4_1_1, R_4_1_0]
};
/// The size of a thumbnail, and the width at which a photo of 333×250 is decoded for it: 1/8, 1/4, 1/2 and full size.
const SCALES: [(u32, u32); 4] = [(10, 42), (30, 84), (60, 167), (100, 333)];

#[test]
fn every_scale_of_every_sampling_is_the_picture() {
    // The encoder writes 4:1:0 with a scan for each component, which the decoder of `image` mistakes for interleaved.
    for sampling in SAMPLINGS.into_iter().filter(|sampling| *sampling != SamplingFactor::R_4_1_0) {
        let file = encode(Kind { sampling, ..PLAIN }, 333, 250);
        for (size, width) in SCALES {
            let planes = decode(&file, size).expect("decodes");
            assert_eq!(planes[0].width, width, "{sampling:?}");
            let difference = luma_difference(&file, &planes[0]);
            assert!(difference < 1.5, "{sampling:?} at {size}: {difference}");
        }
    }
}

#[test]
fn the_same_coefficients_are_the_same_picture_however_they_are_coded() {
    for sampling in SAMPLINGS {
        let plain = encode(Kind { sampling, ..PLAIN }, 333, 250);
        let coded = [
            // With optimized tables, this encoder writes a scan for each component.
            Kind { sampling, optimized: true, ..PLAIN },
            Kind { sampling, restart_interval: 7, ..PLAIN },
            Kind { sampling, progressive: true, ..PLAIN },
        ];
        for kind in coded {
            let file = encode(kind, 333, 250);
            for (size, _) in SCALES {
                let (expected, found) = (decode(&plain, size).expect("decodes"), decode(&file, size).expect("decodes"));
                assert!(expected == found, "{kind:?} at {size}");
            }
        }
    }
}

#[test]
fn gray_has_one_plane() {
    let file = encode(Kind { color: ColorType::Luma, ..PLAIN }, 97, 200);
    assert_eq!(Jpeg::read(&file).expect("reads").color_model(), ColorModel::Gray);
    let planes = decode(&file, 10).expect("decodes");
    assert_eq!(planes.len(), 1);
    assert!(luma_difference(&file, &planes[0]) < 1.0);
}

#[test]
fn chroma_is_no_smaller_than_it_must_be() {
    let side = |planes: &[Plane]| planes.iter().map(|plane| plane.width).collect::<Vec<_>>();
    let file = encode(PLAIN, 320, 320);
    // 40 means of luma are enough for 20 pixels, and so are 2×2 samples of each of the 20 blocks of chroma.
    assert_eq!(side(&decode(&file, 20).expect("decodes")), [40, 40, 40]);
    assert_eq!(side(&decode(&file, 10).expect("decodes")), [40, 20, 20]);
}

#[test]
fn only_the_blocks_of_the_crop_are_kept() {
    let file = encode(PLAIN, 640, 160);
    let crop = Region { left: 240.0, top: 0.0, width: 160.0, height: 160.0 };
    let planes = Jpeg::read(&file).expect("reads").decode(crop, 10).expect("decodes");
    // The 20 blocks of the crop, and six on either side that the resampler reaches.
    assert_eq!((planes[0].width, planes[0].height), (32, 20));
    assert_eq!(planes[0].crop, Region { left: 6.0, top: 0.0, width: 20.0, height: 20.0 });
    let all = decode(&file, 10).expect("decodes");
    assert_eq!(all[0].samples[24..56], planes[0].samples[..32]);
}

/// Returns where the data of the last scan begins.
fn data_of(file: &[u8]) -> usize {
    let header = file.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).expect("a scan");
    header + 2 + usize::from(file[header + 3])
}

#[test]
fn what_is_cut_off_is_no_picture_but_a_missing_end_marker_is_harmless() {
    for (progressive, restart_interval) in [(false, 0), (false, 5), (true, 0)] {
        for size in [10, 30, 100] {
            let file = encode(Kind { progressive, restart_interval, ..PLAIN }, 250, 333);
            let expected = decode(&file, size).expect("decodes");
            let without_end = &file[..file.len() - 2];
            assert_eq!(decode(without_end, size).expect("decodes").len(), expected.len());
            for cut in [1, 2, 10, 100, file.len() / 3, file.len() / 2] {
                let cut = without_end.len() - cut;
                assert!(matches!(decode(&file[..cut], size), Err(PhotoError::Truncated)), "{cut} {size}");
                // If the file still ends with an end marker, a cut in a scan that the thumbnail does not need is not
                // seen.
                let ended = [&file[..cut], &[0xFF, 0xD9]].concat();
                let seen = decode(&ended, size).is_err();
                assert!(seen || progressive && size == 10, "{cut} {size}");
            }
        }
    }
}

#[test]
fn what_is_left_over_shows_that_something_was_lost() {
    let file = encode(PLAIN, 250, 333);
    let at = data_of(&file) + 1000;
    for (lost, added) in [(300, 0), (0, 300)] {
        let broken = [&file[..at], &vec![0x5A; added], &file[at + lost..]].concat();
        assert!(decode(&broken, 10).is_err(), "{lost} lost, {added} added");
    }
    // A few extra bytes are common and harmless.
    let end = file.len() - 2;
    assert!(decode(&[&file[..end], &[1, 2], &file[end..]].concat(), 10).is_ok());
    assert!(decode(&[&file[..end], &[0; 100], &file[end..]].concat(), 10).is_ok());
}

#[test]
fn a_lost_restart_interval_is_noticed() {
    let file = encode(Kind { restart_interval: 4, ..PLAIN }, 250, 333);
    let marker = |which: u8| file.windows(2).position(|pair| pair == [0xFF, 0xD0 + which]).expect("a marker");
    let broken = [&file[..marker(1)], &file[marker(2)..]].concat();
    assert!(matches!(decode(&broken, 10), Err(PhotoError::Damaged(_))));
}

/// Replaces the frame header's marker.
fn with_frame(file: &[u8], marker: u8) -> Vec<u8> {
    let at = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame header");
    [&file[..at], &[0xFF, marker], &file[at + 2..]].concat()
}

#[test]
fn what_is_not_decoded_is_named() {
    let file = encode(PLAIN, 64, 64);
    for (marker, name) in [(0xC3, "lossless JPEG"), (0xC9, "JPEG with arithmetic coding"), (0xC5, "hierarchical JPEG")]
    {
        let error = decode(&with_frame(&file, marker), 10).expect_err("not decoded");
        assert_eq!(error.to_string(), format!("{name} is not supported"));
    }
}

#[test]
fn a_header_alone_takes_neither_memory_nor_time() {
    let file = encode(PLAIN, 64, 64);
    let size_at = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame header") + 5;
    let resized = |width: u16, height: u16| {
        [&file[..size_at], &height.to_be_bytes(), &width.to_be_bytes(), &file[size_at + 4..]].concat()
    };
    assert!(matches!(
        decode(&resized(65_500, 65_500), 96),
        Err(PhotoError::TooLarge { width: 65_500, height: 65_500 })
    ));
    assert!(matches!(decode(&resized(17_000, 17_000), 96), Err(PhotoError::Truncated)));
    assert!(matches!(decode(&resized(0, 64), 96), Err(PhotoError::NoPixels { .. })));
}

#[test]
fn plain_is_what_has_nothing_but_its_picture() {
    let is_plain = |file: &[u8]| Jpeg::read(file).expect("reads").is_plain(file);
    let file = encode(PLAIN, 64, 64);
    assert!(is_plain(&file));
    assert!(!is_plain(&encode(Kind { progressive: true, ..PLAIN }, 64, 64)));
    let comment = [0xFF, 0xFE, 0, 4, b'h', b'i'];
    let application = [0xFF, 0xED, 0, 4, 1, 2];
    let reserved = [0xFF, 0xF7, 0, 4, 1, 2];
    for added in [&comment[..], &application, &reserved, b"garbage"] {
        assert!(!is_plain(&[&file[..2], added, &file[2..]].concat()), "{added:?}");
    }
    assert!(!is_plain(&[&file, &b"behind the end"[..]].concat()));
    assert!(!is_plain(&file[..file.len() - 2]));
    assert!(!is_plain(&file[2..]));
}

#[test]
fn a_part_that_comes_twice_is_refused() {
    let file = encode(PLAIN, 64, 64);
    let scan = data_of(&file) - 14;
    let twice = [&file[..file.len() - 2], &file[scan..]].concat();
    // The decoder stops once it has the picture and never reads the second scan. Such a file is not plain, because
    // another program might show the second scan.
    assert!(decode(&twice, 10).is_ok());
    assert!(!Jpeg::read(&twice).expect("reads").is_plain(&twice));
    let apart = encode(Kind { optimized: true, ..PLAIN }, 64, 64);
    let first = apart.windows(2).position(|pair| pair == [0xFF, 0xDA]).expect("a scan");
    let second = first + 2 + apart[first + 2..].windows(2).position(|pair| pair == [0xFF, 0xDA]).expect("another");
    let twice = [&apart[..second], &apart[first..]].concat();
    assert!(matches!(decode(&twice, 10), Err(PhotoError::Irregular(_))));
}
