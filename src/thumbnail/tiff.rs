//! A reader for the first directory of a TIFF structure (TIFF 6.0, section 2; BigTIFF). EXIF data is such a structure,
//! too (EXIF 2.32, 4.5.2).

use image::metadata::Orientation;

/// Tag of the camera's manufacturer.
pub(super) const MAKE: u16 = 0x010F;
/// Tag of the camera's model.
pub(super) const MODEL: u16 = 0x0110;
/// Tag of the place where the directory of GPS data is.
pub(super) const GPS: u16 = 0x8825;
const ORIENTATION: u16 = 0x0112;

/// The maximum number of values of a tag that are read. Only the offsets of a picture's strips or tiles come anywhere
/// near it.
const MAX_VALUES: u64 = 1 << 20;

/// Returns how to turn the picture upright; `NoTransforms` if the structure does not say.
pub(super) fn orientation(structure: &[u8]) -> Orientation {
    // Some programs put in front the identifier that EXIF data has in a JPEG.
    let structure = structure.strip_prefix(b"Exif\0\0").unwrap_or(structure);
    Directory::first(structure).map_or(Orientation::NoTransforms, |directory| directory.orientation())
}

/// Returns whether the structure has an entry for a tag, whatever its value.
pub(super) fn has(structure: &[u8], tag: u16) -> bool {
    Directory::first(structure).is_some_and(|directory| directory.entry(tag).is_some())
}

/// Returns whether a file begins as TIFF or BigTIFF does.
pub(super) fn is_tiff(file: &[u8]) -> bool {
    Numbers::of(file).is_some()
}

/// The first directory of a structure: values by their tags.
#[derive(Clone, Copy)]
pub(super) struct Directory<'b> {
    numbers: Numbers<'b>,
    /// Offset of the first entry.
    at: usize,
    /// Number of entries.
    entries: usize,
}

impl<'b> Directory<'b> {
    /// Returns the first directory; `None` if the structure has none, or ends before it.
    pub(super) fn first(structure: &'b [u8]) -> Option<Self> {
        let numbers = Numbers::of(structure)?;
        let (directory, count_bytes) =
            if numbers.is_big { (numbers.long8(8)?, 8) } else { (numbers.long(4)?.into(), 2) };
        let directory = usize::try_from(directory).ok()?;
        let entries = if numbers.is_big { numbers.long8(directory)? } else { numbers.short(directory)?.into() };
        // A classic TIFF has a 16-bit count, so no real directory has more.
        let entries = usize::try_from(entries.min(u64::from(u16::MAX))).ok()?;
        Some(Self { numbers, at: directory.checked_add(count_bytes)?, entries })
    }

    /// Returns how to turn the picture upright.
    pub(super) fn orientation(self) -> Orientation {
        let value = self.number(ORIENTATION).and_then(|value| u8::try_from(value).ok());
        value.and_then(Orientation::from_exif).unwrap_or(Orientation::NoTransforms)
    }

    /// Returns the value of a tag that has exactly one number.
    pub(super) fn number(self, tag: u16) -> Option<u64> {
        let Entry { at, kind, count } = self.entry(tag)?;
        if count == 1 { self.numbers.number(at, kind) } else { None }
    }

    /// Returns the first number of a tag.
    pub(super) fn first_of(self, tag: u16) -> Option<u64> {
        self.numbers_of(tag).next()
    }

    /// Returns the numbers of a tag; none if its values are not whole numbers.
    pub(super) fn numbers_of(self, tag: u16) -> impl Iterator<Item = u64> + 'b {
        let (at, kind, count) = self.entry(tag).map_or((0, 0, 0), |Entry { at, kind, count }| (at, kind, count));
        let (numbers, step) = (self.numbers, bytes_of(kind).unwrap_or(1));
        let places =
            (0..count.min(MAX_VALUES)).map_while(move |index| at.checked_add(usize::try_from(index).ok()? * step));
        places.map_while(move |at| numbers.number(at, kind))
    }

    /// Returns the bytes of a tag, if its values are bytes.
    pub(super) fn bytes_of(self, tag: u16) -> Option<&'b [u8]> {
        let Entry { at, kind, count } = self.entry(tag)?;
        let end = at.checked_add(usize::try_from(count).ok()?)?;
        if bytes_of(kind) == Some(1) { self.numbers.bytes.get(at..end) } else { None }
    }

    /// Returns a copy of the structure in which the first number of a tag is replaced.
    pub(super) fn replaced(self, tag: u16, number: u32) -> Option<Vec<u8>> {
        let Entry { at, kind, .. } = self.entry(tag)?;
        let bytes = bytes_of(kind).filter(|&bytes| bytes >= 4)?;
        let number = u64::from(number);
        let (big, little) = (number.to_be_bytes(), number.to_le_bytes());
        let number = if self.numbers.is_big_endian { &big[8 - bytes..] } else { &little[..bytes] };
        let mut copy = self.numbers.bytes.to_vec();
        copy.get_mut(at..at.checked_add(bytes)?)?.copy_from_slice(number);
        Some(copy)
    }

    /// Finds the entry of a tag. Values that fit into the entry stand there; otherwise it has their offset (TIFF 6.0,
    /// section 2, "Value/Offset").
    fn entry(self, tag: u16) -> Option<Entry> {
        let Numbers { is_big, .. } = self.numbers;
        let (size, inline) = if is_big { (20, 8) } else { (12, 4) };
        let mut places = (0..self.entries).map_while(|entry| self.at.checked_add(entry * size));
        let at = places.find(|&at| self.numbers.short(at) == Some(tag))?;
        let kind = self.numbers.short(at + 2)?;
        let count = if is_big { self.numbers.long8(at + 4)? } else { self.numbers.long(at + 4)?.into() };
        let values = at + size - inline;
        let fits = bytes_of(kind).is_none_or(|bytes| count.saturating_mul(bytes as u64) <= inline as u64);
        let elsewhere = || if is_big { self.numbers.long8(values) } else { self.numbers.long(values).map(u64::from) };
        let at = if fits { values } else { usize::try_from(elsewhere()?).ok()? };
        Some(Entry { at, kind, count })
    }
}

/// The entry of a tag.
struct Entry {
    /// Offset of the first value.
    at: usize,
    /// The type of the values.
    kind: u16,
    count: u64,
}

// The types of values that are read here.
const BYTE: u16 = 1;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const UNDEFINED: u16 = 7;
const LONG8: u16 = 16;

/// Returns how many bytes a value of a type takes; `None` for a type that is not read here.
fn bytes_of(kind: u16) -> Option<usize> {
    match kind {
        BYTE | UNDEFINED => Some(1),
        SHORT => Some(2),
        LONG => Some(4),
        LONG8 => Some(8),
        _ => None,
    }
}

/// A reader for numbers in the byte order of the structure.
#[derive(Clone, Copy)]
struct Numbers<'b> {
    bytes: &'b [u8],
    is_big_endian: bool,
    /// Whether the structure is BigTIFF, whose offsets and counts have 64 bits.
    is_big: bool,
}

impl<'b> Numbers<'b> {
    fn of(bytes: &'b [u8]) -> Option<Self> {
        let (is_big_endian, is_big) = match bytes.first_chunk::<4>()? {
            b"MM\0\x2a" => (true, false),
            b"II\x2a\0" => (false, false),
            b"MM\0\x2b" => (true, true),
            b"II\x2b\0" => (false, true),
            _ => return None,
        };
        Some(Self { bytes, is_big_endian, is_big })
    }

    /// Reads a number of the type `kind`, if that is a type of whole numbers.
    fn number(self, at: usize, kind: u16) -> Option<u64> {
        match kind {
            BYTE => self.bytes.get(at).copied().map(u64::from),
            SHORT => self.short(at).map(u64::from),
            LONG => self.long(at).map(u64::from),
            LONG8 => self.long8(at),
            _ => None,
        }
    }

    fn short(self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn long(self, at: usize) -> Option<u32> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn long8(self, at: usize) -> Option<u64> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_big_endian { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orientation_is_read_as_every_program_writes_it_and_nothing_else_is_taken_for_it() {
        let short = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let long = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x04\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let big =
            b"II\x2b\0\x08\0\0\0\x10\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\x06\0\0\0\0\0\0\0";
        for structure in [&short[..], long, big, &[b"Exif\0\0", &short[..]].concat()] {
            assert_eq!(orientation(structure), Orientation::Rotate90);
        }
        for cut in 0..20 {
            assert_eq!(orientation(&short[..cut]), Orientation::NoTransforms);
        }
        assert_eq!(orientation(b"MM\0\x2a\xff\xff\xff\xff"), Orientation::NoTransforms);
        assert_eq!(orientation(b"II\x2b\0\x08\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"), Orientation::NoTransforms);
        assert_eq!(orientation(&[&short[..18], &[0, 9, 0, 0]].concat()), Orientation::NoTransforms);
    }

    #[test]
    fn values_stand_in_the_entry_or_elsewhere() {
        let structure = b"II\x2a\0\x08\0\0\0\x03\0\
            \x02\x01\x03\0\x03\0\0\0\x32\0\0\0\
            \x01\x01\x03\0\x02\0\0\0\x05\0\x06\0\
            \x73\x87\x07\0\x05\0\0\0\x38\0\0\0\0\0\0\0\x08\0\x09\0\x0a\0profile";
        let directory = Directory::first(structure).expect("a directory");
        assert_eq!(directory.numbers_of(0x0102).collect::<Vec<_>>(), [8, 9, 10]);
        assert_eq!(directory.numbers_of(0x0101).collect::<Vec<_>>(), [5, 6]);
        assert_eq!((directory.number(0x0102), directory.first_of(0x0102)), (None, Some(8)));
        assert_eq!(directory.bytes_of(0x8773), Some(&b"profi"[..]));
        assert_eq!(directory.numbers_of(0x0111).next(), None);
    }
}
