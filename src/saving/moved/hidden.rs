//! The hidden names that photos have while they are being moved.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The beginning of a hidden name.
const PREFIX: &str = ".adphoto-moving-";
/// Number of random hexadecimal digits after the prefix.
const RANDOM_DIGITS: usize = 8;

/// Returns a hidden name for a photo.
pub(super) fn hidden(photo: &Path) -> PathBuf {
    let mut name = OsString::from(format!("{PREFIX}{:0RANDOM_DIGITS$x}-", fastrand::u32(..)));
    name.push(photo.file_name().unwrap_or_default());
    photo.with_file_name(name)
}

/// Returns the photo's own path for a hidden one; `None` if it is not a hidden name. A name that is not Unicode is not
/// recognized and has to be found by hand.
pub(super) fn revealed(hidden: &Path) -> Option<PathBuf> {
    let (digits, name) = hidden.file_name()?.to_str()?.strip_prefix(PREFIX)?.split_at_checked(RANDOM_DIGITS)?;
    let name = name.strip_prefix('-').filter(|name| !name.is_empty())?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| hidden.with_file_name(name))
}

/// Returns the hidden files of a folder, each with the path that it had before. Folders that cannot be read are
/// skipped, because reading the source reports them.
pub(super) fn leftovers(folder: &Path, recursive: bool) -> Vec<(PathBuf, PathBuf)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && recursive => folders.push(path),
                Ok(kind) if kind.is_file() => found.extend(revealed(&path).map(|photo| (path, photo))),
                _ => {}
            }
        }
    }
    found
}
