//! Numbers from the first directory of a TIFF structure, which is what EXIF is (TIFF 6.0, section 2; EXIF 2.32, 4.5.2).

use image::metadata::Orientation;

/// The manufacturer of the camera.
pub(super) const MAKE: u16 = 0x010F;
/// The model of the camera.
pub(super) const MODEL: u16 = 0x0110;
/// Where the directory of GPS data is.
pub(super) const GPS: u16 = 0x8825;
const ORIENTATION: u16 = 0x0112;
const FILL_ORDER: u16 = 0x010A;
const PREDICTOR: u16 = 0x013D;
const EXTRA_SAMPLES: u16 = 0x0152;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const ENTRY: usize = 12;

/// How to turn the picture upright; not at all where that is not said.
pub(super) fn orientation(structure: &[u8]) -> Orientation {
    // Some programs keep the name that the data have in a JPEG.
    let structure = structure.strip_prefix(b"Exif\0\0").unwrap_or(structure);
    let value = number(structure, ORIENTATION).and_then(|value| u8::try_from(value).ok());
    value.and_then(Orientation::from_exif).unwrap_or(Orientation::NoTransforms)
}

/// Whether the structure has an entry of that tag, whatever it says.
pub(super) fn has(structure: &[u8], tag: u16) -> bool {
    entry(structure, tag).is_some()
}

/// What the decoder in use would take for something else without noticing.
pub(super) fn misread(file: &[u8]) -> Option<&'static str> {
    if number(file, FILL_ORDER) == Some(2) {
        return Some("TIFF with its bits in reverse order, as fax machines write it,");
    }
    // The differences are added up as if that channel were not there. 1 and 2 are opacity.
    let has_unknown_channel =
        entry(file, EXTRA_SAMPLES).is_some() && !matches!(number(file, EXTRA_SAMPLES), Some(1 | 2));
    if has_unknown_channel && number(file, PREDICTOR) == Some(2) {
        return Some("TIFF with a channel of unknown meaning and a predictor");
    }
    None
}

/// The value of a tag that holds one number.
fn number(structure: &[u8], tag: u16) -> Option<u32> {
    let (numbers, at) = entry(structure, tag)?;
    match (numbers.short(at + 2)?, numbers.long(at + 4)?) {
        (SHORT, 1) => numbers.short(at + 8).map(u32::from),
        (LONG, 1) => numbers.long(at + 8),
        _ => None,
    }
}

/// Where the entry of a tag stands in the first directory.
fn entry(structure: &[u8], tag: u16) -> Option<(Numbers<'_>, usize)> {
    let big_endian = match structure.first_chunk::<4>()? {
        b"MM\0\x2a" => true,
        b"II\x2a\0" => false,
        _ => return None,
    };
    let numbers = Numbers { bytes: structure, big_endian };
    let directory = usize::try_from(numbers.long(4)?).ok()?;
    let entries = usize::from(numbers.short(directory)?);
    let mut places = (0..entries).map(|entry| directory + 2 + entry * ENTRY);
    Some((numbers, places.find(|&at| numbers.short(at) == Some(tag))?))
}

/// The byte order is the file's own.
#[derive(Clone, Copy)]
struct Numbers<'b> {
    bytes: &'b [u8],
    big_endian: bool,
}

impl Numbers<'_> {
    fn short(self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn long(self, at: usize) -> Option<u32> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orientation_is_read_as_every_program_writes_it_and_nothing_else_is_taken_for_it() {
        let short = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let long = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x04\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        for structure in [&short[..], long, &[b"Exif\0\0", &short[..]].concat()] {
            assert_eq!(orientation(structure), Orientation::Rotate90);
        }
        for cut in 0..20 {
            assert_eq!(orientation(&short[..cut]), Orientation::NoTransforms);
        }
        assert_eq!(orientation(b"MM\0\x2a\xff\xff\xff\xff"), Orientation::NoTransforms);
        assert_eq!(orientation(&[&short[..18], &[0, 9, 0, 0]].concat()), Orientation::NoTransforms);
    }
}
