//! The names that photos have while they are moved.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// How a photo's name begins while it is moved.
const MOVING: &str = ".adphoto-moving-";
/// The random digits behind it.
const DIGITS: usize = 8;

/// The name that a photo has while it is moved.
pub(super) fn hidden(photo: &Path) -> PathBuf {
    let mut name = OsString::from(format!("{MOVING}{:0DIGITS$x}-", fastrand::u32(..)));
    name.push(photo.file_name().unwrap_or_default());
    photo.with_file_name(name)
}

/// The name that a hidden one stands for. What is no Unicode is left to be found by hand.
pub(super) fn revealed(hidden: &Path) -> Option<PathBuf> {
    let (digits, name) = hidden.file_name()?.to_str()?.strip_prefix(MOVING)?.split_at_checked(DIGITS)?;
    let name = name.strip_prefix('-').filter(|name| !name.is_empty())?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| hidden.with_file_name(name))
}

/// The hidden files of a folder, and the names that they had; none of what cannot be read, which the source says.
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
