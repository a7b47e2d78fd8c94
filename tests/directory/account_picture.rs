//! `adphoto account-picture` on Windows, or what Wine has of it: in a real registry, which `reg query` reads back.
//!
//! The registry is one for all tests, so each has users, and a folder for the pictures, of its own. Each practice directory
//! numbers its users alike; see [`other_sids`].

use std::collections::BTreeMap;
use std::os::windows::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::domain::Domain;
use crate::photos::jpeg;
use crate::publish::{assert_pictures, photo, tree};
use crate::run::{Folder, Import, Records, Run};

const PICTURES: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\AccountPicture\Users";
const PROFILES: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList";
const EXPLORER: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\Explorer";

fn reg(arguments: &[&str]) -> Option<String> {
    let output = Command::new("reg").args(arguments).arg("/reg:64").output().unwrap();
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The values of a user's key, by their names.
fn values(sid: &str) -> BTreeMap<String, String> {
    let query = reg(&["query", &format!(r"{PICTURES}\{sid}")]).unwrap_or_default();
    let lines = query.lines().filter_map(|line| line.trim().split_once("    REG_SZ    "));
    lines.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}

/// The users of a test, and the folder for their pictures; both are gone at its end.
struct Machine {
    users: Vec<String>,
    /// Not below Users, as temporary folders are: there it would be refused.
    target: PathBuf,
}

impl Machine {
    fn new(name: &str) -> Self {
        let target = PathBuf::from(format!(r"C:\adphoto tests\{name}\Pictures & more"));
        let _ = std::fs::remove_dir_all(target.parent().unwrap());
        Self { users: Vec::new(), target }
    }

    /// Gives somebody a profile.
    fn profile(&mut self, sid: &str, folder: &str) {
        // What a test that was killed has left.
        let _ = reg(&["delete", &format!(r"{PICTURES}\{sid}"), "/f"]);
        let key = format!(r"{PROFILES}\{sid}");
        reg(&["add", &key, "/v", "ProfileImagePath", "/t", "REG_EXPAND_SZ", "/d", folder, "/f"]).unwrap();
        self.users.push(sid.to_owned());
    }

    fn set(&self, sid: &str, name: &str, value: &str) {
        reg(&["add", &format!(r"{PICTURES}\{sid}"), "/v", name, "/t", "REG_SZ", "/d", value, "/f"]).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_adphoto"));
        command.arg("account-picture").args(arguments);
        if arguments[0] != "status" {
            command.arg("--folder").arg(&self.target);
        }
        Run::of(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    fn install(&self, from: &Path, more: &[&str]) -> Records {
        let from = ["install", "--format", "json", "--from", from.to_str().unwrap()];
        Records::read(self.run(&[&from, more].concat()))
    }

    fn folder_of(&self, sid: &str) -> PathBuf {
        self.target.join(sid)
    }

    /// That the twelve values lead to this user's files.
    fn assert_values(&self, sid: &str) {
        let size = |name: &str| name.strip_prefix("Image").unwrap().parse::<u32>().unwrap();
        let values = values(sid);
        assert_eq!(values.len(), 12, "{values:?}");
        for (name, path) in &values {
            assert_eq!(Path::new(path), self.folder_of(sid).join(format!("Image{}.jpg", size(name))));
            assert!(Path::new(path).is_file(), "{path}");
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        for sid in &self.users {
            for key in [PROFILES, PICTURES] {
                let _ = reg(&["delete", &format!(r"{key}\{sid}"), "/f"]);
            }
        }
        let _ = std::fs::remove_dir_all(self.target.parent().unwrap());
    }
}

/// Adds users whom nobody needs, so that those after them have other SIDs than the users of another test.
pub(crate) fn other_sids(domain: &Domain, count: usize) {
    let names: Vec<String> = (0..count).map(|number| format!("other-{number}")).collect();
    domain.users(&names);
}

/// What became of a user, whose SID or name it is.
fn outcome(records: &Records, user: &str) -> String {
    let record = records.all().iter().find(|record| record["user"].as_str().unwrap().starts_with(user));
    let record = record.unwrap_or_else(|| panic!("no record of {user} in {}", records.json));
    format!("{} {}", record["status"].as_str().unwrap(), record["reason_code"].as_str().unwrap()).trim().to_owned()
}

fn times(folder: &Path) -> BTreeMap<String, std::time::SystemTime> {
    let time = |name: String| {
        let time = std::fs::metadata(folder.join(&name)).unwrap().modified().unwrap();
        (name, time)
    };
    tree(folder).into_keys().map(time).collect()
}

#[test]
fn what_is_published_is_installed_shown_and_removed() {
    let (domain, share, source) = (Domain::practice(), Folder::new(), Folder::new());
    let ((_, anna), (_, bob), (_, carl)) =
        (photo(&domain, "p-anna", 1), photo(&domain, "p-bob", 2), photo(&domain, "p-carl", 3));
    source.file("p-anna.jpg", jpeg(11, 1100, 1090));
    let published = domain.publish(share.path()).args(&["--photos", source.path().to_str().unwrap()]).run();
    assert_eq!(published.code, Some(0), "{}", published.stderr);
    std::fs::remove_dir_all(share.path().join(&carl)).unwrap();
    let mut machine = Machine::new("installed");
    for (sid, folder) in [(&anna, r"C:\Users\anna"), (&bob, r"C:\Users\bob"), (&carl, r"C:\Users\carl")] {
        machine.profile(sid, folder);
    }

    let run = machine.install(share.path(), &["--dry-run"]);
    assert_eq!((run.code, outcome(&run, &anna)), (Some(0), "would-publish".to_owned()), "{}", run.stderr);
    assert!(!machine.target.exists() && values(&anna).is_empty(), "a dry run makes nothing");
    let run = machine.install(share.path(), &[]);
    assert_eq!(run.code, Some(0), "{} {}", run.json, run.stderr);
    assert_eq!(outcome(&run, &format!(r"{anna} (C:\Users\anna)")), "published");
    assert_eq!(outcome(&run, &bob), "published fewer-pixels");
    assert_eq!(outcome(&run, &carl), "skipped no-photo");
    for (sid, number, largest) in [(&anna, 11, 1080), (&bob, 2, 96)] {
        machine.assert_values(sid);
        assert_pictures(&machine.target, sid, number, largest);
        let copied = |name: &str| {
            std::fs::read(machine.folder_of(sid).join(name)).unwrap()
                == std::fs::read(share.path().join(sid).join(name)).unwrap()
        };
        assert!(!copied("Image1080.jpg"), "it is encoded again");
    }
    assert!(values(&carl).is_empty() && !machine.folder_of(&carl).exists());

    let (files, before) = (times(&machine.target), values(&anna));
    let run = machine.install(share.path(), &[]);
    assert_eq!((run.code, outcome(&run, &anna)), (Some(0), "unchanged".to_owned()), "{}", run.json);
    assert_eq!((times(&machine.target), values(&anna)), (files.clone(), before), "nothing is written");

    // What hides a picture is shown; for all, and for one.
    let shown = machine.run(&["status"]).stdout;
    assert!(shown.contains(&format!(r"{anna} C:\Users\anna")), "{shown}");
    assert!(shown.contains("12 sizes are set, and their files are there") && shown.contains("slmgr"), "{shown}");
    reg(&["delete", &format!(r"{PICTURES}\{anna}"), "/v", "Image64", "/f"]).unwrap();
    std::fs::remove_file(machine.folder_of(&anna).join("Image448.jpg")).unwrap();
    reg(&["add", EXPLORER, "/v", "UseDefaultTile", "/t", "REG_DWORD", "/d", "1", "/f"]).unwrap();
    let shown = machine.run(&["status"]).stdout;
    reg(&["delete", EXPLORER, "/v", "UseDefaultTile", "/f"]).unwrap();
    for part in ["11 sizes are set", "no values for 64 pixels", r"\Image448.jpg is not there", "UseDefaultTile"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let run = machine.install(share.path(), &[]);
    assert_eq!(outcome(&run, &anna), "published", "{}", run.json);
    machine.assert_values(&anna);
    let now = times(&machine.target);
    let mut others = now.clone();
    others.insert(format!(r"{anna}\Image448.jpg"), files[&format!(r"{anna}\Image448.jpg")]);
    assert_eq!(others, files, "only what is missing is written");

    // Bob has no profile any more, and Anna has chosen a picture.
    reg(&["delete", &format!(r"{PROFILES}\{bob}"), "/f"]).unwrap();
    let shown = machine.run(&["status"]).stdout;
    assert!(shown.contains(&format!("{bob} (no profile)")), "{shown}");
    let chosen = r"C:\Users\Public\AccountPictures\chosen.jpg";
    machine.set(&anna, "Image96", chosen);
    let remove = |more: &[&str]| machine.run(&[&["remove", "--format", "json"], more].concat());
    let run = Records::read(remove(&["--dry-run"]));
    assert_eq!((run.code, run.count("would-remove")), (Some(0), 2), "{}", run.json);
    assert_eq!((values(&bob).len(), times(&machine.target)), (12, now));
    let run = Records::read(remove(&[]));
    assert_eq!((run.code, run.count("removed")), (Some(0), 2), "{}", run.json);
    assert_eq!(values(&anna), BTreeMap::from([("Image96".to_owned(), chosen.to_owned())]));
    assert!(reg(&["query", &format!(r"{PICTURES}\{bob}")]).is_none(), "no empty key is left");
    assert!(!machine.target.exists());
    let run = machine.run(&["remove"]);
    assert!(run.code == Some(0) && run.stdout.contains("nothing to remove"), "{} {}", run.stdout, run.stderr);
}

#[test]
fn photos_of_the_directory_are_installed_for_the_sids_of_profiles() {
    let domain = Domain::practice();
    other_sids(&domain, 10);
    let ((dn, anna), (left, disabled), without) =
        (photo(&domain, "p-anna", 1), photo(&domain, "p-left", 2), domain.sid(&domain.user("p-without")));
    domain.enable(&left, false);
    photo(&domain, "p-elsewhere", 3);
    let mut machine = Machine::new("directory");
    let local = "S-1-5-21-11-22-33-1001";
    for (sid, name) in [(anna.as_str(), "anna"), (&disabled, "left"), (&without, "without"), (local, "admin")] {
        machine.profile(sid, &format!(r"C:\Users\{name}"));
    }
    let install = |more: &[&str]| {
        let words = ["account-picture", "install", "--from", "directory"];
        let install = Import::of(&domain, words.map(Into::into).to_vec());
        install.args(&["--folder", machine.target.to_str().unwrap()]).args(more).records()
    };
    let run = install(&["--dry-run"]);
    assert_eq!((run.code, outcome(&run, "p-anna")), (Some(0), "would-publish fewer-pixels".to_owned()), "{}", run.json);
    assert!(!machine.target.exists());
    let run = install(&[]);
    assert_eq!((run.code, run.count("published")), (Some(0), 1), "{} {}", run.json, run.stderr);
    assert_eq!(outcome(&run, "p-anna"), "published fewer-pixels");
    assert_eq!(outcome(&run, "p-left"), "skipped disabled");
    assert_eq!(outcome(&run, "p-without"), "skipped no-photo");
    assert_eq!(outcome(&run, &format!(r"{local} (C:\Users\admin)")), "skipped no-such-account");
    machine.assert_values(&anna);
    assert_pictures(&machine.target, &anna, 1, 96);
    let held = domain.photo(&dn).unwrap();
    assert_ne!(std::fs::read(machine.folder_of(&anna).join("Image96.jpg")).unwrap(), held, "it is encoded again");
    assert!(values(&disabled).is_empty() && values(&without).is_empty() && values(local).is_empty());
    assert_eq!(outcome(&install(&[]), "p-anna"), "unchanged fewer-pixels");
    domain.set_photo(&dn, Some(&jpeg(7, 120, 120)));
    assert_eq!(outcome(&install(&[]), "p-anna"), "published fewer-pixels");
    assert_pictures(&machine.target, &anna, 7, 120);

    let mut nobody = Command::new(env!("CARGO_BIN_EXE_adphoto"));
    nobody.args(["account-picture", "install", "--from", "directory", "--server", &domain.server]);
    let output = nobody.env("APPDATA", domain.state.path()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && stderr.contains("--user NAME or --kerberos"), "{stderr}");
}

/// A junction, gone at the end. Wine 8 can make none, but it shows a link of Unix that leads to a folder as one of its kind,
/// a reparse point.
struct Junction(PathBuf);

impl Junction {
    fn lay(link: &Path, target: &Path) -> Self {
        let mklink = format!(r#"/c mklink /J "{}" "{}""#, link.display(), target.display());
        let made = Command::new("cmd").raw_arg(mklink).output().unwrap();
        if !made.status.success() || !link.exists() {
            // A test that was killed may have left one, which Wine does not show.
            run_on_unix(&format!(r#"/bin/ln -sfn "{}" "{}""#, on_unix(target), on_unix(link)), || link.exists());
        }
        Self(link.to_path_buf())
    }
}

impl Drop for Junction {
    fn drop(&mut self) {
        if std::fs::remove_dir(&self.0).is_err() {
            run_on_unix(&format!(r#"/bin/rm -f "{}""#, on_unix(&self.0)), || !self.0.exists());
        }
    }
}

/// Where Wine has a file.
fn on_unix(path: &Path) -> String {
    let path = path.to_str().unwrap().replace('\\', "/");
    let (drive, rest) = path.split_once(":/").unwrap();
    format!("{}/dosdevices/{}:/{rest}", std::env::var("WINEPREFIX").unwrap(), drive.to_lowercase())
}

/// Runs a program of Unix, whose end Wine does not tell.
fn run_on_unix(line: &str, is_done: impl Fn() -> bool) {
    let started = Command::new("cmd").raw_arg(format!("/c start /wait /unix {line}")).status().unwrap();
    assert!(started.success(), "{line}");
    let begun = Instant::now();
    while !is_done() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{line}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn junctions_and_hard_links_in_the_way_are_refused_by_name() {
    let (share, behind) = (Folder::new(), Folder::new());
    let mut machine = Machine::new("links");
    let [anna, bob] = ["S-1-5-21-44-55-66-1001", "S-1-5-21-44-55-66-1002"];
    for sid in [anna, bob] {
        machine.profile(sid, r"C:\Users\somebody");
        share.file(&format!("{sid}/Image1080.jpg"), jpeg(5, 300, 300));
    }
    let theirs = behind.file("Image96.jpg", "theirs");
    std::fs::create_dir_all(&machine.target).unwrap();
    let _in_the_way = Junction::lay(&machine.folder_of(anna), behind.path());
    let remains = || {
        assert_eq!(std::fs::read_dir(behind.path()).unwrap().count(), 1);
        assert_eq!(std::fs::read_to_string(&theirs).unwrap(), "theirs");
    };

    let run = machine.install(share.path(), &[]);
    assert_eq!((run.code, outcome(&run, anna)), (Some(3), "failed in-the-way".to_owned()), "{}", run.json);
    assert!(run.json.to_string().contains(&format!(r"{anna} is a link or a junction")), "{}", run.json);
    assert_eq!(outcome(&run, bob), "published fewer-pixels");
    assert!(values(anna).is_empty());
    remains();
    machine.set(anna, "Image96", &format!(r"{}\Image96.jpg", machine.folder_of(anna).display()));
    let run = Records::read(machine.run(&["remove", "--format", "json", "--dry-run"]));
    assert_eq!(outcome(&run, anna), "failed in-the-way", "{}", run.json);
    let run = Records::read(machine.run(&["remove", "--format", "json"]));
    assert_eq!((outcome(&run, anna), outcome(&run, bob)), ("failed in-the-way".to_owned(), "removed".to_owned()));
    remains();

    // The folder of the pictures, or one above it.
    let target = machine.target.clone();
    let link = Junction::lay(&target.with_file_name("link"), behind.path());
    for place in [link.0.clone(), link.0.join("below")] {
        machine.target = place;
        for command in [&["install", "--from", share.path().to_str().unwrap()][..], &["remove"]] {
            let run = machine.run(command);
            assert_eq!(run.code, Some(1), "{}", run.stdout);
            assert!(run.stderr.contains(r"\link is a link or a junction"), "{}", run.stderr);
        }
        remains();
    }
    machine.target = target;

    // Whoever has the other name of a file could change the picture.
    assert_eq!(outcome(&machine.install(share.path(), &[]), bob), "published fewer-pixels");
    let picture = machine.folder_of(bob).join("Image448.jpg");
    std::fs::hard_link(&picture, behind.path().join("another")).unwrap();
    let content = std::fs::read(&picture).unwrap();
    share.file(&format!("{bob}/Image1080.jpg"), jpeg(6, 300, 300));
    let run = machine.install(share.path(), &[]);
    assert_eq!(outcome(&run, bob), "failed in-the-way", "{}", run.json);
    assert!(run.json.to_string().contains("Image448.jpg is a file with another name besides"), "{}", run.json);
    assert_eq!(std::fs::read(&picture).unwrap(), content);
}

#[test]
fn what_adphoto_would_not_publish_is_not_installed() {
    let share = Folder::new();
    let mut machine = Machine::new("refused");
    let png = crate::photos::encode(&crate::photos::picture(1, 300, 300), image::ImageFormat::Png);
    let mut large = jpeg(1, 300, 300);
    large.resize(2 * 1024 * 1024 + 1, 0);
    let cases = [
        (jpeg(1, 300, 301), "failed not-square"),
        (png, "failed not-jpeg"),
        (large, "failed too-large"),
        (jpeg(1, 300, 300)[..2000].to_vec(), "failed damaged"),
        (jpeg(1, 300, 300), "published fewer-pixels"),
    ];
    let sid = |number: usize| format!("S-1-5-21-77-88-99-{}", 1001 + number);
    for (number, (content, _)) in cases.iter().enumerate() {
        machine.profile(&sid(number), r"C:\Users\somebody");
        share.file(&format!("{}/Image1080.jpg", sid(number)), content);
    }
    let run = machine.install(share.path(), &[]);
    for (number, (_, expected)) in cases.iter().enumerate() {
        assert_eq!(outcome(&run, &sid(number)), *expected, "{}", run.json);
        assert_eq!(machine.folder_of(&sid(number)).exists(), expected.starts_with("published"));
    }
    let run = machine.run(&["install", "--from", r"C:\no such folder"]);
    assert!(run.code == Some(1) && run.stderr.contains("there is no folder"), "{}", run.stderr);
}
