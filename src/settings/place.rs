//! Where the file is looked for.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::ConfigError;
#[cfg(unix)]
use crate::ownership::of_another;
use crate::ownership::writable_by_others;

const NAME: &str = "adphoto.toml";

/// A file of settings.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    /// Found in the working folder: somebody else may have put it there.
    pub(super) is_found_here: bool,
}

/// The file that is named, else the one in the working folder, else the user's; `None` if there is none.
pub(super) fn find(named: Option<&Path>) -> Option<Place> {
    if let Some(named) = named {
        return Some(Place { path: PathBuf::from(named), is_found_here: false });
    }
    let here = Place { path: PathBuf::from(NAME), is_found_here: true };
    let of_user = of_user().map(|path| Place { path, is_found_here: false });
    [Some(here), of_user].into_iter().flatten().find(|place| place.path.is_file())
}

/// The user's own: `$XDG_CONFIG_HOME` or `~/.config`, `%APPDATA%` on Windows.
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
    /// Refuses what others could have written: who names the server is who gets the password.
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

/// Whether it, and a link that leads to it, belong to who runs this or to root, and not everybody may lay files beside it,
/// such as the one that `ca-file` names.
#[cfg(unix)]
fn is_ours(path: &Path, file: &Metadata) -> io::Result<bool> {
    let (link, folder) = (path.symlink_metadata()?, std::env::current_dir()?.metadata()?);
    let may_everybody_write = std::os::unix::fs::MetadataExt::mode(&folder) & 0o002 != 0;
    Ok(of_another(file).or_else(|| of_another(&link)).is_none() && !may_everybody_write)
}

/// Whether it is in the user's profile, where nobody else but administrators may write.
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
