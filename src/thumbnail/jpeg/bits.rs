//! The bits of entropy-coded data, first bit first.

use crate::thumbnail::PhotoError;

/// Reads the bits up to the next marker; behind it there are zeros, and [`Bits::is_overrun`] tells.
///
/// The buffer holds the next bits left-aligned. `count` of them are sure; those behind may be there already.
pub(super) struct Bits<'d> {
    data: &'d [u8],
    at: usize,
    buffer: u64,
    count: u32,
    /// Zeros that are not in the data.
    padding: u32,
}

impl<'d> Bits<'d> {
    pub(super) fn new(data: &'d [u8]) -> Self {
        Self { data, at: 0, buffer: 0, count: 0, padding: 0 }
    }

    /// Makes at least 56 bits available.
    #[inline(always)]
    pub(super) fn refill(&mut self) {
        match self.data.get(self.at..).and_then(<[u8]>::first_chunk).map(|next| u64::from_be_bytes(*next)) {
            // Without a branch on how many bytes fit ("variant 4" of F. Giesen, "Reading bits in far too many ways").
            Some(next) if !has_marker_byte(next) => {
                self.buffer |= next >> self.count;
                self.at += ((63 - self.count) >> 3) as usize;
                self.count |= 56;
            }
            _ => self.refill_bytewise(),
        }
    }

    #[inline(never)]
    fn refill_bytewise(&mut self) {
        while self.count < 56 {
            let byte = match self.data.get(self.at..).unwrap_or_default() {
                // A stuffed zero tells a byte of data from a marker (T.81, F.1.2.3).
                [0xFF, 0, ..] => {
                    self.at += 2;
                    0xFF
                }
                // Any marker may have fill bytes before it (T.81, B.1.1.2).
                [0xFF, 0xFF, ..] => {
                    self.at += 1;
                    continue;
                }
                [0xFF, ..] | [] => {
                    self.padding += 8;
                    0
                }
                [byte, ..] => {
                    self.at += 1;
                    *byte
                }
            };
            self.buffer |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// The next `count` bits, 1 to 16, without taking them; so many must be available.
    #[inline(always)]
    pub(super) fn peek(&self, count: u32) -> usize {
        (self.buffer >> (64 - count)) as usize
    }

    /// Takes bits that are available.
    #[inline(always)]
    pub(super) fn consume(&mut self, count: u32) {
        self.buffer <<= count;
        self.count -= count;
    }

    /// The next bit; it must be available.
    #[inline(always)]
    pub(super) fn bit(&mut self) -> bool {
        let bit = self.buffer >> 63 == 1;
        self.consume(1);
        bit
    }

    /// The next `count` bits, 0 to 16, as a number; so many must be available.
    #[inline(always)]
    pub(super) fn number(&mut self, count: u32) -> i32 {
        // Shifted twice, as a shift by 64 is none.
        let number = (self.buffer >> 1 >> (63 - count)) as i32;
        self.consume(count);
        number
    }

    /// A value of `size` bits, 0 to 16, whose first bit is its sign (T.81, F.2.2.1, EXTEND); so many must be available.
    #[inline(always)]
    pub(super) fn signed(&mut self, size: u32) -> i32 {
        let number = self.number(size);
        // As a comparison, not a branch: the sign is as good as random.
        let negative = i32::from(number < (1 << size) >> 1);
        number - negative * ((1 << size) - 1)
    }

    /// Whether more was read than there is.
    #[inline(always)]
    pub(super) fn is_overrun(&self) -> bool {
        self.padding > self.count
    }

    /// Where in the data reading has come to, or a few bytes before it.
    pub(super) fn position(&self) -> usize {
        self.at.saturating_sub(8)
    }

    /// Makes sure that the data end here: the last byte is filled up, and then comes a marker.
    ///
    /// # Errors
    /// When more was read than there is, or much is left: that may be a part of the picture, which was then decoded wrong.
    /// Some cameras add a few bytes, or fill up with zeros or ones; and where the end marker is missing, what phones put
    /// behind it follows at once.
    pub(super) fn check_end(&mut self) -> Result<(), PhotoError> {
        const HARMLESS: usize = 4;
        if self.is_overrun() {
            return Err(PhotoError::Truncated);
        }
        let filling = self.count % 8;
        // T.81, F.1.2.3: with ones.
        let is_filled_up = self.number(filling) == (1 << filling) - 1;
        if is_filled_up && is_trailer(self.rest()) {
            return Ok(());
        }
        // No code consists of ones alone (T.81, C.2), so a picture's data are not them either.
        let (mut unread, mut only_zeros, mut only_ones) = (0, true, true);
        loop {
            self.refill();
            if self.count < self.padding + 8 {
                return Ok(());
            }
            unread += 1;
            let byte = self.number(8);
            only_zeros &= byte == 0;
            only_ones &= byte == 0xFF;
            if unread > HARMLESS && !only_zeros && !only_ones {
                return Err(PhotoError::irregular("its data go on where the picture ends"));
            }
        }
    }

    /// Returns the file from the next byte on; no part of a byte may have been taken.
    fn rest(&self) -> &'d [u8] {
        let mut at = self.at;
        for _ in 0..self.count.saturating_sub(self.padding) / 8 {
            let is_stuffed = at >= 2 && self.data[at - 2..at] == [0xFF, 0];
            at = at.saturating_sub(if is_stuffed { 2 } else { 1 });
        }
        &self.data[at..]
    }
}

/// Whether this is what phones and cameras put behind a picture: a short film (ISO/IEC 14496-12, 4.3), Samsung's notes on
/// what lies where, or an archive. Data that begin so exactly where the picture ends are no part of it.
fn is_trailer(rest: &[u8]) -> bool {
    rest.get(4..8) == Some(b"ftyp") || [&b"SEFH"[..], b"SEFT", b"PK\x03\x04"].iter().any(|mark| rest.starts_with(mark))
}

/// Whether one of the bytes is FF ("haszero" of S. E. Anderson, "Bit Twiddling Hacks", of the inverse).
#[inline(always)]
fn has_marker_byte(bytes: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    (!bytes).wrapping_sub(ONES) & bytes & (ONES << 7) != 0
}
