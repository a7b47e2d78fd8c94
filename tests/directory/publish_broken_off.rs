//! A run of `publish` that cannot go on: its share vanishes, or its disk is full. It ends with a word about it, each file
//! that is there is whole, and the next run does the rest.
#![cfg(unix)]

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use crate::domain::Domain;
use crate::photos::jpeg;
use crate::publish::tree;
use crate::relay::{Plan, Relay};
use crate::run::{Folder, Records, Run};

/// Fifty photos come with each search, so that the gate is in the second one.
const PEOPLE: u32 = 60;
const AT_THE_GATE: &str = "v-52";

/// A domain of people with photos, whose pictures come only up to one person until a gate is opened.
struct Gate {
    domain: Domain,
    relay: Relay,
    is_open: Arc<(Mutex<bool>, Condvar)>,
}

impl Gate {
    fn new() -> Self {
        let domain = Domain::practice();
        let people = (0..PEOPLE).map(|number| (format!("v-{number:02}"), Some(jpeg(number, 96, 96))));
        domain.users_with_photos(&domain.base.clone(), people);
        let is_open: Arc<(Mutex<bool>, Condvar)> = Arc::default();
        let gate = is_open.clone();
        let relay = Relay::start(
            &domain,
            Plan::spoil(move |answer| {
                let holds = |text: &str| answer.windows(text.len()).any(|part| part == text.as_bytes());
                if holds(AT_THE_GATE) && answer.windows(3).any(|part| part == [0xFF, 0xD8, 0xFF]) {
                    let guard = gate.0.lock().unwrap();
                    drop(gate.1.wait_while(guard, |is_open| !*is_open).unwrap());
                }
                answer
            }),
        );
        Self { domain, relay, is_open }
    }

    fn publish(&self, folder: &Path) -> crate::run::Import {
        self.domain.publish(folder).args(&["--format", "json"])
    }

    fn through_the_gate(&self, folder: &Path) -> crate::run::Import {
        self.publish(folder).server(self.relay.url())
    }

    fn open(&self) {
        *self.is_open.0.lock().unwrap() = true;
        self.is_open.1.notify_all();
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.open();
    }
}

/// Until a folder has files of at least ten people.
fn wait_for_pictures(folder: &Path) {
    let begun = Instant::now();
    while tree(folder).len() < 120 {
        assert!(begun.elapsed() < Duration::from_secs(120), "{} files", tree(folder).len());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// That a run has ended, as it should, because nothing more can be written.
fn assert_ended(run: Run) {
    let records = Records::read(run);
    assert_eq!(records.code, Some(1), "{}", records.stderr);
    assert!(records.stderr.contains("nothing more can be written to the folder"), "{}", records.stderr);
    assert!(records.count("failed") >= 1 && records.count("published") >= 5, "{}", records.json["summary"]);
    assert_eq!(records.all().len(), PEOPLE as usize, "each has its record");
}

#[test]
fn a_share_that_vanishes_ends_the_run_and_the_next_one_does_the_rest() {
    let (gate, folder) = (Gate::new(), Folder::new());
    let (pictures, whole) = (folder.path().join("pictures"), folder.path().join("whole"));
    assert_eq!(gate.publish(&whole).run().code, Some(0));
    let wanted = tree(&whole);
    assert_eq!(wanted.len(), PEOPLE as usize * 12 + 1);

    let child = gate.through_the_gate(&pictures).spawn();
    wait_for_pictures(&pictures);
    let away = folder.path().join("away");
    std::fs::rename(&pictures, &away).unwrap();
    gate.open();
    assert_ended(Run::of(child));
    assert!(!pictures.exists(), "it is not made anew");
    let there = tree(&away);
    assert!(there.len() < wanted.len() && !there.contains_key(".present"));
    for (name, content) in there.iter().filter(|(name, _)| !name.contains(".adphoto-")) {
        assert_eq!(Some(content), wanted.get(name), "{name} is whole");
    }

    std::fs::rename(&away, &pictures).unwrap();
    assert_eq!(gate.publish(&pictures).run().code, Some(0));
    assert_eq!(tree(&pictures), wanted);
}

/// What is left is the empty folder that the share was mounted on, to which everything could be written.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs root, as tests/run's Samba domain does"]
fn nothing_is_written_to_the_folder_that_a_share_was_mounted_on() {
    let (gate, folder) = (Gate::new(), Folder::new());
    let child = gate.through_the_gate(folder.path()).spawn_on_own_disk(folder.path());
    let process = child.id().to_string();
    wait_for_pictures(&Path::new("/proc").join(&process).join("root").join(folder.path().strip_prefix("/").unwrap()));
    assert_eq!(tree(folder.path()).len(), 0, "it is on its own disk");
    let mut unmount = std::process::Command::new("nsenter");
    unmount.args(["--mount", "--target", &process, "umount", "--lazy"]).arg(folder.path());
    assert!(unmount.status().unwrap().success());
    gate.open();
    assert_ended(Run::of(child));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs root, as tests/run's Samba domain does"]
fn a_full_disk_ends_the_run_and_leaves_no_half_file() {
    let domain = Domain::practice();
    let people = (0..30).map(|number| (format!("v-{number:02}"), Some(jpeg(number, 96, 96))));
    domain.users_with_photos(&domain.base.clone(), people);
    let (folder, kept) = (Folder::new(), Folder::new());
    let copy = kept.path().join("tree");
    let run = domain.publish(folder.path()).args(&["--format", "json"]).on_small_disk_kept(folder.path(), &copy);
    let records = Records::read(run);
    assert_eq!(records.code, Some(1), "{}", records.stderr);
    assert!(records.stderr.contains("nothing more can be written to the folder"), "{}", records.stderr);
    assert!(records.count("failed") >= 1 && records.count("not-attempted") >= 1, "{}", records.json);
    let files = tree(&copy);
    assert!(files.keys().all(|name| !name.contains(".tmp")) && !files.contains_key(".present"), "{:?}", files.keys());

    let whole = kept.path().join("whole");
    assert_eq!(domain.publish(&whole).run().code, Some(0));
    let wanted = tree(&whole);
    for (name, content) in &files {
        assert_eq!(Some(content), wanted.get(name), "{name} is whole");
    }
    // With room, as on a larger disk.
    assert_eq!(domain.publish(&copy).run().code, Some(0));
    assert_eq!(tree(&copy), wanted);
}
