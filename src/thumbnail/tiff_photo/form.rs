//! The kinds of pictures that a TIFF may contain, and the names of those that are not supported.
//!
//! TIFF is a container for nearly everything. Gray (1, 2, 4, 8 or 16 bits), RGB and CMYK (8 or 16 bits) are supported,
//! with or without opacity, in strips or tiles, and uncompressed or with PackBits, LZW, Deflate, fax group 4 or (gray
//! and RGB only) JPEG compression.

use std::borrow::Cow;

use crate::thumbnail::tiff::Directory;

const WIDTH: u16 = 0x0100;
const HEIGHT: u16 = 0x0101;
const BITS: u16 = 0x0102;
const COMPRESSION: u16 = 0x0103;
const COLORS: u16 = 0x0106;
const FILL_ORDER: u16 = 0x010A;
const STRIPS: u16 = 0x0111;
const SAMPLES: u16 = 0x0115;
const ROWS: u16 = 0x0116;
const STRIP_BYTES: u16 = 0x0117;
const PLANES: u16 = 0x011C;
const PREDICTOR: u16 = 0x013D;
const TILES: u16 = 0x0144;
const TILE_BYTES: u16 = 0x0145;
const EXTRA_SAMPLES: u16 = 0x0152;
const SAMPLE_FORMAT: u16 = 0x0153;

/// The maximum number of channels of a picture; no photo has more.
const MAX_SAMPLES: u64 = 16;

const NO_COMPRESSION: u64 = 1;
const GROUP_4: u64 = 4;
const LZW: u64 = 5;
const JPEG: u64 = 7;
const DEFLATE: u64 = 8;
const OLD_DEFLATE: u64 = 32_946;
const PACKBITS: u64 = 32_773;

/// What the colour channels of a picture stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colors {
    /// Gray where 0 is white.
    InvertedGray,
    Gray,
    Rgb,
    Cmyk,
}

/// What the channel after the colours stands for (TIFF 6.0, section 18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opacity {
    /// There is no such channel, or its meaning is unknown.
    None,
    /// Opacity by which the colours have been multiplied already.
    Associated,
    Unassociated,
}

/// A supported kind of picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) colors: Colors,
    pub(super) opacity: Opacity,
    /// The number of bits for each sample.
    pub(super) bits: u32,
    /// The number of samples for each pixel, including those that are not used.
    pub(super) samples: u32,
    /// Whether each channel has a plane of its own.
    pub(super) is_planar: bool,
    /// Whether its strips or tiles are JPEG files.
    pub(super) is_jpeg: bool,
}

impl Form {
    /// Returns the kind of picture that a directory describes.
    ///
    /// # Errors
    /// When the kind is not supported. The error is the name of the kind.
    pub(super) fn of(directory: Directory<'_>) -> Result<Self, Cow<'static, str>> {
        let or = |tag, default| directory.first_of(tag).unwrap_or(default);
        let side = |tag| directory.number(tag).and_then(|side| u32::try_from(side).ok()).unwrap_or(0);
        let compression = or(COMPRESSION, NO_COMPRESSION);
        check_compression(compression)?;
        let (bits, samples) = (or(BITS, 1), or(SAMPLES, 1));
        let (colors, own_samples) = colors(directory.first_of(COLORS))?;
        let is_planar = or(PLANES, 1) == 2 && samples > 1;
        let is_jpeg = compression == JPEG;
        let is_gray = matches!(colors, Colors::Gray | Colors::InvertedGray);
        let one_bits = directory.numbers_of(BITS).all(|other| other == bits);
        match or(SAMPLE_FORMAT, 1) {
            1 => {}
            3 => return Err("TIFF of floating-point numbers".into()),
            _ => return Err("TIFF of signed or unusual numbers".into()),
        }
        match (bits, is_gray && samples == 1) {
            _ if !one_bits => return Err("TIFF with channels of different depths".into()),
            (8 | 16, _) | (1 | 2 | 4, true) => {}
            _ => return Err(format!("TIFF of {bits} bits a channel").into()),
        }
        if or(FILL_ORDER, 1) == 2 {
            return Err("TIFF with its bits in reverse order, as fax machines write it,".into());
        }
        let opacity = opacity(directory, samples, own_samples);
        let read = own_samples + u64::from(opacity != Opacity::None);
        let names_extra = directory.first_of(EXTRA_SAMPLES).is_some();
        if samples < own_samples || samples > MAX_SAMPLES || samples > read && !names_extra && !is_gray {
            return Err(format!("TIFF of {samples} channels").into());
        }
        // The `tiff` library drops channels of unknown meaning before it undoes the predictor, and then adds up the
        // differences of the wrong channels.
        let has_predictor = or(PREDICTOR, 1) != 1;
        if has_predictor && samples > read && !is_gray {
            return Err("TIFF with a channel of unknown meaning and a predictor".into());
        }
        if has_predictor && bits < 8 {
            return Err("TIFF with a predictor of less than 8 bits a channel".into());
        }
        match colors {
            Colors::InvertedGray if samples > 1 => return Err("TIFF of inverted gray with further channels".into()),
            Colors::Cmyk if opacity != Opacity::None => return Err("TIFF of CMYK with opacity".into()),
            Colors::Cmyk if is_planar => return Err("TIFF of CMYK with a plane for each ink".into()),
            _ if is_jpeg && (samples > own_samples || bits != 8) => {
                return Err("TIFF with JPEG compression of opacity, or of other than 8 bits a channel".into());
            }
            _ if compression == GROUP_4 && bits != 1 => {
                return Err("TIFF with fax compression of gray or colours".into());
            }
            _ => {}
        }
        // The `tiff` library takes the tiles of the second plane for tiles below those of the first.
        if is_planar && directory.first_of(TILES).is_some() {
            return Err("TIFF in tiles with a plane for each colour".into());
        }
        let (bits, samples) = (bits as u32, samples as u32);
        Ok(Self { width: side(WIDTH), height: side(HEIGHT), colors, opacity, bits, samples, is_planar, is_jpeg })
    }

    pub(super) fn is_gray(&self) -> bool {
        matches!(self.colors, Colors::Gray | Colors::InvertedGray)
    }

    /// Returns how many samples of a pixel are its colour.
    pub(super) fn color_samples(&self) -> usize {
        match self.colors {
            Colors::InvertedGray | Colors::Gray => 1,
            Colors::Rgb => 3,
            Colors::Cmyk => 4,
        }
    }
}

/// Returns a copy of a fax-compressed file in which the number of rows a strip is the true one; `None` if it was
/// already.
///
/// A huge number means that all rows are in one strip (TIFF 6.0, RowsPerStrip: the default is 2^32 - 1), but the
/// decoder of fax compression takes it literally and fails.
pub(super) fn with_true_rows(directory: Directory<'_>, height: u32) -> Option<Vec<u8>> {
    let is_fax = directory.first_of(COMPRESSION) == Some(GROUP_4);
    let has_all = directory.first_of(ROWS).is_some_and(|rows| rows > u64::from(height));
    if is_fax && has_all { directory.replaced(ROWS, height) } else { None }
}

/// Returns the offset and the number of bytes of each strip or tile, as the directory says.
pub(super) fn parts(directory: Directory<'_>) -> impl Iterator<Item = (u64, u64)> {
    let (places, bytes) = if directory.first_of(TILES).is_some() { (TILES, TILE_BYTES) } else { (STRIPS, STRIP_BYTES) };
    directory.numbers_of(places).zip(directory.numbers_of(bytes))
}

fn check_compression(compression: u64) -> Result<(), Cow<'static, str>> {
    let name = match compression {
        NO_COMPRESSION | GROUP_4 | LZW | JPEG | DEFLATE | OLD_DEFLATE | PACKBITS => return Ok(()),
        2 => "fax compression (modified Huffman)",
        3 => "fax compression (group 3)",
        6 => "old-style JPEG compression",
        34_712 => "JPEG 2000 compression",
        34_887 => "LERC compression",
        34_925 => "LZMA compression",
        34_926 | 50_000 => "Zstandard compression",
        50_001 => "WebP compression",
        50_002 => "JPEG XL compression",
        _ => return Err(format!("TIFF with a compression of the number {compression}").into()),
    };
    Err(format!("TIFF with {name}").into())
}

/// Returns what the colours are, and how many channels they have.
fn colors(found: Option<u64>) -> Result<(Colors, u64), Cow<'static, str>> {
    let name = match found {
        Some(0) => return Ok((Colors::InvertedGray, 1)),
        Some(1) => return Ok((Colors::Gray, 1)),
        Some(2) => return Ok((Colors::Rgb, 3)),
        Some(5) => return Ok((Colors::Cmyk, 4)),
        Some(3) => "a palette",
        Some(4) => "a mask instead of colours",
        Some(6) => "YCbCr colours",
        Some(8..=10) => "Lab colours",
        Some(32_803 | 34_892) => "a camera's raw data",
        Some(32_844 | 32_845) => "HDR colours (LogLuv)",
        Some(number) => return Err(format!("TIFF with colours of the number {number}").into()),
        None => return Err("TIFF that does not say what its colours are".into()),
    };
    Err(format!("TIFF with {name}").into())
}

fn opacity(directory: Directory<'_>, samples: u64, own_samples: u64) -> Opacity {
    if samples <= own_samples {
        return Opacity::None;
    }
    match directory.first_of(EXTRA_SAMPLES) {
        Some(1) => Opacity::Associated,
        Some(2) => Opacity::Unassociated,
        // Old programs do not write the tag, and mean opacity.
        None => Opacity::Unassociated,
        Some(_) => Opacity::None,
    }
}
