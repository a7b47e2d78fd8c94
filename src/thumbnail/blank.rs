//! Recognizing a blank thumbnail, on which nothing can be seen.
//!
//! The measure is how far luma and chroma (BT.601, 0 to 255) deviate from their means over the whole thumbnail, as a
//! root mean square. A thumbnail is blank if they deviate by less than 3 over the whole, and by no more than 8 in each
//! block of 8×8 pixels. The first limit ignores the noise of a lens cap or of an empty page; the second one finds a
//! thin or faint mark in one place. Chroma counts because a red letter can be as bright as the green behind it.

use image::RgbImage;

/// The deviation over the whole thumbnail from which on there is something to see, in steps of 0 to 255.
const VISIBLE_DEVIATION: f64 = 3.0;
/// The deviation within a block above which there is something to see, in steps of 0 to 255.
const VISIBLE_BLOCK_DEVIATION: f64 = 8.0;
/// The number of pixels on each side of a block.
const BLOCK_SIZE: u32 = 8;

/// Returns whether nothing can be seen.
pub(super) fn is_blank(pixels: &RgbImage) -> bool {
    (0..3).all(|channel| deviates_nowhere(pixels, channel, 1.0))
}

/// Returns whether so little can be seen that encoding may wash it out.
pub(super) fn is_nearly_blank(pixels: &RgbImage) -> bool {
    (0..3).all(|channel| deviates_nowhere(pixels, channel, 2.0))
}

/// Returns whether a channel deviates nowhere by more than `times` the limits. Channel 0 is luma, 1 is blue chroma, and
/// 2 is red chroma.
fn deviates_nowhere(pixels: &RgbImage, channel: usize, times: f64) -> bool {
    let values: Vec<f64> = pixels.pixels().map(|pixel| ycbcr(pixel.0)[channel]).collect();
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    let squares: Vec<f64> = values.iter().map(|value| (value - mean).powi(2)).collect();
    let width = pixels.width() as usize;
    let block = |left: u32, top: u32| {
        let rows = squares.chunks(width.max(1)).skip(top as usize).take(BLOCK_SIZE as usize);
        root_mean(rows.flat_map(|row| row.iter().skip(left as usize).take(BLOCK_SIZE as usize)))
    };
    let mut blocks = starts(pixels.height()).flat_map(|top| starts(pixels.width()).map(move |left| (left, top)));
    root_mean(squares.iter()) < VISIBLE_DEVIATION * times
        && blocks.all(|(left, top)| block(left, top) <= VISIBLE_BLOCK_DEVIATION * times)
}

/// Returns where the blocks begin along a side. Each overlaps the next by half, so that no mark is divided between two
/// blocks only, and the last one ends with the picture.
fn starts(side: u32) -> impl Iterator<Item = u32> {
    (0..side).step_by(BLOCK_SIZE as usize / 2).map(move |start| start.min(side.saturating_sub(BLOCK_SIZE)))
}

fn root_mean<'s>(squares: impl Iterator<Item = &'s f64>) -> f64 {
    let (sum, count) = squares.fold((0.0, 0.0), |(sum, count), square| (sum + square, count + 1.0));
    if count == 0.0 { 0.0 } else { f64::sqrt(sum / count) }
}

/// Converts a colour by the formula of JFIF 1.02, without its offset of 128.
fn ycbcr(color: [u8; 3]) -> [f64; 3] {
    let [red, green, blue] = color.map(f64::from);
    let luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    [luma, (blue - luma) / 1.772, (red - luma) / 1.402]
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::is_blank;

    /// Returns noise from 0 to `most` that is the same in each run.
    fn noise(x: u32, y: u32, most: u32) -> u8 {
        let mixed = (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA6B)).wrapping_mul(0xC2B2_AE35);
        ((mixed >> 16) % (most + 1)) as u8
    }

    fn ground(shade: [u8; 3]) -> RgbImage {
        RgbImage::from_pixel(96, 96, Rgb(shade))
    }

    #[test]
    fn one_colour_is_blank_with_the_noise_of_a_sensor_too() {
        for shade in [[0, 0, 0], [255, 255, 255], [128, 128, 128], [200, 30, 60], [0, 84, 166]] {
            assert!(is_blank(&ground(shade)), "{shade:?}");
            let noisy = |x, y| Rgb(shade.map(|value: u8| value.saturating_add(noise(x, y, 6)).saturating_sub(3)));
            assert!(is_blank(&RgbImage::from_fn(96, 96, noisy)), "{shade:?} with noise");
        }
        for size in [1, 7, 16, 97, 648] {
            assert!(is_blank(&RgbImage::from_pixel(size, size, Rgb([9, 9, 9]))), "{size}");
        }
        // A page that is a little darker towards one corner is blank too.
        assert!(is_blank(&RgbImage::from_fn(96, 96, |x, y| Rgb([250 - ((x + y) / 32) as u8; 3]))));
    }

    #[test]
    fn a_mark_that_can_be_seen_is_not_blank() {
        let marked = |mark: fn(u32, u32) -> bool, ground: [u8; 3], ink: [u8; 3]| {
            is_blank(&RgbImage::from_fn(96, 96, |x, y| Rgb(if mark(x, y) { ink } else { ground })))
        };
        let white = [255; 3];
        assert!(!marked(|x, y| x == 48 && (40..56).contains(&y), white, [0; 3]), "a short thin stroke");
        assert!(!marked(|x, y| x == 48 && (30..70).contains(&y), white, [225; 3]), "a faint thin stroke");
        assert!(!marked(|x, y| (44..52).contains(&x) && (44..52).contains(&y), white, [240; 3]), "a faint spot");
        assert!(!marked(|x, y| x > 93 && y > 93, white, [100; 3]), "in a corner");
        // Both colours are equally bright.
        assert!(!marked(|x, y| (30..60).contains(&x) && y % 8 == 0, [0, 120, 0], [200, 18, 0]), "a red letter");
        assert!(!marked(|x, _| x < 48, [120; 3], [130; 3]), "two halves that hardly differ");
    }
}
