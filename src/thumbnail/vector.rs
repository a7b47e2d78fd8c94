//! Vectors of numbers (SIMD). This is the only user of `fearless_simd`.
//!
//! What [`dispatch`] is given is compiled once for each kind of processor, as its vectors allow, and [`level`] says which
//! one is at hand. That holds for what is inlined there, hence `#[inline(always)]` on all functions of this kind. Their
//! results are the same on every processor: sums are added in the order in which the code adds them, and each product is
//! rounded before it is added.

use fearless_simd::Level;
pub(super) use fearless_simd::{Simd, SimdBase, SimdFloat, dispatch, f32x4, f32x8, f64x4, i32x8};

/// Returns what the processor can do, which is found out at the first call.
#[inline]
pub(super) fn level() -> Level {
    #[cfg(test)]
    if tests::IS_OLD.get() {
        return Level::baseline();
    }
    Level::new()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use image::codecs::jpeg::JpegEncoder;
    use image::{Rgb, RgbImage};

    use crate::thumbnail::{Crop, Faces, Options, render};

    thread_local! {
        /// Whether this thread takes the processor for the oldest of its kind.
        pub(super) static IS_OLD: Cell<bool> = const { Cell::new(false) };
    }

    /// On processors whose vectors are all of one kind (AArch64), this compares equal things.
    #[test]
    fn an_old_processor_makes_the_same_thumbnails() {
        let mut random = fastrand::Rng::with_seed(1);
        let options =
            Options { size: 96, max_bytes: 100_000, crop: Crop::Center, allow_blank: false, faces: Faces::Ignored };
        // These are decoded at full size, at a half, and at a quarter, and the last one is enlarged.
        for (width, height) in [(300, 400), (500, 640), (900, 800), (61, 47)] {
            let photo = RgbImage::from_fn(width, height, |x, y| {
                let light = (x * 200 / width + y / 3) as u8 ^ (random.u8(..) >> 3);
                Rgb([light, light / 2, 255 - light])
            });
            let mut jpeg = Vec::new();
            JpegEncoder::new_with_quality(&mut jpeg, 90).encode_image(&photo).expect("encodes");
            let made = render(&jpeg, &options).expect("a thumbnail");
            IS_OLD.set(true);
            let by_old = render(&jpeg, &options).expect("a thumbnail");
            IS_OLD.set(false);
            assert!(made.jpeg == by_old.jpeg, "{width}×{height}");
        }
    }
}
