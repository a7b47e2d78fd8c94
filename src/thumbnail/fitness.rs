//! What is wrong with a photo that an account already has: for the programs that show it, for the cloud, or for the
//! person.

use std::borrow::Cow;

use image::ImageFormat;
use image::metadata::Orientation;

use super::jpeg::Jpeg;
use super::{Faces, Options, PhotoError, Square, framed, raster, ready, square, tiff};
use crate::failure::Advice;

/// The largest photo, in bytes, that Microsoft 365 takes over from Active Directory (Microsoft KB 3062745).
pub const CLOUD_BYTES: usize = 10 * 1024;
/// The number of pixels on each side of the photo that Exchange's Set-UserPhoto writes to Active Directory.
const EXCHANGE_SIZE: u32 = 64;
/// Number of bytes that are looked at to recognize Base64.
const BASE64_SAMPLE_BYTES: usize = 64;

/// A thing that is wrong with a photo.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Programs that show photos expect a JPEG. The text says what the photo is instead.
    #[error("it is {0}, not a JPEG")]
    NotJpeg(Cow<'static, str>),
    #[error("nothing can be seen on it: it has only one colour, or is transparent")]
    Blank,
    /// The picture cannot be decoded, for the reason given.
    #[error("it cannot be shown: {0}")]
    Undecodable(String),
    /// Programs stretch such a photo, or show it with bars.
    #[error("it has {width}×{height} pixels, which is not square")]
    NotSquare { width: u32, height: u32 },
    /// The photo is square, but of another size than asked for.
    #[error("it has {0}×{0} pixels{origin}", origin = if *.0 == EXCHANGE_SIZE { ", as Exchange's Set-UserPhoto writes it" } else { "" })]
    WrongSize(u32),
    /// The photo has fewer pixels than Microsoft 365 shows.
    #[error("it has only {0}×{0} pixels, and looks blurred where Microsoft 365 shows it larger")]
    NotSharp(u32),
    /// A photo with more bytes than Microsoft 365 takes is left behind when accounts are synchronized.
    #[error("it has {bytes} bytes, more than the {max_bytes} {}", if *.max_bytes == CLOUD_BYTES { "that Microsoft 365 takes" } else { "allowed" })]
    TooManyBytes { bytes: usize, max_bytes: usize },
    /// Everybody in the domain can read where the person was.
    #[error("it says where it was taken (GPS)")]
    Location,
    /// Everybody in the domain can read which camera or phone the person has.
    #[error("it says which camera took it")]
    Camera,
    /// Some programs follow the EXIF orientation and some do not.
    #[error("it is upright only in programs that follow its EXIF orientation, which not all do")]
    Turned,
    /// The file has a profile, a preview or a comment, is progressive, or the like.
    #[error("it is not a plain baseline JPEG: it has more than its picture, or a coding that not every program reads")]
    NotPlain,
    #[error("no face is certain on it")]
    NoFace,
    #[error("it shows several faces of about the same size")]
    SeveralFaces,
    #[error("the face is small: it is less than a quarter as high as the photo")]
    SmallFace,
    #[error("it lies on its side or is upside down")]
    Sideways,
}

impl Advice for Flaw {
    fn advice(&self) -> Option<Cow<'static, str>> {
        let advice = match self {
            Self::NotJpeg(_) => "import a photo for this account; if this is a picture, export it and import it again",
            Self::Blank | Self::Undecodable(_) => "import a photo for this account",
            Self::NotSharp(_) => "import the original photo",
            Self::WrongSize(_) => "import the original photo again, or give the size that you want with --size",
            Self::NoFace => "look at it, and import a photo for this account if it does not show the person",
            Self::SeveralFaces => "look at it, and import a photo of this person alone",
            Self::SmallFace => "import the original photo again, with --crop face",
            Self::Sideways => "import the photo again, with --crop face",
            // An import makes a thumbnail without these flaws of any image.
            _ => "export it and import it again, or import a better photo",
        };
        Some(advice.into())
    }
}

/// Returns everything that is wrong with a photo. But for its face, nothing is wrong if an import of the same file would
/// leave it as it is. Faces are searched if the options do not ignore them.
#[must_use]
pub fn flaws(photo: &[u8], options: &Options) -> Vec<Flaw> {
    if let Some(square) = ready(photo, options) {
        return if square.is_blank() { vec![Flaw::Blank] } else { flaws_of_face(&square, options) };
    }
    let mut flaws = match Jpeg::read(photo) {
        _ if !matches!(image::guess_format(photo), Ok(ImageFormat::Jpeg)) => vec![Flaw::NotJpeg(kind(photo))],
        Err(error) => vec![undecodable(&error)],
        Ok(jpeg) => flaws_of_jpeg(&jpeg, photo, options),
    };
    if photo.len() > options.max_bytes {
        flaws.push(Flaw::TooManyBytes { bytes: photo.len(), max_bytes: options.max_bytes });
    }
    flaws
}

fn flaws_of_face(square: &Square, options: &Options) -> Vec<Flaw> {
    if options.faces == Faces::Ignored { Vec::new() } else { framed::flaws(&square.pixels) }
}

/// Returns what is wrong with a photo as Microsoft 365 serves it: only what people see counts, as the service makes the
/// file itself.
#[must_use]
pub fn cloud_flaws(photo: &[u8], options: &Options) -> Vec<Flaw> {
    let square = match square(photo, &Options { faces: Faces::Ignored, ..*options }) {
        Ok(square) => square,
        Err(error) => return vec![undecodable(&error)],
    };
    let (width, height) = square.photo;
    let mut flaws = Vec::new();
    flaws.extend((width != height).then_some(Flaw::NotSquare { width, height }));
    flaws.extend((width.min(height) < super::SHARP_SIZE).then_some(Flaw::NotSharp(width.min(height))));
    if square.is_blank() {
        flaws.push(Flaw::Blank);
    } else {
        flaws.extend(flaws_of_face(&square, options));
    }
    flaws
}

/// Returns the flaws of a photo that is a JPEG. [`Flaw::NotPlain`] is among them only if there is no other flaw that
/// explains it.
fn flaws_of_jpeg(jpeg: &Jpeg<'_>, photo: &[u8], options: &Options) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let square = square(photo, &Options { faces: Faces::Ignored, ..*options });
    match &square {
        Ok(square) if square.is_blank() => flaws.push(Flaw::Blank),
        Ok(square) => flaws.extend(flaws_of_face(square, options)),
        Err(_) => {}
    }
    match jpeg.dimensions() {
        (width, height) if width != height => flaws.push(Flaw::NotSquare { width, height }),
        (size, _) if size != options.size => flaws.push(Flaw::WrongSize(size)),
        _ => {}
    }
    let told = jpeg.told();
    let is_turned = jpeg.orientation() != Orientation::NoTransforms;
    flaws.extend(told.location.then_some(Flaw::Location));
    flaws.extend(told.camera.then_some(Flaw::Camera));
    flaws.extend(is_turned.then_some(Flaw::Turned));
    if !jpeg.is_plain(photo) && !told.location && !told.camera && !is_turned {
        flaws.push(Flaw::NotPlain);
    }
    flaws.extend(square.err().map(|error| undecodable(&error)));
    flaws
}

fn undecodable(error: &PhotoError) -> Flaw {
    Flaw::Undecodable(error.to_string())
}

/// Returns words for a value that is not a JPEG.
fn kind(photo: &[u8]) -> Cow<'static, str> {
    if let Ok(format) = image::guess_format(photo) {
        return format!("a picture of the format {}", raster::name(format)).into();
    }
    if tiff::is_tiff(photo) {
        return "a picture of the format TIFF".into();
    }
    if photo.get(4..8) == Some(b"ftyp") {
        return "a picture of the format HEIC, or a video".into();
    }
    let start = &photo[..photo.len().min(BASE64_SAMPLE_BYTES)];
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(byte);
    if start.len() >= 8 && start.iter().all(is_base64) {
        return "Base64 text".into();
    }
    match std::str::from_utf8(photo) {
        Ok(_) => "text".into(),
        Err(_) => "an unknown kind of data".into(),
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::{Flaw, flaws};
    use crate::thumbnail::{Crop, Faces, Options, encode};

    const OPTIONS: Options =
        Options { size: 96, max_bytes: 10 * 1024, crop: Crop::Center, allow_blank: false, faces: Faces::Ignored };

    fn jpeg(size: u32) -> Vec<u8> {
        let pixels = RgbImage::from_fn(size, size, |x, y| Rgb([(x * 2) as u8, (y * 2) as u8, 90]));
        encode(&pixels, &Options { size, max_bytes: 100_000, ..OPTIONS }).expect("encodes")
    }

    /// Returns a JPEG with EXIF data (an APP1 segment) whose first directory has one entry.
    fn with_exif(tag: u16, kind: u16, value: u16) -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".to_vec();
        for number in [tag, kind, 0, 1, value, 0, 0, 0] {
            exif.extend(number.to_be_bytes());
        }
        let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
        let photo = jpeg(96);
        [&photo[..2], &[0xff, 0xe1], &length, &exif, &photo[2..]].concat()
    }

    #[test]
    fn what_adphoto_writes_is_fit() {
        assert_eq!(flaws(&jpeg(96), &OPTIONS), []);
    }

    #[test]
    fn each_flaw_is_named() {
        assert_eq!(flaws(&jpeg(64), &OPTIONS), [Flaw::WrongSize(64)]);
        assert!(Flaw::WrongSize(64).to_string().contains("Exchange"));
        assert!(!Flaw::WrongSize(48).to_string().contains("Exchange"));
        assert_eq!(flaws(&with_exif(0x0112, 3, 6), &OPTIONS), [Flaw::Turned]);
        assert_eq!(flaws(&with_exif(0x8825, 4, 0), &OPTIONS), [Flaw::Location]);
        assert_eq!(flaws(&with_exif(0x010f, 2, 0), &OPTIONS), [Flaw::Camera]);
        assert_eq!(flaws(&with_exif(0x0131, 2, 0), &OPTIONS), [Flaw::NotPlain]);
        assert_eq!(flaws(b"\x89PNG\r\n\x1a\n", &OPTIONS), [Flaw::NotJpeg("a picture of the format PNG".into())]);
        assert_eq!(flaws(b"/9j/4AAQSkZJRgABAQ==", &OPTIONS), [Flaw::NotJpeg("Base64 text".into())]);
        assert_eq!(flaws(b"C:\\photos\\anna.jpg", &OPTIONS), [Flaw::NotJpeg("text".into())]);
        assert_eq!(flaws(&[0xfe; 9], &OPTIONS), [Flaw::NotJpeg("an unknown kind of data".into())]);
        let cut = jpeg(96)[..1000].to_vec();
        assert!(
            matches!(&flaws(&cut, &OPTIONS)[..], [Flaw::NotPlain, Flaw::Undecodable(_)]),
            "{:?}",
            flaws(&cut, &OPTIONS)
        );
        let photo = [jpeg(96), vec![0; 20_000]].concat();
        let (bytes, max_bytes) = (photo.len(), 10_240);
        assert_eq!(flaws(&photo, &OPTIONS), [Flaw::NotPlain, Flaw::TooManyBytes { bytes, max_bytes }]);
    }

    #[test]
    fn a_photo_that_is_not_square_says_its_size() {
        let mut photo = jpeg(96);
        let frame = photo.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame");
        photo[frame + 6] = 80;
        assert!(flaws(&photo, &OPTIONS).contains(&Flaw::NotSquare { width: 96, height: 80 }));
    }
}
