//! Tests BMP files in which the fourth byte of a pixel is not opacity.

use image::{ImageFormat, Rgba, RgbaImage};

use crate::{assert_scene, encoded, pixels, scene};

fn with_opacity(opacity: impl Fn(u32, u32) -> u8) -> Vec<u8> {
    let scene = scene();
    let image = RgbaImage::from_fn(240, 160, |x, y| {
        let [red, green, blue] = scene.get_pixel(x, y).0;
        Rgba([red, green, blue, opacity(x, y)])
    });
    encoded(image, ImageFormat::Bmp)
}

#[test]
fn where_nothing_is_opaque_everything_is() {
    let zeros = with_opacity(|_, _| 0);
    assert!(zeros.windows(4).any(|pixel| pixel == [50, 60, 200, 0]), "it has a fourth byte");
    assert_scene(&zeros, "opacity 0 everywhere");
    assert!(pixels(&zeros) == pixels(&with_opacity(|_, _| 255)));
}

#[test]
fn where_anything_is_opaque_opacity_counts() {
    let cut_out = pixels(&with_opacity(|x, _| if x < 120 { 255 } else { 0 }));
    assert_eq!(cut_out.get_pixel(72, 24).0, [255; 3], "transparent is white");
    assert!(cut_out.get_pixel(24, 24).0[0] > 190);
}
