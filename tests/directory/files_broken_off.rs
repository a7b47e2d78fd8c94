//! Runs that write files are broken off by a directory that falls silent, by Ctrl-C, or by force. What was written is
//! reported and remembered, and the same command goes on later.

use std::path::PathBuf;
use std::time::Duration;

use crate::audit::outcome;
use crate::domain::Domain;
use crate::export::{files, index};
use crate::photos::jpeg;
use crate::relay::{Plan, Relay};
use crate::run::{Folder, Import, Records};

/// Starts a relay to the domain. It passes nothing on any more from the server once `file` exists.
fn silent_after(domain: &Domain, file: PathBuf) -> Relay {
    Relay::start(domain, Plan::spoil(move |answer| if file.exists() { Vec::new() } else { answer }))
}

/// A folder that an export keeps in step.
struct Badges<'d> {
    domain: &'d Domain,
    folder: Folder,
    /// The DN of the account whose photo changes before each export.
    changed: String,
}

impl<'d> Badges<'d> {
    /// Exports two photos. Then one of them is removed, one is changed, and one is added: the next run asks whether it
    /// may read the first one, after it has written the others.
    fn new(domain: &'d Domain) -> Self {
        let [lost, changed] = ["f-lost", "f-changed"].map(|name| domain.user(name));
        domain.set_photo(&lost, Some(b"lost"));
        domain.set_photo(&changed, Some(b"first"));
        let this = Self { domain, folder: Folder::new(), changed };
        assert_eq!(this.export().records().count("exported"), 2);
        domain.set_photo(&lost, None);
        this.change("second");
        domain.set_photo(&domain.user("f-new"), Some(b"new"));
        this
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("badges")
    }

    fn export(&self) -> Import {
        self.domain.export(self.path()).args(&["--sync"])
    }

    fn change(&self, photo: &str) {
        self.domain.set_photo(&self.changed, Some(photo.as_bytes()));
    }

    /// Asserts that what was written is in the list and in the records, and that the next run goes on from there.
    fn is_as_a_stopped_run_leaves_it(&self, run: &Records) {
        let outcomes = ["f-changed", "f-new"].map(|user| outcome(run, user));
        assert_eq!(outcomes, ["exported", "exported"], "{}{}", run.json, run.stderr);
        assert_eq!(files(&self.path()), ["f-changed.jpg", "f-lost.jpg", "f-new.jpg", "index.csv"]);
        assert_eq!(index(&self.path()).into_values().collect::<Vec<_>>(), ["f-changed.jpg", "f-lost.jpg", "f-new.jpg"]);
        self.change("third");
        let run = self.export().records();
        let outcomes = ["f-changed", "f-lost", "f-new"].map(|user| outcome(&run, user));
        assert_eq!(outcomes, ["exported", "removed no-photo", "unchanged"], "{}", run.json);
        assert_eq!(run.code, Some(0));
    }
}

on_both! {
    fn what_was_exported_is_listed_though_nobody_answers_any_more(domain: &Domain) {
        let badges = Badges::new(domain);
        let relay = silent_after(domain, badges.path().join("f-new.jpg"));
        let run = badges.export().server(relay.url()).args(&["--timeout", "1", "--give-up-after", "2"]).records();
        assert!(run.code == Some(1) && run.stderr.contains("cannot read your rights; no file was removed"), "{}", run.stderr);
        badges.is_as_a_stopped_run_leaves_it(&run);
    }

    fn what_was_published_is_reported_though_nobody_answers_any_more(domain: &Domain) {
        let [left, new] = ["f-left", "f-new"].map(|name| domain.user(name));
        domain.set_photo(&left, Some(&jpeg(1, 96, 96)));
        let folder = Folder::new();
        let publish = || domain.publish(folder.path()).args(&["--sync"]);
        assert_eq!(publish().records().count("published"), 1);
        domain.enable(&left, false);
        domain.set_photo(&new, Some(&jpeg(2, 96, 96)));
        let relay = silent_after(domain, folder.path().join(domain.sid(&new)).join("Image1080.jpg"));
        let run = publish().server(relay.url()).args(&["--timeout", "1", "--give-up-after", "2"]).records();
        assert!(run.code == Some(1) && run.stderr.contains("cannot ask what you may read"), "{}", run.stderr);
        assert_eq!((run.outcomes(), run.count("removed")), (vec!["published fewer-pixels".to_owned()], 0), "{}", run.json);
        let run = publish().records();
        assert_eq!((run.code, outcome(&run, "f-left"), run.count("unchanged")), (Some(0), "removed disabled".to_owned(), 1), "{}", run.json);
    }
}

/// A run that is asked to stop while it reads the rights does not wait for the answer.
#[cfg(unix)]
mod interrupted {
    use std::time::Instant;

    use super::*;
    use crate::run::Run;

    on_both! {
        fn an_export_that_is_asked_to_stop_does_not_wait_for_rights(domain: &Domain) {
            let badges = Badges::new(domain);
            let new = badges.path().join("f-new.jpg");
            let relay = silent_after(domain, new.clone());
            let child = badges.export().server(relay.url()).args(&["--format", "json"]).spawn();
            let patience = Instant::now() + Duration::from_secs(20);
            while !new.exists() && Instant::now() < patience {
                std::thread::sleep(Duration::from_millis(5));
            }
            std::thread::sleep(Duration::from_millis(300));
            let begun = Instant::now();
            let asked = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
            assert!(asked.success());
            let run = Records::read(Run::of(child));
            assert!(run.code == Some(130) && begun.elapsed() < Duration::from_secs(10), "{:?} {}", run.code, run.stderr);
            badges.is_as_a_stopped_run_leaves_it(&run);
        }
    }
}

/// If the server does not tell who is asking, nobody knows whether there is a photo that is not shown.
#[test]
fn a_file_stays_where_the_server_does_not_tell_what_may_be_read() {
    let domain = Domain::practice();
    let badges = Badges::new(&domain);
    let without_token = |answer: Vec<u8>| match answer.windows(11).any(|window| window == b"tokenGroups") {
        true => crate::ber::Message::read(&answer).without_attributes(),
        false => answer,
    };
    let relay = Relay::start(&domain, Plan::spoil(without_token));
    let export = |more: &[&str]| badges.export().server(relay.url()).args(more).records();
    for (more, done) in
        [(&["--dry-run"][..], "would-export"), (&["--max-changes", "5"], "exported"), (&[], "unchanged")]
    {
        let run = export(more);
        let outcomes = ["f-changed", "f-lost", "f-new"].map(|user| outcome(&run, user));
        assert_eq!(
            (run.code, outcomes),
            (Some(3), [done, "failed photo-unreadable", done].map(str::to_owned)),
            "{}",
            run.json
        );
        assert_eq!(run.stderr.matches("does not tell what you may read").count(), 1, "{}", run.stderr);
        assert!(badges.path().join("f-lost.jpg").exists() && index(&badges.path()).contains_key("f-lost"));
    }
    let run = badges.export().records();
    assert_eq!((run.code, outcome(&run, "f-lost")), (Some(0), "removed no-photo".to_owned()), "{}", run.json);
}

/// The number of accounts with a photo in the tests that kill.
const PHOTOS: usize = 60;

/// Kills an export at random moments, and changes all photos before the next one.
fn killed(domain: &Domain, times: usize) {
    let accounts: Vec<(String, String)> =
        (0..PHOTOS).map(|number| format!("k-{number:02}")).map(|name| (domain.user(&name), name)).collect();
    let content = |name: &str, version: usize| format!("{name} {version}").into_bytes();
    let change = |version| accounts.iter().for_each(|(dn, name)| domain.set_photo(dn, Some(&content(name, version))));
    let mut in_the_middle = 0;
    for time in 0..times {
        // Every second folder had a whole export before.
        let folder = Folder::new();
        let to = folder.path().join("badges");
        let export = |more: &[&str]| domain.export(&to).args(&["--sync"]).args(more);
        if time % 2 == 0 {
            change(3 * time);
            assert_eq!(export(&[]).records().count("exported"), PHOTOS as u64);
        }
        change(3 * time + 1);
        let mut child = export(&["--format", "json"]).spawn();
        // It is killed when it has written this many photos.
        let is_new = |(_, name): &&(String, String)| {
            std::fs::read(to.join(format!("{name}.jpg"))).is_ok_and(|found| found == content(name, 3 * time + 1))
        };
        let wanted = fastrand::usize(..=PHOTOS);
        while accounts.iter().filter(is_new).count() < wanted && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        in_the_middle +=
            usize::from(to.join(".adphoto-unlisted").exists() && accounts.iter().any(|account| is_new(&account)));

        change(3 * time + 2);
        let (left, stay) = accounts.split_first().unwrap();
        domain.enable(&left.0, false);
        let run = export(&[]).records();
        assert_eq!((run.code, run.count("exported")), (Some(0), stay.len() as u64), "{}{}", run.json, run.stderr);
        domain.enable(&left.0, true);
        for (_, name) in stay {
            assert_eq!(std::fs::read(to.join(format!("{name}.jpg"))).unwrap(), content(name, 3 * time + 2));
        }
        let found: Vec<String> = files(&to)
            .into_iter()
            .filter(|name| !name.starts_with(".adphoto-") || name == ".adphoto-unlisted")
            .collect();
        let wanted: Vec<String> =
            ["index.csv".to_owned()].into_iter().chain(stay.iter().map(|(_, name)| format!("{name}.jpg"))).collect();
        assert_eq!(found, wanted, "the file of who left is gone, and so is the hidden one");
        assert_eq!(index(&to).len(), stay.len());
        let run = export(&[]).args(&["--filter", "(!(sAMAccountName=k-00))"]).records();
        assert_eq!((run.code, run.count("unchanged")), (Some(0), stay.len() as u64), "{}", run.json);
    }
    assert!(in_the_middle > times / 5, "only {in_the_middle} of {times} were in the middle of writing");
}

mod killed_at_random {
    use super::*;

    #[test]
    fn an_export_that_is_killed_at_any_moment_goes_on_later() {
        killed(&Domain::practice(), 10);
    }

    /// Also without `--sync`, what a killed run wrote is not somebody else's.
    #[test]
    fn a_first_export_that_is_killed_goes_on_without_sync() {
        let domain = Domain::practice();
        let dn = domain.user("k-one");
        domain.set_photo(&dn, Some(b"first"));
        let folder = Folder::new();
        let export = || domain.export(folder.path()).records();
        assert_eq!(export().count("exported"), 1);
        // This is what a run leaves behind that is killed before it writes its list.
        let list = std::fs::read_to_string(folder.path().join("index.csv")).unwrap();
        let cells = csv::ReaderBuilder::new().from_reader(list.as_bytes()).into_records().next().unwrap().unwrap();
        let line = serde_json::to_string(&cells.iter().collect::<Vec<_>>()).unwrap();
        std::fs::remove_file(folder.path().join("index.csv")).unwrap();
        domain.set_photo(&dn, Some(b"second"));
        assert_eq!(export().outcomes(), ["failed exists"]);
        std::fs::remove_file(folder.path().join("index.csv")).unwrap();
        folder.file(".adphoto-unlisted", format!("{line}\n{}", &line[..line.len() - 9]));
        let run = export();
        assert_eq!((run.code, run.outcomes()), (Some(0), vec!["exported".to_owned()]), "{}", run.json);
        assert_eq!(files(folder.path()), ["index.csv", "k-one.jpg"]);
        // A line does not make a file ours that somebody changed.
        std::fs::remove_file(folder.path().join("index.csv")).unwrap();
        folder.file(".adphoto-unlisted", format!("{line}\n"));
        folder.file("k-one.jpg", "improved by hand");
        assert_eq!(export().outcomes(), ["failed exists"]);
    }

    mod samba {
        use super::*;

        #[test]
        #[ignore = "needs the Samba domain that tests/run starts"]
        fn an_export_that_is_killed_at_any_moment_goes_on_later() {
            killed(&Domain::samba(), 10);
        }
    }
}
