//! Tests a folder as HR sends it, from the first dry run to the finished import, without renaming a single file.

use std::collections::BTreeMap;

use crate::photos::{jpeg, number};
use crate::run::Folder;
use crate::suggestions::repaired;

/// The people: logon name, given name, surname, and personnel number.
const PEOPLE: [[&str; 4]; 16] = [
    ["hjoerg", "J\u{f6}rg", "M\u{fc}llerson", "880101"],
    ["hpetra", "Petra", "Bauerle", "880102"],
    ["hsoren", "S\u{f8}ren", "J\u{f8}rgenholm", "880103"],
    ["hlukasz", "\u{141}ukasz", "Nowakowic", "880104"],
    ["hzoe", "Zo\u{eb}", "Webermann", "880105"],
    ["hinge", "Inge", "van der Bergen", "880106"],
    ["hpat", "Pat", "O'Hallorann", "880107"],
    ["hhans", "Hans-Peter", "Gro\u{df}kopf", "880108"],
    ["hanna1", "Anna", "Schmidtke", "880109"],
    ["hanna2", "Anna", "Schmidtke", "880110"],
    ["hanna", "Anneros", "Zimmerling", "880111"],
    ["hkai", "Kai", "Lindqvister", "880112"],
    ["hute", "Ute", "Richterich", "880113"],
    ["hmax", "Max", "Fuchsinger", "880114"],
    ["hemma", "Emma", "Vogelsanger", "880115"],
    ["anneros", "Anneros", "Kellermeier", "880116"],
];

/// The file names, each with the person on the photo, or `None` if that person has left or the name is ambiguous.
const FILES: [(&str, Option<&str>); 20] = [
    ("M\u{fc}llerson, J\u{f6}rg", Some("hjoerg")),
    ("Petra Bauerle 2023 (2)", Some("hpetra")),
    ("Joergenholm, Soeren", Some("hsoren")),
    ("lukasz.nowakowic", Some("hlukasz")),
    ("WEBERMANN Zoe", Some("hzoe")),
    ("Dr. Inge van der Bergen", Some("hinge")),
    ("O\u{2019}Hallorann, Pat", Some("hpat")),
    ("880108_foto", Some("hhans")),
    ("Anna Schmidtke", None),
    ("880110-2024", Some("hanna2")),
    ("Anneros Zimmerling", Some("hanna")),
    ("Kopie von Lindqvister, Kai", Some("hkai")),
    ("Richtrich, Ute", Some("hute")),
    ("hmax", Some("hmax")),
    ("IMG_1234", Some("hemma")),
    ("880116", Some("anneros")),
    // People who have left.
    ("Anneros Brown", None),
    ("Gegangen, Ralf", None),
    ("Sven Adieu", None),
    ("DSC0410", None),
];

fn file_name(path: &str) -> &str {
    path.rsplit(std::path::is_separator).next().unwrap()
}

fn owner(path: &str) -> Option<&'static str> {
    let stem = file_name(path).trim_end_matches(".jpg");
    FILES.iter().find(|(file, _)| *file == stem).unwrap_or_else(|| panic!("{path}")).1
}

on_both! {
    fn a_folder_of_hr_is_imported_without_renaming_a_file(domain: &Domain) {
        let mut people = BTreeMap::new();
        for [logon, given, surname, id] in PEOPLE {
            let called = format!("{surname}, {given}");
            let names = [("displayName", &*called), ("givenName", given), ("sn", surname), ("employeeID", id)];
            people.insert(logon, domain.user_with(logon, &domain.base, &names));
        }
        let folder = Folder::new();
        for (number, (file, _)) in (1..).zip(FILES) {
            folder.file(&format!("HR/{file}.jpg"), jpeg(number, 120, 160));
        }
        let hr = folder.path().join("HR");
        let files = || std::fs::read_dir(&hr).unwrap().map(|entry| entry.unwrap().file_name()).collect::<std::collections::BTreeSet<_>>();
        let (before, started) = (domain.snapshot(), files());
        let dry = |arguments: &[&str]| domain.import(&hr).args(&["--dry-run"]).args(arguments).records();

        // Follows the hints that the first dry run gives.
        let first = dry(&[]);
        assert_eq!(first.outcome("Anneros Zimmerling.jpg"), "failed name-of-another", "{}", first.json);
        assert_eq!(first.outcome("Anneros Brown.jpg"), "failed unexplained-text", "{}", first.json);
        let hints = first.json["hints"].to_string();
        assert!(hints.contains("are what people call an account") && hints.contains("try --match-by name"), "{hints}");
        let report = folder.path().join("repair.csv");
        let second = dry(&["--match-by", "name,employeeID", "--report", report.to_str().unwrap()]);
        for record in second.all() {
            let (photo, status) = (record["photo"].as_str().unwrap(), record["status"].as_str().unwrap());
            if status == "would-write" {
                assert_eq!(record["user"].as_str(), owner(photo), "{record}");
            }
            let suggestions: Vec<&str> = record["suggestions"].as_array().unwrap().iter().map(|one| one["user"].as_str().unwrap()).collect();
            match file_name(photo) {
                "Anna Schmidtke.jpg" => assert_eq!(suggestions.len(), 2, "{record}"),
                _ if status == "failed" && !suggestions.is_empty() => assert_eq!(suggestions, [owner(photo).unwrap()], "{record}"),
                _ => {}
            }
        }
        assert_eq!((second.count("would-write"), second.count("failed")), (11, 9), "{}", second.json);
        assert_eq!(domain.snapshot(), before);

        // The repaired report is used as a list; for the photo without a name, somebody knows who is on it.
        let list = folder.file("repair.csv", repaired(&std::fs::read_to_string(&report).unwrap()));
        let run = domain.import(&list).records();
        assert_eq!((run.code, run.count("written"), run.all().len()), (Some(0), 14, 14), "{}", run.json);
        let run = domain.import(hr.join("IMG_1234.jpg")).args(&["--account", "Emma Vogelsanger", "--match-by", "name"]).records();
        assert_eq!(run.outcomes(), ["written"], "{}", run.json);
        for (logon, dn) in people {
            let place = FILES.iter().position(|(_, owner)| *owner == Some(logon));
            let expected = place.map(|place| u32::try_from(place).unwrap() + 1);
            assert_eq!(domain.photo(&dn).map(|photo| number(&photo)), expected, "{logon}");
        }
        assert_eq!(files(), started);
        assert_eq!(domain.import(&list).records().count("unchanged"), 14);
    }
}
