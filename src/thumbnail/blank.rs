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

/// How much can be seen on a thumbnail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visible {
    Nothing,
    /// So little that encoding may wash it out.
    Hardly,
    Enough,
}

/// Luma or one of the two chroma, as whole numbers, so that sums of them are exact. The formula is that of JFIF 1.02,
/// without its offset of 128.
struct Channel {
    /// The shares of red, green and blue.
    weights: [i64; 3],
    /// The number that stands for a step of 1 in a channel of 0 to 255.
    unit: f64,
}

/// Luma is 0.299 red + 0.587 green + 0.114 blue, and chroma is (blue - luma) / 1.772 and (red - luma) / 1.402. Luma comes
/// first, since nearly every photo has enough of it.
const CHANNELS: [Channel; 3] = [
    Channel { weights: [299, 587, 114], unit: 1000.0 },
    Channel { weights: [-299, -587, 886], unit: 1772.0 },
    Channel { weights: [701, -587, -114], unit: 1402.0 },
];

/// The values of some pixels in a channel, added up.
#[derive(Default)]
struct Sums {
    count: i64,
    values: i64,
    squares: i64,
}

/// Returns how much can be seen.
pub(super) fn visible(pixels: &RgbImage) -> Visible {
    let deviates_nowhere = |times| CHANNELS.iter().all(|channel| channel.deviates_nowhere(pixels, times));
    match deviates_nowhere(2.0) {
        false => Visible::Enough,
        true if deviates_nowhere(1.0) => Visible::Nothing,
        true => Visible::Hardly,
    }
}

impl Channel {
    /// Returns whether the channel deviates nowhere by more than `times` the limits.
    fn deviates_nowhere(&self, pixels: &RgbImage, times: f64) -> bool {
        let pixel = 3;
        let whole = self.sums(pixels.as_raw());
        let mean = whole.mean();
        let width = pixels.width() as usize * pixel;
        let block = |left: u32, top: u32| {
            let left = left as usize * pixel;
            let rows = pixels.as_raw().chunks(width.max(1)).skip(top as usize).take(BLOCK_SIZE as usize);
            rows.map(|row| self.sums(&row[left..row.len().min(left + BLOCK_SIZE as usize * pixel)]))
                .fold(Sums::default(), Sums::with)
        };
        let mut blocks = starts(pixels.height()).flat_map(|top| starts(pixels.width()).map(move |left| (left, top)));
        whole.deviation(mean) < VISIBLE_DEVIATION * times * self.unit
            && blocks.all(|(left, top)| block(left, top).deviation(mean) <= VISIBLE_BLOCK_DEVIATION * times * self.unit)
    }

    fn sums(&self, pixels: &[u8]) -> Sums {
        pixels.as_chunks::<3>().0.iter().fold(Sums::default(), |sums, color| {
            let value: i64 = color.iter().zip(self.weights).map(|(&value, weight)| i64::from(value) * weight).sum();
            sums.with(Sums { count: 1, values: value, squares: value * value })
        })
    }
}

impl Sums {
    fn with(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            values: self.values + other.values,
            squares: self.squares + other.squares,
        }
    }

    fn mean(&self) -> f64 {
        self.values as f64 / self.count.max(1) as f64
    }

    /// Returns how far the values deviate from `mean`, as a root mean square.
    fn deviation(&self, mean: f64) -> f64 {
        let count = self.count.max(1) as f64;
        let square = (self.squares as f64 - 2.0 * mean * self.values as f64) / count + mean * mean;
        square.max(0.0).sqrt()
    }
}

/// Returns where the blocks begin along a side. Each overlaps the next by half, so that no mark is divided between two
/// blocks only, and the last one ends with the picture.
fn starts(side: u32) -> impl Iterator<Item = u32> {
    (0..side).step_by(BLOCK_SIZE as usize / 2).map(move |start| start.min(side.saturating_sub(BLOCK_SIZE)))
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::{Visible, visible};

    fn is_blank(pixels: &RgbImage) -> bool {
        visible(pixels) == Visible::Nothing
    }

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

    #[test]
    fn what_encoding_may_wash_out_is_hardly_visible() {
        let faint = RgbImage::from_fn(96, 96, |x, _| Rgb(if x < 48 { [120; 3] } else { [128; 3] }));
        assert_eq!(visible(&faint), Visible::Hardly);
        let clear = RgbImage::from_fn(96, 96, |x, _| Rgb(if x < 48 { [120; 3] } else { [140; 3] }));
        assert_eq!(visible(&clear), Visible::Enough);
    }
}
