//! Numbers from the first directory of a TIFF structure, which is what EXIF is (TIFF 6.0, section 2; EXIF 2.32, 4.5.2).

use image::metadata::Orientation;

const ORIENTATION: u16 = 0x0112;
const FILL_ORDER: u16 = 0x010A;
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

/// Whether the lowest bit of a byte comes first: only fax machines do so, and no decoder in use here knows it.
pub(super) fn is_bit_reversed(file: &[u8]) -> bool {
    number(file, FILL_ORDER) == Some(2)
}

/// The value of a tag that holds one number.
fn number(structure: &[u8], tag: u16) -> Option<u32> {
    let big_endian = match structure.first_chunk::<4>()? {
        b"MM\0\x2a" => true,
        b"II\x2a\0" => false,
        _ => return None,
    };
    let long = |at: usize| {
        let bytes = *structure.get(at..)?.first_chunk()?;
        Some(if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    };
    let short = |at: usize| {
        let bytes = *structure.get(at..)?.first_chunk()?;
        Some(if big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let directory = usize::try_from(long(4)?).ok()?;
    let entries = usize::from(short(directory)?);
    let at = (0..entries).map(|entry| directory + 2 + entry * ENTRY).find(|&at| short(at) == Some(tag))?;
    match short(at + 2)? {
        SHORT => short(at + 8).map(u32::from),
        LONG => long(at + 8),
        _ => None,
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
