//! Tests of the kinds of words that stand in files' names beside a name: plain words, nicknames, counters, salutations,
//! companies.

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
