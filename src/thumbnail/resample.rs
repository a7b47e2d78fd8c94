//! Resampling the crop to the size of the thumbnail. This is the only user of `fast_image_resize`.

use std::cell::RefCell;

use fast_image_resize::images::TypedImage;
use fast_image_resize::pixels::{U8, U8x2, U8x3, U8x4};
use fast_image_resize::{Filter, FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, RgbImage};

use super::convolution;
use super::decoded::Pixels;
use super::jpeg::ColorModel;
use super::lanczos::{self, lanczos3};
use super::{PhotoError, Region};

/// The number of bytes up to which a thread keeps the library's buffers for its next photo. What a large photo needs is
/// freed.
const MAX_KEPT_BYTES: usize = 1024 * 1024;

thread_local! {
    static RESIZER: RefCell<Resizer> = RefCell::new(Resizer::new());
}

/// Pixels that were resampled, still in the photo's own colours.
pub(super) struct Resampled {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) model: ColorModel,
    /// The components of each pixel, row by row. Values are 0 to 255, and can be a little beyond that at sharp edges,
    /// because the Lanczos filter overshoots.
    pub(super) samples: Vec<f32>,
    /// The opacity of each pixel, if the photo has any.
    pub(super) alpha: Option<Vec<u8>>,
}

/// Resamples the crop to `size`×`size` pixels with the Lanczos3 filter. It works on the values as they are stored and
/// not on linear light, as all viewers do; so the thumbnail looks like the photo looks in a viewer.
pub(super) fn square(pixels: Pixels, size: u32) -> Result<Resampled, PhotoError> {
    match pixels {
        Pixels::Planes(model, planes) => {
            let planes = planes.iter().map(|plane| convolution::resample(plane, size)).collect();
            Ok(Resampled { width: size, height: size, model, samples: interleave(planes), alpha: None })
        }
        Pixels::Interleaved(mut image, crop) => resample_image(&mut image, (size, size), &options(crop)?),
    }
}

/// Resamples the whole picture to `width`×`height` pixels, in whole numbers. In floating point, the results of the library
/// differ in their last bits from one processor to another.
pub(super) fn whole(pixels: &mut Pixels, (width, height): (u32, u32)) -> Result<Resampled, PhotoError> {
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    match pixels {
        Pixels::Planes(model, planes) => {
            let planes = planes.iter().map(|plane| {
                // The half is for rounding.
                let mut bytes: Vec<u8> = plane.samples.iter().map(|&sample| (sample + 0.5) as u8).collect();
                let samples = resample::<U8>(&mut bytes, (plane.width, plane.height), (width, height), &options)?;
                Ok(samples.into_iter().map(f32::from).collect())
            });
            let planes = planes.collect::<Result<Vec<Vec<f32>>, PhotoError>>()?;
            Ok(Resampled { width, height, model: *model, samples: interleave(planes), alpha: None })
        }
        Pixels::Interleaved(image, _) => resample_image(image, (width, height), &options),
    }
}

/// Separates the colours of resampled pixels from their opacity. `image` says what they consist of.
fn separate(image: &DynamicImage, samples: Vec<u8>, (width, height): (u32, u32)) -> Resampled {
    let model = if image.color().has_color() { ColorModel::Rgb } else { ColorModel::Gray };
    let all = |samples: &[u8]| samples.iter().map(|&sample| f32::from(sample)).collect();
    if !image.color().has_alpha() {
        return Resampled { width, height, model, samples: all(&samples), alpha: None };
    }
    let channels = usize::from(image.color().channel_count());
    let (color, alpha) = samples.chunks_exact(channels).map(|pixel| pixel.split_at(channels - 1)).unzip();
    let (color, alpha): (Vec<&[u8]>, Vec<&[u8]>) = (color, alpha);
    Resampled { width, height, model, samples: all(&color.concat()), alpha: Some(alpha.concat()) }
}

fn resample_image(
    image: &mut DynamicImage,
    size: (u32, u32),
    options: &ResizeOptions,
) -> Result<Resampled, PhotoError> {
    let in_file = (image.width(), image.height());
    let samples = match image {
        DynamicImage::ImageLuma8(pixels) => resample::<U8>(pixels, in_file, size, options),
        DynamicImage::ImageLumaA8(pixels) => resample::<U8x2>(pixels, in_file, size, options),
        DynamicImage::ImageRgb8(pixels) => resample::<U8x3>(pixels, in_file, size, options),
        DynamicImage::ImageRgba8(pixels) => resample::<U8x4>(pixels, in_file, size, options),
        _ => Err(PhotoError::Failed("the decoded picture has more than 8 bits".to_owned())),
    };
    Ok(separate(image, samples?, size))
}

/// Resamples pixels of type `P`. The library can also choose the type while it runs, but then it would be compiled for
/// all 13 types that it knows, which takes half of this crate's build time. `pixels` are not changed: they are mutable
/// because the library's own buffers are, and it would be compiled once more for others (1 MB).
fn resample<P: PixelTrait>(
    pixels: &mut [u8],
    (width, height): (u32, u32),
    to: (u32, u32),
    options: &ResizeOptions,
) -> Result<Vec<u8>, PhotoError> {
    let source = TypedImage::<P>::from_buffer(width, height, pixels).map_err(failed)?;
    let mut samples = vec![0; to.0 as usize * to.1 as usize * P::size()];
    let mut target = TypedImage::<P>::from_buffer(to.0, to.1, &mut samples).map_err(failed)?;
    resize(&source, &mut target, options)?;
    Ok(samples)
}

/// Resamples with the buffers that this thread keeps, so that not every photo has to ask the system for memory.
fn resize<P: PixelTrait>(
    source: &TypedImage<'_, P>,
    target: &mut TypedImage<'_, P>,
    options: &ResizeOptions,
) -> Result<(), PhotoError> {
    RESIZER.with_borrow_mut(|resizer| {
        let resized = resizer.resize_typed(source, target, options);
        if resizer.size_of_internal_buffers() > MAX_KEPT_BYTES {
            resizer.reset_internal_buffers();
        }
        resized.map_err(failed)
    })
}

/// Returns a square picture with fewer pixels.
pub(super) fn smaller(mut pixels: RgbImage, size: u32) -> Result<RgbImage, PhotoError> {
    let side = pixels.width();
    let whole = Region { left: 0.0, top: 0.0, width: f64::from(side), height: f64::from(side) };
    let samples = resample::<U8x3>(&mut pixels, (side, side), (size, size), &options(whole)?)?;
    RgbImage::from_raw(size, size, samples)
        .ok_or_else(|| PhotoError::Failed("the resampled picture has the wrong length".to_owned()))
}

fn options(crop: Region) -> Result<ResizeOptions, PhotoError> {
    let filter = Filter::new("Lanczos3", lanczos3, lanczos::RADIUS).map_err(failed)?;
    let filter = ResizeAlg::Convolution(FilterType::Custom(filter));
    Ok(ResizeOptions::new().resize_alg(filter).crop(crop.left, crop.top, crop.width, crop.height))
}

fn failed(error: impl std::fmt::Display) -> PhotoError {
    PhotoError::Failed(error.to_string())
}

/// Returns the samples of all planes, pixel by pixel. All planes have the same number of samples.
fn interleave(mut planes: Vec<Vec<f32>>) -> Vec<f32> {
    match planes.as_slice() {
        [_] => planes.pop().unwrap_or_default(),
        [y, cb, cr] => y.iter().zip(cb).zip(cr).flat_map(|((&y, &cb), &cr)| [y, cb, cr]).collect(),
        planes => {
            let pixels = planes.first().map_or(0, Vec::len);
            (0..pixels).flat_map(|pixel| planes.iter().map(move |plane| plane[pixel])).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use fast_image_resize::images::{TypedImage, TypedImageRef};
    use fast_image_resize::pixels::{F32, U8x3};
    use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

    use super::{options, resample};
    use crate::thumbnail::jpeg::Plane;
    use crate::thumbnail::{Region, convolution};

    /// Resamples with the library's own Lanczos3.
    fn by_library<P: PixelTrait>(pixels: &[u8], (width, height): (u32, u32), crop: Region, size: u32) -> Vec<P> {
        let source = TypedImageRef::<P>::from_buffer(width, height, pixels).expect("a picture");
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
        let options = options.crop(crop.left, crop.top, crop.width, crop.height);
        let mut target = TypedImage::<P>::new(size, size);
        Resizer::new().resize_typed(&source, &mut target, &options).expect("resamples");
        target.pixels().to_vec()
    }

    fn middle(width: u32, height: u32) -> Region {
        let side = f64::from(width.min(height));
        let (left, top) = ((f64::from(width) - side) / 2.0, (f64::from(height) - side) / 2.0);
        Region { left, top, width: side, height: side }
    }

    #[test]
    fn the_filter_makes_the_same_pixels_as_that_of_the_library() {
        let mut random = fastrand::Rng::with_seed(1);
        for (width, height) in [(300, 400), (64, 50), (193, 211), (1500, 1200), (96, 96)] {
            let crop = middle(width, height);
            let mut bytes: Vec<u8> = (0..width * height * 3).map(|_| random.u8(..)).collect();
            let options = options(crop).expect("a filter");
            let own = resample::<U8x3>(&mut bytes, (width, height), (96, 96), &options).expect("resamples");
            let library = by_library::<U8x3>(&bytes, (width, height), crop, 96);
            assert!(own.as_chunks().0.iter().eq(library.iter().map(|pixel| &pixel.0)), "{width}×{height}");
        }
    }

    #[test]
    fn planes_are_resampled_as_the_library_would() {
        let mut random = fastrand::Rng::with_seed(1);
        for (width, height, size) in [
            (300, 400, 96),
            (150, 200, 96),
            (64, 50, 96),
            (193, 211, 48),
            (1500, 1200, 648),
            (96, 96, 96),
            (1, 1, 5),
            (7, 3, 1),
        ] {
            for crop in [
                middle(width, height),
                Region { left: 0.3, top: 0.1, width: f64::from(width) * 0.7, height: f64::from(height) * 0.9 },
            ] {
                let samples: Vec<f32> = (0..width * height).map(|_| random.f32() * 255.0).collect();
                let library = by_library::<F32>(bytemuck::cast_slice(&samples), (width, height), crop, size);
                let own = convolution::resample(&Plane::whole(width, height, samples, crop), size);
                let same = own.iter().zip(&library).filter(|(own, library)| **own == library.0).count();
                assert_eq!(own.len(), library.len());
                // The weights differ in their last bits, and sums are added in another order: a few are rounded otherwise.
                assert!(
                    own.len() - same <= 1 + own.len() / 1000,
                    "{width}×{height}, {crop:?}: {same} of {}",
                    own.len()
                );
                let far = own.iter().zip(&library).find(|(own, library)| (**own - library.0).abs() > 1e-3);
                assert_eq!(far, None, "{width}×{height}, {crop:?}");
            }
        }
    }
}
