//! Tests that exactly what was approved is written: a list states what each photo's file contained when people looked
//! at it, and which photo they saw in its place.

use std::path::Path;

use adphoto::hash::Hash;

use crate::domain::Domain;
use crate::photos::{jpeg, number};
use crate::run::{Folder, Import};

pub(crate) const HEADER: &str = "adphoto_approved,objectGUID,user,path,sha256,before_sha256,crop,approved_by\r\n";

/// Makes the list of approved photos that the page of a dry run would make if all its proposals were approved. That the
/// page itself makes such a list is tested in tests/browser.
fn approved(page: &Path) -> String {
    let page = std::fs::read_to_string(page).unwrap();
    let value = |card: &str, name: &str| {
        let (_, value) = card.split_once(&format!(" data-{name}=\"")).unwrap();
        value.split_once('"').unwrap().0.to_owned()
    };
    let cards = page.split("<li class=\"card\"").skip(1).filter(|card| card.contains(" data-before="));
    let row = |card: &str| {
        let [guid, user, path, sha256, before] =
            ["guid", "user", "path", "sha256", "before"].map(|name| value(card, name));
        format!("1,{guid},{user},{path},{sha256},{before},,Petra\r\n")
    };
    format!("{HEADER}{}", cards.map(row).collect::<String>())
}

/// Makes a dry run of a source, and returns the list that approves all its proposals.
pub(crate) fn approve(domain: &Domain, source: &Path) -> String {
    let folder = Folder::new();
    let page = folder.path().join("page.html");
    let run = domain.import(source).args(&["--dry-run", "--report", page.to_str().unwrap()]).records();
    assert!(run.count("would-write") > 0, "{}", run.json);
    approved(&page)
}

/// Adds accounts, and makes a folder with a photo for each; the photos' numbers begin at 1.
fn people<const N: usize>(domain: &Domain, names: [&str; N]) -> ([String; N], Folder) {
    let folder = Folder::new();
    for (photo, name) in (1..).zip(names) {
        folder.file(&format!("{name}.jpg"), jpeg(photo, 100, 100));
    }
    (names.map(|name| domain.user(name)), folder)
}

on_both! {
    /// The list's users are sAMAccountNames, even if --match-by says otherwise.
    fn an_approved_photo_goes_to_nobody_else(domain: &Domain) {
        let meant = domain.user("815");
        let other = domain.user_with("h-other", &domain.base, &[("employeeID", "815")]);
        let folder = Folder::new();
        let photo = folder.file("a.jpg", jpeg(1, 100, 100));
        let rows = format!("815,{},{}\r\n", photo.display(), Hash::of(&jpeg(1, 100, 100)));
        let list = folder.file("approved.csv", format!("sAMAccountName,path,sha256\r\n{rows}"));
        let run = domain.import(&list).args(&["--match-by", "employeeID"]).records();
        assert_eq!((run.code, run.outcomes()), (Some(0), vec!["written".to_owned()]), "{}", run.stderr);
        assert!(domain.photo(&meant).is_some() && domain.photo(&other).is_none());
        assert!(run.stderr.contains("matching by sAMAccountName"), "{}", run.stderr);

        // Without the header, nobody would know that the third column holds hashes.
        let list = folder.file("part.csv", rows);
        let run = domain.import(&list).run();
        assert!(run.code == Some(1) && run.stderr.contains("adphoto_approved,objectGUID,user,path"), "{}", run.stderr);
        // The objectGUIDs of an approved list take precedence over --match-by, too.
        let list = folder.file("approved.csv", approve(domain, folder.file("815.jpg", jpeg(2, 100, 100)).parent().unwrap()));
        let run = domain.import(&list).args(&["--match-by", "employeeID"]).records();
        assert_eq!((run.code, run.outcomes()), (Some(0), vec!["written".to_owned()]), "{} {}", run.json, run.stderr);
        assert_eq!((domain.photo(&meant).map(|photo| number(&photo)), domain.photo(&other)), (Some(2), None));
    }

    fn a_file_that_was_changed_since_is_not_written(domain: &Domain) {
        let people = ["h-ann", "h-ben", "h-cat"].map(|name| domain.user(name));
        domain.set_photo(&people[1], Some(&jpeg(90, 96, 96)));
        let folder = Folder::new();
        for (photo, name) in (1..).zip(["h-ann", "h-ben", "h-cat"]) {
            folder.file(&format!("photos/{name}.jpg"), jpeg(photo, 100, 100));
        }
        let page = folder.path().join("page.html");
        let dry = ["--dry-run", "--report", page.to_str().unwrap()];
        let run = domain.import(folder.path().join("photos")).args(&dry).records();
        assert_eq!((run.code, run.count("would-write")), (Some(0), 3), "{}", run.json);
        assert!(run.all().iter().all(|record| record.get("sha256").is_none()), "{}", run.json);
        let all = approved(&page);
        let (new, old) = (Hash::of(&jpeg(2, 100, 100)), Hash::of(&jpeg(90, 96, 96)));
        let end = format!("{},{},{new},{old},,Petra\r\n", domain.called("h-ben"), folder.path().join("photos").join("h-ben.jpg").display());
        let row = all.split_inclusive("\r\n").find(|row| row.ends_with(&end)).unwrap_or_else(|| panic!("{end} in {all}")).to_owned();
        let elsewhere = Folder::new();
        let list = elsewhere.file("approved.csv", &all);
        let import = |arguments: &[&str]| domain.import(&list).args(arguments).records();
        let numbers = || people.each_ref().map(|dn| domain.photo(dn).map(|photo| number(&photo)));

        // Somebody replaces one of the files.
        folder.file("photos/h-ben.jpg", jpeg(66, 100, 100));
        let before = domain.snapshot();
        let run = import(&dry);
        assert_eq!(run.outcomes(), ["would-write", "failed photo-changed", "would-write"], "{}", run.json);
        assert_eq!(approved(&page), all.replace(&row, ""), "what can be approved again is what is as it was");
        let run = import(&["--max-changes", "1"]);
        assert_eq!((run.code, run.count("not-attempted"), run.outcome("h-ben.jpg").as_str()), (Some(1), 2, "failed photo-changed"));
        assert_eq!(domain.snapshot(), before, "nothing is written yet");
        let run = import(&["--max-changes", "2"]);
        assert_eq!((run.code, run.outcomes()), (Some(3), ["written", "failed photo-changed", "written"].map(str::to_owned).into()));
        let reason = run.of("h-ben.jpg")["reason"].as_str().unwrap();
        assert!(reason.starts_with("line 3: the file is not the one that was approved") && reason.contains("have it approved again"), "{reason}");
        assert_eq!(numbers(), [Some(1), Some(90), Some(3)]);
        let run = import(&[]);
        assert_eq!((run.code, run.outcomes()), (Some(3), ["unchanged", "failed photo-changed", "unchanged"].map(str::to_owned).into()));
        // With --as-is, the bytes would differ from those written above, and would replace photos that nobody saw as
        // "now".
        let run = import(&["--as-is"]);
        assert_eq!(run.outcomes(), ["failed changed-since", "failed photo-changed", "failed changed-since"], "{}", run.json);
        assert_eq!(numbers(), [Some(1), Some(90), Some(3)]);

        // The approved file is back.
        folder.file("photos/h-ben.jpg", jpeg(2, 100, 100));
        let run = import(&[]);
        assert_eq!((run.code, run.outcomes()), (Some(0), ["unchanged", "written", "unchanged"].map(str::to_owned).into()), "{}", run.json);
        assert_eq!(numbers(), [Some(1), Some(2), Some(3)]);
    }

    fn a_list_says_of_each_file_what_it_holds_or_nothing(domain: &Domain) {
        let names = ["h-upper", "h-empty", "h-short", "h-none", "h-other"];
        let people = names.map(|name| domain.user(name));
        let folder = Folder::new();
        for (photo, name) in (1..).zip(names) {
            folder.file(&format!("{name}.jpg"), jpeg(photo, 100, 100));
        }
        let hash = |photo: u32| Hash::of(&jpeg(photo, 100, 100)).to_string();
        let list = format!(
            "SHA-256;Photo;Mail;User\n{};h-upper.jpg;;h-upper\n;h-empty.jpg;;h-empty\n{};h-none.jpg;;h-none\n{};h-other.jpg;;h-other\n",
            hash(1).to_uppercase(),
            &hash(4)[1..],
            hash(4)
        );
        let run = domain.import(folder.file("list.csv", list)).records();
        assert_eq!((run.code, run.outcomes()), (Some(3), ["written", "written", "failed bad-row", "failed photo-changed"].map(str::to_owned).into()));
        let reason = run.of("h-none.jpg")["reason"].as_str().unwrap();
        assert!(reason.starts_with("line 4: the field sha256 is not a SHA-256"), "{reason}");
        let short = folder.file("short.csv", format!("user,path,sha256\nh-short,h-short.jpg\nh-other,h-other.jpg,{}\n", hash(1)));
        let audit = Import::audit(domain).args(&["--photos", short.to_str().unwrap(), "--filter", "(cn=h-*)", "--only", "missing"]).records();
        let found: Vec<_> = audit.all().iter().map(|record| (record["user"].as_str().unwrap(), record["reason_code"].as_str().unwrap())).collect();
        assert_eq!(found, [("h-none", ""), ("h-other", "photo-changed"), ("h-short", "photo-at-hand")], "an audit offers what an import would write");
        let run = domain.import(short).records();
        assert_eq!(run.outcomes(), ["written", "failed photo-changed"], "{}", run.json);
        assert_eq!(people.map(|dn| domain.photo(&dn).map(|photo| number(&photo))), [Some(1), Some(2), Some(3), None, None]);
    }

    /// An import replaces the photo that people saw as "now", and no photo that came later.
    fn a_photo_that_came_after_the_approval_is_kept(domain: &Domain) {
        let (dns, folder) = people(domain, ["i-kept", "i-own", "i-first", "i-gone", "i-same"]);
        for (dn, photo) in [(&dns[0], 90), (&dns[1], 91), (&dns[3], 93)] {
            domain.set_photo(dn, Some(&jpeg(photo, 96, 96)));
        }
        let list = Folder::new();
        let list = list.file("approved.csv", approve(domain, folder.path()));
        domain.set_photo(&dns[1], Some(&jpeg(81, 96, 96)));
        domain.set_photo(&dns[2], Some(&jpeg(82, 96, 96)));
        domain.set_photo(&dns[3], None);
        let before = domain.snapshot();
        let expected = |done: &str| {
            let changed = "failed changed-since".to_owned();
            [done.to_owned(), changed.clone(), changed.clone(), changed, done.to_owned()].to_vec()
        };
        // Looks the outcomes up by file, since the records may be in another order than `dns`.
        let order = |run: &crate::run::Records| ["i-kept", "i-own", "i-first", "i-gone", "i-same"].map(|name| run.outcome(&format!("{name}.jpg"))).to_vec();
        let run = domain.import(&list).args(&["--dry-run"]).records();
        assert_eq!((run.code, order(&run)), (Some(3), expected("would-write")), "{}", run.json);
        assert_eq!(domain.snapshot(), before);
        for arguments in [&["--max-changes", "2"][..], &[]] {
            let run = domain.import(&list).args(arguments).records();
            assert_eq!(order(&run), expected(if arguments.is_empty() { "unchanged" } else { "written" }), "{}", run.json);
        }
        let run = domain.import(&list).records();
        let reason = run.of("i-own.jpg")["reason"].as_str().unwrap();
        assert!(reason.contains("changed after the new one was approved; it was left as it is"), "{reason}");
        assert_eq!(dns.map(|dn| domain.photo(&dn).map(|photo| number(&photo))), [Some(1), Some(81), Some(82), None, Some(5)]);
    }

    /// Each column is binding, and a value that cannot be understood is an error rather than ignored.
    fn an_approved_list_means_what_it_says_or_nothing(domain: &Domain) {
        let (dns, folder) = people(domain, ["j-ann", "j-ben", "j-cid", "j-dot", "j-eva"]);
        domain.set_photo(&dns[4], Some(&jpeg(95, 96, 96)));
        let all = approve(domain, folder.path());
        let lists = Folder::new();
        let before = domain.snapshot();
        let refused = |list: String, word: &str| {
            let run = domain.import(lists.file("approved.csv", list)).run();
            assert!(run.code == Some(1) && run.stderr.contains(word), "{word} in {}", run.stderr);
            assert_eq!(domain.snapshot(), before);
        };
        let more = |name: &str| all.replace("\r\n", ",\r\n").replacen("approved_by,", &format!("approved_by,{name}"), 1);
        refused(more("after_sha256"), "has the column after_sha256, which this version of adphoto does not know");
        refused(all.replace("\r\n1,", "\r\n2,"), "line 2 of the approved list has the version \"2\"");
        refused(all.replacen("\r\n1,", "\r\n,", 1), "has the version \"\"");
        for name in HEADER.trim_end().split(',').filter(|name| *name != "before_sha256") {
            refused(all.replacen(name, "", 1), &format!("has no column {name}"));
        }
        let run = domain.import(lists.file("approved.csv", &all)).args(&["--user-column", "user"]).run();
        assert!(run.code == Some(1) && run.stderr.contains("leave out --user-column"), "{}", run.stderr);

        let rows: Vec<&str> = all.lines().skip(1).collect();
        let field = |row: usize, at: usize| rows[row].split(',').nth(at).unwrap();
        let changed = |row: usize, at: usize, value: &str| {
            let mut fields: Vec<&str> = rows[row].split(',').collect();
            fields[at] = value;
            fields.join(",") + "\r\n"
        };
        let nobody = "6b29fc40-ca47-1067-b31d-00dd010662da";
        let list = [
            HEADER.to_owned(),
            changed(0, 6, "0 0 96 96"),
            changed(1, 2, "j-cid"),
            changed(2, 1, nobody),
            changed(3, 7, ""),
            changed(4, 5, "not-shown"),
        ];
        let run = domain.import(lists.file("approved.csv", list.concat())).records();
        let outcomes = ["failed bad-row", "failed other-user", "failed no-such-account", "failed bad-row", "written"];
        assert_eq!((run.code, run.outcomes()), (Some(3), outcomes.map(str::to_owned).into()), "{}", run.json);
        let reason = |row: usize| run.all()[row]["reason"].as_str().unwrap().to_owned();
        assert!(reason(0).starts_with("line 2: the field crop has a number that is not between 0 and 1"), "{}", reason(0));
        assert!(reason(1).contains(&format!("that of {}", domain.called("j-ben"))), "{}", reason(1));
        assert_eq!(run.all()[2]["user"], domain.called("j-cid"), "people know it by its name");
        assert!(reason(3).contains("approved_by"), "{}", reason(3));
        assert_eq!(dns.each_ref().map(|dn| domain.photo(dn).map(|photo| number(&photo))), [None, None, None, None, Some(5)]);

        // An approved list is checked like every other: each person gets one photo only.
        let (ann, own) = (field(0, 1), field(1, 1));
        let twice = [HEADER.to_owned(), format!("{}\r\n", rows[0]), changed(1, 1, ann).replace(&domain.called("j-ben"), &domain.called("j-ann"))];
        assert_ne!(ann, own);
        let run = domain.import(lists.file("approved.csv", twice.concat())).records();
        assert_eq!(run.outcomes(), ["failed several-photos", "failed several-photos"], "{}", run.json);
        // The columns may be in any order, and separated by semicolons, as a spreadsheet saves them.
        let turned: String = all.lines().map(|line| line.split(',').rev().collect::<Vec<_>>().join(";") + "\r\n").collect();
        let run = domain.import(lists.file("approved.csv", turned)).records();
        assert_eq!((run.count("written"), run.count("unchanged")), (4, 1), "{}", run.json);
        let run = domain.remove(&[lists.file("approved.csv", &all).to_str().unwrap(), "--yes"]).records();
        assert_eq!(run.count("removed"), 5, "it is a list of users, too: {}", run.json);
    }
}

on_tenant! {
    an_approved_photo_goes_to_nobody_else
    a_photo_that_came_after_the_approval_is_kept
    an_approved_list_means_what_it_says_or_nothing
}

#[cfg(target_os = "linux")]
mod disk_on_samba {
    use super::*;

    /// If the folder for temporary files is full, the page cannot show every photo, and a photo that it does not show
    /// cannot be approved. The folder is a file system of 64 KB for this run alone, which only root can mount.
    #[test]
    #[ignore = "needs root, as tests/run's Samba domain does"]
    fn a_photo_that_is_missing_from_the_page_is_not_approved() {
        let domain = &Domain::samba();
        let names = ["k-01", "k-02", "k-03", "k-04", "k-05", "k-06", "k-07", "k-08", "k-09", "k-10"];
        let (_, folder) = people(domain, names);
        for nobody in 0..10 {
            folder.file(&format!("Somebody {nobody}.jpg"), jpeg(100 + nobody, 400, 400));
        }
        let (full, out) = (Folder::new(), Folder::new());
        let page = out.path().join("page.html");
        let arguments = ["--dry-run", "--size", "300", "--report", page.to_str().unwrap()];
        let dry = domain.import(folder.path()).args(&arguments).env("TMPDIR", full.path());
        let run = dry.on_small_disk(full.path(), &page, &out.path().join("kept.html"));
        assert!(run.stderr.contains("photos are missing from the HTML report"), "{:?} {}", run.code, run.stderr);
        let text = std::fs::read_to_string(&page).unwrap();
        let (listed, missing) =
            (text.matches(" data-path=").count(), text.matches("one of its photos is missing").count());
        assert!(listed > 0 && missing > 0 && listed + missing == 20, "{listed} and {missing}");
        assert!(text.contains("role=\"alert\"><b>") && text.contains("missing from this page.</b>"));
    }
}
