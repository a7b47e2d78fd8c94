//! The lines of `adphoto check --target microsoft365`.

use super::register;
use crate::command::run::SET_CLOUD;
use crate::failure::Advice;
use crate::microsoft365::{Claims, GraphError, Held, Policy, Tenant, Trouble, User, role};
use crate::report::Check;
use crate::sign_in::CloudError;
use crate::thumbnail;

pub(super) const SIGN_IN: &str = "sign-in";
pub(super) const ROLES: &str = "permissions";
pub(super) const REMOVING: &str = "remove";
pub(super) const USERS: &str = "users";
pub(super) const POLICY: &str = "policy";
pub(super) const PHOTO: &str = "photo";
pub(super) const TRY: &str = "try";
/// The names of all lines, in their order.
pub(super) const ALL: [&str; 7] = [SIGN_IN, ROLES, REMOVING, USERS, POLICY, PHOTO, TRY];

/// The least permissions: to find accounts, to read and change photos, and to know which photos the tenant takes.
const LEAST: [&str; 3] = [role::LIST_USERS, role::WRITE_PHOTOS, role::READ_POLICY];
/// Permissions that include listing accounts.
const LISTING: [&str; 4] = [role::LIST_USERS, role::WRITE_USERS, "Directory.Read.All", "Directory.ReadWrite.All"];
/// Permissions that include changing photos.
const WRITING: [&str; 2] = [role::WRITE_PHOTOS, role::WRITE_USERS];

pub(super) fn no_app(error: &CloudError) -> Check {
    Check {
        run: Some(register::commands(None, &LEAST)),
        ..Check::failed(
            SIGN_IN,
            error.to_string(),
            "register an app, and name it; an administrator of the tenant can do that with Azure CLI (az login comes \
             first):",
        )
    }
}

pub(super) fn signed_in(tenant: &Tenant, with: &str) -> Check {
    Check::ok(SIGN_IN, format!("as {} in the tenant {}, with {with}", tenant.user(), tenant.id()))
}

pub(super) fn roles(claims: Option<&Claims>, client_id: Option<&str>) -> Check {
    let Some(claims) = claims else {
        return Check::warning(
            ROLES,
            "the token does not say which permissions it has",
            "the lines below show what the app may do",
        );
    };
    let any = |of: &[&str]| of.iter().any(|permission| claims.has(permission));
    let mut lacking = Vec::new();
    lacking.extend((!any(&LISTING)).then_some(role::LIST_USERS));
    lacking.extend((!any(&WRITING)).then_some(role::WRITE_PHOTOS));
    let all: Vec<&str> =
        claims.roles.iter().map(String::as_str).chain(claims.scopes.iter().flat_map(|it| it.split(' '))).collect();
    let has = if all.is_empty() { "no permission".to_owned() } else { all.join(", ") };
    if lacking.is_empty() {
        return Check::ok(ROLES, has);
    }
    Check {
        run: Some(register::commands(client_id, &lacking)),
        ..Check::failed(
            ROLES,
            format!("{} missing; the token has {has}", lacking.join(" and ")),
            "have an administrator of the tenant grant that, and nothing else; after some minutes a new token has it:",
        )
    }
}

pub(super) fn removing(claims: Option<&Claims>) -> Check {
    match claims {
        None => Check::not_tried(REMOVING, "the token does not say which permissions it has"),
        Some(claims) if claims.has(role::WRITE_USERS) => Check::ok(REMOVING, "photos may be removed"),
        Some(_) => Check::warning(
            REMOVING,
            format!("photos may not be removed: Microsoft documents {} for that", role::WRITE_USERS),
            "without it, undo cannot take back somebody's first photo; all other photos can be put back",
        ),
    }
}

pub(super) fn users(users: &[User]) -> Check {
    let enabled = users.iter().filter(|user| user.account_enabled != Some(false)).count();
    let synced = users.iter().filter(|user| user.on_premises_sync_enabled == Some(true)).count();
    let detail = format!("{enabled} enabled, {} disabled; {synced} from Active Directory", users.len() - enabled);
    match enabled {
        0 => Check::warning(USERS, detail, "check --tenant"),
        _ => Check::ok(USERS, detail),
    }
}

pub(super) fn policy(policy: Option<Policy>, is_synced: bool) -> Check {
    let set_cloud = |check: Check| Check { run: Some(SET_CLOUD.to_owned()), ..check };
    match policy {
        Some(Policy::Cloud) => Check::ok(POLICY, "photos are changed in the cloud only"),
        Some(Policy::OnPremises) => set_cloud(Check::failed(
            POLICY,
            "photos are changed in Active Directory only, so Microsoft 365 refuses to change them",
            "import into Active Directory instead, or have an administrator make the cloud the source (it takes up to a \
             day):",
        )),
        Some(Policy::Unset) if is_synced => set_cloud(Check::warning(
            POLICY,
            "nobody has said where photos are changed: when thumbnailPhoto of a synced account changes, it may replace \
             the photo in Microsoft 365",
            "have an administrator make the cloud the source (it takes up to a day):",
        )),
        Some(Policy::Unset) => Check::ok(POLICY, "not set, and no account comes from Active Directory"),
        None => Check::warning(
            POLICY,
            format!("cannot tell where the tenant changes photos: that takes {}", role::READ_POLICY),
            "grant it, or ask an administrator for the tenant's photoUpdateSettings",
        ),
    }
}

pub(super) fn photo(seen: Option<&(&User, Held)>) -> Check {
    let Some((user, held)) = seen else { return Check::not_tried(PHOTO, "there is no enabled account") };
    let name = user.user_principal_name.as_deref().unwrap_or(&user.id);
    match held {
        Held::Photo(photo) => {
            let size = thumbnail::dimensions(photo)
                .map_or("of an unknown size".to_owned(), |(width, height)| format!("{width}×{height} pixels"));
            Check::ok(PHOTO, format!("read that of {name}: {size}, {} bytes", photo.len()))
        }
        Held::Nothing | Held::Gone => Check::ok(PHOTO, "may be read; none of the accounts that were looked at has one"),
        Held::Unknown(trouble @ Trouble::NoMailbox(_)) => {
            Check::warning(PHOTO, format!("{name}: {trouble}"), trouble.advice().unwrap_or_default())
        }
        Held::Unknown(trouble) => {
            Check::failed(PHOTO, format!("{name}: {trouble}"), trouble.advice().unwrap_or_default())
        }
    }
}

/// Returns the line for a step that failed.
pub(super) fn no_answer(name: &'static str, error: &GraphError) -> Check {
    Check::failed(name, error.to_string(), error.advice().unwrap_or("try again later".into()))
}
