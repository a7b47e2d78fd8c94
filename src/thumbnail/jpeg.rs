//! JPEG, decoded strictly: the only user of `zune-jpeg`.
//!
//! `image` uses the same decoder and lets it fill up what is missing or broken with gray. A half-gray face is worse than
//! none, so whatever the decoder stumbles over is an error here.

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, RgbImage};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::PhotoError;
use super::decode::{Photo, check_size};

const START_OF_IMAGE: u8 = 0xD8;
const END_OF_IMAGE: u8 = 0xD9;

pub(super) fn decode(file: &[u8]) -> Result<Photo, PhotoError> {
    if !is_complete(file) {
        return Err(PhotoError::Truncated);
    }
    let damaged = |error: zune_jpeg::errors::DecodeErrors| PhotoError::Damaged(error.to_string());
    let options = DecoderOptions::default().set_strict_mode(true).set_max_width(usize::MAX).set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(damaged)?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    let (width, height) = (u32::try_from(width).unwrap_or(u32::MAX), u32::try_from(height).unwrap_or(u32::MAX));
    let gray = decoder.input_colorspace() == Some(ColorSpace::Luma);
    // Gray is converted, and for a moment there twice.
    let channels = if gray { 4 } else { 3 };
    check_size(width, height, u64::from(width) * u64::from(height) * channels)?;
    let orientation =
        decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif)).unwrap_or(Orientation::NoTransforms);
    let wanted = if gray { ColorSpace::Luma } else { ColorSpace::RGB };
    decoder.set_options(decoder.options().jpeg_set_out_colorspace(wanted));
    let pixels = decoder.decode().map_err(damaged)?;
    let image = if gray {
        GrayImage::from_raw(width, height, pixels).map(DynamicImage::from)
    } else {
        RgbImage::from_raw(width, height, pixels).map(DynamicImage::from)
    };
    let image = image.ok_or_else(|| PhotoError::Damaged("the picture has the wrong size".to_owned()))?;
    Ok(Photo { image, orientation })
}

/// Whether the end marker stands behind the last scan (ITU-T T.81, annex B). Segments are stepped over by their length, since an embedded
/// preview has an end marker of its own.
pub(super) fn is_complete(file: &[u8]) -> bool {
    let mut at = 0;
    loop {
        // To the next marker: behind a segment it stands at once, behind a scan's data it must be looked for.
        let Some(offset) = file.get(at..).and_then(|rest| rest.windows(2).position(|pair| is_marker(pair[0], pair[1])))
        else {
            return false;
        };
        at += offset + 2;
        match file[at - 1] {
            END_OF_IMAGE => return true,
            START_OF_IMAGE => {}
            _ => {
                let Some(length) = file.get(at..at + 2) else { return false };
                at += usize::from(u16::from_be_bytes([length[0], length[1]]));
            }
        }
    }
}

/// `FF 00` is a stuffed byte of a scan's data, `FF D0` to `FF D7` restart it, `FF FF` fills, `FF 01` stands alone.
fn is_marker(first: u8, second: u8) -> bool {
    first == 0xFF && !matches!(second, 0x00 | 0x01 | 0xD0..=0xD7 | 0xFF)
}

#[cfg(test)]
mod tests {
    use super::{END_OF_IMAGE, is_complete};

    const START_OF_SCAN: u8 = 0xDA;

    #[test]
    fn only_the_end_marker_behind_the_scan_counts() {
        let head = [0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 0xFF, 0xD8, 0xFF, END_OF_IMAGE, 0xFF, START_OF_SCAN, 0, 4, 1, 2];
        let scan = [0x12, 0xFF, 0x00, 0xFF, 0xD0, 0x34];
        let end = [0xFF, END_OF_IMAGE];
        let whole = [&head[..], &scan, &end].concat();
        assert!(is_complete(&whole));
        for cut in 1..whole.len() {
            assert!(!is_complete(&whole[..cut]), "{cut}");
        }
        assert!(is_complete(&[&whole[..], b"something behind it"].concat()));
    }
}
