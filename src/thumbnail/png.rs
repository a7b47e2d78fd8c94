//! What a PNG says of its picture besides the pixels: how to turn it, and what its numbers mean (PNG specification, third
//! edition). `image` tells neither what stands behind the picture nor what these chunks hold.

use std::borrow::Cow;

use data_encoding::HEXLOWER_PERMISSIVE;
use memchr::memchr;

use super::primaries::{Chromaticities, profile_of_primaries};
use super::tiff;
use super::tone::{Curve, Transfer};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// More chunks than a photo has: a large picture may come in parts of 8 KB.
const MAX_CHUNKS: usize = 1 << 17;
/// More bytes than most metadata have; Photoshop's history of a document may have many millions.
const LARGE: usize = 64 * 1024;
/// Bytes of EXIF data, as text of two digits a byte and line ends: more than a JPEG can hold of it.
const MAX_TEXT: usize = 256 * 1024;
/// More of these than any program writes.
const MAX_RAW_PROFILES: u32 = 4;
/// Exponents that libpng takes, times 100,000.
const GAMMA: std::ops::RangeInclusive<u32> = 16..=625_000_000;

/// The last chunk, with its checksum.
const END: &[u8; 12] = b"\0\0\0\0IEND\xAE\x42\x60\x82";

/// Whether a file is of the form that Apple's tools make for telephones: no other program reads it.
pub(super) fn is_apples_own(file: &[u8]) -> bool {
    file.get(12..16) == Some(b"CgBI")
}

/// Returns the file as its decoder is to see it: with its last chunk, which some programs leave out or cut off (whether
/// all of the picture is there is told by its data), and without what would make the decoder refuse it though nothing of
/// the picture is in it: large metadata, and colour codes that break the rules. [`Png::read`] reads them itself.
pub(super) fn for_decoder(file: &[u8]) -> Cow<'_, [u8]> {
    let mut chunks = Chunks::of(file);
    let (mut kept, mut from, mut to) = (Vec::new(), 0, file.len() - chunks.rest.len());
    let (mut has_picture, mut has_end) = (false, false);
    for _ in 0..MAX_CHUNKS {
        let Some((kind, data)) = chunks.next() else { break };
        let next = file.len() - chunks.rest.len();
        if is_to_be_hidden(kind, data) {
            kept.push(&file[from..to]);
            from = next;
        }
        to = next;
        has_picture |= kind == *b"IDAT";
        has_end = kind == *b"IEND";
        if has_end {
            break;
        }
    }
    let lacks_end = has_picture && !has_end && END.starts_with(chunks.rest);
    if kept.is_empty() && !lacks_end {
        return Cow::Borrowed(file);
    }
    kept.push(if has_end || lacks_end { &file[from..to] } else { &file[from..] });
    kept.extend(lacks_end.then_some(&END[..]));
    Cow::Owned(kept.concat())
}

fn is_to_be_hidden(kind: [u8; 4], data: &[u8]) -> bool {
    match &kind {
        b"tEXt" | b"zTXt" | b"iTXt" | b"eXIf" => data.len() > LARGE,
        b"cICP" => true,
        _ => false,
    }
}

/// What a file says of its picture.
pub(super) struct Png {
    /// The TIFF structure that holds it.
    pub(super) exif: Option<Vec<u8>>,
    pub(super) colors: Colors,
}

/// What the numbers mean.
#[derive(Debug, PartialEq)]
pub(super) enum Colors {
    /// What the embedded profile says, if there is one; else sRGB.
    OfProfile,
    /// sRGB, whatever any profile says.
    Srgb,
    /// What other chunks say.
    Coded {
        /// Of the primaries, where they are not sRGB's.
        profile: Option<Vec<u8>>,
        /// To sRGB's curve, if it is another.
        curve: Option<Curve>,
    },
    /// Brighter than a screen's white, or something that is no colour of a photo.
    Hdr,
}

/// What stands before the picture, from the weakest to the strongest.
#[derive(Default)]
struct Header {
    gamma: Option<u32>,
    chromaticities: Option<[u32; 8]>,
    has_srgb: bool,
    has_profile: bool,
    /// Primaries, transfer, matrix, and whether the range is full (ITU-T H.273).
    coded: Option<[u8; 4]>,
}

impl Png {
    /// Reads the chunks of a file, as far as they are whole.
    pub(super) fn read(file: &[u8]) -> Self {
        let (mut header, mut exif, mut raw_profile) = (Header::default(), None, None);
        let (mut in_header, mut raw_profiles) = (true, 0);
        for (kind, data) in Chunks::of(file).take(MAX_CHUNKS) {
            match &kind {
                b"IDAT" => in_header = false,
                b"eXIf" if exif.is_none() => exif = Some(data.to_vec()),
                b"tEXt" | b"zTXt" | b"iTXt" if raw_profile.is_none() && is_raw_profile(data) => {
                    raw_profiles += 1;
                    // A few bytes of text may take long to inflate.
                    raw_profile = if raw_profiles <= MAX_RAW_PROFILES { raw_exif(&kind, data) } else { None };
                }
                _ if in_header => header.add(kind, data),
                _ => {}
            }
        }
        Self { exif: exif.or(raw_profile), colors: header.colors() }
    }
}

impl Header {
    fn add(&mut self, kind: [u8; 4], data: &[u8]) {
        let number = |at: usize| Some(u32::from_be_bytes(*data.get(at..)?.first_chunk()?));
        match &kind {
            b"gAMA" => self.gamma = number(0),
            b"cHRM" => {
                let numbers: Option<Vec<u32>> = (0..8).map(|index| number(index * 4)).collect();
                self.chromaticities = numbers.and_then(|numbers| numbers.try_into().ok());
            }
            b"sRGB" => self.has_srgb = true,
            b"iCCP" => self.has_profile = true,
            b"cICP" => self.coded = data.try_into().ok(),
            _ => {}
        }
    }

    /// By the order of the specification (section 4.3), which browsers keep: cICP, iCCP, sRGB, then gAMA with cHRM.
    fn colors(&self) -> Colors {
        if let Some(colors) = self.coded.and_then(coded) {
            return colors;
        }
        if self.has_profile || self.has_srgb {
            return Colors::OfProfile;
        }
        let gamma = self.gamma.filter(|gamma| GAMMA.contains(gamma));
        let curve = gamma.and_then(|gamma| Curve::new(Transfer::Power(f64::from(gamma) / 100_000.0), true));
        let primaries = self.chromaticities.map(|numbers| numbers.map(|number| f64::from(number) / 100_000.0));
        let primaries =
            primaries.map(|[white_x, white_y, red_x, red_y, green_x, green_y, blue_x, blue_y]| Chromaticities {
                white: (white_x, white_y),
                red: (red_x, red_y),
                green: (green_x, green_y),
                blue: (blue_x, blue_y),
            });
        match (primaries.and_then(profile_of_primaries), curve) {
            (None, None) => Colors::OfProfile,
            (profile, curve) => Colors::Coded { profile, curve },
        }
    }
}

/// What a cICP chunk means; `None` if it says nothing that is known, as then the other chunks count.
fn coded([primaries, transfer, matrix, range]: [u8; 4]) -> Option<Colors> {
    if matrix != 0 || range > 1 {
        return None; // not allowed in a PNG
    }
    let is_full_range = range != 0;
    let transfer = match transfer {
        1 | 6 | 14 | 15 => Transfer::Bt709,
        4 => Transfer::Power(1.0 / 2.2),
        5 => Transfer::Power(1.0 / 2.8),
        8 => Transfer::Power(1.0),
        13 => Transfer::Srgb,
        16 | 18 => return Some(Colors::Hdr),
        _ => return None,
    };
    let primaries = Chromaticities::of_code(primaries)?;
    let curve = Curve::new(transfer, is_full_range);
    match (profile_of_primaries(primaries), curve) {
        (None, None) => Some(Colors::Srgb),
        (profile, curve) => Some(Colors::Coded { profile, curve }),
    }
}

fn is_raw_profile(text: &[u8]) -> bool {
    [&b"Raw profile type exif\0"[..], b"Raw profile type APP1\0"].iter().any(|keyword| text.starts_with(keyword))
}

/// EXIF data that ImageMagick and programs that follow it keep as text: a name, a length, and two digits a byte.
fn raw_exif(kind: &[u8; 4], data: &[u8]) -> Option<Vec<u8>> {
    let (_keyword, rest) = split_at_zero(data)?;
    let text = match kind {
        b"tEXt" => rest.to_vec(),
        b"zTXt" => inflated(rest.strip_prefix(&[0])?)?,
        _ => {
            let ([is_compressed, method], rest) = rest.split_first_chunk()?;
            let (_language, rest) = split_at_zero(rest)?;
            let (_translated, rest) = split_at_zero(rest)?;
            match (is_compressed, method) {
                (0, _) => rest.to_vec(),
                (1, 0) => inflated(rest)?,
                _ => return None,
            }
        }
    };
    let text = text.get(..text.len().min(MAX_TEXT))?;
    let mut words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let (_name, length) = (words.next()?, words.next()?);
    let length: usize = std::str::from_utf8(length).ok()?.parse().ok()?;
    let digits = words.collect::<Vec<_>>().concat();
    let bytes = HEXLOWER_PERMISSIVE.decode(digits.get(..length.checked_mul(2)?)?).ok()?;
    // As in a JPEG's segment, or bare; what else is kept under this name is XMP.
    let exif = bytes.strip_prefix(b"Exif\0\0").unwrap_or(&bytes);
    tiff::is_tiff(exif).then(|| exif.to_vec())
}

fn inflated(data: &[u8]) -> Option<Vec<u8>> {
    miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(data, MAX_TEXT).ok()
}

fn split_at_zero(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr(0, bytes)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}

/// Walks through a file, from chunk to chunk.
struct Chunks<'f> {
    rest: &'f [u8],
}

impl<'f> Chunks<'f> {
    fn of(file: &'f [u8]) -> Self {
        Self { rest: file.strip_prefix(SIGNATURE).unwrap_or_default() }
    }
}

impl<'f> Iterator for Chunks<'f> {
    type Item = ([u8; 4], &'f [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (length, rest) = self.rest.split_first_chunk()?;
        let (kind, rest) = rest.split_first_chunk()?;
        let (data, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        // Behind each stands a checksum of four bytes, which decoders leave alone where nothing of the picture is.
        self.rest = rest.get(4..)?;
        Some((*kind, data))
    }
}
