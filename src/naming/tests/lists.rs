//! Tests of lists whose files are named after others than the people who get them.

use std::path::PathBuf;

use super::super::Misnamed;
use super::super::list::{check, is_told_by_names};
use super::company::{Company, named};
use super::paired;
use crate::directory::Account;
use crate::source::{Key, Photo};

const PEOPLE: [(&str, &str); 10] = [
    ("Ayse", "Kaya"),
    ("Bruno", "Zellweger"),
    ("Carla", "Ondraschek"),
    ("Dora", "Petersen"),
    ("Emil", "Quandt"),
    ("Frieda", "Ruprecht"),
    ("Gustav", "Stahlberg"),
    ("Hanna", "Trautwein"),
    ("Ivo", "Uhlenbrock"),
    ("Jutta", "Vossler"),
];

fn company(logon: impl Fn(usize, &str, &str) -> String) -> Company {
    let account = |(place, (given, surname)): (usize, &(&str, &str))| {
        let number = u32::try_from(place).expect("a small number");
        let display = format!("{surname}, {given}");
        let mut names = named(number, &logon(place, given, surname), &display, given, surname);
        names.mail = format!("{}.{}@contoso.example", given.to_lowercase(), surname.to_lowercase());
        names.employee_id = format!("{}", 1001 + place);
        names
    };
    Company::new(PEOPLE.iter().enumerate().map(account).collect())
}

/// Returns what is found if row after row of a list gives somebody one of these files.
fn list(company: &Company, files: &[String]) -> (Option<Misnamed>, usize) {
    let photo = |(names, file): (_, &String)| Photo {
        path: PathBuf::from(file),
        key: Key::Exact(company.account(names).sam_account_name),
        row: None,
    };
    let photos: Vec<Photo> = company.people.iter().zip(files).map(photo).collect();
    let accounts: Vec<Account> = company.people.iter().map(|names| company.account(names)).collect();
    let mut matches = paired(&photos, &accounts.iter().collect::<Vec<_>>());
    if !is_told_by_names(&matches) {
        return (None, 0);
    }
    let found = check(&mut matches, &company.roster());
    (found, matches.all.iter().flatten().filter(|found| found.named_after.is_some()).count())
}

/// Returns the file of each person, or with `shifted` that of the next one.
fn files(spelling: &str, shifted: bool) -> Vec<String> {
    let file = |place: usize| {
        let place = (place + usize::from(shifted)) % PEOPLE.len();
        let (given, surname) = PEOPLE[place];
        let number = format!("{}", 1001 + place);
        let file = spelling.replace("{given}", given).replace("{surname}", surname).replace("{number}", &number);
        format!("{file}.jpg")
    };
    (0..PEOPLE.len()).map(file).collect()
}

#[test]
fn a_shifted_list_is_told_however_the_files_are_named() {
    let companies = [
        company(|_, given, surname| format!("{}{surname}", &given[..1]).to_lowercase()),
        company(|_, given, surname| format!("{given}.{surname}").to_lowercase()),
        company(|place, _, _| format!("u{place:03}")),
    ];
    for (company, spelling) in companies.iter().flat_map(|company| {
        [
            "{given}.{surname}@practice.test",
            "{given}.{surname}@contoso.com",
            "{given} {surname} Berlin",
            "{given}_{surname}_studio Meyer",
            "{given} {surname} Weihnachten",
            "Firmung {given} {surname}",
            "{surname}",
            "{surname}_2 neu",
            "Portrait Frau {surname}",
            "{number}",
            "{number}_foto",
            "E00{number}",
            "MA-{number} (2)",
        ]
        .map(|spelling| (company, spelling))
    }) {
        let (found, remarks) = list(company, &files(spelling, true));
        assert_eq!(found.map(|found| (found.misnamed, found.told)), Some((10, 10)), "{spelling}");
        assert_eq!(remarks, 10, "{spelling}");
        assert_eq!(list(company, &files(spelling, false)), (None, 0), "{spelling}");
    }
}

#[test]
fn counters_places_and_events_shift_no_list() {
    let company = company(|place, _, _| format!("u{place:03}"));
    let counters = |format: &dyn Fn(usize) -> String| (0..10).map(format).collect::<Vec<_>>();
    for files in [
        counters(&|place| format!("IMG_{}.jpg", 1002 + place)),
        counters(&|place| format!("DSC{}.jpg", 1002 + place)),
        counters(&|place| format!("{}.jpg", 1004 + 2 * place)),
        counters(&|place| format!("20{:02}.01.31 Foto.jpg", 10 + place)),
        counters(&|place| format!("Messe Kaya {place}.jpg")),
        counters(&|place| format!("Sommer Uhlenbrock {place}.jpg")),
    ] {
        assert_eq!(list(&company, &files), (None, 0), "{files:?}");
    }
}

#[test]
fn who_is_not_in_the_list_is_not_named_by_a_surname_alone() {
    let mut company = company(|place, _, _| format!("u{place:03}"));
    // Their surnames before they married are those of people who are not in the list.
    let surname = |place: u8| format!("Gone{}ward", char::from(b'a' + place));
    company
        .people
        .extend((0..10).map(|place| named(100 + u32::from(place), &format!("x{place}"), "", "Otto", &surname(place))));
    let files: Vec<String> = (0..10).map(|place| format!("{}.jpg", surname(place))).collect();
    assert_eq!(list(&company, &files), (None, 0));
}
