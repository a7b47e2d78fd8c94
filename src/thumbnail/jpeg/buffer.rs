//! The next bits of entropy-coded data.

/// The next bits, left-aligned in `bits`; `count` says how many of them may be used. The bits after the first `count` are
/// either 0 or already the next bits of the data. [`Buffer::fill`] combines them with the same bits by OR, so they do not
/// change.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Buffer {
    pub(super) bits: u64,
    pub(super) count: u32,
}

/// A reader whose buffer is filled from data that it does not own.
pub(super) trait Reader: Copy {
    /// What the reader reads from.
    type Data: ?Sized;

    /// Fills the buffer so that at least 56 bits can be used.
    fn refill(&mut self, data: &Self::Data);

    fn buffer(&mut self) -> &mut Buffer;
}

impl Buffer {
    /// Puts the next eight bytes behind the bits that are there, so that at least 56 can be used. Returns how many of
    /// the bytes fitted whole.
    ///
    /// What does not fit falls off. No branch depends on how many bits there are ("variant 4" of F. Giesen, "Reading
    /// bits in far too many ways").
    #[inline(always)]
    pub(super) fn fill(&mut self, next: u64) -> usize {
        self.bits |= next >> self.count;
        let fitted = ((63 - self.count) >> 3) as usize;
        self.count |= 56;
        fitted
    }

    /// Returns the next `count` bits (1 to 16) without taking them. The buffer must hold that many.
    #[inline(always)]
    pub(super) fn peek(&self, count: u32) -> usize {
        (self.bits >> (64 - count)) as usize
    }

    /// Takes `count` bits, which the buffer must hold.
    #[inline(always)]
    pub(super) fn consume(&mut self, count: u32) {
        self.bits <<= count;
        self.count -= count;
    }

    /// Takes the next bit, which the buffer must hold.
    #[inline(always)]
    pub(super) fn bit(&mut self) -> bool {
        let bit = self.bits >> 63 == 1;
        self.consume(1);
        bit
    }

    /// Takes the next `count` bits (0 to 16) as an unsigned number. The buffer must hold that many.
    #[inline(always)]
    pub(super) fn number(&mut self, count: u32) -> i32 {
        // For `count` 0 this would be a shift by 64, which a `u64` does not have; hence two shifts.
        let number = (self.bits >> 1 >> (63 - count)) as i32;
        self.consume(count);
        number
    }

    /// Takes a coefficient of `size` bits (0 to 16), which the buffer must hold.
    ///
    /// T.81, F.2.2.1, EXTEND: if the first bit is 1 the value is positive and the bits are its amount. If it is 0 the
    /// value is negative, and the bits are what is left after adding 2^size - 1 to it.
    #[inline(always)]
    pub(super) fn signed(&mut self, size: u32) -> i32 {
        let number = self.number(size);
        // The sign is as good as random, so a branch on it would be mispredicted half of the time; a comparison and a
        // multiplication have no branch.
        let negative = i32::from(number < (1 << size) >> 1);
        number - negative * ((1 << size) - 1)
    }
}
