//! Of photos, those to be written and those that are there.

use super::{Code, Reason};
use crate::thumbnail::{Doubt, Flaw, PhotoError};

impl From<&PhotoError> for Reason {
    fn from(error: &PhotoError) -> Self {
        match error {
            PhotoError::Unsupported(_) => Self::with(Code::Unsupported, error, "save it as JPEG or PNG"),
            PhotoError::UnknownFormat => Self::with(
                Code::NotAnImage,
                error,
                "if it is a photo, save it as JPEG or PNG; else put the photo in its place",
            ),
            PhotoError::Truncated | PhotoError::Damaged(_) => {
                Self::with(Code::Damaged, error, "copy the file again from where it came from")
            }
            PhotoError::NoPixels { .. } => Self::with(Code::Damaged, error, "give another photo"),
            PhotoError::TooLarge { .. } => Self::with(Code::TooLarge, error, "save it smaller"),
            PhotoError::OverBudget { .. } => {
                Self::with(Code::OverBudget, error, "allow more with --max-bytes, or less with --size")
            }
            PhotoError::TooManyBytes { .. } => {
                Self::with(Code::OverBudget, error, "leave out --as-is to have a thumbnail made of it")
            }
            PhotoError::DecoderFailed => {
                Self::with(Code::Damaged, error, "give another photo, and report this as a bug")
            }
            PhotoError::Failed(_) => Self::with(Code::Damaged, error, "give another photo"),
        }
    }
}

impl From<&Flaw> for Reason {
    fn from(flaw: &Flaw) -> Self {
        // An import makes a thumbnail of whatever is an image.
        let again = "export it and import it again, or import a better photo";
        match flaw {
            Flaw::NotJpeg(_) => Self::with(
                Code::NotJpeg,
                flaw,
                "import a photo for this account; if it is a picture, export it and import it again",
            ),
            Flaw::Undecodable(_) => Self::with(Code::Undecodable, flaw, "import a photo for this account"),
            Flaw::NotSquare { .. } => Self::with(Code::NotSquare, flaw, again),
            Flaw::WrongSize(_) => Self::with(
                Code::WrongSize,
                flaw,
                "import the original photo again, or give the size that you want with --size",
            ),
            Flaw::TooManyBytes { .. } => Self::with(Code::TooManyBytes, flaw, again),
            Flaw::Location => Self::with(Code::Location, flaw, again),
            Flaw::Camera => Self::with(Code::Camera, flaw, again),
            Flaw::Turned => Self::with(Code::TurnedByExif, flaw, again),
            Flaw::NotPlain => Self::with(Code::NotPlain, flaw, again),
        }
    }
}

impl From<&Doubt> for Reason {
    fn from(doubt: &Doubt) -> Self {
        let code = match doubt {
            Doubt::Enlarged { .. } => Code::Enlarged,
            Doubt::NotJpeg => Code::NotJpeg,
        };
        Self::new(code, doubt.to_string())
    }
}
