//! The errors of journals, and what to do about each.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::size::Size;
use crate::failure::Advice;

/// The reason why a journal cannot be written or read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum JournalError {
    /// There is no state folder; the text is the variable that would name it.
    #[error("there is no folder for the journal, as neither {0} nor a home folder is set")]
    NoFolder(&'static str),
    /// `--journal` names a file that exists.
    #[error("the journal {} exists already", .0.display())]
    Exists(PathBuf),
    /// The file or its folder cannot be written.
    #[error("cannot write the journal {}", path.display())]
    Write { path: PathBuf, source: Arc<io::Error> },
    /// The journal has become as large as it may be.
    #[error("the journal {} would grow larger than {max} (--max-journal)", path.display())]
    Full { path: PathBuf, max: Size },
    /// The file cannot be read.
    #[error("cannot read the journal {}", path.display())]
    Read { path: PathBuf, source: Arc<io::Error> },
    /// The state folder cannot be read.
    #[error("cannot read the folder of the journals, {}", path.display())]
    ReadFolder { path: PathBuf, source: Arc<io::Error> },
    #[error("{} is not a journal of adphoto", .0.display())]
    NotAJournal(PathBuf),
    /// The first line, which says what run it was, cannot be read.
    #[error("the first line of the journal {} is damaged", .0.display())]
    NoHeader(PathBuf),
    /// The journal has a later version of the format.
    #[error("the journal {} was written by adphoto {by}, and this older version cannot read it", path.display())]
    Newer {
        path: PathBuf,
        /// The version of adphoto that wrote it.
        by: String,
    },
    /// Somebody else could have written the journal.
    #[error("the journal {} may not be yours: {why}. Undo would give people whatever photos are in it", path.display())]
    Foreign {
        path: PathBuf,
        /// Who could have written the journal, or how.
        why: String,
    },
    #[error("the run that writes the journal {} is still under way", .0.display())]
    InUse(PathBuf),
    /// The newest run was asked for, and the run of a journal that cannot be listed may be newer.
    #[error("{} may be the journal of the newest run, but it cannot be listed", path.display())]
    PerhapsNewest { path: PathBuf, source: Box<Self> },
    /// An old photo is no longer the same as when the journal was read first.
    #[error("the journal {} was changed while adphoto read it", .0.display())]
    Changed(PathBuf),
}

impl Advice for JournalError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::NoFolder(_) => "name a file with --journal FILE",
            Self::Exists(_) => "choose another name: adphoto never overwrites a journal",
            Self::Write { .. } => {
                "free some space, make the folder writable, or name another file with --journal FILE; adphoto changes no photo \
                 that it could not put back"
            }
            Self::Full { .. } => {
                "run the same command again, which does the rest; --max-journal allows larger journals"
            }
            Self::Read { .. } => {
                "check that the file is there and that you may read it; `adphoto undo --list` shows the journals"
            }
            Self::ReadFolder { .. } => "make the folder readable for you, or name a journal elsewhere by its path",
            Self::NotAJournal(_) => "`adphoto undo --list` shows the journals",
            Self::NoHeader(_) => "restore the journal from a backup",
            Self::Newer { .. } => "use that version of adphoto, or a later one",
            Self::Foreign { .. } => {
                "if you are sure that the run was yours, name the journal by its path and add --trust-journal"
            }
            Self::InUse(_) => "wait until the run is over, or stop it with Ctrl-C",
            Self::PerhapsNewest { .. } => {
                "name the journal of the run to take back; `adphoto undo --list` shows the journals"
            }
            Self::Changed(_) => "make sure that nothing writes to the file, then run the same command again",
        };
        Some(advice.into())
    }
}

impl JournalError {
    /// Returns the file that the error is about.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::NoFolder(_) => None,
            Self::Exists(path)
            | Self::Write { path, .. }
            | Self::Full { path, .. }
            | Self::Read { path, .. }
            | Self::ReadFolder { path, .. }
            | Self::NotAJournal(path)
            | Self::NoHeader(path)
            | Self::Newer { path, .. }
            | Self::Foreign { path, .. }
            | Self::InUse(path)
            | Self::PerhapsNewest { path, .. }
            | Self::Changed(path) => Some(path),
        }
    }

    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_path_buf(), source: Arc::new(source) }
    }

    pub(super) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.to_path_buf(), source: Arc::new(source) }
    }
}
