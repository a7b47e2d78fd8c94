//! `adphoto audit --target microsoft365`.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
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

/// Returns a picture with soft shapes, each part of which looks different from any other.
fn scene(size: u32) -> RgbImage {
    let at = |x: u32, y: u32| {
        let (x, y) = (x as f32 / size as f32, y as f32 / size as f32);
        let wave = |number: f32| ((x * 5.0 + number).sin() + (y * 7.0 - number).cos() + (x * y * 9.0).sin()) * 40.0;
        Rgb([1.0, 2.0, 3.0].map(|number| (128.0 + wave(number)) as u8))
    };
    RgbImage::from_fn(size, size, at)
}

fn encoded(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture).unwrap();
    bytes
}

#[test]
fn whose_photo_differs_from_that_of_active_directory_is_told() {
    let tenant = Tenant::start();
    let admin = Admin::new(&tenant);
    let sharp = scene(648);
    let small = encoded(&imageops::resize(&sharp, 96, 96, FilterType::Triangle), 80);
    let part = encoded(&imageops::crop_imm(&sharp, 32, 32, 584, 584).to_image(), 90);
    // These are the list and the files of an export from Active Directory.
    let mut list = "user,photo,dn,display_name,bytes,file_sha256\n".to_owned();
    for (name, logon) in [("anna", "anna"), ("bob", "bobby"), ("carl", "carl"), ("dora", "dora"), ("emil", "emil")] {
        admin.private(&format!("ad/{logon}.jpg"), if name == "carl" { b"damaged".as_slice() } else { &small });
        let id = tenant.user(name, &[("onPremisesSamAccountName", json!(logon)), ("department", json!("Sales"))]);
        let held = match name {
            "bob" => Some(part.clone()),
            "dora" => None,
            "emil" => Some(jpeg(3, 300, 300)),
            _ => Some(encoded(&sharp, 90)),
        };
        tenant.set_photo(&id, held.as_deref());
        list += &format!("{logon},{logon}.jpg,CN={name},,1,\n");
    }
    let index = admin.private("ad/index.csv", list + "left,left.jpg,CN=left,,1,\n");
    admin.private("ad/left.jpg", &small);
    let cloud_only = tenant.user("fay", &[]);
    tenant.set_photo(&cloud_only, Some(&jpeg(9, 300, 300)));

    let words = [&["audit", "--compare", index.to_str().unwrap()][..], &WITHOUT_FACES].concat();
    let accepted = ["--ignore-flaw", "same-picture", "--by", "department", "--report", "audit.html"];
    let run = admin.records(&[&words[..], &accepted].concat());
    let wanted = ["anna ok", "bob unfit drift", "carl ok not-an-image", "dora missing", "emil unfit drift", "fay ok"];
    assert_eq!(run.outcomes(), wanted, "{run:?}");
    assert!(run.stderr.contains("left.jpg"), "{run:?}");
    let photo = run.all()[1]["photo"].as_str().unwrap();
    assert!(photo.ends_with("bobby.jpg"), "{photo}");
    assert!(run.json["coverage"].to_string().contains("\"unfit\":2"), "{}", run.json["coverage"]);
    // The page shows both photos side by side.
    let page = std::fs::read_to_string(admin.path("audit.html")).unwrap();
    assert_eq!(page.matches(">Compared with<").count(), 2, "{page}");
    assert!(tenant.asked().iter().all(|asked| asked.starts_with("GET") || asked.starts_with("POST")));

    let ignored = admin.records(&[&words[..], &["--ignore-flaw", "drift,same-picture"]].concat());
    assert_eq!(ignored.outcomes()[1], "bob ok", "{ignored:?}");
}

/// SIDs name the right people even if their logon names belong to somebody else in the tenant.
#[test]
fn a_list_of_sids_is_compared_without_guessing() {
    let tenant = Tenant::start();
    let admin = Admin::new(&tenant);
    let sid = |number: u32| format!("S-1-5-21-1-2-3-{number}");
    for (number, name) in [(1, "anna"), (2, "bob")] {
        let id = tenant.user(name, &[("onPremisesSecurityIdentifier", json!(sid(number)))]);
        tenant.set_photo(&id, Some(&jpeg(number, 300, 300)));
    }
    admin.private("ad/x.jpg", jpeg(2, 96, 96));
    admin.private("ad/y.jpg", jpeg(1, 96, 96));
    // In Active Directory, the two have each other's logon name.
    admin.private("ad/index.csv", format!("user,photo,objectSid\nanna,x.jpg,{}\nbob,y.jpg,{}\n", sid(2), sid(1)));
    let words = [&["audit", "--compare", "ad/index.csv"][..], &WITHOUT_FACES].concat();
    assert_eq!(admin.records(&words).outcomes(), ["anna unfit drift", "bob unfit drift"]);
    let by_sid = [&words[..], &["--user-column", "objectSid"]].concat();
    assert_eq!(admin.records(&by_sid).outcomes(), ["anna ok", "bob ok"]);
}
