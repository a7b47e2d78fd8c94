//! Nights that find a run which is still going, or was killed while it wrote.

use std::path::{Path, PathBuf};
use std::process::Child;
#[cfg(unix)]
use std::process::Command;
use std::time::Duration;
#[cfg(unix)]
use std::time::SystemTime;

use crate::domain::Domain;
use crate::photos::{jpeg, number};
use crate::run::Folder;
#[cfg(unix)]
use crate::run::{Records, Run};

const PHOTOS: u32 = 60;

/// An inbox full of photos.
fn inbox(domain: &Domain, prefix: &str) -> Folder {
    let names: Vec<String> = (0..PHOTOS).map(|number| format!("{prefix}-{number:02}")).collect();
    domain.users(&names);
    let folder = Folder::new();
    for (number, name) in (0..PHOTOS).zip(&names) {
        folder.file(&format!("in/{name}.jpg"), jpeg(number, 96, 96));
    }
    folder
}

fn journals(domain: &Domain) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(domain.state.path().join("adphoto/journals")).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn count(folder: &Path) -> usize {
    std::fs::read_dir(folder).into_iter().flatten().count()
}

/// Waits until the run has written some photos, but not all.
fn while_it_writes(domain: &Domain, child: &mut Child) -> PathBuf {
    loop {
        let begun = journals(domain).into_iter().find(|path| {
            let lines = std::fs::read_to_string(path).unwrap_or_default();
            lines.matches("\"outcome\"").count() > 3
        });
        if let Some(journal) = begun {
            return journal;
        }
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was looked at");
        std::thread::sleep(Duration::from_millis(1));
    }
}

on_both! {
    fn what_a_killed_night_left_is_done_by_the_next(domain: &Domain) {
        let folder = inbox(domain, "u");
        let place = |name: &str| folder.path().join(name);
        let [done, failed] = ["done", "failed"].map(|name| place(name).to_str().unwrap().to_owned());
        let report = place("night.html");
        let night = || domain.import(place("in")).args(&["--move-done", &done, "--move-failed", &failed, "--in-flight", "1", "--report", report.to_str().unwrap()]);
        let says_that_it_goes_on = || std::fs::read_to_string(&report).unwrap().contains("the run has not ended");
        let start = domain.photos();
        let mut killed = night().spawn();
        let first = while_it_writes(domain, &mut killed);
        killed.kill().unwrap();
        killed.wait().unwrap();
        assert!(says_that_it_goes_on());
        let written = domain.photos().len() - start.len();
        assert!(written > 0 && written < PHOTOS as usize, "{written}");
        assert_eq!((count(&place("in")), count(&place("done"))), (PHOTOS as usize, 0), "photos are moved at the end");
        let mail = night().records();
        assert_eq!((mail.code, mail.count("written") + mail.count("unchanged")), (Some(0), u64::from(PHOTOS)), "{}{}", mail.json, mail.stderr);
        assert!(mail.count("unchanged") >= 3 && !says_that_it_goes_on(), "{}", mail.json);
        assert_eq!((count(&place("in")), count(&place("done")), count(&place("failed"))), (0, PHOTOS as usize, 0));
        for photo in 0..PHOTOS {
            let held = domain.photo(&format!("CN=u-{photo:02},{}", domain.base)).unwrap();
            assert_eq!(number(&held), photo);
        }
        // Both nights can be taken back together.
        let second = journals(domain).into_iter().find(|path| *path != first).unwrap();
        let undone = domain.undo(&[&first, &second]).records();
        assert_eq!((undone.code, undone.count("restored")), (Some(0), u64::from(PHOTOS)), "{}{}", undone.json, undone.stderr);
        assert_eq!(domain.photos(), start);
    }

    /// However old its file seems to be: a clock may be wrong.
    #[cfg(unix)]
    fn the_journal_of_a_run_that_is_still_going_is_kept(domain: &Domain) {
        let signal = |child: &Child, name: &str| {
            assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
        };
        let folder = inbox(domain, "g");
        let mut going = domain.import(folder.path().join("in")).args(&["--in-flight", "1", "--format", "json"]).spawn();
        let journal = while_it_writes(domain, &mut going);
        signal(&going, "-STOP");
        let old = SystemTime::now() - Duration::from_secs(100 * 24 * 3600);
        std::fs::File::options().append(true).open(&journal).unwrap().set_modified(old).unwrap();
        let other = Folder::new();
        domain.user("other");
        other.file("other.jpg", jpeg(1, 96, 96));
        let run = domain.import(other.path()).args(&["--keep-journals", "90 days"]).run();
        assert!(run.code == Some(0) && !run.stderr.contains("deleted"), "{}", run.stderr);
        assert_eq!(domain.undo(&[]).args(&["--prune", "90"]).run().code, Some(0));
        assert!(journal.exists());
        signal(&going, "-CONT");
        let run = Records::read(Run::of(going));
        assert_eq!((run.code, run.count("written")), (Some(0), u64::from(PHOTOS)), "{}", run.stderr);
        let undone = domain.undo(&[&journal]).records();
        assert_eq!((undone.code, undone.count("restored")), (Some(0), u64::from(PHOTOS)), "{}", undone.stderr);
        // Once it is over, it is as old as any.
        std::fs::File::options().append(true).open(&journal).unwrap().set_modified(old).unwrap();
        let run = domain.undo(&[]).args(&["--prune", "90"]).run();
        assert!(run.code == Some(0) && !journal.exists(), "{}", run.stderr);
    }
}

on_tenant! {
    what_a_killed_night_left_is_done_by_the_next
    #[cfg(unix)]
    the_journal_of_a_run_that_is_still_going_is_kept
}
