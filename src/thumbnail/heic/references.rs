//! References to what is not there. Phones write them (iOS 18 to an auxiliary picture that it left out), and other
//! programs pass them over; `heifer` gives up. So they are taken out of a copy before it sees the file.

use std::borrow::Cow;
use std::collections::HashSet;

use heifer::heifer_isobmff::BoxIter;
use heifer::heifer_isobmff::boxes::{parse_item_infos, parse_item_locations, parse_property_container};

use crate::thumbnail::memory::MAX_MENDED;

/// A kind of reference that nobody knows.
const NONE: [u8; 4] = *b"none";
/// Where a box's kind stands in it.
const KIND: usize = 4;

/// Returns the file without references to items and properties that it does not have, and without what lies behind its
/// last box. What the picture is made of stays: where a part of it is missing, it cannot be decoded.
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

/// Bytes that are to stand somewhere instead.
struct Place {
    at: usize,
    bytes: Vec<u8>,
}

/// A box's content, and where it begins in the file.
#[derive(Clone, Copy)]
struct Content<'f> {
    at: usize,
    bytes: &'f [u8],
}

impl<'f> Content<'f> {
    /// Returns the boxes within, from `skipped` bytes on: kind, place of the box, content. They end where one is broken.
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

/// Returns where the last box ends that is one. Some cameras put notes of their own behind it (Samsung: SEFH … SEFT).
fn end_of_boxes(file: &[u8]) -> usize {
    let (mut end, mut has_meta) = (0, false);
    for (kind, at, content) in (Content { at: 0, bytes: file }).boxes(0) {
        has_meta |= kind == *b"meta";
        end = at.max(content.at + content.bytes.len());
    }
    // A picture that is cut off must be seen to be: its last box is one that every program knows.
    let is_cut_off = matches!(
        file.get(end + KIND..end + 2 * KIND),
        Some(b"mdat" | b"meta" | b"moov" | b"idat" | b"free" | b"skip" | b"uuid" | b"mpvd")
    );
    if has_meta && !is_cut_off { end } else { file.len() }
}

/// Returns what is to be overwritten so that nothing refers to what is not there; `None` of a file that cannot be read.
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
            // Opacity or depth (auxl): of all, only these are looked for from the picture to whatever refers to it.
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

/// Returns the numbers of properties that are not there, of those that a reader may leave out.
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
