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
