//! Huffman tables: decoding a symbol, and passing over whole blocks (T.81, annexes C and F).

use super::bits::Bits;
use crate::failure::Advice;
use crate::thumbnail::PhotoError;

/// What a scan's data reveals when it is not what an encoder wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Corrupt {
    #[error("its data holds a code that its tables do not know")]
    Code,
    #[error("a block of its data has more than 64 values")]
    Block,
    #[error("its data holds a value that no picture has")]
    Value,
}

/// It becomes a [`PhotoError`], which says what to do.
impl Advice for Corrupt {}

/// Codes up to this length are found in one look-up.
const DIRECT_BITS: u32 = 9;
/// Of 10 to 15 bits the fastest: the table still fits the processor's first cache.
const SKIP_BITS: u32 = 13;
/// In a [`Skip`] entry: the end of the block is among the symbols.
const END_OF_BLOCK: u16 = 128;
/// In a [`Skip`] entry: the next symbol does not fit; more than any sum of advance and position that goes on.
const LONG_SYMBOL: u16 = 255;
/// Coefficients of a block.
const BLOCK: u32 = 64;

/// A table as a file gives it, ready to decode.
#[derive(Debug, Clone)]
pub(super) struct Huffman {
    /// By the next [`DIRECT_BITS`] bits: length and symbol; length 0 where the code is longer.
    direct: Box<[(u8, u8); 1 << DIRECT_BITS]>,
    /// By code length: the first code that is too large for that length, left-aligned to 16 bits.
    limits: [u32; 17],
    /// By code length: what to add to a code to get its symbol's place.
    offsets: [i32; 17],
    symbols: Vec<u8>,
}

impl Huffman {
    /// From the number of codes of each length, 1 to 16, and the symbols in the order of their codes.
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
                return Err(PhotoError::damaged("a Huffman table has more codes than there can be"));
            }
            table.limits[length as usize] = code << (16 - length);
            code <<= 1;
        }
        Ok(table)
    }

    /// The next symbol; 16 bits must be available.
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

    /// The symbol at the beginning of 16 bits, and its code's length.
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

/// Passes over AC coefficients, several at a time.
///
/// For the next 13 bits an entry tells how many of them are whole symbols (code and value together), and how many
/// coefficients these take. Decoders that read every symbol spend most of their time on values that they then drop.
#[derive(Debug)]
pub(super) struct Skip {
    /// Bits in the lowest four, above them coefficients, and [`END_OF_BLOCK`] if that is among them.
    entries: Box<[u16; 1 << SKIP_BITS]>,
}

impl Skip {
    pub(super) fn new(table: &Huffman) -> Self {
        let single: Vec<Option<(u32, u16)>> = (0..1 << SKIP_BITS).map(|window| one_symbol(table, window)).collect();
        let mut entries = Box::new([0; 1 << SKIP_BITS]);
        for (window, entry) in entries.iter_mut().enumerate() {
            let (mut used, mut advance) = (0, 0);
            while let Some((bits, coefficients)) = single[(window << used) & ((1 << SKIP_BITS) - 1)] {
                // Bits that slid in behind the window are no bits of the data; 63 coefficients are the most there are.
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

    /// Passes over the coefficients of a block from `next`, 1 to 63, on.
    #[inline(always)]
    pub(super) fn rest_of_block(&self, table: &Huffman, bits: &mut Bits<'_>, mut next: u32) -> Result<(), Corrupt> {
        loop {
            bits.refill();
            // So many windows are available after a refill.
            for _ in 0..4 {
                let entry = self.entries[bits.peek(SKIP_BITS)];
                let after = next + u32::from(entry >> 4);
                if after < BLOCK {
                    bits.consume(u32::from(entry & 15));
                    next = after;
                    continue;
                }
                let end = after.wrapping_sub(u32::from(END_OF_BLOCK));
                if end < BLOCK {
                    bits.consume(u32::from(entry & 15));
                    return Ok(());
                }
                // A long symbol, or the block's last coefficients: what follows them is of the next block.
                next = one_by_one(table, bits, next)?;
                if next == BLOCK {
                    return Ok(());
                }
                break;
            }
        }
    }
}

/// The bits and coefficients of the symbol at the beginning of a window, if both its code and its value are in it.
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

/// Passes over one symbol; the coefficient behind it, 64 at the end of the block.
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

/// A position within a block.
pub(super) fn checked(next: u32) -> Result<u32, Corrupt> {
    if next > BLOCK {
        return Err(Corrupt::Block);
    }
    Ok(next)
}
