//! How bright a picture is in each of its parts, by which a photo is compared with one that is the same in another place,
//! in another size and encoded by another program.
//!
//! [`is_same_picture`](super::is_same_picture) is stricter, since a photo that passes there is not written again. Here
//! nothing depends on colours: Active Directory holds 96×96 pixels within 10 KB, and Microsoft 365 may serve 48×48 of
//! the same photo. docs/microsoft365.md has the table of what was measured.

use super::{Crop, Faces, Options, square};

/// Pixels on each side at which pictures are compared.
const SIDE: usize = 96;
/// Parts on each side, of which each must be alike.
const PARTS: usize = 12;
/// Pixels of a part.
const PIXELS: f64 = ((SIDE / PARTS) * (SIDE / PARTS)) as f64;

/// The brightness of each part of a picture's square in the middle.
#[derive(Debug, Clone, PartialEq)]
pub struct Luma([f64; PARTS * PARTS]);

impl Luma {
    /// The difference up to which two pictures are the same.
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

    /// Returns the difference of the part in which the pictures differ most, in steps of 256.
    #[must_use]
    pub fn difference(&self, other: &Self) -> f64 {
        self.0.iter().zip(&other.0).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max)
    }

    /// Returns whether both are the same picture.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.difference(other) <= Self::MAX_DIFFERENCE
    }
}
