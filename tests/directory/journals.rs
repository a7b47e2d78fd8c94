//! Tests journal files: where they are, who may read them, and what happens if they cannot be written.

use std::path::{Path, PathBuf};

use adphoto::hash::Hash;
use adphoto::journal::{Header, Journal, Past, Place};
use time::OffsetDateTime;

use crate::domain::Domain;
use crate::photos::jpeg;
use crate::run::Folder;

/// Begins a journal for a run in this domain that has not changed anything yet.
pub(crate) fn begun_journal(domain: &str, path: &Path) -> Journal {
    let header = Header {
        version: Header::VERSION,
        adphoto: "0".to_owned(),
        id: format!("{:032x}", fastrand::u128(..)),
        started: OffsetDateTime::now_utc(),
        command: "import".to_owned(),
        target: "active-directory".to_owned(),
        attribute: "thumbnailPhoto".to_owned(),
        user: "anna".to_owned(),
        server: "ldaps://dc1.other.test:636".to_owned(),
        domain: domain.to_owned(),
        base_dn: domain.to_owned(),
        source: None,
        arguments: Vec::new(),
        undoes: Vec::new(),
        partial: false,
        follows: None,
    };
    Journal::create(Place::Named(path.to_path_buf()), header).unwrap()
}

/// Returns the paths of the journals in the state folder, in order of their names.
fn in_state(domain: &Domain) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(domain.state.path().join("adphoto").join("journals")) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn people(domain: &Domain, folder: &Folder, count: u32) {
    for number in 0..count {
        domain.user(&format!("j-{number:02}"));
        folder.file(&format!("j-{number:02}.jpg"), jpeg(number, 96, 96));
    }
}

on_both! {
    fn a_journal_is_in_the_state_folder_and_can_be_listed_taken_back_and_deleted(domain: &Domain) {
        let folder = Folder::new();
        people(domain, &folder, 3);
        let list = |arguments: &[&str]| domain.undo(&[]).args(arguments).run();
        assert_eq!(list(&["--list"]).stdout.lines().count(), 1);

        assert_eq!(domain.import(folder.path()).args(&["--dry-run"]).records().count("would-write"), 3);
        assert!(in_state(domain).is_empty(), "a dry run changes nothing");
        let run = domain.import(folder.path()).run();
        let journals = in_state(domain);
        assert_eq!((run.code, journals.len()), (Some(0), 1), "{}", run.stderr);
        let name = journals[0].file_stem().unwrap().to_str().unwrap();
        assert!(run.stderr.contains(&format!("`adphoto undo {name}` takes this run back, ")), "{}", run.stderr);
        let rehearsed = domain.undo(&[Path::new(name)]).args(&["-n"]).records();
        assert_eq!(rehearsed.count("would-restore"), 3, "{}", rehearsed.stderr);
        #[cfg(unix)]
        for (path, mode) in [(journals[0].as_path(), 0o600), (journals[0].parent().unwrap(), 0o700)] {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, mode, "{path:?}");
        }
        let text = std::fs::read_to_string(&journals[0]).unwrap();
        assert!(!text.contains(&domain.admin_password));
        assert!(text.lines().all(|line| line.parse::<serde_json::Value>().is_ok()));

        assert_eq!(domain.import(folder.path()).records().count("unchanged"), 3);
        assert_eq!(in_state(domain), journals, "without a change there is no journal");
        let named = folder.path().join("none.jsonl");
        assert_eq!(domain.import(folder.path()).journal(&named).records().count("unchanged"), 3);
        assert!(Past::read(&named, false).unwrap().changes.is_empty(), "one that was asked for is there");

        let listed = list(&["--list"]);
        assert_eq!(listed.code, Some(0), "{}", listed.stderr);
        assert!(listed.stdout.contains(": 3 changed\n") && listed.stdout.contains(&format!(" UTC  import of {} by ", folder.path().display())), "{}", listed.stdout);
        for statuses in ["restored", "unchanged"] {
            let undone = domain.undo(&[]).args(&["--last"]).records();
            assert_eq!((undone.code, undone.count(statuses)), (Some(0), 3), "{}", undone.json);
            assert_eq!(undone.stderr.contains("was already taken back"), statuses == "unchanged", "{}", undone.stderr);
        }
        assert_eq!(domain.photos().len(), 0);
        let listed = list(&["--list"]).stdout;
        assert!(listed.contains("3 changed; taken back\n") && listed.contains(" UTC  undo by "), "{listed}");

        assert_eq!(list(&["--prune", "1"]).stdout, "no journal is at least 1 day old\n");
        assert_eq!(in_state(domain).len(), 2);
        for words in ["would delete ", "deleted "] {
            assert_eq!(in_state(domain).len(), 2);
            let mut arguments = vec!["--prune", "0"];
            arguments.extend(words.starts_with("would").then_some("--dry-run"));
            let said = list(&arguments).stdout;
            assert!(said.lines().count() == 2 && said.lines().all(|line| line.starts_with(words)), "{said}");
        }
        assert!(in_state(domain).is_empty());
        let last = domain.undo(&[]).args(&["--last"]).run();
        assert!(last.code == Some(1) && last.stderr.contains("name a journal"), "{}", last.stderr);
    }

    /// A forged journal could put any picture on an account.
    #[cfg(unix)]
    fn a_journal_that_others_may_have_written_is_not_believed(domain: &Domain) {
        use std::os::unix::fs::PermissionsExt;
        let folder = Folder::new();
        people(domain, &folder, 2);
        assert_eq!(domain.import(folder.path()).records().count("written"), 2);
        let journal = in_state(domain).remove(0);
        std::fs::set_permissions(&journal, std::fs::Permissions::from_mode(0o666)).unwrap();
        let before = domain.snapshot();
        let last = domain.undo(&[]).args(&["--last"]).run();
        assert_eq!(last.code, Some(1));
        assert!(last.stderr.contains("skipped:") && last.stderr.contains("mode 0666"), "{}", last.stderr);
        let named = domain.undo(&[&journal]).run();
        assert_eq!(named.code, Some(1));
        assert!(named.stderr.contains("may not be yours") && named.stderr.contains("--trust-journal"), "{}", named.stderr);
        let list = domain.undo(&[]).args(&["--list"]).run();
        assert!(list.code == Some(0) && list.stdout.contains("cannot be listed"), "{}", list.stdout);
        assert_eq!(domain.snapshot(), before);
        let trusted = domain.undo(&[&journal]).args(&["--trust-journal"]).records();
        assert_eq!((trusted.code, trusted.count("restored")), (Some(0), 2), "{}", trusted.json);
    }

    /// The clock does not decide which run is the newest, since it may have been set back.
    fn the_newest_run_is_the_one_that_follows_the_others(domain: &Domain) {
        let folder = Folder::new();
        people(domain, &folder, 1);
        assert_eq!(domain.import(folder.path()).records().count("written"), 1);
        let first = in_state(domain).remove(0);
        folder.file("j-00.jpg", jpeg(99, 96, 96));
        assert_eq!(domain.import(folder.path()).records().count("written"), 1);
        let second = in_state(domain).into_iter().find(|path| *path != first).unwrap();
        // Makes it look as if the clock had been set back by four years before the second run: the day exists in both.
        let text = std::fs::read_to_string(&second).unwrap();
        let (header, rest) = text.split_once('\n').unwrap();
        let year: u32 = header.split_once(r#""started":""#).unwrap().1[..4].parse().unwrap();
        let header = header[r#"{"sum":"0123456789abcdef","#.len()..].replacen(&format!(r#""started":"{year}"#), &format!(r#""started":"{}"#, year - 4), 1);
        let sum = Hash::of(header.as_bytes()).to_string();
        std::fs::write(&second, format!("{{\"sum\":\"{}\",{header}\n{rest}", &sum[..16])).unwrap();
        let last = domain.undo(&[]).args(&["--last", "--dry-run"]).run();
        assert!(last.stderr.contains(&second.display().to_string()), "{}", last.stderr);
        let list = domain.undo(&[]).args(&["--list"]).run().stdout;
        assert!(list.find(&second.display().to_string()) < list.find(&first.display().to_string()), "{list}");
    }

    fn a_list_tells_what_was_taken_back(domain: &Domain) {
        let folder = Folder::new();
        people(domain, &folder, 2);
        assert_eq!(domain.import(folder.path()).records().count("written"), 2);
        let first = in_state(domain);
        domain.set_photo(&format!("CN=j-01,{}", domain.base), Some(b"by hand"));
        let list = || domain.undo(&[]).args(&["--list"]).run().stdout;
        let last = |arguments: &[&str]| domain.undo(&[]).args(&["--last"]).args(arguments).records();
        assert_eq!(last(&[]).outcomes(), ["restored", "failed changed-since"]);
        assert!(list().contains(": 2 changed; taken back in part\n"), "{}", list());
        let before = in_state(domain);
        assert_eq!(last(&["--force"]).outcomes(), ["unchanged", "restored"]);
        assert!(list().contains(": 2 changed; taken back\n"), "{}", list());
        let undos: Vec<PathBuf> = in_state(domain).into_iter().filter(|path| !first.contains(path)).collect();
        assert_eq!((before.len(), undos.len()), (2, 2));
        let undos: Vec<&Path> = undos.iter().map(PathBuf::as_path).collect();
        assert_eq!(domain.undo(&undos).records().count("restored"), 2);
        assert!(list().contains(": 2 changed; not taken back: its undo was taken back\n"), "{}", list());
    }

    /// A journal that cannot be read may be that of the last run.
    fn the_last_run_is_not_guessed(domain: &Domain) {
        let folder = Folder::new();
        people(domain, &folder, 1);
        assert_eq!(domain.import(folder.path()).records().count("written"), 1);
        let journals = in_state(domain);
        let text = std::fs::read_to_string(&journals[0]).unwrap();
        let spoilt = text.replacen("import", "impart", 1);
        let damaged = |name: &str| journals[0].with_file_name(name);
        std::fs::write(damaged("29991231T235959Z-import-00000000.jsonl"), &spoilt).unwrap();
        let photos = domain.photos();
        let last = domain.undo(&[]).args(&["--last"]).run();
        assert_eq!(last.code, Some(1), "{}", last.stderr);
        for words in ["29991231T235959Z", "may be the journal of the newest run", "cause: the first line", "help: name the journal"] {
            assert!(last.stderr.contains(words), "no {words:?} in: {}", last.stderr);
        }
        assert_eq!(domain.photos(), photos);
        std::fs::rename(damaged("29991231T235959Z-import-00000000.jsonl"), damaged("20010101T000000Z-import-00000000.jsonl")).unwrap();
        let last = domain.undo(&[]).args(&["--last"]).records();
        assert_eq!((last.code, last.count("restored")), (Some(0), 1), "{}", last.stderr);
        assert!(last.stderr.contains("skipped: "), "{}", last.stderr);
    }

    fn a_journal_never_takes_the_place_of_another_file(domain: &Domain) {
        let folder = Folder::new();
        people(domain, &folder, 1);
        let file = folder.file("out/run.jsonl", "precious");
        #[cfg_attr(windows, expect(unused_mut, reason = "links take a right of their own there"))]
        let mut names = vec![file.clone()];
        #[cfg(unix)]
        for (name, target) in [("link.jsonl", file.clone()), ("dangling.jsonl", folder.path().join("out/not-there"))] {
            let link = folder.path().join("out").join(name);
            std::os::unix::fs::symlink(target, &link).unwrap();
            names.push(link);
        }
        for name in names {
            let run = domain.import(folder.path()).journal(&name).run();
            assert!(run.code == Some(1) && run.stderr.contains("exists already"), "{}", run.stderr);
            assert!(run.stderr.contains("help: "), "{}", run.stderr);
        }
        let run = domain.import(folder.path()).journal(&folder.path().join("gone/run.jsonl")).run();
        assert!(run.code == Some(1) && run.stderr.contains("cannot write the journal"), "{}", run.stderr);
        assert_eq!(std::fs::read_to_string(file).unwrap(), "precious");
        assert!(!folder.path().join("out/not-there").exists());
        assert_eq!(domain.photos().len(), 0);
    }

    fn what_is_no_journal_of_this_domain_is_refused(domain: &Domain) {
        let folder = Folder::new();
        let (other, running) = (folder.path().join("other.jsonl"), folder.path().join("running.jsonl"));
        begun_journal("DC=other,DC=test", &other).finish(false, 0).unwrap();
        let _running = begun_journal("DC=other,DC=test", &running);
        for (path, words) in [
            (other, "belongs to the domain DC=other,DC=test"),
            (running, "still under way"),
            (folder.file("list.csv", "user,path\n"), "is not a journal of adphoto"),
            (folder.path().join("gone.jsonl"), "cannot read the journal"),
        ] {
            let run = domain.undo(&[&path]).run();
            assert!(run.code == Some(1) && run.stderr.contains(words), "{}", run.stderr);
        }
        #[cfg(unix)]
        {
            let pipe = folder.path().join("pipe");
            assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            let run = domain.undo(&[&pipe]).run();
            assert!(run.code == Some(1) && run.stderr.contains("is not a journal of adphoto"), "{}", run.stderr);
        }
        // The journal of a run that was killed before it had written its header.
        let (empty, report) = (folder.file("empty.jsonl", ""), folder.path().join("report.csv"));
        let run = domain.undo(&[&empty]).args(&["--report", report.to_str().unwrap()]).run();
        assert!(report.exists(), "{}", run.stderr);
        assert!(run.code == Some(0) && run.stderr.contains("is empty"), "{}", run.stderr);
        assert_eq!(run.stdout, "nothing to take back: none of these runs changed anything\n");
        // The journal of a run that was killed while it wrote its header. The error comes before any password is
        // needed.
        let torn = folder.file("torn.jsonl", "{\"sum\":\"0123");
        let run = domain.undo(&[&torn, &empty]).user("nobody", "").run();
        assert!(run.code == Some(1) && run.stderr.contains("torn.jsonl ends in the middle of its first line"), "{}", run.stderr);
        let records = domain.undo(&[&empty]).records();
        assert_eq!((records.code, records.all().len()), (Some(0), 0), "{}", records.stderr);
    }

    /// The run may have changed more than such a journal tells, so `undo` says that it was cut short.
    fn a_journal_cut_short_is_told(domain: &Domain) {
        let folder = Folder::new();
        people(domain, &folder, 3);
        let whole = folder.path().join("whole.jsonl");
        assert_eq!(domain.import(folder.path()).journal(&whole).records().count("written"), 3);
        let text = std::fs::read_to_string(&whole).unwrap();
        let end = text.match_indices("\"intent\"").nth(2).unwrap().0;
        let line = text[..end].rfind('\n').unwrap() + 1;
        for (name, cut, begun) in [("line.jsonl", line, "2 changes"), ("within.jsonl", end + 20, "2 changes"), ("end.jsonl", text.len() - 3, "3 changes")] {
            let cut = folder.file(name, &text[..cut]);
            let undone = domain.undo(&[&cut, &cut]).args(&["--dry-run"]).records();
            assert_eq!((undone.code, undone.count("would-restore")), (Some(0), begun[..1].parse().unwrap()), "{}", undone.json);
            let said = format!("{name} was broken off, or the file was cut short; {begun} had begun\n");
            assert_eq!(undone.stderr.matches(&said).count(), 1, "{}", undone.stderr);
            let hint = format!("if {} is a copy, take the original: it may hold more changes", cut.display());
            assert_eq!(undone.json["hints"], serde_json::json!([hint]), "{}", undone.json);
        }
        // Of two copies of a journal, the one that tells more is used.
        let copy = folder.path().join("line.jsonl");
        for copies in [[&copy, &whole], [&whole, &copy]] {
            let undone = domain.undo(&copies.map(|path| path.as_path())).args(&["--dry-run"]).records();
            assert_eq!(undone.count("would-restore"), 3, "{}", undone.json);
        }
        let undone = domain.undo(&[&whole]).records();
        assert!(undone.count("restored") == 3 && !undone.stderr.contains("broken off"), "{}", undone.stderr);
        // A journal with nothing but its header says that no change had begun.
        let header = folder.file("header.jsonl", text.split_inclusive('\n').next().unwrap());
        let run = domain.undo(&[&header]).run();
        assert!(run.code == Some(0) && run.stderr.contains("; 0 changes had begun"), "{}", run.stderr);
    }

    fn a_journal_of_the_state_folder_needs_no_path(domain: &Domain) {
        let folder = Folder::new();
        people(domain, &folder, 1);
        assert_eq!(domain.import(folder.path()).records().count("written"), 1);
        let journal = in_state(domain).remove(0);
        let name = Path::new(journal.file_name().unwrap());
        let undone = domain.undo(&[name]).records();
        assert_eq!((undone.code, undone.count("restored")), (Some(0), 1), "{}", undone.stderr);
        let said = format!("note: {} is not in this folder; using {}\n", name.display(), journal.display());
        assert!(undone.stderr.contains(&said), "{}", undone.stderr);
        assert!(domain.cloud().is_some() || undone.stderr.contains("--base-dn has no effect here"), "{}", undone.stderr);
        for other in [Path::new(".").join(name), folder.path().join(name), "gone.jsonl".into()] {
            let run = domain.undo(&[&other]).run();
            assert!(run.code == Some(1) && run.stderr.contains("cannot read the journal"), "{other:?} {}", run.stderr);
        }
    }

    fn a_run_that_writes_deletes_old_journals_and_no_other_does(domain: &Domain) {
        let days = |days: u64| std::time::SystemTime::now() - std::time::Duration::from_secs(days * 24 * 3600);
        let age = |path: &Path, number: u64| {
            let file = std::fs::File::options().write(true).open(path).unwrap();
            file.set_modified(days(number)).unwrap();
        };
        let folder = Folder::new();
        people(domain, &folder, 2);
        let import = |more: &[&str]| domain.import(folder.path()).args(more).run();
        let replace = |photo: u32| (0..2).for_each(|number| drop(folder.file(&format!("j-{number:02}.jpg"), jpeg(photo + number, 96, 96))));
        let newest = |before: &[PathBuf]| in_state(domain).into_iter().find(|path| !before.contains(path)).unwrap();
        let mut runs: Vec<PathBuf> = Vec::new();
        for photo in [10, 20, 30, 40] {
            replace(photo);
            assert_eq!(import(&[]).code, Some(0));
            runs.push(newest(&runs));
        }
        let [old, busy, young, half] = runs.try_into().unwrap();
        // Somebody has undone this run for one account, and may want to undo it for the other one next.
        let undone = domain.undo(&[&half]).args(&["--account", "j-00"]).records();
        assert_eq!((undone.code, undone.count("restored")), (Some(0), 1), "{}", undone.stderr);
        let undo = newest(&[old.clone(), half.clone(), busy.clone(), young.clone()]);
        let held = std::fs::File::open(&busy).unwrap();
        let other = in_state(domain)[0].with_file_name("notes.jsonl");
        std::fs::write(&other, "not a journal").unwrap();
        for path in [&old, &half, &busy, &other] {
            age(path, 90);
        }
        age(&young, 89);
        // As an undo holds it that reads the journal.
        held.lock_shared().unwrap();

        let all = in_state(domain);
        let dry = import(&["--keep-journals", "90 days", "--dry-run"]);
        assert!(in_state(domain) == all && !dry.stderr.contains("deleted"), "{}", dry.stderr);
        let run = import(&["--keep-journals", "90 days"]);
        assert!(run.stderr.contains("deleted 1 journal that was at least 90 days old (--keep-journals)"), "{}", run.stderr);
        assert!(!old.exists() && [&half, &busy, &young, &undo, &other].iter().all(|path| path.exists()));
        drop(held);
        let settings = folder.file("settings.txt", "keep-journals = '89 days'");
        let run = import(&["--config", settings.to_str().unwrap()]);
        assert!(run.stderr.contains("deleted 2 journals that were at least 89 days old"), "{}", run.stderr);
        assert!([&busy, &young].iter().all(|path| !path.exists()) && [&half, &undo, &other].iter().all(|path| path.exists()));
        assert_eq!(import(&["--keep-journals", "soon"]).code, Some(2));
    }

    fn old_journals_are_deleted_in_their_order(domain: &Domain) {
        let journals = domain.state.path().join("adphoto").join("journals");
        std::fs::create_dir_all(&journals).unwrap();
        let names: Vec<PathBuf> = [5, 1, 4, 2, 3].map(|age| journals.join(format!("{age}.jsonl"))).into();
        for (name, age) in names.iter().zip([5, 1, 4, 2, 3]) {
            let file = std::fs::File::create(name).unwrap();
            file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(age * 60)).unwrap();
        }
        let said = domain.undo(&[]).args(&["--prune", "0"]).run().stdout;
        let order: String = said.lines().map(|line| line.trim_end_matches(".jsonl").chars().last().unwrap()).collect();
        assert_eq!(order, "54321", "{said}");
        // On other systems, a file in place of this folder may look like a folder that does not exist.
        #[cfg(unix)]
        {
            std::fs::remove_dir(&journals).unwrap();
            std::fs::write(&journals, "no folder").unwrap();
            let run = domain.undo(&[]).args(&["--list"]).run();
            assert!(run.code == Some(1) && run.stderr.contains("error: cannot read the folder of the journals"), "{}", run.stderr);
            assert!(run.stderr.contains("help: ") && !run.stderr.contains("--list"), "{}", run.stderr);
        }
    }
}

on_tenant! {
    a_journal_is_in_the_state_folder_and_can_be_listed_taken_back_and_deleted
    #[cfg(unix)]
    a_journal_that_others_may_have_written_is_not_believed
    the_newest_run_is_the_one_that_follows_the_others
    a_list_tells_what_was_taken_back
    the_last_run_is_not_guessed
    a_journal_never_takes_the_place_of_another_file
    a_journal_cut_short_is_told
    a_journal_of_the_state_folder_needs_no_path
    a_run_that_writes_deletes_old_journals_and_no_other_does
    old_journals_are_deleted_in_their_order
}

/// Tests of a full disk: with a file that may not grow, and with a file system that has no more space.
#[cfg(unix)]
mod full {
    use std::collections::BTreeMap;

    use super::*;
    use crate::run::Run;

    const PHOTOS: u32 = 60;

    /// Gives each account an old photo of 4 KB; a journal of 64 KB has room for only a few of them.
    fn start(domain: &Domain, folder: &Folder) -> BTreeMap<String, Vec<u8>> {
        people(domain, folder, PHOTOS);
        for number in 0..PHOTOS {
            domain.set_photo(&format!("CN=j-{number:02},{}", domain.base), Some(&number.to_le_bytes().repeat(1000)));
        }
        domain.photos()
    }

    /// Asserts that the run stopped before a write that it could not record, and that its writes can be undone.
    fn stopped_cleanly(domain: &Domain, run: &Run, journal: &Path, start: &BTreeMap<String, Vec<u8>>) {
        assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
        for word in ["adphoto never changes a photo that it could not put back", "help: free some space"] {
            assert!(run.stderr.contains(word), "no {word:?} in: {}", run.stderr);
        }
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let count = |status: &str| report["summary"][status].as_u64().unwrap_or(0);
        let changed = domain.photos().iter().filter(|(name, photo)| start[*name] != **photo).count() as u64;
        assert_eq!((count("written"), count("not-attempted")), (changed, u64::from(PHOTOS) - changed));
        assert!((3..30).contains(&changed), "{changed}");
        let past = Past::read(journal, false).unwrap();
        assert_eq!((past.changes.len() as u64, past.damaged.len()), (changed, 0));
        let undone = domain.undo(&[journal]).records();
        assert_eq!((undone.code, undone.count("restored")), (Some(0), changed), "{}", undone.json);
        assert_eq!(domain.photos(), *start);
    }

    on_both! {
        fn a_file_that_may_not_grow_stops_the_run(domain: &Domain) {
            let folder = Folder::new();
            let start = start(domain, &folder);
            let journal = folder.path().join("run.jsonl");
            let import = domain.import(folder.path()).args(&["--format", "json"]).journal(&journal);
            // The limit is in blocks of 512 bytes. Without the trap, a signal would end the program before it sees the
            // error.
            let run = import.after("trap '' XFSZ; ulimit -f 128");
            stopped_cleanly(domain, &run, &journal, &start);
        }
    }

    mod disk_on_samba {
        use super::*;

        /// The file system of 64 KB is mounted for this run alone, which only root may do.
        #[test]
        #[cfg(target_os = "linux")]
        #[ignore = "needs root, as tests/run's Samba domain does"]
        fn a_full_disk_stops_the_run() {
            let domain = Domain::samba();
            let folder = Folder::new();
            let start = start(&domain, &folder);
            let (small, kept) = (Folder::new(), folder.path().join("kept.jsonl"));
            let journal = small.path().join("run.jsonl");
            let import = domain.import(folder.path()).args(&["--format", "json"]).journal(&journal);
            let run = import.on_small_disk(small.path(), &journal, &kept);
            stopped_cleanly(&domain, &run, &kept, &start);
        }
    }
}
