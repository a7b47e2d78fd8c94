//! Where the file is looked for.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::ConfigError;

const NAME: &str = "adphoto.toml";

/// The file that is named, else the one in the working folder, else the user's; `None` if there is none.
pub(super) fn find(named: Option<&OsStr>) -> Result<Option<PathBuf>, ConfigError> {
    if let Some(named) = named {
        return Ok(Some(PathBuf::from(named)));
    }
    let places = [Some(PathBuf::from(NAME)), of_user()];
    Ok(places.into_iter().flatten().find(|path| path.is_file()))
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

/// Refuses what others could have written.
#[cfg(unix)]
pub(super) fn check(path: &Path, file: &std::fs::File) -> Result<(), ConfigError> {
    use std::os::unix::fs::PermissionsExt;
    let mode =
        file.metadata().map_err(|source| ConfigError::Io { path: path.to_path_buf(), source })?.permissions().mode();
    if mode & 0o022 == 0 { Ok(()) } else { Err(ConfigError::WritableByOthers(path.to_path_buf())) }
}

#[cfg(not(unix))]
pub(super) fn check(_: &Path, _: &std::fs::File) -> Result<(), ConfigError> {
    Ok(())
}
