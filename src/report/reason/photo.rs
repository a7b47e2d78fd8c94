//! Reasons that come from photos, both those to be written and those that accounts have.

use super::{Code, Reason};
use crate::panics::Panicked;
use crate::thumbnail::{Doubt, Flaw, PhotoError, Unclear};

impl From<&PhotoError> for Reason {
    fn from(error: &PhotoError) -> Self {
        let code = match error {
            PhotoError::Unsupported(_) => Code::Unsupported,
            PhotoError::UnknownFormat => Code::NotAnImage,
            PhotoError::Blank { .. } => Code::Blank,
            PhotoError::Unclear(unclear) => Code::from(*unclear),
            PhotoError::TooLarge { .. } => Code::TooLarge,
            PhotoError::OverBudget { .. } | PhotoError::TooManyBytes { .. } => Code::OverBudget,
            PhotoError::OutsidePhoto(..) | PhotoError::PartAsIs => Code::BadRow,
            PhotoError::Truncated
            | PhotoError::Damaged(_)
            | PhotoError::Irregular(_)
            | PhotoError::NoPixels { .. }
            | PhotoError::DecoderFailed
            | PhotoError::Failed(_) => Code::Damaged,
        };
        Self::of(code, error)
    }
}

/// A panic comes from a decoder. That is a bug, but it affects one photo only, so the run goes on.
impl From<Panicked> for Reason {
    fn from(_: Panicked) -> Self {
        Self::from(&PhotoError::DecoderFailed)
    }
}

impl From<&Flaw> for Reason {
    fn from(flaw: &Flaw) -> Self {
        let code = match flaw {
            Flaw::NotJpeg(_) => Code::NotJpeg,
            Flaw::Blank => Code::Blank,
            Flaw::Undecodable(_) => Code::Undecodable,
            Flaw::NotSquare { .. } => Code::NotSquare,
            Flaw::NotSharp(_) => Code::NotSharp,
            Flaw::WrongSize(_) => Code::WrongSize,
            Flaw::TooManyBytes { .. } => Code::TooManyBytes,
            Flaw::Location => Code::Location,
            Flaw::Camera => Code::Camera,
            Flaw::Turned => Code::TurnedByExif,
            Flaw::NotPlain => Code::NotPlain,
            Flaw::NoFace => Code::NoFace,
            Flaw::SeveralFaces => Code::SeveralFaces,
            Flaw::SmallFace => Code::SmallFace,
            Flaw::Sideways => Code::Sideways,
        };
        Self::of(code, flaw)
    }
}

impl From<Unclear> for Code {
    fn from(unclear: Unclear) -> Self {
        match unclear {
            Unclear::NoFace => Self::NoFace,
            Unclear::SeveralFaces => Self::SeveralFaces,
            Unclear::SmallFace => Self::SmallFace,
            Unclear::CutFace => Self::CutFace,
        }
    }
}

impl From<&Doubt> for Reason {
    fn from(doubt: &Doubt) -> Self {
        let code = match doubt {
            Doubt::Enlarged { .. } => Code::Enlarged,
            Doubt::NotSharp(_) => Code::NotSharp,
            Doubt::NotJpeg => Code::NotJpeg,
            Doubt::Blank => Code::Blank,
            Doubt::Unclear(unclear) => Code::from(*unclear),
            Doubt::Sideways => Code::Sideways,
        };
        Self::of(code, doubt)
    }
}
