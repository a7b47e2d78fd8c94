//! Tests of the kinds of words that stand in files' names beside a name: plain words, nicknames, dates, counters,
//! salutations, companies.

use super::company::{Company, named};
use super::files::hunt;

/// `Best` and `März` are words of files' names, and surnames of people who may have left.
#[test]
fn plain_words_that_are_names_are_unexplained_beside_a_name() {
    let company = Company::new(vec![
        named(1, "anna", "Anna Schmidt", "Anna", "Schmidt"),
        named(2, "ben", "Ben Stone", "Ben", "Stone"),
        named(3, "emma", "Emma Roth", "Emma", "Roth"),
        named(4, "nagy", "Nagy Péter", "Péter", "Nagy"),
        named(5, "jdoe", "Jane Doe", "Jane", "Doe"),
    ]);
    let refused = [
        "anna Best",
        "anna Konečná",
        "anna Neu",
        "ANNA NEU",
        "Anna_Small",
        "anna English",
        "anna Sales (2)",
        "anna Handy 2024",
        "anna-Male",
        "anna Büyük",
        "anna Best Foto",
        "anna Foto Best",
        "anna.best",
        "nagy Edit",
        "ben Small",
        "ben Small Al",
        "anna Mayo (2)",
        "anna mayo (2)",
        "anna.mars.2023",
        "anna Mars 2",
        "anna Abril 2023",
        "anna August",
        "anna März",
        "anna Nisan 2",
        "anna März 2023",
        "anna 2 Mayo (2)",
        "ben Au foto",
        "emma Al foto",
        "emma foto Sin",
        "ben Si foto",
        "ben foto No",
        "anna Herr",
        "anna Herr (2)",
        "anna Frau foto",
        "jdoe Ben Small",
        "jdoe Small, Ben",
        "jdoe Otto Best",
    ];
    for file in refused {
        let said = company.says(file);
        assert!(said.starts_with("unexplained") || file.contains("Ben") && said == "another: ben", "{file}: {said}");
    }
    for (file, logon) in [
        ("anna neu", "anna"),
        ("anna_best", "anna"),
        ("anna foto neu", "anna"),
        ("anna Foto", "anna"),
        ("anna Kopie", "anna"),
        ("anna Schmidt Neu", "anna"),
        ("anna Schmidt März 2023", "anna"),
        ("anna 12. März 2024", "anna"),
        ("anna 2024-März-12", "anna"),
        ("jdoe Neu", "jdoe"),
        ("jdoe März 2023", "jdoe"),
        ("jdoe Best Foto", "jdoe"),
        ("anna Kopie Von", "anna"),
        ("anna Oktober 2023", "anna"),
        ("anna juin 2020", "anna"),
        ("anna Foto de perfil", "anna"),
        ("anna Foto für Ausweis", "anna"),
        ("anna Dr. Schmidt", "anna"),
        ("anna Schmidt Frau", "anna"),
    ] {
        assert_eq!(company.says(file), logon, "{file}");
    }
    let mut company = company;
    company.ignored = vec!["Neu".into()];
    assert_eq!(company.says("anna Neu"), "anna", "--ignore-text says that it is harmless");
    let batch = ["anna Neu", "ben Neu", "emma Neu", "nagy Neu", "jdoe Neu"];
    assert!(company.folder(&batch).iter().all(Result::is_ok));
}

/// `Da` and `Le` are surnames, too. Where they stand between plain words that make no phrase, somebody who has left may
/// be called so.
#[test]
fn a_joining_word_that_is_a_name_is_plain_in_a_phrase_only() {
    let company = Company::new(vec![
        named(1, "romane", "Romane Leblanc", "Romane", "Leblanc"),
        named(2, "emma", "Emma Roth", "Emma", "Roth"),
    ]);
    for file in [
        "ROMANE foto DA.jpg",
        "romane foto da.jpg",
        "romane foto da foto",
        "romane foto da_neu",
        "romane foto da_final cropped",
        "romane foto da 648x648",
        "romane foto da",
        "romane neu Le kopie",
        "romane photo Du final",
        "romane bild Das jpeg",
        "romane (foto) El (copia)",
        "romane foto Da profil",
        "romane foto Al jpg",
        "romane foto Van neu",
    ] {
        assert!(company.says(file).starts_with("unexplained"), "{file}: {}", company.says(file));
    }
    for file in [
        "romane foto da identità",
        "romane Foto De Perfil",
        "ROMANE FOTO DE PERFIL",
        "romane_foto_do_crachá",
        "romane foto do o crachá 2",
        "romane photo du badge (2)",
        "romane zdjęcie do legitymacji",
        "romane bild im Büro",
        "romane foto al carnet",
        "romane Foto für Ausweis",
    ] {
        assert_eq!(company.says(file), "romane", "{file}");
    }
}

#[test]
fn a_nickname_is_a_name() {
    let company = Company::new(vec![
        named(1, "gabi", "Gabriele Roth", "Gabriele", "Roth"),
        named(2, "uli", "Ulrich Frank", "Ulrich", "Frank"),
        named(3, "schnucki", "Anna Meier", "Anna", "Meier"),
        named(4, "jdoe", "Jane Doe", "Jane", "Doe"),
        named(5, "ash", "Anke Schmidt", "Anke", "Schmidt"),
    ]);
    assert_eq!(company.says("gabi Schulze"), "unexplained: Schulze");
    assert_eq!(company.says("uli Becker 2"), "unexplained: Becker");
    assert_eq!(company.says("schnucki Brinkhoff"), "unexplained: Brinkhoff");
    for (file, logon) in [("gabi Roth", "gabi"), ("uli foto", "uli"), ("jdoe kitchen", "jdoe"), ("ash kitchen", "ash")]
    {
        assert_eq!(company.says(file), logon, "{file}");
    }
}

#[test]
fn a_name_with_a_capital_inside_is_a_name() {
    let company = Company::new(vec![
        named(1, "mcdonnell", "Rodney McDonnell", "Rodney", "McDonnell"),
        named(2, "macleod", "Ian MacLeod", "Ian", "MacLeod"),
        named(3, "deluca", "Anna De Luca", "Anna", "De Luca"),
        named(4, "jdoe", "Jane Doe", "Jane", "Doe"),
    ]);
    for file in
        ["McDonnell Tara", "McDonnell Tara v2", "MacLeod Tara", "DeLuca Brinkhoff", "mcDonnell tara", "MCDONNELL Tara"]
    {
        assert!(company.says(file).starts_with("unexplained"), "{file}: {}", company.says(file));
    }
    for (file, logon) in [("McDonnell Rodney", "mcdonnell"), ("McDonnell foto", "mcdonnell"), ("JDoe kitchen", "jdoe")]
    {
        assert_eq!(company.says(file), logon, "{file}");
    }
}

#[test]
fn a_time_behind_a_date_is_nobodys_number() {
    let mut company = Company::new(vec![
        named(1, "carl.abel", "Abel, Carl", "Carl", "Abel"),
        named(2, "abel.vieira", "Sousa Vieira, Abel", "Abel", "Sousa Vieira"),
    ]);
    company.people[1].employee_id = "101500".into();
    for file in ["carl.abel.PXL_20240131_101500", "carl.abel 20240131 101500"] {
        assert_eq!(company.says(file), "carl.abel", "{file}");
    }
    assert_ne!(company.says("carl.abel 101500"), "carl.abel");
}

#[test]
fn a_month_in_a_date_is_nobodys_name() {
    let company = Company::new(vec![
        named(1, "hao", "Hao Nguyen", "Hao", "Nguyen"),
        named(2, "yeo", "Yeo Mai Hảo", "Mai Hảo", "Yeo"),
        named(3, "emma", "Emma Roth", "Emma", "Roth"),
        named(4, "emma.april", "Emma April", "Emma", "April"),
    ]);
    for file in ["hao.12. Mai 2022", "hao 2022-Mai-12", "hao (3. Mai 2021)"] {
        assert_eq!(company.says(file), "hao", "{file}");
    }
    assert_eq!(company.says("emma 1. April 2024"), "emma");
    for file in ["hao Mai", "hao Mai 2", "hao Mai 2022", "emma April (2)", "emma April"] {
        assert!(!["hao", "emma"].contains(&&*company.says(file)), "{file}: {}", company.says(file));
    }
}

#[test]
fn a_date_is_nobodys_number() {
    let mut company =
        Company::of(&[("anna", "Anna Schmidt"), ("ben", "Ben Stone"), ("emma", "Emma Roth"), ("otto", "Otto Weber")]);
    for (names, id) in company.people.iter_mut().zip(["2024", "31", "20240131", "1999"]) {
        names.employee_id = id.into();
    }
    let company = company.match_by("employeeID");
    for file in [
        "2024-01-31 10.15.00",
        "2024 Betriebsfest",
        "2024_01",
        "2024 (Weihnachten)",
        "31.01.2024",
        "31-1-24 Messe",
        "20240131_101500",
        "20240131 Messe",
        "1999 Foto",
        "2024 Foto (2)",
    ] {
        assert!(company.says(file).starts_with("date: "), "{file}: {}", company.says(file));
    }
    for (file, logon) in [
        ("2024", "anna"),
        ("2024 (2)", "anna"),
        ("2024 Anna Schmidt", "anna"),
        ("31 (2)", "ben"),
        ("31_foto", "ben"),
        ("1999", "otto"),
        ("20240131", "emma"),
    ] {
        assert_eq!(company.says(file), logon, "{file}");
    }
    assert_eq!(company.says("2024 Ben Stone"), "another: ben");
}

#[test]
fn a_namesake_who_is_written_otherwise_makes_a_name_ambiguous() {
    let people = vec![
        named(1, "mulrike", "Ulrike Moser", "", ""),
        named(2, "umoser", "Moser, Ulrike", "Ulrike", "Moser"),
        named(3, "ewald", "Eva Wald", "Eva", "Wald"),
    ];
    for match_by in ["displayName", "name", "sAMAccountName,displayName"] {
        let company = Company::new(people.clone()).match_by(match_by);
        for file in ["Ulrike Moser", "Ulrike Moser 2024", "Moser, Ulrike", "ulrike moser (2)"] {
            assert_eq!(company.says(file), "ambiguous", "{file}, {match_by}");
        }
        for (file, logon) in [("umoser", "umoser"), ("Eva Wald", "ewald"), ("Eva Wald 2", "ewald")] {
            assert_eq!(company.says(file), logon, "{match_by}");
        }
    }
}

#[test]
fn a_counter_may_be_a_namesakes_number() {
    let mut people = vec![
        named(1, "pvoss", "Paul Voss", "Paul", "Voss"),
        named(2, "pvoss2", "Paul Voss", "Paul", "Voss"),
        named(3, "evoss", "Eva Voss", "Eva", "Voss"),
        named(4, "evoss2", "Eva Voss 2", "Eva", "Voss"),
        named(5, "u4", "Unit 4", "", ""),
    ];
    people[1].cn = "Paul Voss 2".into();
    for match_by in ["name", "displayName"] {
        let company = Company::new(people.clone()).match_by(match_by);
        for file in [
            "Paul Voss",
            "Paul Voss (2)",
            "Paul Voss 2",
            "Paul Voss_2",
            "Eva Voss_2",
            "Eva Voss (2)",
            "Eva Voss 2",
            "Eva Voss 2 neu",
        ] {
            assert_eq!(company.says(file), "ambiguous", "{file}, {match_by}");
        }
        for (file, logon) in [("Unit 4", "u4"), ("Unit 4 (2)", "u4"), ("pvoss2", "pvoss2")] {
            assert_eq!(company.says(file), logon, "{file}, {match_by}");
        }
    }
    let single = Company::new(people[4..].to_vec()).match_by("name");
    assert_eq!(single.says("Unit 4_2"), "u4");
}

#[test]
fn a_salutation_tells_people_of_one_surname_apart() {
    let people = [("mm", "Herr Müller"), ("ts", "Thomas Herr"), ("ab", "Dr. Bauer")];
    let company = Company::of(&people).match_by("name");
    for file in ["Frau Müller", "Mrs. Müller 2", "Müller", "Thomas", "Frau Thomas", "Frau Bauer"] {
        assert_eq!(company.says(file), "unknown", "{file}");
    }
    for (file, logon) in [
        ("Herr Müller", "mm"),
        ("Hr. Mueller (2)", "mm"),
        ("Thomas Herr", "ts"),
        ("Herr, Thomas", "ts"),
        ("Bauer", "ab"),
    ] {
        assert_eq!(company.says(file), logon, "{file}");
    }
}

#[test]
fn a_surname_in_a_company_or_address_explains_no_name() {
    let mut company = hunt();
    company.company = "Huber GmbH & Co. KG".into();
    company.people[0].department = "Team Wagner".into();
    company.people[0].mail = "anna@brinkhoff.example".into();
    assert_eq!(company.says("anna Huber"), "unexplained: Huber");
    assert_eq!(company.says("Anna Wagner 2024"), "unexplained: Wagner");
    assert_eq!(company.says("anna GmbH"), "anna");
    assert_eq!(company.says("jdoe Huber"), "jdoe", "the key is nobody's name");
    company.people[0].display_name = "Schmidt, Anna (Huber GmbH)".into();
    assert_eq!(company.says("anna Huber"), "unexplained: Huber");
    assert_eq!(company.says("anna Schmidt GmbH"), "anna");
    company.people[0].display_name = "Schmidt (geb. Huber), Anna".into();
    assert_eq!(company.says("anna Huber"), "anna");
    let by_mail = company.match_by("sAMAccountName,mail");
    assert_eq!(by_mail.says("anna Brinkhoff"), "unexplained: Brinkhoff");
    assert_eq!(by_mail.says("anna example"), "anna");
    assert_eq!(by_mail.says("anna@brinkhoff.example (2)"), "anna");
}
