//! Whether a JPEG file is as plain as what adphoto writes.

use super::segment::{APP0, APP1, APP15, COMMENT, END_OF_IMAGE, START_OF_IMAGE, START_OF_SCAN, Segments};
use super::{ColorModel, Jpeg};

impl Jpeg<'_> {
    /// Whether `file`, from which this was read, is one that every program shows alike and that tells nothing besides
    /// its picture: baseline, gray or YCbCr, without metadata (JFIF's header is none, if it has no preview), and with
    /// nothing behind its end.
    #[must_use]
    pub fn is_plain(&self, file: &[u8]) -> bool {
        let common = matches!(self.header.color, ColorModel::Gray | ColorModel::YCbCr);
        self.header.frame.baseline && common && has_no_metadata(file)
    }
}

fn has_no_metadata(file: &[u8]) -> bool {
    let mut segments = Segments::new(file);
    let mut position = 0;
    loop {
        // What stands between segments, other than a scan's data, is neither picture nor table.
        if !segments.is_at_marker() {
            return false;
        }
        let Ok(segment) = segments.next() else { return false };
        match segment.marker {
            START_OF_IMAGE if position > 0 => return false,
            APP0 if !is_bare_jfif(segment.body) => return false,
            APP1..=APP15 | COMMENT => return false,
            START_OF_SCAN => segments.skip_scan_data(),
            END_OF_IMAGE => return segments.is_at_end(),
            _ => {}
        }
        position += 1;
    }
}

/// JFIF 1.02: identifier, version, units, two densities, and a preview of no pixels.
fn is_bare_jfif(body: &[u8]) -> bool {
    body.len() == 14 && body.starts_with(b"JFIF\0") && body.ends_with(&[0, 0])
}
