//! Tests that photos become files, and that an import of these files changes nothing.

use std::collections::BTreeMap;
use std::path::Path;

use crate::photos::jpeg;
use crate::run::{Folder, Records};

/// Reads the list beside the photos; returns the file of each user.
pub(crate) fn index(folder: &Path) -> BTreeMap<String, String> {
    let list = std::fs::read_to_string(folder.join("index.csv")).unwrap();
    let list = list.strip_prefix("\u{feff}user,photo,dn,display_name,bytes,file_sha256\n").unwrap();
    let rows = csv::ReaderBuilder::new().has_headers(false).from_reader(list.as_bytes()).into_records();
    rows.map(|row| row.unwrap()).map(|row| (row[0].to_owned(), row[1].to_owned())).collect()
}

pub(crate) fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn assert_all(records: &Records, status: &str, count: u64) {
    assert_eq!(
        (records.code, records.count(status)),
        (Some(0), count),
        "{} {}",
        records.json["summary"],
        records.stderr
    );
    assert_eq!(records.all().len() as u64, count);
}

on_both! {
    fn a_thousand_photos_come_back_without_a_write(domain: &Domain) {
        let names: Vec<String> = (0..1_000).map(|number| format!("e{number:04}")).collect();
        domain.users(&names);
        domain.user("e-without");
        let source = Folder::new();
        for (number, name) in (0..).zip(&names) {
            source.file(&format!("{name}.jpg"), jpeg(number, 120, 96));
        }
        assert_all(&domain.import(source.path()).records(), "written", 1_000);
        let before = domain.snapshot();

        let folder = Folder::new();
        let run = domain.export(folder.path()).records();
        assert_all(&run, "exported", 1_000);
        assert!(run.stderr.contains("1 of 1001 accounts have no photo"), "{}", run.stderr);
        for (dn, entry) in &before {
            let Some(photo) = entry.get("thumbnailPhoto") else { continue };
            let file = format!("{}.jpg", String::from_utf8_lossy(&entry["sAMAccountName"][0]));
            assert_eq!(std::fs::read(folder.path().join(file)).unwrap(), photo[0], "{dn}");
        }
        let list = folder.path().join("index.csv");
        assert_eq!(index(folder.path()).len(), 1_000);
        for source in [folder.path(), &list] {
            for more in [&[][..], &["--as-is"]] {
                let run = domain.import(source).args(more).records();
                assert_eq!((run.code, run.count("unchanged"), run.count("failed")), (Some(0), 1_000, 0), "{}", run.stderr);
            }
        }
        assert_eq!(domain.snapshot(), before, "not one modify: every uSNChanged stands still");
    }

    /// Names that cannot be used unchanged as a file name or in a spreadsheet, and photos that are not images.
    fn every_odd_name_and_photo_comes_back_by_the_list(domain: &Domain) {
        let long = "long name ".repeat(26)[..256].to_owned();
        let mut names = vec![
            "50%", "%43ON", "-1@x", "@home", "'quoted", "CON", "nul.old", "COM1",  ".hidden", "o(b)rien-e", "x!#$&^~{}_`",
            "j\u{fc}rgen-e", "\u{5c71}\u{7530}-e", "mary ann-e", "a'b-e", "zo\u{e9}-e", &long,
        ];
        // Samba treats these two names as different, which AD does not; and it refuses a name with a dot at the end.
        names.push(if domain.is_practice() { "dot." } else { "zoe\u{301}-e" });
        let mut photos = Vec::new();
        for (number, name) in (0..).zip(&names) {
            let dn = domain.user_with(name, &domain.base, &[("cn", &format!("=odd, {number}"))]);
            let photo = if number % 2 == 0 { jpeg(number, 96, 96) } else { format!("no photo but number {number}").into_bytes() };
            domain.set_photo(&dn, Some(&photo));
            photos.push((dn, photo));
        }
        let folder = Folder::new();
        let run = domain.export(folder.path()).records();
        assert_all(&run, "exported", names.len() as u64);
        let found = files(folder.path());
        for (name, file) in [
            ("50%", "50%25.jpg"), ("%43ON", "%2543ON.jpg"), ("-1@x", "-1@x.jpg"), ("CON", "%43ON.jpg"), ("nul.old", "%6Eul.old.jpg"),
            (".hidden", "%2Ehidden.jpg"), ("mary ann-e", "mary ann-e.jpg"),
        ] {
            assert!(found.contains(&file.to_owned()), "{name}: {found:?}");
            assert_eq!(run.of(file)["user"], name);
        }
        assert_eq!(found.iter().filter(|file| file.contains("%~")).count(), if domain.is_practice() { 1 } else { 3 }, "{found:?}");
        let list = index(folder.path());
        assert_eq!((found.len(), list.len()), (names.len() + 1, names.len()));
        assert_eq!((&list["CON"], &list["50%"]), (&"%43ON.jpg".to_owned(), &"50%25.jpg".to_owned()));
        for cell in list.iter().flat_map(|(user, photo)| [user, photo]) {
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
        }

        let before = domain.snapshot();
        let import = || domain.import(folder.path().join("index.csv")).args(&["--as-is"]);
        assert_all(&import().records(), "unchanged", names.len() as u64);
        assert_eq!(domain.snapshot(), before);
        photos.iter().for_each(|(dn, _)| domain.set_photo(dn, None));
        assert_all(&import().records(), "written", names.len() as u64);
        for (dn, photo) in &photos {
            assert_eq!(domain.photo(dn).as_ref(), Some(photo), "{dn}");
        }

        // File names of a folder are not decoded, unlike those in the list; and the list itself is not taken for a
        // photo.
        let run = domain.import(folder.path()).args(&["--as-is"]).records();
        assert_eq!((run.outcome("index.csv"), run.outcome("mary ann-e.jpg")), ("skipped not-an-image".to_owned(), "unchanged not-jpeg".to_owned()));
        assert_eq!(run.outcome("%6Eul.old.jpg"), "failed no-such-account");
        assert!(run.of("%6Eul.old.jpg")["reason"].as_str().unwrap().contains("import the index.csv"), "{}", run.json);
    }

    fn only_what_was_asked_for_is_exported_and_nothing_is_overwritten(domain: &Domain) {
        let people = [("x-sales", "Sales", "512"), ("x-board", "Board", "512"), ("x-gone", "Sales", "514")].map(|(name, department, control)| {
            let dn = domain.user_with(name, &domain.base, &[("department", department), ("userAccountControl", control)]);
            domain.set_photo(&dn, Some(name.as_bytes()));
            dn
        });
        let folder = Folder::new();
        let to = folder.path().join("new/faces");
        assert_all(&domain.export(&to).args(&["--filter", "department=Sales"]).records(), "exported", 1);
        assert_eq!(files(&to), ["index.csv", "x-sales.jpg"]);
        let run = domain.export(&to).run();
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
        assert!(run.stderr.contains("contains an export already (index.csv)") && run.stderr.contains("--overwrite"), "{}", run.stderr);
        std::fs::remove_file(to.join("index.csv")).unwrap();
        std::fs::write(to.join("x-board.jpg"), "another").unwrap();
        let run = domain.export(&to).args(&["--include-disabled"]).records();
        assert_eq!((run.code, run.outcome("x-board.jpg").as_str()), (Some(3), "failed exists"), "{}", run.json);
        assert_eq!((run.outcome("x-sales.jpg").as_str(), run.outcome("x-gone.jpg").as_str()), ("unchanged", "exported"));
        assert_eq!(std::fs::read(to.join("x-board.jpg")).unwrap(), b"another");
        assert_eq!(index(&to).into_keys().collect::<Vec<_>>(), ["x-gone", "x-sales"]);

        let report = to.join("index.csv");
        let run = domain.export(&to).args(&["--force", "--report", report.to_str().unwrap()]).run();
        assert!(run.code == Some(1) && run.stderr.contains("would overwrite the index.csv"), "{}", run.stderr);
        domain.set_photo(&people[0], Some(b"changed"));
        let run = domain.export(&to).args(&["--force"]).records();
        assert_eq!((run.code, run.count("exported")), (Some(0), 2), "{}", run.json);
        assert_eq!(std::fs::read(to.join("x-sales.jpg")).unwrap(), b"changed");
        assert_eq!(files(&to), ["index.csv", "x-board.jpg", "x-gone.jpg", "x-sales.jpg"]);

        for filter in ["(department=Sales", "(department=Sales))(|(cn=*)", ""] {
            let run = domain.export(&to).args(&["--filter", filter]).run();
            assert!(run.code == Some(2) && run.stderr.contains("LDAP filter"), "{}", run.stderr);
        }
        let run = domain.export(folder.path().join("none")).args(&["--filter", "(cn=nobody)"]).run();
        let summary = format!("Summary of 0 enabled accounts below {}, filter (cn=nobody)\n", domain.base);
        assert!(run.code == Some(0) && run.stdout.ends_with(&summary), "{}", run.stdout);
        let run = domain.export(folder.file("a file", "").join("below")).run();
        assert!(run.code == Some(1) && run.stderr.contains("cannot export to"), "{}", run.stderr);
        if cfg!(target_os = "linux") {
            let run = domain.export("/proc").run();
            assert!(run.code == Some(1) && run.stderr.contains("that you may write there"), "{}", run.stderr);
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::time::Duration;

    use super::*;
    use crate::relay::{Plan, Relay};
    use crate::run::Run;

    on_both! {
        fn only_the_owner_reads_them_and_no_link_is_followed(domain: &Domain) {
            for name in ["l-same", "l-other", "l-plain"] {
                domain.set_photo(&domain.user(name), Some(name.as_bytes()));
            }
            let folder = Folder::new();
            let to = folder.path().join("faces");
            std::fs::create_dir(&to).unwrap();
            let targets = [("l-same", "l-same"), ("l-other", "not to be touched")].map(|(name, content)| {
                let target = folder.file(&format!("{name}.target"), content);
                symlink(&target, to.join(format!("{name}.jpg"))).unwrap();
                (target, content)
            });
            symlink(folder.path().join("not there"), to.join("index.csv")).unwrap();
            let run = domain.export(&to).run();
            assert!(run.code == Some(1) && run.stderr.contains("contains an export already (index.csv)"), "{}", run.stderr);
            std::fs::remove_file(to.join("index.csv")).unwrap();
            let run = domain.export(&to).records();
            assert_eq!(run.code, Some(3));
            assert_eq!(["l-same.jpg", "l-other.jpg", "l-plain.jpg"].map(|file| run.outcome(file)), ["failed exists", "failed exists", "exported"]);

            let run = domain.export(&to).args(&["--overwrite"]).records();
            assert_eq!(["l-same.jpg", "l-other.jpg", "l-plain.jpg"].map(|file| run.outcome(file)), ["exported", "exported", "unchanged"]);
            for (target, content) in targets {
                assert_eq!(std::fs::read_to_string(target).unwrap(), content);
            }
            for file in files(&to) {
                let found = to.join(&file).symlink_metadata().unwrap();
                assert!(found.is_file() && found.permissions().mode() & 0o777 == 0o600, "{file}");
            }
            let new = folder.path().join("deep/er");
            assert_eq!(domain.export(&new).run().code, Some(0));
            assert_eq!(new.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        }

        fn an_interrupted_export_tells_what_it_saved_and_goes_on_later(domain: &Domain) {
            let names: Vec<String> = (0..400).map(|number| format!("i{number:03}")).collect();
            domain.users(&names);
            for name in &names {
                domain.set_photo(&format!("CN={name},{}", domain.base), Some(name.as_bytes()));
            }
            let folder = Folder::new();
            let relay = Relay::start(domain, Plan::slow(Duration::from_millis(150)));
            let child = domain.export(folder.path()).server(relay.url()).args(&["--format", "json"]).spawn();
            while !files(folder.path()).iter().any(|file| file.ends_with(".jpg")) {
                std::thread::sleep(Duration::from_millis(5));
            }
            let asked = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
            assert!(asked.success());
            let run = Records::read(Run::of(child));
            assert_eq!((run.code, run.all().len()), (Some(130), 400), "{}", run.stderr);
            // A hidden file remembers what no list has yet.
            let saved: Vec<String> = files(folder.path()).into_iter().filter(|file| file != ".adphoto-unlisted").collect();
            assert!(saved.len() < 400 && saved.iter().all(|file| file.starts_with('i') && file.ends_with(".jpg")), "{saved:?}");
            for record in run.all() {
                let file = format!("{}.jpg", record["user"].as_str().unwrap());
                assert_eq!(record["status"], if saved.contains(&file) { "exported" } else { "not-attempted" }, "{record}");
            }
            let run = domain.export(folder.path()).records();
            assert_eq!((run.code, run.count("unchanged"), run.count("exported")), (Some(0), saved.len() as u64, 400 - saved.len() as u64));
            assert_eq!(index(folder.path()).len(), 400);
        }
    }
}
