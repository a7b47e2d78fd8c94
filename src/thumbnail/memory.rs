//! How much memory a photo may take: what its decoder needs is known before it begins.
//!
//! Each format's need is counted in bytes of a pixel from the buffers of its decoder, and was measured as the peak of the
//! whole process (`convert --jobs 1`) on the largest pictures that it lets pass.

use super::PhotoError;

/// Memory for one photo, its file and its pixels together, at the most: 512 MB.
pub const MAX_MEMORY: u64 = 512 * 1024 * 1024;
/// Pixels of one photo, though decoding it may need but few of them.
pub const MAX_PIXELS: u64 = 300_000_000;
/// What everything else of a decoder takes: tables, rows, the thumbnail.
const BESIDES: u64 = 32 * 1024 * 1024;

/// What a PNG's profile and texts may take when they are inflated: they come compressed.
pub(super) const MAX_INFLATED: u64 = 16 * 1024 * 1024;
/// Bytes of a file that is mended in a copy: so many are left of what everything else takes.
pub(super) const MAX_MENDED: usize = 16 * 1024 * 1024;

/// Makes sure that there is a picture, and room for the `bytes` that it takes besides its file.
///
/// # Errors
/// When it has no pixels, or too many.
pub(super) fn check_size(width: u32, height: u32, bytes: u64, file: &[u8]) -> Result<(), PhotoError> {
    if width == 0 || height == 0 {
        return Err(PhotoError::NoPixels { width, height });
    }
    if bytes > room(file) || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PhotoError::TooLarge { width, height });
    }
    Ok(())
}

/// Returns the bytes that are left for the pixels of a file.
pub(super) fn room(file: &[u8]) -> u64 {
    MAX_MEMORY.saturating_sub(file.len() as u64).saturating_sub(BESIDES)
}

/// Returns the bytes that pixels take while a square of `size` is made of them: with opacity, a copy whose colours are
/// multiplied by it; and what there is between the two passes.
pub(super) fn resampling((width, height): (u32, u32), channels: u64, has_alpha: bool, size: u32) -> u64 {
    let copies = if has_alpha { 2 } else { 1 };
    let pixels = u64::from(width).saturating_mul(height.into()).saturating_mul(copies);
    let between = u64::from(size) * u64::from(width.min(height));
    pixels.saturating_add(between).saturating_mul(channels)
}
