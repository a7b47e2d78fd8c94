//! Dangling references in HEIC files: references to items that the file does not have.
//!
//! Phones write them; iOS 18, for example, refers to an auxiliary picture that it left out. Other programs ignore them,
//! but `heifer` gives up. So they are removed, in a copy of the file, before `heifer` sees it.

use std::borrow::Cow;
use std::collections::HashSet;

use heifer::heifer_isobmff::BoxIter;
use heifer::heifer_isobmff::boxes::{parse_item_infos, parse_item_locations, parse_property_container};

use crate::thumbnail::memory::MAX_MENDED;

/// A type of reference that no reader knows and so every reader ignores.
const NONE: [u8; 4] = *b"none";
/// Offset of a box's type in the box; also the number of its bytes.
const KIND: usize = 4;

/// Returns the file without references to items and properties that it does not have, and without what follows its last
/// box. References to the parts of the picture itself stay: if one of those is missing, the picture cannot be decoded.
pub(super) fn without_dangling(file: &[u8]) -> Cow<'_, [u8]> {
    let file = &file[..end_of_boxes(file)];
    let places = dangling(file).unwrap_or_default();
    if places.is_empty() || file.len() > MAX_MENDED {
        return Cow::Borrowed(file);
    }
    let mut copy = file.to_vec();
    for Place { at, bytes } in places {
        if let Some(place) = copy.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(&bytes);
        }
    }
    Cow::Owned(copy)
}

/// Bytes to write over those at an offset.
struct Place {
    at: usize,
    bytes: Vec<u8>,
}

/// The content of a box, and its offset in the file.
#[derive(Clone, Copy)]
struct Content<'f> {
    at: usize,
    bytes: &'f [u8],
}

impl<'f> Content<'f> {
    /// Returns the boxes inside, from `skipped` bytes on, each with its type, its offset in the file, and its content.
    /// The iterator ends before the first broken box.
    fn boxes(self, skipped: usize) -> impl Iterator<Item = ([u8; 4], usize, Content<'f>)> {
        let boxes = BoxIter::new(self.bytes.get(skipped..).unwrap_or_default()).map_while(Result::ok);
        boxes.map(move |found| {
            let at = self.at + skipped + found.offset;
            let content = Content { at: at + found.header.header_size as usize, bytes: found.content };
            (found.header.box_type.0, at, content)
        })
    }

    fn child(self, kind: [u8; 4], skipped: usize) -> Option<Self> {
        self.boxes(skipped).find(|(found, ..)| *found == kind).map(|(.., content)| content)
    }

    fn number(self, at: usize, bytes: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..at.checked_add(bytes)?)?;
        Some(bytes.iter().fold(0, |number, &byte| number << 8 | u32::from(byte)))
    }
}

/// Returns the offset at which the last box ends. Some cameras write data of their own behind it (Samsung: SEFH …
/// SEFT), which is not a box.
fn end_of_boxes(file: &[u8]) -> usize {
    let (mut end, mut has_meta) = (0, false);
    for (kind, at, content) in (Content { at: 0, bytes: file }).boxes(0) {
        has_meta |= kind == *b"meta";
        end = at.max(content.at + content.bytes.len());
    }
    // If the file was cut off, what remains is the beginning of a box of a known type. It stays, so that the decoder
    // notices.
    let is_cut_off = matches!(
        file.get(end + KIND..end + 2 * KIND),
        Some(b"mdat" | b"meta" | b"moov" | b"idat" | b"free" | b"skip" | b"uuid" | b"mpvd")
    );
    if has_meta && !is_cut_off { end } else { file.len() }
}

/// Returns what to overwrite so that no reference dangles; `None` if the file cannot be understood.
fn dangling(file: &[u8]) -> Option<Vec<Place>> {
    const FULL_BOX: usize = 4;
    let meta = Content { at: 0, bytes: file }.child(*b"meta", 0)?;
    let items = parse_item_infos(meta.child(*b"iinf", FULL_BOX)?.bytes).ok()?;
    let items: HashSet<u32> = items.iter().map(|item| item.id).collect();
    let locations = parse_item_locations(meta.child(*b"iloc", FULL_BOX)?.bytes).ok()?;
    let located: HashSet<u32> = locations.iter().map(|location| location.id).collect();
    let mut places = Vec::new();
    if let Some(references) = meta.child(*b"iref", FULL_BOX) {
        let id_bytes = if *references.bytes.first()? == 0 { 2 } else { 4 };
        for (kind, at, content) in references.boxes(FULL_BOX) {
            let from = content.number(0, id_bytes);
            let is_there = from.is_some_and(|from| items.contains(&from) && located.contains(&from));
            // An auxiliary picture such as opacity or depth refers to the main picture (auxl), so the decoder follows
            // these references backwards, to items that may not exist. Other types it follows only if it needs what
            // they refer to.
            if kind == *b"auxl" && !is_there {
                places.push(Place { at: at + KIND, bytes: NONE.to_vec() });
            }
        }
    }
    let properties = meta.child(*b"iprp", FULL_BOX);
    if let Some(container) = properties.and_then(|properties| properties.child(*b"ipco", 0)) {
        let Ok(known) = parse_property_container(container.bytes) else { return Some(places) };
        let count = known.len() as u32;
        let associations = properties.into_iter().flat_map(|properties| properties.boxes(0));
        for (.., content) in associations.filter(|(kind, ..)| kind == b"ipma") {
            places.extend(dangling_associations(content, count).unwrap_or_default());
        }
    }
    Some(places)
}

/// Returns the associations of items with properties that the file does not have (ISO/IEC 23008-12, 9.3). Only those
/// are returned that a reader may ignore, because they are not marked as essential.
fn dangling_associations(content: Content<'_>, count: u32) -> Option<Vec<Place>> {
    let (id_bytes, bytes) =
        (if content.number(0, 1)? == 0 { 2 } else { 4 }, if content.number(3, 1)? & 1 == 0 { 1 } else { 2 });
    let essential = 0x80 << (8 * (bytes - 1));
    let (mut at, mut places) = (8, Vec::new());
    for _ in 0..content.number(4, 4)? {
        at += id_bytes;
        let associations = content.number(at, 1)?;
        at += 1;
        for _ in 0..associations {
            let number = content.number(at, bytes)?;
            if number & essential == 0 && number > count {
                places.push(Place { at: content.at + at, bytes: vec![0; bytes] });
            }
            at += bytes;
        }
    }
    Some(places)
}
