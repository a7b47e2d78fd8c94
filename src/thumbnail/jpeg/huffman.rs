//! Huffman tables: how a symbol is decoded, and how most of a block is skipped (T.81, annexes C and F).
//!
//! A file defines a table by the number of codes of each length and the symbols in the order of their codes. The codes
//! follow from that (T.81, C.2): they count up from 0, and with each longer length the next code is doubled. So the
//! codes of one length are consecutive numbers, and each longer code is larger than all shorter ones, compared from the
//! left.
//!
//! The symbol of an AC coefficient has two halves (T.81, F.1.2.2). The upper one is the run: how many zero coefficients
//! come before the value. The lower one is the size: how many bits of the value follow the code. Size 0 marks the end
//! of the block, except after run 15, where it stands for 16 zeros.

use super::bits::Bits;
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
/// The number of bits that [`Skip`] looks at in one step. Among 10 to 15 bits, 13 were the fastest: such a table (16
/// KB) still fits the processor's first cache.
const SKIP_BITS: u32 = 13;
/// The amount that is added to the number of coefficients in a [`Skip`] entry whose symbols include the end of the
/// block.
const END_OF_BLOCK: u16 = 128;
/// The value that stands for the number of coefficients in a [`Skip`] entry where not even one symbol fits into the
/// window. No position plus any real number of coefficients gives as much.
const LONG_SYMBOL: u16 = 255;
/// Number of coefficients in a block.
const BLOCK: u32 = 64;

/// A table of a file, prepared for decoding.
#[derive(Debug, Clone)]
pub(super) struct Huffman {
    /// For each value of the next [`DIRECT_BITS`] bits: the length and the symbol of the code that they begin with. The
    /// length is 0 if the code is longer than that.
    direct: Box<[(u8, u8); 1 << DIRECT_BITS]>,
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
            direct: Box::new([(0, 0); 1 << DIRECT_BITS]),
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
                        entries.fill((length as u8, symbol));
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
    pub(super) fn symbol(&self, bits: &mut Bits<'_>) -> Result<u8, Corrupt> {
        let (length, symbol) = self.direct[bits.peek(DIRECT_BITS)];
        if length > 0 {
            bits.consume(u32::from(length));
            return Ok(symbol);
        }
        self.long_symbol(bits)
    }

    #[cold]
    fn long_symbol(&self, bits: &mut Bits<'_>) -> Result<u8, Corrupt> {
        let (length, symbol) = self.find(bits.peek(16) as u32).ok_or(Corrupt::Code)?;
        bits.consume(length);
        Ok(symbol)
    }

    /// Returns the symbol at the beginning of a window of 16 bits, and the length of its code.
    fn find(&self, window: u32) -> Option<(u32, u8)> {
        let (length, symbol) = self.direct[(window >> (16 - DIRECT_BITS)) as usize];
        if length > 0 {
            return Some((u32::from(length), symbol));
        }
        let length = (DIRECT_BITS + 1..=16).find(|&length| window < self.limits[length as usize])?;
        let code = (window >> (16 - length)) as i32;
        let place = usize::try_from(code + self.offsets[length as usize]).ok()?;
        Some((length, *self.symbols.get(place)?))
    }
}

/// A table for skipping AC coefficients, several at a time.
///
/// A small thumbnail needs only the mean of each block, but the other coefficients must still be read to find where the
/// next block begins. Decoders that read them one by one spend most of their time on values that they throw away. This
/// table has an entry for each value of the next [`SKIP_BITS`] bits. It says how many of these bits are whole symbols
/// (codes together with the bits of their values) and how many coefficients those symbols stand for.
#[derive(Debug)]
pub(super) struct Skip {
    /// The lowest four bits of an entry are the number of bits to take. The bits above them are the number of
    /// coefficients, with [`END_OF_BLOCK`] added if the block ends there, or [`LONG_SYMBOL`].
    entries: Box<[u16; 1 << SKIP_BITS]>,
}

impl Skip {
    pub(super) fn new(table: &Huffman) -> Self {
        // First the one symbol that each window begins with; then as many of them in a row as fit into the window.
        let single: Vec<Option<(u32, u16)>> = (0..1 << SKIP_BITS).map(|window| one_symbol(table, window)).collect();
        let mut entries = Box::new([0; 1 << SKIP_BITS]);
        for (window, entry) in entries.iter_mut().enumerate() {
            let (mut used, mut advance) = (0, 0);
            while let Some((bits, coefficients)) = single[(window << used) & ((1 << SKIP_BITS) - 1)] {
                // The window was shifted left, so zeros slid in from the right: a symbol that reaches into them is not
                // whole. And 63 is the most coefficients that a block can have after the first; an entry that would
                // claim more stops before.
                let goes_on = coefficients != END_OF_BLOCK;
                if used + bits > SKIP_BITS || goes_on && advance + coefficients >= BLOCK as u16 {
                    break;
                }
                used += bits;
                advance += coefficients;
                if !goes_on {
                    break;
                }
            }
            *entry = if used == 0 { LONG_SYMBOL << 4 } else { advance << 4 | used as u16 };
        }
        Self { entries }
    }

    /// Skips the rest of a block, from its coefficient `next` (1 to 63) on.
    #[inline(always)]
    pub(super) fn rest_of_block(&self, table: &Huffman, bits: &mut Bits<'_>, mut next: u32) -> Result<(), Corrupt> {
        loop {
            bits.refill();
            // A refill gives at least 56 bits, which is enough for four windows of 13.
            for _ in 0..4 {
                let entry = self.entries[bits.peek(SKIP_BITS)];
                let after = next + u32::from(entry >> 4);
                // The symbols lie inside the block, and it goes on.
                if after < BLOCK {
                    bits.consume(u32::from(entry & 15));
                    next = after;
                    continue;
                }
                // They include the end of the block. Without END_OF_BLOCK in the entry, the subtraction wraps around to
                // a huge number.
                let end = after.wrapping_sub(u32::from(END_OF_BLOCK));
                if end < BLOCK {
                    bits.consume(u32::from(entry & 15));
                    return Ok(());
                }
                // Either a symbol is too long for the window, or the entry reaches beyond the block: its last symbols
                // then belong to the next block, because a full block has no end-of-block symbol (T.81, F.1.2.2.1). One
                // symbol on its own cannot reach too far.
                next = one_by_one(table, bits, next)?;
                if next == BLOCK {
                    return Ok(());
                }
                break;
            }
        }
    }
}

/// Returns the number of bits and of coefficients of the symbol that a window begins with, if both its code and the
/// bits of its value are in the window.
fn one_symbol(table: &Huffman, window: u32) -> Option<(u32, u16)> {
    let (length, symbol) = table.find(window << (16 - SKIP_BITS))?;
    let bits = length + u32::from(symbol & 15);
    let coefficients = match (symbol >> 4, symbol & 15) {
        (15, 0) => 16,
        (_, 0) => END_OF_BLOCK,
        (run, _) => u16::from(run) + 1,
    };
    (bits <= SKIP_BITS).then_some((bits, coefficients))
}

/// Skips one symbol. Returns the position of the coefficient behind it, or 64 at the end of the block.
#[inline(never)]
fn one_by_one(table: &Huffman, bits: &mut Bits<'_>, next: u32) -> Result<u32, Corrupt> {
    bits.refill();
    let symbol = table.symbol(bits)?;
    let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
    bits.consume(size);
    match (run, size) {
        (15, 0) => checked(next + 16),
        (_, 0) => Ok(BLOCK),
        (run, _) => checked(next + run + 1),
    }
}

/// Returns `next` if a block has that many coefficients.
pub(super) fn checked(next: u32) -> Result<u32, Corrupt> {
    if next > BLOCK {
        return Err(Corrupt::Block);
    }
    Ok(next)
}
