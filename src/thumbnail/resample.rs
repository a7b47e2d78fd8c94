//! The centre square of a photo at the size wanted, upright: the only user of `fast_image_resize`.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeError, ResizeOptions, Resizer};
use image::{DynamicImage, RgbImage, RgbaImage};

use super::PhotoError;
use super::decode::Photo;

/// `size`×`size` pixels of RGB: Lanczos3, transparency on white.
pub(super) fn square(photo: &Photo, size: u32) -> Result<RgbImage, PhotoError> {
    let failed = |what: String| PhotoError::Failed(what);
    let alpha = photo.image.color().has_alpha();
    let kind = if alpha { PixelType::U8x4 } else { PixelType::U8x3 };
    let (converted, width, height);
    let pixels = match &photo.image {
        DynamicImage::ImageRgb8(image) => image.as_raw(),
        DynamicImage::ImageRgba8(image) => image.as_raw(),
        other => {
            converted = if alpha { other.to_rgba8().into_raw() } else { other.to_rgb8().into_raw() };
            &converted
        }
    };
    (width, height) = (photo.image.width(), photo.image.height());
    let source = ImageRef::new(width, height, pixels, kind).map_err(|error| failed(error.to_string()))?;
    let mut target = Image::new(size, size, kind);
    // Cropped to the target's shape about the middle, to a fraction of a pixel: the same whichever way is up.
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .fit_into_destination(Some((0.5, 0.5)));
    Resizer::new().resize(&source, &mut target, &options).map_err(|error: ResizeError| failed(error.to_string()))?;
    let wrong_length = || failed("the resampled picture has the wrong length".to_owned());
    let resampled = if alpha {
        on_white(&RgbaImage::from_raw(size, size, target.into_vec()).ok_or_else(wrong_length)?)
    } else {
        RgbImage::from_raw(size, size, target.into_vec()).ok_or_else(wrong_length)?
    };
    let mut upright = DynamicImage::ImageRgb8(resampled);
    upright.apply_orientation(photo.orientation);
    Ok(upright.into_rgb8())
}

fn on_white(image: &RgbaImage) -> RgbImage {
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0.map(u32::from);
        let blend = |channel: u32| u8::try_from((channel * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX);
        image::Rgb([blend(red), blend(green), blend(blue)])
    })
}
