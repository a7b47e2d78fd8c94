//! Tests that messages about Microsoft 365 do not mention what only Active Directory has.

use serde_json::json;

use crate::photos::jpeg;
use crate::run::{Admin, Run};
use crate::tenant::{CLIENT_ID, ID, Reply, Tenant};

/// Words that no message about Microsoft 365 may have.
const WRONG: [&str; 14] = [
    "--server",
    "LDAP",
    "ldap",
    "domain controller",
    "--base-dn",
    "base DN",
    "--domain",
    "schema",
    "thumbnailPhoto",
    "sAMAccountName",
    "objectGUID",
    "this domain",
    "the domain",
    "organizational unit",
];

/// Checks that the messages of a run have none of these words.
fn is_right(words: &[&str], run: &Run) {
    // JSON has the same names of fields for both directories.
    for text in [&run.stdout, &run.stderr].into_iter().filter(|text| !text.starts_with('{')) {
        for wrong in WRONG {
            assert!(!text.contains(wrong), "{words:?} says {wrong}:\n{}{}", run.stdout, run.stderr);
        }
    }
}

fn company() -> (Tenant, Admin, Vec<String>) {
    let tenant = Tenant::start();
    let named = |given: &str, surname: &str| {
        vec![
            ("displayName", json!(format!("{given} {surname}"))),
            ("givenName", json!(given)),
            ("surname", json!(surname)),
        ]
    };
    let ids = vec![
        tenant.user("anna", &named("Anna", "Miller")),
        tenant.user("peter1", &named("Peter", "Pan")),
        tenant.user("peter2", &[named("Peter", "Pan"), vec![("mailNickname", json!("anna"))]].concat()),
        tenant.user("gone", &[named("Gone", "Soon"), vec![("accountEnabled", json!(false))]].concat()),
        tenant.user("new", &named("New", "Mailbox")),
    ];
    let new = ids[4].clone();
    tenant
        .trouble(move |asked, _| asked.path.contains(&new).then(|| Reply::error(404, "ErrorNonExistentMailbox", "x")));
    let admin = Admin::new(&tenant);
    (tenant, admin, ids)
}

#[test]
fn of_names_that_fit_nobody_or_several() {
    let (_tenant, admin, _) = company();
    for (name, number) in (1..)
        .zip([
            "anna.jpg",
            "nobody.jpg",
            "nobody@contoso.example.jpg",
            "peter1 old.jpg",
            "peter2.png",
            "peter1 anna miller.jpg",
            "gone@contoso.example.jpg",
            "new.jpg",
            "empty.jpg",
            "peter1 20230101.jpg",
            "Peter Pan.jpg",
            "EXAMPLE_anna.jpg",
        ])
        .map(|(number, name)| (name, number))
    {
        admin.small_photo(name, number);
    }
    admin.private("photos/empty.jpg", "");
    for words in [
        &["import", "photos", "--dry-run"][..],
        &["import", "photos", "--dry-run", "--match-by", "name"],
        &["import", "photos", "--dry-run", "--match-by", "employeeID"],
        &["import", "photos", "--dry-run", "--match-by", "mail,displayName"],
        &["import", "photos", "--dry-run", "--match-by", "extensionAttribute1"],
        &["import", "photos", "--dry-run", "--skip-disabled", "--only-missing"],
        &["import", "photos/anna.jpg", "--account", "nobody"],
        &["import", "photos", "--dry-run", "--report", "page.html"],
        &["import", "nowhere", "--dry-run"],
    ] {
        is_right(words, &admin.run(words));
    }
    let page = std::fs::read_to_string(admin.path("page.html")).unwrap();
    assert!(!page.contains("domain controller") && !page.contains("--server"), "the page");
}

#[test]
fn of_the_names_of_a_domain() {
    let (_tenant, admin, ids) = company();
    admin.small_photo("anna.jpg", 1);
    let list = format!(
        "user,photo\nEXAMPLE\\anna,photos/anna.jpg\n\"CN=Anna,DC=x\",photos/anna.jpg\nS-1-5-21-1-2-3-9,photos/anna.jpg\n{},photos/none.jpg\n",
        ids[0]
    );
    admin.private("list.csv", list);
    let words = ["import", "list.csv", "--dry-run"];
    let run = admin.run(&words);
    is_right(&words, &run);
    let said = "EXAMPLE\\anna is a name of Active Directory";
    assert!(run.stdout.contains(said) && run.stdout.contains("write user@domain"), "{run:?}");
    for words in [
        &["remove", "--account", "EXAMPLE\\anna", "--dry-run"][..],
        &["import", "photos/anna.jpg", "--account", "EXAMPLE\\anna"],
    ] {
        let run = admin.run(words);
        is_right(words, &run);
        assert!(run.code == Some(3) && run.stdout.contains(said), "{run:?}");
    }
    let run = admin.records(&["import", "list.csv", "--dry-run"]);
    assert_eq!(run.outcomes()[0], "EXAMPLE\\anna failed other-domain", "{run:?}");
}

#[test]
fn of_what_cannot_be_read_or_written() {
    let (tenant, admin, ids) = company();
    ["anna", "peter1", "peter2"]
        .iter()
        .zip(1..)
        .for_each(|(name, number)| admin.small_photo(&format!("{name}@contoso.example.jpg"), number));
    for (role, words) in [
        ("PeopleSettings.Read.All", &["import", "photos"][..]),
        ("User.ReadWrite.All", &["remove", "--account", "anna@contoso.example", "--yes"]),
        ("User.ReadWrite.All", &["import", "photos", "--without-undo"]),
        ("ProfilePhoto.ReadWrite.All", &["import", "photos", "--without-undo"]),
        ("User.Read.All", &["import", "photos", "--without-undo"]),
        ("User.Read.All", &["audit"]),
        ("User.Read.All", &["check"]),
    ] {
        tenant.set_photo(&ids[0], Some(&jpeg(40, 130, 130)));
        tenant.set(|state| state.roles.retain(|known| *known != role));
        is_right(words, &admin.run(words));
    }
}

#[test]
fn of_all_commands() {
    let (tenant, admin, ids) = company();
    tenant.set_photo(&ids[0], Some(&jpeg(1, 130, 130)));
    tenant.set_photo(&ids[1], Some(&jpeg(1, 130, 130)));
    admin.small_photo("anna@contoso.example.jpg", 7);
    for words in [
        &["audit"][..],
        &["audit", "--by", "department"],
        &["audit", "--columns", "nothing"],
        &["audit", "--photos", "photos"],
        &["export", "out"],
        &["export", "out", "--sync"],
        &["export", "other", "--name-by", "nothing"],
        &["export", "other", "--name-by", "department"],
        &["remove", "--account", "anna", "nobody", "--dry-run"],
        &["remove", "--account", "anna@contoso.example"],
        &["import", "photos", "--max-changes", "0"],
        &["import", "photos"],
        &["check"],
        &["check", "--try", "nobody"],
        &["check", "--try", "new@contoso.example"],
    ] {
        is_right(words, &admin.run(words));
    }
    let undo = |words: &[&str]| {
        let mut command = admin.bare(&[&["undo"], words].concat());
        command.args(["--tenant", ID, "--client-id", CLIENT_ID, "--certificate", "app.pem"]);
        Run::of(command.args(["--cloud", &tenant.url, "--allow-clear-text"]))
    };
    tenant.set_photo(&ids[0], Some(&jpeg(44, 130, 130)));
    for words in [&["--last"][..], &["--last", "--account", "nobody"], &["--last", "--dry-run"], &["--list"]] {
        is_right(words, &undo(words));
    }
}

#[test]
fn of_a_tenant_that_goes_away() {
    let (tenant, admin, _) = company();
    admin.small_photo("anna@contoso.example.jpg", 7);
    tenant.trouble(|asked, _| asked.path.ends_with("/photo/$value").then_some(Reply::Close));
    for words in [
        &["import", "photos", "--give-up-after", "0.3"][..],
        &["audit", "--give-up-after", "0.3"],
        &["export", "out", "--give-up-after", "0.3"],
        &["remove", "--account", "anna@contoso.example", "--yes", "--give-up-after", "0.3"],
    ] {
        is_right(words, &admin.run(words));
    }
}
