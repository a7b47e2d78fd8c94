//! The small picture in which faces are searched: its size, and its form as the input of the net.

use image::{Rgb, RgbImage};

use super::layer::Map;

/// Both sides of the net's input are multiples of this, because the net halves the picture five times.
const BLOCK: u32 = 32;
/// The maximum number of blocks of the net's input, across times down: those of a picture of 160×128 pixels. With more
/// blocks, smaller faces would be found, and the search would take longer.
const MAX_BLOCKS: u32 = 20;

/// Returns the size at which faces are searched in a picture of `width`×`height` pixels. It is the largest that fits into
/// the blocks, and no larger than the picture.
pub(super) fn fitting((width, height): (u32, u32)) -> (u32, u32) {
    let scale = |across: u32| {
        let side = |blocks: u32, pixels: u32| f64::from(blocks * BLOCK) / f64::from(pixels.max(1));
        side(across, width).min(side(MAX_BLOCKS / across, height))
    };
    let scale = (1..=MAX_BLOCKS).map(scale).fold(0.0, f64::max).min(1.0);
    let side = |pixels: u32| ((f64::from(pixels) * scale).round() as u32).clamp(1, MAX_BLOCKS * BLOCK);
    (side(width), side(height))
}

/// Returns a picture as the input of the net. Its colours are in the order blue, green, red, and it is filled up to whole
/// blocks with black, to the right and below.
pub(super) fn canvas(picture: &RgbImage) -> Map<3> {
    let (width, height) =
        (picture.width().next_multiple_of(BLOCK) as usize, picture.height().next_multiple_of(BLOCK) as usize);
    let mut pixels = vec![[0.0; 3]; width * height];
    for (x, y, pixel) in picture.enumerate_pixels() {
        let [red, green, blue] = pixel.0.map(f32::from);
        pixels[y as usize * width + x as usize] = [blue, green, red];
    }
    Map { width, height, pixels }
}

/// Returns a picture with half as many pixels on each side. Each is the mean of two by two; a last odd row or column is
/// left out.
pub(super) fn halved(picture: &RgbImage) -> RgbImage {
    RgbImage::from_fn(picture.width() / 2, picture.height() / 2, |x, y| {
        let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(right, below)| picture[(2 * x + right, 2 * y + below)].0);
        let mean = |color: usize| (four.iter().map(|pixel| u32::from(pixel[color])).sum::<u32>() + 2) / 4;
        Rgb(std::array::from_fn(|color| mean(color) as u8))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn usual_shapes_use_the_room_that_there_is() {
        let sizes = [(3000, 4000), (4000, 3000), (2000, 3000), (1000, 1000), (96, 96), (40, 50)].map(fitting);
        assert_eq!(sizes, [(120, 160), (160, 120), (107, 160), (128, 128), (96, 96), (40, 50)]);
    }

    proptest! {
        #[test]
        fn the_net_never_gets_more_than_it_may(width in 1..70_000_u32, height in 1..70_000_u32) {
            let (across, down) = fitting((width, height));
            let blocks = across.div_ceil(BLOCK) * down.div_ceil(BLOCK);
            prop_assert!(across >= 1 && down >= 1 && across <= width && down <= height);
            prop_assert!(blocks <= MAX_BLOCKS, "{across}×{down}");
            prop_assert_eq!(fitting((height, width)), (down, across));
        }
    }

    #[test]
    fn half_the_size_is_the_mean_of_two_by_two() {
        let picture = RgbImage::from_fn(5, 2, |x, y| Rgb([(x * 10 + y) as u8, 255, 0]));
        assert_eq!(halved(&picture).into_raw(), [6, 255, 0, 26, 255, 0]);
        assert_eq!(halved(&RgbImage::new(1, 9)).dimensions(), (0, 4));
    }

    #[test]
    fn colours_are_in_the_order_of_the_net_and_the_rest_is_black() {
        let map = canvas(&RgbImage::from_pixel(33, 1, Rgb([1, 2, 3])));
        assert_eq!((map.width, map.height, map.pixels.len()), (64, 32, 64 * 32));
        assert_eq!((map.pixels[32], map.pixels[33], map.pixels[64]), ([3.0, 2.0, 1.0], [0.0; 3], [0.0; 3]));
    }
}
