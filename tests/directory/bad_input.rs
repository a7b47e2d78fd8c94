//! Tests that each unusable file or row fails alone, with its reason, and that the rest is done.

use std::path::Path;
use std::time::Duration;

use image::ImageFormat;

use crate::photos::{encode, jpeg, number, picture};
use crate::run::{Folder, Records, Run};

/// The length, in bytes, of a field that is longer than any real one.
const FIELD: usize = 8 * 1024 * 1024;
/// The most memory that reading such a list may take: the file itself, plus the program.
const MEMORY: u64 = 64 * 1024 * 1024;
/// The longest time that this may take: such lists once took minutes, or never ended.
const LIMIT: Duration = Duration::from_secs(30);

on_both! {
    fn every_bad_file_is_one_record_and_the_rest_is_done(domain: &Domain) {
        let folder = Folder::new();
        let good = jpeg(5, 300, 300);
        let size_at = good.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap() + 5;
        let sized = |side: [u8; 4]| [&good[..size_at], &side, &good[size_at + 4..]].concat();
        let png = encode(&picture(6, 200, 200), ImageFormat::Png);
        let files: [(&str, &[u8], &str); 9] = [
            ("f-empty", b"", "failed empty-file"),
            ("f-text", b"not a picture", "failed not-an-image"),
            ("f-cut", &good[..good.len() / 2], "failed damaged"),
            ("f-zero", &sized([0, 0, 0, 0]), "failed damaged"),
            ("f-huge", &sized([0xFF, 0xDC, 0xFF, 0xDC]), "failed too-large"),
            ("f-cutpng", &png[..png.len() / 2], "failed damaged"),
            ("f-good", &good, "written"),
            ("f-png", &png, "written"),
            ("f-small", &jpeg(7, 48, 64), "written enlarged"),
        ];
        for (name, content, _) in files {
            domain.user(name);
            folder.file(&format!("{name}.jpg"), content);
        }
        folder.file("notes.txt", "about the photos");
        folder.file("Thumbs.db", "");
        folder.file("f-nobody.jpg", &good);
        folder.file("f-good.jpeg.bak", "junk");
        domain.user("f-folder");
        std::fs::create_dir(folder.path().join("f-folder.jpg")).unwrap();
        let special = special_files(folder.path());
        special.iter().for_each(|(name, _)| drop(domain.user(name)));

        let run = domain.import(folder.path()).records();
        assert_eq!(run.code, Some(3));
        for (name, _, outcome) in files {
            assert_eq!(run.outcome(&format!("{name}.jpg")), outcome, "{}", run.json);
        }
        for (name, outcome) in &special {
            assert_eq!(&run.outcome(&format!("{name}.jpg")), outcome);
        }
        assert_eq!(run.outcome("f-folder.jpg"), "failed not-a-file");
        assert_eq!(run.outcome("f-nobody.jpg"), "failed no-such-account");
        assert_eq!(run.outcome("notes.txt"), "skipped not-an-image");
        assert_eq!(run.outcome("f-good.jpeg.bak"), "skipped not-an-image");
        assert_eq!(run.all().len(), files.len() + special.len() + 4);
        assert_eq!(number(&domain.photo(&format!("CN=f-good,{}", domain.base)).unwrap()), 5);
        assert_eq!(number(&domain.photo(&format!("CN=f-png,{}", domain.base)).unwrap()), 6);
        assert_eq!(domain.photo(&format!("CN=f-cut,{}", domain.base)), None);
    }

    fn every_bad_row_is_one_record_with_its_line(domain: &Domain) {
        let people = ["r-one", "r-two", "r-three", "r-four"].map(|name| domain.user(name));
        let folder = Folder::new();
        folder.file("1.jpg", jpeg(1, 100, 100));
        folder.file("2.jpg", jpeg(2, 100, 100));
        let long = "x".repeat(1024 * 1024);
        let list = format!(
            "AD_user, path_to_file\n r-one , 1.jpg\nr-nobody,1.jpg\nr-two\n,1.jpg\nr-two,\nr-two,\"1.jpg\nr-t\0o,1.jpg\n\
             {long},1.jpg\nr-two,missing.jpg\nr-three,1.jpg\nR-Three,2.jpg\nr-four,2.jpg\nR-One,1.jpg\n"
        );
        let run = domain.import(folder.file("list.csv", list)).records();
        assert_eq!(run.code, Some(3));
        assert_eq!(
            run.outcomes(),
            [
                "written",
                "failed no-such-account",
                "failed bad-row",
                "failed bad-row",
                "skipped no-photo-named",
                "failed bad-row",
                "failed bad-row",
                "failed bad-row",
                "failed no-such-file",
                "failed several-photos",
                "failed several-photos",
                "written",
                "skipped named-twice",
            ]
        );
        for (line, record) in (2..).zip(run.all()) {
            let reason = record["reason"].as_str().unwrap();
            assert!(reason.is_empty() || reason.starts_with(&format!("line {line}: ")), "{reason}");
            assert!(record.to_string().len() < 2000, "a record is for reading");
        }
        assert_eq!(people.map(|dn| domain.photo(&dn).map(|photo| number(&photo))), [Some(1), None, None, Some(2)]);
    }

    /// However long a field is, and however many lines are empty, a list takes about as much memory as it has bytes.
    fn lists_of_any_shape_stay_within_limits(domain: &Domain) {
        domain.user("z-last");
        let folder = Folder::new();
        folder.file("1.jpg", jpeg(1, 100, 100));
        let long = "x".repeat(FIELD);
        let others = [("blank", "\n".repeat(300_000)), ("empty", " ; ;\r\n".repeat(100_000)), ("cells", ";".repeat(FIELD) + "\n")];
        let lists = [("field", format!("z-none;{long}\n")), ("quoted", format!("z-none;\"{long}\"\n"))];
        for (name, rows) in others.into_iter().chain(lists) {
            let failed = if rows.contains("z-none") { vec!["failed bad-row"] } else { Vec::new() };
            let list = folder.file(&format!("{name}.csv"), format!("user;photo\n{rows}z-last;1.jpg\n"));
            let import = domain.import(list).args(&["--dry-run", "--format", "json"]);
            let run = Records::read(Run::bounded(import.spawn(), LIMIT, MEMORY));
            let outcomes = run.outcomes();
            assert_eq!(outcomes[..outcomes.len() - 1], failed, "{name}");
            assert!(outcomes.ends_with(&["would-write".to_owned()]), "{name}: {outcomes:?}");
            assert!(run.json.to_string().len() < 4000, "{name}: a record is for reading");
        }
    }

    /// A source with nothing to do is an error.
    fn a_source_with_nothing_in_it_cannot_run(domain: &Domain) {
        let folder = Folder::new();
        folder.file("empty.csv", "");
        folder.file("header.csv", "user,path\n");
        folder.file("columns.csv", "a,b,photo\n1,2,3\n");
        folder.file("book.csv", b"PK\x03\x04 and so on");
        folder.file("fotos.zip", b"PK\x03\x04 and so on");
        folder.file("swapped.csv", "user,photo\n1.jpg,anna\n");
        folder.file("unknown.csv", "Nachname;Vorname;Abteilung\nMiller;Anna;IT\n");
        std::fs::create_dir(folder.path().join("nothing")).unwrap();
        for (source, words) in [
            ("empty.csv", "the CSV file is empty"),
            ("header.csv", "a header and no rows"),
            ("columns.csv", "no column for the user"),
            ("book.csv", "an Excel workbook"),
            ("nothing", "the folder has no files"),
            ("not-there.csv", "there is no file or folder"),
            ("*.png", "no file matches"),
            ("[", "is not valid"),
            ("fotos.zip", "a ZIP archive"),
            ("swapped.csv", "are the columns swapped?"),
            ("unknown.csv", "its first line reads: Nachname | Vorname | Abteilung"),
        ] {
            let run = domain.import(folder.path().join(source)).run();
            assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{source}");
            assert!(run.stderr.contains(words), "{source}: {}", run.stderr);
        }
    }
}

on_tenant! {
    every_bad_row_is_one_record_with_its_line
    a_source_with_nothing_in_it_cannot_run
}

/// Makes files that are not regular files, if the system has such, and returns each with the outcome that is expected.
#[cfg(unix)]
fn special_files(folder: &Path) -> Vec<(&'static str, &'static str)> {
    let pipe = std::process::Command::new("mkfifo").arg(folder.join("f-pipe.jpg")).status().unwrap();
    assert!(pipe.success());
    std::os::unix::fs::symlink("gone.jpg", folder.join("f-dangling.jpg")).unwrap();
    vec![("f-pipe", "failed not-a-file"), ("f-dangling", "failed no-such-file")]
}

#[cfg(not(unix))]
fn special_files(_: &Path) -> Vec<(&'static str, &'static str)> {
    Vec::new()
}
