//! Tests pictures on which nothing can be seen, and pictures that must not be mistaken for such.

use std::process::{Command, Stdio};

use adphoto::failure::Advice;
use adphoto::thumbnail::{Doubt, Flaw, Options, as_is, encode, flaws, render};
use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use crate::faces::{Behind, Hair, Look, portrait};
use crate::{OPTIONS, encoded, pixels, refused, scene};

const FORMATS: [ImageFormat; 6] =
    [ImageFormat::Bmp, ImageFormat::Gif, ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Tiff, ImageFormat::WebP];

fn ground(color: [u8; 3]) -> RgbImage {
    RgbImage::from_pixel(240, 320, Rgb(color))
}

#[test]
fn one_colour_is_refused_in_every_format() {
    for color in [[255; 3], [0; 3], [128; 3], [20, 90, 160]] {
        for format in FORMATS {
            let (code, text) = refused(&encoded(ground(color), format));
            assert_eq!(
                (code, &*text),
                ("blank", "the picture has only one colour: there is nothing to see"),
                "{format:?}"
            );
        }
    }
    // Only what the crop shows counts.
    let mut margins = ground([255; 3]);
    (0..320)
        .filter(|y| !(40..280).contains(y))
        .for_each(|y| (0..240).for_each(|x| margins.put_pixel(x, y, Rgb([0; 3]))));
    assert!(render(&encoded(margins.clone(), ImageFormat::Png), &OPTIONS).is_err());
}

#[test]
fn a_picture_without_an_opaque_pixel_is_refused() {
    let clear = RgbaImage::from_fn(300, 300, |x, y| Rgba([x as u8, y as u8, 7, 0]));
    for format in [ImageFormat::Png, ImageFormat::Tiff, ImageFormat::WebP, ImageFormat::Gif] {
        let (code, text) = refused(&encoded(clear.clone(), format));
        assert_eq!(
            (code, &*text),
            ("blank", "the picture is fully transparent: there is nothing to see"),
            "{format:?}"
        );
    }
    // White on a transparent ground is white on white.
    let logo = RgbaImage::from_fn(300, 300, |x, y| Rgba([255, 255, 255, if (x + y) % 60 < 30 { 255 } else { 0 }]));
    assert_eq!(refused(&encoded(logo, ImageFormat::Png)).0, "blank");
}

#[test]
fn what_is_asked_for_is_taken() {
    let white = encoded(ground([255; 3]), ImageFormat::Png);
    let allowed = Options { allow_blank: true, ..OPTIONS };
    let made = render(&white, &allowed).unwrap();
    assert!(pixels(&white).iter().all(|&value| value == 255));
    // A blank photo that is a thumbnail already is refused as well, and is taken unchanged if that is asked for.
    assert_eq!(refused(&made.jpeg).0, "blank");
    assert!(render(&made.jpeg, &allowed).unwrap().jpeg == made.jpeg);
    let taken = as_is(&made.jpeg, 10_000).unwrap();
    assert_eq!(taken.doubts, [Doubt::Blank]);
}

/// For pictures on which hardly anything can be seen: whatever is written is accepted the next time, and has no flaw.
#[test]
fn what_is_hardly_seen_is_written_for_good_or_not_at_all() {
    let (mut taken, mut refused) = (0, 0);
    for contrast in (1..24).step_by(2) {
        for (side, step) in [(10, 97), (60, 97), (240, 31), (240, 7)] {
            let marked = |x: u32, y: u32| x < side && y < side && (x + y) % step < step / 2 + 1;
            let picture = RgbImage::from_fn(240, 240, |x, y| Rgb([200 + if marked(x, y) { contrast } else { 0 }; 3]));
            let Ok(made) = render(&encoded(picture, ImageFormat::Bmp), &OPTIONS) else {
                refused += 1;
                continue;
            };
            taken += 1;
            assert!(render(&made.jpeg, &OPTIONS).unwrap().jpeg == made.jpeg, "{contrast} {side} {step}");
            assert_eq!(flaws(&made.jpeg, &OPTIONS), [], "{contrast} {side} {step}");
        }
    }
    assert!(taken > 10 && refused > 10, "{taken} and {refused}");
}

#[test]
fn audit_names_what_accounts_hold() {
    let square = |color: [u8; 3], size: u32| {
        encode(&RgbImage::from_pixel(size, size, Rgb(color)), &Options { size, max_bytes: 100_000, ..OPTIONS }).unwrap()
    };
    assert_eq!(flaws(&square([255; 3], 96), &OPTIONS), [Flaw::Blank]);
    assert_eq!(flaws(&square([30; 3], 64), &OPTIONS), [Flaw::Blank, Flaw::WrongSize(64)]);
    let large = encoded(ground([255; 3]), ImageFormat::Jpeg);
    assert_eq!(flaws(&large, &OPTIONS)[0], Flaw::Blank);
    assert_eq!(flaws(&encode(&pixels(&encoded(scene(), ImageFormat::Png)), &OPTIONS).unwrap(), &OPTIONS), []);
    assert!(Flaw::Blank.advice().unwrap().contains("import a photo"));
}

/// A line from one point to another; the coordinates are fractions of the picture's side.
type Stroke = ((f32, f32), (f32, f32));

/// Runs the program as people do.
#[test]
fn convert_refuses_what_shows_nothing_unless_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("in");
    std::fs::create_dir(&source).unwrap();
    std::fs::write(source.join("anna.png"), encoded(ground([255; 3]), ImageFormat::Png)).unwrap();
    std::fs::write(source.join("bob.png"), encoded(scene(), ImageFormat::Png)).unwrap();
    let convert = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_adphoto"));
        command.arg("convert").args([&source, &folder.path().join("out")]).args(["--format", "csv"]).args(arguments);
        let output = command.stdin(Stdio::null()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, report) = convert(&[]);
    assert!(code == Some(3) && report.contains("failed,blank,") && report.contains("--allow-blank"), "{report}");
    assert!(!folder.path().join("out/anna.jpg").exists() && folder.path().join("out/bob.jpg").exists());
    let (code, report) = convert(&["--allow-blank"]);
    assert!(code == Some(0) && report.contains("anna.png,converted,,"), "{report}");
}

/// Draws a letter of thin strokes, as a program does that makes pictures of initials.
fn initials(letter: &[Stroke], thickness: f32, ground: [u8; 3], ink: [u8; 3]) -> RgbImage {
    RgbImage::from_fn(192, 192, |x, y| {
        let (x, y) = (x as f32 / 192.0, y as f32 / 192.0);
        let near = |&((x1, y1), (x2, y2)): &Stroke| {
            let (across, down) = (x2 - x1, y2 - y1);
            let along = ((x - x1) * across + (y - y1) * down) / (across * across + down * down);
            let along = along.clamp(0.0, 1.0);
            (x - x1 - along * across).hypot(y - y1 - along * down) < thickness
        };
        Rgb(if letter.iter().any(near) { ink } else { ground })
    })
}

#[test]
fn initials_and_logos_are_not_blank() {
    let i = [((0.5, 0.3), (0.5, 0.7))];
    let l = [((0.4, 0.3), (0.4, 0.7)), ((0.4, 0.7), (0.6, 0.7))];
    let dot = [((0.5, 0.5), (0.501, 0.5))];
    let frame =
        [((0.0, 0.0), (1.0, 0.0)), ((1.0, 0.0), (1.0, 1.0)), ((1.0, 1.0), (0.0, 1.0)), ((0.0, 1.0), (0.0, 0.0))];
    let letters: [&[Stroke]; 4] = [&i, &l, &dot, &frame];
    let colors = [
        ([255; 3], [0; 3]),
        ([255; 3], [200; 3]),
        ([32; 3], [64; 3]),
        ([0, 84, 166], [255; 3]),
        ([230, 230, 230], [255; 3]),
        ([0, 120, 0], [200, 18, 0]),
        ([90, 90, 160], [120, 85, 110]),
    ];
    for letter in letters {
        for (ground, ink) in colors {
            for thickness in [0.008, 0.02, 0.05] {
                // A dot of two pixels may be missed if it hardly differs.
                if thickness < 0.05 && letter.len() == 1 && letter[0].0 == (0.5, 0.5) {
                    continue;
                }
                let picture = initials(letter, thickness, ground, ink);
                let format = if thickness < 0.01 { ImageFormat::Jpeg } else { ImageFormat::Bmp };
                let made = render(&encoded(picture, format), &OPTIONS);
                assert!(made.is_ok(), "{letter:?} of {ink:?} on {ground:?}, {thickness} thick: {made:?}");
            }
        }
    }
}

#[test]
fn faces_are_not_blank() {
    let looks = [(Look::Plain, Behind::Wall), (Look::Glasses, Behind::Nothing), (Look::Beard, Behind::Wall)];
    let hairs = [Hair::Bald, Hair::Short, Hair::Parted, Hair::Curly, Hair::Bob, Hair::Long, Hair::Bun];
    for (number, hair) in hairs.into_iter().enumerate() {
        for (look, behind) in looks {
            let face = portrait(&format!("person {number}"), (96, 128), hair, look, behind);
            // Faces are not blank if they are underexposed or overexposed, either.
            for (gain, lift) in [(1.0, 0.0), (0.3, 0.0), (0.3, 170.0)] {
                let mut exposed = face.clone();
                for value in exposed.pixels_mut().flat_map(|pixel| &mut pixel.0[..3]) {
                    *value = (f32::from(*value) * gain + lift) as u8;
                }
                let made = render(&encoded(exposed, ImageFormat::Bmp), &OPTIONS);
                assert!(made.is_ok(), "{number} times {gain}, and {lift}: {made:?}");
            }
        }
    }
}
