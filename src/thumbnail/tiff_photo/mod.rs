//! TIFF and BigTIFF, decoded by the library `tiff` within our limits. This is the only user of that library.

mod form;
mod samples;

use std::io::{Cursor, ErrorKind};

use image::{DynamicImage, GrayAlphaImage, GrayImage, RgbImage, RgbaImage};
use tiff::TiffError;
use tiff::decoder::{Decoder, Limits};

use self::form::{Form, Opacity, parts, with_true_rows};
use super::decoded::Decoded;
use super::jpeg::Jpeg;
use super::memory::{MAX_MENDED, check_size, resampling};
use super::tiff::Directory;
use super::{Options, PhotoError};

const ICC_PROFILE: u16 = 0x8773;
/// The maximum number of bytes that the values of one tag may have. Only the offsets of very many tiles take so much.
const MAX_VALUE_BYTES: usize = 64 << 20;

/// Decodes a TIFF file, if its kind is supported and it fits into memory.
pub(super) fn decode(file: &[u8], options: &Options) -> Result<Decoded, PhotoError> {
    let directory = Directory::first(file).ok_or(PhotoError::Truncated)?;
    let form = Form::of(directory).map_err(PhotoError::Unsupported)?;
    let Form { width, height, .. } = form;
    let channels = form.color_samples().min(3) as u64 + u64::from(form.opacity != Opacity::None);
    let resampling = resampling((width, height), channels, form.opacity != Opacity::None, options.size);
    check_size(width, height, decoding(&form).max(resampling), file)?;
    if form.is_jpeg {
        check_jpeg_parts(file, directory, &form)?;
    }
    let mended = if file.len() <= MAX_MENDED { with_true_rows(directory, height) } else { None };
    let picture = picture(mended.as_deref().unwrap_or(file), &form)?;
    let icc_profile = directory.bytes_of(ICC_PROFILE).map(<[u8]>::to_vec);
    Ok(Decoded::whole(picture, directory.orientation(), icc_profile, options.crop))
}

/// Returns how many bytes a picture takes at most while it is decoded.
fn decoding(form: &Form) -> u64 {
    let pixels = u64::from(form.width) * u64::from(form.height);
    let samples = pixels.saturating_mul(u64::from(form.samples));
    let decoded = match form.bits {
        16 => samples.saturating_mul(2),
        8 => samples,
        // Several samples share a byte; decoding makes a byte of each.
        _ => samples.saturating_mul(2),
    };
    // Planes exist twice while they are interleaved. A strip that is a JPEG exists as a file and, in its decoder, as
    // two copies of its pixels.
    let parts = match (form.is_planar, form.is_jpeg) {
        (false, false) => 0,
        (true, false) => decoded,
        (_, true) => decoded.saturating_mul(3),
    };
    decoded.saturating_add(parts)
}

/// Checks the strips or tiles that are JPEG files. The library would allocate memory for one that claims to be larger
/// than the picture, and would fill up one that is cut off with gray.
fn check_jpeg_parts(file: &[u8], directory: Directory<'_>, form: &Form) -> Result<(), PhotoError> {
    for (at, bytes) in parts(directory) {
        let end = usize::try_from(at.saturating_add(bytes)).unwrap_or(usize::MAX);
        let part = usize::try_from(at).ok().and_then(|at| file.get(at..end)).ok_or(PhotoError::Truncated)?;
        let (width, height) = Jpeg::read(part)?.dimensions();
        let pixels = u64::from(width) * u64::from(height);
        // The tile of a small picture may be larger than the picture.
        if pixels > u64::from(form.width.max(1024)) * u64::from(form.height.max(1024)) {
            return Err(PhotoError::irregular("one of its strips or tiles is larger than the whole picture"));
        }
    }
    Ok(())
}

/// Decodes the pixels. `form` says what the directory promised, so that a library that reads it differently is noticed
/// before it takes more memory than was counted.
fn picture(file: &[u8], form: &Form) -> Result<DynamicImage, PhotoError> {
    let mut decoder = Decoder::new(Cursor::new(file)).map_err(explain)?;
    let mut limits = Limits::unlimited();
    limits.ifd_value_size = MAX_VALUE_BYTES;
    decoder = decoder.with_limits(limits);
    let layout = decoder.image_buffer_layout().map_err(explain)?;
    let planes = if form.is_planar { form.samples as usize } else { 1 };
    if layout.complete_len as u64 > decoding(form) || layout.planes > planes {
        return Err(PhotoError::irregular("its directory contradicts itself about the size of the picture"));
    }
    let mut samples = vec![0; layout.complete_len];
    decoder.read_image_bytes(&mut samples).map_err(explain)?;
    drop(decoder);
    if layout.planes > 1 {
        samples = samples::interleaved(&samples, layout.planes, form.bits);
    }
    let Form { width, height, .. } = *form;
    let samples = samples::eight_bits(samples, form);
    let picture = match (form.is_gray(), form.opacity) {
        (true, Opacity::None) => GrayImage::from_raw(width, height, samples).map(DynamicImage::from),
        (true, _) => GrayAlphaImage::from_raw(width, height, samples).map(DynamicImage::from),
        (false, Opacity::None) => RgbImage::from_raw(width, height, samples).map(DynamicImage::from),
        (false, _) => RgbaImage::from_raw(width, height, samples).map(DynamicImage::from),
    };
    picture.ok_or_else(|| PhotoError::irregular("its directory contradicts itself about the size of the picture"))
}

/// Returns our own error for that of `tiff`, whose messages are meant for programmers.
fn explain(error: TiffError) -> PhotoError {
    match error {
        TiffError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => PhotoError::Truncated,
        TiffError::IoError(_) => PhotoError::damaged("its compressed data is corrupt"),
        TiffError::UnsupportedError(_) => PhotoError::unsupported("TIFF of an unusual kind"),
        TiffError::LimitsExceeded => PhotoError::irregular("it contains a value that is larger than in any photo"),
        TiffError::FormatError(_) | TiffError::IntSizeError | TiffError::UsageError(_) => {
            PhotoError::irregular("its directory contradicts itself, or lacks something that must be there")
        }
    }
}
