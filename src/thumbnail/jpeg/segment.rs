//! The segments of a JPEG file (ITU-T T.81, annex B), and the entropy-coded data behind a scan's header.

use std::ops::Range;

use memchr::memchr;

use super::bits::Bits;
use crate::thumbnail::PhotoError;

pub(super) const START_OF_BASELINE_FRAME: u8 = 0xC0;
pub(super) const START_OF_IMAGE: u8 = 0xD8;
pub(super) const END_OF_IMAGE: u8 = 0xD9;
pub(super) const START_OF_SCAN: u8 = 0xDA;
pub(super) const QUANTIZATION_TABLES: u8 = 0xDB;
pub(super) const RESTART_INTERVAL: u8 = 0xDD;
pub(super) const HUFFMAN_TABLES: u8 = 0xC4;
pub(super) const APP0: u8 = 0xE0;
pub(super) const APP1: u8 = 0xE1;
pub(super) const APP2: u8 = 0xE2;
pub(super) const APP14: u8 = 0xEE;
const APP15: u8 = 0xEF;
const COMMENT: u8 = 0xFE;
const NUMBER_OF_LINES: u8 = 0xDC;
const FIRST_RESTART: u8 = 0xD0;
const LAST_RESTART: u8 = 0xD7;
/// TEM, a marker without a body that only arithmetic coders write.
const TEMPORARY: u8 = 0x01;

/// A marker and its body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment<'f> {
    pub(super) marker: u8,
    /// The body; empty for a marker that stands alone.
    pub(super) body: &'f [u8],
}

/// A reader that goes through a file from segment to segment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segments<'f> {
    file: &'f [u8],
    at: usize,
}

impl<'f> Segments<'f> {
    pub(super) fn new(file: &'f [u8]) -> Self {
        Self { file, at: 0 }
    }

    pub(super) fn file(&self) -> &'f [u8] {
        self.file
    }

    /// Returns the next segment. Bytes in front of its marker are skipped, as every decoder does.
    ///
    /// # Errors
    /// When the file ends before.
    pub(super) fn next(&mut self) -> Result<Segment<'f>, PhotoError> {
        loop {
            let (at, marker) = self.next_marker().ok_or(PhotoError::Truncated)?;
            self.at = at + 2;
            match marker {
                FIRST_RESTART..=LAST_RESTART => {}
                START_OF_IMAGE | END_OF_IMAGE => return Ok(Segment { marker, body: &[] }),
                _ => {
                    let length = self.file.get(self.at..self.at + 2).ok_or(PhotoError::Truncated)?;
                    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
                    if length < 2 && is_needed(marker) {
                        return Err(PhotoError::irregular("one of its segments is shorter than its own length field"));
                    }
                    // The length includes its own two bytes (T.81, B.1.1.4). A segment that nobody needs may break that
                    // rule; it is then taken as empty, as libjpeg does.
                    let length = length.max(2);
                    let body = self.file.get(self.at + 2..self.at + length).ok_or(PhotoError::Truncated)?;
                    self.at += length;
                    return Ok(Segment { marker, body });
                }
            }
        }
    }

    /// Returns whether the file ends here.
    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.file.len()
    }

    /// Returns whether the picture has an end marker.
    ///
    /// Going from segment to segment steps over embedded previews, which have end markers of their own. A segment that
    /// cannot follow a scan belongs to something behind the picture, so the picture's own end marker is missing.
    pub(super) fn reaches_end_marker(mut self) -> bool {
        // The common case needs no search. A scan's data cannot contain the marker by chance.
        if self.file.ends_with(&[0xFF, END_OF_IMAGE]) {
            return true;
        }
        while let Ok(segment) = self.next() {
            match segment.marker {
                END_OF_IMAGE => return true,
                HUFFMAN_TABLES | QUANTIZATION_TABLES | RESTART_INTERVAL | START_OF_SCAN | APP0..=APP15 | COMMENT => {}
                _ => return false,
            }
        }
        false
    }

    /// Returns whether the next marker stands right here, with nothing in between.
    pub(super) fn is_at_marker(&self) -> bool {
        self.next_marker().is_some_and(|(at, _)| at == self.at)
    }

    /// Skips the data of a scan, with its restart markers.
    pub(super) fn skip_scan_data(&mut self) {
        while let Some((at, marker)) = self.next_marker() {
            self.at = at;
            if !matches!(marker, FIRST_RESTART..=LAST_RESTART) {
                return;
            }
            self.at += 2;
        }
        self.at = self.file.len();
    }

    /// Calls `decode` for each restart interval of a scan, with its data and the numbers of its MCUs. `length` is the
    /// number of MCUs in an interval (0 if the whole scan is one), and `total` is the number in the scan.
    pub(super) fn each_interval(
        &mut self,
        length: usize,
        total: usize,
        mut decode: impl FnMut(&mut Bits<'_>, Range<usize>) -> Result<(), PhotoError>,
    ) -> Result<(), PhotoError> {
        let length = if length == 0 { total } else { length };
        for (index, start) in (0..total).step_by(length).enumerate() {
            if index > 0 {
                self.expect_restart(index - 1)?;
            }
            let end = (start + length).min(total);
            let mut bits = Bits::new(&self.file[self.at..]);
            decode(&mut bits, start..end)?;
            bits.check_end()?;
            self.at += bits.position();
        }
        Ok(())
    }

    /// Steps over the restart marker behind interval `index`. The markers count from 0 to 7 and begin anew (T.81,
    /// B.2.1), so a wrong number shows that intervals were lost.
    fn expect_restart(&mut self, index: usize) -> Result<(), PhotoError> {
        match self.next_marker() {
            Some((at, marker @ FIRST_RESTART..=LAST_RESTART)) if usize::from(marker - FIRST_RESTART) == index % 8 => {
                self.at = at + 2;
                Ok(())
            }
            Some((_, FIRST_RESTART..=LAST_RESTART)) => {
                Err(PhotoError::damaged("a part of its data is missing: its restart markers are out of order"))
            }
            _ => Err(PhotoError::Truncated),
        }
    }

    /// Returns where the next marker stands, and which it is. Stuffed zeros and fill bytes are skipped.
    fn next_marker(&self) -> Option<(usize, u8)> {
        let mut at = self.at;
        loop {
            at += memchr(0xFF, self.file.get(at..)?)?;
            match *self.file.get(at + 1)? {
                0 | TEMPORARY => at += 2,
                0xFF => at += 1,
                marker => return Some((at, marker)),
            }
        }
    }
}

/// Returns whether a picture cannot be decoded correctly without this segment.
fn is_needed(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF | START_OF_SCAN | QUANTIZATION_TABLES | NUMBER_OF_LINES | RESTART_INTERVAL)
}
