//! The state folder of the user who runs adphoto.

use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};

/// Returns adphoto's folder in the user's state folder. It need not exist.
///
/// # Errors
/// Returns the name of the variable that says where state folders are if neither it nor a home folder is set.
pub fn folder() -> Result<PathBuf, &'static str> {
    let (variable, below_home) = if cfg!(windows) {
        ("LOCALAPPDATA", "AppData/Local")
    } else if cfg!(target_os = "macos") {
        ("XDG_STATE_HOME", "Library/Application Support")
    } else {
        ("XDG_STATE_HOME", ".local/state")
    };
    let given = std::env::var_os(variable).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let state = given.or_else(|| Some(std::env::home_dir()?.join(below_home)).filter(|folder| folder.is_absolute()));
    Ok(state.ok_or(variable)?.join("adphoto"))
}

/// Creates a folder that only its owner may look into.
///
/// # Errors
/// When the folder does not exist and cannot be created.
pub fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}
