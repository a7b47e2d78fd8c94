//! Tests Windows account pictures: a folder for each person with twelve files.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use image::ImageFormat;

use crate::domain::Domain;
use crate::photos::{jpeg, picture};
use crate::run::{Folder, Records};

pub(crate) const SIZES: [u32; 12] = [32, 40, 48, 64, 96, 192, 200, 208, 240, 424, 448, 1080];

/// Reads every file below a folder, by relative path, without adphoto's own files.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let named = files.map(|entry| (entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned(), entry));
    let ours = named.filter(|(name, _)| ![".adphoto-lock", ".adphoto-cache.json"].contains(&name.as_str()));
    // A temporary file of a run that is under way may vanish before it is read.
    ours.filter_map(|(name, entry)| Some((name, std::fs::read(entry.path()).ok()?))).collect()
}

/// Reads the number from a picture, which must have this many pixels on each side.
pub(crate) fn number(jpeg: &[u8], pixels: u32) -> u32 {
    assert!(!jpeg.windows(4).any(|four| four == b"Exif"), "no metadata");
    let image = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).unwrap().into_luma8();
    assert_eq!(image.dimensions(), (pixels, pixels));
    let side = pixels / 4;
    let is_set = |bit: &u32| image.get_pixel(bit % 4 * side + side / 2, bit / 4 * side + side / 2).0[0] > 128;
    (0..16).filter(is_set).map(|bit| 1 << bit).sum()
}

/// Asserts that a person's twelve pictures show this number, none with more than `largest` pixels on each side.
pub(crate) fn assert_pictures(folder: &Path, sid: &str, expected: u32, largest: u32) {
    for size in SIZES {
        let jpeg = std::fs::read(folder.join(sid).join(format!("Image{size}.jpg"))).unwrap();
        assert_eq!(number(&jpeg, size.min(largest)), expected, "{sid} {size}");
        assert!(jpeg.len() <= 200 * 1024);
    }
    assert_eq!(std::fs::read_dir(folder.join(sid)).unwrap().count(), 12);
}

pub(crate) fn photo(domain: &Domain, name: &str, number: u32) -> (String, String) {
    let dn = domain.user(name);
    domain.set_photo(&dn, Some(&jpeg(number, 96, 96)));
    let sid = domain.sid(&dn);
    (dn, sid)
}

on_both! {
    fn everybody_with_a_photo_gets_twelve_pictures_and_the_second_run_changes_none(domain: &Domain) {
        let folder = Folder::new();
        let pictures = folder.path().join("new/pictures");
        let (_, anna) = photo(domain, "p-anna", 1);
        let (dn, bob) = photo(domain, "p-bob", 2);
        let (without, disabled) = (domain.sid(&domain.user("p-without")), photo(domain, "p-left", 4));
        domain.enable(&disabled.0, false);

        let run = domain.publish(&pictures).args(&["--dry-run"]).records();
        assert_eq!((run.code, run.count("would-publish")), (Some(0), 2), "{}", run.stderr);
        assert!(!folder.path().join("new").exists(), "a dry run makes nothing");

        let run = domain.publish(&pictures).records();
        assert_eq!((run.code, run.count("published"), run.all().len()), (Some(0), 2, 2), "{} {}", run.json, run.stderr);
        assert!(run.outcomes().iter().all(|outcome| outcome == "published fewer-pixels"), "said once a person");
        assert!(run.stderr.contains("1 of 3 accounts have no photo"), "{}", run.stderr);
        assert_pictures(&pictures, &anna, 1, 96);
        assert_pictures(&pictures, &bob, 2, 96);
        assert!(!pictures.join(without).exists() && !pictures.join(disabled.1).exists());
        assert!(pictures.join(".present").is_file());
        let held = domain.photo(&dn).unwrap();
        assert_eq!(std::fs::read(pictures.join(&bob).join("Image96.jpg")).unwrap(), held, "not encoded again");

        let (before, times) = (tree(&pictures), modified(&pictures));
        for lost in [false, true] {
            if lost {
                std::fs::write(pictures.join(".adphoto-cache.json"), "lost").unwrap();
            }
            let run = domain.publish(&pictures).records();
            assert_eq!((run.code, run.count("unchanged"), run.all().len()), (Some(0), 2, 2), "{}", run.json);
            assert_eq!((tree(&pictures), modified(&pictures)), (before.clone(), times.clone()), "nothing is written");
        }
        // Whatever the cache says, the content of the files is compared.
        std::fs::write(pictures.join(&anna).join("Image448.jpg"), "no picture").unwrap();
        std::fs::remove_file(pictures.join(&bob).join("Image32.jpg")).unwrap();
        let run = domain.publish(&pictures).records();
        assert_eq!((run.code, run.count("published")), (Some(0), 2), "{}", run.json);
        assert_eq!(tree(&pictures), before);
    }

    fn originals_are_sharp_and_preferred(domain: &Domain) {
        let (folder, source) = (Folder::new(), Folder::new());
        let (_, anna) = photo(domain, "p-anna", 1);
        let (_, bob) = photo(domain, "p-bob", 2);
        let carl = domain.sid(&domain.user("p-carl"));
        source.file("p-anna team.jpg", jpeg(11, 1100, 1090));
        source.file("p-carl.png", crate::photos::encode(&picture(13, 500, 300), ImageFormat::Png));
        source.file("p-nobody.jpg", jpeg(14, 300, 300));
        source.file("p-bob.jpg", &jpeg(15, 400, 400)[..3000]);
        let publish = |more: &[&str]| {
            domain.publish(folder.path()).args(&["--photos", source.path().to_str().unwrap()]).args(more).records()
        };
        let run = publish(&[]);
        assert_eq!(run.code, Some(3), "{} {}", run.json, run.stderr);
        assert_eq!(run.outcome("p-anna team.jpg"), "published ignored-text;photos-preferred");
        assert_eq!(run.outcome("p-carl.png"), "published fewer-pixels");
        assert_eq!(run.outcome("p-nobody.jpg"), "failed no-such-account");
        assert!(run.outcome("p-bob.jpg").starts_with("failed damaged"), "{}", run.json);
        assert_pictures(folder.path(), &anna, 11, 1080);
        assert_pictures(folder.path(), &carl, 13, 300);
        assert!(!folder.path().join(&bob).exists(), "an original that fails is mended, not passed over");

        source.file("p-bob.jpg", jpeg(15, 400, 400));
        std::fs::remove_file(source.path().join("p-nobody.jpg")).unwrap();
        let run = publish(&["--match-by", "sAMAccountName", "--jobs", "1"]);
        assert_eq!((run.code, run.count("published"), run.count("unchanged")), (Some(0), 1, 2), "{}", run.json);
        assert_pictures(folder.path(), &bob, 15, 400);
        let run = publish(&["--crop", "top"]);
        assert_eq!((run.code, run.count("unchanged")), (Some(0), 3), "wide photos have one crop: {}", run.json);
    }

    fn a_list_that_is_shifted_stops_before_its_first_picture(domain: &Domain) {
        let (folder, source) = (Folder::new(), Folder::new());
        let mut list = "user,photo\n".to_owned();
        for number in 0..6 {
            domain.user(&format!("p-shift{number}"));
            source.file(&format!("p-shift{number}.jpg"), jpeg(number, 100, 100));
            list += &format!("p-shift{number},p-shift{}.jpg\n", (number + 1) % 6);
        }
        let list = source.file("list.csv", list);
        let publish = |more: &[&str]| {
            domain.publish(folder.path()).args(&["--photos", list.to_str().unwrap()]).args(more).records()
        };
        for more in [&[][..], &["--dry-run"], &["--max-changes", "50%"]] {
            let run = publish(more);
            assert_eq!(run.code, Some(1), "{more:?} {}", run.stderr);
            assert_eq!(run.count("not-attempted"), 6, "{more:?} {}", run.json);
            assert!(run.stderr.contains("6 of 6 files that bear a user's name bear another"), "{more:?} {}", run.stderr);
        }
        let run = publish(&["--allow-misnamed", "--allow-identical"]);
        assert_eq!((run.code, run.count("published")), (Some(0), 6), "{}", run.json);
    }

    /// Pictures are made ahead of those that are written, so many people are behind the one at whom the brake stops.
    fn behind_one_picture_for_too_many_nobody_gets_any(domain: &Domain) {
        let (folder, source) = (Folder::new(), Folder::new());
        for number in 0..40 {
            domain.user(&format!("p-same{number:02}"));
            // Ten photos of one content, and then photos of their own.
            source.file(&format!("p-same{number:02}.jpg"), jpeg(number.max(9), 100, 100));
        }
        let run = domain.publish(folder.path()).args(&["--photos", source.path().to_str().unwrap()]).records();
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        let outcomes = run.outcomes();
        let stopped = outcomes.iter().position(|outcome| outcome.starts_with("not-attempted")).unwrap();
        assert!(stopped < 10, "{outcomes:?}");
        assert!(outcomes[stopped..].iter().all(|outcome| outcome.starts_with("not-attempted")), "{outcomes:?}");
        assert!(outcomes[..stopped].iter().all(|outcome| outcome.starts_with("published")), "{outcomes:?}");
    }

    fn sync_removes_those_who_left_and_nobody_else(domain: &Domain) {
        let folder = Folder::new();
        let mut people: Vec<(String, String)> = ["stays", "deleted", "disabled", "cleared", "moved"]
            .iter().zip(20..).map(|(name, number)| photo(domain, &format!("p-{name}"), number)).collect();
        let unit = domain.organizational_unit("elsewhere");
        let publish = |more: &[&str]| domain.publish(folder.path()).args(more).records();
        assert_eq!(publish(&["--sync"]).count("published"), 5);
        domain.delete(&people[1].0);
        domain.enable(&people[2].0, false);
        domain.set_photo(&people[3].0, None);
        people[4].0 = domain.rename(&people[4].0, "CN=p-moved", &unit);
        let theirs = folder.path().join(&people[2].1).join("notes.txt");
        std::fs::write(&theirs, "theirs").unwrap();
        let foreign = format!("{}/S-1-5-21-9-9-9-1000/Image32.jpg", folder.path().display());
        std::fs::create_dir(Path::new(&foreign).parent().unwrap()).unwrap();
        std::fs::write(&foreign, "another domain's").unwrap();
        let before = tree(folder.path());

        let run = publish(&[]);
        assert_eq!((run.code, run.count("unchanged"), run.all().len()), (Some(0), 2, 2), "without --sync: {}", run.json);
        let run = publish(&["--sync", "--dry-run"]);
        assert_eq!((run.code, run.count("would-remove")), (Some(0), 3), "{}", run.json);
        let run = publish(&["--sync", "--max-changes", "2"]);
        assert_eq!((run.code, run.count("not-attempted")), (Some(1), 3), "{} {}", run.json, run.stderr);
        assert_eq!(tree(folder.path()), before, "nothing is removed");

        let run = publish(&["--sync", "--max-changes", "3"]);
        assert_eq!((run.code, run.count("removed"), run.count("unchanged")), (Some(0), 3, 2), "{}", run.json);
        assert!(run.stderr.contains("1 person of another domain were left"), "{}", run.stderr);
        let outcome = |sid: &str| run.outcome(sid);
        assert_eq!(outcome(&people[1].1), "removed no-such-account");
        assert_eq!(outcome(&people[2].1), "removed disabled;in-the-way");
        assert_eq!(outcome(&people[3].1), "removed no-photo");
        let left: Vec<bool> = people.iter().map(|(_, sid)| folder.path().join(sid).exists()).collect();
        assert_eq!(left, [true, false, true, false, true]);
        assert_eq!(std::fs::read_to_string(theirs).unwrap(), "theirs");
        assert_eq!(std::fs::read_to_string(&foreign).unwrap(), "another domain's");

        // An account outside the base DN has not left.
        let run = domain.publish(folder.path()).base_dn(&unit).args(&["--sync"]).records();
        assert_eq!((run.code, run.count("removed"), run.count("unchanged")), (Some(0), 0, 1), "{}", run.json);
        assert_pictures(folder.path(), &people[0].1, 20, 96);
        for (dn, _) in [&people[0], &people[4]] {
            domain.set_photo(dn, None);
        }
        std::fs::remove_dir_all(Path::new(&foreign).parent().unwrap()).unwrap();
        assert_eq!(publish(&["--sync"]).count("removed"), 2);
        assert!(!folder.path().join(".present").exists(), "an empty share takes nobody's picture away");
    }

    fn the_brakes_hold(domain: &Domain) {
        let (folder, source) = (Folder::new(), Folder::new());
        for number in 0..7 {
            photo(domain, &format!("p-{number}"), number);
            source.file(&format!("p-{number}.jpg"), jpeg(99, 200, 200));
        }
        let run = domain.publish(folder.path()).args(&["--max-changes", "6"]).records();
        assert_eq!((run.code, run.count("not-attempted")), (Some(1), 7), "{}", run.stderr);
        assert!(run.outcomes()[0].ends_with("too-many-changes"), "{:?}", run.outcomes());
        assert_eq!(tree(folder.path()), BTreeMap::new());
        let run = domain.publish(folder.path()).args(&["--max-changes", "6", "--dry-run"]).records();
        assert_eq!((run.code, run.count("would-publish")), (Some(1), 7), "{}", run.stderr);

        let photos = source.path().to_str().unwrap();
        let run = domain.publish(folder.path()).args(&["--photos", photos]).records();
        assert_eq!((run.code, run.count("published"), run.count("not-attempted")), (Some(1), 5, 2), "{}", run.json);
        let again = domain.publish(folder.path()).args(&["--photos", photos]).records();
        assert_eq!((again.code, again.count("published")), (Some(1), 0), "said again, it goes no further: {}", again.json);
        let run = domain.publish(folder.path()).args(&["--photos", photos, "--allow-identical", "--max-changes", "2"]).records();
        assert_eq!((run.code, run.count("published"), run.count("unchanged")), (Some(0), 2, 5), "{}", run.json);
    }

    fn killed_at_any_moment_and_run_again_it_ends_the_same(domain: &Domain) {
        let (folder, source, whole) = (Folder::new(), Folder::new(), Folder::new());
        for number in 0..6 {
            domain.user(&format!("p-{number:02}"));
            source.file(&format!("p-{number:02}.jpg"), jpeg(number, 120, 120));
        }
        let publish = |folder: &Path| domain.publish(folder).args(&["--photos", source.path().to_str().unwrap(), "--format", "json"]);
        let begun = Instant::now();
        let run = Records::read(publish(whole.path()).run());
        assert_eq!((run.code, run.count("published")), (Some(0), 6), "{}", run.stderr);
        let (wanted, takes) = (tree(whole.path()), begun.elapsed());
        let mut in_the_middle = 0;
        for time in 0..6_u32 {
            let pictures = folder.path().join(time.to_string());
            let mut child = publish(&pictures).spawn();
            if time % 2 == 0 {
                std::thread::sleep(takes.mul_f64(fastrand::f64()));
            } else {
                // Kills the run while it writes, however fast it is.
                while tree(&pictures).len() < 12 * time as usize && child.try_wait().unwrap().is_none() {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            child.kill().unwrap();
            child.wait().unwrap();
            let there = tree(&pictures);
            in_the_middle += u32::from(!there.is_empty() && there.len() < wanted.len());
            let whole_files = there.iter().filter(|(name, _)| !name.contains(".adphoto-"));
            for (name, content) in whole_files {
                assert_eq!(Some(content), wanted.get(name), "{name} is whole");
            }
            let run = Records::read(publish(&pictures).run());
            assert_eq!((run.code, run.count("failed")), (Some(0), 0), "its lock is dead: {}", run.stderr);
            assert_eq!(tree(&pictures), wanted, "nothing is left over");
        }
        assert!(in_the_middle > 0, "killed too late each time");
    }
}

fn modified(folder: &Path) -> BTreeMap<String, std::time::SystemTime> {
    let of = |name: &String| std::fs::metadata(folder.join(name)).unwrap().modified().unwrap();
    tree(folder)
        .into_keys()
        .map(|name| {
            let time = of(&name);
            (name, time)
        })
        .collect()
}

mod practice_only {
    use super::{Domain, Folder, jpeg, photo, tree};

    #[test]
    fn one_run_at_a_time() {
        let domain = Domain::practice();
        photo(&domain, "p-anna", 1);
        let folder = Folder::new();
        let now = time::OffsetDateTime::now_utc();
        let lock = |age: time::Duration| {
            let time = (now - age).format(&time::format_description::well_known::Rfc3339).unwrap();
            folder.file(".adphoto-lock", format!(r#"{{"host":"fs1","process":42,"time":"{time}"}}"#));
        };
        lock(time::Duration::minutes(1));
        let run = domain.publish(folder.path()).run();
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(run.stderr.contains("process 42 on fs1") && run.stderr.contains("15 minutes"), "{}", run.stderr);
        assert_eq!(tree(folder.path()).len(), 0);
        assert_eq!(domain.publish(folder.path()).args(&["--dry-run"]).run().code, Some(0), "it writes nothing");
        lock(time::Duration::minutes(16));
        assert_eq!(domain.publish(folder.path()).run().code, Some(0));
        assert_eq!(tree(folder.path()).len(), 13);
    }

    #[test]
    fn a_source_is_not_published_into() {
        let domain = Domain::practice();
        let folder = Folder::new();
        folder.file("anna.jpg", jpeg(1, 200, 200));
        for (into, more) in [("", &[][..]), ("pictures", &["--recursive"])] {
            let photos = folder.path().to_str().unwrap();
            let run = domain.publish(folder.path().join(into)).args(&["--photos", photos]).args(more).run();
            assert_eq!(run.code, Some(1));
            assert!(run.stderr.contains("would lie among the photos"), "{}", run.stderr);
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_in_the_way_is_refused_by_name_and_left() {
        use std::os::unix::fs::symlink;

        let domain = Domain::practice();
        let (folder, elsewhere) = (Folder::new(), Folder::new());
        let ((_, anna), (_, bob), (_, carl)) =
            (photo(&domain, "p-anna", 1), photo(&domain, "p-bob", 2), photo(&domain, "p-carl", 3));
        symlink(elsewhere.path(), folder.path().join(&anna)).unwrap();
        std::fs::create_dir_all(folder.path().join(&bob).join("Image424.jpg")).unwrap();
        let run = domain.publish(folder.path()).args(&["--sync"]).records();
        assert_eq!((run.code, run.count("failed"), run.count("published")), (Some(3), 2, 1), "{}", run.json);
        assert!(run.json.to_string().contains("is a link"), "{}", run.json);
        assert!(run.json.to_string().contains("Image424.jpg is a folder"), "{}", run.json);
        assert!(
            std::fs::read_dir(elsewhere.path()).unwrap().next().is_none() && folder.path().join(&anna).is_symlink()
        );
        assert_eq!(std::fs::read_dir(folder.path().join(carl)).unwrap().count(), 12);
        std::fs::remove_file(folder.path().join(".adphoto-lock")).unwrap();
        symlink(elsewhere.path().join("lock"), folder.path().join(".adphoto-lock")).unwrap();
        let run = domain.publish(folder.path()).run();
        assert_eq!(run.code, Some(1));
        assert!(
            run.stderr.contains("is a link or no file") && !elsewhere.path().join("lock").exists(),
            "{}",
            run.stderr
        );
    }
}
