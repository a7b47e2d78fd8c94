//! `adphoto import --target microsoft365`.

use std::time::Duration;

use serde_json::json;

use crate::photos::{self, jpeg};
use crate::run::{Admin, Run};
use crate::tenant::{Reply, Tenant};

fn started(names: &[&str]) -> (Tenant, Admin, Vec<String>) {
    let tenant = Tenant::start();
    let ids = names.iter().map(|name| tenant.user(name, &[])).collect();
    let admin = Admin::new(&tenant);
    (tenant, admin, ids)
}

/// The number in a photo, whatever its size.
fn number(photo: &[u8]) -> u32 {
    let small = image::load_from_memory(photo).unwrap().resize_exact(96, 96, image::imageops::FilterType::Triangle);
    let mut bytes = std::io::Cursor::new(Vec::new());
    small.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    photos::number(&bytes.into_inner())
}

fn writes(tenant: &Tenant) -> usize {
    tenant.asked().iter().filter(|asked| asked.starts_with("PUT") || asked.starts_with("DELETE")).count()
}

#[test]
fn photos_are_written_sharp_and_a_second_run_changes_nothing() {
    let (tenant, admin, ids) = started(&["anna", "bob", "carl"]);
    tenant.set_photo(&ids[1], Some(&jpeg(20, 300, 300)));
    for (number, name) in [(1, "anna.jpg"), (2, "bob.jpg"), (3, "nobody.jpg")] {
        admin.photo(name, number);
    }
    let dry = admin.records(&["import", "photos", "--dry-run"]);
    assert_eq!(dry.outcomes(), ["anna would-write", "bob would-write", "nobody failed no-such-account"], "{dry:?}");
    assert_eq!(writes(&tenant), 0);

    let run = admin.records(&["import", "photos", "--yes"]);
    assert_eq!(run.outcomes(), ["anna written", "bob written", "nobody failed no-such-account"], "{run:?}");
    for (place, wanted) in [(0, 1), (1, 2)] {
        let photo = tenant.photo(&ids[place]).unwrap();
        assert_eq!(image::load_from_memory(&photo).unwrap().to_rgb8().dimensions(), (648, 648));
        assert_eq!(number(&photo), wanted);
    }
    assert_eq!(tenant.photo(&ids[2]), None);
    assert_eq!(writes(&tenant), 2);

    // What is read is never what was written, and is the same picture all the same.
    let again = admin.records(&["import", "photos", "--yes"]);
    let known = ["anna unchanged seen-earlier", "bob unchanged seen-earlier", "nobody failed no-such-account"];
    assert_eq!(again.outcomes(), known, "{again:?}");
    assert_eq!(writes(&tenant), 2);
    assert_eq!(again.json["run"]["server"], tenant.url);
}

#[test]
fn a_small_photo_is_not_enlarged_and_said_to_be_small() {
    let (tenant, admin, ids) = started(&["anna"]);
    admin.private("photos/anna.jpg", jpeg(1, 130, 200));
    let run = admin.records(&["import", "photos"]);
    assert_eq!(run.outcomes(), ["anna written not-sharp"], "{run:?}");
    assert_eq!(image::load_from_memory(&tenant.photo(&ids[0]).unwrap()).unwrap().width(), 120);
    assert_eq!(admin.records(&["import", "photos"]).outcomes(), ["anna unchanged not-sharp;seen-earlier"]);
    // Whoever wants smaller ones gets them.
    admin.photo("anna.jpg", 2);
    assert_eq!(admin.records(&["import", "photos", "--size", "96"]).outcomes(), ["anna written"]);
    assert_eq!(image::load_from_memory(&tenant.photo(&ids[0]).unwrap()).unwrap().width(), 96);
}

#[test]
fn brakes_hold() {
    let (tenant, admin, _) = started(&["anna", "bob", "carl", "dora"]);
    ["anna", "bob", "carl"].iter().zip(1..).for_each(|(name, number)| admin.photo(&format!("{name}.jpg"), number));
    let run = admin.records(&["import", "photos", "--max-changes", "50%"]);
    assert_eq!(run.outcomes(), ["anna", "bob", "carl"].map(|name| format!("{name} not-attempted too-many-changes")));
    assert_eq!(writes(&tenant), 0);
    let run = admin.records(&["import", "photos", "--max-changes", "75%"]);
    assert_eq!(run.outcomes(), ["anna", "bob", "carl"].map(|name| format!("{name} written")), "{run:?}");
}

/// Whoever changes a photo while the run is under way keeps it.
#[test]
fn a_photo_that_somebody_else_changes_is_kept() {
    let (tenant, admin, ids) = started(&["anna", "bob"]);
    tenant.set_photo(&ids[0], Some(&jpeg(20, 300, 300)));
    admin.photo("anna.jpg", 1);
    admin.photo("bob.jpg", 2);
    let (other, id) = (tenant.clone(), ids.clone());
    // After the first look, and before the second: somebody puts a photo there.
    tenant.trouble(move |asked, before| {
        if asked.method == "GET" && asked.path.ends_with("/photo/$value") && before == 0 {
            let (other, id) = (other.clone(), id.clone());
            std::thread::spawn(move || id.iter().for_each(|id| other.set_photo(id, Some(&jpeg(99, 300, 300)))));
            std::thread::sleep(Duration::from_millis(1));
        }
        None
    });
    tenant.set(|state| state.delay = Duration::from_millis(100));
    let run = admin.records(&["import", "photos"]);
    assert_eq!(run.code, Some(3));
    assert!(run.outcomes().iter().all(|outcome| outcome.ends_with("failed conflict")), "{run:?}");
    assert_eq!(writes(&tenant), 0);
    assert!(ids.iter().all(|id| number(&tenant.photo(id).unwrap()) == 99));
}

#[test]
fn a_lost_answer_is_settled_by_looking() {
    // The write was done, or not; its answer is lost all the same.
    for done in [true, false] {
        let (tenant, admin, ids) = started(&["anna"]);
        admin.photo("anna.jpg", 1);
        let (other, id) = (tenant.clone(), ids[0].clone());
        tenant.trouble(move |asked, before| {
            let is_lost = asked.method == "PUT" && before == 0;
            if is_lost && done {
                let (other, id, photo) = (other.clone(), id.clone(), asked.body.clone());
                std::thread::spawn(move || other.set_photo(&id, Some(&photo)));
            }
            is_lost.then_some(Reply::Close)
        });
        let run = admin.records(&["import", "photos"]);
        assert_eq!(run.outcomes(), ["anna written"], "{run:?}");
        assert_eq!(number(&tenant.photo(&ids[0]).unwrap()), 1);
    }
}

#[test]
fn what_is_not_served_yet_is_written_and_said_so() {
    let (tenant, admin, ids) = started(&["anna"]);
    tenant.set_photo(&ids[0], Some(&jpeg(20, 300, 300)));
    tenant.set(|state| state.stale = Duration::from_secs(5));
    admin.photo("anna.jpg", 1);
    let run = admin.records(&["import", "photos"]);
    assert_eq!((run.code, run.outcomes()), (Some(0), vec!["anna written not-visible-yet".to_owned()]), "{run:?}");
}

#[test]
fn accounts_that_cannot_have_a_photo_are_told_from_others() {
    let (tenant, admin, ids) = started(&["anna", "bob", "carl", "dora"]);
    ["anna", "bob", "carl", "dora"]
        .iter()
        .zip(1..)
        .for_each(|(name, number)| admin.photo(&format!("{name}.jpg"), number));
    let (new, strange, gone) = (ids[0].clone(), ids[1].clone(), ids[2].clone());
    tenant.trouble(move |asked, _| {
        let is = |id: &str| asked.path.contains(id);
        match () {
            () if is(&new) => Some(Reply::error(404, "ErrorNonExistentMailbox", "x")),
            () if is(&strange) => Some(Reply::error(500, "ErrorStoreInternalServerError", "x")),
            () if is(&gone) => Some(Reply::error(404, "Request_ResourceNotFound", "x")),
            () => None,
        }
    });
    for dry in [&["--dry-run"][..], &[]] {
        let run = admin.records(&[&["import", "photos"], dry].concat());
        let last = if dry.is_empty() { "dora written" } else { "dora would-write" };
        let wanted = ["anna failed no-mailbox", "bob failed photo-unreadable", "carl failed account-gone", last];
        assert_eq!(run.outcomes(), wanted, "{run:?}");
    }
}

#[test]
fn a_tenant_that_takes_photos_from_the_domain_only_is_left_alone() {
    let (tenant, admin, _) = started(&["anna"]);
    tenant.set(|state| state.photo_source = Some("onPremises"));
    admin.photo("anna.jpg", 1);
    let run = admin.run(&["import", "photos"]);
    assert!(run.code == Some(1) && run.stderr.contains("from Active Directory only"), "{run:?}");
    assert!(run.stderr.contains("az rest --method PATCH") && writes(&tenant) == 0, "{run:?}");
    assert_eq!(admin.records(&["import", "photos", "--dry-run"]).outcomes(), ["anna failed no-right"]);
    // Where nobody has decided, it is told.
    tenant.user("synced", &[("onPremisesSyncEnabled", json!(true))]);
    tenant.set(|state| state.photo_source = None);
    let run = admin.run(&["import", "photos", "--dry-run"]);
    assert!(run.code == Some(0) && run.stderr.contains("may replace its photo"), "{run:?}");
}

#[test]
fn what_undo_could_not_take_back_is_said_before_anything_is_written() {
    let (tenant, admin, _) = started(&["anna"]);
    tenant.set(|state| state.roles.retain(|role| *role != "User.ReadWrite.All"));
    admin.photo("anna.jpg", 1);
    let run = admin.run(&["import", "photos"]);
    assert!(run.code == Some(1) && run.stderr.contains("cannot take back somebody's first photo"), "{run:?}");
    assert!(run.stderr.contains("--without-undo") && writes(&tenant) == 0, "{run:?}");
    assert_eq!(admin.run(&["import", "photos", "--dry-run"]).code, Some(0));
    assert_eq!(admin.records(&["import", "photos", "--without-undo"]).outcomes(), ["anna written"]);
}

#[test]
fn a_run_whose_token_ends_does_the_rest_later() {
    let names: Vec<String> = (0..30).map(|number| format!("user{number:02}")).collect();
    let (tenant, admin, _) = started(&names.iter().map(String::as_str).collect::<Vec<_>>());
    names.iter().zip(1..).for_each(|(name, number)| admin.small_photo(&format!("{name}.jpg"), number));
    tenant.set(|state| (state.token_life, state.delay) = (Duration::from_secs(20), Duration::from_millis(1000)));
    let token = tenant.token();
    let mut command = admin.on_tenant(&["import", "photos", "--yes", "--format", "json"]);
    let run = Run::of(command.env("ADPHOTO_ACCESS_TOKEN", token));
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("has run out"), "{run:?}");
    let json = run.json();
    let all = json["records"].as_array().unwrap();
    let count = |status: &str| all.iter().filter(|record| record["status"] == status).count();
    assert_eq!(all.len(), 30);
    assert!(count("not-attempted") > 0 && count("failed") == 0, "{run:?}");
}

/// Microsoft documents no more than four as safe.
#[test]
fn four_requests_are_under_way_at_most() {
    let names: Vec<String> = (0..40).map(|number| format!("user{number:02}")).collect();
    let (tenant, admin, _) = started(&names.iter().map(String::as_str).collect::<Vec<_>>());
    names.iter().zip(1..).for_each(|(name, number)| admin.small_photo(&format!("{name}.jpg"), number));
    tenant.set(|state| state.delay = Duration::from_millis(20));
    let run = admin.records(&["import", "photos", "--yes"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(tenant.peak(), 4);
}

/// What is read ahead must not keep the requests for what is written next from going through.
#[test]
fn more_accounts_than_are_read_at_once_do_not_wait_for_each_other() {
    let names: Vec<String> = (0..130).map(|number| format!("user{number:03}")).collect();
    let (tenant, admin, _) = started(&names.iter().map(String::as_str).collect::<Vec<_>>());
    names.iter().zip(1..).for_each(|(name, number)| admin.small_photo(&format!("{name}.jpg"), number));
    tenant.set(|state| state.delay = Duration::from_millis(20));
    let mut child = admin.command(&["import", "photos", "--yes", "--in-flight", "2"]).spawn().unwrap();
    let begun = std::time::Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(300) {
            child.kill().unwrap();
            panic!("{} of 130 photos were written", writes(&tenant));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!((child.wait().unwrap().code(), writes(&tenant)), (Some(0), 130));
}

/// HR looks first, and what HR has seen is what is written.
#[test]
fn an_approved_list_is_imported() {
    let (tenant, admin, ids) = started(&["anna", "bob"]);
    admin.photo("anna.jpg", 1);
    let run = admin.run(&["import", "photos", "--dry-run", "--report", "look.html"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let page = std::fs::read_to_string(admin.path("look.html")).unwrap();
    assert!(page.contains("anna@contoso.example") && page.contains(&tenant.url), "the page shows who, and where");
    assert!(page.contains("data-photo=\"700 900\" data-crop=\"0 0.11111 1\""), "another square can be chosen on it");
    let photo = std::fs::read(admin.path("photos/anna.jpg")).unwrap();
    let header = "adphoto_approved,objectGUID,user,path,sha256,before_sha256,crop,approved_by";
    let list = format!(
        "{header}\r\n1,{},anna@contoso.example,photos/anna.jpg,{},,0.25 0.25 0.5,HR\r\n",
        ids[0],
        sha256(&photo)
    );
    admin.private("list.csv", list);
    let run = admin.records(&["import", "list.csv"]);
    assert!(run.outcomes()[0].starts_with("anna written"), "{run:?}");
    let photo = tenant.photo(&ids[0]).unwrap();
    let dimensions = image::load_from_memory(&photo).unwrap().to_rgb8().dimensions();
    // The square has 350 pixels on each side, and is not enlarged. Graph serves the next smaller of its sizes.
    assert_eq!(dimensions, (240, 240));
}

fn sha256(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref())
}
