//! `adphoto audit --target microsoft365`.

use serde_json::json;

use crate::photos::jpeg;
use crate::run::Admin;
use crate::tenant::{Reply, Tenant};

/// The photos of these tests are patterns.
const WITHOUT_FACES: [&str; 2] = ["--ignore-flaw", "no-face,several-faces,small-face,sideways"];

#[test]
fn who_has_no_photo_and_whose_is_not_sharp_is_listed() {
    let tenant = Tenant::start();
    let admin = Admin::new(&tenant);
    let user = |name: &str, photo: Option<u32>, department: &str| {
        let id = tenant.user(name, &[("department", json!(department))]);
        tenant.set_photo(&id, photo.map(|size| jpeg(size, size, size)).as_deref());
        id
    };
    user("anna", Some(700), "Sales");
    user("bob", Some(240), "Sales");
    user("carl", Some(96), "Sales");
    user("dora", None, "Research");
    let blank = tenant.user("emil", &[]);
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(300, 300).write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    tenant.set_photo(&blank, Some(&bytes.into_inner()));
    let new = user("fred", None, "Research");
    tenant.user("gone", &[("accountEnabled", json!(false))]);
    tenant.user("guest", &[("userType", json!("Guest"))]);
    tenant
        .trouble(move |asked, _| asked.path.contains(&new).then(|| Reply::error(404, "ErrorNonExistentMailbox", "x")));

    let run = admin.records(&[&["audit", "--by", "department", "--report", "audit.html"][..], &WITHOUT_FACES].concat());
    let wanted =
        ["anna ok", "bob ok", "carl unfit not-sharp", "dora missing", "emil unfit blank", "fred failed no-mailbox"];
    assert_eq!(run.outcomes(), wanted, "{run:?}");
    let coverage = run.json["coverage"].to_string();
    assert!(coverage.contains("Sales") && coverage.contains("Research"), "{coverage}");
    assert!(std::fs::read_to_string(admin.path("audit.html")).unwrap().contains("carl@contoso.example"));

    let missing = admin.records(&["audit", "--only", "missing", "--include-disabled", "--include-guests"]);
    assert_eq!(
        missing.outcomes(),
        ["dora missing", "fred failed no-mailbox", "gone missing", "guest missing"],
        "{missing:?}"
    );
    // Nothing is written.
    assert!(tenant.asked().iter().all(|asked| asked.starts_with("GET") || asked.starts_with("POST")));
}

#[test]
fn the_same_picture_of_two_is_told() {
    let tenant = Tenant::start();
    let admin = Admin::new(&tenant);
    for name in ["anna", "bob"] {
        let id = tenant.user(name, &[]);
        tenant.set_photo(&id, Some(&jpeg(1, 300, 300)));
    }
    assert_eq!(
        admin.records(&[&["audit"][..], &WITHOUT_FACES].concat()).outcomes(),
        ["anna unfit same-picture", "bob unfit same-picture"]
    );
}

#[test]
fn a_tenant_that_stops_answering_stops_the_audit() {
    let tenant = Tenant::start();
    let admin = Admin::new(&tenant);
    (0..20).for_each(|number| _ = tenant.user(&format!("user{number:02}"), &[]));
    tenant.trouble(|asked, _| asked.path.ends_with("/$value").then_some(Reply::Close));
    let run = admin.records(&["audit", "--give-up-after", "1"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.outcomes().iter().all(|outcome| outcome.contains("not-attempted")), "{run:?}");
}
