//! Tests what is suggested if no account has a name; a suggestion is never followed automatically.

use crate::photos::{jpeg, number};
use crate::run::Folder;

/// Returns a report as an admin repairs it: takes a suggestion where it is the only one, and leaves the other failed
/// photos out.
pub(crate) fn repaired(report: &str) -> String {
    let mut rows = csv::Reader::from_reader(report.trim_start_matches('\u{feff}').as_bytes());
    let header = rows.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let mut repaired = csv::Writer::from_writer(Vec::new());
    repaired.write_record(&header).unwrap();
    for row in rows.records() {
        let mut row: Vec<String> = row.unwrap().iter().map(str::to_owned).collect();
        if row[at("status")] == "failed" {
            let suggested = row[at("suggested_user")].clone();
            if suggested.is_empty() || suggested.contains(';') {
                continue;
            }
            row[at("user")] = suggested;
        }
        repaired.write_record(&row).unwrap();
    }
    String::from_utf8(repaired.into_inner().unwrap()).unwrap()
}

on_both! {
    fn for_a_name_that_is_nobodys_the_likely_accounts_are_named(domain: &Domain) {
        let people = [
            ("g-1001", "Schmidlin, Annegret", "Annegret", "Schmidlin"),
            ("g-1002", "J\u{fc}rgen M\u{fc}ller", "J\u{fc}rgen", "M\u{fc}ller"),
            ("g-1003", "Zo\u{eb} Weber", "Zo\u{eb}", "Weber"),
        ];
        for (name, display_name, given_name, sn) in people {
            let names = [("displayName", display_name), ("givenName", given_name), ("sn", sn)];
            domain.user_with(name, &domain.base, &names);
        }
        let folder = Folder::new();
        for name in ["Annegret Schmidlin", "annegret.schmidln", "Juergen Mueller 2024", "G-1030", "Peter Nobody"] {
            folder.file(&format!("{name}.jpg"), jpeg(1, 100, 100));
        }
        let before = domain.snapshot();
        let run = domain.import(folder.path()).records();
        assert_eq!((run.code, run.count("failed")), (Some(3), 5), "{}", run.json);
        let reason = |name: &str| run.of(&format!("{name}.jpg"))["reason"].as_str().unwrap().to_owned();
        assert!(reason("Annegret Schmidlin").contains("; similar: g-1001 (Schmidlin, Annegret)"), "{}", run.json);
        assert!(reason("annegret.schmidln").contains("; similar: g-1001 (Schmidlin, Annegret)"), "{}", run.json);
        assert!(reason("Juergen Mueller 2024").contains("; similar: g-1002 (J\u{fc}rgen M\u{fc}ller)"), "{}", run.json);
        assert!(!reason("Peter Nobody").contains("similar"), "{}", run.json);
        let suggested = |name: &str| run.of(&format!("{name}.jpg"))["suggestions"].clone();
        let is = |suggested: &serde_json::Value, user: &str, sure: &str| {
            assert_eq!((&suggested[0]["user"], &suggested[0]["sure"]), (&user.into(), &sure.into()), "{}", run.json);
        };
        is(&suggested("Annegret Schmidlin"), "g-1001", "exact");
        is(&suggested("annegret.schmidln"), "g-1001", "likely");
        is(&suggested("Juergen Mueller 2024"), "g-1002", "exact");
        assert_eq!(suggested("G-1030"), serde_json::json!([]), "digits count: {}", run.json);
        assert_eq!(suggested("Peter Nobody"), serde_json::json!([]));
        assert_eq!(domain.snapshot(), before, "a suggestion is not followed");
    }

    fn for_names_that_are_nobodys_what_would_help_is_measured(domain: &Domain) {
        for (number, name) in ["h-anna", "h-ben", "h-cid"].into_iter().enumerate() {
            let (mail, id, display) = (format!("{name}@example.test"), format!("70{number}"), format!("Hausmann, {name}"));
            domain.user_with(name, &domain.base, &[("mail", &mail), ("employeeID", &id), ("displayName", &display)]);
        }
        let folder = Folder::new();
        folder.file("x.jpg", jpeg(1, 100, 100));
        let list = |rows: &str| folder.file("list.csv", format!("user,photo\n{rows}"));
        let by_mail = list("h-anna@example.test,x.jpg\nh-ben@example.test,x.jpg\nsomebody@example.test,x.jpg\n");
        let text = domain.import(by_mail.clone()).run().stdout;
        let hint = "2 of these 3 are the mail of an account: try --match-by mail";
        assert!(text.lines().any(|line| line.ends_with(hint)), "{text}");
        let hints = |source: &std::path::Path| domain.import(source).records().json["hints"].clone();
        assert_eq!(hints(&by_mail), serde_json::json!([hint]));
        let by_number = list("700,x.jpg\n701,x.jpg\n");
        assert_eq!(hints(&by_number), serde_json::json!(["2 of these 2 are the employeeID of an account: try --match-by employeeID"]));
        assert_eq!(hints(&list("peter,x.jpg\npaul,x.jpg\n")), serde_json::json!([]));
        // A folder gets such hints as well, and so does a source in which some names are right.
        let names = Folder::new();
        for file in ["Hausmann, h-anna", "Hausmann, h-ben 2023", "h-cid", "h-cid Hausmann neu"] {
            names.file(&format!("{file}.jpg"), jpeg(1, 100, 100));
        }
        assert_eq!(hints(names.path()), serde_json::json!(["2 of these 2 are the displayName of an account: try --match-by sAMAccountName,displayName"]));
    }

    fn every_name_has_suggestions_and_two_of_one_name_are_told_apart(domain: &Domain) {
        for (logon, department) in [("k-1", "Sales"), ("k-2", "IT")] {
            domain.user_with(logon, &domain.base, &[("displayName", "Kunze, Thomasina"), ("department", department)]);
        }
        for number in 0..3 {
            domain.user_with(&format!("ku{number}"), &domain.base, &[("displayName", &format!("Kunit {number}"))]);
        }
        let folder = Folder::new();
        for number in 0..250 {
            folder.file(&format!("Thomasina Kunze {}{number}.jpg", "i".repeat(number % 7)), jpeg(1, 20, 20));
        }
        folder.file("Kunit 2.jpg", jpeg(1, 20, 20));
        folder.file("Thomasina_Kunze.jpg", jpeg(1, 20, 20));
        folder.file("ku12.jpg", jpeg(1, 20, 20));
        let run = domain.import(folder.path()).records();
        let reason = |name: &str| run.of(name)["reason"].as_str().unwrap().to_owned();
        assert!(reason("Thomasina_Kunze.jpg").contains("; similar: k-1 (Kunze, Thomasina, Sales), k-2 (Kunze, Thomasina, IT)"), "{}", run.json);
        assert!(reason("Kunit 2.jpg").contains("; similar: ku2 (Kunit 2)") && !reason("Kunit 2.jpg").contains("ku1"), "{}", run.json);
        assert!(!reason("ku12.jpg").contains("similar"), "a number has no neighbours: {}", run.json);
        assert_eq!(run.all().iter().filter(|record| record["reason"].as_str().unwrap().contains("similar: k-1")).count(), 251);
    }

    fn an_account_outside_the_base_is_named_as_such(domain: &Domain) {
        let (staff, sales) = (domain.organizational_unit("Staff"), domain.organizational_unit("Sales"));
        domain.user_with("b-00301", &staff, &[("displayName", "Ingeborg Outermann")]);
        domain.user_with("b-00303", &staff, &[("displayName", "Ingo Outerman")]);
        let outside = domain.user_with("b-00310", &sales, &[("displayName", "Ingo Outermann")]);
        let folder = Folder::new();
        for file in ["b-00310", "Ingo Outermann", "Outermann, Ingo 2023 (2)", "b-00302"] {
            folder.file(&format!("{file}.jpg"), jpeg(1, 100, 100));
        }
        let run = domain.import(folder.path()).base_dn(&staff).records();
        for file in ["b-00310.jpg", "Ingo Outermann.jpg", "Outermann, Ingo 2023 (2).jpg"] {
            assert_eq!(run.outcome(file), "failed no-such-account");
            let reason = run.of(file)["reason"].as_str().unwrap();
            assert!(reason.contains(&format!("b-00310 is in {sales}, outside --base-dn")), "{reason}");
        }
        assert!(!run.of("b-00302.jpg")["reason"].as_str().unwrap().contains("similar"), "{}", run.json);
        assert_eq!(domain.photo(&outside), None);
    }

    /// It is enough to correct the user in each row: an import does not read the columns for suggestions and outcomes.
    fn a_repaired_report_is_a_list(domain: &Domain) {
        let people = [("i-1001", "Schmidt, Anna"), ("i-1002", "M\u{fc}ller, J\u{f6}rg")]
            .map(|(name, called)| domain.user_with(name, &domain.base, &[("displayName", called)]));
        let folder = Folder::new();
        for (number, name) in (1..).zip(["Schmidt, Anna", "M\u{fc}ller, J\u{f6}rg"]) {
            folder.file(&format!("photos/{name}.jpg"), jpeg(number, 100, 100));
        }
        let report = folder.path().join("fix.csv");
        let run = domain.import(folder.path().join("photos")).args(&["--dry-run", "--report", report.to_str().unwrap()]).records();
        assert_eq!(run.count("failed"), 2, "{}", run.json);
        let text = std::fs::read_to_string(&report).unwrap();
        let run = domain.import(folder.file("fix.csv", repaired(&text))).records();
        assert_eq!((run.code, run.count("written")), (Some(0), 2), "{}", run.json);
        assert_eq!(people.map(|dn| domain.photo(&dn).map(|photo| number(&photo))), [Some(1), Some(2)]);
    }
}

on_tenant! {
    a_repaired_report_is_a_list
}
