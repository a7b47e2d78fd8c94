//! Tests how large the journal of an import may grow.

use crate::photos::jpeg;
use crate::run::{Admin, Records, Run};
use crate::tenant::{CLIENT_ID, ID, Tenant};

fn started() -> (Tenant, Admin, Vec<String>) {
    let tenant = Tenant::start();
    let ids: Vec<String> = ["anna", "bob", "carl"].iter().map(|name| tenant.user(name, &[])).collect();
    let admin = Admin::new(&tenant);
    for (id, number) in ids.iter().zip(1..) {
        tenant.set_photo(id, Some(&jpeg(20 + number, 130, 130)));
    }
    ["anna", "bob", "carl"]
        .iter()
        .zip(1..)
        .for_each(|(name, number)| admin.small_photo(&format!("{name}.jpg"), number));
    (tenant, admin, ids)
}

fn writes(tenant: &Tenant) -> usize {
    tenant.asked().iter().filter(|asked| asked.starts_with("PUT")).count()
}

#[test]
fn its_size_is_said_before_the_first_write_and_not_where_there_is_none() {
    let (_tenant, admin, _) = started();
    let told = "the journal may grow to 600 KB: it keeps the photos that are replaced";
    let dry = admin.run(&["import", "photos", "--dry-run"]);
    assert_eq!(dry.stderr.matches(told).count(), 1, "{dry:?}");
    let run = admin.run(&["import", "photos"]);
    assert_eq!((run.code, run.stderr.matches(told).count()), (Some(0), 1), "{run:?}");
    let night = admin.run(&["import", "photos"]);
    assert!(night.code == Some(0) && !night.stderr.contains("may grow"), "{night:?}");
    // If no photo is replaced, the journal stays small.
    let missing = admin.run(&["import", "photos", "--only-missing"]);
    assert!(missing.code == Some(0) && !missing.stderr.contains("may grow"), "{missing:?}");
}

#[test]
fn nothing_is_written_if_it_might_grow_too_large() {
    let (tenant, admin, _) = started();
    let words = ["import", "photos", "--max-journal", "500 KB"];
    let run = admin.run(&words);
    assert!(
        run.code == Some(1) && run.stderr.contains("nothing was written: the journal may grow to 600 KB"),
        "{run:?}"
    );
    assert!(run.stderr.contains("--max-journal \"600 KB\" allows it") && writes(&tenant) == 0, "{run:?}");
    let dry = admin.records(&[&words[..], &["--dry-run"]].concat());
    assert!(dry.outcomes()[0].starts_with("anna would-write"), "{dry:?}");
    assert!(dry.stderr.contains("so without --dry-run nothing would be written"), "{dry:?}");
    let run = admin.records(&["import", "photos", "--max-journal", "600 KB"]);
    assert!(run.outcomes().iter().all(|outcome| outcome.contains(" written")), "{run:?}");
}

/// Photos may be larger than expected.
#[test]
fn where_it_has_become_too_large_the_run_stops_and_another_does_the_rest() {
    let (tenant, admin, ids) = started();
    // Somebody may have sent photos of many bytes.
    tenant.set(|state| state.encodes = false);
    for id in &ids {
        tenant.set_photo(id, Some(&[jpeg(30, 130, 130), vec![7; 1_500_000]].concat()));
    }
    let words = ["import", "photos", "--max-journal", "3 MB", "--in-flight", "1", "--allow-identical"];
    let run = admin.records(&words);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("would grow larger than 3 MB (--max-journal)"), "{run:?}");
    assert!(run.outcomes()[0].starts_with("anna written") && writes(&tenant) == 1, "{run:?}");
    assert!(run.outcomes()[1..].iter().all(|outcome| outcome.contains(" not-attempted")), "{run:?}");
    let rest = admin.records(&["import", "photos", "--allow-identical"]);
    assert!(rest.code == Some(0) && writes(&tenant) == 3, "{rest:?}");
    // Even photos of this size can be put back.
    let mut undo = admin.bare(&["undo", "--last", "--format", "json", "--tenant", ID, "--client-id", CLIENT_ID]);
    undo.args(["--certificate", "app.pem", "--cloud", &tenant.url, "--allow-clear-text"]);
    let undone = Records::read(Run::of(&mut undo));
    assert_eq!(undone.outcomes(), ["bob restored", "carl restored"], "{undone:?}");
    assert!(ids[1..].iter().all(|id| tenant.photo(id).unwrap().len() > 1_500_000));
}
