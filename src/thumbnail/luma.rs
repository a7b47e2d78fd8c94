//! The brightness of each part of a picture. It tells whether two photos are the same picture, even in different sizes
//! and encoded by different programs.
//!
//! [`is_same_picture`](super::is_same_picture) is stricter, since a photo that passes there is not written again.
//! Colours do not count here, because both photos may be small: Active Directory holds 96×96 pixels within 10 KB, and
//! Microsoft 365 may serve 48×48 pixels of the same photo. docs/microsoft365.md has a table of what was measured.

use super::{Crop, Faces, Options, square};

/// The number of pixels on each side at which pictures are compared.
const SIDE: usize = 96;
/// The number of parts on each side into which pictures are divided. Each part must be alike.
const PARTS: usize = 12;
/// The number of pixels in a part.
const PIXELS: f64 = ((SIDE / PARTS) * (SIDE / PARTS)) as f64;

/// The brightness of each part of the square in the middle of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Luma([f64; PARTS * PARTS]);

impl Luma {
    /// The difference up to which two pictures count as the same.
    pub const MAX_DIFFERENCE: f64 = 9.0;

    /// Returns the brightness of a picture; `None` if it cannot be decoded.
    #[must_use]
    pub fn of(file: &[u8]) -> Option<Self> {
        let size = SIDE as u32;
        let options = Options { size, max_bytes: 0, crop: Crop::Center, allow_blank: true, faces: Faces::Ignored };
        let square = square(file, &options).ok()?;
        let mut parts = [0.0; PARTS * PARTS];
        for (x, y, pixel) in square.pixels.enumerate_pixels() {
            let [red, green, blue] = pixel.0.map(f64::from);
            let part = |at: u32| at as usize * PARTS / SIDE;
            // The weights are those of JPEG (ITU-R BT.601).
            parts[part(y) * PARTS + part(x)] += (0.299 * red + 0.587 * green + 0.114 * blue) / PIXELS;
        }
        Some(Self(parts))
    }

    /// Returns the difference in brightness of the part in which the pictures differ most. Brightness has values from 0
    /// to 255.
    #[must_use]
    pub fn difference(&self, other: &Self) -> f64 {
        self.0.iter().zip(&other.0).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max)
    }

    /// Returns whether both pictures count as the same.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.difference(other) <= Self::MAX_DIFFERENCE
    }
}
