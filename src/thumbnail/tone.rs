//! Tone curves: converting values that were coded with another curve to values with the curve of sRGB.
//!
//! 16-bit values are converted before they are reduced to 8 bits. The other way round, dark areas of linear values
//! would show steps.

use image::{DynamicImage, ImageBuffer, Pixel};

/// The relative difference up to which libpng takes two exponents for the same.
const TOLERANCE: f64 = 0.05;
/// The exponent that programs write when they mean sRGB, whose curve is only roughly a power.
const SRGB_EXPONENT: f64 = 0.45455;

/// The function from light to the coded value, both from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Transfer {
    /// The value is the light to the power of this exponent.
    Power(f64),
    Srgb,
    Bt709,
}

/// The conversion of a picture's values to those of sRGB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Curve {
    transfer: Transfer,
    /// Whether black is 0 and white is 255. Otherwise black is 16 and white is 235, as in video.
    is_full_range: bool,
}

impl Curve {
    /// Returns the conversion; `None` if it would change nothing.
    pub(super) fn new(transfer: Transfer, is_full_range: bool) -> Option<Self> {
        let is_srgb = match transfer {
            Transfer::Power(exponent) => (exponent / SRGB_EXPONENT - 1.0).abs() <= TOLERANCE,
            Transfer::Srgb => true,
            Transfer::Bt709 => false,
        };
        (!is_srgb || !is_full_range).then_some(Self { transfer, is_full_range })
    }

    /// Converts the pixels of a picture, but not their opacity, which has no curve.
    pub(super) fn apply_to(self, image: &mut DynamicImage) {
        match image {
            DynamicImage::ImageLuma8(pixels) => self.apply_to_bytes(pixels),
            DynamicImage::ImageLumaA8(pixels) => self.apply_to_bytes(pixels),
            DynamicImage::ImageRgb8(pixels) => self.apply_to_bytes(pixels),
            DynamicImage::ImageRgba8(pixels) => self.apply_to_bytes(pixels),
            DynamicImage::ImageLuma16(pixels) => self.apply_to_shorts(pixels),
            DynamicImage::ImageLumaA16(pixels) => self.apply_to_shorts(pixels),
            DynamicImage::ImageRgb16(pixels) => self.apply_to_shorts(pixels),
            DynamicImage::ImageRgba16(pixels) => self.apply_to_shorts(pixels),
            // Only floating-point pixels are left, which PNG does not have.
            _ => {}
        }
    }

    fn apply_to_bytes<P: Pixel<Subpixel = u8>>(self, pixels: &mut ImageBuffer<P, Vec<u8>>) {
        let table: Vec<u8> = (0..=255_u8).map(|value| self.in_srgb(value.into(), 255.0).round() as u8).collect();
        pixels.pixels_mut().for_each(|pixel| pixel.apply_without_alpha(|value| table[usize::from(value)]));
    }

    fn apply_to_shorts<P: Pixel<Subpixel = u16>>(self, pixels: &mut ImageBuffer<P, Vec<u16>>) {
        let table: Vec<u16> =
            (0..=65_535_u16).map(|value| self.in_srgb(value.into(), 65_535.0).round() as u16).collect();
        pixels.pixels_mut().for_each(|pixel| pixel.apply_without_alpha(|value| table[usize::from(value)]));
    }

    /// Converts one value to sRGB. `highest` is the largest value of its depth.
    fn in_srgb(self, value: f64, highest: f64) -> f64 {
        let value = match self.is_full_range {
            true => value / highest,
            // ITU-T H.273, equation 20: at any depth, black and white are at 16/256 and 235/256 of the range.
            false => {
                let unit = (highest + 1.0) / 256.0;
                ((value - 16.0 * unit) / (219.0 * unit)).clamp(0.0, 1.0)
            }
        };
        in_srgb(self.transfer.light(value)) * highest
    }
}

impl Transfer {
    /// Returns the light for a coded value, the inverse of the function that the standards define.
    fn light(self, value: f64) -> f64 {
        match self {
            Self::Power(exponent) => value.powf(1.0 / exponent),
            Self::Srgb if value <= 0.040_45 => value / 12.92,
            Self::Srgb => ((value + 0.055) / 1.055).powf(2.4),
            Self::Bt709 if value < 0.081 => value / 4.5,
            Self::Bt709 => ((value + 0.099) / 1.099).powf(1.0 / 0.45),
        }
    }
}

/// Returns the sRGB value for light (IEC 61966-2-1).
fn in_srgb(light: f64) -> f64 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, GrayImage, ImageBuffer, Luma, LumaA};

    use super::{Curve, Transfer};

    #[test]
    fn what_is_srgb_or_nearly_so_is_left_alone() {
        for transfer in [Transfer::Srgb, Transfer::Power(0.45455), Transfer::Power(1.0 / 2.2), Transfer::Power(0.45)] {
            assert_eq!(Curve::new(transfer, true), None);
        }
        assert!(Curve::new(Transfer::Power(1.0 / 1.8), true).is_some());
        assert!(Curve::new(Transfer::Srgb, false).is_some());
    }

    #[test]
    fn light_becomes_numbers_of_srgb_at_its_own_depth() {
        let curve = Curve::new(Transfer::Power(1.0), true).expect("changes something");
        let mut bytes = DynamicImage::from(GrayImage::from_raw(4, 1, vec![0, 55, 128, 255]).expect("four pixels"));
        curve.apply_to(&mut bytes);
        assert_eq!(bytes.as_bytes(), [0, 128, 188, 255]);
        // A dark shade that linear values of 8 bits could not hold, and opacity, which stays.
        let shade: ImageBuffer<LumaA<u16>, _> = ImageBuffer::from_raw(1, 1, vec![100, 1234]).expect("a pixel");
        let mut shade = DynamicImage::from(shade);
        curve.apply_to(&mut shade);
        assert_eq!(shade.as_luma_alpha16().expect("the same kind").as_raw(), &[1292, 1234]);
    }

    #[test]
    fn black_and_white_of_a_narrow_range_are_black_and_white() {
        let curve = Curve::new(Transfer::Srgb, false).expect("changes something");
        let mut bytes = DynamicImage::from(GrayImage::from_raw(5, 1, vec![0, 16, 235, 255, 126]).expect("five pixels"));
        curve.apply_to(&mut bytes);
        assert_eq!(bytes.as_bytes(), [0, 0, 255, 255, 128]);
        let shorts: ImageBuffer<Luma<u16>, _> = ImageBuffer::from_raw(2, 1, vec![16 << 8, 235 << 8]).expect("two");
        let mut shorts = DynamicImage::from(shorts);
        curve.apply_to(&mut shorts);
        assert_eq!(shorts.as_luma16().expect("the same kind").as_raw(), &[0, 65_535]);
    }
}
