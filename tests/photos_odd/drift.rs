//! Tests that a photo is recognized after another program encoded it, and that no other person's photo passes for it.
//!
//! The tests that always run have drawn faces only. `portraits` measures the table of docs/microsoft365.md, on
//! portraits in the folders that `ADPHOTO_PORTRAITS` names, separated by colons.

#![expect(clippy::print_stdout, reason = "the table is what was asked for")]

use std::path::Path;

use adphoto::thumbnail::{Luma, Options, render};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{DynamicImage, RgbImage};

use super::OPTIONS;
use super::faces::{Behind, Hair, Look, portrait};

/// The sizes that Microsoft Graph serves.
const SIZES: [u32; 9] = [48, 64, 96, 120, 240, 360, 432, 504, 648];

fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture).unwrap();
    bytes
}

/// Returns a photo as Microsoft Graph may serve it.
fn served(picture: &RgbImage, size: u32, quality: u8) -> Luma {
    Luma::of(&jpeg(&imageops::resize(picture, size, size, FilterType::Lanczos3), quality)).unwrap()
}

/// Returns a photo as an import writes it to Active Directory.
fn thumbnail(picture: &RgbImage) -> Luma {
    Luma::of(&render(&jpeg(picture, 95), &OPTIONS).unwrap().jpeg).unwrap()
}

/// Returns the middle of a square picture. `cut` is the share that is cut off at each side.
fn part(picture: &RgbImage, cut: f32) -> RgbImage {
    let side = picture.width();
    let edge = (side as f32 * cut) as u32;
    imageops::crop_imm(picture, edge, edge, side - 2 * edge, side - 2 * edge).to_image()
}

/// Returns faces of people who do not exist, each with a name.
fn drawn(count: usize) -> Vec<(String, RgbImage)> {
    let hairs = [Hair::Bald, Hair::Short, Hair::Parted, Hair::Curly, Hair::Bob, Hair::Long, Hair::Bun];
    let looks = [Look::Plain, Look::Glasses, Look::Beard];
    let face = |number: usize| {
        let name = format!("person {number}");
        let face = portrait(&name, (648, 648), hairs[number % 7], looks[number / 7 % 3], Behind::Wall);
        (name, DynamicImage::from(face).into_rgb8())
    };
    (0..count).map(face).collect()
}

#[test]
fn a_photo_is_known_again_in_each_size_and_quality_and_another_part_of_it_is_not() {
    for (name, face) in drawn(3) {
        let here = thumbnail(&face);
        for size in [48, 96, 240] {
            for quality in [60, 95] {
                assert!(here.is_same(&served(&face, size, quality)), "{name} {size} {quality}");
            }
        }
        // Five percent are cut off at each side.
        assert!(!here.is_same(&served(&part(&face, 0.05), 240, 90)), "{name}");
    }
}

#[test]
fn nobody_passes_for_anybody_else() {
    let all: Vec<(String, Luma)> = drawn(12).into_iter().map(|(name, face)| (name, thumbnail(&face))).collect();
    for (place, (name, one)) in all.iter().enumerate() {
        for (other, two) in &all[place + 1..] {
            assert!(!one.is_same(two), "{name} and {other}: {}", one.difference(two));
        }
    }
    assert_eq!(Luma::of(b"no picture"), None);
}

/// Prints the table of docs/microsoft365.md.
#[test]
#[ignore = "takes minutes, and needs portraits: ADPHOTO_PORTRAITS=FOLDER:FOLDER"]
fn portraits() {
    let Ok(folders) = std::env::var("ADPHOTO_PORTRAITS") else {
        return println!("LEFT OUT, as ADPHOTO_PORTRAITS names no folders of portraits");
    };
    let files = folders.split(':').flat_map(|folder| walkdir::WalkDir::new(folder).sort_by_file_name()).flatten();
    let read = |path: &Path| Some((path.display().to_string(), square(&std::fs::read(path).ok()?)?));
    let mut faces: Vec<(String, RgbImage)> = files.filter_map(|file| read(file.path())).collect();
    println!("portraits: {}", faces.len());
    faces.extend(drawn(40));

    // Faces with fewer pixels than a thumbnail are only compared in pairs.
    let lumas: Vec<Luma> = faces.iter().map(|(_, face)| thumbnail(face)).collect();
    let all = faces.iter().map(|(_, face)| face).zip(&lumas);
    let whole: Vec<(&RgbImage, &Luma)> = all.filter(|(face, _)| face.width() >= 96).collect();
    println!("| what | pictures | pass for the same | median | 99.5 % | largest | smallest |");
    println!("|---|---|---|---|---|---|---|");
    let mut all = Vec::new();
    for size in SIZES {
        let mut found = Vec::new();
        for (face, here) in &whole {
            found.extend((60..=95).step_by(5).map(|quality| here.difference(&served(face, size, quality))));
        }
        all.extend(found.clone());
        row(&format!("encoded anew, {size}×{size}, quality 60 to 95"), found);
    }
    row("encoded anew, all sizes", all);
    for cut in [0.01, 0.02, 0.03, 0.05, 0.1] {
        let cut_off = |(face, here): &(&RgbImage, &Luma)| here.difference(&served(&part(face, cut), 240, 85));
        row(&format!("another crop, {:.0} % less at each side", cut * 100.0), whole.iter().map(cut_off).collect());
    }
    let aside = |(face, _): &(&RgbImage, &Luma)| {
        let (side, by) = (face.width() * 9 / 10, face.width() / 20);
        let [one, two] = [by, 0].map(|left| imageops::crop_imm(*face, left, by, side, side).to_image());
        thumbnail(&one).difference(&served(&two, 240, 85))
    };
    row("another crop, 5 % further left", whole.iter().map(aside).collect());
    let mut pairs = Vec::new();
    for (place, one) in lumas.iter().enumerate() {
        for (other, two) in lumas.iter().enumerate().skip(place + 1) {
            if one.is_same(two) {
                println!("pass for the same: {} and {}", faces[place].0, faces[other].0);
            }
            pairs.push(one.difference(two));
        }
    }
    row("two people", pairs);
}

/// Returns the square in the middle of a picture with its own pixels, up to 648×648; `None` if it is no picture.
fn square(file: &[u8]) -> Option<RgbImage> {
    let (width, height) = adphoto::thumbnail::dimensions(file)?;
    let size = width.min(height).min(648);
    adphoto::thumbnail::square(file, &Options { size, ..OPTIONS }).ok().map(|square| square.pixels)
}

fn row(what: &str, mut found: Vec<f64>) {
    found.sort_by(f64::total_cmp);
    let at = |part: f64| found[((found.len() - 1) as f64 * part).round() as usize];
    let same = found.iter().filter(|difference| **difference <= Luma::MAX_DIFFERENCE).count();
    let percent = same as f64 * 100.0 / found.len() as f64;
    println!(
        "| {what} | {} | {percent:.1} % | {:.1} | {:.1} | {:.1} | {:.1} |",
        found.len(),
        at(0.5),
        at(0.995),
        at(1.0),
        at(0.0)
    );
}
