//! Encoding the best JPEG within a byte budget. The only user of `jpeg-encoder`.

use image::RgbImage;
use jpeg_encoder::{ColorType, Encoder, QuantizationTableType, SamplingFactor};

use super::{Options, PhotoError};

/// The quality above which the file grows, but the picture does not get better.
const BEST_QUALITY: u8 = 95;
/// The quality below which a face shows blocks.
const LOWEST_QUALITY: u8 = 40;

/// Encodes pixels with the highest quality that fits into the budget, found by bisection.
///
/// # Errors
/// When even the lowest quality takes more bytes than allowed.
pub(super) fn within(pixels: &RgbImage, options: &Options) -> Result<Vec<u8>, PhotoError> {
    let best = encode(pixels, BEST_QUALITY)?;
    if best.len() <= options.max_bytes {
        return Ok(best);
    }
    let lowest = encode(pixels, LOWEST_QUALITY)?;
    if lowest.len() > options.max_bytes {
        return Err(PhotoError::OverBudget { size: options.size, bytes: lowest.len(), max_bytes: options.max_bytes });
    }
    let mut fits = (lowest, LOWEST_QUALITY);
    let mut too_large = BEST_QUALITY;
    while fits.1 + 1 < too_large {
        let middle = fits.1.midpoint(too_large);
        let jpeg = encode(pixels, middle)?;
        if jpeg.len() <= options.max_bytes {
            fits = (jpeg, middle);
        } else {
            too_large = middle;
        }
    }
    Ok(fits.0)
}

/// Encodes pixels with a given quality.
///
/// Chroma is kept at full size (4:4:4), because at this size halving it is the largest loss of all. ImageMagick's flat
/// quantization tables and optimized Huffman codes both give a better picture for the same number of bytes.
fn encode(pixels: &RgbImage, quality: u8) -> Result<Vec<u8>, PhotoError> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_4_4);
    encoder.set_quantization_tables(QuantizationTableType::ImageMagick, QuantizationTableType::ImageMagick);
    encoder.set_optimized_huffman_tables(true);
    let side = |pixels: u32| {
        u16::try_from(pixels).map_err(|_| PhotoError::Failed(format!("{pixels} pixels are too many for a JPEG")))
    };
    encoder
        .encode(pixels.as_raw(), side(pixels.width())?, side(pixels.height())?, ColorType::Rgb)
        .map_err(|error| PhotoError::Failed(error.to_string()))?;
    Ok(jpeg)
}
