//! Tests what is written, what is not, and what is never overwritten.

use adphoto::destination::ActiveDirectory;
use adphoto::directory::{Account, Clause, Lookup};
use adphoto::journal::{Outcome, Past};
use adphoto::pipeline::{Applier, Change, Mode, Refusal, Target};

use crate::journals::begun_journal;
use crate::photos::{jpeg, number};
use crate::run::Folder;

fn target(account: &Account) -> Target<'_> {
    Target { account: account.guid, dn: &account.dn, user: &account.sam_account_name, server: None, row: 0 }
}

on_both! {
    fn a_second_run_and_a_dry_run_leave_the_directory_as_it_is(domain: &Domain) {
        let people = ["w-new", "w-old", "w-disabled"].map(|name| {
            let disabled = [("userAccountControl", "514")];
            domain.user_with(name, &domain.base, if name == "w-disabled" { &disabled } else { &[] })
        });
        domain.set_photo(&people[1], Some(b"an old photo"));
        let folder = Folder::new();
        for (number, name) in (1..).zip(["w-new", "w-old", "w-disabled"]) {
            folder.file(&format!("{name}.jpg"), jpeg(number, 300, 400));
        }
        let start = domain.snapshot();
        let dry = domain.import(folder.path()).args(&["--dry-run"]).records();
        assert_eq!(domain.snapshot(), start);
        assert_eq!((dry.code, dry.outcomes()), (Some(0), ["would-write disabled", "would-write", "would-write"].map(String::from).to_vec()));
        assert_eq!(dry.of("w-old.jpg")["bytes_before"], 12);
        assert_eq!(dry.of("w-new.jpg")["dn"], people[0]);

        let missing = domain.import(folder.path()).args(&["--only-missing", "--skip-disabled"]).records();
        assert_eq!(missing.outcomes(), ["skipped disabled", "written", "skipped has-photo"]);
        assert_eq!(domain.photo(&people[1]).unwrap(), b"an old photo");

        let first = domain.import(folder.path()).records();
        assert_eq!(first.outcomes(), ["written disabled", "unchanged", "written"]);
        assert_eq!(dry.of("w-old.jpg")["bytes_after"], first.of("w-old.jpg")["bytes_after"]);
        for (expected, dn) in (1..).zip(&people) {
            assert_eq!(number(&domain.photo(dn).unwrap()), expected);
        }

        let written = domain.snapshot();
        let second = domain.import(folder.path()).records();
        assert_eq!((second.code, second.count("unchanged")), (Some(0), 3));
        assert_eq!(domain.snapshot(), written, "not even uSNChanged may move");
    }

    /// Somebody else's change is not overwritten, whatever the photo was before.
    fn a_photo_that_changed_meanwhile_is_kept(domain: &Domain) {
        let people = ["c-added", "c-replaced", "c-removed"].map(|name| domain.user(name));
        domain.set_photo(&people[1], Some(b"first"));
        domain.set_photo(&people[2], Some(b"first"));
        let directory = domain.directory();
        let lookups = people.each_ref().map(|dn| Lookup { clauses: vec![Clause::new("distinguishedName", dn.as_str())] });
        let accounts = domain.block_on(directory.find_accounts_anywhere(&lookups, &["cn".to_owned()])).unwrap();
        let guids: Vec<_> = accounts.iter().map(|account| account.guid).collect();
        let held = domain.block_on(directory.photos(&guids, true)).unwrap();

        domain.set_photo(&people[0], Some(b"theirs"));
        domain.set_photo(&people[1], Some(b"theirs"));
        domain.set_photo(&people[2], None);
        let path = domain.state.path().join("run.jsonl");
        let journal = begun_journal(&domain.base, &path);
        let destination = ActiveDirectory::new(directory);
        let applier = Applier::new(&destination, Mode::Real(&journal));
        for account in &accounts {
            let change = Change::between(held[&account.guid].photo.clone(), Some(jpeg(1, 96, 96)));
            let refused = domain.block_on(applier.apply(target(account), &change, held[&account.guid].writable)).expect_err("it changed");
            assert!(matches!(refused, Refusal::Conflict), "{}: {refused:?}", account.dn);
        }
        assert_eq!(people.map(|dn| domain.photo(&dn)), [Some(b"theirs".to_vec()), Some(b"theirs".to_vec()), None]);
        journal.finish(false, 0).unwrap();
        let past = Past::read(&path, false).unwrap();
        assert_eq!(past.changes.iter().map(|change| change.outcome).collect::<Vec<_>>(), [Some(Outcome::Conflict); 3]);
    }

    /// Reports are complete and readable by their owner only, and are put in place only once they are complete.
    fn reports_are_written_beside_what_is_shown(domain: &Domain) {
        domain.user("p-one");
        let folder = Folder::new();
        folder.file("in/p-one.jpg", jpeg(1, 100, 100));
        folder.file("in/p-nobody.jpg", jpeg(2, 100, 100));
        let csv = folder.file("old.csv", "\u{feff}user,photo,status,reason_code,reason\n");
        let json = folder.path().join("new.json");
        let reports = ["--report", csv.to_str().unwrap(), "--report", json.to_str().unwrap()];
        let run = domain.import(folder.path().join("in")).args(&reports).run();
        assert_eq!(run.code, Some(3));
        let where_ = if domain.cloud().is_some() { "has the logon name" } else { "below OU=adphoto tests," };
        assert!(run.stdout.contains(&format!("p-nobody.jpg: no user account {where_}")), "{}", run.stdout);
        assert!(run.stdout.ends_with("Summary of 2 photos\n  written             1\n  failed              1\n"), "{}", run.stdout);
        let rows = std::fs::read_to_string(&csv).unwrap();
        assert_eq!(rows.lines().count(), 3, "{rows}");
        let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
        assert_eq!(report["records"].as_array().unwrap().len(), 2);
        #[cfg(unix)]
        for path in [&csv, &json] {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let before = domain.snapshot();
        let list = folder.file("list.csv", "user,path\np-one,in/p-one.jpg\n");
        let run = domain.import(&list).args(&["--report", list.to_str().unwrap()]).run();
        assert!(run.code == Some(2) && run.stderr.contains("would overwrite the source"), "{}", run.stderr);
        for (bad, code) in [("new.json/folder.csv", 1), ("report.txt", 2)] {
            let run = domain.import(folder.path().join("in")).args(&["--report", folder.path().join(bad).to_str().unwrap()]).run();
            assert_eq!(run.code, Some(code));
            assert!(run.stderr.contains("report"), "{}", run.stderr);
        }
        assert_eq!(domain.snapshot(), before);
    }
}

on_tenant! {
    a_second_run_and_a_dry_run_leave_the_directory_as_it_is
    reports_are_written_beside_what_is_shown
}

/// Operations under way are finished, the rest is reported as not attempted, and the report is complete.
#[cfg(unix)]
mod interrupt {
    use super::*;
    use crate::run::Run;

    on_both! {
        fn an_interrupted_run_reports_everything(domain: &Domain) {
            let folder = Folder::new();
            let photo = jpeg(9, 3000, 3000);
            for number in 0..60 {
                domain.user(&format!("i-{number:02}"));
                folder.file(&format!("i-{number:02}.jpg"), &photo);
            }
            let report = folder.path().join("report.json");
            let child = domain.import(folder.path()).args(&["--report", report.to_str().unwrap(), "--jobs", "1"]).spawn();
            let first = format!("CN=i-00,{}", domain.base);
            while domain.photo(&first).is_none() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            let asked = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
            assert!(asked.success());
            let run = Run::of(child);
            assert_eq!(run.code, Some(130), "{}{}", run.stdout, run.stderr);
            let report: serde_json::Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
            let records = report["records"].as_array().unwrap();
            assert_eq!(records.len(), 60);
            for (number, record) in records.iter().enumerate() {
                let written = domain.photo(&format!("CN=i-{number:02},{}", domain.base)).is_some();
                assert_eq!(record["status"], if written { "written" } else { "not-attempted" }, "{record}");
            }
            assert!(report["summary"]["not-attempted"].as_u64() > Some(0));
        }
    }
}
