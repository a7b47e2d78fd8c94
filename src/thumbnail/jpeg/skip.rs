//! Skipping AC coefficients, several at a time.
//!
//! A small thumbnail needs only the mean of each block, but the other coefficients must still be read to find where the
//! next block begins. Decoders that read them one by one spend most of their time on values that they throw away.

use std::sync::OnceLock;

use super::buffer::{Buffer, Reader};
use super::huffman::{BLOCK, Corrupt, END_OF_BLOCK, Huffman, Symbol, checked};

/// The number of bits that one step looks at. Among 12 to 14 bits, 13 were the fastest: such a table (16 KB) still fits
/// the processor's first cache.
const WINDOW: u32 = 13;
/// The maximum number of bits that one step takes. Only codes must lie in the window: the bits of the last value, which
/// nobody needs, may lie behind it. Among 14, 18 and 28 bits, 18 were the fastest.
const MAX_BITS_A_STEP: u32 = 18;
/// The number of steps for which the bits are enough that a refill gives.
const STEPS: u32 = 56 / MAX_BITS_A_STEP;
/// The number of low bits of an entry that say how many bits to take. A processor's shifts look at just as many.
const FIELD: u32 = 6;
/// The value that stands for the number of coefficients in an entry where not even one symbol can be skipped.
const NO_SYMBOL: u16 = 255;
/// A mask that finds states which are not allowed. None of its bits is set in a position inside of a block (1 to 63), or
/// at the end of one ([`END_OF_BLOCK`] and a position). At least one is set if [`NO_SYMBOL`] was added to a position (256
/// to 318), if a block goes on behind its last coefficient (64 to 127), and if it ends behind it (192 to 254).
const UNREACHABLE: u32 = (64 | 256) << FIELD;

/// A table for skipping AC coefficients. It has an entry for each value of the next [`WINDOW`] bits, which says how many
/// bits whole symbols take (codes together with the bits of their values), and for how many coefficients those symbols
/// stand, with [`END_OF_BLOCK`] added if the block ends there.
#[derive(Debug)]
struct Skip {
    /// The lowest [`FIELD`] bits of an entry are the number of bits, and the bits above them the number of coefficients.
    entries: Box<[u16; 1 << WINDOW]>,
}

/// A Huffman table for AC coefficients, with a table for skipping them.
#[derive(Debug)]
pub(super) struct AcTable {
    pub(super) codes: Huffman,
    /// The table for skipping, once it was needed.
    skip: OnceLock<Skip>,
}

impl AcTable {
    pub(super) fn new(codes: Huffman) -> Self {
        Self { codes, skip: OnceLock::new() }
    }

    /// Skips the rest of a block of each reader, from its coefficient `next` (1 to 63) on. Nothing is skipped where
    /// `next` is at least [`END_OF_BLOCK`].
    ///
    /// # Errors
    /// When one of the readers finds corrupt data.
    #[inline(always)]
    pub(super) fn rest_of_blocks<R: Reader, const N: usize>(
        &self,
        data: &R::Data,
        readers: [R; N],
        next: [u32; N],
    ) -> Result<[R; N], Corrupt> {
        self.skip.get_or_init(|| Skip::new(&self.codes)).rest_of_blocks(&self.codes, data, readers, next)
    }
}

impl Skip {
    fn new(table: &Huffman) -> Self {
        // First the one symbol that each window begins with; then as many of them in a row as fit into the window.
        let symbols: Vec<Option<Symbol>> = (0..1 << WINDOW).map(|window| table.find(window << (16 - WINDOW))).collect();
        let mut entries = Box::new([0; 1 << WINDOW]);
        for (window, entry) in entries.iter_mut().enumerate() {
            let (mut used, mut advance) = (0, 0);
            while used < WINDOW
                && let Some(symbol) = symbols[(window << used) & ((1 << WINDOW) - 1)]
            {
                let goes_on = symbol.advance() != END_OF_BLOCK;
                let (code, after) = (used + symbol.length(), advance + symbol.advance() as u16);
                let bits = code + symbol.size();
                // The window was shifted left, so zeros slid in from the right: a code that reaches into them is not
                // whole. And 63 is the most coefficients that a block can have after the first; an entry that would
                // claim more stops before.
                if code > WINDOW || bits > MAX_BITS_A_STEP || goes_on && u32::from(after) >= BLOCK {
                    break;
                }
                (used, advance) = (bits, after);
                if !goes_on {
                    break;
                }
            }
            *entry = if used == 0 { NO_SYMBOL << FIELD } else { advance << FIELD | used as u16 };
        }
        Self { entries }
    }

    /// See [`AcTable::rest_of_blocks`].
    ///
    /// Readers whose block has ended go through the others' steps without taking anything. That costs less than a branch
    /// that the processor guesses wrong.
    #[inline(always)]
    fn rest_of_blocks<R: Reader, const N: usize>(
        &self,
        table: &Huffman,
        data: &R::Data,
        mut readers: [R; N],
        mut next: [u32; N],
    ) -> Result<[R; N], Corrupt> {
        while next.iter().any(|next| *next < BLOCK) {
            readers.iter_mut().for_each(|reader| reader.refill(data));
            // A state is laid out like an entry: what the steps add up to is the position in the block, and the bits that
            // were taken.
            let mut states: [(u64, u32); N] =
                std::array::from_fn(|reader| (readers[reader].buffer().bits, next[reader] << FIELD));
            for _ in 0..STEPS {
                for (bits, state) in &mut states {
                    let entry = u32::from(self.entries[(*bits >> (64 - WINDOW)) as usize]) & all_ones_if_inside(*state);
                    *bits <<= entry % (1 << FIELD);
                    *state += entry;
                }
            }
            let is_unreachable = states.iter().fold(0, |all, (_, state)| all | state) & UNREACHABLE != 0;
            for ((reader, next), (bits, state)) in readers.iter_mut().zip(&mut next).zip(states) {
                let buffer = reader.buffer();
                if is_unreachable {
                    (*buffer, *next) = self.step_by_step(table, *buffer, *next)?;
                } else {
                    *buffer = Buffer { bits, count: buffer.count - state % (1 << FIELD) };
                    *next = state >> FIELD;
                }
            }
        }
        Ok(readers)
    }

    /// Skips a little of a block, where an entry may lead to a place that cannot be reached. The buffer must hold 56 bits.
    #[cold]
    #[inline(never)]
    fn step_by_step(&self, table: &Huffman, mut bits: Buffer, mut next: u32) -> Result<(Buffer, u32), Corrupt> {
        while next < BLOCK && bits.count >= 32 {
            let entry = u32::from(self.entries[bits.peek(WINDOW)]);
            let after = next + (entry >> FIELD);
            if after << FIELD & UNREACHABLE == 0 {
                bits.consume(entry % (1 << FIELD));
                next = after;
                continue;
            }
            let symbol = table.next(&bits)?;
            bits.consume(symbol.length() + symbol.size());
            next = match symbol.advance() {
                END_OF_BLOCK => END_OF_BLOCK,
                advance => match checked(next + advance)? {
                    BLOCK => END_OF_BLOCK,
                    inside => inside,
                },
            };
        }
        Ok((bits, next))
    }
}

/// Returns all ones if a state is inside of a block, and 0 otherwise, without a branch.
#[inline(always)]
fn all_ones_if_inside(state: u32) -> u32 {
    ((state as i32 - (BLOCK << FIELD) as i32) >> 31) as u32
}
