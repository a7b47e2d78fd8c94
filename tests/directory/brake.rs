//! Tests what is held back before any photo is written.

use crate::domain::Domain;
use crate::photos::{jpeg, number};
use crate::run::Folder;

/// Adds this many accounts, and makes a folder with a photo for each.
fn people(domain: &Domain, count: u32) -> Folder {
    let folder = Folder::new();
    for user in 0..count {
        domain.user(&format!("r-{user:02}"));
        folder.file(&format!("r-{user:02}.jpg"), jpeg(user, 96, 96));
    }
    folder
}

on_both! {
    fn more_changes_than_allowed_are_none(domain: &Domain) {
        let folder = people(domain, 10);
        let import = |arguments: &[&str]| domain.import(folder.path()).args(arguments);
        let before = domain.snapshot();
        for most in ["9", "0", "99.9%"] {
            let run = import(&["--max-changes", most]).records();
            assert_eq!((run.code, run.count("not-attempted")), (Some(1), 10), "{most}: {}", run.stderr);
            assert!(run.stderr.contains("accounts would be changed, but --max-changes"), "{}", run.stderr);
            assert!(run.outcomes().iter().all(|outcome| outcome == "not-attempted too-many-changes"));
        }
        let run = import(&["--max-changes", "9", "--dry-run"]).records();
        assert_eq!((run.code, run.count("would-write")), (Some(1), 10), "what would change is to be seen: {}", run.json);
        assert!(run.stderr.contains("nothing would be written: 10 accounts would be changed"), "{}", run.stderr);
        assert_eq!(domain.snapshot(), before, "nothing is written");

        let run = import(&["--max-changes", "100%"]).records();
        assert_eq!((run.code, run.count("written")), (Some(0), 10), "{}", run.stderr);
        for user in 0..10 {
            let photo = domain.photo(&format!("CN=r-{user:02},{}", domain.base)).unwrap();
            assert_eq!(number(&photo), user, "the plan gives each its own");
        }
        let run = import(&["--max-changes", "0"]).records();
        assert_eq!((run.code, run.count("unchanged")), (Some(0), 10), "what is there already is no change");
        let removal = domain.remove(&["--filter", "(cn=r-*)", "--yes", "--max-changes", "5"]).records();
        assert_eq!((removal.code, removal.count("not-attempted")), (Some(1), 10), "{}", removal.stderr);
    }

    /// The plan needs more space than the disk has left.
    #[cfg(unix)]
    fn a_plan_that_cannot_be_kept_is_not_begun(domain: &Domain) {
        let folder = people(domain, 10);
        let before = domain.snapshot();
        let gone = folder.path().join("gone");
        let import = domain.import(folder.path()).args(&["--max-changes", "100"]);
        // The limit is in blocks of 512 bytes. Without the trap, a signal would end the program before it sees the
        // error.
        let full = import.clone().after("trap '' XFSZ; ulimit -f 2");
        let nowhere = import.env("TMPDIR", &gone).run();
        for run in [full, nowhere] {
            assert_eq!(run.code, Some(1), "{}", run.stderr);
            for word in ["error: cannot keep the plan in a temporary file", "help: nothing was written; make room in", "TMPDIR"] {
                assert!(run.stderr.contains(word), "no {word:?} in: {}", run.stderr);
            }
            assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        }
        assert_eq!(domain.snapshot(), before);
    }

    fn one_picture_for_many_stops_the_run(domain: &Domain) {
        let folder = people(domain, 8);
        // This file has nobody's name: a list in which files have the names of other accounts is held back for that
        // reason.
        folder.file("portrait.jpg", jpeg(0, 96, 96));
        let same: String = (0..8).map(|user| format!("r-{user:02},portrait.jpg\n")).collect();
        let list = folder.file("list.csv", format!("user,photo\n{same}"));
        for brake in [&["--dry-run"][..], &["--dry-run", "--max-changes", "100"]] {
            let run = domain.import(&list).args(brake).records();
            assert_eq!((run.code, run.count("would-write"), run.count("not-attempted")), (Some(1), 5, 3), "{}", run.json);
            assert!(run.stderr.contains("the run would stop"), "{}", run.stderr);
        }
        let run = domain.import(&list).args(&["--max-changes", "100"]).records();
        assert_eq!((run.code, run.count("not-attempted")), (Some(1), 8), "{}", run.json);
        assert!(run.stderr.contains("one picture") && run.stderr.contains("--allow-identical"), "{}", run.stderr);
        let run = domain.import(&list).records();
        // Some of the first five may not have been sent yet when the run stopped.
        let given = run.count("written");
        assert!(given <= 5 && given + run.count("not-attempted") == 8 && run.code == Some(1), "{}", run.json);
        assert_eq!(run.outcomes()[5], "not-attempted identical");
        let run = domain.import(&list).args(&["--allow-identical"]).records();
        assert_eq!((run.code, run.count("written"), run.count("unchanged")), (Some(0), 8 - given, given), "{}", run.json);
    }

    /// A photo that was moved away is not seen by the next run, which must not give the picture to a sixth account.
    fn one_picture_for_many_does_not_pass_by_night(domain: &Domain) {
        let folder = Folder::new();
        for user in 0..8 {
            domain.user(&format!("n-{user}"));
            folder.file(&format!("in/n-{user}.jpg"), jpeg(1, 96, 96));
        }
        let done = folder.path().join("done");
        for night in 0..3 {
            let run = domain.import(folder.path().join("in")).args(&["--move-done", done.to_str().unwrap()]).records();
            assert_eq!(run.code, Some(1), "{night}: {}", run.json);
        }
        for _ in 0..3 {
            let run = domain.import(folder.path().join("in")).args(&["--only-missing"]).records();
            assert_eq!(run.code, Some(1), "{}", run.json);
        }
        assert!(domain.photos().len() <= 5 && std::fs::read_dir(folder.path().join("in")).unwrap().count() == 8);
    }
}

on_tenant! {
    #[cfg(unix)]
    a_plan_that_cannot_be_kept_is_not_begun
    one_picture_for_many_does_not_pass_by_night
}

#[cfg(target_os = "linux")]
mod terminal {
    use super::*;

    on_both! {
        fn whoever_sits_there_is_asked_before_many_photos_are_replaced(domain: &Domain) {
            let folder = people(domain, 12);
            let import = |arguments: &[&str]| domain.import(folder.path()).args(arguments);
            let question = "1 account gets its first photo. Replace the photos of 11 accounts? [y/N]";
            // Accounts that get their first photo lose nothing, so there is no question.
            let run = import(&[]).on_terminal("");
            assert!(run.code == Some(0) && !run.stdout.contains("[y/N]"), "{}", run.stdout);
            for user in 0..12 {
                folder.file(&format!("r-{user:02}.jpg"), jpeg(user + 100, 96, 96));
            }
            domain.set_photo(&format!("CN=r-11,{}", domain.base), None);
            let before = domain.snapshot();
            for answer in ["n\n", "\n", "ja\n"] {
                let report = folder.file("night.json", "");
                let run = import(&["--report", report.to_str().unwrap()]).on_terminal(answer);
                assert!(run.code == Some(1) && run.stdout.contains(question), "{answer}: {}", run.stdout);
                let report = std::fs::read_to_string(report).unwrap();
                assert!(report.contains("because the answer was no"), "{report}");
                assert!(run.stdout.contains("no photos were written"), "{answer}: {}", run.stdout);
            }
            let journals = adphoto_journals(domain);
            assert_eq!(journals, 1, "a run that was not agreed to leaves no journal");
            let run = import(&["--dry-run"]).on_terminal("");
            assert!(run.code == Some(0) && !run.stdout.contains("[y/N]"), "{}", run.stdout);
            let run = import(&["--only-missing", "--dry-run"]).on_terminal("");
            assert!(run.code == Some(0) && !run.stdout.contains("[y/N]"), "{}", run.stdout);
            let run = import(&["--max-changes", "11"]).on_terminal("y\n");
            assert!(run.code == Some(1) && !run.stdout.contains("[y/N]"), "{:?} {} {}", run.code, run.stdout, run.stderr);
            assert_eq!(domain.snapshot(), before);
            // Without a terminal, nobody is asked; with only ten photos to replace, there is no question either.
            for user in 0..2 {
                domain.set_photo(&format!("CN=r-{user:02},{}", domain.base), None);
            }
            let run = import(&[]).on_terminal("");
            assert!(run.code == Some(0) && !run.stdout.contains("[y/N]"), "{}", run.stdout);
            for user in 0..12 {
                folder.file(&format!("r-{user:02}.jpg"), jpeg(user + 200, 96, 96));
            }
            let run = import(&[]).on_terminal("y\n");
            assert!(run.code == Some(0) && run.stdout.contains("Replace the photos of 12 accounts? [y/N]"), "{}", run.stdout);
            let photo = |user| number(&domain.photo(&format!("CN=r-{user:02},{}", domain.base)).unwrap());
            assert!((0..12).all(|user| photo(user) == user + 200), "the plan gives each its own");
            for user in 0..12 {
                folder.file(&format!("r-{user:02}.jpg"), jpeg(user + 300, 96, 96));
            }
            let run = import(&["--yes"]).on_terminal("");
            assert!(run.code == Some(0) && !run.stdout.contains("[y/N]"), "{}", run.stdout);
            for user in 0..12 {
                folder.file(&format!("r-{user:02}.jpg"), jpeg(user + 400, 96, 96));
            }
            let run = import(&[]).records();
            assert_eq!((run.code, run.count("written")), (Some(0), 12), "{}", run.stderr);
        }
    }

    fn adphoto_journals(domain: &Domain) -> usize {
        let journals = domain.state.path().join("adphoto/journals");
        std::fs::read_dir(journals)
            .unwrap()
            .flatten()
            .filter(|entry| entry.path().extension().is_some_and(|it| it == "jsonl"))
            .count()
    }
}
