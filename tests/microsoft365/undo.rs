//! `adphoto undo` of runs on Microsoft 365.

use crate::photos::jpeg;
use crate::run::{Admin, Records, Run};
use crate::tenant::Tenant;

fn started() -> (Tenant, Admin, Vec<String>) {
    let tenant = Tenant::start();
    let ids: Vec<String> = ["anna", "bob"].iter().map(|name| tenant.user(name, &[])).collect();
    let admin = Admin::new(&tenant);
    tenant.set_photo(&ids[0], Some(&jpeg(20, 300, 300)));
    admin.photo("anna.jpg", 1);
    admin.photo("bob.jpg", 2);
    (tenant, admin, ids)
}

/// `undo`, which needs no `--target`.
fn undo(admin: &Admin, tenant: &Tenant, words: &[&str]) -> Run {
    let mut command = admin.bare(&[&["undo", "--format", "json"], words].concat());
    command.args(["--tenant", crate::tenant::ID, "--client-id", crate::tenant::CLIENT_ID]);
    command.args(["--certificate", "app.pem", "--cloud", &tenant.url, "--allow-clear-text"]);
    Run::of(&mut command)
}

#[test]
fn a_run_is_taken_back_as_it_was_served() {
    for words in [&["--last"][..], &["--last", "--dry-run"]] {
        let (tenant, admin, ids) = started();
        let before: Vec<_> = ids.iter().map(|id| tenant.photo(id)).collect();
        let run = admin.records(&["import", "photos"]);
        assert_eq!(run.outcomes(), ["anna written", "bob written"], "{run:?}");
        assert!(run.stderr.contains("as Microsoft 365 served them, not byte for byte"), "{run:?}");
        let written: Vec<_> = ids.iter().map(|id| tenant.photo(id)).collect();

        let taken = Records::read(undo(&admin, &tenant, words));
        let is_dry = words.len() > 1;
        let status = if is_dry { "would-restore" } else { "restored" };
        assert_eq!(taken.outcomes(), [format!("anna {status}"), format!("bob {status}")], "{taken:?}");
        let after: Vec<_> = ids.iter().map(|id| tenant.photo(id)).collect();
        if is_dry {
            assert_eq!(after, written);
        } else {
            assert!(adphoto::thumbnail::is_same_picture(&after[0].clone().unwrap(), &before[0].clone().unwrap()));
            assert_eq!(after[1], None);
            // Again is harmless.
            let journal = admin.path("state/adphoto/journals");
            let first =
                std::fs::read_dir(journal).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let first = first.filter(|name| name.contains("import")).min().unwrap();
            let again = Records::read(undo(&admin, &tenant, &[&first]));
            assert_eq!(again.outcomes(), ["anna unchanged", "bob unchanged"], "{again:?}");
        }
    }
}

#[test]
fn what_others_changed_since_is_kept() {
    let (tenant, admin, ids) = started();
    admin.records(&["import", "photos"]);
    tenant.set_photo(&ids[0], Some(&jpeg(77, 648, 648)));
    let theirs = tenant.photo(&ids[0]);
    let run = Records::read(undo(&admin, &tenant, &["--last"]));
    assert_eq!(run.outcomes(), ["anna failed changed-since", "bob restored"], "{run:?}");
    assert_eq!(tenant.photo(&ids[0]), theirs);
    let forced = Records::read(undo(&admin, &tenant, &["--force", admin.first_journal().to_str().unwrap()]));
    assert!(forced.outcomes().contains(&"anna restored".to_owned()), "{forced:?}");
}

#[test]
fn somebody_s_first_photo_stays_without_the_right_to_remove_it() {
    let (tenant, admin, ids) = started();
    tenant.set(|state| state.roles.retain(|role| *role != "User.ReadWrite.All"));
    admin.records(&["import", "photos", "--without-undo"]);
    let run = Records::read(undo(&admin, &tenant, &["--last"]));
    assert_eq!(run.outcomes(), ["anna restored", "bob failed no-right"], "{run:?}");
    assert!(tenant.photo(&ids[1]).is_some() && run.json.to_string().contains("User.ReadWrite.All"), "{run:?}");
}

#[test]
fn a_journal_of_another_tenant_or_of_a_domain_is_told_so() {
    let (tenant, admin, _) = started();
    admin.records(&["import", "photos"]);
    let journal = admin.journal();
    // Without an app to sign in with, nothing goes to a domain.
    let run = Run::of(&mut admin.bare(&["undo", journal.to_str().unwrap(), "--server", "dc1", "--user", "anna"]));
    assert!(
        run.code == Some(2) && run.stderr.contains("--tenant, --client-id and --certificate are missing"),
        "{run:?}"
    );
    let list = admin.bare(&["undo", "--list", "--format", "json"]).output().unwrap();
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    assert_eq!(list["runs"][0]["target"], "microsoft365");
    assert_eq!(list["runs"][0]["server"], tenant.url);
}

#[test]
fn journals_hold_no_secret() {
    let (tenant, admin, _) = started();
    let token = tenant.token();
    let mut command =
        admin.on_tenant(&["import", "photos", "--log-file", "run.log", "--report", "run.html", "--report", "run.json"]);
    let run = Run::of(command.env("ADPHOTO_ACCESS_TOKEN", &token));
    assert_eq!(run.code, Some(0), "{run:?}");
    run.keeps_secrets(&admin, &[&token, token.rsplit('.').next().unwrap()]);
}
