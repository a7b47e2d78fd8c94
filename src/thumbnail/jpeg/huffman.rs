//! Huffman tables: how a symbol is decoded (T.81, annexes C and F).
//!
//! A file defines a table by the number of codes of each length and the symbols in the order of their codes. The codes
//! follow from that (T.81, C.2): they count up from 0, and with each longer length the next code is doubled. So the
//! codes of one length are consecutive numbers, and each longer code is larger than all shorter ones, compared from the
//! left.
//!
//! The symbol of an AC coefficient has two halves (T.81, F.1.2.2). The upper one is the run: how many zero coefficients
//! come before the value. The lower one is the size: how many bits of the value follow the code. Size 0 marks the end
//! of the block, except after run 15, where it stands for 16 zeros.

use super::buffer::Buffer;
use crate::failure::Advice;
use crate::thumbnail::PhotoError;

/// A sign that the data of a scan is not what an encoder wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Corrupt {
    #[error("its data contains a code that is in none of its tables")]
    Code,
    #[error("a block of its data has more than 64 values")]
    Block,
    #[error("its data contains a value that no picture can have")]
    Value,
}

/// This error gives no advice of its own, because it becomes a [`PhotoError`], which does.
impl Advice for Corrupt {}

/// The length of the codes, in bits, up to which they are found by one look-up.
const DIRECT_BITS: u32 = 9;
/// The number of coefficients in a block.
pub(super) const BLOCK: u32 = 64;
/// The position that stands for the end of a block. It can be told from each position to which coefficients lead.
pub(super) const END_OF_BLOCK: u32 = 128;

/// What a code stands for, in one word, so that a table's answer is one load.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Symbol(u32);

impl Symbol {
    fn new(length: u32, symbol: u8) -> Self {
        let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        let advance = if size == 0 && run < 15 { END_OF_BLOCK } else { run + 1 };
        Self((length + size) | length << 8 | advance << 16 | u32::from(symbol) << 24)
    }

    /// Returns the number of bits of the code and of the value of an AC coefficient that follows it.
    #[inline(always)]
    pub(super) fn bits(self) -> u32 {
        // A processor's shifts look at the lowest six bits only, so that this costs nothing there.
        self.0 % 64
    }

    /// Returns the length of the code in bits.
    #[inline(always)]
    pub(super) fn length(self) -> u32 {
        self.0 >> 8 & 0xFF
    }

    /// Returns the number of AC coefficients for which the symbol stands, or [`END_OF_BLOCK`].
    #[inline(always)]
    pub(super) fn advance(self) -> u32 {
        self.0 >> 16 & 0xFF
    }

    /// Returns the symbol as it stands in the file.
    #[inline(always)]
    fn symbol(self) -> u8 {
        (self.0 >> 24) as u8
    }

    /// Returns the number of bits of the value that follows the code of an AC coefficient.
    #[inline(always)]
    pub(super) fn size(self) -> u32 {
        self.0 >> 24 & 15
    }

    /// Returns the value that follows the code of this symbol, which the buffer begins with and must hold.
    #[inline(always)]
    pub(super) fn value(self, bits: &Buffer) -> i16 {
        let mut behind = *bits;
        behind.bits <<= self.length();
        behind.signed(self.size()) as i16
    }
}

/// A table of a file, prepared for decoding.
#[derive(Debug)]
pub(super) struct Huffman {
    /// For each value of the next [`DIRECT_BITS`] bits: the code that they begin with. Its length is 0 if the code is
    /// longer than that.
    direct: Box<[Symbol; 1 << DIRECT_BITS]>,
    /// For each code length: one more than its last code, left-aligned to 16 bits. As longer codes are larger, a code
    /// is no longer than `length` exactly if the next 16 bits are below `limits[length]`.
    limits: [u32; 17],
    /// For each code length: the number to add to a code to get the place of its symbol in `symbols`.
    offsets: [i32; 17],
    symbols: Vec<u8>,
}

impl Huffman {
    /// Creates a table from the number of codes of each length (1 to 16) and the symbols in the order of their codes.
    ///
    /// # Errors
    /// When there are more codes of a length than that length has room for.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Result<Self, PhotoError> {
        let mut table = Self {
            direct: Box::new([Symbol::default(); 1 << DIRECT_BITS]),
            limits: [0; 17],
            offsets: [0; 17],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut place) = (0u32, 0usize);
        for (length, &count) in (1u32..).zip(counts) {
            table.offsets[length as usize] = place as i32 - code as i32;
            for _ in 0..count {
                let symbol = symbols.get(place).copied().unwrap_or_default();
                place += 1;
                // A short code is followed by bits that can be anything, so it fills all entries that begin with it.
                if length <= DIRECT_BITS {
                    let first = (code as usize) << (DIRECT_BITS - length);
                    let all = 1 << (DIRECT_BITS - length);
                    if let Some(entries) = table.direct.get_mut(first..first + all) {
                        entries.fill(Symbol::new(length, symbol));
                    }
                }
                code += 1;
            }
            if code > 1 << length {
                return Err(PhotoError::damaged("a Huffman table has more codes than are possible"));
            }
            table.limits[length as usize] = code << (16 - length);
            code <<= 1;
        }
        Ok(table)
    }

    /// Takes the next symbol. The buffer must hold 16 bits, the length of the longest code.
    #[inline(always)]
    pub(super) fn symbol(&self, bits: &mut Buffer) -> Result<u8, Corrupt> {
        let found = self.next(bits)?;
        bits.consume(found.length());
        Ok(found.symbol())
    }

    /// Returns the next symbol without taking it. The buffer must hold 16 bits.
    #[inline(always)]
    pub(super) fn next(&self, bits: &Buffer) -> Result<Symbol, Corrupt> {
        let found = self.direct[bits.peek(DIRECT_BITS)];
        if found.length() > 0 { Ok(found) } else { self.find(bits.peek(16) as u32).ok_or(Corrupt::Code) }
    }

    /// Returns the next symbol without taking it, or the symbol of length 0 if its code is long.
    #[inline(always)]
    pub(super) fn short(&self, bits: &Buffer) -> Symbol {
        self.direct[bits.peek(DIRECT_BITS)]
    }

    /// Returns the symbol at the beginning of a window of 16 bits.
    #[cold]
    pub(super) fn find(&self, window: u32) -> Option<Symbol> {
        let found = self.direct[(window >> (16 - DIRECT_BITS)) as usize];
        if found.length() > 0 {
            return Some(found);
        }
        let length = (DIRECT_BITS + 1..=16).find(|&length| window < self.limits[length as usize])?;
        let code = (window >> (16 - length)) as i32;
        let place = usize::try_from(code + self.offsets[length as usize]).ok()?;
        Some(Symbol::new(length, *self.symbols.get(place)?))
    }
}

/// Returns `next` if a block has that many coefficients.
pub(super) fn checked(next: u32) -> Result<u32, Corrupt> {
    if next > BLOCK {
        return Err(Corrupt::Block);
    }
    Ok(next)
}
