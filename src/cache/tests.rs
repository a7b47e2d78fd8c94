use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::look::{NIGHTS, Stamp};
use super::{Cache, Entry, KeptError, Known, Look, MAX_IDLE, Mark, Subject};
use crate::directory::Guid;
use crate::hash::Hash;
use crate::thumbnail::{Crop, Doubt, Faces, Options};

const ANNA: Guid = Guid([1; 16]);
const OPTIONS: Options =
    Options { size: 96, max_bytes: 10240, crop: Crop::Center, allow_blank: false, faces: Faces::Ignored };

/// A source of photos, and a folder for the cache.
struct House {
    folder: TempDir,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("photos")).expect("is made");
        Self { folder }
    }

    fn caches(&self) -> PathBuf {
        self.folder.path().join("state/cache")
    }

    /// Returns the path of the only cache file.
    fn file(&self) -> PathBuf {
        let mut files = std::fs::read_dir(self.caches()).expect("is there").map(|file| file.expect("a file").path());
        let file = files.next().expect("a cache");
        assert_eq!(files.next(), None);
        file
    }

    fn photo(&self, content: &str) -> PathBuf {
        let path = self.folder.path().join("photos/anna.jpg");
        std::fs::write(&path, content).expect("is written");
        path
    }

    fn open_with(&self, options: &Options, rereads: bool) -> (Cache, Option<KeptError>) {
        let source = self.folder.path().join("photos");
        let subject = Subject { source: &source, domain: "DC=example", attribute: "thumbnailPhoto" };
        Cache::open_in(&self.caches(), subject, options, rereads)
    }

    fn open(&self) -> Cache {
        let (cache, trouble) = self.open_with(&OPTIONS, false);
        assert!(trouble.is_none(), "{trouble:?}");
        cache
    }
}

const DOUBT: Doubt = Doubt::Enlarged { from: (50, 60), to: 96 };

fn thumbnail() -> Hash {
    Hash::of(b"a thumbnail")
}

/// A look as it is long after the last change.
fn settled(cache: &Cache, path: &Path) -> Look {
    cache.look(path, ANNA).expect("a file").settled()
}

/// A look as it is after the file was read.
fn after_reading(look: Look, path: &Path) -> Look {
    look.after_reading(&File::open(path).and_then(|file| file.metadata()).expect("is there"))
}

/// Returns the cache of the night after one in which a file was read.
fn learnt(house: &House, path: &Path) -> Cache {
    let cache = house.open();
    learn(&cache, path);
    cache.save(true).expect("is written");
    house.open()
}

/// Remembers a file, as a run does that has read it.
fn learn(cache: &Cache, path: &Path) {
    let content = std::fs::read(path).expect("is there");
    cache.learn(&after_reading(settled(cache, path), path), Hash::of(&content), thumbnail(), &[DOUBT]);
}

/// Recalls what is known about a file in a night in which no file is due to be read again, as some are each night where
/// looks at files are weak.
fn recall(cache: &Cache, path: &Path) -> Option<Known> {
    let look = Look { is_sampled: false, ..settled(cache, path) };
    cache.recall(&look, Hash::of(b"a thumbnail"))
}

#[test]
fn what_was_learnt_is_known_the_next_night() {
    let house = House::new();
    let photo = house.photo("a photo");
    let first = house.open();
    assert_eq!(recall(&first, &photo), None);
    learn(&first, &photo);
    first.save(true).expect("is written");
    let second = house.open();
    let known = Known { picture: Hash::of(b"a photo"), doubt: Some(DOUBT), is_fresh: true };
    assert_eq!((recall(&second, &photo), second.unopened()), (Some(known), 1));
    // What the account holds is something else: the file has to be read.
    assert_eq!(second.recall(&settled(&second, &photo), Hash::of(b"theirs")), None);
    // So is the account.
    let other = second.look(&photo, Guid([2; 16])).expect("a file");
    assert_eq!(second.recall(&other, Hash::of(b"a thumbnail")), None);
    // Nobody can read in it whose photos these are.
    let text = std::fs::read_to_string(house.file()).expect("text");
    assert!(!text.contains("anna") && !text.contains("photos"), "{text}");
}

#[test]
fn another_version_or_other_options_know_nothing() {
    let house = House::new();
    let photo = house.photo("a photo");
    let first = house.open();
    learn(&first, &photo);
    first.save(true).expect("is written");
    for options in [
        Options { size: 97, ..OPTIONS },
        Options { max_bytes: 10241, ..OPTIONS },
        Options { crop: Crop::Top, ..OPTIONS },
        Options { allow_blank: true, ..OPTIONS },
    ] {
        let (cache, _) = house.open_with(&options, false);
        assert_eq!(recall(&cache, &photo), None, "{options:?}");
    }
    assert!(super::making(&OPTIONS).contains(env!("CARGO_PKG_VERSION")));
    let (rereading, _) = house.open_with(&OPTIONS, true);
    assert_eq!(recall(&rereading, &photo), None);
    assert!(recall(&house.open(), &photo).is_some());
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_was_changed_is_read_though_it_has_the_same_size_and_time() {
    let house = House::new();
    let photo = house.photo("a photo");
    let cache = learnt(&house, &photo);
    let written = photo.metadata().expect("is there").modified().expect("a time");
    std::fs::write(&photo, "another").expect("is written");
    File::options().append(true).open(&photo).expect("opens").set_modified(written).expect("is set");
    let known = recall(&cache, &photo).expect("the account holds what was made of it");
    assert!(!known.is_fresh && known.picture == Hash::of(b"a photo"));
}

#[test]
fn a_file_that_changes_while_it_is_read_is_not_remembered() {
    let house = House::new();
    let photo = house.photo("a photo");
    let cache = learnt(&house, &photo);
    let look = settled(&cache, &photo);
    std::fs::write(&photo, "a longer photo").expect("is written");
    cache.learn(&after_reading(look, &photo), Hash::of(b"a photo"), thumbnail(), &[DOUBT]);
    // Not even what was known before is kept.
    assert_eq!(recall(&cache, &photo), None);
    cache.save(true).expect("is written");
    assert_eq!(recall(&house.open(), &photo), None);
}

#[test]
fn a_file_that_was_only_just_changed_is_not_remembered() {
    let house = House::new();
    let photo = house.photo("a photo");
    let cache = house.open();
    let look = cache.look(&photo, ANNA).expect("a file");
    assert!(!look.is_settled);
    cache.learn(&after_reading(look, &photo), Hash::of(b"a photo"), thumbnail(), &[DOUBT]);
    assert_eq!(recall(&cache, &photo), None);
}

#[test]
fn where_looks_are_weak_each_file_is_read_once_in_fourteen_nights() {
    let house = House::new();
    let photo = house.photo("a photo");
    let mut read = 0;
    let first = house.open();
    learn(&first, &photo);
    first.save(true).expect("is written");
    for _ in 0..NIGHTS {
        let cache = house.open();
        let look = Look { is_sampled: true, ..settled(&cache, &photo) };
        let known = cache.recall(&look, Hash::of(b"a thumbnail")).expect("is known");
        read += usize::from(!known.is_fresh);
        // A run that was stopped is no night: the same files are due again.
        cache.save(false).expect("is written");
        let again = house.open();
        assert_eq!(again.recall(&look, Hash::of(b"a thumbnail")), Some(known));
        again.save(true).expect("is written");
    }
    assert_eq!(read, 1);
}

#[test]
fn what_is_not_needed_any_more_is_forgotten() {
    let house = House::new();
    let photo = house.photo("a photo");
    let first = house.open();
    learn(&first, &photo);
    first.save(true).expect("is written");
    for _ in 0..MAX_IDLE {
        house.open().save(true).expect("is written");
    }
    // A run that was stopped had perhaps not come to it.
    house.open().save(false).expect("is written");
    assert!(recall(&house.open(), &photo).is_some());
    house.open().save(true).expect("is written");
    assert_eq!(recall(&house.open(), &photo), None);
}

#[test]
fn a_damaged_cache_is_no_cache() {
    let house = House::new();
    let photo = house.photo("a photo");
    let first = house.open();
    learn(&first, &photo);
    first.save(true).expect("is written");
    let file = house.file();
    let whole = std::fs::read_to_string(&file).expect("is there");
    let picture = Hash::of(b"a photo").to_string();
    let lines: Vec<&str> = whole.lines().collect();
    assert_eq!(lines.len(), 3);
    for damaged in [
        String::new(),
        "\n".to_owned(),
        whole[..whole.len() - 10].to_owned(),
        format!("{}\n{}\n", lines[0], lines[1]),
        format!("{}\n{}\n", lines[0], lines[2]),
        format!("{}\n{}\n{}\n{}\n", lines[0], lines[1], lines[1], lines[2]),
        format!("{whole}{}\n", lines[1]),
        whole.replace(&picture, &Hash::of(b"a stranger's photo").to_string()),
        whole.replace("\"run\":1", "\"run\":2"),
        whole.replace("\"entries\":1", "\"entries\":18446744073709551615"),
        whole.replace("\"entries\":1", "\"entries\":500001"),
        "x".repeat(10_000_000),
    ] {
        assert_ne!(damaged, whole);
        std::fs::write(&file, &damaged).expect("is written");
        let (cache, trouble) = house.open_with(&OPTIONS, false);
        assert!(matches!(trouble, Some(KeptError::Damaged(_))), "{trouble:?}: {damaged:.300}");
        assert_eq!(recall(&cache, &photo), None);
    }
    // The next run replaces it.
    house.open_with(&OPTIONS, false).0.save(true).expect("is written");
    house.open();
    // A later version's is left alone until then, and nobody is told.
    std::fs::write(&file, whole.replace("\"version\":2", "\"version\":3")).expect("is written");
    assert_eq!(recall(&house.open(), &photo), None);
}

#[test]
#[cfg(unix)]
fn a_foreign_cache_is_no_cache_and_ours_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let house = House::new();
    let photo = house.photo("a photo");
    let first = house.open();
    learn(&first, &photo);
    first.save(true).expect("is written");
    let (folder, file) = (house.caches(), house.file());
    let mode = |path: &Path| path.metadata().expect("is there").permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
    let allow = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("is set");
    };
    for (path, mode, own) in [(&file, 0o620, 0o600), (&folder, 0o777, 0o700)] {
        allow(path, mode);
        let (cache, trouble) = house.open_with(&OPTIONS, false);
        assert!(matches!(&trouble, Some(KeptError::Foreign { .. })), "{trouble:?}");
        assert_eq!(recall(&cache, &photo), None);
        allow(path, own);
    }
    // Nothing is written to a folder in which others can replace it.
    allow(&folder, 0o777);
    assert!(matches!(house.open_with(&OPTIONS, false).0.save(true), Err(KeptError::Foreign { .. })));
    allow(&folder, 0o700);
    // What only looks like a file is not opened.
    let elsewhere = house.folder.path().join("elsewhere");
    std::fs::rename(&file, &elsewhere).expect("is moved");
    std::os::unix::fs::symlink(&elsewhere, &file).expect("is linked");
    assert!(matches!(house.open_with(&OPTIONS, false).1, Some(KeptError::Damaged(_))));
}

#[test]
fn caches_of_sources_that_are_gone_are_deleted() {
    let house = House::new();
    house.open().save(true).expect("is written");
    let ours = house.file();
    let make = |name: &str, days: u64| {
        let file = File::create(house.caches().join(name)).expect("is created");
        file.set_modified(SystemTime::now() - Duration::from_secs(days * 24 * 3600)).expect("is set");
    };
    make("old.jsonl", 91);
    make("new.jsonl", 89);
    house.open().save(true).expect("is written");
    let names = || std::fs::read_dir(house.caches()).expect("is there").count();
    assert!(names() == 2 && ours.exists());
    (0..200).for_each(|number| make(&format!("{number}.jsonl"), 10));
    house.open().save(true).expect("is written");
    assert!(names() == 100 && ours.exists());
}

#[test]
fn entries_are_found_among_many() {
    let house = House::new();
    let cache = house.open();
    let look = |number: u32| Look {
        key: Mark::of(&[&number.to_le_bytes()]),
        state: Mark::of(&[b"state"]),
        stamp: Stamp::default(),
        is_settled: true,
        is_sampled: false,
    };
    let held = |number: u32| Hash::of(&number.to_le_bytes());
    let keep = |cache: &Cache, number: u32| {
        let entry = Entry::new(&look(number), held(number), held(number), &[]);
        cache.entries.lock().expect("no panic").replace(look(number).key, entry);
    };
    (0..1000).step_by(2).for_each(|number| keep(&cache, number));
    cache.save(true).expect("is written");
    let cache = house.open();
    (0..1000).step_by(3).for_each(|number| keep(&cache, number));
    cache.save(true).expect("is written");
    let cache = house.open();
    for number in 0..1000 {
        let known = cache.recall(&look(number), held(number));
        assert_eq!(known.is_some(), number % 2 == 0 || number % 3 == 0, "{number}");
    }
}
