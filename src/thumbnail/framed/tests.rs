//! Tests of whole photos whose square is chosen by their face.

use std::io::Cursor;

use image::imageops::{FilterType, overlay, resize};
use image::metadata::Orientation;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::thumbnail::decoded::Pixels;
use crate::thumbnail::tests::oriented;
use crate::thumbnail::{
    Crop, Doubt, Faces, Flaw, Making, Options, PhotoError, Thumbnail, Unclear, flaws, preview, render, series, square,
};

/// See `tests/photos/faces/README.md`.
const ASTRONAUT: &[u8] = include_bytes!("../../../tests/photos/faces/astronaut.jpg");
const OPTIONS: Options =
    Options { size: 96, max_bytes: 10 * 1024, crop: Crop::Face, allow_blank: false, faces: Faces::Ignored };

/// Returns the astronaut's photo with `side` pixels on each side, at a place of a gray picture of `size`.
fn picture(side: u32, place: (i64, i64), size: (u32, u32)) -> RgbImage {
    let astronaut = image::load_from_memory(ASTRONAUT).expect("a photo").into_rgb8();
    let mut ground = RgbImage::from_fn(size.0, size.1, |x, y| Rgb([100 + (x + y) as u8 % 16; 3]));
    overlay(&mut ground, &resize(&astronaut, side, side, FilterType::Triangle), place.0, place.1);
    ground
}

fn file(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).expect("encodes");
    file.into_inner()
}

/// Returns a JPEG whose chroma has half the size, as cameras make it, and which may be progressive.
fn jpeg(picture: &RgbImage, progressive: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 90);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_progressive(progressive);
    let (width, height) = (picture.width() as u16, picture.height() as u16);
    encoder.encode(picture.as_raw(), width, height, ColorType::Rgb).expect("encodes");
    file
}

fn made(file: &[u8], options: &Options) -> Thumbnail {
    render(file, options).expect("a thumbnail")
}

/// Returns the mean difference of the pixels of two pictures of the same size.
fn difference(one: &RgbImage, other: &RgbImage) -> f64 {
    let differences = one.as_raw().iter().zip(other.as_raw()).map(|(one, other)| f64::from(one.abs_diff(*other)));
    differences.sum::<f64>() / one.as_raw().len() as f64
}

fn cut(picture: &RgbImage, (left, top, side): (u32, u32, u32)) -> RgbImage {
    let part = DynamicImage::from(picture.clone()).crop_imm(left, top, side, side);
    part.resize_exact(96, 96, FilterType::Lanczos3).into_rgb8()
}

#[test]
fn the_square_is_the_face_as_a_photographer_would_place_it() {
    let astronaut = image::load_from_memory(ASTRONAUT).expect("a photo").into_rgb8();
    let found = square(ASTRONAUT, &OPTIONS).expect("a thumbnail").pixels;
    assert!(difference(&found, &cut(&astronaut, (128, 24, 198))) < 1.5);
    assert!(difference(&found, &cut(&astronaut, (132, 24, 198))) > 3.0, "four pixels beside it");
    assert_eq!(made(ASTRONAUT, &OPTIONS).doubts, []);
}

/// The planes of a large JPEG are decoded at 1/8, and again where the square has too few samples then.
#[test]
fn the_square_is_the_same_in_every_format_and_at_every_scale() {
    let picture = picture(1000, (400, 150), (1600, 1300));
    let expected = square(&file(&picture, ImageFormat::Bmp), &OPTIONS).expect("a thumbnail").pixels;
    for file in [jpeg(&picture, false), jpeg(&picture, true), file(&picture, ImageFormat::Png)] {
        let found = square(&file, &OPTIONS).expect("a thumbnail").pixels;
        assert!(difference(&found, &expected) < 3.0, "{}", difference(&found, &expected));
    }
    let large = square(&jpeg(&picture, false), &Options { size: 250, ..OPTIONS }).expect("a thumbnail").pixels;
    let smaller = resize(&large, 96, 96, FilterType::Lanczos3);
    assert!(difference(&smaller, &expected) < 3.0, "another size shows the same");
}

/// Whatever part of a photo is taken, and whether it was decoded for that part or is cut out of the whole, its bytes are
/// the same.
#[test]
fn what_is_cut_out_of_the_whole_is_what_decoding_the_part_gives() {
    use super::{Part, Region, decode};
    for (width, height) in [(640, 480), (481, 333)] {
        let file = jpeg(&picture(300, (100, 20), (width, height)), false);
        let mut cut_out = 0;
        for (left, top, side) in [(0.0, 0.0, 1.0), (0.04, 0.02, 0.93), (0.11, 0.09, 0.87), (0.2, 0.25, 0.5)] {
            let of = |share: f64| (share * f64::from(height)).floor();
            let region = Region { left: of(left), top: of(top), width: of(side), height: of(side) };
            let whole = decode::decode(&file, Part::Whole, &OPTIONS).expect("decodes");
            let part = decode::decode(&file, Part::Region(region), &OPTIONS).expect("decodes");
            let Some(cut) = whole.with_part(region, 96) else { continue };
            match (cut.pixels, part.pixels) {
                (Pixels::Planes(_, cut), Pixels::Planes(_, part)) => assert!(cut == part, "{region:?}"),
                _ => panic!("a JPEG has planes"),
            }
            cut_out += 1;
        }
        // Of the larger picture, half of the side needs the full scale, at which the whole was not decoded.
        assert_eq!(cut_out, if height == 480 { 3 } else { 4 });
    }
}

#[test]
fn a_face_that_is_well_placed_gets_the_very_thumbnail_of_the_middle() {
    let photo = jpeg(&picture(600, (-130, 0), (300, 360)), false);
    let (face, center) = (made(&photo, &OPTIONS), made(&photo, &Options { crop: Crop::Center, ..OPTIONS }));
    assert!(face.jpeg == center.jpeg && face.doubts.is_empty());
}

/// Where it is not clear which face is meant, the thumbnail is that of `--crop top`, with the reason, or there is none.
#[test]
fn what_is_not_clear_is_made_as_at_the_top_or_refused() {
    let nobody = picture(1, (0, 0), (300, 500));
    let mut two = picture(300, (0, 150), (600, 700));
    overlay(&mut two, &picture(300, (0, 0), (300, 300)), 300, 170);
    // The forehead is beyond the edge.
    let cut = picture(512, (0, -95), (512, 500));
    for (picture, unclear) in [(nobody, Unclear::NoFace), (two, Unclear::SeveralFaces), (cut, Unclear::CutFace)] {
        let file = jpeg(&picture, false);
        let thumbnail = made(&file, &OPTIONS);
        assert_eq!(thumbnail.doubts, [Doubt::Unclear(unclear)]);
        assert!(thumbnail.jpeg == made(&file, &Options { crop: Crop::Top, ..OPTIONS }).jpeg, "{unclear:?}");
        for crop in [Crop::Face, Crop::Center] {
            match render(&file, &Options { crop, faces: Faces::Required, ..OPTIONS }) {
                Err(PhotoError::Unclear(found)) => assert_eq!(found, unclear),
                other => panic!("{other:?}"),
            }
        }
    }
    let required = Options { faces: Faces::Required, ..OPTIONS };
    assert!(made(ASTRONAUT, &required).jpeg == made(ASTRONAUT, &OPTIONS).jpeg);
}

#[test]
fn a_photo_that_lies_on_its_side_is_turned_if_its_face_is_asked_for() {
    let upright = DynamicImage::from(picture(400, (0, 60), (400, 500)));
    let expected = square(&file(&upright.to_rgb8(), ImageFormat::Png), &OPTIONS).expect("a thumbnail").pixels;
    for turned in [upright.rotate90(), upright.rotate180(), upright.rotate270()] {
        let file = file(&turned.to_rgb8(), ImageFormat::Png);
        assert_eq!(made(&file, &OPTIONS).doubts, [Doubt::Sideways]);
        let found = square(&file, &OPTIONS).expect("a thumbnail").pixels;
        assert!(difference(&found, &expected) < 1.0);
        let center = Options { crop: Crop::Center, ..OPTIONS };
        assert_eq!(made(&file, &center).doubts, []);
    }
}

#[test]
fn a_thumbnail_says_how_the_face_is_placed_if_another_crop_would_be_better() {
    let told = |crop| Options { crop, faces: Faces::Told, ..OPTIONS };
    // At the left edge of a wide photo, where the middle does not reach.
    let left = jpeg(&picture(400, (0, 0), (1200, 420)), false);
    let placed = made(&left, &told(Crop::Center)).misplaced.expect("misplaced");
    assert!(placed.is_cut() && placed.visible < 0.2, "{placed:?}");
    let small = jpeg(&picture(300, (150, 0), (600, 700)), false);
    let placed = made(&small, &told(Crop::Top)).misplaced.expect("misplaced");
    assert!(!placed.is_cut() && placed.is_small(), "{placed:?}");
    assert_eq!(made(&small, &told(Crop::Face)).misplaced, None);
    assert_eq!(made(&small, &Options { crop: Crop::Center, ..OPTIONS }).misplaced, None);
}

/// A photo that is a thumbnail already keeps its bytes, and is turned if it must be.
#[test]
fn a_thumbnail_stays_as_it_is_but_is_turned() {
    let made = |picture: &RgbImage| made(&file(picture, ImageFormat::Png), &Options { crop: Crop::Center, ..OPTIONS });
    let portrait = made(&picture(512, (0, 0), (512, 512))).jpeg;
    assert!(render(&portrait, &OPTIONS).expect("a thumbnail").jpeg == portrait);
    let lying = made(&DynamicImage::from(picture(512, (0, 0), (512, 512))).rotate90().to_rgb8()).jpeg;
    let turned = render(&lying, &OPTIONS).expect("a thumbnail");
    assert_eq!(turned.doubts, [Doubt::Sideways]);
    assert_eq!(render(&turned.jpeg, &OPTIONS).expect("a thumbnail").doubts, []);
}

#[test]
fn the_flaws_of_a_face_are_named() {
    let searched = Options { crop: Crop::Center, faces: Faces::Told, ..OPTIONS };
    let flaws_of = |picture: &RgbImage| flaws(&made(&file(picture, ImageFormat::Png), &searched).jpeg, &searched);
    let good = square(ASTRONAUT, &OPTIONS).expect("a thumbnail").pixels;
    assert_eq!(flaws_of(&good), []);
    assert_eq!(flaws_of(&image::imageops::rotate90(&good)), [Flaw::Sideways]);
    assert_eq!(flaws_of(&picture(512, (0, 0), (512, 512))), [Flaw::SmallFace]);
    assert_eq!(flaws_of(&picture(1, (0, 0), (200, 200))), [Flaw::NoFace]);
    let mut two = picture(1, (0, 0), (400, 200));
    overlay(&mut two, &resize(&good, 96, 96, FilterType::Triangle), 104, 52);
    overlay(&mut two, &resize(&good, 96, 96, FilterType::Triangle), 200, 52);
    assert_eq!(flaws_of(&two), [Flaw::SeveralFaces]);
    let ignored = Options { faces: Faces::Ignored, ..searched };
    assert_eq!(flaws(&made(&file(&two, ImageFormat::Png), &ignored).jpeg, &ignored), []);
}

/// Returns a picture in which the colour of each pixel says where the pixel is.
fn map((width, height): (u32, u32)) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([(x * 255 / width) as u8, (y * 255 / height) as u8, 90]))
}

fn by_hand(crop: &str) -> Options {
    Options { crop: Crop::ByHand(crop.parse().expect("a square")), ..OPTIONS }
}

/// A square that somebody chose refers to the upright photo, however the photo lies in its file.
#[test]
fn a_square_chosen_by_hand_is_taken_to_the_pixel() {
    let upright = map((500, 800));
    let expected = cut(&upright, (100, 240, 200));
    for exif in 1..=8 {
        let orientation = Orientation::from_exif(exif).expect("one of eight");
        // The picture lies in its file as the inverse orientation turns it.
        let mut in_file = DynamicImage::from(upright.clone());
        in_file.apply_orientation(match orientation {
            Orientation::Rotate90 => Orientation::Rotate270,
            Orientation::Rotate270 => Orientation::Rotate90,
            other => other,
        });
        let file = oriented(in_file.into_rgb8(), exif);
        let made = made(&file, &by_hand("0.2 0.3 0.4"));
        let found = image::load_from_memory(&made.jpeg).expect("a JPEG").into_rgb8();
        assert!(difference(&found, &expected) < 2.5, "{exif}: {}", difference(&found, &expected));
        assert_eq!(
            made.squares.map(|squares| (squares.taken.to_string(), squares.by_hand)),
            Some(("0.2 0.3 0.4".to_owned(), true))
        );
        assert_eq!(preview(&file, 0).expect("a copy").photo, (500, 800), "{exif}");
    }
    for format in [ImageFormat::Png, ImageFormat::Bmp, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Gif] {
        let found = square(&file(&upright, format), &by_hand("0.2 0.3 0.4")).expect("a thumbnail").pixels;
        // A GIF has only 256 colours.
        assert!(difference(&found, &expected) < 6.0, "{format:?}: {}", difference(&found, &expected));
    }
    // The photo lies on its side, and whoever chose the square saw it turned.
    let lying = file(&image::imageops::rotate270(&upright), ImageFormat::Png);
    let turned = made(&lying, &by_hand("0.2 0.3 0.4 90"));
    assert_eq!(turned.doubts, [Doubt::Sideways]);
    let found = image::load_from_memory(&turned.jpeg).expect("a JPEG").into_rgb8();
    assert!(difference(&found, &expected) < 2.5, "{}", difference(&found, &expected));
}

#[test]
fn a_square_chosen_by_hand_is_checked_and_no_face_is_asked_for() {
    let photo = file(&map((500, 800)), ImageFormat::Png);
    for outside in ["0.7 0 0.5", "0 0.9 0.2", "0 0.1 1 90"] {
        match render(&photo, &by_hand(outside)) {
            Err(PhotoError::OutsidePhoto(crop, _)) => assert_eq!(crop.to_string(), outside),
            other => panic!("{outside}: {other:?}"),
        }
    }
    let required = Options { faces: Faces::Required, ..by_hand("0 0 0.5") };
    assert_eq!(made(&photo, &required).doubts, []);
    assert_eq!(made(&photo, &by_hand("0 0 0.1")).doubts, [Doubt::Enlarged { from: (50, 50), to: 96 }]);
    // A thumbnail is not taken as it is if somebody chose a part of it or turned it.
    let thumbnail = made(&photo, &Options { crop: Crop::Center, ..OPTIONS }).jpeg;
    assert_eq!(made(&thumbnail, &by_hand("0 0 0.5")).doubts, [Doubt::Enlarged { from: (48, 48), to: 96 }]);
    let making =
        |crop: &str| Making { crop: by_hand(crop).crop, allow_blank: false, faces: Faces::Ignored, copies: true };
    assert!(series(&thumbnail, &[96], making("0 0 1")).expect("pictures").of(96) == thumbnail);
    assert!(series(&thumbnail, &[96], making("0 0 1 180")).expect("pictures").of(96) != thumbnail);
}

/// The page offers the square that the run took, and the square around the face.
#[test]
fn the_squares_that_a_page_offers_are_those_of_the_run() {
    let squares = |file: &[u8], crop| {
        let squares = made(file, &Options { crop, faces: Faces::Told, ..OPTIONS }).squares.expect("squares");
        (squares.taken.to_string(), squares.face.map(|face| face.to_string()))
    };
    let face = Some("0.25 0.04688 0.38672".to_owned());
    assert_eq!(squares(ASTRONAUT, Crop::Center), ("0 0 1".to_owned(), face.clone()));
    assert_eq!(squares(ASTRONAUT, Crop::Face), ("0.25 0.04688 0.38672".to_owned(), face.clone()));
    let by_hand = by_hand("0.25 0.04688 0.38672");
    let (by_hand, by_face) = (made(ASTRONAUT, &by_hand), made(ASTRONAUT, &OPTIONS));
    assert!(by_hand.jpeg == by_face.jpeg, "the square of the face is the same when somebody chooses it");
    let nobody = file(&map((500, 800)), ImageFormat::Png);
    assert_eq!(squares(&nobody, Crop::Center), ("0 0.1875 1".to_owned(), None));
    assert_eq!(squares(&nobody, Crop::Top), ("0 0 1".to_owned(), None));
    let lying = file(&DynamicImage::from(picture(512, (0, 0), (512, 512))).rotate90().into_rgb8(), ImageFormat::Png);
    assert_eq!(
        squares(&lying, Crop::Face),
        ("0.25 0.04688 0.38672 270".to_owned(), Some("0.25 0.04688 0.38672 270".to_owned()))
    );
    assert_eq!(squares(&lying, Crop::Center).1, None, "nobody has turned it");
}
