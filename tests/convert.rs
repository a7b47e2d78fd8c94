//! Tests `adphoto convert` by running the program as its users do.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "convert/lists.rs"]
mod lists;

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use adphoto::hash::Hash;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::Value;

/// A folder with photos to convert.
struct Photos(tempfile::TempDir);

/// The result of a run: the exit code, and the file name, status and reason code of each photo.
type Outcome = (i32, Vec<String>);

impl Photos {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Converts `source` to the folder `to`.
    fn convert(&self, source: &str, to: &str, arguments: &[&str]) -> Outcome {
        let named = self.path(source);
        let mut command = Command::new(env!("CARGO_BIN_EXE_adphoto"));
        command.arg("convert").args([&named, &self.path(to)]).args(["--format", "json"]).args(arguments);
        let output = command.stdin(Stdio::null()).output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let report: Value = serde_json::from_str(&stdout)
            .unwrap_or_else(|_| panic!("{stdout}{}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!((&report["command"], &report["dry_run"]), (&"convert".into(), &false.into()));
        // The command uses no directory, so its report says nothing of one.
        let run = report["run"].as_object().unwrap();
        let facts: Vec<_> = run.keys().map(String::as_str).collect();
        assert_eq!(facts, ["adphoto", "ended", "options", "source", "started"]);
        assert_eq!(Path::new(run["source"].as_str().unwrap()), named);
        let text = |record: &Value, field: &str| record[field].as_str().unwrap().to_owned();
        let outcome = |record: &Value| {
            let file = Path::new(&text(record, "photo")).file_name().unwrap().to_str().unwrap().to_owned();
            format!("{file}: {} {}", text(record, "status"), text(record, "reason_code")).trim_end().to_owned()
        };
        (output.status.code().unwrap(), report["records"].as_array().unwrap().iter().map(outcome).collect())
    }

    /// Returns the error message of a run that cannot begin.
    fn refused(&self, source: &str, to: &str, recursive: bool) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_adphoto"));
        command.arg("convert").args([self.path(source), self.path(to)]).args(recursive.then_some("--recursive"));
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
        String::from_utf8(output.stderr).unwrap()
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn done(outcomes: &[&str]) -> Outcome {
    (0, outcomes.iter().map(|&outcome| outcome.to_owned()).collect())
}

fn with_failures(outcomes: &[&str]) -> Outcome {
    (3, done(outcomes).1)
}

fn photo(shade: u8, format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_fn(300, 200, |x, y| Rgb([shade, (x % 200) as u8, (y % 200) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(image).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn a_folder_becomes_a_folder_of_thumbnails() {
    let photos = Photos::new();
    photos.file("in/mary ann team.png", photo(1, ImageFormat::Png));
    photos.file("in/anna.jpg", photo(2, ImageFormat::Jpeg));
    photos.file("in/broken.jpg", &photo(3, ImageFormat::Jpeg)[..2000]);
    photos.file("in/notes.txt", "no photo");
    let outcome = photos.convert("in", "new/out", &[]);
    let expected = [
        "anna.jpg: converted",
        "broken.jpg: failed damaged",
        "mary ann team.png: converted",
        "notes.txt: skipped not-an-image",
    ];
    assert_eq!(outcome, with_failures(&expected));
    assert_eq!(photos.names("new/out"), ["anna.jpg", "mary ann team.jpg"]);
    for name in photos.names("new/out") {
        let thumbnail = std::fs::read(photos.path("new/out").join(name)).unwrap();
        let image = image::load_from_memory_with_format(&thumbnail, ImageFormat::Jpeg).unwrap();
        assert_eq!((image.width(), image.height()), (96, 96));
        assert!(thumbnail.len() <= 10_240);
    }
    // Converting a thumbnail again does not change it.
    assert_eq!(photos.convert("new/out", "again", &[]), done(&["anna.jpg: converted", "mary ann team.jpg: converted"]));
    for name in photos.names("again") {
        let content = |folder: &str| std::fs::read(photos.path(folder).join(&name)).unwrap();
        assert!(content("again") == content("new/out"), "{name}");
    }
}

#[test]
fn nothing_is_overwritten_unasked_and_a_photo_never() {
    let photos = Photos::new();
    photos.file("in/anna.png", photo(1, ImageFormat::Png));
    photos.file("in/bob.jpg", photo(2, ImageFormat::Jpeg));
    photos.file("out/anna.jpg", "somebody's file");
    assert_eq!(photos.convert("in", "out", &[]), with_failures(&["anna.png: failed exists", "bob.jpg: converted"]));
    assert_eq!(std::fs::read(photos.path("out/anna.jpg")).unwrap(), b"somebody's file");
    let replaced = ["anna.png: converted", "bob.jpg: unchanged"];
    assert_eq!(photos.convert("in", "out", &["--overwrite"]), done(&replaced));
    assert_eq!(photos.convert("in", "out", &[]), done(&["anna.png: unchanged", "bob.jpg: unchanged"]));

    let original = std::fs::read(photos.path("in/bob.jpg")).unwrap();
    photos.file("in/list.csv", "bob,bob.jpg\n");
    assert_eq!(photos.convert("in/list.csv", "in", &["--overwrite"]), with_failures(&["bob.jpg: failed is-a-photo"]));
    for (to, recursive) in [("in/../in", false), ("in/thumbnails", true)] {
        let refused = photos.refused("in", to, recursive);
        assert!(refused.contains("would be among the photos"), "{refused}");
    }
    assert!(std::fs::read(photos.path("in/bob.jpg")).unwrap() == original);
    assert_eq!(photos.names("out"), ["anna.jpg", "bob.jpg"], "nothing unfinished is left");
}

#[test]
fn two_photos_of_one_name_are_both_refused() {
    let photos = Photos::new();
    for name in ["anna.png", "anna.jpg", "Bob.jpg", "bob.png", "carl.gif"] {
        let format = ImageFormat::from_path(name).unwrap();
        photos.file(&format!("in/{name}"), photo(1, format));
    }
    let expected = [
        "Bob.jpg: failed several-photos",
        "anna.jpg: failed several-photos",
        "anna.png: failed several-photos",
        "bob.png: failed several-photos",
        "carl.gif: converted",
    ];
    assert_eq!(photos.convert("in", "out", &[]), with_failures(&expected));
    assert_eq!(photos.names("out"), ["carl.jpg"]);
}

#[test]
fn a_list_names_the_thumbnails_and_no_name_leads_out_of_the_folder() {
    let photos = Photos::new();
    photos.file("hr/1.png", photo(1, ImageFormat::Png));
    photos.file("hr/2.png", photo(2, ImageFormat::Png));
    let list =
        "AD_user,path_to_file\nanna,1.png\n../../evil,2.png\nEXAMPLE\\bob,2.png\ncarl,3.png\n,1.png\nAnna,1.png\n";
    photos.file("hr/list.csv", list);
    let expected = [
        "1.png: converted",
        "2.png: failed bad-name",
        "2.png: failed bad-name",
        "3.png: failed no-such-file",
        "1.png: failed bad-row",
        "1.png: skipped named-twice",
    ];
    assert_eq!(photos.convert("hr/list.csv", "out", &[]), with_failures(&expected));
    assert_eq!(photos.names("out"), ["anna.jpg"]);
    assert_eq!(photos.names("."), ["hr", "out"]);
}

#[test]
fn a_list_may_say_what_its_files_hold() {
    let photos = Photos::new();
    let [anna, bob] = [1, 2].map(|shade| photo(shade, ImageFormat::Png));
    for name in ["hr/anna.png", "hr/bob.png", "hr/carl.png"] {
        photos.file(name, &bob);
    }
    let [anna, bob] = [anna, bob].map(|photo| Hash::of(&photo));
    let list =
        format!("user,path,sha256\nanna,anna.png,{anna}\nbob,bob.png,{bob}\ncarl,carl.png,\ndora,carl.png,{bob}0\n");
    photos.file("hr/list.csv", list);
    let expected =
        ["anna.png: failed photo-changed", "bob.png: converted", "carl.png: converted", "carl.png: failed bad-row"];
    assert_eq!(photos.convert("hr/list.csv", "out", &[]), with_failures(&expected));
    assert_eq!(photos.names("out"), ["bob.jpg", "carl.jpg"]);
}

#[test]
fn size_and_budget_are_kept() {
    let photos = Photos::new();
    photos.file("in/anna.png", photo(1, ImageFormat::Png));
    let enlarged = done(&["anna.png: converted enlarged"]);
    assert_eq!(photos.convert("in", "large", &["--size", "240"]), enlarged);
    assert_eq!(photos.convert("in", "small", &["--size", "64", "--max-bytes", "1500"]), done(&["anna.png: converted"]));
    let small = std::fs::read(photos.path("small/anna.jpg")).unwrap();
    assert!(small.len() <= 1500, "{}", small.len());
    let image = image::load_from_memory_with_format(&small, ImageFormat::Jpeg).unwrap();
    assert_eq!((image.width(), image.height()), (64, 64));
}

#[test]
fn reports_are_those_of_an_import() {
    let photos = Photos::new();
    photos.file("in/anna.png", photo(1, ImageFormat::Png));
    let report = photos.path("report.csv");
    assert_eq!(photos.convert("in", "out", &["--report", report.to_str().unwrap()]).0, 0);
    let report = std::fs::read_to_string(report).unwrap();
    let mut rows = report.lines();
    assert_eq!(
        rows.next(),
        Some(
            "\u{feff}user,photo,status,reason_code,reason,dn,bytes_before,bytes_after,display_name,department,\
             suggested_user,suggested_name"
        )
    );
    assert!(rows.next().unwrap().starts_with("anna,"));
}
