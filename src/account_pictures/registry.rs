//! Access to the registry of this machine. This is the only module that uses `windows-registry`.

use std::path::PathBuf;

use windows_registry::{Key, LOCAL_MACHINE};
use windows_result::Error;

use super::installed::{Policies, Profile, Values};
use crate::directory::Sid;

const USERS: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\AccountPicture\Users";
const PROFILES: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList";
const EXPLORER: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\Explorer";
const SYSTEM: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System";

/// KEY_READ and KEY_WRITE. KEY_WOW64_64KEY selects the 64-bit view of the registry, because that is the one Windows
/// itself reads the pictures' paths from.
const READ: u32 = 0x0002_0019 | 0x0100;
const WRITE: u32 = 0x0002_0006 | READ;
/// ERROR_FILE_NOT_FOUND as an HRESULT.
const NOT_FOUND: i32 = 0x8007_0002_u32 as i32;

/// The registry could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {key} in HKEY_LOCAL_MACHINE")]
pub struct RegistryError {
    doing: &'static str,
    key: String,
    source: Error,
}

impl crate::failure::Advice for RegistryError {
    fn advice(&self) -> Option<std::borrow::Cow<'static, str>> {
        Some("run it as SYSTEM or as an administrator (\"Run as administrator\")".into())
    }
}

/// Returns the users who have a profile on this machine: only people, neither services nor SYSTEM.
///
/// # Errors
/// When the registry cannot be read.
pub fn profiles() -> Result<Vec<Profile>, RegistryError> {
    let failed = |source| RegistryError { doing: "read", key: PROFILES.to_owned(), source };
    let list = open(PROFILES, READ).map_err(failed)?;
    let names = list.keys().map_err(failed)?;
    let is_person = |name: &String| name.starts_with("S-1-5-21-") || name.starts_with("S-1-12-1-");
    let profile = |name: String| {
        let folder = open(&format!(r"{PROFILES}\{name}"), READ).and_then(|key| key.get_string("ProfileImagePath"));
        Some(Profile { sid: Sid::parse(&name)?, folder: folder.unwrap_or_default() })
    };
    Ok(names.filter(is_person).filter_map(profile).collect())
}

/// Returns the users who have a key for pictures, whether they have a profile or not.
///
/// # Errors
/// When the registry cannot be read.
pub fn users() -> Result<Vec<Sid>, RegistryError> {
    let failed = |source| RegistryError { doing: "read", key: USERS.to_owned(), source };
    match open(USERS, READ) {
        Err(error) if error.code().0 == NOT_FOUND => Ok(Vec::new()),
        key => Ok(key.map_err(failed)?.keys().map_err(failed)?.filter_map(|name| Sid::parse(&name)).collect()),
    }
}

/// Reads the values of a user's pictures; none if the user has no key.
///
/// # Errors
/// When the registry cannot be read.
pub fn values(sid: &Sid) -> Result<Values, RegistryError> {
    let name = format!(r"{USERS}\{sid}");
    let failed = |source| RegistryError { doing: "read", key: name.clone(), source };
    let key = match open(&name, READ) {
        Err(error) if error.code().0 == NOT_FOUND => return Ok(Values::new()),
        key => key.map_err(failed)?,
    };
    let names: Vec<String> = key.values().map_err(failed)?.map(|(name, _)| name).collect();
    let of_pictures = names.into_iter().filter(|name| name.starts_with("Image"));
    Ok(of_pictures.filter_map(|name| key.get_string(&name).ok().map(|path| (name, path))).collect())
}

/// Sets values of a user.
///
/// # Errors
/// When the registry cannot be written.
pub fn set(sid: &Sid, values: &Values) -> Result<(), RegistryError> {
    let name = format!(r"{USERS}\{sid}");
    let failed = |source| RegistryError { doing: "write", key: name.clone(), source };
    let key = LOCAL_MACHINE.options().access(WRITE).create().open(&name).map_err(failed)?;
    values.iter().try_for_each(|(name, path)| key.set_string(name, path)).map_err(failed)
}

/// Removes values of a user, and the user's key if nothing else is in it.
///
/// # Errors
/// When the registry cannot be written.
pub fn remove(sid: &Sid, names: &[String]) -> Result<(), RegistryError> {
    let name = format!(r"{USERS}\{sid}");
    let removed = || {
        let key = open(&name, WRITE)?;
        names.iter().try_for_each(|name| key.remove_value(name))?;
        if key.values()?.next().is_none() && key.keys()?.next().is_none() {
            open(USERS, WRITE)?.remove_tree(sid.as_str())?;
        }
        Ok(())
    };
    removed().map_err(|source| RegistryError { doing: "write", key: name.clone(), source })
}

/// Reads this machine's policies about account pictures. A policy that is not set, or cannot be read, counts as off.
#[must_use]
pub fn policies() -> Policies {
    let is_set =
        |key: &str, name: &str| open(key, READ).and_then(|key| key.get_u32(name)).is_ok_and(|value| value == 1);
    Policies {
        default_for_all: is_set(EXPLORER, "UseDefaultTile"),
        hides_last_user: is_set(SYSTEM, "dontdisplaylastusername"),
    }
}

/// Expands the environment variables in a path. `%ProgramFiles%` is always the 64-bit folder, even in a 32-bit process;
/// unknown variables are kept as they are.
#[must_use]
pub fn expanded(path: &str) -> PathBuf {
    let mut expanded = String::new();
    let mut rest = path;
    while let Some((before, behind)) = rest.split_once('%') {
        expanded += before;
        let Some((name, behind)) = behind.split_once('%') else {
            return PathBuf::from(format!("{expanded}%{behind}"));
        };
        let of_64_bits =
            name.eq_ignore_ascii_case("ProgramFiles").then(|| std::env::var("ProgramW6432").ok()).flatten();
        expanded += &of_64_bits.or_else(|| std::env::var(name).ok()).unwrap_or_else(|| format!("%{name}%"));
        rest = behind;
    }
    PathBuf::from(expanded + rest)
}

fn open(key: &str, access: u32) -> Result<Key, Error> {
    LOCAL_MACHINE.options().access(access).open(key)
}
