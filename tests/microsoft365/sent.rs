//! Tests what adphoto knows about photos that it has sent: in nights in which nothing has changed, and after somebody
//! else has changed a photo.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::photos::jpeg;
use crate::run::{Admin, Records, Run};
use crate::tenant::{CLIENT_ID, ID, Reply, Tenant};

fn started(names: &[&str]) -> (Tenant, Admin, Vec<String>) {
    let tenant = Tenant::start();
    let ids = names.iter().map(|name| tenant.user(name, &[])).collect();
    let admin = Admin::new(&tenant);
    names.iter().zip(1..).for_each(|(name, number)| admin.small_photo(&format!("{name}.jpg"), number));
    (tenant, admin, ids)
}

/// Returns the requests after the first `before` ones, without those for signing in and for the policy.
fn asked_since(tenant: &Tenant, before: usize) -> Vec<String> {
    let is_other = |asked: &String| !asked.starts_with("POST") && !asked.contains("photoUpdateSettings");
    tenant.asked().into_iter().skip(before).filter(is_other).collect()
}

fn count(asked: &[String], what: &str) -> usize {
    asked.iter().filter(|asked| asked.ends_with(what)).count()
}

/// Returns the number of days since 1970, in UTC.
fn today() -> u128 {
    u128::from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / (24 * 3600))
}

/// Returns whether the photo of this account is looked at on that day.
fn is_due(id: &str, day: u128) -> bool {
    (u128::from_str_radix(&id.replace('-', ""), 16).unwrap() % 7 + day).is_multiple_of(7)
}

fn state(admin: &Admin) -> PathBuf {
    let files = std::fs::read_dir(admin.path("state/adphoto/sent")).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|ending| ending == "jsonl")).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.into_iter().next().unwrap()
}

fn sha256(text: &str) -> String {
    data_encoding::HEXLOWER.encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref())
}

/// Makes all photos appear to have been seen this many days earlier.
fn age(admin: &Admin, days: i64) {
    let text = std::fs::read_to_string(state(admin)).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.pop();
    for line in lines.iter_mut().skip(1) {
        let mut entry: serde_json::Value = serde_json::from_str(line).unwrap();
        entry["seen"] = (entry["seen"].as_i64().unwrap() - days * 24 * 3600).into();
        *line = entry.to_string();
    }
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let text = format!("{body}{{\"sum\":\"{}\"}}\n", sha256(&body));
    std::fs::write(state(admin), text).unwrap();
}

/// Waits until the files are so old that a change would show in their times.
fn settle() {
    std::thread::sleep(Duration::from_millis(2200));
}

#[test]
fn a_night_of_nothing_new_asks_for_a_seventh_of_the_photos_and_opens_no_file() {
    let names: Vec<String> = (0..35).map(|number| format!("user{number:02}")).collect();
    let (tenant, admin, ids) = started(&names.iter().map(String::as_str).collect::<Vec<_>>());
    settle();
    let run = admin.records(&["import", "photos", "--yes"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let before = tenant.asked().len();
    let first = today();
    let night = admin.records(&["import", "photos", "--log-file", "night.log"]);
    assert_eq!((night.code, night.json["summary"]["unchanged"].as_u64()), (Some(0), Some(35)), "{night:?}");
    let asked = asked_since(&tenant, before);
    // The tenant has one page of users. The run may have ended after midnight.
    let due = |day| ids.iter().filter(|id| is_due(id, day)).count();
    let looks = count(&asked, "/photo");
    assert_eq!((count(&asked, "/users"), count(&asked, "/$value")), (1, 0), "{asked:?}");
    assert!([first, today()].map(due).contains(&looks) && asked.len() == 1 + looks, "{looks}: {asked:?}");
    assert!((1..10).contains(&looks), "{looks}");
    let log = std::fs::read_to_string(admin.path("night.log")).unwrap();
    assert!(log.contains("35 photos were not opened"), "{log}");

    // Each record says when its photo was last seen, even if there was no run for days.
    age(&admin, 3);
    let night = admin.records(&["import", "photos"]);
    let said = |record: &serde_json::Value| record["reason"].as_str().unwrap().to_owned();
    assert!(night.all().iter().all(|record| said(record).contains("last seen on 20")), "{night:?}");
    assert!(night.all().iter().map(said).collect::<std::collections::BTreeSet<_>>().len() >= 2, "{night:?}");
    // The next run makes up for looks that were missed, once.
    age(&admin, 7);
    let before = tenant.asked().len();
    admin.records(&["import", "photos"]);
    let asked = asked_since(&tenant, before);
    assert_eq!((count(&asked, "/photo"), count(&asked, "/$value")), (35, 0), "{asked:?}");
    let before = tenant.asked().len();
    admin.records(&["import", "photos"]);
    assert!(count(&asked_since(&tenant, before), "/photo") < 10);

    // --reread looks at all photos, and a page that shows the photos reads them.
    let before = tenant.asked().len();
    let night = admin.records(&["import", "photos", "--reread"]);
    assert_eq!(night.json["summary"]["unchanged"], 35, "{night:?}");
    let asked = asked_since(&tenant, before);
    assert_eq!((count(&asked, "/photo"), count(&asked, "/$value")), (35, 0), "{asked:?}");
    let before = tenant.asked().len();
    admin.records(&["import", "photos", "--report", "night.html"]);
    assert_eq!(count(&asked_since(&tenant, before), "/$value"), 35);
}

#[test]
fn a_photo_that_somebody_else_changed_since_is_kept_and_said() {
    let (tenant, admin, ids) = started(&["anna", "bob", "carl", "dora"]);
    assert_eq!(admin.run(&["import", "photos"]).code, Some(0));
    // Anna has another photo, Bob has none, and Carl's was encoded anew.
    tenant.set_photo(&ids[0], Some(&jpeg(77, 130, 130)));
    tenant.set_photo(&ids[1], None);
    tenant.set_photo(&ids[2], Some(&jpeg(3, 130, 130)));
    let theirs = tenant.photo(&ids[0]);
    let wanted = ["anna failed changed-since", "bob failed changed-since", "carl unchanged not-sharp"];
    // Once it is found, each night says so, however much later it is.
    for (how, days) in [(&["--dry-run", "--reread"][..], 0), (&["--reread"], 0), (&[], 0), (&[], 100), (&[], 100)] {
        age(&admin, days);
        let run = admin.records(&[&["import", "photos"], how].concat());
        let outcomes: Vec<String> = run.outcomes().iter().map(|outcome| outcome.replace(";seen-earlier", "")).collect();
        assert_eq!(outcomes[..3], wanted, "{run:?}");
        assert!(run.outcomes()[3].starts_with("dora unchanged"), "{run:?}");
        assert!(run.json.to_string().contains("--overwrite-cloud replaces it"), "{run:?}");
        assert_eq!((tenant.photo(&ids[0]), tenant.photo(&ids[1])), (theirs.clone(), None));
    }
    // A new photo does not replace a photo of somebody else either, but it replaces what adphoto had sent.
    for (name, number) in [("anna.jpg", 11), ("dora.jpg", 14)] {
        admin.small_photo(name, number);
    }
    let run = admin.records(&["import", "photos"]);
    assert_eq!(run.outcomes()[0], "anna failed changed-since", "{run:?}");
    assert!(run.outcomes()[3].starts_with("dora written"), "{run:?}");
    let run = admin.records(&["import", "photos", "--overwrite-cloud", "--reread"]);
    assert!(run.outcomes()[..2].iter().all(|outcome| outcome.contains(" written")), "{run:?}");
    let run = admin.records(&["import", "photos", "--reread"]);
    assert!(run.outcomes().iter().all(|outcome| outcome.contains(" unchanged")), "{run:?}");
}

#[test]
fn what_is_taken_back_or_removed_or_tried_is_not_as_sent() {
    let (tenant, admin, ids) = started(&["anna", "bob", "carl"]);
    assert_eq!(admin.run(&["import", "photos"]).code, Some(0));
    let mut undo = admin.bare(&["undo", "--last", "--account", "anna@contoso.example", "--format", "json"]);
    undo.args(["--tenant", ID, "--client-id", CLIENT_ID, "--certificate", "app.pem", "--cloud", &tenant.url]);
    let run = Records::read(Run::of(undo.arg("--allow-clear-text")));
    assert_eq!(run.outcomes(), ["anna restored"], "{run:?}");
    assert_eq!(admin.run(&["remove", "--account", "bob", "--yes"]).code, Some(0));
    let tried = admin.run(&["check", "--try", "carl@contoso.example"]);
    assert!(tried.code == Some(0) && tried.stdout.contains("the old photo is back"), "{tried:?}");
    assert_eq!((tenant.photo(&ids[0]), tenant.photo(&ids[1])), (None, None));
    let text = std::fs::read_to_string(state(&admin)).unwrap();
    assert!(ids.iter().all(|id| !text.contains(id)), "{text}");
    // So the import writes the photos again, and does not report that somebody else removed them.
    let run = admin.records(&["import", "photos"]);
    let wanted = ["anna written not-sharp", "bob written not-sharp", "carl unchanged not-sharp"];
    assert_eq!(run.outcomes(), wanted, "{run:?}");
}

#[test]
fn a_killed_run_is_not_taken_for_somebody_else() {
    let (tenant, admin, ids) = started(&["anna", "bob"]);
    assert_eq!(admin.run(&["import", "photos"]).code, Some(0));
    admin.small_photo("anna.jpg", 11);
    let before = tenant.asked().len();
    tenant.set(|state| state.delay = Duration::from_millis(100));
    let mut child = admin.command(&["import", "photos"]).spawn().unwrap();
    while !asked_since(&tenant, before).iter().any(|asked| asked.starts_with("PUT")) {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(120));
    child.kill().unwrap();
    child.wait().unwrap();
    tenant.set(|state| state.delay = Duration::ZERO);
    // The next import gives another photo, or the first one again.
    for number in [21, 1] {
        admin.small_photo("anna.jpg", number);
        let run = admin.records(&["import", "photos"]);
        assert!(run.code == Some(0) && run.outcomes()[0].starts_with("anna written"), "{run:?}");
    }
    assert!(tenant.photo(&ids[0]).is_some());
}

#[test]
fn a_state_that_cannot_be_believed_is_none_and_told_so() {
    let (tenant, admin, ids) = started(&["anna"]);
    assert_eq!(admin.run(&["import", "photos"]).code, Some(0));
    let whole = std::fs::read_to_string(state(&admin)).unwrap();
    std::fs::write(state(&admin), whole.replace("\"seen\":", "\"seen\":1")).unwrap();
    for told in [true, false] {
        let (before, first) = (tenant.asked().len(), today());
        let run = admin.records(&["import", "photos"]);
        assert!(run.outcomes()[0].starts_with("anna unchanged"), "{run:?}");
        let count = run.stderr.matches("what earlier imports sent to this tenant is not known").count();
        assert_eq!(count, usize::from(told), "{run:?}");
        // What is known is read only on one day of seven. The run may have ended after midnight.
        let may_be_read = [first, today()].map(|day| told || is_due(&ids[0], day));
        assert!(may_be_read.contains(&(count_reads(&tenant, before) == 1)), "{run:?}");
    }
}

fn count_reads(tenant: &Tenant, before: usize) -> usize {
    count(&asked_since(tenant, before), "/$value")
}

#[test]
fn a_photo_that_is_not_served_yet_or_whose_answer_was_lost_is_not_known() {
    let (tenant, admin, ids) = started(&["anna", "bob"]);
    tenant.set_photo(&ids[0], Some(&jpeg(20, 130, 130)));
    tenant.set(|state| state.stale = Duration::from_secs(4));
    let id = ids[1].clone();
    tenant.trouble(move |asked, before| {
        (asked.method == "PUT" && asked.path.contains(&id) && before < 9).then_some(Reply::Close)
    });
    let run = admin.records(&["import", "photos"]);
    assert_eq!(run.outcomes()[0], "anna written not-sharp;not-visible-yet", "{run:?}");
    assert_eq!(run.outcomes()[1], "bob failed not-confirmed", "{run:?}");
    std::thread::sleep(Duration::from_secs(4));
    let before = tenant.asked().len();
    let run = admin.records(&["import", "photos"]);
    assert_eq!(run.outcomes()[0], "anna unchanged not-sharp", "{run:?}");
    assert!(count_reads(&tenant, before) >= 2);
}
