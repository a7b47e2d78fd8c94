//! The frames of an animation (GIF, WebP, PNG), for those whose first one shows nothing: a picture that fades in, or one
//! that a program began with an empty frame.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage, Frames, ImageDecoder, ImageFormat, Limits};

use super::decoded::Decoded;
use super::memory::{MAX_PIXELS, room};
use super::raster::Notes;
use super::{Options, PhotoError, raster};

/// More empty frames than any animation begins with.
const MAX_FRAMES: u64 = 100;
/// Bytes of a pixel while a frame is put upon those before it, by any of the decoders.
const BYTES_PER_PIXEL: u64 = 24;

/// Returns what `look` makes of the first frame that it makes anything of; `None` if there is none within bounds, or the
/// file is no animation.
pub(super) fn first_seen<T>(file: &[u8], options: &Options, look: impl Fn(&Decoded) -> Option<T>) -> Option<T> {
    let (notes, frames, count) = frames(file).ok()??;
    frames.take(count).map_while(Result::ok).find_map(|frame| {
        let picture = DynamicImage::from(frame.into_buffer());
        look(&notes.decoded(picture, options))
    })
}

/// Returns the frames, each whole, and how many may be looked at; `None` of a file that is no animation.
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

/// Returns how many frames may be looked at: as many as take no longer than the largest photo. `None` where one does not
/// fit into memory.
fn count(file: &[u8], decoder: &impl ImageDecoder) -> Option<usize> {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels.saturating_mul(BYTES_PER_PIXEL) > room(file) {
        return None;
    }
    usize::try_from(MAX_FRAMES.min(MAX_PIXELS / pixels)).ok()
}
