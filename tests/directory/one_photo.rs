//! Tests `import FILE --account NAME`: one photo for one person.

use crate::names::guid;
use crate::photos::{jpeg, number};
use crate::run::Folder;

on_both! {
    /// The name of the file does not matter.
    fn one_photo_goes_to_the_account_that_is_named(domain: &Domain) {
        let names = [("displayName", "Braun, Berta-o"), ("mail", "berta-o@example.test"), ("employeeID", "00150")];
        let dn = domain.user_with("o-berta", &domain.base, &names);
        domain.user_with("o-anna", &domain.base, &[("displayName", "Anna-o Braun")]);
        let guid = guid(&domain.entry(&dn, &["objectGUID"])["objectGUID"][0]);
        let folder = Folder::new();
        let photo = folder.file("IMG_1234.jpg", jpeg(1, 200, 200));
        let logon = format!("{}\\O-Berta", domain.netbios);
        let keys: [(&str, &str); 8] = [
            ("o-berta", ""), (" O-BERTA ", ""), (&logon, ""), (&dn, ""), ("berta-o@example.test", "mail"), ("=\"00150\"", "employeeID"),
            ("Berta-o Braun", "name"), (&guid, ""),
        ];
        let before = domain.snapshot();
        for (key, attribute) in keys {
            let mut arguments = vec!["--dry-run", "--account", key];
            if !attribute.is_empty() {
                arguments.extend(["--match-by", attribute]);
            }
            let run = domain.import(&photo).args(&arguments).records();
            assert_eq!((run.code, run.outcomes()), (Some(0), vec!["would-write".to_owned()]), "{key}: {}", run.json);
            assert_eq!(run.all()[0]["dn"], dn, "{key}");
        }
        assert_eq!(domain.snapshot(), before);
        let journal = folder.path().join("run.jsonl");
        let report = folder.path().join("report.csv");
        let run = domain.import(&photo).args(&["--account", "o-berta", "--report", report.to_str().unwrap()]).journal(&journal).records();
        assert_eq!((run.code, run.outcomes()), (Some(0), vec!["written".to_owned()]), "{}", run.json);
        assert_eq!(number(&domain.photo(&dn).unwrap()), 1);
        assert!(std::fs::read_to_string(report).unwrap().contains("IMG_1234.jpg"));
        let run = domain.import(&photo).args(&["--account", "o-berta"]).records();
        assert_eq!(run.outcomes(), ["unchanged"], "{}", run.json);
        let back = domain.undo(&[&journal]).args(&["--account", "o-berta"]).records();
        assert_eq!(back.outcomes(), ["restored"], "{}", back.json);
        assert_eq!(domain.photo(&dn), None);
    }

    /// The whole text is taken as the name, as in a list: `o-berta x` is nobody.
    fn a_name_that_is_nobodys_has_its_suggestions(domain: &Domain) {
        let names = [("displayName", "Brauneis, Bertalda"), ("mail", "bertalda@example.test")];
        domain.user_with("o-bertalda", &domain.base, &names);
        let folder = Folder::new();
        let photo = folder.file("IMG_1234.jpg", jpeg(1, 200, 200));
        for name in ["o-bertalda x", "Bertalda Brauneis", "bertalda@example.test"] {
            let run = domain.import(&photo).args(&["--account", name]).records();
            assert_eq!((run.code, run.outcomes()), (Some(3), vec!["failed no-such-account".to_owned()]), "{name}: {}", run.json);
            let hint = run.json["hints"].to_string();
            match name {
                "Bertalda Brauneis" => assert_eq!(run.all()[0]["suggestions"][0]["user"], "o-bertalda", "{}", run.json),
                "bertalda@example.test" => assert!(hint.contains("--match-by mail"), "{hint}"),
                _ => {}
            }
        }
    }

    fn a_file_that_bears_another_users_name_is_told(domain: &Domain) {
        for name in ["o-eva", "o-ute"] {
            domain.user(name);
        }
        let folder = Folder::new();
        let photo = folder.file("o-ute.jpg", jpeg(1, 200, 200));
        let run = domain.import(photo).args(&["--dry-run", "--account", "o-eva"]).records();
        assert_eq!((run.code, run.outcomes()), (Some(0), vec!["would-write named-after-another".to_owned()]), "{}", run.json);
    }

    fn several_photos_are_not_for_one_account(domain: &Domain) {
        domain.user("o-max");
        let folder = Folder::new();
        folder.file("photos/IMG_1.jpg", jpeg(1, 200, 200));
        let list = folder.file("list.csv", "user,photo\no-max,photos/IMG_1.jpg\n");
        let photos = folder.path().join("photos");
        for (source, said) in [
            (list, "list.csv is not an image, but --account takes a single photo"),
            (photos.clone(), "photos is a folder, but --account takes a single photo"),
            (photos.join("*.jpg"), "*.jpg is a pattern, but --account takes a single photo"),
            (photos.join("IMG_2.jpg"), "there is no file or folder"),
        ] {
            let run = domain.import(source).args(&["--account", "o-max"]).run();
            assert_eq!(run.code, Some(1), "{}", run.stderr);
            assert!(run.stderr.contains(said), "{}", run.stderr);
        }
    }
}

on_tenant! {
    a_file_that_bears_another_users_name_is_told
    several_photos_are_not_for_one_account
}
