//! Encoding the best JPEG within a byte budget. This is the only user of `jpeg-encoder`, which encodes pictures whose chroma
//! is halved.

mod full_chroma;
mod huffman;
mod transform;

use image::RgbImage;
use jpeg_encoder::{ColorType, Encoder, QuantizationTableType, SamplingFactor};

use self::full_chroma::Coefficients;
use super::{Options, PhotoError};

/// The quality above which the file grows, but the picture does not get better.
const BEST_QUALITY: u8 = 95;
/// The quality below which a face shows blocks.
const LOWEST_QUALITY: u8 = 40;

/// How a picture is encoded, and how large it may become.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quality {
    /// The quality that is tried first, from 1 to 100.
    pub(super) best: u8,
    /// The quality below which the picture is refused.
    pub(super) lowest: u8,
    /// Whether each two by two pixels share one colour (4:2:0).
    pub(super) halves_chroma: bool,
    pub(super) max_bytes: usize,
}

/// Returns the JPEG of the highest quality that fits into the byte budget.
pub(super) fn within(pixels: &RgbImage, options: &Options) -> Result<Vec<u8>, PhotoError> {
    // Chroma is not halved (4:4:4), because that would be the largest loss of all at this size.
    fitting(
        pixels,
        Quality { best: BEST_QUALITY, lowest: LOWEST_QUALITY, halves_chroma: false, max_bytes: options.max_bytes },
    )
}

/// Returns the JPEG of the highest quality that fits, which is at most `quality.best`.
pub(super) fn fitting(pixels: &RgbImage, quality: Quality) -> Result<Vec<u8>, PhotoError> {
    let Quality { best: best_quality, lowest: lowest_quality, halves_chroma, max_bytes } = quality;
    let coefficients = match halves_chroma {
        true => None,
        false => Some(Coefficients::of(pixels).ok_or_else(|| too_many(pixels.width().max(pixels.height())))?),
    };
    let encode = |quality| match &coefficients {
        Some(coefficients) => Ok(coefficients.jpeg(quality)),
        None => with_halved_chroma(pixels, quality),
    };
    let best = encode(best_quality)?;
    if best.len() <= max_bytes {
        return Ok(best);
    }
    let lowest = encode(lowest_quality)?;
    if lowest.len() > max_bytes {
        return Err(PhotoError::OverBudget { size: pixels.width(), bytes: lowest.len(), max_bytes });
    }
    let mut fits = (lowest, lowest_quality);
    let mut too_large = best_quality;
    while fits.1 + 1 < too_large {
        let middle = fits.1.midpoint(too_large);
        let jpeg = encode(middle)?;
        if jpeg.len() <= max_bytes {
            fits = (jpeg, middle);
        } else {
            too_large = middle;
        }
    }
    Ok(fits.0)
}

/// Encodes the pixels with half of the chroma across and down (4:2:0), and with the flat tables of ImageMagick, which give a
/// better picture for the same bytes.
fn with_halved_chroma(pixels: &RgbImage, quality: u8) -> Result<Vec<u8>, PhotoError> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_quantization_tables(QuantizationTableType::ImageMagick, QuantizationTableType::ImageMagick);
    // With optimized codes the encoder writes a scan for each component, and pads luma to whole units of two blocks
    // there, which T.81, A.2.2 forbids: each row of blocks would be shifted against the last.
    encoder.set_optimized_huffman_tables(false);
    let side = |pixels: u32| u16::try_from(pixels).map_err(|_| too_many(pixels));
    encoder
        .encode(pixels.as_raw(), side(pixels.width())?, side(pixels.height())?, ColorType::Rgb)
        .map_err(|error| PhotoError::Failed(error.to_string()))?;
    Ok(jpeg)
}

fn too_many(pixels: u32) -> PhotoError {
    PhotoError::Failed(format!("{pixels} pixels are too many for a JPEG"))
}
