//! What is suggested where a name is nobody's; nothing is ever done by itself.

use crate::photos::jpeg;
use crate::run::Folder;

on_both! {
    fn for_a_name_that_is_nobodys_the_likely_accounts_are_named(domain: &Domain) {
        let people = [
            ("g-1001", "Schmidt, Anna", "Anna", "Schmidt"),
            ("g-1002", "J\u{fc}rgen M\u{fc}ller", "J\u{fc}rgen", "M\u{fc}ller"),
            ("g-1003", "Zo\u{eb} Weber", "Zo\u{eb}", "Weber"),
        ];
        for (name, display_name, given_name, sn) in people {
            let names = [("displayName", display_name), ("givenName", given_name), ("sn", sn)];
            domain.user_with(name, &domain.base, &names);
        }
        let folder = Folder::new();
        for name in ["Anna Schmidt", "anna.schmit", "Juergen Mueller 2024", "G-1030", "Peter Nobody"] {
            folder.file(&format!("{name}.jpg"), jpeg(1, 100, 100));
        }
        let before = domain.snapshot();
        let run = domain.import(folder.path()).records();
        assert_eq!((run.code, run.count("failed")), (Some(3), 5), "{}", run.json);
        let reason = |name: &str| run.of(&format!("{name}.jpg"))["reason"].as_str().unwrap().to_owned();
        assert!(reason("Anna Schmidt").contains("; similar: g-1001 (Schmidt, Anna)"), "{}", run.json);
        assert!(reason("anna.schmit").contains("; similar: g-1001 (Schmidt, Anna)"), "{}", run.json);
        assert!(reason("Juergen Mueller 2024").contains("; similar: g-1002 (J\u{fc}rgen M\u{fc}ller)"), "{}", run.json);
        assert!(!reason("Peter Nobody").contains("similar"), "{}", run.json);
        assert_eq!(domain.snapshot(), before, "a suggestion is not followed");
    }

    fn for_a_column_that_is_nobodys_the_attribute_is_named(domain: &Domain) {
        for (number, name) in ["h-anna", "h-ben", "h-cid"].into_iter().enumerate() {
            let (mail, id) = (format!("{name}@example.test"), format!("70{number}"));
            domain.user_with(name, &domain.base, &[("mail", &mail), ("employeeID", &id)]);
        }
        let folder = Folder::new();
        folder.file("x.jpg", jpeg(1, 100, 100));
        let list = |rows: &str| folder.file("list.csv", format!("user,photo\n{rows}"));
        let by_mail = list("h-anna@example.test,x.jpg\nh-ben@example.test,x.jpg\nsomebody@example.test,x.jpg\n");
        let run = domain.import(by_mail).records();
        assert_eq!(run.count("failed"), 3);
        assert!(run.stderr.contains("of 3 that were tried, 2 are the mail of one: --match-by mail"), "{}", run.stderr);
        let run = domain.import(list("700,x.jpg\n701,x.jpg\n")).records();
        assert!(run.stderr.contains("2 are the employeeID of one: --match-by employeeID"), "{}", run.stderr);
        let run = domain.import(list("peter,x.jpg\npaul,x.jpg\n")).records();
        assert!(!run.stderr.contains("--match-by"), "{}", run.stderr);
    }
}
