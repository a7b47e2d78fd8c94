//! Tests of dates and times, which are nobody's name and nobody's number.

use super::company::{Company, named};

#[test]
fn a_time_behind_a_date_is_nobodys_number() {
    let mut company = Company::new(vec![
        named(1, "abel", "Carl Abel", "Carl", "Abel"),
        named(2, "avieira", "Abel Vieira", "Abel", "Vieira"),
        named(3, "bvieira", "Abel Sousa", "Abel", "Sousa"),
    ]);
    company.people[1].employee_id = "101500".into();
    company.people[2].employee_id = "100472".into();
    for file in ["abel.PXL_20240131_101500", "abel foto 31012024 101500"] {
        assert_eq!(company.says(file), "abel", "{file}");
    }
    for (file, logon) in [
        ("abel foto 101500", "avieira"),
        ("abel foto 20014711 101500", "avieira"),
        ("abel foto 31012024 100472", "bvieira"),
    ] {
        assert_eq!(company.says(file), format!("another: {logon}"), "{file}");
    }
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
    for file in ["hao Mai", "hao Mai 2", "hao Mai 2022", "hao 2022 Mai (2)"] {
        assert_eq!(company.says(file), "another: yeo", "{file}");
    }
    for file in ["emma April", "emma April (2)", "emma 2024 April (2)", "emma (2) April 2024"] {
        assert_eq!(company.says(file), "another: emma.april", "{file}");
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
