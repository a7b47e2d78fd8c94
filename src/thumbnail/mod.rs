//! From the bytes of an image file to a thumbnail: decoded, cropped to the centre square, resampled, turned upright and
//! encoded as JPEG within a byte budget. Pure: bytes in, thumbnail or error out.

mod decode;
mod encode;
mod jpeg;
mod resample;

/// What a thumbnail must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Pixels on each side.
    pub size: u32,
    /// The most bytes it may have.
    pub max_bytes: usize,
}

/// A photo as the directory takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// Baseline JPEG, 4:4:4, without metadata.
    pub jpeg: Vec<u8>,
    /// The JPEG quality, 40 to 95.
    pub quality: u8,
    /// Width and height of the photo, upright, where its crop had fewer pixels than the thumbnail.
    pub enlarged_from: Option<(u32, u32)>,
}

/// Why a photo gives no thumbnail.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// Not an image of a known format.
    #[error("the content is none of JPEG, PNG, GIF, BMP, TIFF or WebP")]
    UnknownFormat,
    /// A format that is known and not read.
    #[error("a {0} image, which is not read")]
    Unsupported(&'static str),
    /// The file ends before the picture does.
    #[error("the file ends in the middle of the picture: it was cut off, perhaps while it was copied")]
    Truncated,
    /// The file says that it has no pixels.
    #[error("the image is {width}×{height} pixels: nothing to see")]
    NoPixels {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// More memory than one photo may take.
    #[error("the image is {width}×{height} pixels, which takes more than the {} MB of memory that one photo may take", decode::MAX_MEMORY / 1024 / 1024)]
    TooLarge {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// The decoder found it broken.
    #[error("the image is damaged: {0}")]
    Damaged(String),
    /// Even the lowest quality takes more bytes than allowed.
    #[error("{size}×{size} pixels take {bytes} bytes at the lowest quality, more than the {max_bytes} allowed")]
    OverBudget {
        /// Pixels on each side.
        size: u32,
        /// Bytes at the lowest quality.
        bytes: usize,
        /// The limit.
        max_bytes: usize,
    },
    /// The thumbnail could not be made.
    #[error("the thumbnail could not be made: {0}")]
    Failed(String),
}

/// Makes the thumbnail of the image file whose content is `file`.
///
/// # Errors
/// When it is no image, is cut off or damaged, or takes more memory or bytes than allowed.
pub fn render(file: &[u8], options: &Options) -> Result<Thumbnail, PhotoError> {
    let photo = decode::decode(file)?;
    let (width, height) = photo.upright_dimensions();
    let pixels = resample::square(&photo, options.size)?;
    let (jpeg, quality) = encode::within(&pixels, options)?;
    let enlarged_from = (width.min(height) < options.size).then_some((width, height));
    Ok(Thumbnail { jpeg, quality, enlarged_from })
}

#[cfg(test)]
mod tests;
