//! How much memory a photo may take. What its decoder will need is computed before it begins.
//!
//! For each format, the bytes that a pixel takes were counted from the buffers in its decoder's code. The result was
//! then checked by measuring: the peak memory of the whole process (`convert --jobs 1`) on the largest pictures that
//! pass.

use super::PhotoError;

/// The maximum amount of memory for one photo, its file and its pixels together, in bytes: 512 MB.
pub const MAX_MEMORY: u64 = 512 * 1024 * 1024;
/// The maximum number of pixels of one photo, even where only few of them are decoded.
pub const MAX_PIXELS: u64 = 300_000_000;
/// The number of bytes that are set aside for everything but file and pixels: a decoder's tables and rows, and the
/// thumbnail.
const RESERVED_BYTES: u64 = 32 * 1024 * 1024;

/// The maximum number of bytes that a PNG's profile and texts may take once they are decompressed.
pub(super) const MAX_INFLATED: u64 = 16 * 1024 * 1024;
/// The maximum size of a file that is repaired in a copy, in bytes. The copy has to fit into the bytes that are set
/// aside.
pub(super) const MAX_MENDED: usize = 16 * 1024 * 1024;

/// Checks that there is a picture, and that there is room for the `bytes` that it takes besides its file.
///
/// # Errors
/// When the picture has no pixels, too many pixels, or takes too much memory.
pub(super) fn check_size(width: u32, height: u32, bytes: u64, file: &[u8]) -> Result<(), PhotoError> {
    if width == 0 || height == 0 {
        return Err(PhotoError::NoPixels { width, height });
    }
    if bytes > room(file) || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PhotoError::TooLarge { width, height });
    }
    Ok(())
}

/// Returns how many bytes are left for the pixels of a file.
pub(super) fn room(file: &[u8]) -> u64 {
    MAX_MEMORY.saturating_sub(file.len() as u64).saturating_sub(RESERVED_BYTES)
}

/// Returns how many bytes pixels take while they are resampled to a square of `size`: the pixels, a copy of them if
/// they have opacity (its colours are multiplied by it), and the intermediate result between the two passes.
pub(super) fn resampling((width, height): (u32, u32), channels: u64, has_alpha: bool, size: u32) -> u64 {
    let copies = if has_alpha { 2 } else { 1 };
    let pixels = u64::from(width).saturating_mul(height.into()).saturating_mul(copies);
    let between = u64::from(size) * u64::from(width.min(height));
    pixels.saturating_add(between).saturating_mul(channels)
}
