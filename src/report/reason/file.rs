//! Of files that are written or moved.

use super::Reason;
use crate::saving::{Clash, MoveError, SaveError};

impl From<&Clash> for Reason {
    fn from(clash: &Clash) -> Self {
        match clash {
            Clash::NotAFileName { .. } => {
                Self::with("bad-name", clash, "rename the file, or give the list a column of plain names")
            }
            Clash::SeveralPhotos { .. } => {
                Self::with("several-photos", clash, "keep the one that is right; none was written")
            }
            Clash::Repeated { .. } => Self::new(super::NAMED_TWICE, clash.to_string()),
            Clash::IsAPhoto(_) => Self::with("is-a-photo", clash, "give another folder for the thumbnails"),
            Clash::SameFile { .. } => Self::with(
                "same-file",
                clash,
                "give the files names of their own, or leave --photo-dir out; none was written",
            ),
        }
    }
}

impl From<&SaveError> for Reason {
    fn from(error: &SaveError) -> Self {
        match error {
            SaveError::Exists(_) | SaveError::HoldsAnExport(_) => Self::with("exists", error, error.remedy()),
            SaveError::Io { .. } => Self::with("not-saved", error, error.remedy()),
        }
    }
}

impl From<&MoveError> for Reason {
    fn from(error: &MoveError) -> Self {
        let remedy = match error {
            MoveError::Changed => "the next run takes it",
            MoveError::Link | MoveError::Io { .. } => {
                "its account has it: move it by hand, or the next run tries again"
            }
            MoveError::Stranded { .. } => "its account has it: move it by hand, or the next run of a folder finds it",
        };
        Self::with(super::NOT_MOVED, error, remedy)
    }
}
