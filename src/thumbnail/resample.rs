//! The crop at the size wanted: the only user of `fast_image_resize`.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::ColorType;

use super::decode::Pixels;
use super::jpeg::ColorModel;
use super::{PhotoError, Region};

/// Square pixels of 8 bits, still in the photo's own colours.
pub(super) struct Square {
    /// What they are.
    pub(super) model: ColorModel,
    /// Row by row, the components of a pixel one after another.
    pub(super) samples: Vec<u8>,
    /// How opaque each pixel is.
    pub(super) alpha: Option<Vec<u8>>,
}

/// `size`×`size` pixels: Lanczos3, in the gamma of the photo, as all viewers do.
pub(super) fn square(pixels: &Pixels, size: u32) -> Result<Square, PhotoError> {
    match pixels {
        Pixels::Planes(model, planes) => {
            let resample = |plane: &super::jpeg::Plane| {
                let size_of_plane = (plane.width, plane.height);
                resample(&plane.samples, size_of_plane, PixelType::U8, plane.crop, size)
            };
            let planes: Vec<Vec<u8>> = planes.iter().map(resample).collect::<Result<_, _>>()?;
            Ok(Square { model: *model, samples: interleave(&planes), alpha: None })
        }
        Pixels::Interleaved(image, crop) => {
            let (model, kind) = match image.color() {
                ColorType::L8 => (ColorModel::Gray, PixelType::U8),
                ColorType::La8 => (ColorModel::Gray, PixelType::U8x2),
                ColorType::Rgb8 => (ColorModel::Rgb, PixelType::U8x3),
                _ => (ColorModel::Rgb, PixelType::U8x4),
            };
            let size_of_image = (image.width(), image.height());
            let samples = resample(image.as_bytes(), size_of_image, kind, *crop, size)?;
            if !image.color().has_alpha() {
                return Ok(Square { model, samples, alpha: None });
            }
            let channels = usize::from(image.color().channel_count());
            let (color, alpha) = samples.chunks_exact(channels).map(|pixel| pixel.split_at(channels - 1)).unzip();
            let (color, alpha): (Vec<&[u8]>, Vec<&[u8]>) = (color, alpha);
            Ok(Square { model, samples: color.concat(), alpha: Some(alpha.concat()) })
        }
    }
}

fn resample(
    samples: &[u8],
    (width, height): (u32, u32),
    kind: PixelType,
    crop: Region,
    size: u32,
) -> Result<Vec<u8>, PhotoError> {
    let failed = |error: &dyn std::fmt::Display| PhotoError::Failed(error.to_string());
    let source = ImageRef::new(width, height, samples, kind).map_err(|error| failed(&error))?;
    let mut target = Image::new(size, size, kind);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3)).crop(
        crop.left,
        crop.top,
        crop.width,
        crop.height,
    );
    Resizer::new().resize(&source, &mut target, &options).map_err(|error| failed(&error))?;
    Ok(target.into_vec())
}

fn interleave(planes: &[Vec<u8>]) -> Vec<u8> {
    let pixels = planes.first().map_or(0, Vec::len);
    (0..pixels).flat_map(|pixel| planes.iter().map(move |plane| plane[pixel])).collect()
}
