//! Resampling the crop to the size of the thumbnail. This is the only user of `fast_image_resize`.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{F32, U8, U8x2, U8x3, U8x4};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};
use image::{ColorType, DynamicImage, RgbImage};

use super::decoded::Pixels;
use super::jpeg::{ColorModel, Plane};
use super::{PhotoError, Region};

/// The pixels of the thumbnail, still in the photo's own colours.
pub(super) struct Square {
    pub(super) model: ColorModel,
    /// The components of each pixel, row by row. Values are 0 to 255, and can be a little beyond that at sharp edges,
    /// because the Lanczos filter overshoots.
    pub(super) samples: Vec<f32>,
    /// The opacity of each pixel, if the photo has any.
    pub(super) alpha: Option<Vec<u8>>,
}

/// Resamples the crop to `size`×`size` pixels with the Lanczos3 filter. It works on the values as they are stored and
/// not on linear light, as all viewers do; so the thumbnail looks like the photo looks in a viewer.
pub(super) fn square(pixels: &Pixels, size: u32) -> Result<Square, PhotoError> {
    match pixels {
        Pixels::Planes(model, planes) => {
            let planes: Vec<Vec<F32>> =
                planes.iter().map(|plane| resample_plane(plane, size)).collect::<Result<_, _>>()?;
            Ok(Square { model: *model, samples: interleave(&planes), alpha: None })
        }
        Pixels::Interleaved(image, crop) => {
            let model = if image.color().has_color() { ColorModel::Rgb } else { ColorModel::Gray };
            let samples = resample_image(image, *crop, size)?;
            let all = |samples: &[u8]| samples.iter().map(|&sample| f32::from(sample)).collect();
            if !image.color().has_alpha() {
                return Ok(Square { model, samples: all(&samples), alpha: None });
            }
            let channels = usize::from(image.color().channel_count());
            let (color, alpha) = samples.chunks_exact(channels).map(|pixel| pixel.split_at(channels - 1)).unzip();
            let (color, alpha): (Vec<&[u8]>, Vec<&[u8]>) = (color, alpha);
            Ok(Square { model, samples: all(&color.concat()), alpha: Some(alpha.concat()) })
        }
    }
}

/// Resamples the plane of one component, in floating point. Rounding to whole numbers between the filter's two passes,
/// and again before the colours are converted, would cost more quality than everything else that is done here.
fn resample_plane(plane: &Plane, size: u32) -> Result<Vec<F32>, PhotoError> {
    let samples: Vec<F32> = plane.samples.iter().map(|&sample| F32::new(sample)).collect();
    let source = TypedImageRef::new(plane.width, plane.height, &samples).map_err(failed)?;
    let mut target = TypedImage::<F32>::new(size, size);
    Resizer::new().resize_typed(&source, &mut target, &options(plane.crop)).map_err(failed)?;
    Ok(target.pixels().to_vec())
}

fn resample_image(image: &DynamicImage, crop: Region, size: u32) -> Result<Vec<u8>, PhotoError> {
    match image.color() {
        ColorType::L8 => resample_bytes::<U8>(image, crop, size),
        ColorType::La8 => resample_bytes::<U8x2>(image, crop, size),
        ColorType::Rgb8 => resample_bytes::<U8x3>(image, crop, size),
        _ => resample_bytes::<U8x4>(image, crop, size),
    }
}

/// Resamples pixels of type `P`. The library can also choose the type while it runs, but then it would be compiled for
/// all 13 types that it knows, which takes half of this crate's build time.
fn resample_bytes<P: PixelTrait>(image: &DynamicImage, crop: Region, size: u32) -> Result<Vec<u8>, PhotoError> {
    let source = TypedImageRef::<P>::from_buffer(image.width(), image.height(), image.as_bytes()).map_err(failed)?;
    resample_pixels(&source, crop, size)
}

fn resample_pixels<P: PixelTrait>(
    source: &TypedImageRef<'_, P>,
    crop: Region,
    size: u32,
) -> Result<Vec<u8>, PhotoError> {
    let mut samples = vec![0; size as usize * size as usize * P::size()];
    let mut target = TypedImage::<P>::from_buffer(size, size, &mut samples).map_err(failed)?;
    Resizer::new().resize_typed(source, &mut target, &options(crop)).map_err(failed)?;
    Ok(samples)
}

/// Returns a square picture with fewer pixels.
pub(super) fn smaller(pixels: &RgbImage, size: u32) -> Result<RgbImage, PhotoError> {
    let side = pixels.width();
    let whole = Region { left: 0.0, top: 0.0, width: f64::from(side), height: f64::from(side) };
    let source = TypedImageRef::<U8x3>::from_buffer(side, pixels.height(), pixels.as_raw()).map_err(failed)?;
    let samples = resample_pixels(&source, whole, size)?;
    RgbImage::from_raw(size, size, samples)
        .ok_or_else(|| PhotoError::Failed("the resampled picture has the wrong length".to_owned()))
}

fn options(crop: Region) -> ResizeOptions {
    let filter = ResizeAlg::Convolution(FilterType::Lanczos3);
    ResizeOptions::new().resize_alg(filter).crop(crop.left, crop.top, crop.width, crop.height)
}

fn failed(error: impl std::fmt::Display) -> PhotoError {
    PhotoError::Failed(error.to_string())
}

fn interleave(planes: &[Vec<F32>]) -> Vec<f32> {
    let pixels = planes.first().map_or(0, Vec::len);
    (0..pixels).flat_map(|pixel| planes.iter().map(move |plane| plane[pixel].0)).collect()
}
