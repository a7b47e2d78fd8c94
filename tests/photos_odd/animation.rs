//! Tests animations whose first frame is empty, as some programs begin them, or as a picture fades in.

use image::codecs::gif::GifEncoder;
use image::imageops::FilterType;
use image::{Frame, ImageFormat, Rgba, RgbaImage};

use crate::png::chunk;
use crate::{assert_scene, encoded, pixels, refused, scene};

const WIDTH: u32 = 60;
const HEIGHT: u32 = 40;
const CLEAR: Rgba<u8> = Rgba([0, 0, 0, 0]);
const WHITE: Rgba<u8> = Rgba([255, 255, 255, 255]);

/// Returns the scene in a small size, since the encoders are slow.
fn picture() -> RgbaImage {
    image::DynamicImage::from(scene()).resize(WIDTH, HEIGHT, FilterType::Nearest).into_rgba8()
}

fn ground(color: Rgba<u8>) -> RgbaImage {
    RgbaImage::from_pixel(WIDTH, HEIGHT, color)
}

fn gif(frames: &[RgbaImage]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
    encoder.encode_frames(frames.iter().map(|frame| Frame::new(frame.clone()))).unwrap();
    drop(encoder);
    bytes
}

/// Returns an animated PNG (third edition, 11.3.6). Each frame consists of the IDAT data of a PNG of its own.
fn apng(frames: &[RgbaImage]) -> Vec<u8> {
    let data = |frame: &RgbaImage| {
        let png = encoded(frame.clone(), ImageFormat::Png);
        let at = png.windows(4).position(|kind| kind == b"IDAT").unwrap();
        let length = u32::from_be_bytes(*png[at - 4..].first_chunk().unwrap()) as usize;
        png[at + 4..at + 4 + length].to_vec()
    };
    let first = encoded(frames[0].clone(), ImageFormat::Png);
    let mut file = first[..8 + 25].to_vec();
    let count = u32::try_from(frames.len()).unwrap();
    file.extend(chunk(b"acTL", &[count.to_be_bytes(), [0; 4]].concat()));
    let mut sequence = 0_u32;
    let mut next = || {
        sequence += 1;
        (sequence - 1).to_be_bytes()
    };
    for (index, frame) in frames.iter().enumerate() {
        let sides = [WIDTH, HEIGHT, 0, 0].map(u32::to_be_bytes).concat();
        file.extend(chunk(b"fcTL", &[&next()[..], &sides, &[0, 1, 0, 10, 0, 0]].concat()));
        if index == 0 {
            file.extend(chunk(b"IDAT", &data(frame)));
        } else {
            file.extend(chunk(b"fdAT", &[&next()[..], &data(frame)].concat()));
        }
    }
    [file, chunk(b"IEND", b"")].concat()
}

/// Returns an animated WebP (RFC 9649, section 2.7). Each frame consists of the VP8L chunk of a WebP of its own.
fn webp(frames: &[RgbaImage]) -> Vec<u8> {
    let riff = |kind: &[u8; 4], data: &[u8]| {
        let padding = vec![0; data.len() % 2];
        [&kind[..], &u32::try_from(data.len()).unwrap().to_le_bytes(), data, &padding].concat()
    };
    let sides = [WIDTH - 1, HEIGHT - 1].map(|side| side.to_le_bytes()[..3].to_vec()).concat();
    let mut chunks = riff(b"VP8X", &[&[0x12, 0, 0, 0][..], &sides].concat());
    chunks.extend(riff(b"ANIM", &[0; 6]));
    let mut own = Vec::new();
    for (index, frame) in frames.iter().enumerate() {
        // Many frames are the same as the one before, and need not be encoded again.
        if index == 0 || frames[index - 1] != *frame {
            own = encoded(frame.clone(), ImageFormat::WebP);
        }
        // The frame is shown for 100 ms, and is not blended with the one before.
        let header = [&[0; 6][..], &sides, &[100, 0, 0, 2]].concat();
        chunks.extend(riff(b"ANMF", &[&header, &own[12..]].concat()));
    }
    let length = u32::try_from(chunks.len() + 4).unwrap();
    [b"RIFF", &length.to_le_bytes()[..], b"WEBP", &chunks].concat()
}

type Animate = fn(&[RgbaImage]) -> Vec<u8>;
const FORMATS: [(&str, Animate); 3] = [("GIF", gif), ("PNG", apng), ("WebP", webp)];

#[test]
fn the_first_frame_that_shows_something_is_the_picture() {
    for (format, animated) in FORMATS {
        for empty in [CLEAR, WHITE] {
            assert_scene(&animated(&[ground(empty), picture(), ground(WHITE)]), format);
            assert_scene(&animated(&[ground(empty), ground(empty), ground(WHITE), picture()]), format);
        }
    }
}

#[test]
fn a_first_frame_that_shows_something_is_the_picture_whatever_follows() {
    let other = RgbaImage::from_fn(WIDTH, HEIGHT, |x, _| Rgba([x as u8, 0, 0, 255]));
    for (format, animated) in FORMATS {
        let alone = pixels(&animated(&[picture()]));
        assert!(pixels(&animated(&[picture(), other.clone()])) == alone, "{format}");
    }
}

#[test]
fn an_animation_of_nothing_is_blank() {
    for (format, animated) in FORMATS {
        assert_eq!(refused(&animated(&[ground(WHITE), ground(WHITE)])).0, "blank", "{format}");
        assert_eq!(refused(&animated(&[ground(CLEAR), ground(CLEAR)])).0, "blank", "{format}");
    }
    // The picture comes after more frames than are looked at.
    let many: Vec<RgbaImage> = (0..120).map(|_| ground(WHITE)).chain([picture()]).collect();
    assert_eq!(refused(&webp(&many)).0, "blank");
}
