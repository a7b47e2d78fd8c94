//! `--crop face`, and what an audit says of faces.

use image::imageops::{FilterType, overlay, resize};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use crate::audit::outcome;
use crate::photos::encode;
use crate::run::{Folder, Import};

/// See `tests/photos/faces/README.md`.
const ASTRONAUT: &[u8] = include_bytes!("../photos/faces/astronaut.jpg");
/// The square of that photo that shows the face: left, top and side.
const SQUARE: (u32, u32, u32) = (128, 24, 198);

fn astronaut() -> RgbImage {
    image::load_from_memory(ASTRONAUT).unwrap().into_rgb8()
}

/// Returns the astronaut's photo at a place of a gray picture.
fn placed(place: (i64, i64), size: (u32, u32)) -> RgbImage {
    let mut ground = RgbImage::from_fn(size.0, size.1, |x, y| Rgb([100 + ((x + y) % 16) as u8; 3]));
    overlay(&mut ground, &astronaut(), place.0, place.1);
    ground
}

fn png(picture: &RgbImage) -> Vec<u8> {
    encode(picture, ImageFormat::Png)
}

/// Returns how much a thumbnail differs from that square of a picture, in steps of 0 to 255.
fn difference(thumbnail: &[u8], picture: &RgbImage, (left, top, side): (u32, u32, u32)) -> f64 {
    let shown = image::load_from_memory_with_format(thumbnail, ImageFormat::Jpeg).unwrap().into_rgb8();
    assert_eq!(shown.dimensions(), (96, 96));
    let square = DynamicImage::from(picture.clone()).crop_imm(left, top, side, side).into_rgb8();
    let expected = resize(&square, 96, 96, FilterType::Lanczos3);
    let differences = shown.as_raw().iter().zip(expected.as_raw()).map(|(one, other)| u64::from(one.abs_diff(*other)));
    differences.sum::<u64>() as f64 / shown.as_raw().len() as f64
}

/// Returns whether a thumbnail shows that square of a picture, and not one that is a little beside it.
fn shows(thumbnail: &[u8], picture: &RgbImage, square: (u32, u32, u32)) -> bool {
    difference(thumbnail, picture, square) < 6.0
}

/// A thumbnail of the face alone, as an import with `--crop face` makes it.
fn portrait() -> RgbImage {
    let (left, top, side) = SQUARE;
    resize(&DynamicImage::from(astronaut()).crop_imm(left, top, side, side).into_rgb8(), 96, 96, FilterType::Lanczos3)
}

fn as_thumbnail(picture: &RgbImage) -> Vec<u8> {
    let options = adphoto::thumbnail::Options {
        size: 96,
        max_bytes: 100_000,
        crop: adphoto::thumbnail::Crop::Center,
        allow_blank: false,
        faces: adphoto::thumbnail::Faces::Ignored,
    };
    adphoto::thumbnail::encode(picture, &options).unwrap()
}

on_both! {
    /// The square follows the face through a picture, and what is not clear is written with its reason, or fails.
    fn the_face_is_what_the_directory_gets(domain: &Domain) {
        let people = ["f-near", "f-left", "f-lying", "f-nobody"].map(|name| domain.user(name));
        let folder = Folder::new();
        let left = placed((0, 30), (1100, 560));
        let nobody = RgbImage::from_fn(300, 400, |x, y| Rgb([(x / 2) as u8, (y / 3) as u8, 90]));
        folder.file("f-near.jpg", ASTRONAUT);
        folder.file("f-left.png", png(&left));
        folder.file("f-lying.png", png(&DynamicImage::from(astronaut()).rotate90().into_rgb8()));
        folder.file("f-nobody.png", png(&nobody));

        let rehearsed = domain.import(folder.path()).args(&["--dry-run"]).run();
        let hint = "in 2 of 4 photos the face is cut off or small; --crop face would show it: f-left.png (";
        assert!(rehearsed.stdout.contains(hint), "{}", rehearsed.stdout);
        let asked = domain.import(folder.path()).args(&["--dry-run", "--crop", "face"]).run();
        assert!(!asked.stdout.contains("--crop face would"), "{}", asked.stdout);

        let required = domain.import(folder.path()).args(&["--crop", "face", "--require-face"]).records();
        assert_eq!(required.code, Some(3));
        assert_eq!(required.outcomes(), ["written", "written sideways", "written", "failed no-face"], "{}", required.json);
        assert_eq!(domain.photo(&people[3]), None);
        let run = domain.import(folder.path()).args(&["--crop", "face"]).records();
        assert_eq!(run.outcomes(), ["unchanged", "unchanged sideways", "unchanged", "written no-face"], "{}", run.json);
        let photo = |at: usize| domain.photo(&people[at]).unwrap();
        assert!(shows(&photo(0), &astronaut(), SQUARE));
        // In a larger picture the face has fewer pixels for the search, and its place is less exact.
        let beside = difference(&photo(1), &left, (SQUARE.0, SQUARE.1 + 30, SQUARE.2));
        assert!(beside < 35.0 && difference(&photo(1), &left, (270, 0, 560)) > 45.0, "{beside}");
        assert!(shows(&photo(2), &astronaut(), SQUARE), "turned upright");
        assert!(shows(&photo(3), &nobody, (0, 0, 300)), "as with --crop top");
        assert!(!shows(&photo(0), &astronaut(), (SQUARE.0 + 12, SQUARE.1, SQUARE.2)), "the test itself sees a shift");
    }

    fn an_audit_says_what_is_wrong_with_faces_unless_that_is_accepted(domain: &Domain) {
        let mut two = RgbImage::from_fn(96, 96, |x, y| Rgb([100 + ((x + y) % 16) as u8; 3]));
        let half = resize(&portrait(), 48, 48, FilterType::Lanczos3);
        overlay(&mut two, &half, 0, 24);
        overlay(&mut two, &half, 48, 24);
        let photos = [
            ("g-face", portrait(), "ok"),
            ("g-small", resize(&astronaut(), 96, 96, FilterType::Lanczos3), "unfit small-face"),
            ("g-two", two, "unfit several-faces"),
            ("g-lying", image::imageops::rotate270(&portrait()), "unfit sideways"),
            ("g-logo", RgbImage::from_fn(96, 96, |x, y| Rgb([(x * 2) as u8, (y * 2) as u8, 90])), "unfit no-face"),
        ];
        for (name, picture, _) in &photos {
            let dn = domain.user(name);
            domain.set_photo(&dn, Some(&as_thumbnail(picture)));
        }
        let audit = || Import::of(domain, vec!["audit".into()]);
        let all = audit().records();
        for (name, _, expected) in &photos {
            assert_eq!(outcome(&all, name), *expected, "{name}");
        }
        assert!(audit().run().stdout.contains("no face is certain"), "the text says it too");
        let accepted = audit().args(&["--ignore-flaw", "no-face,several-faces", "--ignore-flaw", "small-face,sideways"]);
        assert_eq!(accepted.records().count("ok"), 5);
        let some = audit().args(&["--ignore-flaw", "no-face"]).records();
        assert_eq!((outcome(&some, "g-logo"), outcome(&some, "g-lying")), ("ok".to_owned(), "unfit sideways".to_owned()));
        let unknown = audit().args(&["--ignore-flaw", "ugly"]).run();
        assert!(unknown.code == Some(2) && unknown.stderr.contains("no-face"), "{}", unknown.stderr);
    }

    /// What an audit offers, it looks at as an import would.
    fn an_audit_offers_photos_as_an_import_would_crop_them(domain: &Domain) {
        domain.user("h-face");
        domain.user("h-none");
        let folder = Folder::new();
        folder.file("h-face.jpg", ASTRONAUT);
        folder.file("h-none.png", png(&RgbImage::from_fn(300, 400, |x, y| Rgb([(x / 2) as u8, (y / 3) as u8, 90]))));
        let source = folder.path().to_str().unwrap().to_owned();
        let offered = |more: &[&str]| {
            let records = Import::of(domain, vec!["audit".into()]).args(&["--photos", &source]).args(more).records();
            [outcome(&records, "h-face"), outcome(&records, "h-none")]
        };
        assert_eq!(offered(&[]), ["missing photo-at-hand", "missing photo-at-hand"]);
        assert_eq!(offered(&["--crop", "face"]), ["missing photo-at-hand", "missing no-face;photo-at-hand"]);
        assert_eq!(offered(&["--require-face"]), ["missing photo-at-hand", "missing no-face"]);
    }

    fn account_pictures_show_the_same_square(domain: &Domain) {
        let sid = domain.sid(&domain.user("i-anna"));
        let folder = Folder::new();
        folder.file("photos/i-anna.jpg", ASTRONAUT);
        let (photos, pictures) = (folder.path().join("photos"), folder.path().join("pictures"));
        let publish = || domain.publish(&pictures).args(&["--photos", photos.to_str().unwrap()]);
        let rehearsed = publish().args(&["--dry-run"]).run();
        let hint = "in 1 of 1 photos the face is cut off or small; --crop face would show it: i-anna.jpg (";
        assert!(rehearsed.stdout.contains(hint), "{}", rehearsed.stdout);
        let run = publish().args(&["--crop", "face"]).records();
        assert_eq!(run.outcomes(), ["published fewer-pixels"], "{}", run.json);
        let picture = |size: u32| std::fs::read(pictures.join(&sid).join(format!("Image{size}.jpg"))).unwrap();
        assert!(shows(&picture(96), &astronaut(), SQUARE));
        assert_eq!(adphoto::thumbnail::dimensions(&picture(448)), Some((SQUARE.2, SQUARE.2)), "never enlarged");
        assert_eq!(publish().args(&["--crop", "face"]).records().count("unchanged"), 1);
    }
}
