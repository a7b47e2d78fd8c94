//! Converts a photo's own colours to sRGB on a white background. Every program takes a JPEG without a profile for sRGB.
//! This module and `primaries.rs` are the only users of `moxcms`.

use image::{Rgb, RgbImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::PhotoError;
use super::jpeg::ColorModel;
use super::resample::Square;

/// Converts a square to sRGB. A profile that is damaged, or that is for another kind of colours than the photo has, is
/// ignored, as viewers do.
pub(super) fn to_srgb(square: Square, icc_profile: Option<&[u8]>, size: u32) -> Result<RgbImage, PhotoError> {
    let (space, samples) = without_luma(square.model, square.samples);
    let converted = icc_profile.and_then(|profile| convert(&samples, space, profile));
    let srgb = converted.unwrap_or_else(|| without_profile(&samples, space));
    let mut image = RgbImage::from_raw(size, size, srgb)
        .ok_or_else(|| PhotoError::Failed("the resampled picture has the wrong length".to_owned()))?;
    if let Some(alpha) = square.alpha {
        for (pixel, alpha) in image.pixels_mut().zip(alpha) {
            *pixel = on_white(*pixel, alpha);
        }
    }
    Ok(image)
}

/// Converts samples to the gray, RGB or CMYK (255 is full ink) that profiles are made for.
fn without_luma(model: ColorModel, mut samples: Vec<f32>) -> (DataColorSpace, Vec<u8>) {
    let space = match model {
        ColorModel::Gray => DataColorSpace::Gray,
        ColorModel::Rgb => DataColorSpace::Rgb,
        ColorModel::YCbCr => {
            samples.as_chunks_mut::<3>().0.iter_mut().for_each(|pixel| *pixel = rgb_of_ycbcr(*pixel));
            DataColorSpace::Rgb
        }
        ColorModel::Cmyk => {
            samples.iter_mut().for_each(|value| *value = 255.0 - *value);
            DataColorSpace::Cmyk
        }
        ColorModel::Ycck => {
            for [y, cb, cr, black] in samples.as_chunks_mut::<4>().0 {
                // In such a file 0 is full ink, and YCCK takes 255 minus each ink value for red, green and blue. So
                // converting back gives cyan, magenta and yellow with 255 as full ink.
                [*y, *cb, *cr] = rgb_of_ycbcr([*y, *cb, *cr]);
                *black = 255.0 - *black;
            }
            DataColorSpace::Cmyk
        }
    };
    // The half is for rounding. What lies outside 0 to 255 becomes the nearer end, because the cast saturates.
    (space, samples.into_iter().map(|value| (value + 0.5) as u8).collect())
}

/// Converts a colour by the formula of JFIF 1.02.
fn rgb_of_ycbcr([y, cb, cr]: [f32; 3]) -> [f32; 3] {
    let (cb, cr) = (cb - 128.0, cr - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb]
}

/// Converts samples with a profile; `None` if the profile cannot be used for them.
fn convert(samples: &[u8], space: DataColorSpace, icc_profile: &[u8]) -> Option<Vec<u8>> {
    let profile = ColorProfile::new_from_slice(icc_profile).ok().filter(|profile| profile.color_space == space)?;
    let (layout, channels) = match space {
        DataColorSpace::Gray => (Layout::Gray, 1),
        DataColorSpace::Rgb => (Layout::Rgb, 3),
        _ => (Layout::Rgba, 4),
    };
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(layout, &srgb, Layout::Rgb, TransformOptions::default()).ok()?;
    let mut converted = vec![0; samples.len() / channels * 3];
    transform.transform(samples, &mut converted).ok()?;
    Some(converted)
}

fn without_profile(samples: &[u8], space: DataColorSpace) -> Vec<u8> {
    match space {
        DataColorSpace::Gray => samples.iter().flat_map(|&gray| [gray; 3]).collect(),
        DataColorSpace::Rgb => samples.to_vec(),
        _ => samples.as_chunks::<4>().0.iter().flat_map(|&cmyk| rgb_of_cmyk(cmyk)).collect(),
    }
}

/// Converts CMYK without a profile: each ink, and black on top of it, takes away its share of the light.
fn rgb_of_cmyk([cyan, magenta, yellow, black]: [u8; 4]) -> [u8; 3] {
    [cyan, magenta, yellow].map(|ink| blend(0, blend(0, 255, ink), black))
}

fn on_white(Rgb(color): Rgb<u8>, alpha: u8) -> Rgb<u8> {
    Rgb(color.map(|value| blend(value, 255, alpha)))
}

/// Returns `above` drawn on `below` with the opacity `alpha`, rounded.
fn blend(above: u8, below: u8, alpha: u8) -> u8 {
    let (above, below, alpha) = (u32::from(above), u32::from(below), u32::from(alpha));
    ((above * alpha + below * (255 - alpha) + 127) / 255) as u8
}
