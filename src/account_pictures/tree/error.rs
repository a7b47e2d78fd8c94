//! Errors of a folder of account pictures.

use std::borrow::Cow;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use super::Tree;
use crate::failure::Advice;

/// The reason why a tree cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// Something else lies where a file or folder of ours belongs.
    #[error("{} is {what}, and not what adphoto would put there; it was left as it is", path.display())]
    InTheWay {
        path: PathBuf,
        /// The kind of thing that is there.
        what: &'static str,
    },
    /// The folder is not the one any more for which this run has the lock.
    #[error("{} is gone: the share has vanished, or somebody removed the lock of this run", lock.display())]
    Vanished {
        /// The lock file.
        lock: PathBuf,
    },
    /// A file or folder cannot be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// The verb of the message, such as `read` or `remove`.
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}

impl TreeError {
    /// Returns whether nothing more can be written, because the disk is full or the whole folder is gone.
    #[must_use]
    pub fn ends_the_run(&self, tree: &Tree) -> bool {
        match self {
            Self::InTheWay { .. } => false,
            Self::Vanished { .. } => true,
            Self::Io { source, .. } => {
                matches!(
                    source.kind(),
                    ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem
                ) || !tree.real_path.is_dir()
            }
        }
    }
}

impl Advice for TreeError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::InTheWay { .. } => "see who put it there; move it away if pictures belong there",
            Self::Vanished { .. } | Self::Io { .. } => "check the disk, the share and your right to write there",
        };
        Some(advice.into())
    }
}
