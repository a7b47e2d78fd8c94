//! Tests TIFF, which can contain almost anything: what is not supported is refused by its name.

use image::imageops::rotate270;

use adphoto::thumbnail::{Options, square};

use crate::{CORNERS, OPTIONS, assert_near, assert_scene, corners, noise, pixels, refused, scene};

/// A tag, the type of its values, and the values.
type Entry = (u16, u16, Vec<u64>);

const SHORT: u16 = 3;
const LONG: u16 = 4;
const LONG8: u16 = 16;

/// The layout of a file.
#[derive(Clone, Copy)]
struct Layout {
    is_big: bool,
    is_big_endian: bool,
    /// The tags for the offsets and the lengths of the picture's parts.
    parts: (u16, u16),
    /// The length that is written for each part instead of the true one.
    said_bytes: Option<u64>,
}

const PLAIN: Layout = Layout { is_big: false, is_big_endian: false, parts: (273, 279), said_bytes: None };

impl Layout {
    fn number(self, value: u64, bytes: usize) -> Vec<u8> {
        match self.is_big_endian {
            true => value.to_be_bytes()[8 - bytes..].to_vec(),
            false => value.to_le_bytes()[..bytes].to_vec(),
        }
    }

    /// Returns a file with one directory.
    fn file(self, entries: &[Entry], parts: &[Vec<u8>]) -> Vec<u8> {
        let (place, inline) = if self.is_big { (8, 8) } else { (4, 4) };
        let order = if self.is_big_endian { b"MM" } else { b"II" };
        let mut file = [&order[..], &self.number(if self.is_big { 43 } else { 42 }, 2)].concat();
        if self.is_big {
            file.extend([self.number(8, 2), self.number(0, 2)].concat());
        }
        let pointer = file.len();
        file.extend(vec![0; place]);
        let mut entries = entries.to_vec();
        let places: Vec<u64> = parts
            .iter()
            .scan(file.len() as u64, |at, part| Some(std::mem::replace(at, *at + part.len() as u64)))
            .collect();
        file.extend(parts.concat());
        let kind = if self.is_big { LONG8 } else { LONG };
        entries.push((self.parts.0, kind, places));
        entries.push((
            self.parts.1,
            kind,
            parts.iter().map(|part| self.said_bytes.unwrap_or(part.len() as u64)).collect(),
        ));
        entries.sort_by_key(|(tag, ..)| *tag);
        let mut directory = self.number(entries.len() as u64, if self.is_big { 8 } else { 2 });
        for (tag, kind, values) in &entries {
            let bytes = match *kind {
                SHORT => 2,
                LONG => 4,
                LONG8 => 8,
                _ => 1,
            };
            let mut data: Vec<u8> = values.iter().flat_map(|&value| self.number(value, bytes)).collect();
            if data.len() > inline {
                let at = file.len() as u64;
                file.extend(&data);
                data = self.number(at, place);
            }
            data.resize(inline, 0);
            let count = self.number(values.len() as u64, place);
            directory.extend([self.number((*tag).into(), 2), self.number((*kind).into(), 2), count, data].concat());
        }
        let at = self.number(file.len() as u64, place);
        file[pointer..pointer + place].copy_from_slice(&at);
        [file, directory, vec![0; place]].concat()
    }
}

/// Returns the entries for a picture of this width, height, bits per sample, compression and kind of colours, in one
/// part.
fn entries(width: u64, height: u64, bits: &[u64], compression: u64, colors: u64) -> Vec<Entry> {
    vec![
        (256, LONG, vec![width]),
        (257, LONG, vec![height]),
        (258, SHORT, bits.to_vec()),
        (259, SHORT, vec![compression]),
        (262, SHORT, vec![colors]),
        (277, SHORT, vec![bits.len() as u64]),
        (278, LONG, vec![height]),
    ]
}

fn with(entries: &[Entry], tag: u16, kind: u16, values: &[u64]) -> Vec<Entry> {
    let others = entries.iter().filter(|(other, ..)| *other != tag).cloned();
    others.chain([(tag, kind, values.to_vec())]).collect()
}

fn rgb() -> Vec<Entry> {
    entries(240, 160, &[8, 8, 8], 1, 2)
}

fn scene_bytes() -> Vec<u8> {
    scene().into_raw()
}

/// Returns the bytes of the scene with each pixel replaced, usually by one with another channel.
fn with_channel(number: impl Fn(usize, &[u8]) -> Vec<u8>) -> Vec<u8> {
    scene_bytes().chunks(3).enumerate().flat_map(|(at, pixel)| number(at, pixel)).collect()
}

#[test]
fn big_tiff_is_tiff() {
    let plain = pixels(&PLAIN.file(&rgb(), &[scene_bytes()]));
    for is_big_endian in [false, true] {
        for is_big in [false, true] {
            let layout = Layout { is_big, is_big_endian, ..PLAIN };
            assert!(pixels(&layout.file(&rgb(), &[scene_bytes()])) == plain);
            let lying = with(&entries(160, 240, &[8; 3], 1, 2), 274, SHORT, &[6]);
            assert_scene(&layout.file(&lying, &[rotate270(&scene()).into_raw()]), "turned");
        }
    }
    assert_near(corners(&plain), CORNERS, "as it is");
}

#[test]
fn opacity_that_is_in_the_colours_already_is_not_multiplied_again() {
    // The left half is half transparent, the right half is opaque.
    let opacity = |at: usize| if at % 240 < 120 { 128_u8 } else { 255 };
    let straight = with_channel(|at, pixel| [pixel, &[opacity(at)]].concat());
    let multiplied = with_channel(|at, pixel| {
        let times = |&value: &u8| (u32::from(value) * u32::from(opacity(at)) / 255) as u8;
        pixel.iter().map(times).chain([opacity(at)]).collect()
    });
    let rgba = entries(240, 160, &[8; 4], 1, 2);
    let file = |kind: u64, data: &[u8]| PLAIN.file(&with(&rgba, 338, SHORT, &[kind]), &[data.to_vec()]);
    let expected = CORNERS.map(|color| color.map(|value| ((u32::from(value) * 128 + 255 * 127) / 255) as u8));
    let expected = [expected[0], CORNERS[1], expected[2], CORNERS[3]];
    assert_near(corners(&pixels(&file(2, &straight))), expected, "unassociated");
    assert_near(corners(&pixels(&file(1, &multiplied))), expected, "associated");
    let deep: Vec<u8> = multiplied.iter().flat_map(|&value| (u16::from(value) * 257).to_le_bytes()).collect();
    let deep = PLAIN.file(&with(&with(&rgba, 338, SHORT, &[1]), 258, SHORT, &[16; 4]), &[deep]);
    assert_near(corners(&pixels(&deep)), expected, "associated, of 16 bits");
    // A channel of unknown meaning is not opacity.
    assert_scene(&file(0, &straight), "unspecified");
}

#[test]
fn gray_of_every_depth_is_gray() {
    let shades = [40_u8, 200, 120, 240];
    let shade = |x: u32, y: u32| shades[usize::from(y >= 80) * 2 + usize::from(x >= 120)];
    let gray = |bits: u32| {
        let per_byte = 8 / bits;
        let value = |x: u32, y: u32| u32::from(shade(x, y)) >> (8 - bits);
        let byte =
            |x: u32, y: u32| (0..per_byte).fold(0, |byte, next| byte << bits | value(x * per_byte + next, y)) as u8;
        (0..160).flat_map(|y| (0..240 / per_byte).map(move |x| byte(x, y))).collect::<Vec<_>>()
    };
    for bits in [1, 2, 4, 8] {
        for (colors, invert) in [(1, false), (0, true)] {
            let data = gray(bits).into_iter().map(|byte| if invert { !byte } else { byte }).collect();
            let file = PLAIN.file(&entries(240, 160, &[bits.into()], 1, colors), &[data]);
            let highest = (1_u32 << bits) - 1;
            let expected = shades.map(|shade| [((u32::from(shade) >> (8 - bits)) * 255 / highest) as u8; 3]);
            assert_near(corners(&pixels(&file)), expected, "gray");
        }
    }
    // In the file with opacity, the lower half is transparent.
    let data = (0..240 * 160).flat_map(|at| [shade(at % 240, at / 240), if at < 240 * 80 { 255 } else { 0 }]).collect();
    let file = PLAIN.file(&with(&entries(240, 160, &[8; 2], 1, 1), 338, SHORT, &[2]), &[data]);
    assert_near(corners(&pixels(&file)), [[40; 3], [200; 3], [255; 3], [255; 3]], "with opacity");
}

/// Some scanners write wrong lengths, and -1 for "all rows in one strip".
#[test]
fn lengths_that_are_not_true_do_no_harm() {
    let (width, height) = (2500_u64, 3225);
    let row = |y: u64| (0..width.div_ceil(8)).map(move |x| if (x / 40 + y / 400).is_multiple_of(2) { 0xFF } else { 0 });
    let data: Vec<u8> = (0..height).flat_map(row).collect();
    let bits = entries(width, height, &[1], 1, 1);
    let right = pixels(&PLAIN.file(&bits, std::slice::from_ref(&data)));
    for said in [0xFFFF_FFFF, 0x7FFF_FFFF, 0] {
        let file = Layout { said_bytes: Some(said), ..PLAIN }.file(&bits, std::slice::from_ref(&data));
        assert!(pixels(&file) == right, "{said}");
    }
    let file = PLAIN.file(&with(&bits, 278, LONG, &[0xFFFF_FFFF]), &[data]);
    assert!(pixels(&file) == right, "all rows in one strip");
    // Fax compression: one white row after another, and then the mark that no more rows follow.
    let fax = entries(240, 160, &[1], 4, 0);
    let white = [&[0xFF; 20][..], &[0, 0x10, 1]].concat();
    let allowed = Options { allow_blank: true, ..OPTIONS };
    for rows in [160, 0xFFFF_FFFF] {
        let file = PLAIN.file(&with(&fax, 278, LONG, &[rows]), std::slice::from_ref(&white));
        assert!(square(&file, &allowed).unwrap().pixels.iter().all(|&value| value == 255), "{rows}");
    }
}

#[test]
fn what_is_not_read_is_called_by_its_name() {
    let planes: Vec<u8> = (0..3).flat_map(|plane| scene_bytes().into_iter().skip(plane).step_by(3)).collect();
    let planes: Vec<Vec<u8>> = planes.chunks(240 * 160).map(<[u8]>::to_vec).collect();
    assert_scene(&PLAIN.file(&with(&rgb(), 284, SHORT, &[2]), &planes), "a plane for each colour");
    let tiles = with(&with(&with(&rgb(), 284, SHORT, &[2]), 322, LONG, &[240]), 323, LONG, &[160]);
    let tiles: Vec<Entry> = tiles.into_iter().filter(|(tag, ..)| *tag != 278).collect();
    let tiled = Layout { parts: (324, 325), ..PLAIN };
    let gray = entries(240, 160, &[8], 1, 1);
    for (file, name) in [
        (tiled.file(&tiles, &planes), "TIFF in tiles with a plane for each colour"),
        (PLAIN.file(&with(&gray, 262, SHORT, &[3]), &[noise(38_400)]), "TIFF with a palette"),
        (PLAIN.file(&with(&rgb(), 262, SHORT, &[6]), &[scene_bytes()]), "TIFF with YCbCr colours"),
        (PLAIN.file(&with(&rgb(), 262, SHORT, &[8]), &[scene_bytes()]), "TIFF with Lab colours"),
        (PLAIN.file(&with(&rgb(), 262, SHORT, &[32_803]), &[scene_bytes()]), "TIFF with a camera's raw data"),
        (PLAIN.file(&with(&rgb(), 262, SHORT, &[99]), &[scene_bytes()]), "TIFF with colours of the number 99"),
        (PLAIN.file(&with(&gray, 259, SHORT, &[3]), &[noise(99)]), "TIFF with fax compression (group 3)"),
        (PLAIN.file(&with(&rgb(), 259, SHORT, &[6]), &[noise(99)]), "TIFF with old-style JPEG compression"),
        (PLAIN.file(&with(&rgb(), 259, SHORT, &[50_000]), &[noise(99)]), "TIFF with Zstandard compression"),
        (PLAIN.file(&with(&rgb(), 259, SHORT, &[777]), &[noise(99)]), "TIFF with a compression of the number 777"),
        (PLAIN.file(&with(&rgb(), 258, SHORT, &[12; 3]), &[noise(172_800)]), "TIFF of 12 bits a channel"),
        (
            PLAIN.file(&with(&rgb(), 258, SHORT, &[5, 6, 5]), &[noise(172_800)]),
            "TIFF with channels of different depths",
        ),
        (PLAIN.file(&with(&gray, 339, SHORT, &[3]), &[noise(38_400)]), "TIFF of floating-point numbers"),
        (PLAIN.file(&with(&gray, 339, SHORT, &[2]), &[noise(38_400)]), "TIFF of signed or unusual numbers"),
        (
            PLAIN.file(&with(&gray, 266, SHORT, &[2]), &[noise(38_400)]),
            "TIFF with its bits in reverse order, as fax machines write it,",
        ),
        (PLAIN.file(&entries(240, 160, &[8; 7], 1, 2), &[noise(268_800)]), "TIFF of 7 channels"),
        (
            PLAIN.file(&entries(240, 160, &[8; 2], 1, 0), &[noise(76_800)]),
            "TIFF of inverted gray with further channels",
        ),
    ] {
        assert_eq!(refused(&file), ("unsupported", format!("{name} is not supported")));
    }
}

#[test]
fn a_directory_that_contradicts_itself_is_for_a_person_to_look_at() {
    let file = PLAIN.file(&rgb(), &[scene_bytes()]);
    assert_eq!(refused(&file[..20]).0, "damaged", "no directory");
    let cut = PLAIN.file(&with(&rgb(), 278, LONG, &[40]), &[scene_bytes()]);
    assert_eq!(refused(&cut).0, "damaged", "one part instead of four");
    let none: Vec<Entry> = rgb().into_iter().filter(|(tag, ..)| *tag != 257).collect();
    assert_eq!(refused(&PLAIN.file(&none, &[scene_bytes()])).0, "damaged", "no height");
    let short = PLAIN.file(&rgb(), &[scene_bytes()[..9000].to_vec()]);
    assert_eq!(refused(&short[..9100]).0, "damaged", "cut off");
    for compression in [4, 5, 7, 8, 32_773] {
        let gray = entries(240, 160, &[if compression == 4 { 1 } else { 8 }], compression, 1);
        for seed in 1..20 {
            let file = PLAIN.file(&gray, &[noise(5000 + seed)[seed..].to_vec()]);
            assert_eq!(refused(&file).0, "damaged", "{compression}: {seed}");
        }
    }
}
