//! Finding the settings file.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::ConfigError;
#[cfg(unix)]
use crate::ownership::of_another;
use crate::ownership::writable_by_others;

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
        let file = file.metadata().map_err(failed)?;
        if writable_by_others(&file).is_some() {
            return Err(ConfigError::WritableByOthers(self.path.clone()));
        }
        if self.is_found_here && !is_ours(&self.path, &file).map_err(failed)? {
            return Err(ConfigError::OfAnother(self.path.clone()));
        }
        Ok(())
    }
}

/// Returns whether only the user who runs this, or root, can have put the file there. The file, and a link that leads
/// to it, must belong to one of them. The folder must not be writable by everybody, because the file may name others
/// beside it, such as `ca-file`.
#[cfg(unix)]
fn is_ours(path: &Path, file: &Metadata) -> io::Result<bool> {
    let (link, folder) = (path.symlink_metadata()?, std::env::current_dir()?.metadata()?);
    let may_everybody_write = std::os::unix::fs::MetadataExt::mode(&folder) & 0o002 != 0;
    Ok(of_another(file).or_else(|| of_another(&link)).is_none() && !may_everybody_write)
}

/// Returns whether the file is in the user's profile, where only the user and administrators may write.
#[cfg(not(unix))]
fn is_ours(path: &Path, _: &Metadata) -> io::Result<bool> {
    let profile = std::env::var_os("USERPROFILE").map(PathBuf::from).filter(|profile| profile.is_absolute());
    let profile = profile.and_then(|profile| profile.canonicalize().ok());
    if path.is_symlink() {
        return Ok(false);
    }
    let path = path.canonicalize()?;
    Ok(profile.is_some_and(|profile| path.starts_with(profile)))
}
