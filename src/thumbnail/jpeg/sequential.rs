//! Baseline and extended sequential JPEG: each block is coded in one piece (T.81, annex F).

use std::ops::Range;

use super::bits::Bits;
use super::header::{Frame, Tables};
use super::huffman::{Corrupt, Huffman, Skip, checked};
use super::plane::Target;
use super::scan::Scan;
use super::segment::Segments;
use crate::thumbnail::PhotoError;

/// A component of the scan, with its tables and the place where its samples go.
struct Channel<'s> {
    target: &'s mut Target,
    dc: &'s Huffman,
    ac: &'s Huffman,
    skip: &'s Skip,
    /// The quantization step of the DC coefficient.
    step: i32,
    /// The DC coefficient of the block before; 0 at the beginning of each restart interval (T.81, F.1.1.5.1).
    prediction: i32,
    /// The number of blocks across and down in an MCU.
    h: u32,
    v: u32,
}

/// Decodes a scan into the samples of its components.
pub(super) fn decode(
    scan: &Scan,
    file: &mut Segments<'_>,
    frame: &Frame,
    tables: &Tables,
    targets: &mut [Target],
) -> Result<(), PhotoError> {
    let mcus = scan.mcus(frame, targets);
    // Components often share a table, so each is prepared once only.
    let mut skips: [Option<Skip>; 4] = [const { None }; 4];
    for part in &scan.parts {
        let (table, skip) = (scan.ac(part, tables)?, &mut skips[part.ac_table]);
        skip.get_or_insert_with(|| Skip::new(table));
    }
    let mut channels = Vec::new();
    for (component, target) in targets.iter_mut().enumerate() {
        let Some(part) = scan.parts.iter().find(|part| part.component == component) else { continue };
        let Some(skip) = &skips[part.ac_table] else { continue };
        let (h, v) = if mcus.single { (1, 1) } else { (target.h, target.v) };
        let step = target.quantization.map_or(1, |table| i32::from(table[0]));
        let (dc, ac) = (scan.dc(part, tables)?, scan.ac(part, tables)?);
        target.allocate();
        channels.push(Channel { target, dc, ac, skip, step, prediction: 0, h, v });
    }
    let total = mcus.across as usize * mcus.down as usize;
    // All blocks are read, although the crop may end before the last one: only the end of the data shows whether
    // anything was lost on the way.
    file.each_interval(tables.restart_interval, total, |bits, range| {
        for channel in &mut channels {
            channel.prediction = 0;
        }
        decode_interval(&mut channels, bits, range, mcus.across as usize)
    })
}

/// Decodes the MCUs between two restart markers. In each MCU the components follow one another, and the blocks of a
/// component come row by row (T.81, A.2.3).
fn decode_interval(
    channels: &mut [Channel<'_>],
    bits: &mut Bits<'_>,
    mcus: Range<usize>,
    across: usize,
) -> Result<(), PhotoError> {
    let (mut column, mut row) = ((mcus.start % across) as u32, (mcus.start / across) as u32);
    for _ in mcus {
        for channel in &mut *channels {
            for y in 0..channel.v {
                for x in 0..channel.h {
                    let decoded = channel.block(bits, column * channel.h + x, row * channel.v + y);
                    decoded.map_err(|corrupt| explain(corrupt, bits))?;
                }
            }
        }
        if bits.is_overrun() {
            return Err(PhotoError::Truncated);
        }
        column += 1;
        if column as usize == across {
            (column, row) = (0, row + 1);
        }
    }
    Ok(())
}

impl Channel<'_> {
    /// Decodes a block if it is wanted, and skips it otherwise. DC is decoded in any case, because the next block's DC
    /// is coded as a difference to it.
    #[inline(always)]
    fn block(&mut self, bits: &mut Bits<'_>, column: u32, row: u32) -> Result<(), Corrupt> {
        self.prediction = self.prediction.wrapping_add(dc_difference(self.dc, bits)?);
        let dequantized = self.target.dequantized(self.prediction, self.step)?;
        if self.target.wants(column, row) {
            if self.target.scale > 1 {
                return self.samples(bits, column, row);
            }
            self.target.put_mean(column, row, dequantized);
        }
        self.skip.rest_of_block(self.ac, bits, 1)
    }

    /// Decodes the coefficients that the samples of a wanted block need, and skips the others.
    #[inline(never)]
    fn samples(&mut self, bits: &mut Bits<'_>, column: u32, row: u32) -> Result<(), Corrupt> {
        let mut block = [0; 64];
        block[0] = self.prediction as i16;
        let highest = self.target.highest_needed();
        let mut next = 1;
        while next <= highest {
            bits.refill();
            let symbol = self.ac.symbol(bits)?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            match (run, size) {
                (15, 0) => next = checked(next + 16)?,
                (_, 0) => next = 64,
                (run, size) => {
                    next = checked(next + run + 1)?;
                    block[next as usize - 1] = bits.signed(size) as i16;
                }
            }
        }
        if next < 64 {
            self.skip.rest_of_block(self.ac, bits, next)?;
        }
        self.target.put(column, row, &block);
        Ok(())
    }
}

/// Takes the difference to the DC coefficient of the block before (T.81, F.2.2.1).
#[inline(always)]
pub(super) fn dc_difference(table: &Huffman, bits: &mut Bits<'_>) -> Result<i32, Corrupt> {
    bits.refill();
    let size = u32::from(table.symbol(bits)?);
    if size > 15 {
        return Err(Corrupt::Value);
    }
    Ok(bits.signed(size))
}

/// Returns the error for corrupt data. Behind the end of the data the decoder is given zeros, which soon look corrupt:
/// then the file was cut off.
pub(super) fn explain(corrupt: Corrupt, bits: &Bits<'_>) -> PhotoError {
    if bits.is_overrun() { PhotoError::Truncated } else { PhotoError::damaged(corrupt.to_string()) }
}
