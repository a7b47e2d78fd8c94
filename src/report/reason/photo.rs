//! Of photos, those to be written and those that are there.

use super::Reason;
use crate::thumbnail::{Doubt, Flaw, PhotoError};

impl From<&PhotoError> for Reason {
    fn from(error: &PhotoError) -> Self {
        match error {
            PhotoError::Unsupported(_) => Self::with("unsupported", error, "save it as JPEG or PNG"),
            PhotoError::UnknownFormat => Self::with(
                "not-an-image",
                error,
                "if it is a photo, save it as JPEG or PNG; else put the photo in its place",
            ),
            PhotoError::Truncated | PhotoError::Damaged(_) => {
                Self::with("damaged", error, "copy the file again from where it came from")
            }
            PhotoError::NoPixels { .. } => Self::with("damaged", error, "give another photo"),
            PhotoError::TooLarge { .. } => Self::with("too-large", error, "save it smaller"),
            PhotoError::OverBudget { .. } => {
                Self::with("over-budget", error, "allow more with --max-bytes, or less with --size")
            }
            PhotoError::TooManyBytes { .. } => {
                Self::with("over-budget", error, "leave out --as-is to have a thumbnail made of it")
            }
            PhotoError::DecoderFailed => Self::with("damaged", error, "give another photo, and report this as a bug"),
            PhotoError::Failed(_) => Self::with("damaged", error, "give another photo"),
        }
    }
}

impl From<&Flaw> for Reason {
    fn from(flaw: &Flaw) -> Self {
        // An import makes a thumbnail of whatever is an image.
        let again = "export it and import it again, or import a better photo";
        match flaw {
            Flaw::NotJpeg(_) => Self::with(
                "not-jpeg",
                flaw,
                "import a photo for this account; if it is a picture, export it and import it again",
            ),
            Flaw::Undecodable(_) => Self::with("undecodable", flaw, "import a photo for this account"),
            Flaw::NotSquare { .. } => Self::with("not-square", flaw, again),
            Flaw::WrongSize(_) => Self::with(
                "wrong-size",
                flaw,
                "import the original photo again, or give the size that you want with --size",
            ),
            Flaw::TooManyBytes { .. } => Self::with("too-many-bytes", flaw, again),
            Flaw::Location => Self::with("location", flaw, again),
            Flaw::Camera => Self::with("camera", flaw, again),
            Flaw::Turned => Self::with("turned-by-exif", flaw, again),
            Flaw::NotPlain => Self::with("not-plain", flaw, again),
        }
    }
}

impl From<&Doubt> for Reason {
    fn from(doubt: &Doubt) -> Self {
        let code = match doubt {
            Doubt::Enlarged { .. } => "enlarged",
            Doubt::NotJpeg => "not-jpeg",
        };
        Self::new(code, doubt.to_string())
    }
}
