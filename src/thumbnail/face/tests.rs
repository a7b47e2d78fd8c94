//! Tests of the net and of what it finds, on one photo with a face.

use image::imageops::{FilterType, overlay, resize, rotate90, rotate180, rotate270};
use image::{Rgb, RgbImage};

use super::canvas::canvas;
use super::net::Net;
use super::weights::Weights;
use super::{Face, find, find_turned, fitting};
use crate::hash::Hash;

/// See `tests/photos/faces/README.md`.
const ASTRONAUT: &[u8] = include_bytes!("../../../tests/photos/faces/astronaut.jpg");

fn astronaut() -> RgbImage {
    image::load_from_memory(ASTRONAUT).expect("a photo").into_rgb8()
}

/// Returns the photo of the astronaut with `side` pixels on each side, on a gray ground of `size`.
fn placed(side: u32, (x, y): (i64, i64), size: (u32, u32)) -> RgbImage {
    let mut ground = RgbImage::from_pixel(size.0, size.1, Rgb([120, 120, 120]));
    overlay(&mut ground, &resize(&astronaut(), side, side, FilterType::Triangle), x, y);
    ground
}

fn one_face(picture: &RgbImage) -> Face {
    match find(picture).faces[..] {
        [face] => face,
        ref faces => panic!("{faces:?}"),
    }
}

/// The file is the one that the script makes of the model, and has as many weights as the net reads.
#[test]
fn the_weights_are_those_of_the_model() {
    let yunet = include_bytes!("weights/yunet.f32");
    let expected = "b9ffcadba56d732cfd7154ce409aef0f3ca5c3bd2b4bf582b712134dfc66dc20";
    assert_eq!(Hash::of(yunet).to_string(), expected);
    let readme = include_str!("weights/README.md");
    assert!(readme.contains(expected), "the README gives another hash");
    let mut weights = Weights::all();
    Net::read(&mut weights);
    assert_eq!(weights.left(), 0);
}

/// The hash of the raw outputs is the same on every processor and system.
#[test]
fn the_net_says_the_same_everywhere() {
    // A pattern that no library decodes or resamples, so that nothing but the net is looked at.
    let pattern = RgbImage::from_fn(150, 100, |x, y| {
        let wave = |a: u32, b: u32| ((x * a + y * b) % 256) as u8;
        Rgb([wave(3, 5), wave(7, 1), wave(x / 9 + 1, y / 7)])
    });
    let heads = Net::shared().run(&canvas(&pattern));
    let values = heads.iter().flat_map(|head| head.pixels.as_flattened());
    let bytes: Vec<u8> = values.flat_map(|value| value.to_le_bytes()).collect();
    assert_eq!(bytes.len(), 4 * 16 * (20 * 16 + 10 * 8 + 5 * 4));
    assert_eq!(Hash::of(&bytes).to_string(), "1dccae97e74d6ee30b4deb694c3d09289c8fa7f8d015449a7e2015d727b11f72");
}

/// The middle of the face, its size, and where the eyes are, in pixels of the photo of the astronaut.
const FACE: [f32; 4] = [226.7, 117.6, 89.9, 107.1];

/// Whatever its size and place, the face is found where it is, to a fifth of its size.
#[test]
fn a_face_is_found_where_it_is() {
    for (side, place, size) in [
        (128, (0, 0), (128, 128)),
        (128, (16, 0), (160, 128)),
        (107, (0, 40), (107, 160)),
        (90, (60, 20), (160, 120)),
        (96, (0, 0), (96, 96)),
        (300, (-60, 0), (160, 128)),
    ] {
        let face = one_face(&placed(side, place, size));
        let scale = side as f32 / 512.0;
        let expected = [FACE[0] * scale + place.0 as f32, FACE[1] * scale + place.1 as f32, FACE[2] * scale];
        let found = [face.left + face.width / 2.0, face.top + face.height / 2.0, face.size()];
        let error = expected.iter().zip(found).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max);
        assert!(error < expected[2] / 5.0, "{side} {place:?}: {found:?} instead of {expected:?}");
        let eyes = FACE[3] * scale + place.1 as f32;
        assert!((face.eyes - eyes).abs() < expected[2] / 5.0, "{side} {place:?}: eyes at {} and not {eyes}", face.eyes);
    }
}

#[test]
fn light_and_colour_do_not_matter() {
    let picture = placed(128, (0, 0), (128, 128));
    let changed = |change: fn([u8; 3]) -> [u8; 3]| {
        let mut picture = picture.clone();
        picture.pixels_mut().for_each(|pixel| pixel.0 = change(pixel.0));
        picture
    };
    let dark = changed(|color| color.map(|value| value / 3));
    let bright = changed(|color| color.map(|value| 120 + value / 2));
    let gray = changed(|[red, green, blue]| [((u32::from(red) + u32::from(green) + u32::from(blue)) / 3) as u8; 3]);
    for picture in [dark, bright, gray] {
        let face = one_face(&picture);
        assert!((face.left - 46.5).abs() < 3.0 && (face.top - 17.0).abs() < 3.0, "{face:?}");
    }
}

#[test]
fn a_picture_that_lies_on_its_side_is_turned_and_another_is_not() {
    for (side, place, size) in [
        (128, (0, 0), (160, 128)),
        (90, (60, 20), (160, 120)),
        (107, (0, 40), (107, 160)),
        (96, (0, 0), (96, 96)),
        (300, (-60, 0), (160, 128)),
    ] {
        let upright = placed(side, place, size);
        let expected = find(&upright);
        assert_eq!(find_turned(&upright), expected);
        for (picture, quarters) in [(rotate270(&upright), 1), (rotate180(&upright), 2), (rotate90(&upright), 3)] {
            let sight = find_turned(&picture);
            assert_eq!((sight.quarters, &sight.faces), (quarters, &expected.faces), "{side} {size:?}");
        }
    }
}

#[test]
fn two_people_are_two_faces_and_nobody_is_none() {
    let mut two = placed(80, (0, 20), (160, 120));
    overlay(&mut two, &resize(&astronaut(), 80, 80, FilterType::Triangle), 80, 30);
    assert_eq!(find(&two).faces.len(), 2);
    let stripes = RgbImage::from_fn(128, 128, |x, y| {
        Rgb([(x * 3) as u8, (y * 5 % 256) as u8, ((x / 8 + y / 8) % 2 * 255) as u8])
    });
    assert_eq!(find_turned(&stripes).faces, []);
}

#[test]
fn the_smallest_and_the_thinnest_pictures_are_searched_too() {
    for size in [(1, 1), (1, 640), (640, 1), (2, 3), (31, 33)] {
        assert_eq!(find_turned(&RgbImage::new(size.0, size.1)).faces, []);
    }
    assert_eq!(fitting((1, 70_000)), (1, 640));
}
