//! Tests PNG files in which other chunks than a profile explain the colours, and all the places that tell the
//! orientation.

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageBuffer, ImageEncoder, ImageFormat, Rgb, RgbImage};
use moxcms::{ColorProfile, Layout, TransformOptions};

use crate::{CORNERS, assert_near, assert_scene, corners, encoded, noise, pixels, refused, replaced, scene};

/// The position of the first chunk after the signature and IHDR.
const FIRST: usize = 8 + 25;
/// The length of the last chunk, IEND.
const LAST: usize = 12;

pub(crate) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let content = [kind, data].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], &content, &crc(&content).to_be_bytes()].concat()
}

/// Returns the checksum of a chunk (PNG specification, annex D).
fn crc(bytes: &[u8]) -> u32 {
    let of_byte = |byte: u32| (0..8).fold(byte, |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 });
    let table: [u32; 256] = std::array::from_fn(|byte| of_byte(byte as u32));
    let mut crc = u32::MAX;
    for byte in bytes {
        crc = crc >> 8 ^ table[usize::from(crc as u8 ^ byte)];
    }
    !crc
}

fn with_chunk(png: &[u8], kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    replaced(png, FIRST, 0, &chunk(kind, data))
}

fn behind_picture(png: &[u8], kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    replaced(png, png.len() - LAST, 0, &chunk(kind, data))
}

fn gamma(scaled: u32) -> [u8; 4] {
    scaled.to_be_bytes()
}

/// Returns the intensity of light for a value of sRGB (IEC 61966-2-1).
fn light(value: u8) -> f64 {
    let value = f64::from(value) / 255.0;
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// Returns the scene with each value replaced.
fn recoded(number: impl Fn(u8) -> f64) -> RgbImage {
    let mut scene = scene();
    scene.iter_mut().for_each(|value| *value = (number(*value) * 255.0).round() as u8);
    scene
}

#[test]
fn numbers_of_light_become_those_of_srgb() {
    let linear = encoded(recoded(light), ImageFormat::Png);
    assert!(corners(&pixels(&linear))[0][1] < 20, "without a word they are dark");
    assert_scene(&with_chunk(&linear, b"gAMA", &gamma(100_000)), "8 bits");
    let numbers = scene().iter().map(|&value| (light(value) * 65_535.0).round() as u16).collect();
    let deep: ImageBuffer<Rgb<u16>, Vec<u16>> = ImageBuffer::from_raw(240, 160, numbers).unwrap();
    let deep = encoded(deep, ImageFormat::Png);
    assert_scene(&with_chunk(&deep, b"gAMA", &gamma(100_000)), "16 bits");
    assert_scene(&with_chunk(&deep, b"cICP", &[1, 8, 0, 1]), "16 bits, by cICP");
    // This is the gamma of an old Macintosh.
    let mac = encoded(recoded(|value| light(value).powf(1.0 / 1.8)), ImageFormat::Png);
    assert_scene(&with_chunk(&mac, b"gAMA", &gamma(55_556)), "1.8");
}

#[test]
fn gamma_counts_only_where_nothing_better_is_said() {
    let png = encoded(scene(), ImageFormat::Png);
    let before = pixels(&png);
    let linear = with_chunk(&png, b"gAMA", &gamma(100_000));
    assert!(pixels(&linear) != before);
    assert!(pixels(&with_chunk(&linear, b"sRGB", &[0])) == before);
    assert!(pixels(&with_chunk(&linear, b"cICP", &[1, 13, 0, 1])) == before);
    // Values with which programs mean sRGB, and values that libpng does not accept.
    for scaled in [45_455, 45_450, 0, 5, 700_000_000] {
        assert!(pixels(&with_chunk(&png, b"gAMA", &gamma(scaled))) == before, "{scaled}");
    }
    let srgb = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000_u32].map(u32::to_be_bytes).concat();
    assert!(pixels(&with_chunk(&png, b"cHRM", &srgb)) == before);
    // After the picture, the chunk has no effect.
    assert!(pixels(&behind_picture(&png, b"gAMA", &gamma(100_000))) == before);
    let mut with_profile = Vec::new();
    let mut encoder = PngEncoder::new(&mut with_profile);
    encoder.set_icc_profile(ColorProfile::new_srgb().encode().unwrap()).unwrap();
    encoder.write_image(&scene(), 240, 160, ExtendedColorType::Rgb8).unwrap();
    let expected = corners(&pixels(&with_profile));
    assert_near(corners(&pixels(&with_chunk(&with_profile, b"gAMA", &gamma(100_000)))), expected, "with a profile");
}

#[test]
fn the_primaries_of_a_phone_become_those_of_srgb() {
    let (srgb, p3) = (ColorProfile::new_srgb(), ColorProfile::new_display_p3());
    let transform = srgb.create_transform_8bit(Layout::Rgb, &p3, Layout::Rgb, TransformOptions::default()).unwrap();
    let mut in_p3 = scene();
    transform.transform(&scene(), &mut in_p3).unwrap();
    let png = encoded(in_p3, ImageFormat::Png);
    assert!(corners(&pixels(&png))[0][0].abs_diff(CORNERS[0][0]) > 10, "without a word they are paler");
    assert_scene(&with_chunk(&png, b"cICP", &[12, 13, 0, 1]), "by cICP");
    let primaries = [31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000_u32].map(u32::to_be_bytes).concat();
    assert_scene(&with_chunk(&png, b"cHRM", &primaries), "by cHRM");
    // If a code point says nothing, other chunks decide.
    assert!(pixels(&with_chunk(&png, b"cICP", &[2, 2, 0, 1])) == pixels(&png));
    // Chunks that break the rules have no effect, as in libpng: one with a matrix, an unknown range, or a wrong length.
    for broken in [&[12, 13, 1, 1][..], &[12, 13, 0, 7], &[255; 4], &[12, 13, 0], &[12, 13, 0, 1, 0], &[]] {
        assert!(pixels(&with_chunk(&png, b"cICP", broken)) == pixels(&png), "{broken:?}");
    }
}

#[test]
fn black_and_white_of_television_are_black_and_white() {
    let narrow = recoded(|value| (16.0 + 219.0 * f64::from(value) / 255.0) / 255.0);
    assert_scene(&with_chunk(&encoded(narrow, ImageFormat::Png), b"cICP", &[1, 13, 0, 0]), "a narrow range");
}

#[test]
fn brighter_than_white_is_refused_as_in_heic() {
    let png = encoded(scene(), ImageFormat::Png);
    for coding in [[9, 16, 0, 1], [9, 18, 0, 1], [12, 16, 0, 1]] {
        let (code, text) = refused(&with_chunk(&png, b"cICP", &coding));
        assert_eq!((code, &*text), ("unsupported", "PNG with an HDR or uncommon colour coding is not supported"));
    }
}

/// A TIFF structure with an orientation that is turned by 90°.
const TURNED: &[u8] = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";

/// Returns EXIF data in the form in which ImageMagick keeps them.
fn raw_profile(name: &str) -> Vec<u8> {
    let exif = [b"Exif\0\0", TURNED].concat();
    let digits: String = exif.iter().map(|byte| format!("{byte:02x}")).collect();
    let lines: Vec<&str> = digits.as_bytes().chunks(72).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("\n{name}\n{:8}\n{}\n", exif.len(), lines.join("\n")).into_bytes()
}

#[test]
fn a_picture_is_turned_upright_wherever_its_orientation_is_told() {
    let lying = image::imageops::rotate270(&scene());
    let png = encoded(lying, ImageFormat::Png);
    assert!(corners(&pixels(&png))[0][1] > 140, "without a word it lies");
    assert_scene(&with_chunk(&png, b"eXIf", TURNED), "before the picture");
    assert_scene(&behind_picture(&png, b"eXIf", TURNED), "behind the picture");
    let deflated = |text: &[u8]| miniz_oxide::deflate::compress_to_vec_zlib(text, 6);
    for name in ["exif", "APP1"] {
        let (text, keyword) = (raw_profile(&name.to_lowercase()), format!("Raw profile type {name}\0"));
        let plain = [keyword.as_bytes(), &text].concat();
        assert_scene(&with_chunk(&png, b"tEXt", &plain), "tEXt");
        let compressed = [keyword.as_bytes(), &[0], &deflated(&text)].concat();
        assert_scene(&with_chunk(&png, b"zTXt", &compressed), "zTXt");
        assert_scene(&behind_picture(&png, b"zTXt", &compressed), "zTXt behind the picture");
        let international = [keyword.as_bytes(), &[0, 0, 0, 0], &text].concat();
        assert_scene(&with_chunk(&png, b"iTXt", &international), "iTXt");
        let both = [keyword.as_bytes(), &[1, 0, b'e', b'n', 0, 0], &deflated(&text)].concat();
        assert_scene(&with_chunk(&png, b"iTXt", &both), "iTXt, compressed");
    }
}

#[test]
fn an_end_that_is_missing_is_no_loss_where_the_picture_is_whole() {
    let png = encoded(scene(), ImageFormat::Png);
    let right = pixels(&png);
    for cut in 1..=LAST {
        assert!(pixels(&png[..png.len() - cut]) == right, "{cut} bytes");
    }
    assert!(pixels(&[&png, &b"something behind it"[..]].concat()) == right);
    for cut in [LAST + 1, LAST + 5, 100] {
        assert_eq!(refused(&png[..png.len() - cut]).0, "damaged", "{cut} bytes");
    }
    let apples = replaced(&png, 8, 0, &chunk(b"CgBI", &[0x50, 0, 0x20, 6]));
    let (code, text) = refused(&apples);
    assert_eq!(code, "unsupported");
    assert!(text.contains("CgBI"), "{text}");
}

/// A document's history of Photoshop, a prompt, or a camera's EXIF data may be far larger than the picture, and say
/// nothing about it.
#[test]
fn much_metadata_is_no_reason_to_refuse_a_picture() {
    let png = encoded(image::imageops::rotate270(&scene()), ImageFormat::Png);
    let png = with_chunk(&png, b"eXIf", TURNED);
    let deflated = |text: &[u8], level| miniz_oxide::deflate::compress_to_vec_zlib(text, level);
    let xmp = b"XML:com.adobe.xmp\0";
    for megabytes in [1, 9] {
        let text = b"<rdf:li>xmp.did:0123</rdf:li>\n".repeat(megabytes << 15);
        let profile = [b"Raw profile type iptc\0\niptc\n 9999999\n", &*text].concat();
        for (kind, data) in [
            (b"iTXt", [xmp, &[0, 0, 0, 0][..], &text].concat()),
            (b"iTXt", [xmp, &[1, 0, 0, 0][..], &deflated(&text, 1)].concat()),
            (b"iTXt", [xmp, &[1, 0, 0, 0][..], &deflated(&noise(text.len()), 0)].concat()),
            (b"zTXt", [b"Comment\0\0", &*deflated(&noise(text.len()), 0)].concat()),
            (b"tEXt", profile),
            (b"caBX", noise(text.len())),
        ] {
            let name = String::from_utf8_lossy(kind);
            assert_scene(&with_chunk(&png, kind, &data), &format!("{megabytes} MB of {name}"));
            let behind = behind_picture(&png, kind, &data);
            let behind = if megabytes == 1 { &behind[..] } else { &behind[..behind.len() - 5] };
            assert_scene(behind, &format!("{megabytes} MB of {name} behind the picture"));
        }
        let exif = [TURNED, &noise(text.len())].concat();
        let lying = encoded(image::imageops::rotate270(&scene()), ImageFormat::Png);
        assert_scene(&with_chunk(&lying, b"eXIf", &exif), "EXIF data with a large preview");
    }
    // A byte of the picture that is lost is noticed, whatever comes before the picture.
    let large = with_chunk(&png, b"tEXt", &[b"Comment\0", &*noise(1 << 20)].concat());
    assert_eq!(refused(&replaced(&large, large.len() - 60, 1, &[])).0, "damaged");
}

#[test]
fn a_large_profile_counts_like_a_small_one() {
    let (srgb, p3) = (ColorProfile::new_srgb(), ColorProfile::new_display_p3());
    let transform = srgb.create_transform_8bit(Layout::Rgb, &p3, Layout::Rgb, TransformOptions::default()).unwrap();
    let mut in_p3 = scene();
    transform.transform(&scene(), &mut in_p3).unwrap();
    let small = p3.encode().unwrap();
    for megabytes in [0, 1, 4] {
        let mut profile = [&small[..], &noise(megabytes << 20)].concat();
        let length = u32::try_from(profile.len()).unwrap();
        profile[..4].copy_from_slice(&length.to_be_bytes());
        let mut png = Vec::new();
        let mut encoder = PngEncoder::new(&mut png);
        encoder.set_icc_profile(profile).unwrap();
        encoder.write_image(&in_p3, 240, 160, ExtendedColorType::Rgb8).unwrap();
        assert!(png.len() >= megabytes << 20);
        assert_scene(&png, &format!("a profile of {megabytes} MB"));
    }
}

#[test]
fn a_profile_that_is_none_turns_nothing() {
    let png = encoded(scene(), ImageFormat::Png);
    let bomb = [b"Raw profile type exif\0\0", &*miniz_oxide::deflate::compress_to_vec_zlib(&vec![b'0'; 50 << 20], 1)];
    for (kind, data) in [
        (b"zTXt", bomb.concat()),
        (b"tEXt", b"Raw profile type exif\0\nexif\n 99999999999999999999\n00".to_vec()),
        (b"tEXt", b"Raw profile type exif\0\nexif\n      12\nzz".to_vec()),
        (b"tEXt", b"Raw profile type exif".to_vec()),
        (b"iTXt", b"Raw profile type exif\0\x01".to_vec()),
        (b"eXIf", b"MM".to_vec()),
    ] {
        assert_scene(&with_chunk(&png, kind, &data), "still upright");
    }
}
