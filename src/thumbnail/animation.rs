//! The frames of an animation (GIF, WebP, PNG). They are needed if the first frame is blank: the picture fades in, or a
//! program put an empty frame in front.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage, Frames, ImageDecoder, ImageFormat, Limits};

use super::decoded::Decoded;
use super::memory::{MAX_PIXELS, room};
use super::raster::Notes;
use super::{Options, PhotoError, raster};

/// The maximum number of frames that are looked at. No animation begins with more empty ones.
const MAX_FRAMES: u64 = 100;
/// The maximum number of bytes that a pixel takes in any of the decoders, while a frame is drawn over those before it.
const BYTES_PER_PIXEL: u64 = 24;

/// Calls `look` for each frame until it returns something, and returns that. Returns `None` if the file is not an
/// animation, or `look` accepts none of the frames that may be looked at.
pub(super) fn first_seen<T>(file: &[u8], options: &Options, look: impl Fn(&Decoded) -> Option<T>) -> Option<T> {
    let (notes, frames, count) = frames(file).ok()??;
    frames.take(count).map_while(Result::ok).find_map(|frame| {
        let picture = DynamicImage::from(frame.into_buffer());
        look(&notes.decoded(picture, options))
    })
}

/// Returns the frames, each drawn in full, and how many of them may be looked at; `None` for a file that is not an
/// animation.
fn frames(file: &[u8]) -> Result<Option<(Notes, Frames<'_>, usize)>, PhotoError> {
    let format = image::guess_format(file).map_err(|_| PhotoError::UnknownFormat)?;
    let explain = |error| raster::explain(error, format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(room(file));
    let bytes = Cursor::new(file);
    match format {
        ImageFormat::Gif => {
            let mut decoder = GifDecoder::new(bytes).map_err(explain)?;
            decoder.set_limits(limits).map_err(explain)?;
            let notes = Notes::read(file, format, &mut decoder)?;
            Ok(count(file, &decoder).map(|count| (notes, decoder.into_frames(), count)))
        }
        ImageFormat::WebP => {
            let mut decoder = WebPDecoder::new(bytes).map_err(explain)?;
            let notes = Notes::read(file, format, &mut decoder)?;
            let count = count(file, &decoder).filter(|_| decoder.has_animation());
            Ok(count.map(|count| (notes, decoder.into_frames(), count)))
        }
        ImageFormat::Png => {
            let mut decoder = PngDecoder::with_limits(bytes, limits).map_err(explain)?;
            let notes = Notes::read(file, format, &mut decoder)?;
            let count = count(file, &decoder).filter(|_| decoder.is_apng().unwrap_or(false));
            let Some(count) = count else { return Ok(None) };
            Ok(Some((notes, decoder.apng().map_err(explain)?.into_frames(), count)))
        }
        _ => Ok(None),
    }
}

/// Returns how many frames may be looked at: no more than have the pixels of the largest photo together, so that they
/// take no longer. Returns `None` if even one does not fit into memory.
fn count(file: &[u8], decoder: &impl ImageDecoder) -> Option<usize> {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels.saturating_mul(BYTES_PER_PIXEL) > room(file) {
        return None;
    }
    usize::try_from(MAX_FRAMES.min(MAX_PIXELS / pixels)).ok()
}
