//! `adphoto check --target microsoft365`.

use std::time::Duration;

use serde_json::json;

use crate::run::{Admin, Run};
use crate::tenant::{self, Reply, Tenant};

/// A photo of one colour and a little more.
fn photo(size: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(size, size, |x, y| image::Rgb([(x % 256) as u8, (y % 256) as u8, 80]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

#[test]
fn a_tenant_that_is_ready_is_called_so() {
    let (tenant, admin) = started();
    let id = tenant.user("anna", &[("onPremisesSyncEnabled", json!(true))]);
    tenant.user("bob", &[("accountEnabled", json!(false))]);
    tenant.user("guest", &[("userType", json!("Guest"))]);
    tenant.set_photo(&id, Some(&photo(700)));
    let run = admin.run(&["check", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        run.checks(),
        ["sign-in ok", "permissions ok", "remove ok", "users ok", "policy ok", "photo ok", "try not-tried"]
    );
    assert!(run.detail("sign-in").contains(tenant::ID) && run.detail("sign-in").contains("certificate"), "{run:?}");
    assert!(run.detail("users").starts_with("1 enabled, 1 disabled; 1 from Active Directory"), "{run:?}");
    assert!(run.detail("photo").contains("anna@contoso.example: 648×648 pixels"), "{run:?}");
    let with_guests = admin.run(&["check", "--format", "json", "--include-guests"]);
    assert!(with_guests.detail("users").starts_with("2 enabled"), "{with_guests:?}");
    let text = admin.run(&["check"]);
    assert!(text.stdout.contains("Ready") && text.stdout.contains("sign-in"), "{text:?}");
    // Nothing was written.
    assert!(tenant.asked().iter().all(|asked| !asked.starts_with("PUT") && !asked.starts_with("DELETE")));
}

#[test]
fn who_has_no_app_yet_is_told_how_to_register_one() {
    let (_tenant, admin) = started();
    let run = Run::of(&mut admin.on_tenant(&["check", "--format", "json"]));
    assert_eq!(run.code, Some(1), "{run:?}");
    let told = run.detail("sign-in");
    for words in [
        "--tenant, --client-id and --certificate are missing",
        "az ad app create",
        "appRoles[?value=='User.Read.All'].id",
        "appRoles[?value=='ProfilePhoto.ReadWrite.All'].id",
        "az ad app permission admin-consent --id CLIENT-ID",
    ] {
        assert!(told.contains(words), "{words} is not in {told}");
    }
    assert!(!told.contains("User.ReadWrite.All"), "{told}");
    // In a table, each command has a line of its own.
    let text = Run::of(&mut admin.on_tenant(&["check"])).stdout;
    assert!(
        text.lines().filter(|line| line.trim_start().starts_with("az ad app permission add ")).count() == 3,
        "{text}"
    );
}

#[test]
fn missing_permissions_are_named_with_the_commands_that_grant_them() {
    let (tenant, admin) = started();
    tenant.set(|state| state.roles = vec!["User.Read.All"]);
    tenant.user("anna", &[]);
    let run = admin.run(&["check", "--format", "json"]);
    assert_eq!(run.code, Some(1));
    assert_eq!(
        run.checks(),
        [
            "sign-in ok",
            "permissions failed",
            "remove warning",
            "users ok",
            "policy warning",
            "photo ok",
            "try not-tried"
        ]
    );
    let told = run.detail("permissions");
    assert!(told.contains("ProfilePhoto.ReadWrite.All missing") && !told.contains("value=='User.Read.All'"), "{told}");
    assert!(told.contains(&format!("az ad app permission add --id {}", tenant::CLIENT_ID)), "{told}");

    tenant.set(|state| state.roles = vec![]);
    let run = admin.run(&["check", "--format", "json"]);
    let checks = [
        "sign-in ok",
        "permissions failed",
        "remove warning",
        "users failed",
        "policy not-tried",
        "photo not-tried",
        "try not-tried",
    ];
    assert_eq!(run.checks(), checks);
    assert!(run.detail("users").contains("Authorization_RequestDenied"), "{run:?}");
}

#[test]
fn the_policy_is_told_with_what_follows() {
    let (tenant, admin) = started();
    let synced = tenant.user("anna", &[("onPremisesSyncEnabled", json!(true))]);
    for (source, result, words) in [
        (Some("cloud"), "policy ok", "in the cloud only"),
        (Some("onPremises"), "policy failed", "refuses"),
        (None, "policy warning", "may replace"),
    ] {
        tenant.set(|state| state.photo_source = source);
        let run = admin.run(&["check", "--format", "json"]);
        assert!(run.checks().contains(&result.to_owned()) && run.detail("policy").contains(words), "{run:?}");
        assert_eq!(run.detail("policy").contains("az rest --method PATCH"), source != Some("cloud"), "{run:?}");
    }
    // Where nothing comes from Active Directory, nothing can replace a photo.
    tenant.delete(&synced);
    tenant.user("bob", &[]);
    assert!(admin.checked(&[]).contains(&"policy ok".to_owned()));
}

#[test]
fn no_photo_is_told_from_one_that_cannot_be_read() {
    let (tenant, admin) = started();
    tenant.user("anna", &[]);
    for gif in [false, true] {
        tenant.set(|state| state.shows_gif = gif);
        let run = admin.run(&["check", "--format", "json"]);
        assert!(run.detail("photo").contains("none of the accounts"), "{run:?}");
    }
    for (reply, result, words) in [
        (Reply::error(404, "ErrorNonExistentMailbox", "x"), "photo warning", "no mailbox"),
        (Reply::error(403, "ErrorAccessDenied", "Access is denied."), "photo failed", "Access is denied."),
        (Reply::error(500, "ErrorStoreInternalServerError", "Store."), "photo failed", "Store."),
        // Graph sometimes says so for a moment.
        (Reply::Answer(404, Vec::new(), Vec::new()), "photo failed", "status 404"),
    ] {
        let (tenant, admin) = started();
        tenant.user("anna", &[]);
        tenant.trouble(move |asked, _| asked.path.ends_with("/$value").then(|| reply.clone()));
        let run = admin.run(&["check", "--format", "json"]);
        assert!(run.checks().contains(&result.to_owned()) && run.detail("photo").contains(words), "{run:?}");
    }
    // For a moment only.
    let (tenant, admin) = started();
    let id = tenant.user("anna", &[]);
    tenant.set_photo(&id, Some(&photo(96)));
    tenant.trouble(|asked, before| {
        (asked.path.ends_with("/$value") && before < 2).then(|| Reply::Answer(404, Vec::new(), Vec::new()))
    });
    assert!(admin.run(&["check", "--format", "json"]).detail("photo").contains("96×96"));
}

#[test]
fn twenty_thousand_users_take_twenty_one_requests() {
    let (tenant, admin) = started();
    for number in 0..20_000 {
        tenant.user(&format!("user{number}"), &[]);
    }
    let run = admin.run(&["check", "--format", "json", "--timeout", "60"]);
    assert!(run.detail("users").starts_with("20000 enabled"), "{run:?}");
    let asked = tenant.asked().iter().filter(|asked| *asked == "GET /v1.0/users").count();
    assert_eq!(asked, 21);
    // One token is enough for all of them.
    assert_eq!(tenant.asked().iter().filter(|asked| asked.starts_with("POST")).count(), 1);
}

#[test]
fn a_token_that_ends_is_renewed_in_time() {
    let (tenant, admin) = started();
    tenant.set(|state| (state.token_life, state.delay) = (Duration::from_secs(2), Duration::from_millis(400)));
    for number in 0..8 {
        tenant.user(&format!("user{number}"), &[]);
    }
    let run = admin.run(&["check"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let tokens = tenant.asked().iter().filter(|asked| asked.starts_with("POST")).count();
    assert!((3..8).contains(&tokens), "{tokens}");
}

#[test]
fn a_trial_writes_looks_and_puts_back() {
    let (tenant, admin) = started();
    let (anna, bob) = (tenant.user("anna", &[]), tenant.user("bob", &[]));
    tenant.set_photo(&anna, Some(&photo(400)));
    let before = tenant.photo(&anna).unwrap();
    for name in ["anna@contoso.example", &anna.to_uppercase()] {
        let run = admin.run(&["check", "--format", "json", "--try", name]);
        assert_eq!(run.code, Some(0), "{run:?}");
        let told = run.detail("try");
        assert!(told.contains("encoded anew with 648 pixels") && told.contains("the old photo is back"), "{told}");
        assert!(adphoto::thumbnail::is_same_picture(&tenant.photo(&anna).unwrap(), &before));
    }
    let run = admin.run(&["check", "--format", "json", "--try", "bob@contoso.example"]);
    assert!(run.detail("try").contains("removed again") && tenant.photo(&bob).is_none(), "{run:?}");
    assert!(admin.run(&["check", "--format", "json", "--try", "anna"]).detail("try").contains("no account anna"));
    // Who may not remove a photo is told so, and where the photo is that could not be put back.
    tenant.set(|state| state.roles.retain(|role| *role != "User.ReadWrite.All"));
    let run = admin.run(&["check", "--format", "json", "--try", "bob@contoso.example"]);
    assert!(run.code == Some(1) && run.detail("try").contains("could not be put back (there was none)"), "{run:?}");
    tenant.trouble(|asked, before| {
        (asked.method == "PUT" && before == 5).then(|| Reply::error(403, "ErrorAccessDenied", "No."))
    });
    let run = admin.run(&["check", "--format", "json", "--try", "anna@contoso.example"]);
    assert!(run.code == Some(1) && run.detail("try").contains("/adphoto-try-"), "{run:?}");
    let kept = std::fs::read_dir(admin.folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let kept: Vec<_> = kept.filter(|path| path.to_string_lossy().contains("adphoto-try-")).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(adphoto::thumbnail::is_same_picture(&std::fs::read(&kept[0]).unwrap(), &before));
}

fn started() -> (Tenant, Admin) {
    let tenant = Tenant::start();
    let admin = Admin::new(&tenant);
    (tenant, admin)
}
