//! Finding the settings file.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::ConfigError;

const NAME: &str = "adphoto.toml";

/// The place of a settings file.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    /// Whether it was found in the working folder, where somebody else may have put it.
    pub(super) is_found_here: bool,
}

/// Returns the file that the user named, or the one in the working folder, or the user's own; `None` if there is none.
pub(super) fn find(named: Option<&Path>) -> Option<Place> {
    if let Some(named) = named {
        return Some(Place { path: PathBuf::from(named), is_found_here: false });
    }
    let here = Place { path: PathBuf::from(NAME), is_found_here: true };
    let of_user = of_user().map(|path| Place { path, is_found_here: false });
    [Some(here), of_user].into_iter().flatten().find(|place| place.path.is_file())
}

/// Returns the path of the user's own file, in `$XDG_CONFIG_HOME` or `~/.config`, on Windows in `%APPDATA%`.
fn of_user() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = if cfg!(windows) {
        variable("APPDATA")
    } else {
        variable("XDG_CONFIG_HOME").or_else(|| Some(variable("HOME")?.join(".config")))
    };
    Some(folder?.join("adphoto").join(NAME))
}

impl Place {
    /// Refuses a file that others could have written: whoever names the server gets the password.
    pub(super) fn check(&self, file: &File) -> Result<(), ConfigError> {
        let failed = |source| ConfigError::Io { path: self.path.clone(), source };
        if is_writable_by_others(file).map_err(failed)? {
            return Err(ConfigError::WritableByOthers(self.path.clone()));
        }
        if self.is_found_here && !is_ours(&self.path, file).map_err(failed)? {
            return Err(ConfigError::OfAnother(self.path.clone()));
        }
        Ok(())
    }
}

#[cfg(unix)]
fn is_writable_by_others(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.metadata()?.permissions().mode() & 0o022 != 0)
}

/// On Windows, access lists are not checked.
#[cfg(not(unix))]
fn is_writable_by_others(_: &File) -> io::Result<bool> {
    Ok(false)
}

/// Returns whether only the user who runs this, or root, can have put the file there. The file, and a link that leads
/// to it, must belong to one of them. The folder must not be writable by everybody, because the file may name others
/// beside it, such as `ca-file`.
#[cfg(unix)]
fn is_ours(path: &Path, file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let trusted = |owner: u32| owner == 0 || owner == rustix::process::geteuid().as_raw();
    let folder = std::env::current_dir()?.metadata()?;
    Ok(trusted(file.metadata()?.uid()) && trusted(path.symlink_metadata()?.uid()) && folder.mode() & 0o002 == 0)
}

/// Returns whether the file is in the user's profile, where only the user and administrators may write.
#[cfg(not(unix))]
fn is_ours(path: &Path, _: &File) -> io::Result<bool> {
    let profile = std::env::var_os("USERPROFILE").map(PathBuf::from).filter(|profile| profile.is_absolute());
    let profile = profile.and_then(|profile| profile.canonicalize().ok());
    if path.is_symlink() {
        return Ok(false);
    }
    let path = path.canonicalize()?;
    Ok(profile.is_some_and(|profile| path.starts_with(profile)))
}
