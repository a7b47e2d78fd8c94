//! Writing single files of the tree, and what is known about files that are there.

use std::fs::Metadata;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::{Tree, TreeError};

/// The beginning and the end of the name of a file that is not complete yet.
const UNFINISHED: (&str, &str) = (".adphoto-", ".tmp");

/// What messages call a link.
pub(super) const LINK: &str = if cfg!(windows) { "a link or a junction" } else { "a link" };

impl Tree {
    /// Writes a file of the tree whole or not at all: first beside its place, and then it is renamed.
    pub(in crate::account_pictures) fn write_file(&self, name: &Path, content: &[u8]) -> Result<(), TreeError> {
        let (real_path, path) = (self.real_path.join(name), self.path.join(name));
        let written = (|| {
            let mut builder = tempfile::Builder::new();
            builder.prefix(UNFINISHED.0).suffix(UNFINISHED.1);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                // The PCs read the pictures as other users, so the umask alone decides who may.
                builder.permissions(std::fs::Permissions::from_mode(0o666));
            }
            let mut file = builder.tempfile_in(real_path.parent().unwrap_or(&self.real_path))?;
            file.write_all(content)?;
            file.persist(&real_path).map(drop).map_err(|error| error.error)
        })();
        written.map_err(|source| TreeError::Io { doing: "write", path, source })
    }

    /// Removes the unfinished files that a killed run left in a folder.
    pub(super) fn clear_unfinished(&self, folder: &Path) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_ours =
                name.to_str().is_some_and(|name| name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1));
            if is_ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
                // A file that cannot be removed now is tried again by the next run.
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Removes the unfinished files that a killed run left in the root.
    pub(in crate::account_pictures) fn clear_root(&self) {
        self.clear_unfinished(&self.real_path);
    }
}

/// Returns what is at a path, without following a link; `None` if nothing is there. To Rust, a junction of Windows is a
/// link, too.
pub(super) fn known(path: &Path) -> io::Result<Option<Metadata>> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// Returns the first part of a path that is a link or a junction, so that the path leads elsewhere.
#[must_use]
pub fn link_in(path: &Path) -> Option<PathBuf> {
    let mut parts: Vec<&Path> = path.ancestors().collect();
    parts.reverse();
    parts.into_iter().find(|part| is_link(part)).map(Path::to_path_buf)
}

/// Returns whether a path leads elsewhere. `path` must be absolute, and the folder above it no link.
///
/// The path is also compared with the real one, because a file system may report a link as the folder that it leads to,
/// as that of Wine does.
pub(super) fn is_link(path: &Path) -> bool {
    let leads_elsewhere = |real: PathBuf| comparable(&real) != comparable(path);
    path.symlink_metadata().is_ok_and(|found| found.is_symlink()) || path.canonicalize().is_ok_and(leads_elsewhere)
}

/// Returns a path such that different spellings of it are equal. On Windows, a real path begins with `\\?\`, and case
/// does not matter.
fn comparable(path: &Path) -> PathBuf {
    if cfg!(windows) {
        let text = path.to_string_lossy().to_lowercase();
        let text = text
            .strip_prefix(r"\\?\unc\")
            .map_or_else(|| text.strip_prefix(r"\\?\").unwrap_or(&text).to_owned(), |share| format!(r"\\{share}"));
        return PathBuf::from(text);
    }
    path.to_path_buf()
}

/// Returns the number of names (hard links) that a file has.
#[cfg(unix)]
pub(super) fn names_of(path: &Path) -> io::Result<u64> {
    use std::os::unix::fs::MetadataExt;
    Ok(path.symlink_metadata()?.nlink())
}

#[cfg(windows)]
pub(super) fn names_of(path: &Path) -> io::Result<u64> {
    let file = winapi_util::Handle::from_file(std::fs::File::open(path)?);
    Ok(winapi_util::file::information(&file)?.number_of_links())
}

/// Returns the kind of a file, for messages.
pub(super) fn kind(found: &Metadata) -> &'static str {
    match found.file_type() {
        kind if kind.is_symlink() => LINK,
        kind if kind.is_dir() => "a folder",
        kind if kind.is_file() => "a file",
        _ => "no file",
    }
}
