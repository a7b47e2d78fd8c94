//! `adphoto remove --target microsoft365`.

use crate::photos::jpeg;
use crate::run::Admin;
use crate::tenant::Tenant;

#[test]
fn photos_are_removed_where_the_app_may() {
    let tenant = Tenant::start();
    let admin = Admin::new(&tenant);
    let ids: Vec<String> = ["anna", "bob"].iter().map(|name| tenant.user(name, &[])).collect();
    tenant.set_photo(&ids[0], Some(&jpeg(1, 300, 300)));
    let words = ["remove", "--account", "anna", "bob", "nobody"];
    let dry = admin.records(&[&words[..], &["--dry-run"]].concat());
    assert_eq!(
        dry.outcomes(),
        ["anna would-remove", "bob unchanged no-photo", "nobody failed no-such-account"],
        "{dry:?}"
    );
    assert!(tenant.photo(&ids[0]).is_some());

    tenant.set(|state| state.roles.retain(|role| *role != "User.ReadWrite.All"));
    let foreseen = admin.records(&[&words[..], &["--dry-run"]].concat());
    assert_eq!(foreseen.outcomes()[0], "anna failed no-right", "{foreseen:?}");
    let denied = admin.records(&[&words[..], &["--yes"]].concat());
    assert_eq!(denied.outcomes()[0], "anna failed no-right", "{denied:?}");
    assert!(tenant.photo(&ids[0]).is_some() && denied.json.to_string().contains("User.ReadWrite.All"));

    tenant.set(|state| state.roles.push("User.ReadWrite.All"));
    let run = admin.records(&[&words[..], &["--yes"]].concat());
    assert_eq!(run.outcomes(), ["anna removed", "bob unchanged no-photo", "nobody failed no-such-account"], "{run:?}");
    assert_eq!(tenant.photo(&ids[0]), None);
}
