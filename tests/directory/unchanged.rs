//! Nights in which nothing has changed: photos are not read again, and nothing is missed for it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::Domain;
use crate::photos::{jpeg, number};
use crate::run::{Folder, Import, Records};

/// Longer than the time for which a file that was just written is read again.
const SETTLED: Duration = Duration::from_millis(2200);

/// A folder of photos, one for each user, and a log that says what was not opened.
struct House<'d> {
    domain: &'d Domain,
    folder: Folder,
}

impl<'d> House<'d> {
    fn new<const N: usize>(domain: &'d Domain, names: [&str; N]) -> (Self, [String; N]) {
        let dns = names.map(|name| domain.user(name));
        let house = Self { domain, folder: Folder::new() };
        for (photo, name) in (1..).zip(names) {
            house.photo(name, photo);
        }
        house.settle();
        (house, dns)
    }

    /// All files have the same size.
    fn photo(&self, name: &str, photo: u32) -> PathBuf {
        let mut photo = jpeg(photo, 100, 100);
        photo.resize(20_000, 0);
        self.folder.file(&format!("photos/{name}.jpg"), photo)
    }

    fn settle(&self) {
        std::thread::sleep(SETTLED);
    }

    fn photos(&self) -> PathBuf {
        self.folder.path().join("photos")
    }

    fn import(&self) -> Import {
        self.domain.import(self.photos())
    }

    /// A run, and how many photos it did not open.
    fn run(&self, import: Import) -> (Records, usize) {
        let log = self.folder.path().join("log");
        let _ = std::fs::remove_file(&log);
        let records = import.args(&["--log-file", log.to_str().unwrap()]).records();
        let said = std::fs::read_to_string(&log).unwrap();
        let said = said.lines().find(|line| line.contains("not opened: "));
        let before = said.map(|line| line.split(" photo").next().unwrap().rsplit(' ').next().unwrap().parse().unwrap());
        (records, before.unwrap_or(0))
    }

    fn night(&self) -> (Records, usize) {
        self.run(self.import())
    }

    /// The files of the cache in the state folder.
    fn caches(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.domain.state.path().to_path_buf()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.parent().unwrap().ends_with("cache") {
                    files.push(path);
                }
            }
        }
        files.sort();
        files
    }
}

/// Everything that a run opens below a folder, as strace tells.
#[expect(clippy::print_stderr, reason = "what is left out is said")]
fn opened(import: &Import, folder: &Path) -> Option<Vec<String>> {
    if std::process::Command::new("strace").arg("-V").output().is_err() {
        eprintln!("LEFT OUT: whether files are opened, as there is no strace");
        return None;
    }
    let trace = Folder::new();
    let file = trace.path().join("trace");
    let run = import.traced(&file);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let trace = std::fs::read_to_string(&file).unwrap();
    assert!(trace.contains("open"), "{trace}");
    let below = format!("\"{}/", folder.display());
    Some(trace.lines().filter(|line| line.contains(&below)).map(str::to_owned).collect())
}

on_both! {
    /// What the records say is said as if each had been read.
    fn a_night_in_which_nothing_changed_opens_no_photo(domain: &Domain) {
        let (house, [_, ben, _]) = House::new(domain, ["c-ann", "c-ben", "c-low"]);
        house.folder.file("photos/c-low.jpg", jpeg(3, 50, 60));
        domain.enable(&ben, false);
        house.settle();
        let said = |records: &Records, status: &str| {
            assert_eq!((records.code, records.count(status)), (Some(0), 3), "{}{}", records.json, records.stderr);
            let codes = ["c-ann", "c-ben", "c-low"].map(|name| records.of(&format!("{name}.jpg"))["reason_code"].as_str().unwrap().to_owned());
            assert_eq!(codes, ["", "disabled", "enlarged"]);
        };
        let (first, unopened) = house.night();
        said(&first, "written");
        assert_eq!(unopened, 0);
        let words = |records: &Records| records.of("c-low.jpg")["reason"].as_str().unwrap().to_owned();
        let (second, unopened) = house.night();
        said(&second, "unchanged");
        assert_eq!((unopened, words(&second)), (3, words(&first)));
        let Some(opened) = opened(&house.import(), &house.photos()) else { return };
        assert!(opened.is_empty(), "{opened:#?}");
        // So it is for a list, and by another way to the folder.
        let list = house.folder.file("list.csv", "user,photo\nc-ann,photos/c-ann.jpg\nc-ben,photos/../photos/c-ben.jpg\n");
        let by_list = || house.domain.import(&list);
        assert_eq!(house.run(by_list()).1, 0, "each source has a cache of its own");
        let (records, unopened) = house.run(by_list());
        assert_eq!((records.count("unchanged"), unopened), (2, 2));
    }

    fn whatever_changes_is_noticed(domain: &Domain) {
        let (house, [ann, ben, carl]) = House::new(domain, ["v-ann", "v-ben", "v-carl"]);
        assert_eq!(house.night().0.count("written"), 3);
        // Another photo of the same size and time.
        let path = house.photos().join("v-ann.jpg");
        let before = path.metadata().unwrap();
        house.photo("v-ann", 1001);
        std::fs::File::options().append(true).open(&path).unwrap().set_modified(before.modified().unwrap()).unwrap();
        assert_eq!((path.metadata().unwrap().len(), path.metadata().unwrap().modified().unwrap()), (before.len(), before.modified().unwrap()));
        // Somebody else gave the account another photo.
        domain.set_photo(&ben, Some(&jpeg(77, 96, 96)));
        let (records, unopened) = house.night();
        assert_eq!(["v-ann.jpg", "v-ben.jpg", "v-carl.jpg"].map(|name| records.outcome(name)), ["written", "written", "unchanged"]);
        assert_eq!(unopened, 1);
        assert_eq!([&ann, &ben, &carl].map(|dn| number(&domain.photo(dn).unwrap())), [1001, 2, 3]);
        // Two files that were swapped, each with its size and time.
        house.settle();
        assert_eq!(house.night().0.count("unchanged"), 3);
        let [ben_file, carl_file, third] = ["v-ben.jpg", "v-carl.jpg", "v-third"].map(|name| house.photos().join(name));
        for (from, to) in [(&ben_file, &third), (&carl_file, &ben_file), (&third, &carl_file)] {
            std::fs::rename(from, to).unwrap();
        }
        let (records, unopened) = house.night();
        assert_eq!((records.count("written"), records.count("unchanged"), unopened), (2, 1, 1), "{}", records.json);
        assert_eq!([&ann, &ben, &carl].map(|dn| number(&domain.photo(dn).unwrap())), [1001, 3, 2]);
        // What was taken back is given again, as ever.
        assert_eq!(domain.undo(&[]).args(&["--last"]).run().code, Some(0));
        house.settle();
        assert_eq!(house.night().0.count("written"), 2);
        assert_eq!(house.night().1, 3);
        // A photo that vanished is nobody's, and one that came back is looked at.
        std::fs::remove_file(&carl_file).unwrap();
        assert_eq!(house.night().1, 2);
        house.photo("v-carl", 44);
        assert_eq!(house.night().0.count("written"), 1);
        assert_eq!(number(&domain.photo(&carl).unwrap()), 44);
    }

    fn other_options_and_hashes_and_reread_pass_it_by(domain: &Domain) {
        let (house, [_, _]) = House::new(domain, ["o-ann", "o-ben"]);
        house.night();
        assert_eq!(house.night().1, 2);
        for more in [&["--reread"][..], &["--crop", "top"], &["--max-bytes", "9999"], &["--size", "97"], &["--as-is"]] {
            assert_eq!(house.run(house.import().args(more).args(&["--dry-run"])).1, 0, "{more:?}");
        }
        assert_eq!(house.run(house.import().args(&["--reread"])).0.count("unchanged"), 2);
        assert_eq!(house.night().1, 2, "what was known stays known");
        let sum = |name: &str| adphoto::hash::Hash::of(&std::fs::read(house.photos().join(name)).unwrap()).to_string();
        let rows = format!("user,photo,sha256\no-ann,photos/o-ann.jpg,{}\no-ben,photos/o-ben.jpg,\n", sum("o-ann.jpg"));
        let list = house.folder.file("list.csv", rows);
        house.run(domain.import(&list));
        assert_eq!(house.run(domain.import(&list)).1, 1, "of a row with a hash the file is read");
        // Nothing is remembered of an inbox that is emptied.
        let files = house.caches().len();
        let done = house.folder.path().join("done");
        let (records, unopened) = house.run(house.import().args(&["--move-done", done.to_str().unwrap()]));
        assert_eq!((records.count("unchanged"), unopened, house.caches().len()), (2, 0, files));
    }

    fn a_dry_run_uses_it_and_leaves_it_as_it_was(domain: &Domain) {
        let (house, [_, _]) = House::new(domain, ["d-ann", "d-ben"]);
        assert_eq!(house.run(house.import().args(&["--dry-run"])).0.count("would-write"), 2);
        assert!(house.caches().is_empty());
        house.night();
        let state = || house.caches().iter().map(|path| std::fs::read(path).unwrap()).collect::<Vec<_>>();
        let before = state();
        let page = house.folder.path().join("page.html");
        for more in [&[][..], &["--report", page.to_str().unwrap()]] {
            let (records, unopened) = house.run(house.import().args(&["--dry-run"]).args(more));
            assert_eq!((records.count("unchanged"), unopened), (2, 2));
        }
        assert!(std::fs::read_to_string(&page).unwrap().contains("d-ann"));
        assert!(state() == before);
    }

    /// The plan of a run with a brake, and five accounts that have the picture already.
    fn its_pictures_count_for_the_brakes(domain: &Domain) {
        let names = ["b-1", "b-2", "b-3", "b-4", "b-5"];
        let (house, _) = House::new(domain, names);
        for name in names {
            house.photo(name, 7);
        }
        house.settle();
        assert_eq!(house.night().0.count("written"), 5);
        assert_eq!(house.run(house.import().args(&["--max-changes", "0"])).1, 5);
        domain.user("b-6");
        house.photo("b-6", 7);
        let (records, unopened) = house.night();
        assert_eq!((records.code, records.outcome("b-6.jpg"), unopened), (Some(1), "not-attempted identical".to_owned(), 5));
    }

    fn a_cache_that_is_damaged_or_foreign_is_said_and_replaced(domain: &Domain) {
        use std::os::unix::fs::PermissionsExt;
        let (house, [_, ben]) = House::new(domain, ["x-ann", "x-ben"]);
        house.night();
        assert_eq!(house.night().1, 2);
        let files = house.caches();
        let [cache] = &files[..] else { panic!("{files:?}") };
        let whole = std::fs::read(cache).unwrap();
        let damage = |path: &Path| std::fs::write(path, &whole[..whole.len() / 2]).unwrap();
        let open_to_all = |path: &Path| std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666)).unwrap();
        for (change, words) in [(&damage as &dyn Fn(&Path), "it is damaged"), (&open_to_all, "others can write to it (mode 0666)")] {
            change(cache);
            domain.set_photo(&ben, None);
            let (records, unopened) = house.night();
            assert_eq!((records.code, records.count("unchanged"), records.count("written"), unopened), (Some(0), 1, 1, 0));
            assert!(records.stderr.contains("note: what earlier runs knew of these photos is not used") && records.stderr.contains(words), "{}", records.stderr);
            assert_eq!(cache.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(house.night().1, 2);
        }
        // Where there can be none, a run does its work.
        let (records, unopened) = house.run(house.import().env("XDG_STATE_HOME", "/proc/none").journal(&house.folder.path().join("j")));
        assert_eq!((records.code, records.count("unchanged"), unopened), (Some(0), 2, 0), "{}", records.stderr);
        assert!(records.stderr.contains("could not be kept"), "{}", records.stderr);
    }

    /// Each of them knows what it has seen, and the last one's file stays.
    fn two_runs_at_once_do_no_harm(domain: &Domain) {
        let (house, _) = House::new(domain, ["t-ann", "t-ben"]);
        let runs = [house.import().spawn(), house.import().spawn(), house.import().args(&["--crop", "top"]).spawn()];
        for run in runs {
            crate::run::Run::of(run);
        }
        house.night();
        let (records, unopened) = house.night();
        assert_eq!((records.code, records.count("unchanged"), unopened), (Some(0), 2, 2), "{}", records.stderr);
    }
}
