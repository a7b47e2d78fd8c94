//! What was approved is what is written: a list says what each photo's file held when people looked at it.

use std::path::Path;

use adphoto::hash::Hash;

use crate::photos::{jpeg, number};
use crate::run::{Folder, Import};

/// The list that the page of a dry run makes of all that it proposes; tests/browser sees the page itself do it.
fn approved(page: &Path) -> String {
    let page = std::fs::read_to_string(page).unwrap();
    let value = |card: &str, name: &str| {
        let (_, value) = card.split_once(&format!(" data-{name}=\"")).unwrap();
        value.split_once('"').unwrap().0.to_owned()
    };
    let cards = page.split("<li class=\"card\"").skip(1).filter(|card| card.contains(" data-path="));
    let rows = cards.map(|card| ["user", "path", "sha256"].map(|name| value(card, name)).join(",") + "\r\n");
    format!("sAMAccountName,path,sha256\r\n{}", rows.collect::<String>())
}

on_both! {
    /// The list's users are sAMAccountNames, whatever else says what users are named by.
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

        // Without its first line nobody would know what the hashes are.
        let list = folder.file("part.csv", rows);
        let run = domain.import(&list).run();
        assert!(run.code == Some(1) && run.stderr.contains("sAMAccountName,path,sha256"), "{}", run.stderr);
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
        let row = format!("h-ben,{},{}\r\n", folder.path().join("photos").join("h-ben.jpg").display(), Hash::of(&jpeg(2, 100, 100)));
        assert!(all.contains(&row), "{row} in {all}");
        let elsewhere = Folder::new();
        let list = elsewhere.file("approved.csv", &all);
        let import = |arguments: &[&str]| domain.import(&list).args(arguments).records();
        let numbers = || people.each_ref().map(|dn| domain.photo(dn).map(|photo| number(&photo)));

        // Somebody replaces one.
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
        let run = import(&["--as-is"]);
        assert_eq!(run.outcomes(), ["written", "failed photo-changed", "written"], "{}", run.json);
        assert_eq!((domain.photo(&people[0]), domain.photo(&people[1])), (Some(jpeg(1, 100, 100)), Some(jpeg(90, 96, 96))));

        // It is back.
        folder.file("photos/h-ben.jpg", jpeg(2, 100, 100));
        let run = import(&[]);
        assert_eq!((run.code, run.count("written")), (Some(0), 3), "{}", run.json);
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
        assert!(reason.starts_with("line 4: the field sha256 is no SHA-256"), "{reason}");
        let short = folder.file("short.csv", format!("user,path,sha256\nh-short,h-short.jpg\nh-other,h-other.jpg,{}\n", hash(1)));
        let audit = Import::audit(domain).args(&["--photos", short.to_str().unwrap(), "--filter", "(cn=h-*)", "--only", "missing"]).records();
        let found: Vec<_> = audit.all().iter().map(|record| (record["user"].as_str().unwrap(), record["reason_code"].as_str().unwrap())).collect();
        assert_eq!(found, [("h-none", ""), ("h-other", "photo-changed"), ("h-short", "photo-at-hand")], "an audit offers what an import would write");
        let run = domain.import(short).records();
        assert_eq!(run.outcomes(), ["written", "failed photo-changed"], "{}", run.json);
        assert_eq!(people.map(|dn| domain.photo(&dn).map(|photo| number(&photo))), [Some(1), Some(2), Some(3), None, None]);
    }
}
