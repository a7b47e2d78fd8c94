//! A reader for the bits of entropy-coded data, most significant bit first (T.81, C.3).

use super::buffer::{Buffer, Reader};
use crate::thumbnail::PhotoError;

/// Reads bits up to the next marker.
///
/// Behind the marker it delivers zeros without an error, so that the decoders' inner loops need not check for the end
/// of the data. They ask [`Bits::is_overrun`] once for each unit instead.
///
#[derive(Debug, Clone, Copy)]
pub(super) struct Bits<'d> {
    data: &'d [u8],
    /// Offset in `data` of the first byte whose bits are not counted in the buffer yet.
    at: usize,
    pub(super) buffer: Buffer,
    /// Number of zero bits that were added because the data had ended.
    padding: u32,
}

impl<'d> Bits<'d> {
    pub(super) fn new(data: &'d [u8]) -> Self {
        Self { data, at: 0, buffer: Buffer::default(), padding: 0 }
    }

    /// Starts to read at bit `place` of the data.
    pub(super) fn at(data: &'d [u8], place: usize) -> Self {
        let mut bits = Self { at: place / 8, ..Self::new(data) };
        bits.refill();
        bits.buffer.consume((place % 8) as u32);
        bits
    }

    pub(super) fn data(&self) -> &'d [u8] {
        self.data
    }

    /// Fills the buffer so that at least 56 bits can be used.
    #[inline(always)]
    pub(super) fn refill(&mut self) {
        match self.data.get(self.at..).and_then(<[u8]>::first_chunk).map(|next| u64::from_be_bytes(*next)) {
            // The common case: eight bytes without FF are plain data.
            Some(next) if !has_marker_byte(next) => self.at += self.buffer.fill(next),
            _ => *self = self.refilled_bytewise(),
        }
    }

    /// Fills the buffer byte by byte, where the data has a byte FF or ends. It is kept out of line, because it runs
    /// seldom and would make the inner loops larger. The reader is passed by value: if its address were taken, the
    /// inner loops could not keep it in registers.
    #[cold]
    #[inline(never)]
    fn refilled_bytewise(mut self) -> Self {
        while self.buffer.count < 56 {
            let byte = match self.data.get(self.at..).unwrap_or_default() {
                // After a data byte FF, the encoder stuffs a zero byte so that it cannot be taken for a marker (T.81,
                // F.1.2.3). The zero is not data.
                [0xFF, 0, ..] => {
                    self.at += 2;
                    0xFF
                }
                // Any marker may be preceded by fill bytes FF (T.81, B.1.1.2).
                [0xFF, 0xFF, ..] => {
                    self.at += 1;
                    continue;
                }
                // A marker, or the end of the file: `at` stays here for good.
                [0xFF, ..] | [] => {
                    self.padding += 8;
                    0
                }
                [byte, ..] => {
                    self.at += 1;
                    *byte
                }
            };
            self.buffer.bits |= u64::from(byte) << (56 - self.buffer.count);
            self.buffer.count += 8;
        }
        self
    }

    /// Returns whether more bits were taken than the data has: some of the padding is gone from the buffer.
    #[inline(always)]
    pub(super) fn is_overrun(&self) -> bool {
        self.padding > self.buffer.count
    }

    /// Returns a place in the data at or shortly before the point up to which bits were taken; `at` itself may be eight
    /// bytes ahead of it. To look for the next marker from there is safe, because entropy-coded data contains none.
    pub(super) fn position(&self) -> usize {
        self.at.saturating_sub(8)
    }

    /// Checks that the data ends here: the rest of the last byte is filled up, and a marker follows.
    ///
    /// Three leftovers are accepted, because cameras and phones write them behind complete pictures: a few extra bytes,
    /// any number of bytes that are all 0 or all FF, and, where the end marker is missing, the trailer that would
    /// follow it.
    ///
    /// # Errors
    /// When more bits were taken than there are, or when other data is left. What is left may be a part of the picture,
    /// and then the rest was decoded wrong.
    pub(super) fn check_end(&mut self) -> Result<(), PhotoError> {
        const MAX_EXTRA_BYTES: usize = 4;
        if self.is_overrun() {
            return Err(PhotoError::Truncated);
        }
        let filling = self.buffer.count % 8;
        // An encoder fills up the last byte with ones (T.81, F.1.2.3).
        let is_filled_up = self.buffer.number(filling) == (1 << filling) - 1;
        if is_filled_up && is_trailer(self.rest()) {
            return Ok(());
        }
        // Bytes FF alone cannot be a part of a picture, as no Huffman code consists of ones alone (T.81, C.2).
        let (mut unread, mut only_zeros, mut only_ones) = (0, true, true);
        loop {
            self.refill();
            if self.buffer.count < self.padding + 8 {
                return Ok(());
            }
            unread += 1;
            let byte = self.buffer.number(8);
            only_zeros &= byte == 0;
            only_ones &= byte == 0xFF;
            if unread > MAX_EXTRA_BYTES && !only_zeros && !only_ones {
                return Err(PhotoError::irregular("there is more data after the end of the picture"));
            }
        }
    }

    /// Returns the data from the next byte on. Only whole bytes must have been taken before.
    fn rest(&self) -> &'d [u8] {
        // Goes back over the bytes that were read ahead into the buffer; a stuffed zero takes a second byte.
        let mut at = self.at;
        for _ in 0..self.buffer.count.saturating_sub(self.padding) / 8 {
            let is_stuffed = at >= 2 && self.data[at - 2..at] == [0xFF, 0];
            at = at.saturating_sub(if is_stuffed { 2 } else { 1 });
        }
        &self.data[at..]
    }
}

impl Reader for Bits<'_> {
    type Data = ();

    #[inline(always)]
    fn refill(&mut self, (): &()) {
        Bits::refill(self);
    }

    #[inline(always)]
    fn buffer(&mut self) -> &mut Buffer {
        &mut self.buffer
    }
}

/// Returns whether `rest` begins with what phones and cameras put behind a picture: a short film (ISO/IEC 14496-12,
/// 4.3), Samsung's list of the parts of a file (SEFH, SEFT), or a ZIP archive. If such a mark stands exactly where the
/// picture ends, it is not a part of the picture.
fn is_trailer(rest: &[u8]) -> bool {
    rest.get(4..8) == Some(b"ftyp") || [&b"SEFH"[..], b"SEFT", b"PK\x03\x04"].iter().any(|mark| rest.starts_with(mark))
}

/// Returns whether one of the eight bytes is FF. Inverted, that is a search for a zero byte: "haszero" in S. E.
/// Anderson, "Bit Twiddling Hacks".
#[inline(always)]
fn has_marker_byte(bytes: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    (!bytes).wrapping_sub(ONES) & bytes & (ONES << 7) != 0
}
