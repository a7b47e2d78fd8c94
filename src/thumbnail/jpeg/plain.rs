//! Whether a JPEG file is as plain as what adphoto writes.

use super::segment::{
    APP0, END_OF_IMAGE, HUFFMAN_TABLES, QUANTIZATION_TABLES, RESTART_INTERVAL, START_OF_BASELINE_FRAME, START_OF_IMAGE,
    START_OF_SCAN, Segments,
};
use super::{ColorModel, Jpeg};

impl Jpeg<'_> {
    /// Whether `file`, from which this was read, is one that every program shows alike and that tells nothing besides
    /// its picture: baseline, gray or YCbCr, without metadata (JFIF's header is none, if it has no preview), and with
    /// nothing behind its end.
    #[must_use]
    pub fn is_plain(&self, file: &[u8]) -> bool {
        let common = matches!(self.header.color, ColorModel::Gray | ColorModel::YCbCr);
        self.header.frame.baseline && common && has_nothing_else(file, self.header.frame.components.len())
    }
}

fn has_nothing_else(file: &[u8], components: usize) -> bool {
    let mut segments = Segments::new(file);
    let (mut position, mut scanned) = (0, 0);
    loop {
        // What stands between segments, other than a scan's data, is neither picture nor table.
        if !segments.is_at_marker() {
            return false;
        }
        let Ok(segment) = segments.next() else { return false };
        match segment.marker {
            START_OF_IMAGE if position == 0 => {}
            _ if position == 0 => return false,
            APP0 if is_bare_jfif(segment.body) => {}
            START_OF_BASELINE_FRAME | QUANTIZATION_TABLES | HUFFMAN_TABLES | RESTART_INTERVAL => {}
            START_OF_SCAN => {
                scanned += usize::from(segment.body.first().copied().unwrap_or_default());
                segments.skip_scan_data();
            }
            // Each component once: a program that goes on to the end must see what was seen here.
            END_OF_IMAGE => return segments.is_at_end() && scanned == components,
            _ => return false,
        }
        position += 1;
    }
}

/// JFIF 1.02: identifier, version, units, two densities, and a preview of no pixels.
fn is_bare_jfif(body: &[u8]) -> bool {
    body.len() == 14 && body.starts_with(b"JFIF\0") && body.ends_with(&[0, 0])
}
