//! Tests JPEG files from which encoders left something out, and what phones and cameras put after the picture.

use adphoto::thumbnail::{Options, render};
use jpeg_encoder::{ColorType, Encoder};

use crate::{OPTIONS, assert_scene, noise, pixels, refused, replaced, scene};

const END: [u8; 2] = [0xFF, 0xD9];

fn encoded(progressive: bool) -> Vec<u8> {
    let (mut jpeg, scene) = (Vec::new(), scene());
    let mut encoder = Encoder::new(&mut jpeg, 90);
    encoder.set_progressive(progressive);
    encoder.encode(&scene, 240, 160, ColorType::Rgb).unwrap();
    jpeg
}

fn without_end(progressive: bool) -> Vec<u8> {
    encoded(progressive).strip_suffix(&END).unwrap().to_vec()
}

/// Returns where the segments with this marker begin, including those after the data of a scan.
fn segments(jpeg: &[u8], marker: u8) -> Vec<usize> {
    (0..jpeg.len() - 1).filter(|&at| jpeg[at..at + 2] == [0xFF, marker]).collect()
}

fn without_segments(jpeg: &[u8], marker: u8) -> Vec<u8> {
    let mut jpeg = jpeg.to_vec();
    for at in segments(&jpeg, marker).into_iter().rev() {
        let length = usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        jpeg.drain(at..at + 2 + length);
    }
    jpeg
}

#[test]
fn without_huffman_tables_the_standard_ones_are_meant() {
    let jpeg = encoded(false);
    let bare = without_segments(&jpeg, 0xC4);
    assert!(bare.len() + 400 < jpeg.len());
    assert!(pixels(&bare) == pixels(&jpeg));
    // A thumbnail is used unchanged only if it has tables of its own, which some programs need to show it.
    let ready = render(&jpeg, &OPTIONS).unwrap().jpeg;
    let (mut square, encoder) = (Vec::new(), pixels(&jpeg));
    Encoder::new(&mut square, 80).encode(&encoder, 96, 96, ColorType::Rgb).unwrap();
    for (thumbnail, is_taken) in [(&ready, true), (&square, true), (&without_segments(&square, 0xC4), false)] {
        let made = render(thumbnail, &OPTIONS).unwrap().jpeg;
        assert_eq!(made == *thumbnail, is_taken);
        assert!(!segments(&made, 0xC4).is_empty());
    }
}

#[test]
fn a_segment_that_nobody_needs_may_have_no_length() {
    let jpeg = encoded(false);
    for segment in [&[0xFF, 0xE5, 0, 0][..], &[0xFF, 0xFE, 0, 1], &[0xFF, 0xED, 0, 0, 0xFF, 0xE7, 0, 0]] {
        assert!(pixels(&replaced(&jpeg, 2, 0, segment)) == pixels(&jpeg), "{segment:?}");
    }
    for needed in [0xC0, 0xC4, 0xDB, 0xDA] {
        let at = segments(&jpeg, needed)[0];
        let (code, text) = refused(&replaced(&jpeg, at + 2, 2, &[0, 0]));
        assert_eq!(code, "damaged", "{needed:x}: {text}");
        assert!(text.contains("shorter than its own length"), "{text}");
    }
}

#[test]
fn what_phones_put_where_the_end_marker_is_missing_is_behind_the_picture() {
    let film = [&b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"[..], &noise(50_000)].concat();
    for progressive in [false, true] {
        let (right, bare) = (pixels(&encoded(progressive)), without_end(progressive));
        let notes = [&b"SEFT"[..], &noise(5000)].concat();
        let archive = [&b"PK\x03\x04"[..], &noise(300)].concat();
        for behind in [&film[..], &notes, &archive, &[0; 2000], &[0xFF, 0].repeat(40), &[0xFF; 9], b""] {
            let what = &behind[..behind.len().min(8)];
            assert!(pixels(&[&bare, behind].concat()) == right, "{progressive} {what:?}");
            assert!(pixels(&[&bare, &END[..], behind].concat()) == right, "{progressive} {what:?}");
        }
        // Padding and a restart marker come unexpectedly before the end.
        for before in [&[0xFF, 0].repeat(20)[..], &[0; 600], &[0xFF, 0xD0], &[0xFF, 0, 0xFF, 0xD3]] {
            assert!(pixels(&[&bare, before, &END].concat()) == right, "{progressive} {before:?}");
        }
    }
}

#[test]
fn another_picture_behind_one_without_an_end_is_not_mixed_in() {
    let mut turned = Vec::new();
    let encoder = Encoder::new(&mut turned, 90);
    encoder.encode(&image::imageops::rotate180(&scene()), 240, 160, ColorType::Rgb).unwrap();
    let baseline = [without_end(false), turned.clone()].concat();
    assert!(pixels(&baseline) == pixels(&encoded(false)));
    let mut turned = Vec::new();
    let mut encoder = Encoder::new(&mut turned, 90);
    encoder.set_progressive(true);
    encoder.encode(&image::imageops::rotate180(&scene()), 240, 160, ColorType::Rgb).unwrap();
    let progressive = [without_end(true), turned].concat();
    assert!(pixels(&progressive) == pixels(&encoded(true)));
    // At this size, only mean values are decoded, and the other picture has some of those as well.
    let (code, text) = match render(&progressive, &Options { size: 8, allow_blank: true, ..OPTIONS }) {
        Ok(_) => panic!("it is not known whether it is whole"),
        Err(error) => (adphoto::report::Reason::from(&error).code.name(), error.to_string()),
    };
    assert_eq!(code, "damaged");
    assert!(text.contains("another picture begins"), "{text}");
}

/// The unknown data may be a part of the picture, which would then be decoded wrong.
#[test]
fn data_that_nobody_knows_before_the_end_are_for_a_person_to_look_at() {
    for progressive in [false, true] {
        let bare = without_end(progressive);
        for count in [8, 600, 5000] {
            // The data of a picture contain no markers, so these must not, either.
            let surplus: Vec<u8> = noise(count).into_iter().map(|byte| byte.min(0xFE)).collect();
            for end in [&END[..], b""] {
                let (code, text) = refused(&[&bare, &surplus[..], end].concat());
                assert_eq!(code, "damaged");
                assert!(text.contains("more data after the end of the picture"), "{text}");
            }
        }
    }
}

#[test]
fn what_is_missing_in_the_middle_is_still_noticed_with_something_behind() {
    let bare = without_end(false);
    let middle = bare.len() - 400;
    for behind in [&END[..], b"", b"\0\0\0\x18ftypmp42", &[0xFF, 0].repeat(40)] {
        let lost = [&bare[..middle], &bare[middle + 60..], behind].concat();
        assert_eq!(refused(&lost).0, "damaged", "{behind:?}");
        let cut = [&bare[..middle], behind].concat();
        assert_eq!(refused(&cut).0, "damaged", "{behind:?}");
        let added = [&bare[..middle], &[0x5A; 300], &bare[middle..], behind].concat();
        assert_eq!(refused(&added).0, "damaged", "{behind:?}");
    }
}

#[test]
fn the_scene_is_the_scene() {
    for progressive in [false, true] {
        assert_scene(&encoded(progressive), "as it was encoded");
        assert!(render(&encoded(progressive), &Options { size: 16, ..OPTIONS }).is_ok());
    }
}
