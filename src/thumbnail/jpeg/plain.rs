//! A check whether a JPEG file is as plain as those that adphoto writes, so that it need not be encoded again.

use super::header::Tables;
use super::segment::{
    APP0, END_OF_IMAGE, HUFFMAN_TABLES, QUANTIZATION_TABLES, RESTART_INTERVAL, START_OF_BASELINE_FRAME, START_OF_IMAGE,
    START_OF_SCAN, Segments,
};
use super::{ColorModel, Jpeg};

impl Jpeg<'_> {
    /// Returns whether every program shows the file in the same way, and whether it contains nothing but its picture:
    /// it is baseline, gray or YCbCr, has no metadata (except for a JFIF header without a preview), and ends with the
    /// picture. `file` is the content from which this JPEG was read.
    #[must_use]
    pub fn is_plain(&self, file: &[u8]) -> bool {
        let common = matches!(self.header.color, ColorModel::Gray | ColorModel::YCbCr);
        self.header.frame.baseline && common && has_nothing_else(file, self.header.frame.components.len())
    }
}

/// Returns whether `file` consists of nothing but one picture of this many components.
fn has_nothing_else(file: &[u8], components: usize) -> bool {
    let mut segments = Segments::new(file);
    let mut tables = Tables::default();
    let (mut position, mut scanned) = (0, 0);
    loop {
        // Bytes between two segments that are not the data of a scan could be anything, because decoders skip them.
        if !segments.is_at_marker() {
            return false;
        }
        let Ok(segment) = segments.next() else { return false };
        match segment.marker {
            START_OF_IMAGE if position == 0 => {}
            _ if position == 0 => return false,
            APP0 if is_bare_jfif(segment.body) => {}
            START_OF_BASELINE_FRAME => {}
            QUANTIZATION_TABLES | HUFFMAN_TABLES | RESTART_INTERVAL if tables.update(segment).is_ok() => {}
            START_OF_SCAN => {
                // Not every program assumes the standard tables where a file has none.
                if !names_tables_of(segment.body, &tables) {
                    return false;
                }
                scanned += usize::from(segment.body.first().copied().unwrap_or_default());
                segments.skip_scan_data();
            }
            // Each component must be scanned exactly once. Our decoder stops when it has all components, but another
            // program may read on: a second scan would show it another picture.
            END_OF_IMAGE => return segments.is_at_end() && scanned == components,
            _ => return false,
        }
        position += 1;
    }
}

/// Returns whether `tables` has the Huffman tables that the header of a scan names.
fn names_tables_of(scan: &[u8], tables: &Tables) -> bool {
    let Some((&count, rest)) = scan.split_first() else { return false };
    let parts = rest.chunks_exact(2).take(usize::from(count));
    let is_there = |part: &[u8]| {
        let (dc, ac) = (usize::from(part[1] >> 4), usize::from(part[1] & 15));
        tables.dc.get(dc).is_some_and(Option::is_some) && tables.ac.get(ac).is_some_and(Option::is_some)
    };
    parts.into_iter().all(is_there)
}

/// Returns whether a segment is a JFIF header without a preview: identifier, version, units, two densities, and a
/// preview of 0×0 pixels (JFIF 1.02).
fn is_bare_jfif(body: &[u8]) -> bool {
    body.len() == 14 && body.starts_with(b"JFIF\0") && body.ends_with(&[0, 0])
}
