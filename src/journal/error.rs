//! What can go wrong with a journal.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::failure::Advice;

/// Why a journal cannot be written or read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum JournalError {
    /// No place for it.
    #[error("there is no folder for the journal, as neither {0} nor a home folder is set")]
    NoFolder(&'static str),
    /// `--journal` names something that is there.
    #[error("the journal {} exists already", .0.display())]
    Exists(PathBuf),
    /// The file or its folder cannot be written.
    #[error("cannot write the journal {}", path.display())]
    Write {
        /// The file or the folder.
        path: PathBuf,
        /// Why.
        source: Arc<io::Error>,
    },
    /// The file or its folder cannot be read.
    #[error("cannot read the journal {}", path.display())]
    Read {
        /// The file or the folder.
        path: PathBuf,
        /// Why.
        source: Arc<io::Error>,
    },
    /// The state folder cannot be read.
    #[error("cannot read the folder of the journals, {}", path.display())]
    ReadFolder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: Arc<io::Error>,
    },
    /// Some other file.
    #[error("{} is no journal of adphoto", .0.display())]
    NotAJournal(PathBuf),
    /// Its first line cannot be read.
    #[error("the first line of the journal {} is damaged", .0.display())]
    NoHeader(PathBuf),
    /// A later version of the format.
    #[error("the journal {} was written by adphoto {by}, which this version does not understand", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version.
        by: String,
    },
    /// Somebody else could have written it.
    #[error("the journal {} may not be yours: {why}, and whatever photos it holds would be given to people", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Who, or how.
        why: String,
    },
    /// Its run has not ended.
    #[error("the run that writes the journal {} is still under way", .0.display())]
    InUse(PathBuf),
    /// The newest run is asked for, and this may be it.
    #[error("{} may be the newest run's journal, and cannot be listed", path.display())]
    PerhapsNewest {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<Self>,
    },
    /// An old photo is not what it was when the journal was read first.
    #[error("the journal {} was changed while it was read", .0.display())]
    Changed(PathBuf),
}

impl Advice for JournalError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::NoFolder(_) => "name a file with --journal FILE",
            Self::Exists(_) => "give another name: a journal is never written over",
            Self::Write { .. } => {
                "free some space, make the folder writable, or name another file with --journal FILE; nothing is written that the \
                 journal does not hold"
            }
            Self::Read { .. } => {
                "check that the file is there and that you may read it; `adphoto undo --list` shows the journals"
            }
            Self::ReadFolder { .. } => "make it readable for you, or name a journal elsewhere by its path",
            Self::NotAJournal(_) => "`adphoto undo --list` shows the journals",
            Self::NoHeader(_) => "take the journal from a backup",
            Self::Newer { .. } => "use that version",
            Self::Foreign { .. } => {
                "if you know that the run was yours, name the journal by its path and say --trust-journal"
            }
            Self::InUse(_) => "wait until it is over, or stop it with Ctrl-C",
            Self::PerhapsNewest { .. } => {
                "name the journal of the run to take back; `adphoto undo --list` shows the journals"
            }
            Self::Changed(_) => "leave the file alone, and run the same again",
        };
        Some(advice.into())
    }
}

impl JournalError {
    /// The file that it is about.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::NoFolder(_) => None,
            Self::Exists(path)
            | Self::Write { path, .. }
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
