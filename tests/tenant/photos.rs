//! Photos as Microsoft serves them: in the sizes that it has, encoded anew, and not always the newest.

use std::io::Cursor;
use std::time::{Duration, Instant};

use adphoto::thumbnail::{self, Crop, Faces, Options};
use image::ImageFormat;

/// The sizes that Microsoft serves, in pixels on each side.
const SIZES: [u32; 9] = [648, 504, 432, 360, 240, 120, 96, 64, 48];

/// A GIF of one pixel, which stands for no photo.
pub(super) const ONE_PIXEL: &[u8] =
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// An account's photo, and the one before, as long as that is still served.
pub(super) struct Photo {
    now: Option<Vec<u8>>,
    before: Option<(Option<Vec<u8>>, Instant)>,
    pub(super) changes: u32,
}

impl Photo {
    pub(super) fn new(photo: Option<Vec<u8>>) -> Self {
        Self { now: photo, before: None, changes: 0 }
    }

    pub(super) fn newest(&self) -> Option<&[u8]> {
        self.now.as_deref()
    }

    /// What is served.
    pub(super) fn seen(&self) -> Option<&[u8]> {
        match &self.before {
            Some((before, until)) if *until > Instant::now() => before.as_deref(),
            _ => self.now.as_deref(),
        }
    }

    pub(super) fn change(&mut self, photo: Option<Vec<u8>>, stale: Duration) {
        let before = std::mem::replace(&mut self.now, photo);
        self.before = Some((before, Instant::now() + stale));
        self.changes += 1;
    }
}

/// Returns what is served for a photo that was sent, in its largest size; `None` if it is no photo. A tenant that does
/// not encode photos anew takes any bytes.
pub(super) fn served(photo: &[u8], encodes: bool) -> Option<Vec<u8>> {
    if !encodes {
        return Some(photo.to_vec());
    }
    let (width, height) = thumbnail::dimensions(photo)?;
    let size = SIZES.into_iter().find(|size| *size <= width.min(height)).unwrap_or(48);
    let options = Options { size, max_bytes: 0, crop: Crop::Center, allow_blank: true, faces: Faces::Ignored };
    // By adphoto's own decoder: that of `image` loses the last rows of JPEGs whose components have a scan each.
    let square = thumbnail::square(photo, &options).ok()?;
    let mut bytes = Cursor::new(Vec::new());
    square.pixels.write_to(&mut bytes, ImageFormat::Jpeg).ok()?;
    Some(bytes.into_inner())
}

/// The size of a photo; any where a test sends what is no picture.
pub(super) fn dimensions(photo: &[u8]) -> (u32, u32) {
    thumbnail::dimensions(photo).unwrap_or((648, 648))
}
