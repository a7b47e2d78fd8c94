//! Reasons that come from the source, and from finding the account of a photo.

use super::{Code, Reason};
use crate::naming::Mismatch;
use crate::source::{Problem, ReadError};

impl From<&Problem> for Reason {
    fn from(problem: &Problem) -> Self {
        let code = match problem {
            Problem::TooFewFields { .. }
            | Problem::TooManyFields { .. }
            | Problem::NoUser
            | Problem::UnbalancedQuote
            | Problem::NotAHash
            | Problem::CropNotApproved
            | Problem::NotApproved(_)
            | Problem::Nul
            | Problem::FieldTooLong { .. }
            | Problem::Embedded(_) => Code::BadRow,
            Problem::NoPhoto => Code::NoPhotoNamed,
            Problem::WebAddress | Problem::Misspelled { .. } => Code::NoSuchFile,
            Problem::NotAnImage => Code::NotAnImage,
            Problem::ControlCharacter => Code::BadName,
            Problem::Unreadable(_) => Code::Unreadable,
            Problem::LinkLoop => Code::LinkLoop,
        };
        Self::of(code, problem)
    }
}

impl From<&ReadError> for Reason {
    fn from(error: &ReadError) -> Self {
        let code = match error {
            ReadError::NotFound | ReadError::WindowsPath | ReadError::DanglingLink { .. } => Code::NoSuchFile,
            ReadError::Folder | ReadError::Special => Code::NotAFile,
            ReadError::Empty => Code::EmptyFile,
            ReadError::TooLarge { .. } => Code::TooLarge,
            ReadError::Denied | ReadError::Io(_) => Code::Unreadable,
            ReadError::Changed => Code::PhotoChanged,
        };
        Self::of(code, error)
    }
}

impl From<&Mismatch> for Reason {
    fn from(mismatch: &Mismatch) -> Self {
        let code = match mismatch {
            Mismatch::Unknown { .. } | Mismatch::Outside { .. } | Mismatch::NameTooLong(_) => Code::NoSuchAccount,
            Mismatch::Ambiguous { .. } | Mismatch::Either { .. } => Code::Ambiguous,
            Mismatch::NameOfAnother { .. } => Code::NameOfAnother,
            Mismatch::UnexplainedText { .. } | Mismatch::MayBeDate { .. } => Code::UnexplainedText,
            Mismatch::NotThePattern | Mismatch::CutByPattern { .. } => Code::NotThePattern,
            Mismatch::SeveralPhotos { .. } => Code::SeveralPhotos,
            Mismatch::Repeated { .. } => Code::NamedTwice,
            Mismatch::SameFile { .. } => Code::SameFile,
            Mismatch::OtherDomain { .. } | Mismatch::NotInCloud { .. } => Code::OtherDomain,
        };
        Self::of(code, mismatch)
    }
}
