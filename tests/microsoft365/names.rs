//! Whose a photo is, by what Graph knows of people.

use serde_json::{Value, json};

use crate::run::Admin;
use crate::tenant::Tenant;

const SID: &str = "S-1-5-21-1-2-3-1104";

/// A company: names, numbers, namesakes, and people who came from Active Directory.
fn company() -> (Tenant, Admin) {
    let tenant = Tenant::start();
    let person = |given: &str, surname: &str| {
        vec![
            ("displayName", json!(format!("{given} {surname}"))),
            ("givenName", json!(given)),
            ("surname", json!(surname)),
        ]
    };
    let user = |name: &str, given: &str, surname: &str, more: &[(&str, Value)]| {
        tenant.user(name, &[person(given, surname), more.to_vec()].concat())
    };
    user(
        "anna.miller",
        "Anna",
        "Miller",
        &[
            ("onPremisesSamAccountName", json!("amiller")),
            ("onPremisesSecurityIdentifier", json!(SID)),
            ("onPremisesDistinguishedName", json!("CN=Anna Miller,OU=Sales,DC=ad,DC=example,DC=com")),
            ("employeeId", json!("100400")),
            ("mail", json!("anna@contoso.com")),
        ],
    );
    user("joerg", "Jörg", "Müller", &[("employeeId", json!("100401"))]);
    user("peter1", "Peter", "Pan", &[("department", json!("Sales"))]);
    user("peter2", "Peter", "Pan", &[("department", json!("Research"))]);
    user("anna.winter", "Anna", "Winter", &[("mailNickname", json!("annie"))]);
    let admin = Admin::new(&tenant);
    (tenant, admin)
}

/// Who gets a file of this name, or why nobody.
fn of(admin: &Admin, name: &str, options: &[&str]) -> String {
    let _ = std::fs::remove_dir_all(admin.path("photos"));
    admin.small_photo(name, 1);
    let run = admin.records(&[&["import", "photos", "--dry-run"], options].concat());
    run.outcomes().join("; ")
}

#[test]
fn a_file_is_named_after_anything_that_people_sign_in_with() {
    let (_tenant, admin) = company();
    for name in [
        "anna.miller@contoso.example.jpg",
        "ANNA.MILLER.jpg",
        "anna.miller 648x648.jpg",
        "amiller.jpg",
        "amiller (2).jpg",
        "anna@contoso.com.jpg",
    ] {
        assert!(of(&admin, name, &[]).starts_with("anna.miller would-write"), "{name}: {}", of(&admin, name, &[]));
    }
    assert!(of(&admin, "annie.jpg", &[]).starts_with("anna.winter would-write"));
    // No address is guessed.
    assert_eq!(of(&admin, "amiller@contoso.example.jpg", &[]), "amiller failed no-such-account");
    assert_eq!(of(&admin, "anna.jpg", &[]), "anna failed no-such-account");
    assert_eq!(of(&admin, "100400.jpg", &[]), "100400 failed no-such-account");
}

#[test]
fn numbers_and_names_are_matched_where_asked_for() {
    let (_tenant, admin) = company();
    for attribute in ["employeeID", "employeeId", "EMPLOYEEID"] {
        assert!(of(&admin, "100401_foto.jpg", &["--match-by", attribute]).starts_with("joerg would-write"));
    }
    for name in ["Müller, Jörg.jpg", "Jörg Müller.jpg", "Dr. Jörg Müller 2023 (2).jpg"] {
        assert!(of(&admin, name, &["--match-by", "name"]).starts_with("joerg would-write"), "{name}");
    }
    assert!(of(&admin, "Jörg Müller.jpg", &["--match-by", "displayName"]).starts_with("joerg would-write"));
    assert!(of(&admin, "Müller_Jörg.jpg", &["--match-by", "{sn}_{givenName}"]).starts_with("joerg would-write"));
    assert!(of(&admin, "annie.jpg", &["--match-by", "mailNickname"]).starts_with("anna.winter would-write"));
}

/// Nobody gets a stranger's face.
#[test]
fn namesakes_are_not_told_apart_by_chance() {
    let (tenant, admin) = company();
    assert_eq!(of(&admin, "Peter Pan.jpg", &["--match-by", "name"]), "Peter Pan failed ambiguous");
    // One person's sAMAccountName is what stands before another's address.
    tenant.user("amiller", &[("displayName", json!("Another Miller"))]);
    assert_eq!(of(&admin, "amiller.jpg", &[]), "amiller failed ambiguous");
    assert!(of(&admin, "amiller@contoso.example.jpg", &[]).starts_with("amiller would-write"));
    // More of the name is somebody else's.
    tenant.user("anna", &[("displayName", json!("Anna Bell"))]);
    assert_eq!(of(&admin, "anna winter.jpg", &[]), "anna winter failed name-of-another");
}

#[test]
fn a_list_names_people_by_what_stays() {
    let (_tenant, admin) = company();
    admin.photo("x.jpg", 1);
    for user in [
        "anna.miller@contoso.example",
        "amiller",
        SID,
        "00000000-0000-4000-8000-000000000001",
        "\"CN=Anna Miller,OU=Sales,DC=ad,DC=example,DC=com\"",
    ] {
        admin.private("list.csv", format!("user,photo\n{user},photos/x.jpg\n"));
        let run = admin.records(&["import", "list.csv", "--dry-run"]);
        assert!(run.outcomes()[0].starts_with("anna.miller would-write"), "{user}: {run:?}");
    }
    admin.private("list.csv", "mail,photo\nanna@contoso.com,photos/x.jpg\n");
    assert!(admin.records(&["import", "list.csv", "--dry-run"]).outcomes()[0].starts_with("anna.miller would-write"));
}

#[test]
fn who_may_be_meant_is_suggested() {
    let (_tenant, admin) = company();
    admin.photo("Jorg Muller.jpg", 1);
    let run = admin.records(&["import", "photos", "--dry-run", "--match-by", "name"]);
    assert_eq!(run.outcomes(), ["Jorg Muller failed no-such-account"]);
    assert_eq!(run.all()[0]["suggestions"][0]["user"], "joerg@contoso.example", "{run:?}");
    // Files that bear numbers are told so.
    let _ = std::fs::remove_dir_all(admin.path("photos"));
    admin.photo("100400.jpg", 1);
    let text = admin.run(&["import", "photos", "--dry-run"]);
    assert!(text.stdout.contains("--match-by employeeID") || text.stderr.contains("--match-by employeeID"), "{text:?}");
}

#[test]
fn an_attribute_that_accounts_do_not_have_is_an_error() {
    let (_tenant, admin) = company();
    admin.photo("x.jpg", 1);
    let run = admin.run(&["import", "photos", "--dry-run", "--match-by", "extensionAttribute1"]);
    assert!(run.code == Some(1) && run.stderr.contains("no attribute extensionAttribute1"), "{run:?}");
}
