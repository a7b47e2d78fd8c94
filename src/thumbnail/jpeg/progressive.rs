//! Scans of progressive JPEG: coefficients come in bands and bit by bit (T.81, annex G).

use std::ops::{Range, RangeInclusive};

use super::bits::Bits;
use super::header::{Frame, Tables};
use super::huffman::{Corrupt, Huffman};
use super::plane::Target;
use super::scan::{Mcus, Scan};
use super::segment::Segments;
use super::sequential::{dc_difference, explain};
use crate::thumbnail::PhotoError;

/// The coefficients of a component, as far as they came.
pub(super) struct Coefficients {
    /// Of each block the first ones, in zigzag order.
    values: Vec<i16>,
    per_block: usize,
    /// Blocks across, those included that only fill up an MCU.
    across: usize,
    /// Of each coefficient in zigzag order: bits that are still to come; `None` before the first scan.
    missing_bits: [Option<u32>; 64],
}

impl Coefficients {
    /// Bytes that the first `per_block` coefficients of each block take.
    pub(super) fn memory(target: &Target, per_block: usize) -> u64 {
        let blocks = u64::from(padded(target.across, target.h)) * u64::from(padded(target.down, target.v));
        blocks * (per_block * size_of::<i16>()) as u64
    }

    pub(super) fn new(target: &Target, per_block: usize) -> Self {
        let across = padded(target.across, target.h) as usize;
        let blocks = across * padded(target.down, target.v) as usize;
        Self { values: vec![0; blocks * per_block], per_block, across, missing_bits: [None; 64] }
    }

    /// Whether a scan brings anything that is kept. More bits of a value can only be read where all values are kept, as
    /// they come by turns with those of others.
    pub(super) fn need(&self, scan: &Scan) -> bool {
        (scan.first as usize) < self.per_block && (scan.first == 0 || scan.high == 0 || self.per_block == 64)
    }

    /// Whether a scan brought anything of each coefficient up to the highest that is needed.
    pub(super) fn are_begun(&self, highest: u32) -> bool {
        self.missing_bits[..=highest as usize].iter().all(Option::is_some)
    }

    /// Whether all bits came of the first so many coefficients.
    pub(super) fn are_whole(&self, count: usize) -> bool {
        self.missing_bits[..count].iter().all(|bits| *bits == Some(0))
    }

    fn place(&self, column: u32, row: u32) -> Range<usize> {
        let at = (row as usize * self.across + column as usize) * self.per_block;
        at..at + self.per_block
    }

    fn block(&mut self, column: u32, row: u32) -> &mut [i16] {
        let place = self.place(column, row);
        &mut self.values[place]
    }

    /// Makes samples of them.
    pub(super) fn put(&self, target: &mut Target) -> Result<(), PhotoError> {
        let step = target.quantization.map_or(1, |table| i32::from(table[0]));
        target.allocate();
        for row in target.rows.clone() {
            for column in target.columns.clone() {
                let block = &self.values[self.place(column, row)];
                let dequantized = target
                    .dequantized(i32::from(block[0]), step)
                    .map_err(|corrupt| PhotoError::damaged(corrupt.to_string()))?;
                match target.scale {
                    1 => target.put_mean(column, row, dequantized),
                    _ => target.put(column, row, block),
                }
            }
        }
        Ok(())
    }
}

/// Interleaved scans fill up the last MCU of a row and the last row of MCUs.
fn padded(blocks: u32, in_mcu: u32) -> u32 {
    blocks.next_multiple_of(in_mcu)
}

/// Decodes a scan into the coefficients of its components.
pub(super) fn decode(
    scan: &Scan,
    file: &mut Segments<'_>,
    frame: &Frame,
    tables: &Tables,
    targets: &[Target],
    coefficients: &mut [Coefficients],
) -> Result<(), PhotoError> {
    let mcus = scan.mcus(frame, targets);
    for part in &scan.parts {
        coefficients[part.component].missing_bits[scan.first as usize..=scan.last as usize].fill(Some(scan.low));
    }
    let total = mcus.across as usize * mcus.down as usize;
    file.each_interval(tables.restart_interval, total, |bits, range| {
        let interval = Interval { range, mcus };
        match (scan.first, scan.parts.as_slice()) {
            (0, _) if scan.high == 0 => first_dc(scan, bits, interval, tables, targets, coefficients),
            (0, _) => refined_dc(scan, bits, interval, targets, coefficients),
            (_, [part, ..]) => {
                let (table, coefficients) = (scan.ac(part, tables)?, &mut coefficients[part.component]);
                if scan.high == 0 {
                    first_ac(scan, bits, interval, table, coefficients)
                } else {
                    refined_ac(scan, bits, interval, table, coefficients)
                }
            }
            _ => Ok(()),
        }
    })
}

/// The MCUs of an interval.
struct Interval {
    range: Range<usize>,
    mcus: Mcus,
}

impl Interval {
    /// Column and row of each MCU.
    fn places(self) -> impl Iterator<Item = (u32, u32)> {
        let across = self.mcus.across as usize;
        self.range.map(move |mcu| ((mcu % across) as u32, (mcu / across) as u32))
    }

    /// Calls `decode` with each block of a DC scan: the part of the scan, column and row.
    fn each_block(
        self,
        scan: &Scan,
        bits: &mut Bits<'_>,
        targets: &[Target],
        mut decode: impl FnMut(&mut Bits<'_>, usize, u32, u32) -> Result<(), Corrupt>,
    ) -> Result<(), PhotoError> {
        let single = self.mcus.single;
        for (column, row) in self.places() {
            for (index, part) in scan.parts.iter().enumerate() {
                let target = &targets[part.component];
                let (h, v) = if single { (1, 1) } else { (target.h, target.v) };
                for y in 0..v {
                    for x in 0..h {
                        let decoded = decode(bits, index, column * h + x, row * v + y);
                        decoded.map_err(|corrupt| explain(corrupt, bits))?;
                    }
                }
            }
            if bits.is_overrun() {
                return Err(PhotoError::Truncated);
            }
        }
        Ok(())
    }
}

fn first_dc(
    scan: &Scan,
    bits: &mut Bits<'_>,
    interval: Interval,
    tables: &Tables,
    targets: &[Target],
    coefficients: &mut [Coefficients],
) -> Result<(), PhotoError> {
    let found: Vec<&Huffman> = scan.parts.iter().map(|part| scan.dc(part, tables)).collect::<Result<_, _>>()?;
    let mut predictions = [0i32; 4];
    interval.each_block(scan, bits, targets, |bits, index, column, row| {
        predictions[index] = predictions[index].wrapping_add(dc_difference(found[index], bits)?);
        coefficients[scan.parts[index].component].block(column, row)[0] = (predictions[index] << scan.low) as i16;
        Ok(())
    })
}

fn refined_dc(
    scan: &Scan,
    bits: &mut Bits<'_>,
    interval: Interval,
    targets: &[Target],
    coefficients: &mut [Coefficients],
) -> Result<(), PhotoError> {
    interval.each_block(scan, bits, targets, |bits, index, column, row| {
        bits.refill();
        if bits.bit() {
            coefficients[scan.parts[index].component].block(column, row)[0] |= 1 << scan.low;
        }
        Ok(())
    })
}

/// T.81, G.1.2.2.
fn first_ac(
    scan: &Scan,
    bits: &mut Bits<'_>,
    interval: Interval,
    table: &Huffman,
    coefficients: &mut Coefficients,
) -> Result<(), PhotoError> {
    let mut blocks_to_end = 0;
    for (column, row) in interval.places() {
        if blocks_to_end > 0 {
            blocks_to_end -= 1;
            continue;
        }
        let block = coefficients.block(column, row);
        let mut next = scan.first;
        while next <= scan.last {
            bits.refill();
            let symbol = table.symbol(bits).map_err(|corrupt| explain(corrupt, bits))?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            match (run, size) {
                (15, 0) => next += 16,
                (run, 0) => {
                    blocks_to_end = (1 << run) + bits.number(run) - 1;
                    break;
                }
                (run, size) => {
                    next += run;
                    let value = bits.signed(size) << scan.low;
                    if next > scan.last {
                        return Err(explain(Corrupt::Block, bits));
                    }
                    if let Some(place) = block.get_mut(next as usize) {
                        *place = value as i16;
                    }
                    next += 1;
                }
            }
        }
        if bits.is_overrun() {
            return Err(PhotoError::Truncated);
        }
    }
    Ok(())
}

/// T.81, G.1.2.3: between new values, each that is there already gets one more bit.
fn refined_ac(
    scan: &Scan,
    bits: &mut Bits<'_>,
    interval: Interval,
    table: &Huffman,
    coefficients: &mut Coefficients,
) -> Result<(), PhotoError> {
    let bit = 1i16 << scan.low;
    let mut blocks_to_end = 0;
    for (column, row) in interval.places() {
        let block = coefficients.block(column, row);
        let mut next = scan.first;
        if blocks_to_end == 0 {
            while next <= scan.last {
                bits.refill();
                let symbol = table.symbol(bits).map_err(|corrupt| explain(corrupt, bits))?;
                let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
                let mut value = 0;
                match (run, size) {
                    (15, 0) => {}
                    (run, 0) => {
                        blocks_to_end = (1 << run) + bits.number(run);
                        break;
                    }
                    _ => value = if bits.bit() { bit } else { -bit },
                }
                // Over as many zeros as the run says, to the place of the new value.
                next = refine(block, bits, next..=scan.last, bit, run);
                if value != 0 {
                    let place = block.get_mut(next as usize).ok_or_else(|| explain(Corrupt::Block, bits))?;
                    *place = value;
                }
                next += 1;
            }
        }
        if blocks_to_end > 0 {
            blocks_to_end -= 1;
            refine(block, bits, next..=scan.last, bit, u32::MAX);
        }
        if bits.is_overrun() {
            return Err(PhotoError::Truncated);
        }
    }
    Ok(())
}

/// Gives the values in `band` that are not zero their next bit, up to the zero after `zeros` zeros; its place.
fn refine(block: &mut [i16], bits: &mut Bits<'_>, band: RangeInclusive<u32>, bit: i16, mut zeros: u32) -> u32 {
    let end = band.end() + 1;
    for place in band {
        let value = &mut block[place as usize];
        if *value == 0 {
            if zeros == 0 {
                return place;
            }
            zeros -= 1;
            continue;
        }
        bits.refill();
        if bits.bit() && *value & bit == 0 {
            *value = value.wrapping_add(bit * value.signum());
        }
    }
    end
}
