//! Reasons that come from files that are written or moved.

use super::{Code, Reason};
use crate::account_pictures::{PublishedError, TreeError};
use crate::saving::{Clash, MoveError, SaveError};

impl From<&Clash> for Reason {
    fn from(clash: &Clash) -> Self {
        let code = match clash {
            Clash::NotAFileName { .. } => Code::BadName,
            Clash::SeveralPhotos { .. } => Code::SeveralPhotos,
            Clash::Repeated { .. } => Code::NamedTwice,
            Clash::IsAPhoto(_) => Code::IsAPhoto,
            Clash::SameFile { .. } => Code::SameFile,
        };
        Self::of(code, clash)
    }
}

impl From<&SaveError> for Reason {
    fn from(error: &SaveError) -> Self {
        let code = match error {
            SaveError::Exists(_) | SaveError::HoldsAnExport(_) => Code::Exists,
            SaveError::Io { .. } => Code::NotSaved,
        };
        Self::of(code, error)
    }
}

impl From<&TreeError> for Reason {
    fn from(error: &TreeError) -> Self {
        let code = match error {
            TreeError::InTheWay { .. } => Code::InTheWay,
            TreeError::Vanished { .. } | TreeError::Io { .. } => Code::NotSaved,
        };
        Self::of(code, error)
    }
}

impl From<&PublishedError> for Reason {
    fn from(error: &PublishedError) -> Self {
        let code = match error {
            PublishedError::TooLarge { .. } => Code::TooLarge,
            PublishedError::NotJpeg(_) => Code::NotJpeg,
            PublishedError::NotSquare { .. } => Code::NotSquare,
            PublishedError::Photo { source, .. } => Self::from(source).code,
            PublishedError::Io { .. } => Code::Unreadable,
        };
        Self::of(code, error)
    }
}

impl From<&MoveError> for Reason {
    fn from(error: &MoveError) -> Self {
        Self::of(Code::NotMoved, error)
    }
}
