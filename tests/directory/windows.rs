//! Tests what only Windows has: drives, backslashes, shares, devices, long paths, and files that other programs hold
//! open.

use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use adphoto::journal::Past;

use crate::domain::Domain;
use crate::photos::{jpeg, number};
use crate::run::Folder;

/// FILE_SHARE_READ: while the file is open, others may read it, but neither write nor delete it.
const SHARED_FOR_READING: u32 = 1;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Makes a folder whose path is longer than the 260 characters that old programs allow.
fn deep(folder: &Folder) -> std::path::PathBuf {
    let deep = (0..6)
        .fold(folder.path().to_path_buf(), |path, _| path.join("a folder of fifty characters, as people nest them"));
    std::fs::create_dir_all(&deep).unwrap();
    assert!(text(&deep).len() > 260);
    deep
}

#[test]
fn a_list_names_photos_in_every_form_that_windows_has() {
    let domain = Domain::practice();
    let folder = Folder::new();
    let root = text(folder.path()).to_owned();
    let (drive, rooted) = root.split_once(':').unwrap();
    let forms = [
        format!(r"{root}\in\p-1.jpg"),
        format!("{}/in/p-2.jpg", root.replace('\\', "/")),
        r"in\p-3.jpg".to_owned(),
        "in/p-4.jpg".to_owned(),
        format!(r"\\?\{root}\in\p-5.jpg"),
        r".\in\..\in\p-6.jpg".to_owned(),
        format!(r"{}:{rooted}\IN\P-7.JPG", drive.to_lowercase()),
    ];
    let mut list = "AD_user,path_to_file\r\n".to_owned();
    let mut people = Vec::new();
    for (number, form) in (1..).zip(&forms) {
        people.push(domain.user(&format!("p-{number}")));
        folder.file(&format!("in/p-{number}.jpg"), jpeg(number, 100, 100));
        list += &format!("p-{number} , {form}\r\n");
    }
    let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(list.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (name, content) in [("list.csv", list.as_bytes()), ("utf16.csv", &utf16)] {
        people.iter().for_each(|dn| domain.set_photo(dn, None));
        let run = domain.import(folder.file(name, content)).records();
        assert_eq!((run.code, run.count("written")), (Some(0), 7), "{name}: {}", run.json);
        for (expected, dn) in (1..).zip(&people) {
            assert_eq!(number(&domain.photo(dn).unwrap()), expected);
        }
    }
}

/// Windows may take long to look for a server; the run waits for that, and still ends.
#[test]
fn shares_that_are_not_there_and_devices_fail_alone() {
    let domain = Domain::practice();
    let names = [
        r"\\127.0.0.1\no such share\x.jpg",
        r"\\?\UNC\127.0.0.1\no such share\x.jpg",
        "NUL",
        "NUL.jpg",
        r"in\CON",
        "COM9.jpg",
        r"\\.\NUL",
        "x.jpg:stream",
        "in|x.jpg",
        r"?:\x.jpg",
    ];
    let folder = Folder::new();
    let mut list = "user;photo\r\n".to_owned();
    for (number, name) in names.iter().enumerate() {
        domain.user(&format!("n-{number}"));
        list += &format!("n-{number};{name}\r\n");
    }
    let well = domain.user("n-well");
    folder.file("well.jpg", jpeg(5, 100, 100));
    let list = folder.file("list.csv", list + "n-well;well.jpg\r\n");
    let begun = Instant::now();
    let run = domain.import(&list).records();
    assert!(begun.elapsed() < Duration::from_secs(120), "{:?}", begun.elapsed());
    assert_eq!((run.code, run.count("failed"), run.count("written")), (Some(3), 10, 1), "{}", run.json);
    assert_eq!(number(&domain.photo(&well).unwrap()), 5);
    for record in run.all() {
        assert!(record["status"] == "written" || !record["reason"].as_str().unwrap().is_empty(), "{record}");
    }
}

#[test]
fn no_path_is_too_long() {
    let domain = Domain::practice();
    let dn = domain.user("l-one");
    let folder = Folder::new();
    let deep = deep(&folder);
    let inbox = deep.join("in");
    std::fs::create_dir(&inbox).unwrap();
    let (report, journal) = (deep.join("report.csv"), deep.join("run.jsonl"));
    let list = deep.join("list.csv");
    std::fs::write(&list, "user,photo\r\nl-one,in\\l-one.jpg\r\n").unwrap();
    let long = |path: &Path| std::path::PathBuf::from(format!(r"\\?\{}", text(path)));
    let sources = [inbox.clone(), inbox.join("*.jpg"), list, long(&inbox), long(&inbox.join("*.jpg"))];
    for (photo, source) in (1..).zip(&sources) {
        std::fs::write(inbox.join("l-one.jpg"), jpeg(photo, 100, 100)).unwrap();
        let _ = std::fs::remove_file(&journal);
        let run = domain.import(source).args(&["--report", text(&report)]).journal(&journal).records();
        assert_eq!((run.code, run.outcomes()), (Some(0), vec!["written".to_owned()]), "{source:?} {}", run.stderr);
        assert_eq!(number(&domain.photo(&dn).unwrap()), photo);
        assert!(std::fs::read_to_string(&report).unwrap().contains("l-one.jpg"));
        assert_eq!(Past::read(&journal, false).unwrap().changes.len(), 1);
    }
    let undone = domain.undo(&[&journal]).records();
    assert_eq!((undone.code, number(&domain.photo(&dn).unwrap())), (Some(0), 4), "{}", undone.json);
}

/// Wine does not tell the real path of such a folder, so tests/windows leaves this test out.
#[test]
fn folders_of_photos_may_be_deep() {
    let domain = Domain::practice();
    domain.user("l-one");
    let folder = Folder::new();
    let deep = deep(&folder);
    let (inbox, done) = (deep.join("in"), deep.join("done"));
    std::fs::create_dir(&inbox).unwrap();
    std::fs::write(inbox.join("l-one.jpg"), jpeg(1, 100, 100)).unwrap();
    let run = domain.import(&inbox).args(&["--move-done", text(&done)]).records();
    assert_eq!(run.outcomes(), ["written"], "{}", run.stderr);
    assert!(done.join("l-one.jpg").exists() && !inbox.join("l-one.jpg").exists());
    let exported = domain.export(deep.join("out")).records();
    assert_eq!(exported.of("l-one.jpg")["status"], "exported", "{}", exported.json);
    assert!(deep.join("out").join("l-one.jpg").exists());
}

/// Neither cmd nor PowerShell expands patterns.
#[test]
fn patterns_are_expanded_by_adphoto() {
    let domain = Domain::practice();
    for name in ["g-one", "g-two", "g-three"] {
        domain.user(name);
    }
    let folder = Folder::new();
    folder.file("photos/g-one.jpg", jpeg(1, 100, 100));
    folder.file("photos/G-Two.JPG", jpeg(2, 100, 100));
    folder.file("photos/more/g-three.jpg", jpeg(3, 100, 100));
    folder.file("photos/list.csv", "user,photo\n");
    for (pattern, found) in [
        (r"photos\*.jpg", 2),
        ("photos/*.jpg", 2),
        (r"photos\**\*.jpg", 3),
        ("photos/**/*.jpg", 3),
        (r"PHOTOS\g-t*.*", 1),
        (r"photos\g-???.jpg", 2),
    ] {
        let run = domain.import(folder.path().join(pattern)).args(&["--dry-run"]).records();
        assert_eq!((run.code, run.count("would-write")), (Some(0), found), "{pattern}: {}", run.json);
    }
    let run = domain.import(folder.path().join(r"photos\none-*.jpg")).run();
    assert!(run.code == Some(1) && run.stderr.contains("no file matches the pattern"), "{}", run.stderr);
    let run = domain.import(format!(r"\\?\{}\none", text(folder.path()))).run();
    assert!(run.code == Some(1) && run.stderr.contains("there is no file or folder"), "{}", run.stderr);
}

#[test]
fn a_backslash_before_a_quotation_mark_is_told() {
    let folder = Folder::new();
    let line = format!(r#"convert "{}\" out"#, text(folder.path()));
    let output = Command::new(env!("CARGO_BIN_EXE_adphoto")).raw_arg(line).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "the folder is missing");
    let line = format!(r#"convert "{}\" out" out"#, text(folder.path()));
    let output = Command::new(env!("CARGO_BIN_EXE_adphoto")).raw_arg(line).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && stderr.contains("leave out the backslash"), "{stderr}");
}

/// Names that differ only in case are the same file, and a run notices if it is given the same file twice.
#[test]
fn case_makes_no_other_file() {
    let domain = Domain::practice();
    domain.user("c-one");
    let folder = Folder::new();
    folder.file("in/c-one.jpg", jpeg(1, 100, 100));
    let (report, journal) = (folder.path().join("run.json"), folder.path().join("RUN.JSON"));
    let run = domain.import(folder.path().join("IN")).args(&["--report", text(&report)]).journal(&journal).run();
    assert!(run.code == Some(2) && run.stderr.contains("cannot both be"), "{}", run.stderr);
    let source = folder.file("list.csv", "user,photo\nc-one,IN/C-ONE.JPG\n");
    let run = domain.import(&source).args(&["--report", text(&folder.path().join("LIST.CSV"))]).run();
    assert!(run.code == Some(2) && run.stderr.contains("overwrite the source"), "{}", run.stderr);
    let done = folder.path().join("in/done");
    let run = domain.import(folder.path().join("IN")).args(&["--recursive", "--move-done", text(&done)]).run();
    assert!(run.code == Some(1) && run.stderr.contains("found again"), "{}", run.stderr);
    assert_eq!(domain.import(&source).records().outcomes(), ["written"]);
}

#[test]
fn a_file_that_another_program_holds_fails_alone_and_is_told() {
    let domain = Domain::practice();
    let people = ["h-held", "h-open"].map(|name| domain.user(name));
    let folder = Folder::new();
    let held = folder.file("in/h-held.jpg", jpeg(1, 100, 100));
    let open = folder.file("in/h-open.jpg", jpeg(2, 100, 100));
    let done = folder.path().join("done");
    let hold = std::fs::OpenOptions::new().read(true).write(true).share_mode(0).open(&held).unwrap();
    // The file is open as in a viewer: others may read it, but neither write nor move it.
    let view = std::fs::OpenOptions::new().read(true).share_mode(SHARED_FOR_READING).open(&open).unwrap();
    let import = || domain.import(folder.path().join("in")).args(&["--move-done", text(&done)]);
    let run = import().records();
    assert_eq!((run.code, run.count("failed"), run.count("written")), (Some(3), 1, 1), "{} {}", run.json, run.stderr);
    let reason = run.of("h-held.jpg")["reason"].as_str().unwrap();
    assert!(reason.contains("cannot be read") && reason.contains("(os error 32)"), "{reason}");
    assert!(run.stderr.contains("could not be moved") && open.exists(), "{}", run.stderr);
    drop((hold, view));
    let run = import().records();
    assert_eq!((run.code, run.count("written"), run.count("unchanged")), (Some(0), 1, 1), "{}", run.json);
    assert!(!held.exists() && !open.exists() && people.iter().all(|dn| domain.photo(dn).is_some()), "{}", run.stderr);
}

/// The error comes before anything is changed. Last night's report may be open in Excel.
#[test]
fn a_report_that_cannot_be_replaced_is_told_before_the_run() {
    let domain = Domain::practice();
    domain.user("r-one");
    let folder = Folder::new();
    folder.file("in/r-one.jpg", jpeg(1, 100, 100));
    let before = domain.snapshot();
    let report = folder.path().join("report.csv");
    let asked = |report: &Path| domain.import(folder.path().join("in")).args(&["--report", text(report)]);
    // Only a report of adphoto is replaced.
    assert_eq!(asked(&report).args(&["--dry-run"]).run().code, Some(0));
    let last_nights = std::fs::read(&report).unwrap();
    let import = |report: &Path| asked(report).run();
    let excel = std::fs::OpenOptions::new().read(true).share_mode(SHARED_FOR_READING).open(&report).unwrap();
    let run = import(&report);
    assert!(run.code == Some(1) && run.stderr.contains("cannot write the report"), "{}", run.stderr);
    assert!(run.stderr.contains("(os error 32)"), "{}", run.stderr);
    drop(excel);
    let mut permissions = report.metadata().unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&report, permissions).unwrap();
    let run = import(&report);
    assert!(run.code == Some(1) && run.stderr.contains("cannot write the report"), "{}", run.stderr);
    let run = import(&folder.path().join("NUL.csv"));
    assert!(run.code == Some(1) && run.stderr.contains("report"), "{}", run.stderr);
    assert_eq!(domain.snapshot(), before);
    assert!(std::fs::read(&report).unwrap() == last_nights);
}

/// Journals are kept in %LOCALAPPDATA%, settings in %APPDATA%.
#[test]
fn journals_and_settings_are_where_windows_has_them() {
    let domain = Domain::practice();
    let dn = domain.user("a-one");
    let folder = Folder::new();
    folder.file("in/a-one.jpg", jpeg(1, 300, 300));
    let (roaming, local) = (folder.path().join("Roaming"), folder.path().join("Local"));
    folder.file("Roaming/adphoto/adphoto.toml", "size = 64\n");
    let run = |import: crate::run::Import| import.env("APPDATA", &roaming).env("LOCALAPPDATA", &local).run();
    let imported = run(domain.import(folder.path().join("in")));
    assert_eq!(imported.code, Some(0), "{}", imported.stderr);
    let photo = image::load_from_memory(&domain.photo(&dn).unwrap()).unwrap();
    assert_eq!(photo.width(), 64);
    let journals: Vec<_> = std::fs::read_dir(local.join(r"adphoto\journals")).unwrap().collect();
    assert_eq!(journals.len(), 1);
    let undone = run(domain.undo(&[]).args(&["--last"]));
    assert!(undone.code == Some(0) && domain.photo(&dn).is_none(), "{}", undone.stderr);
}

/// A read-only photo, such as one from a CD, is moved and does not stay in both places.
#[test]
fn a_read_only_photo_is_moved() {
    let domain = Domain::practice();
    domain.user("o-one");
    let folder = Folder::new();
    let photo = folder.file("in/o-one.jpg", jpeg(1, 100, 100));
    let mut permissions = photo.metadata().unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&photo, permissions).unwrap();
    let done = folder.path().join("done");
    let run = domain.import(folder.path().join("in")).args(&["--move-done", text(&done)]).records();
    assert_eq!((run.code, run.outcomes()), (Some(0), vec!["written".to_owned()]), "{}", run.stderr);
    let moved = done.join("o-one.jpg");
    assert!(!photo.exists() && moved.exists(), "{}", run.stderr);
}

/// In a folder where others may write, somebody could place a file that sends the password to another server.
#[test]
fn settings_in_the_working_folder_count_only_within_the_users_profile() {
    let folder = Folder::new();
    folder.file("adphoto.toml", "size = 64\n");
    let show = |profile: &Path| {
        let mut adphoto = std::process::Command::new(env!("CARGO_BIN_EXE_adphoto"));
        adphoto.args(["config", "show"]).current_dir(folder.path()).env("USERPROFILE", profile).output().unwrap()
    };
    let shown = show(folder.path());
    assert!(shown.status.success() && String::from_utf8_lossy(&shown.stdout).contains("64"), "{shown:?}");
    let refused = show(&folder.path().join("elsewhere"));
    assert!(refused.status.code() == Some(2), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--config"), "{refused:?}");
}
