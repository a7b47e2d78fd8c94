//! Decoding the blocks of a component no further than the thumbnail needs.

use super::buffer::{Buffer, Reader};
use super::header::ZIGZAG;
use super::huffman::{BLOCK, Corrupt, END_OF_BLOCK, Huffman, checked};
use super::plane::Target;
use super::scan::McuPosition;
use super::skip::AcTable;

/// The most bits that a code takes together with the value that follows it.
const MAX_BITS: u32 = 31;
/// The last coefficient in zigzag order that a block needs at 2×2 samples.
const LAST_FOR_2X2: u32 = 4;

/// `PLACES[k]` is the place of coefficient k in a block, row by row. Where the end of a block leads, and a run beyond its last
/// coefficient, it is the place behind the block, which nobody reads. So a value can be stored before it is known whether it
/// belongs to the block.
const PLACES: [u8; 256] = {
    let mut places = [BLOCK as u8; 256];
    let mut at = 0;
    while at < ZIGZAG.len() {
        places[at] = ZIGZAG[at];
        at += 1;
    }
    places
};

/// The coefficients of a block, row by row, and behind them room for those that nobody reads. The number of places is a
/// power of two, so that an access needs no check.
type RoomyBlock = [i16; 128];

/// A component of a scan, with its tables and the place where its samples go.
pub(super) struct Channel<'s> {
    pub(super) target: &'s mut Target,
    pub(super) dc: &'s Huffman,
    pub(super) ac: &'s AcTable,
    /// The quantization step of the DC coefficient.
    pub(super) step: i32,
    /// The DC coefficient of the block before; 0 at the beginning of each restart interval (T.81, F.1.1.5.1).
    pub(super) prediction: i32,
    /// The number of blocks across and down in an MCU.
    pub(super) h: u32,
    pub(super) v: u32,
}

/// What was decoded of a block.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Block {
    /// The difference to the DC coefficient of the block before.
    difference: i16,
    /// The other coefficients that 2×2 samples need: numbers 1, 2 and 4 in zigzag order.
    low: [i16; 3],
}

impl Channel<'_> {
    /// Returns whether [`Channel::blocks`] decodes as much as the samples need.
    pub(super) fn is_small(&self) -> bool {
        self.target.highest_needed() <= LAST_FOR_2X2
    }

    /// Decodes the next block of each reader, all at the same time. Each step of a reader waits for a table's answer,
    /// and while one waits, the others go on. What a step does is decided without branches as far as possible, because
    /// a processor that guesses a branch wrong must begin anew for all of them.
    ///
    /// # Errors
    /// When one of the readers finds corrupt data.
    #[inline(always)]
    pub(super) fn blocks<R: Reader, const N: usize>(
        &self,
        data: &R::Data,
        mut readers: [R; N],
    ) -> Result<([R; N], [Block; N]), Corrupt> {
        let mut blocks = [Block::default(); N];
        let mut next = [1; N];
        readers.iter_mut().for_each(|reader| reader.refill(data));
        for (reader, block) in readers.iter_mut().zip(&mut blocks) {
            block.difference = difference(self.dc, reader.buffer())? as i16;
        }
        if self.target.highest_needed() > 0 {
            let mut values = [[0; 8]; N];
            while next.iter().any(|next| *next <= LAST_FOR_2X2) {
                readers.iter_mut().for_each(|reader| reader.refill(data));
                for ((reader, next), values) in readers.iter_mut().zip(&mut next).zip(&mut values) {
                    let going = all_ones_if(*next <= LAST_FOR_2X2);
                    let bits = reader.buffer();
                    let mut symbol = self.ac.codes.short(bits);
                    if u32::from(symbol.length() == 0) & going != 0 {
                        symbol = self.ac.codes.next(bits)?;
                    }
                    bits.consume(symbol.length() & going);
                    let value = bits.signed(symbol.size() & going);
                    *next += symbol.advance() & going;
                    // The last place is for values that nobody needs.
                    values[(((*next - 1).min(7) | !going) & 7) as usize] = value as i16;
                }
            }
            for (block, values) in blocks.iter_mut().zip(values) {
                block.low = [values[1], values[2], values[4]];
            }
        }
        let readers = self.ac.rest_of_blocks(data, readers, next)?;
        Ok((readers, blocks))
    }

    /// Decodes the next block as far as its samples need it, and stores them if they are wanted. The reader is left where
    /// corrupt data was found.
    #[inline(always)]
    pub(super) fn whole_block<R: Reader>(
        &mut self,
        data: &R::Data,
        reader: &mut R,
        column: u32,
        row: u32,
    ) -> Result<(), Corrupt> {
        let is_wanted = self.target.wants(column, row);
        let highest = if is_wanted { self.target.highest_needed() } else { 0 };
        // A copy of the reader can be kept in registers.
        let mut own = *reader;
        let decoded = self.coefficients(data, &mut own, highest);
        *reader = own;
        let (coefficients, last) = decoded?;
        if is_wanted && let Some(coefficients) = coefficients.first_chunk() {
            self.target.put(column, row, coefficients, last);
        }
        Ok(())
    }

    /// Decodes the coefficients of a block up to number `highest`, and skips the others. Returns them, and the number in
    /// zigzag order of the last one that may be other than 0. DC is decoded in any case, because the next block's DC is
    /// coded as a difference to it.
    #[inline(always)]
    fn coefficients<R: Reader>(
        &mut self,
        data: &R::Data,
        reader: &mut R,
        highest: u32,
    ) -> Result<(RoomyBlock, u32), Corrupt> {
        let mut block = [0; 128];
        reader.refill(data);
        self.prediction = self.prediction.wrapping_add(difference(self.dc, reader.buffer())?);
        self.target.dequantized(self.prediction, self.step)?;
        block[0] = self.prediction as i16;
        let mut next = 1;
        while next <= highest {
            reader.refill(data);
            next = self.coefficient(reader.buffer(), next, &mut block)?;
            if next >= BLOCK {
                break;
            }
            // What a refill gives is nearly always enough for two.
            if reader.buffer().count < MAX_BITS {
                reader.refill(data);
            }
            next = self.coefficient(reader.buffer(), next, &mut block)?;
        }
        if next < BLOCK
            && let Ok([after]) = self.ac.rest_of_blocks(data, [*reader], [next])
        {
            *reader = after;
            return Ok((block, next - 1));
        }
        // Corrupt data is decoded one by one up to where it is corrupt, which may be behind the end of the data.
        while next < BLOCK {
            reader.refill(data);
            next = self.coefficient(reader.buffer(), next, &mut block)?;
        }
        match next.checked_sub(END_OF_BLOCK) {
            Some(next) => Ok((block, next - 1)),
            None => Ok((block, checked(next)? - 1)),
        }
    }

    /// Takes the next symbol, stores the coefficient that it brings, and returns the number of the one after it. That is
    /// [`END_OF_BLOCK`] more if the block ends here. Where a symbol stands for 16 zeros, the coefficient is 0.
    #[inline(always)]
    fn coefficient(&self, bits: &mut Buffer, next: u32, block: &mut RoomyBlock) -> Result<u32, Corrupt> {
        let symbol = self.ac.codes.next(bits)?;
        let value = symbol.value(bits);
        bits.consume(symbol.bits());
        let next = next + symbol.advance();
        block[usize::from(PLACES[usize::from(next as u8 - 1)] % 128)] = value;
        Ok(next)
    }

    /// Stores what was decoded of the next block, if it is wanted.
    ///
    /// # Errors
    /// When no picture can have this DC coefficient.
    #[inline(always)]
    pub(super) fn put(&mut self, block: &Block, column: u32, row: u32) -> Result<(), Corrupt> {
        self.prediction = self.prediction.wrapping_add(i32::from(block.difference));
        let dequantized = self.target.dequantized(self.prediction, self.step)?;
        if self.target.wants(column, row) {
            match self.target.highest_needed() {
                0 => self.target.put_mean(column, row, dequantized),
                _ => self.target.put_four(column, row, self.prediction as i16, block.low),
            }
        }
        Ok(())
    }
}

/// Calls `decode` for each block of the MCU that lies at `at`, with its channel, column and row. In each MCU the
/// components follow one another, and the blocks of a component come row by row (T.81, A.2.3).
#[inline(always)]
pub(super) fn each_block<E>(
    channels: &mut [Channel<'_>],
    at: McuPosition,
    mut decode: impl FnMut(&mut Channel<'_>, u32, u32) -> Result<(), E>,
) -> Result<(), E> {
    for channel in channels {
        for y in 0..channel.v {
            for x in 0..channel.h {
                let (column, row) = (at.column * channel.h + x, at.row * channel.v + y);
                decode(channel, column, row)?;
            }
        }
    }
    Ok(())
}

/// Takes the difference to the DC coefficient of the block before (T.81, F.2.2.1). The buffer must hold 31 bits.
#[inline(always)]
pub(super) fn difference(table: &Huffman, bits: &mut Buffer) -> Result<i32, Corrupt> {
    let size = u32::from(table.symbol(bits)?);
    if size > 15 {
        return Err(Corrupt::Value);
    }
    Ok(bits.signed(size))
}

/// Returns all ones or all zeros, without a branch.
#[inline(always)]
fn all_ones_if(condition: bool) -> u32 {
    u32::from(condition).wrapping_neg()
}
