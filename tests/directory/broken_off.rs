//! Tests runs that are killed or asked to stop at any moment: what they did is known, and can be undone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use adphoto::journal::Past;

use crate::domain::Domain;
use crate::photos::jpeg;
use crate::run::{Folder, Records};

const PHOTOS: u32 = 200;

struct Import<'d> {
    domain: &'d Domain,
    folder: Folder,
    journals: Folder,
}

impl<'d> Import<'d> {
    fn new(domain: &'d Domain) -> Self {
        let names: Vec<String> = (0..PHOTOS).map(|number| format!("b-{number:03}")).collect();
        domain.users(&names);
        let folder = Folder::new();
        for (number, name) in (0..PHOTOS).zip(&names) {
            folder.file(&format!("{name}.jpg"), jpeg(number, 96, 96));
            if number % 2 == 0 {
                domain.set_photo(&format!("CN={name},{}", domain.base), Some(format!("old {number}").as_bytes()));
            }
        }
        Self { domain, folder, journals: Folder::new() }
    }

    fn run(&self, journal: &Path) -> crate::run::Import {
        self.domain.import(self.folder.path()).args(&["--as-is", "--format", "json"]).journal(journal)
    }

    fn wanted(&self) -> BTreeMap<String, Vec<u8>> {
        (0..PHOTOS).map(|number| (format!("b-{number:03}"), jpeg(number, 96, 96))).collect()
    }

    fn undo(&self, journals: &[PathBuf]) -> Records {
        let there: Vec<&Path> = journals.iter().map(PathBuf::as_path).filter(|path| path.exists()).collect();
        self.domain.undo(&there).journal(&self.journals.path().join("undo.jsonl")).records()
    }
}

/// Kills an import at random moments, each time from the same initial state.
fn killed(domain: &Domain, times: u32) {
    let import = Import::new(domain);
    let (start, wanted) = (domain.photos(), import.wanted());
    let begun = Instant::now();
    let whole = Records::read(import.run(&import.journals.path().join("whole.jsonl")).run());
    let takes = begun.elapsed();
    assert_eq!(whole.count("written"), u64::from(PHOTOS), "{}", whole.stderr);
    assert_eq!(import.undo(&[import.journals.path().join("whole.jsonl")]).code, Some(0));
    let length = std::fs::metadata(import.journals.path().join("whole.jsonl")).unwrap().len();
    let mut in_the_middle = 0;
    for time in 0..times {
        let journals = ["killed", "second"].map(|name| import.journals.path().join(format!("{name} {time}.jsonl")));
        let mut child = import.run(&journals[0]).spawn();
        if time % 2 == 0 {
            std::thread::sleep(takes.mul_f64(fastrand::f64()));
        } else {
            // Kills the import while it writes, however fast it is.
            let recorded = fastrand::u64(1..length);
            while std::fs::metadata(&journals[0]).map_or(0, |file| file.len()) < recorded
                && child.try_wait().unwrap().is_none()
            {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let held = domain.photos();
        in_the_middle += u32::from(held != start && held != wanted);
        if let Ok(file) = std::fs::read(&journals[0]) {
            let past = Past::read(&journals[0], false).unwrap();
            assert!(past.damaged.is_empty(), "{}", String::from_utf8_lossy(&file));
        }
        let second = Records::read(import.run(&journals[1]).run());
        assert_eq!(second.count("written") + second.count("unchanged"), u64::from(PHOTOS), "{}", second.json);
        assert!(domain.photos() == wanted, "after a second run every photo is right");
        std::fs::remove_file(import.journals.path().join("undo.jsonl")).unwrap();
        let undone = import.undo(&journals);
        assert_eq!(
            (undone.code, undone.count("restored")),
            (Some(0), u64::from(PHOTOS)),
            "{} {}",
            undone.json,
            undone.stderr
        );
        assert!(domain.photos() == start, "every account holds what it held, byte for byte");
    }
    assert!(in_the_middle > times / 5, "only {in_the_middle} of {times} were in the middle of writing");
}

mod practice {
    use super::*;

    #[test]
    fn killed_at_any_moment() {
        killed(&Domain::practice(), 10);
    }
}

mod samba {
    use super::*;

    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn killed_at_any_moment() {
        killed(&Domain::samba(), 50);
    }
}

/// A run that is asked to stop finishes the operations under way, and its journal says so.
#[cfg(unix)]
mod interrupted {
    use super::*;
    use crate::relay::{At, Fault, Plan, Relay};
    use crate::run::Run;

    on_both! {
        fn an_interrupted_run_has_a_whole_journal(domain: &Domain) {
            let import = Import::new(domain);
            let start = domain.photos();
            let journal = import.journals.path().join("run.jsonl");
            let child = import.run(&journal).args(&["--in-flight", "2"]).spawn();
            let patience = Instant::now() + Duration::from_secs(20);
            while domain.photos() == start && Instant::now() < patience {
                std::thread::sleep(Duration::from_millis(5));
            }
            interrupt(&child);
            let run = Run::of(child);
            assert_eq!(run.code, Some(130), "{}", run.stderr);
            let past = Past::read(&journal, false).unwrap();
            let end = past.end.unwrap();
            let written = Records::read(run).count("written");
            assert!(written > 0, "stopped before the first write: {}", domain.photos() == start);
            assert_eq!((end.stopped, end.done, past.changes.len() as u64), (true, written, written));
            assert!(past.changes.iter().all(|change| change.outcome.is_some()));
            let undone = import.undo(&[journal]);
            assert_eq!((undone.code, undone.count("restored")), (Some(0), written), "{}", undone.json);
            assert_eq!(domain.photos(), start);
        }

        /// After a second Ctrl-C, the run does not wait for answers that never come, and its journal is still correct.
        fn asked_twice_it_leaves_at_once(domain: &Domain) {
            let import = Import::new(domain);
            let (start, wanted) = (domain.photos(), import.wanted());
            let relay = Relay::start(domain, Plan::fault(At::Operation(80), Fault::Silence).once());
            let journals = ["first", "second"].map(|name| import.journals.path().join(format!("{name}.jsonl")));
            let mut child = import.run(&journals[0]).server(relay.url()).spawn();
            relay.wait_until_struck();
            interrupt(&child);
            std::thread::sleep(Duration::from_millis(500));
            assert!(child.try_wait().unwrap().is_none(), "what is under way is waited for");
            let begun = Instant::now();
            interrupt(&child);
            let run = Run::of(child);
            assert!(run.code == Some(130) && begun.elapsed() < Duration::from_secs(5), "{:?} {}", run.code, run.stderr);
            let past = Past::read(&journals[0], false).unwrap();
            assert!(past.damaged.is_empty() && past.changes.iter().any(|change| change.outcome.is_none()));

            let second = Records::read(import.run(&journals[1]).server(relay.url()).run());
            assert_eq!(second.count("written") + second.count("unchanged"), u64::from(PHOTOS), "{}", second.json);
            assert!(domain.photos() == wanted);
            let both = journals.each_ref().map(PathBuf::as_path);
            let undo = domain.undo(&both).journal(&import.journals.path().join("undo.jsonl")).server(relay.url());
            let undone = undo.records();
            assert_eq!((undone.code, undone.count("restored")), (Some(0), u64::from(PHOTOS)), "{}", undone.json);
            assert!(domain.photos() == start);
        }
    }

    fn interrupt(child: &std::process::Child) {
        let asked = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(asked.success());
    }
}
