//! Makes pictures of one photo in several sizes. The photo is decoded only once, and it is never enlarged.

use std::collections::BTreeMap;

use super::encode::{self, Quality};
use super::jpeg::Jpeg;
use super::{Crop, Doubt, Faces, Options, PhotoError, Placed, check_visible, resample, square_of};

/// The maximum size of the largest picture, in bytes.
const MAX_BYTES: usize = 200 * 1024;

/// The quality below which no picture is made. It is so low that nobody is left without a picture; only noise needs it.
const LOWEST: u8 = 10;

/// A photo's square in several sizes.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The number of pixels on each side of the largest picture for which the photo has enough pixels.
    pub largest: u32,
    pub doubts: Vec<Doubt>,
    /// How the face is placed, as for a thumbnail.
    pub misplaced: Option<Placed>,
    /// The pictures, by their number of pixels on each side.
    jpegs: BTreeMap<u32, Vec<u8>>,
}

impl Series {
    /// Returns the JPEG of one of the sizes that were asked for. If the photo has fewer pixels than that, so has the
    /// JPEG.
    #[must_use]
    pub fn of(&self, size: u32) -> &[u8] {
        self.jpegs.get(&size.min(self.largest)).map_or(&[], Vec::as_slice)
    }
}

/// How the pictures of a series are made.
#[derive(Debug, Clone, Copy)]
pub struct Making {
    /// Which square of the photo they show.
    pub crop: Crop,
    /// Whether a photo on which nothing can be seen is accepted.
    pub allow_blank: bool,
    /// What a face is needed for, besides the crop.
    pub faces: Faces,
    /// Whether a file that is already one of the pictures is taken as it is. Otherwise even that is encoded again.
    pub copies: bool,
}

/// Makes pictures of the image file whose content is `file`, one for each of `sizes`. All sizes that are larger than
/// the photo get the same picture, in the photo's own size. The pictures are JPEGs without metadata.
///
/// # Errors
/// When the file is no image, is cut off or damaged, shows nothing, or takes more memory than allowed.
pub fn series(file: &[u8], sizes: &[u32], making: Making) -> Result<Series, PhotoError> {
    let Making { crop, allow_blank, faces, copies } = making;
    let wanted = sizes.iter().copied().max().unwrap_or(1);
    let options = Options { size: wanted, max_bytes: MAX_BYTES, crop, allow_blank, faces };
    let (square, seen) = square_of(file, &options, |side| side.min(wanted))?;
    check_visible(&square, &options)?;
    seen.check(&options)?;
    let largest = square.pixels.width();
    let jpeg = |size: u32| {
        if size < largest {
            // Smaller pictures are made from the largest one and not from the photo, which has many times more pixels.
            // The loss through rounding to whole numbers in between cannot be seen (see the test).
            return encode::fitting(&resample::smaller(square.pixels.clone(), size)?, quality(size));
        }
        match copies && !seen.is_turned && is_ready(file, largest) {
            true => Ok(file.to_vec()),
            false => encode::fitting(&square.pixels, quality(largest)),
        }
    };
    let made = sizes.iter().map(|&size| Ok((size.min(largest), jpeg(size.min(largest))?)));
    let jpegs = made.collect::<Result<_, PhotoError>>()?;
    Ok(Series { largest, doubts: seen.doubts(&options).collect(), misplaced: seen.misplaced, jpegs })
}

/// Returns whether the file, which was decoded, can be taken as it is: encoding it again could only make it worse.
fn is_ready(file: &[u8], size: u32) -> bool {
    let is_plain = |jpeg: Jpeg<'_>| jpeg.dimensions() == (size, size) && jpeg.is_plain(file);
    file.len() <= quality(size).max_bytes && Jpeg::read(file).is_ok_and(is_plain)
}

/// Returns how a picture of a size is encoded. Small pictures are enlarged by the programs that show them, so each loss
/// is seen. Large pictures are shrunk, and make up most of the bytes.
fn quality(size: u32) -> Quality {
    let (best, halves_chroma) = match size {
        ..=96 => (95, false),
        97..=240 => (92, false),
        241..=448 => (88, false),
        _ => (85, true),
    };
    let pixels = size as usize * size as usize;
    Quality { best, lowest: LOWEST, halves_chroma, max_bytes: MAX_BYTES.min(8 * 1024 + pixels / 4) }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

    use super::{MAX_BYTES, Series, quality, series};
    use crate::thumbnail::{Crop, Faces, Making, Options, square};

    const SIZES: [u32; 4] = [32, 96, 448, 1080];

    /// Returns a picture of smooth shapes with edges, as photos have them.
    fn photo(width: u32, height: u32) -> Vec<u8> {
        let pixels = RgbImage::from_fn(width, height, |x, y| {
            let wave = |at: u32, period: f32| ((at as f32 / period).sin() * 60.0 + 128.0) as u8;
            let edge = if (x / 97 + y / 61) % 2 == 0 { 40 } else { 0 };
            Rgb([wave(x, 23.0) + edge, wave(y, 31.0), wave(x + y, 47.0)])
        });
        let mut file = std::io::Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(pixels).write_to(&mut file, ImageFormat::Png).expect("encodes");
        file.into_inner()
    }

    fn making(copies: bool) -> Making {
        Making { crop: Crop::Center, allow_blank: false, faces: Faces::Ignored, copies }
    }

    fn made(file: &[u8]) -> Series {
        series(file, &SIZES, making(true)).expect("a photo")
    }

    fn decoded(jpeg: &[u8]) -> RgbImage {
        image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).expect("a JPEG").into_rgb8()
    }

    #[test]
    fn each_size_has_its_pixels_or_all_that_there_are() {
        for (width, height, largest) in [(1200, 1100, 1080), (300, 400, 300), (96, 96, 96), (20, 50, 20)] {
            let series = made(&photo(width, height));
            assert_eq!(series.largest, largest);
            for size in SIZES {
                let jpeg = series.of(size);
                assert_eq!(decoded(jpeg).dimensions(), (size.min(largest), size.min(largest)));
                assert!(jpeg.len() <= quality(size).max_bytes && jpeg.len() <= MAX_BYTES, "{size}: {}", jpeg.len());
            }
        }
    }

    /// The picture is decoded by our own decoder, and by the one that most programs use.
    #[test]
    fn the_largest_picture_is_the_photo() {
        let file = photo(1090, 1110);
        let options =
            Options { size: 1080, max_bytes: 0, crop: Crop::Center, allow_blank: false, faces: Faces::Ignored };
        let pixels = square(&file, &options).expect("a photo").pixels;
        let jpeg = made(&file).of(1080).to_vec();
        for shown in [square(&jpeg, &options).expect("ours").pixels, decoded(&jpeg)] {
            let squared = |(one, other): (&u8, &u8)| f64::from(one.abs_diff(*other)).powi(2);
            let error = pixels.iter().zip(shown.iter()).map(squared).sum::<f64>() / pixels.as_raw().len() as f64;
            assert!(error < 60.0, "{error}");
        }
    }

    /// Small pictures are made from the largest one, and are as good as pictures that are made from the photo itself.
    #[test]
    fn nothing_is_lost_by_the_way_over_the_largest_picture() {
        let file = photo(1200, 1100);
        let whole = super::square_of(
            &file,
            &Options { size: 1080, max_bytes: 0, crop: Crop::Center, allow_blank: false, faces: Faces::Ignored },
            |_| 1080,
        );
        let whole = whole.expect("a photo").0.pixels;
        for size in [32, 96, 448] {
            let direct = square(
                &file,
                &Options { size, max_bytes: 0, crop: Crop::Center, allow_blank: false, faces: Faces::Ignored },
            );
            let (direct, over) =
                (direct.expect("a photo").pixels, super::resample::smaller(whole.clone(), size).expect("smaller"));
            let squared = |(one, other): (&u8, &u8)| f64::from(one.abs_diff(*other)).powi(2);
            let error = direct.iter().zip(over.iter()).map(squared).sum::<f64>() / direct.as_raw().len() as f64;
            // 1.0 would be 48 dB; a JPEG of quality 95 has about 4.
            assert!(error < 1.0, "{size}: {error}");
        }
    }

    #[test]
    fn a_picture_of_the_directory_keeps_its_bytes() {
        let thumbnail = made(&photo(300, 300)).of(96).to_vec();
        let again = made(&thumbnail);
        assert_eq!((again.largest, again.of(96), again.of(1080)), (96, &*thumbnail, &*thumbnail));
        assert_eq!(decoded(again.of(32)).dimensions(), (32, 32));
        // A file that an administrator installs from a share, to which others may write, is never copied.
        let fresh = series(&thumbnail, &SIZES, making(false)).expect("a photo");
        assert!(fresh.of(96) != thumbnail && decoded(fresh.of(96)).dimensions() == (96, 96));
    }

    /// No encoder makes noise small.
    #[test]
    fn the_largest_picture_is_within_its_bytes_whatever_it_shows() {
        let mut state = 1_u32;
        let noise = RgbImage::from_fn(1080, 1080, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Rgb([(state >> 24) as u8, 128, 128])
        });
        let mut file = std::io::Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(noise).write_to(&mut file, ImageFormat::Bmp).expect("encodes");
        match series(file.get_ref(), &SIZES, making(true)) {
            Ok(series) => assert!(series.of(1080).len() <= MAX_BYTES),
            Err(error) => panic!("{error}"),
        }
    }
}
