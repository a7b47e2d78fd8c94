//! A photo on the page.

use std::fmt;
use std::io;

use data_encoding::BASE64;

use super::super::wording::bytes;
use crate::album::{Album, Picture};
use crate::thumbnail;

/// The size up to which the browser is asked to show a photo, in pixels. A PNG of a hundred kilobytes can have a
/// billion pixels.
const MAX_PIXELS: u64 = 16_000_000;

/// One of the photos of a card.
pub(super) struct Portrait {
    /// The caption below the photo.
    pub(super) caption: &'static str,
    /// The text for readers who cannot see the photo.
    pub(super) alt: String,
    pub(super) shown: Shown,
}

/// What a portrait shows.
pub(super) enum Shown {
    Photo(DataUri),
    /// Words about a photo that cannot be shown.
    Words(String),
    /// An empty frame, because the account has no photo.
    Nothing,
}

/// A photo that is embedded in the page.
pub(super) struct DataUri {
    media_type: &'static str,
    photo: Vec<u8>,
}

impl fmt::Display for DataUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "data:{};base64,{}", self.media_type, BASE64.encode_display(&self.photo))
    }
}

impl Portrait {
    /// Creates the portrait of a picture, or an empty one.
    ///
    /// # Errors
    /// When the album cannot be read.
    pub(super) fn new(
        caption: &'static str,
        alt: String,
        picture: Option<&Picture>,
        album: &Album,
    ) -> io::Result<Self> {
        let shown = match picture {
            None => Shown::Nothing,
            Some(picture) => match album.look(picture)? {
                None => Shown::Words(format!("not kept, {}", bytes(picture.bytes))),
                Some(photo) => Shown::of(photo),
            },
        };
        Ok(Self { caption, alt, shown })
    }
}

impl Shown {
    fn of(photo: Vec<u8>) -> Self {
        let Some(media_type) = media_type(&photo) else {
            return Self::Words(format!("not a picture that a browser can show, {}", bytes(photo.len())));
        };
        match thumbnail::dimensions(&photo) {
            None => Self::Words(format!("damaged, {}", bytes(photo.len()))),
            Some((width, height)) if u64::from(width) * u64::from(height) > MAX_PIXELS => {
                Self::Words(format!("too large to show, {width}×{height} pixels"))
            }
            Some(_) => Self::Photo(DataUri { media_type, photo }),
        }
    }
}

/// Returns the media type of a photo, recognized by its first bytes, because the attribute may contain anything. SVG is
/// left out, as it can contain scripts and links.
fn media_type(photo: &[u8]) -> Option<&'static str> {
    match photo {
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [b'B', b'M', ..] => Some("image/bmp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Shown, media_type};

    #[test]
    fn a_picture_is_what_its_bytes_say_and_never_svg() {
        let kind = |bytes: &[u8]| media_type(bytes);
        assert_eq!(kind(b"\xFF\xD8\xFF\xE0"), Some("image/jpeg"));
        assert_eq!(kind(b"\x89PNG\r\n\x1A\n"), Some("image/png"));
        assert_eq!(kind(b"GIF89a"), Some("image/gif"));
        assert_eq!(kind(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(kind(b"BM\0\0"), Some("image/bmp"));
        for other in [b"<svg xmlns='http://www.w3.org/2000/svg'>".as_slice(), b"/9j/4AAQSkZJRg==", b"MM\0*", b""] {
            assert_eq!(kind(other), None);
        }
    }

    #[test]
    fn a_picture_that_would_fill_a_browsers_memory_is_not_drawn() {
        let header = |width: u32, height: u32| {
            // The signature and the header chunk of a PNG, without the checksum, which is not needed here.
            let mut png = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR".to_vec();
            png.extend(width.to_be_bytes());
            png.extend(height.to_be_bytes());
            png.extend([8, 2, 0, 0, 0]);
            png
        };
        let words = |photo| match Shown::of(photo) {
            Shown::Words(words) => words,
            Shown::Photo(_) | Shown::Nothing => String::new(),
        };
        assert!(words(header(60_000, 60_000)[..20].to_vec()).starts_with("damaged"));
        assert_eq!(
            words(b"GIF89a\xFF\xFF\xFF\xFF\0\0\0,\0\0\0\0\xFF\xFF\xFF\xFF\0".to_vec()),
            "too large to show, 65535×65535 pixels"
        );
    }
}
