//! `adphoto export --target microsoft365`: what is there already, for other places.

use serde_json::json;

use crate::photos::jpeg;
use crate::run::Admin;
use crate::tenant::Tenant;

const SID: &str = "S-1-5-21-1-2-3-1104";

#[test]
fn the_photos_of_the_cloud_come_with_a_list_for_the_domain() {
    let tenant = Tenant::start();
    let admin = Admin::new(&tenant);
    let synced = tenant.user("anna", &[("onPremisesSecurityIdentifier", json!(SID)), ("department", json!("Sales"))]);
    let cloud = tenant.user("bob", &[]);
    tenant.user("carl", &[]);
    tenant.set_photo(&synced, Some(&jpeg(1, 700, 700)));
    tenant.set_photo(&cloud, Some(&jpeg(2, 100, 100)));
    let run = admin.records(&["export", "hd", "--columns", "department"]);
    assert_eq!(run.outcomes(), ["anna exported", "bob exported"], "{run:?}");
    assert_eq!(std::fs::read(admin.path("hd/anna@contoso.example.jpg")).unwrap(), tenant.photo(&synced).unwrap());
    let list = std::fs::read_to_string(admin.path("hd/index.csv")).unwrap();
    let users: Vec<&str> = list.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
    assert_eq!(users, [SID, "bob@contoso.example"], "{list}");
    assert!(list.contains("Sales"), "{list}");

    // The list can be imported here, too: nothing changes.
    let again = admin.records(&["import", "hd/index.csv", "--as-is", "--dry-run"]);
    assert_eq!(again.outcomes(), ["anna unchanged", "bob unchanged"], "{again:?}");

    // Only what is sharp.
    let sharp = admin.records(&["export", "sharp", "--only", "ok"]);
    assert_eq!(sharp.outcomes(), ["anna exported"], "{sharp:?}");

    // In step with the tenant.
    tenant.set_photo(&synced, None);
    let synced = admin.records(&["export", "hd", "--sync", "--dry-run"]);
    assert_eq!(synced.outcomes(), ["bob unchanged", "S-1-5-21-1-2-3-1104 would-remove no-photo"], "{synced:?}");
}
