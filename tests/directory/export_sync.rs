//! Tests exports for other programs: files named after an attribute, and a folder that is kept in step.

use crate::domain::Domain;
use crate::export::{files, index};
use crate::photos::jpeg;
use crate::run::{Folder, Records};

/// Adds accounts that have an employeeID and a photo each.
fn people<const N: usize>(domain: &Domain, people: [(&str, &str); N]) -> [String; N] {
    people.map(|(name, number)| {
        let dn =
            domain.user_with(name, &domain.base, &[("employeeID", number), ("mail", &format!("{name}@example.com"))]);
        domain.set_photo(&dn, Some(name.as_bytes()));
        dn
    })
}

fn outcome(run: &Records, user: &str) -> String {
    crate::audit::outcome(run, user)
}

on_both! {
    fn files_are_named_after_an_attribute(domain: &Domain) {
        let [_, _, none, ..] = people(domain, [("n-ann", "100400"), ("n-ben", "a/b%"), ("n-none", "x"), ("n-two1", "7"), ("n-two2", "7"), ("n-low", "ab"), ("n-up", "AB")]);
        domain.set(&none, "employeeID", &[]);
        // An administrator's second account has the same number, but no photo.
        domain.user_with("n-adm", &domain.base, &[("employeeID", "100400")]);
        let folder = Folder::new();
        let to = folder.path().join("badges");
        let export = || domain.export(&to).args(&["--name-by", "EMPLOYEEID", "--columns", "employeeID,mail,sAMAccountName"]);
        let run = export().records();
        assert_eq!((run.code, run.count("exported"), run.count("failed")), (Some(3), 4, 3), "{}{}", run.json, run.stderr);
        assert_eq!(["n-ann", "n-none", "n-two1", "n-two2"].map(|user| outcome(&run, user)), ["exported", "failed no-name", "failed shared-name", "failed shared-name"]);
        let reason = run.all().iter().find(|record| record["user"] == "n-two1").unwrap()["reason"].to_string();
        assert!(reason.contains("its employeeID 7 is also that of n-two2"), "{reason}");
        let found = files(&to);
        assert!(["100400.jpg", "a%2Fb%25.jpg", "index.csv"].iter().all(|name| found.contains(&(*name).to_owned())), "{found:?}");
        assert_eq!((found.len(), found.iter().filter(|name| name.contains("%~")).count()), (5, 2), "{found:?}");
        let list = std::fs::read_to_string(to.join("index.csv")).unwrap();
        assert!(list.starts_with("\u{feff}user,photo,dn,display_name,bytes,file_sha256,employeeID,mail\n"), "{list}");
        assert!(list.contains(",100400,n-ann@example.com\n"), "{list}");

        let before = domain.snapshot();
        let run = domain.import(to.join("index.csv")).args(&["--as-is"]).records();
        assert_eq!((run.code, run.count("unchanged")), (Some(0), 4), "{}{}", run.json, run.stderr);
        assert_eq!(domain.snapshot(), before);
        for (attribute, wanted) in [("nosuch", "no attribute nosuch"), ("jpegPhoto", "bytes and no text")] {
            let run = domain.export(folder.path().join("new")).args(&["--name-by", attribute]).run();
            assert!(run.code == Some(1) && run.stderr.contains(wanted), "{}", run.stderr);
        }
        let run = domain.export(folder.path().join("by-guid")).args(&["--name-by", "objectGUID"]).records();
        assert_eq!((run.code, run.count("exported")), (Some(0), 7), "{}", run.json);
    }

    /// Everything that can happen to an account happens here; a file that adphoto did not write is left alone.
    fn a_folder_is_kept_in_step(domain: &Domain) {
        let [same, changed, lost, disabled, gone, edited, _] =
            people(domain, [("y-same", "1"), ("y-changed", "2"), ("y-lost", "3"), ("y-off", "4"), ("y-gone", "5"), ("y-edited", "6"), ("y-deleted", "7")]);
        let folder = Folder::new();
        let to = folder.path().join("badges");
        let export = |more: &[&str]| domain.export(&to).args(&["--sync"]).args(more);
        let run = export(&[]).records();
        assert_eq!((run.code, run.count("exported")), (Some(0), 7), "{}{}", run.json, run.stderr);
        assert_eq!(domain.export(&to).run().code, Some(1), "without --sync it is refused");

        let new_photo = jpeg(1, 96, 96);
        domain.set_photo(&changed, Some(&new_photo));
        domain.set_photo(&lost, None);
        domain.set_photo(&edited, None);
        domain.set(&disabled, "userAccountControl", &["514"]);
        domain.delete(&gone);
        std::fs::write(to.join("y-edited.jpg"), "improved by hand").unwrap();
        std::fs::remove_file(to.join("y-deleted.jpg")).unwrap();
        std::fs::write(to.join("somebody.jpg"), "not ours").unwrap();
        let added = domain.user("y-new");
        domain.set_photo(&added, Some(b"new"));

        let state = || files(&to).into_iter().map(|name| (std::fs::read(to.join(&name)).unwrap(), name)).collect::<Vec<_>>();
        let before = state();
        let changes = ["would-export", "would-remove no-photo", "would-remove disabled", "would-remove not-listed", "failed file-changed", "would-export", "unchanged", "would-export"];
        let users = ["y-changed", "y-lost", "y-off", "y-gone", "y-edited", "y-new", "y-same", "y-deleted"];
        let dry = export(&["--dry-run"]).records();
        assert_eq!((users.map(|user| outcome(&dry, user)).to_vec(), dry.code), (changes.map(str::to_owned).to_vec(), Some(3)), "{}", dry.json);
        assert_eq!(state(), before, "a dry run writes nothing");
        // Four files would be replaced or removed. New files do not count, since nothing is lost.
        for (most, allowed) in [("3", "only 3"), ("50%", "only 3 of 7")] {
            let run = export(&["--max-changes", most]).records();
            assert_eq!((run.code, run.count("not-attempted"), run.count("unchanged")), (Some(1), 6, 1), "{}", run.json);
            assert!(run.stderr.contains("4 files would be replaced or removed") && run.stderr.contains(allowed), "{}", run.stderr);
            assert_eq!(state(), before);
            let dry = export(&["--max-changes", most, "-n"]).records();
            assert!(dry.code == Some(1) && dry.stderr.contains("without --dry-run, nothing would be written"), "{}", dry.stderr);
        }

        let run = export(&["--max-changes", "4"]).records();
        let done = changes.map(|outcome| outcome.replace("would-export", "exported").replace("would-remove", "removed"));
        assert_eq!((users.map(|user| outcome(&run, user)), run.code), (done, Some(3)), "{}", run.json);
        assert_eq!(files(&to), ["index.csv", "somebody.jpg", "y-changed.jpg", "y-deleted.jpg", "y-edited.jpg", "y-new.jpg", "y-same.jpg"]);
        assert_eq!(std::fs::read(to.join("y-changed.jpg")).unwrap(), new_photo);
        assert_eq!(std::fs::read(to.join("y-edited.jpg")).unwrap(), b"improved by hand");
        assert_eq!(index(&to).into_keys().collect::<Vec<_>>(), ["y-changed", "y-deleted", "y-edited", "y-new", "y-same"]);

        // A file that was left for a person to look at is reported by every run until somebody has dealt with it.
        let again = export(&[]).records();
        assert_eq!((again.code, outcome(&again, "y-edited"), again.count("unchanged")), (Some(3), "failed file-changed".to_owned(), 4), "{}", again.json);
        std::fs::remove_file(to.join("y-edited.jpg")).unwrap();
        assert_eq!(export(&[]).records().code, Some(0));
        // If the account's file gets another name, the old file does not stay.
        domain.set(&same, "employeeID", &["1"]);
        let run = export(&["--name-by", "employeeID", "--filter", "(sAMAccountName=y-same)"]).records();
        let outcomes: Vec<_> = run.all().iter().map(|record| format!("{} {}", record["status"], record["reason_code"]).replace('"', "")).collect();
        assert_eq!(outcomes, ["exported ", "removed not-listed", "removed not-listed", "removed not-listed", "removed other-name"], "{}", run.json);
        assert_eq!(files(&to), ["1.jpg", "index.csv", "somebody.jpg"]);
    }

    /// Part of one department went to another: whoever is in both stays, without being written again.
    fn folders_of_departments_that_overlap_are_kept_in_step(domain: &Domain) {
        people(domain, [("p-ann", "1"), ("p-ben", "2"), ("p-carl", "3"), ("p-dan", "4")]);
        let folder = Folder::new();
        let to = folder.path().join("badges");
        let export = |filter: &str, more: &[&str]| domain.export(&to).args(&["--sync", "--filter", filter]).args(more).records();
        let first = export("(|(cn=p-ann)(cn=p-ben)(cn=p-carl))", &[]);
        assert_eq!((first.code, first.count("exported")), (Some(0), 3), "{}", first.json);
        let written = |name: &str| std::fs::metadata(to.join(name)).unwrap().modified().unwrap();
        let before = written("p-carl.jpg");
        let second = "(|(cn=p-carl)(cn=p-dan))";
        let dry = export(second, &["--dry-run"]);
        assert_eq!((dry.count("unchanged"), dry.count("would-export"), dry.count("would-remove")), (1, 1, 2), "{}", dry.json);
        let run = export(second, &["--max-changes", "2"]);
        assert_eq!((run.code, run.count("unchanged"), run.count("exported"), run.count("removed")), (Some(0), 1, 1, 2), "{}", run.json);
        assert_eq!((files(&to), written("p-carl.jpg")), (["index.csv", "p-carl.jpg", "p-dan.jpg"].map(str::to_owned).to_vec(), before));
        assert_eq!(index(&to).into_keys().collect::<Vec<_>>(), ["p-carl", "p-dan"]);
    }

    /// Badge numbers that a file system without letter case cannot tell apart: each keeps a file of its own, also when the
    /// other one comes later or leaves.
    fn names_that_differ_only_in_case_stay_apart(domain: &Domain) {
        let [low, up] = people(domain, [("k-low", "ab1"), ("k-up", "AB1")]);
        let folder = Folder::new();
        let to = folder.path().join("badges");
        let export = |more: &[&str]| domain.export(&to).args(&["--sync", "--name-by", "employeeID"]).args(more).records();
        let photos = |users: &[&str]| {
            let list = std::fs::read_to_string(to.join("index.csv")).unwrap();
            let rows = list.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>());
            let mut held: Vec<(String, Vec<u8>)> = rows.map(|row| (row[0].to_owned(), std::fs::read(to.join(row[1])).unwrap())).collect();
            held.sort();
            assert_eq!(held, users.iter().map(|user| ((*user).to_owned(), user.as_bytes().to_vec())).collect::<Vec<_>>());
            let mut folded: Vec<String> = files(&to).iter().map(|name| name.to_lowercase()).collect();
            folded.dedup();
            assert_eq!(folded.len(), users.len() + 1, "{folded:?}");
        };
        assert_eq!(export(&["--filter", "(cn=k-low)"]).count("exported"), 1);
        photos(&["k-low"]);
        let both = export(&[]);
        assert_eq!(both.code, Some(0), "{}{}", both.json, both.stderr);
        photos(&["k-low", "k-up"]);
        assert_eq!(export(&[]).count("unchanged"), 2);
        domain.set_photo(&low, None);
        assert_eq!(export(&[]).code, Some(0));
        photos(&["k-up"]);
        domain.set_photo(&up, None);
        domain.set_photo(&low, Some(b"k-low"));
        assert_eq!(export(&[]).code, Some(0));
        photos(&["k-low"]);
    }

    /// What the list does not vouch for is not removed, whatever it says.
    /// Only files on a list that adphoto wrote are removed, and never all of them.
    fn a_folder_that_is_not_ours_is_not_kept_in_step(domain: &Domain) {
        people(domain, [("o-ann", "1"), ("o-ben", "2")]);
        let folder = Folder::new();
        let to = folder.path().join("badges");
        let export = |more: &[&str]| domain.export(&to).args(&["--sync"]).args(more).run();
        assert_eq!(export(&["--filter", "(cn=o-ann)"]).code, Some(0));
        // With the filter of another department, nobody on the list is found.
        let run = export(&["--filter", "(cn=o-ben)"]);
        assert!(run.code == Some(1) && run.stderr.contains("--sync would remove all of its 1 photos"), "{}", run.stderr);
        let run = export(&["--filter", "(cn=nobody)"]);
        assert!(run.code == Some(1) && run.stderr.contains("check --base-dn and --filter"), "{}", run.stderr);
        assert_eq!(files(&to), ["index.csv", "o-ann.jpg"]);

        let outside = folder.file("outside.jpg", "o-ann");
        let list = std::fs::read_to_string(to.join("index.csv")).unwrap();
        for (bad, wanted) in [
            (list.replace("o-ann.jpg", "../outside.jpg"), "line 2 of the index.csv there is not as adphoto wrote it"),
            ("user,photo\no-ann,o-ann.jpg\n".to_owned(), "was not written by adphoto"),
        ] {
            std::fs::write(to.join("index.csv"), bad).unwrap();
            let run = export(&[]);
            assert!(run.code == Some(1) && run.stderr.contains(wanted), "{}", run.stderr);
        }
        assert!(outside.exists() && to.join("o-ann.jpg").exists());
        // Another folder has taken this one's place: files that are on no list are left, as they are without --sync.
        std::fs::remove_file(to.join("index.csv")).unwrap();
        std::fs::write(to.join("o-ben.jpg"), "another").unwrap();
        let run = domain.export(&to).args(&["--sync"]).records();
        assert_eq!((run.code, outcome(&run, "o-ann"), outcome(&run, "o-ben")), (Some(3), "unchanged".to_owned(), "failed exists".to_owned()), "{}", run.json);
        let missing = folder.path().join("not/there");
        assert_eq!(domain.export(&missing).args(&["--dry-run"]).run().code, Some(0));
        assert!(!missing.exists());
    }
    /// A logon name whose case was corrected, with the same photo and with another one: a file system that ignores case
    /// has one file for both names, and no file system may be left without the photo.
    fn a_name_in_another_case_keeps_its_file(domain: &Domain) {
        let [same, changed, unread] = people(domain, [("C-Same", "1"), ("C-Changed", "2"), ("C-Unread", "3")]);
        let folder = Folder::new();
        let to = folder.path().join("badges");
        let export = || domain.export(&to).args(&["--sync"]).records();
        assert_eq!(export().count("exported"), 3);
        domain.set(&same, "sAMAccountName", &["c-same"]);
        domain.set(&changed, "sAMAccountName", &["c-changed"]);
        domain.set(&unread, "sAMAccountName", &["c-unread"]);
        domain.set_photo(&changed, Some(b"another"));
        std::fs::write(to.join("c-unread.jpg"), "somebody else's").unwrap();
        let is_one_file = std::fs::read(to.join("C-Unread.jpg")).unwrap() == b"somebody else's";
        let run = export();
        assert_eq!((run.code, outcome(&run, "c-unread")), (Some(3), "failed exists".to_owned()), "{}{}", run.json, run.stderr);
        for (row, file) in index(&to) {
            assert!(to.join(&file).exists(), "{row}: no {file} in {:?}", files(&to));
        }
        let read = |name: &str| std::fs::read(to.join(name)).unwrap();
        assert_eq!((read("c-same.jpg"), read("c-changed.jpg")), (b"C-Same".to_vec(), b"another".to_vec()));
        assert_eq!(index(&to)["C-Unread"], "C-Unread.jpg", "an account that failed keeps its row");
        assert!(is_one_file || read("C-Unread.jpg") == b"C-Unread");
        std::fs::remove_file(to.join("c-unread.jpg")).unwrap();
        assert_eq!(export().code, Some(0));
        // Where case is ignored, a file may keep the spelling that it was first written with.
        let found: Vec<String> = files(&to).iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(found, ["c-changed.jpg", "c-same.jpg", "c-unread.jpg", "index.csv"]);
    }
}

#[cfg(unix)]
mod links {
    use super::*;

    on_both! {
        /// Two hard links are one file with two names, as are two spellings where case is ignored; only that removing one
        /// name leaves the other.
        fn a_file_with_two_spellings_is_not_removed_by_the_older(domain: &Domain) {
            let [dn] = people(domain, [("H-Ann", "1")]);
            let folder = Folder::new();
            let to = folder.path().join("badges");
            let export = || domain.export(&to).args(&["--sync"]).records();
            assert_eq!(export().count("exported"), 1);
            domain.set(&dn, "sAMAccountName", &["h-ann"]);
            std::fs::hard_link(to.join("H-Ann.jpg"), to.join("h-ann.jpg")).unwrap();
            // Another account has the new spelling, so that the list does not say whose the old row is.
            domain.delete(&dn);
            people(domain, [("h-ann", "1")]);
            domain.set_photo(&format!("CN=h-ann,{}", domain.base), Some(b"H-Ann"));
            let run = export();
            assert_eq!((run.code, run.count("unchanged"), run.count("removed")), (Some(0), 2, 0), "{}", run.json);
            assert_eq!(files(&to), ["H-Ann.jpg", "h-ann.jpg", "index.csv"]);
            assert_eq!(index(&to).into_values().collect::<Vec<_>>(), ["h-ann.jpg"]);
        }
    }
}
