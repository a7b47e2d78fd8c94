//! Tests runs that nobody watches: an inbox that empties itself, and a log.

use crate::photos::{jpeg, number};
use crate::run::Folder;

on_both! {
    fn an_inbox_holds_only_what_is_new(domain: &Domain) {
        let people = ["i-ann", "i-ben"].map(|name| domain.user(name));
        let folder = Folder::new();
        let inbox = folder.path().join("in");
        let done = folder.path().join("done");
        for (name, photo) in [("i-ann", 1), ("i-ben", 2), ("i-nobody", 3)] {
            folder.file(&format!("in/{name}.jpg"), jpeg(photo, 100, 100));
        }
        folder.file("in/i-ann broken.txt", "no photo");
        let names = |path: &std::path::Path| {
            let mut names: Vec<_> =
                std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        };
        let silent = || domain.import(&inbox).args(&["--move-done", done.to_str().unwrap()]);
        let import = || silent().records();
        let rehearsal = silent().args(&["--dry-run"]).records();
        assert_eq!((rehearsal.count("would-write"), names(&inbox).len(), done.exists()), (2, 4, false), "{}", rehearsal.json);
        let run = import();
        assert_eq!((run.code, run.count("written"), run.count("failed")), (Some(3), 2, 1), "{}", run.json);
        assert_eq!(names(&inbox), ["i-ann broken.txt", "i-nobody.jpg"]);
        assert_eq!(names(&done), ["i-ann.jpg", "i-ben.jpg"]);

        // Next come a new photo of the same name, and a photo that the directory has already.
        folder.file("in/i-ann.jpg", jpeg(4, 100, 100));
        folder.file("in/i-ben.jpg", jpeg(2, 100, 100));
        let run = import();
        assert_eq!((run.count("written"), run.count("unchanged")), (1, 1), "{}", run.json);
        assert_eq!(names(&done), ["i-ann (2).jpg", "i-ann.jpg", "i-ben (2).jpg", "i-ben.jpg"]);
        assert_eq!(number(&domain.photo(&people[0]).unwrap()), 4);

        // A photo for two accounts stays until both have it.
        let list = folder.file("in/list.csv", "user,photo\ni-ann,both.jpg\ni-none,both.jpg\n");
        folder.file("in/both.jpg", jpeg(5, 100, 100));
        let run = domain.import(&list).args(&["--move-done", done.to_str().unwrap()]).records();
        assert_eq!(run.outcomes(), ["written", "failed no-such-account"]);
        assert!(inbox.join("both.jpg").exists());

        // One file under two paths is one photo.
        let list = folder.file("in/list.csv", "user,photo\ni-ann,both.jpg\ni-none,./both.jpg\n");
        let run = domain.import(&list).args(&["--move-done", done.to_str().unwrap()]).records();
        assert_eq!(run.outcomes(), ["unchanged", "failed no-such-account"]);
        assert!(inbox.join("both.jpg").exists());

        // A photo that is listed twice for the same account is moved once.
        let list = folder.file("in/list.csv", "user,photo\ni-ann,both.jpg\nI-Ann,both.jpg\n");
        let run = domain.import(&list).args(&["--move-done", done.to_str().unwrap()]).records();
        assert_eq!((run.code, run.outcomes()), (Some(0), vec!["unchanged".into(), "skipped named-twice".into()]));
        assert!(!inbox.join("both.jpg").exists() && done.join("both.jpg").exists());

        // A killed run has left a photo that it was about to move.
        folder.file("in/.adphoto-moving-0123abcd-i-ben.jpg", jpeg(6, 100, 100));
        let run = silent().run();
        assert!(run.stderr.contains("i-ben.jpg got its name back"), "{}", run.stderr);
        assert_eq!(number(&domain.photo(&people[1]).unwrap()), 6);

        // A photo that cannot be moved is reported by every run, also if nothing else changes.
        folder.file("in/i-ann.jpg", jpeg(7, 100, 100));
        #[cfg(unix)]
        for night in ["written", "unchanged"] {
            let link = inbox.join("i-ben.jpg");
            if !link.is_symlink() {
                std::os::unix::fs::symlink(folder.file("elsewhere.jpg", jpeg(8, 100, 100)), &link).unwrap();
            }
            let run = silent().run();
            assert!(run.stderr.contains("1 photo could not be moved"), "{night}: {}", run.stderr);
            assert_eq!(run.code, Some(3), "{night}");
            assert!(run.stdout.contains("not-moved (1)") && run.stdout.contains("i-ben.jpg: "), "{night}: {}", run.stdout);
            assert!(link.is_symlink());
        }

        let inside = inbox.join("done");
        let refused = domain.import(&inbox).args(&["--recursive", "--move-done", inside.to_str().unwrap()]).run();
        assert_eq!(refused.code, Some(1));
        assert!(refused.stderr.contains("found again"), "{}", refused.stderr);
        let rehearsed = domain.import(&inbox).args(&["--dry-run", "--recursive", "--move-done", inside.to_str().unwrap()]).run();
        assert!(rehearsed.code == Some(1) && rehearsed.stderr.contains("found again"), "{}", rehearsed.stderr);
    }

    fn an_empty_inbox_is_a_quiet_night(domain: &Domain) {
        let folder = Folder::new();
        let (inbox, done) = (folder.path().join("in"), folder.path().join("done"));
        std::fs::create_dir(&inbox).unwrap();
        assert_eq!(domain.import(&inbox).run().code, Some(1), "who names photos means some");
        let import = |source: std::path::PathBuf| domain.import(source).args(&["--move-done", done.to_str().unwrap()]).run();
        let run = import(inbox.clone());
        assert!(run.code == Some(0) && run.stderr.contains("nothing to do"), "{}", run.stderr);
        // A missing folder, a wrong pattern, and a folder with photos only in folders below it are no empty inbox.
        folder.file("in/monday/o-ann.jpg", jpeg(1, 100, 100));
        for source in [folder.path().join("none"), inbox.join("*.jgp"), folder.path().join("none/*.jpg"), inbox] {
            let run = import(source.clone());
            assert_eq!(run.code, Some(1), "{}: {}", source.display(), run.stderr);
        }
    }

    fn report_journal_and_log_are_files_of_their_own(domain: &Domain) {
        domain.user("o-ann");
        let folder = Folder::new();
        folder.file("in/o-ann.jpg", jpeg(1, 100, 100));
        let path = folder.path().join("run.json");
        let (file, detour) = (path.to_str().unwrap(), folder.path().join("in/../run.json"));
        let import = |args: &[&str]| domain.import(folder.path().join("in")).args(args).run();
        for (one, other) in [("--report", "--journal"), ("--report", "--log-file"), ("--journal", "--log-file"), ("--report", "--report")] {
            let run = import(&[one, file, other, detour.to_str().unwrap()]);
            assert_eq!(run.code, Some(2), "{one} {other}: {}", run.stderr);
            assert!(run.stderr.contains("cannot both be"), "{}", run.stderr);
            assert!(!path.exists());
        }
        let before = domain.snapshot();
        let run = import(&["--journal", file]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_ne!(domain.snapshot(), before);
        let journal = std::fs::read(&path).unwrap();
        for flag in ["--report", "--log-file"] {
            let run = import(&[flag, file]);
            assert_eq!(run.code, Some(2), "{flag}: {}", run.stderr);
            assert!(run.stderr.contains("the journal of a run"), "{}", run.stderr);
            assert_eq!(std::fs::read(&path).unwrap(), journal);
        }
        // A missing folder for a report is made, but not in place of a file.
        let deep = folder.path().join("new/report.json");
        let run = import(&["--report", deep.to_str().unwrap()]);
        assert!(run.code == Some(0) && deep.exists(), "{}", run.stderr);
        let nowhere = path.join("report.json");
        let run = import(&["--report", nowhere.to_str().unwrap()]);
        assert!(run.code == Some(1) && run.stderr.contains("report.json"), "{}", run.stderr);
    }

    /// Whoever made the file beforehand could read the log.
    #[cfg(unix)]
    fn a_log_that_others_may_write_is_refused(domain: &Domain) {
        use std::os::unix::fs::PermissionsExt;
        let folder = Folder::new();
        folder.file("in/nobody.jpg", jpeg(1, 96, 96));
        let log = folder.file("adphoto.log", "");
        std::fs::set_permissions(&log, std::fs::Permissions::from_mode(0o666)).unwrap();
        let run = domain.import(folder.path().join("in")).args(&["--log-file", log.to_str().unwrap()]).run();
        assert_eq!(run.code, Some(1));
        assert!(run.stderr.contains("is not yours alone: others can write to it (mode 0666)"), "{}", run.stderr);
        assert_eq!(std::fs::read_to_string(&log).unwrap(), "");
    }

    /// A wrong word on a nightly line must not spoil the list of people, or any other file.
    fn a_log_goes_to_no_file_that_is_not_a_log(domain: &Domain) {
        domain.user("l-ann");
        let folder = Folder::new();
        let photo = folder.file("l-ann.jpg", jpeg(1, 100, 100));
        let list = folder.file("list.csv", "user,photo\nl-ann,l-ann.jpg\n");
        let other = folder.file("password", "a password\n");
        for (source, log, code, words) in [
            (&list, &list, 2, "list.csv, which is the source"),
            (&photo, &photo, 2, "l-ann.jpg, which is the source"),
            (&list, &other, 1, "does not begin like a log of adphoto"),
            (&list, &photo, 1, "does not begin like a log of adphoto"),
        ] {
            let before = std::fs::read(log).unwrap();
            let run = domain.import(source).args(&["--dry-run", "--log-file", log.to_str().unwrap()]).run();
            assert!(run.code == Some(code) && run.stderr.contains(words), "{:?} {}", run.code, run.stderr);
            assert_eq!(std::fs::read(log).unwrap(), before);
        }
    }

    /// Whatever a server's address looks like, a password in it is in no log and no report.
    fn a_password_in_the_address_of_a_server_is_nowhere(domain: &Domain) {
        let folder = Folder::new();
        folder.file("in/nobody.jpg", jpeg(1, 96, 96));
        for (number, server) in ["svc:Geheim@dc1", "ldaps://svc:Ge?Geheim@dc1", "ldaps://svc:Geheim@dc1?x", "svc:Geheim,Geheim@dc1", "dc1,svc:Geheim@dc2"].into_iter().enumerate() {
            let [log, report] = ["log", "json"].map(|end| folder.path().join(format!("{number}.{end}")));
            let settings = folder.file(&format!("{number}.toml"), format!("server = \"{server}\""));
            let import = || domain.import(folder.path().join("in")).args(&["--log-file", log.to_str().unwrap(), "--report", report.to_str().unwrap()]);
            for run in [
                import().server(server).run(),
                import().by_dns(&[]).env("ADPHOTO_SERVER", server).run(),
                import().by_dns(&["--config", settings.to_str().unwrap()]).run(),
            ] {
                assert_eq!(run.code, Some(2), "{server}: {}", run.stderr);
                let written = [&log, &report].map(|file| std::fs::read_to_string(file).unwrap_or_default());
                assert!(written[0].contains(" begins: import "), "{}", written[0]);
                for text in written.iter().chain([&run.stderr, &run.stdout]) {
                    assert!(!text.contains("Geheim") && !text.contains("svc:G"), "{server}: {text}");
                }
                let _ = std::fs::remove_file(&report);
            }
        }
    }

    fn a_log_tells_what_happened_and_when(domain: &Domain) {
        let dn = domain.user("l-ann");
        let folder = Folder::new();
        folder.file("in/l-ann.jpg", jpeg(1, 100, 100));
        folder.file("in/l-nobody.jpg", jpeg(2, 100, 100));
        let log = folder.path().join("adphoto.log");
        let import = || domain.import(folder.path().join("in")).args(&["--log-file", log.to_str().unwrap()]);
        assert_eq!(import().run().code, Some(3));
        assert_eq!(import().user(&domain.admin, "not the password").run().code, Some(1));
        let text = std::fs::read_to_string(&log).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.iter().all(|line| line.as_bytes()[10] == b'T' && line.as_bytes()[19] == b'Z'), "{text}");
        let has = |words: &str| assert!(text.contains(words), "{words} in {text}");
        has(" begins: import ");
        has(&format!(" written l-ann, {}", folder.path().join("in").join("l-ann.jpg").display()));
        has(&dn);
        has(" failed l-nobody, ");
        has(" import: 1 written, 1 failed");
        has("ends with exit code 3");
        has("error: ");
        has("ends with exit code 1");
        assert!(!text.contains(&domain.admin_password) && !text.contains("not the password"));
    }
}

on_tenant! {
    an_inbox_holds_only_what_is_new
    an_empty_inbox_is_a_quiet_night
    report_journal_and_log_are_files_of_their_own
    #[cfg(unix)]
    a_log_that_others_may_write_is_refused
    a_log_goes_to_no_file_that_is_not_a_log
}
