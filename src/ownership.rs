//! Whether somebody else could have written a file. A setting, password or photo that others can place there is not
//! trustworthy.

use std::fmt;
use std::fs::Metadata;

/// The reason why a file is not trusted.
#[cfg_attr(not(unix), expect(dead_code, reason = "on Windows, access lists are not examined"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// The file belongs to this user id, which is neither the current user's nor root's.
    Owner(u32),
    /// The file's permissions allow others to write; the value is its mode.
    Writable(u32),
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owner(owner) => write!(f, "it belongs to another user (id {owner})"),
            Self::Writable(mode) => write!(f, "others can write to it (mode {mode:04o})"),
        }
    }
}

/// Returns why a file or folder may have been written by somebody else; `None` if only its owner can write to it, who
/// is the current user or root.
#[must_use]
pub(crate) fn foreign(metadata: &Metadata) -> Option<Foreign> {
    of_another(metadata).or_else(|| writable_by_others(metadata))
}

/// Returns the owner, unless the file belongs to the current user or to root.
#[cfg(unix)]
#[must_use]
pub(crate) fn of_another(metadata: &Metadata) -> Option<Foreign> {
    let owner = std::os::unix::fs::MetadataExt::uid(metadata);
    (owner != 0 && owner != rustix::process::geteuid().as_raw()).then_some(Foreign::Owner(owner))
}

/// Returns the file's mode if others can write to it.
#[cfg(unix)]
#[must_use]
pub(crate) fn writable_by_others(metadata: &Metadata) -> Option<Foreign> {
    let mode = std::os::unix::fs::MetadataExt::mode(metadata) & 0o7777;
    (mode & 0o022 != 0).then_some(Foreign::Writable(mode))
}

/// On Windows, access lists are not examined: by default, nobody else can write to the state folder and the user's
/// profile.
#[cfg(not(unix))]
#[must_use]
pub(crate) fn of_another(_: &Metadata) -> Option<Foreign> {
    None
}

/// On Windows, access lists are not examined for this either.
#[cfg(not(unix))]
#[must_use]
pub(crate) fn writable_by_others(_: &Metadata) -> Option<Foreign> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::{Foreign, foreign};

    #[test]
    fn a_file_that_others_may_write_is_foreign() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        for (mode, found) in [(0o600, None), (0o644, None), (0o620, Some(0o620)), (0o666, Some(0o666))] {
            std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).expect("is set");
            let metadata = file.path().metadata().expect("is there");
            assert_eq!(foreign(&metadata), found.map(Foreign::Writable), "{mode:o}");
        }
    }
}
