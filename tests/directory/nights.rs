//! Tests nights in a row: a photo that failed for good leaves the inbox together with the reason, and one that may
//! succeed tomorrow stays.

use std::path::{Path, PathBuf};

use crate::domain::{Domain, PASSWORD};
use crate::photos::{jpeg, number};
use crate::run::{Folder, Import};

/// An inbox, and the folders beside it.
struct House {
    folder: Folder,
    inbox: PathBuf,
}

impl House {
    fn new() -> Self {
        let folder = Folder::new();
        let inbox = folder.path().join("in");
        std::fs::create_dir(&inbox).unwrap();
        Self { folder, inbox }
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn import(&self, domain: &Domain) -> Import {
        let [done, failed] = ["done", "failed"].map(|name| self.place(name).to_str().unwrap().to_owned());
        domain.import(&self.inbox).args(&["--move-done", &done, "--move-failed", &failed])
    }

    fn names(&self, folder: &str) -> Vec<String> {
        names(&self.place(folder))
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

on_both! {
    fn two_runs_do_not_meet_in_one_inbox(domain: &Domain) {
        domain.user("l-ann");
        let house = House::new();
        house.folder.file("in/l-ann.jpg", jpeg(1, 100, 100));
        // The first run waits for an answer that does not come, until this listener is dropped.
        let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let server = format!("ldaps://127.0.0.1:{}", deaf.local_addr().unwrap().port());
        let mut first = house.import(domain).server(&server).args(&["--timeout", "300"]).spawn();
        let begun = deaf.accept().unwrap();
        let leftover = house.folder.file("in/.adphoto-moving-0123abcd-l-ben.jpg", jpeg(2, 100, 100));
        let words = format!("another run (pid {}, since 20", first.id());
        let detour = house.place("in/../in");
        let pattern = house.place("in/*.jpg");
        for source in [&house.inbox, &detour, &pattern] {
            for flag in ["--move-done", "--move-failed"] {
                let other = house.place("other");
                let run = domain.import(source).args(&[flag, other.to_str().unwrap()]).run();
                assert!(run.code == Some(1) && run.stderr.contains(&words), "{}: {}", source.display(), run.stderr);
                assert!(run.stderr.contains("is at work in ") && run.stderr.contains("help: "), "{}", run.stderr);
            }
        }
        assert!(leftover.exists() && house.place("in/l-ann.jpg").exists());
        // A dry run, a run that moves nothing, and a run with another inbox are not held up.
        assert_eq!(house.import(domain).args(&["--dry-run"]).run().code, Some(0));
        assert_eq!(domain.import(&house.inbox).run().code, Some(0));
        let another = House::new();
        assert_eq!(another.import(domain).run().code, Some(0));
        // Once the first run is killed, the inbox is free again.
        first.kill().unwrap();
        first.wait().unwrap();
        drop(begun);
        let run = house.import(domain).run();
        assert!(run.stderr.contains("l-ben.jpg got its name back"), "{}", run.stderr);
        assert_eq!((run.code, house.names("in").len()), (Some(3), 0), "{}", run.stderr);
    }

    fn what_failed_for_good_is_moved_with_its_reason(domain: &Domain) {
        for name in ["f-ann", "f-ben", "f-carl", "f-dan"] {
            domain.user(name);
        }
        let house = House::new();
        let photos = [("f-ann", 1), ("f-nobody", 2), ("f-carl", 3), ("f-carl (2)", 4)];
        for (name, photo) in photos {
            house.folder.file(&format!("in/{name}.jpg"), jpeg(photo, 100, 100));
        }
        house.folder.file("in/f-ben.jpg", "not a picture");
        house.folder.file("in/f-dan.jpg", "");
        house.folder.file("in/notes.txt", "no photo, and none of adphoto's business");
        #[cfg(unix)]
        house.folder.file("in/f-\u{7}bell.jpg", jpeg(5, 100, 100));
        let all = house.names("in");

        let dry = house.import(domain).args(&["--dry-run"]).run();
        assert_eq!((house.names("in"), house.place("failed").exists()), (all, false), "{}", dry.stderr);
        let failing = if cfg!(unix) { 6 } else { 5 };
        let would = format!("{failing} photos would be moved to {}: ", house.place("failed").display());
        assert!(dry.stderr.contains(&would) && dry.stderr.contains("f-nobody.jpg"), "{}", dry.stderr);
        assert!(dry.stderr.contains(&format!("1 photo would be moved to {}: ", house.place("done").display())), "{}", dry.stderr);

        let night = house.import(domain).run();
        assert_eq!(night.code, Some(3), "{}", night.stderr);
        assert!(night.stderr.contains(&format!("{failing} photos that failed were moved to ")), "{}", night.stderr);
        assert_eq!((house.names("in"), house.names("done")), (vec!["notes.txt".to_owned()], vec!["f-ann.jpg".to_owned()]));
        for (photo, code) in [
            ("f-nobody.jpg", "no-such-account: no user account "),
            ("f-carl.jpg", "several-photos: "),
            ("f-carl (2).jpg", "several-photos: "),
            ("f-ben.jpg", "not-an-image: "),
            ("f-dan.jpg", "empty-file: "),
            #[cfg(unix)]
            ("f-\u{7}bell.jpg", "bad-name: "),
        ] {
            assert!(house.place("failed").join(photo).exists(), "{photo}");
            let why = std::fs::read_to_string(house.place("failed").join(format!("{photo}.txt"))).unwrap();
            assert!(why.contains(code) && why.contains("adphoto import, 20") && !why.contains('\u{7}'), "{photo}: {why}");
        }
        assert_eq!(house.names("failed").len(), 2 * failing);

        // The next night nothing fails, so nobody gets a mail.
        let quiet = house.import(domain).run();
        assert_eq!(quiet.code, Some(0), "{}", quiet.stderr);
        // Another photo of the same name overwrites neither the first one nor its reason.
        house.folder.file("in/f-nobody.jpg", jpeg(6, 100, 100));
        assert_eq!(house.import(domain).run().code, Some(3));
        assert!(["f-nobody (2).jpg", "f-nobody (2).jpg.txt"].iter().all(|name| house.place("failed").join(name).exists()));
        // A photo that was put back under the right name is imported.
        std::fs::rename(house.place("failed/f-nobody.jpg"), house.place("in/f-ben.jpg")).unwrap();
        assert_eq!(house.import(domain).run().code, Some(0));
        assert!(house.place("done/f-ben.jpg").exists());
    }

    /// If the directory refuses a photo, nothing is wrong with the photo, so it stays and the next night tries it
    /// again.
    fn what_the_directory_refuses_stays(domain: &Domain) {
        let realm = domain.admin.split_once('@').unwrap().1;
        domain.user_with("r-own", &domain.base, &[("userPrincipalName", &format!("r-own@{realm}"))]);
        domain.user("r-other");
        let house = House::new();
        let import = || house.import(domain).user(&format!("r-own@{realm}"), PASSWORD).run();
        for (name, photo) in [("r-other", 2), ("r-nobody", 3)] {
            house.folder.file(&format!("in/{name}.jpg"), jpeg(photo, 100, 100));
        }
        let run = import();
        assert_eq!(run.code, Some(3), "{}", run.stderr);
        assert_eq!(house.names("in"), ["r-other.jpg"], "all rights may be missing tonight");
        assert_eq!((house.names("done").len(), house.names("failed")), (0, vec!["r-nobody.jpg".to_owned(), "r-nobody.jpg.txt".to_owned()]));
        // If other accounts are written, this account is protected, and would fail every night.
        house.folder.file("in/r-own.jpg", jpeg(1, 100, 100));
        assert_eq!(import().code, Some(3));
        assert_eq!((house.names("in").len(), house.names("done")), (0, vec!["r-own.jpg".to_owned()]));
        let reason = std::fs::read_to_string(house.place("failed/r-other.jpg.txt")).unwrap();
        assert!(reason.contains("no-right"), "{reason}");
    }

    fn a_run_that_stops_moves_no_failed_photo(domain: &Domain) {
        domain.user("s-ann");
        let house = House::new();
        house.folder.file("in/s-ann.jpg", jpeg(1, 100, 100));
        house.folder.file("in/s-nobody.jpg", jpeg(2, 100, 100));
        for more in [&["--max-changes", "0"][..], &["--max-changes", "0", "--dry-run"]] {
            let run = house.import(domain).args(more).run();
            assert_eq!(run.code, Some(1), "{}", run.stderr);
            assert!(!run.stderr.contains("moved to "), "{}", run.stderr);
            assert_eq!((house.names("in").len(), house.names("failed").len()), (2, 0));
        }
        assert_eq!(house.import(domain).server("ldap://127.0.0.1:9").run().code, Some(1));
        assert_eq!(house.names("in").len(), 2);
        assert_eq!(house.import(domain).run().code, Some(3));
        assert_eq!((house.names("in").len(), house.names("failed").len()), (0, 2));
    }

    /// One night with a wrong base DN must not empty the inbox.
    fn where_nobody_is_found_the_settings_are_wrong(domain: &Domain) {
        let house = House::new();
        for number in 0..12 {
            house.folder.file(&format!("in/z-{number}.jpg"), jpeg(number, 100, 100));
        }
        let run = house.import(domain).run();
        assert!(run.code == Some(3) && run.stderr.contains("not one of 12 photos found its account"), "{}", run.stderr);
        assert_eq!((house.names("in").len(), house.names("failed").len()), (12, 0));
        domain.user("z-7");
        assert_eq!(house.import(domain).run().code, Some(3));
        assert_eq!((house.names("in").len(), house.names("failed").len(), house.names("done").len()), (0, 22, 1));
    }

    /// A share that is not mounted looks like an empty folder.
    fn a_share_that_is_not_mounted_is_an_error_if_photos_are_required(domain: &Domain) {
        domain.user("q-ann");
        let house = House::new();
        let report = house.place("night.json");
        let import = || house.import(domain).args(&["--report", report.to_str().unwrap()]);
        assert_eq!(import().run().code, Some(0));
        for more in [&[][..], &["--dry-run"]] {
            let run = import().args(&["--require-photos"]).args(more).run();
            assert!(run.code == Some(1) && run.stderr.contains("has no photos, and --require-photos"), "{}", run.stderr);
            assert!(run.stderr.contains("mounted"), "{}", run.stderr);
        }
        let told = std::fs::read_to_string(&report).unwrap();
        assert!(told.contains("has no photos"), "the report is tonight's: {told}");
        // A file that is no photo does not count, and a missing folder is an error in any case.
        house.folder.file("in/notes.txt", "no photo");
        assert_eq!(import().args(&["--require-photos"]).run().code, Some(1));
        assert_eq!(domain.import(house.place("none")).args(&["--require-photos"]).run().code, Some(1));
        house.folder.file("in/q-ann.jpg", jpeg(1, 100, 100));
        let run = import().args(&["--require-photos"]).run();
        assert_eq!((run.code, house.names("done")), (Some(0), vec!["q-ann.jpg".to_owned()]), "{}", run.stderr);
    }

    /// The report and the mail of each night are about that night only, as the owner of a nightly task sees them.
    fn seven_nights_in_a_row(domain: &Domain) {
        let [ann, ben] = ["7-ann", "7-ben"].map(|name| domain.user(name));
        let house = House::new();
        let report = house.place("night.json");
        let settings = "move-done = 'done'\nmove-failed = 'failed'\nreport = 'night.json'\nkeep-journals = '90 days'\n";
        let settings = house.folder.file("adphoto.toml", settings);
        let night = || domain.import(&house.inbox).args(&["--config", settings.to_str().unwrap()]);
        let told = || {
            let told: serde_json::Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
            crate::run::check_schema(&told);
            // A journal that the command line names is there.
            let journal = told["run"]["journal"].as_str();
            assert!(told["exit_code"].is_null() || journal.is_none_or(|path| Path::new(path).exists()), "{told}");
            (told["exit_code"].as_i64(), told["records"].as_array().unwrap().len())
        };
        // First night: new photos, one of which has no account.
        for (name, photo) in [("7-ann", 1), ("7-ben", 2), ("7-nobody", 3)] {
            house.folder.file(&format!("in/{name}.jpg"), jpeg(photo, 100, 100));
        }
        let mail = night().run();
        assert!(mail.code == Some(3) && mail.stdout.contains("7-nobody.jpg"), "{}{}", mail.stdout, mail.stderr);
        assert_eq!(told(), (Some(3), 3));
        // Second night: no photos.
        let mail = night().run();
        assert!(mail.code == Some(0) && !mail.stdout.contains("7-nobody"), "{}{}", mail.stdout, mail.stderr);
        assert_eq!(told(), (Some(0), 0));
        // Third night: one photo has changed, and one is damaged.
        house.folder.file("in/7-ann.jpg", jpeg(4, 100, 100));
        house.folder.file("in/7-ben.jpg", &jpeg(5, 100, 100)[..500]);
        assert_eq!((night().run().code, told()), (Some(3), (Some(3), 2)));
        assert_eq!((number(&domain.photo(&ann).unwrap()), number(&domain.photo(&ben).unwrap())), (4, 2));
        assert_eq!((house.names("in").len(), house.names("failed").len()), (0, 4));
        // Fourth night: no photos although --require-photos asks for some; fifth night: even the folder is missing.
        let mail = night().args(&["--require-photos"]).run();
        assert!(mail.code == Some(1) && mail.stderr.contains("mounted"), "{}", mail.stderr);
        assert_eq!(told(), (Some(1), 0));
        std::fs::remove_dir(&house.inbox).unwrap();
        assert_eq!((night().run().code, told()), (Some(1), (Some(1), 0)));
        // Sixth night: no server answers.
        for (name, photo) in [("7-ann", 6), ("7-ben", 7), ("7-nobody", 8)] {
            house.folder.file(&format!("in/{name}.jpg"), jpeg(photo, 100, 100));
        }
        assert_eq!((night().server("ldap://127.0.0.1:9").run().code, told()), (Some(1), (Some(1), 0)));
        assert_eq!(house.names("in").len(), 3);
        // Then a run is killed.
        let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let server = format!("ldaps://127.0.0.1:{}", deaf.local_addr().unwrap().port());
        let mut killed = night().server(&server).spawn();
        let begun = deaf.accept().unwrap();
        killed.kill().unwrap();
        killed.wait().unwrap();
        drop(begun);
        assert_eq!((house.names("in").len(), told()), (3, (None, 0)), "the report does not pass for a whole night's");
        let said = std::fs::read_to_string(&report).unwrap();
        assert!(said.contains("the run has not ended"), "{said}");
        // Last night: one photo has vanished, and the others are made up for.
        std::fs::remove_file(house.place("in/7-nobody.jpg")).unwrap();
        let mail = night().run();
        assert_eq!((mail.code, told()), (Some(0), (Some(0), 2)), "{}{}", mail.stdout, mail.stderr);
        assert_eq!((number(&domain.photo(&ann).unwrap()), number(&domain.photo(&ben).unwrap())), (6, 7));
        assert_eq!((house.names("in").len(), house.names("failed").len()), (0, 4));
    }

    /// Somebody may correct the row, and then the photo must still be where the list says.
    fn a_photo_that_another_row_wants_stays(domain: &Domain) {
        domain.user("w-ann");
        let house = House::new();
        house.folder.file("both.jpg", jpeg(1, 100, 100));
        house.folder.file("none.jpg", jpeg(2, 100, 100));
        let list = house.folder.file("list.csv", "user,photo\nw-ann,both.jpg\nw-none,both.jpg\nw-nobody,none.jpg\nw-nix,./none.jpg\n");
        let failed = house.place("failed");
        let run = domain.import(&list).args(&["--move-failed", failed.to_str().unwrap()]).run();
        assert_eq!(run.code, Some(3), "{}", run.stderr);
        assert!(house.place("both.jpg").exists() && !house.place("none.jpg").exists());
        let why = std::fs::read_to_string(failed.join("none.jpg.txt")).unwrap();
        assert!(why.contains("line 4 of the list") && why.contains("line 5") && why.contains("\"w-nix\""), "{why}");
    }

    fn the_folders_of_a_night_are_apart(domain: &Domain) {
        let house = House::new();
        house.folder.file("in/x-nobody.jpg", jpeg(1, 100, 100));
        let place = |name: &str| house.place(name).to_str().unwrap().to_owned();
        for (done, failed, words) in [
            (place("out"), place("in/../out"), "name the same folder"),
            (place("done"), place("in"), "--move-failed would move the photos to where they are found again"),
            (place("in"), place("failed"), "--move-done would move"),
            (place("done"), place("in/x-nobody.jpg"), "of --move-failed"),
        ] {
            for more in [&[][..], &["--dry-run"]] {
                let run = domain.import(&house.inbox).args(&["--move-done", &done, "--move-failed", &failed]).args(more).run();
                assert!(run.code == Some(1) && run.stderr.contains(words), "{done} {failed}: {}", run.stderr);
                assert_eq!(house.names("in"), ["x-nobody.jpg"]);
            }
        }
    }
}

on_tenant! {
    what_failed_for_good_is_moved_with_its_reason
    where_nobody_is_found_the_settings_are_wrong
    a_share_that_is_not_mounted_is_an_error_if_photos_are_required
    a_photo_that_another_row_wants_stays
    the_folders_of_a_night_are_apart
}

/// As systemd reads it: a key that it does not know is ignored with a line that nobody sees at night.
#[test]
#[cfg(target_os = "linux")]
#[expect(clippy::print_stderr, reason = "what is left out is said")]
fn the_units_of_the_example_are_as_systemd_wants_them() {
    let folder = Folder::new();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/systemd");
    let mut units = Vec::new();
    for entry in std::fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        // Where it is installed, only a package knows.
        let unit = std::fs::read_to_string(&path).unwrap().replace("/usr/bin/adphoto", env!("CARGO_BIN_EXE_adphoto"));
        units.push(folder.file(path.file_name().unwrap().to_str().unwrap(), unit));
    }
    assert_eq!(units.len(), 3);
    let verify = |units: &[PathBuf]| {
        let mut verify = std::process::Command::new("systemd-analyze");
        verify
            .arg("verify")
            .args(units)
            .output()
            .map(|output| (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
    };
    let Ok((fine, said)) = verify(&units) else {
        return eprintln!("LEFT OUT: the units for systemd, as there is no systemd-analyze");
    };
    assert!(fine && said.is_empty(), "{said}");
    let wrong = folder.file("wrong.service", "[Service]\nExecStart=/bin/true\nNoSuchKey=1\n");
    let (_, said) = verify(&[wrong]).unwrap();
    assert!(said.contains("NoSuchKey"), "it would have said what is wrong: {said}");
}

/// The mail is about the run that failed, and not about the nights before.
#[test]
#[cfg(target_os = "linux")]
fn the_mail_of_the_example_has_the_lines_of_that_run() {
    let folder = Folder::new();
    let unit = include_str!("../../examples/systemd/adphoto-failed@.service");
    let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/bin/sh -c '")?.strip_suffix('\'')).unwrap();
    // systemd replaces these before the shell reads the line.
    let line = line.replace("$$", "$").replace("%i", "adphoto-import.service").replace("%H", "host");
    for name in ["journalctl", "mail"] {
        use std::os::unix::fs::PermissionsExt;
        let program = folder.file(name, format!("#!/bin/sh\necho \"{name}: $*\" >>said\ncat >/dev/null\n"));
        std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let said = |id: Option<&str>| {
        let mut shell = std::process::Command::new("/bin/sh");
        shell
            .args(["-c", &line])
            .current_dir(folder.path())
            .env_remove("MONITOR_INVOCATION_ID")
            .stdin(std::process::Stdio::null());
        shell
            .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
            .envs(id.map(|id| ("MONITOR_INVOCATION_ID", id)));
        assert!(shell.status().unwrap().success());
        let said = std::fs::read_to_string(folder.path().join("said")).unwrap();
        std::fs::remove_file(folder.path().join("said")).unwrap();
        said
    };
    let known = said(Some("0123abcd"));
    assert!(known.contains("journalctl: --unit=adphoto-import.service _SYSTEMD_INVOCATION_ID=0123abcd "), "{known}");
    assert!(known.contains("mail: -s adphoto-import.service failed on host root"), "{known}");
    // An older systemd does not say which run it was.
    let unknown = said(None);
    assert!(unknown.contains("journalctl: --unit=adphoto-import.service --lines=100 "), "{unknown}");
}
