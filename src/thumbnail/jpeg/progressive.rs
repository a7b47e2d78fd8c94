//! Progressive JPEG: a picture whose coefficients come in several scans (T.81, annex G).
//!
//! The coefficients are divided in two ways, and each scan brings one piece:
//!
//! - *Spectral selection*: a scan has either the DC coefficients, or a band of the AC coefficients of one component.
//! - *Successive approximation*: the first scan of a coefficient brings its upper bits, and each later scan (a
//!   refinement) one bit more. A scan's header says down to which bit it goes: `low` here, Al in T.81.
//!
//! So there are four kinds of scans, and four functions here: [`first_dc`], [`refined_dc`], [`first_ac`] and
//! [`refined_ac`]. The coefficients of all blocks are kept until the last scan has been read.

use std::ops::{Range, RangeInclusive};

use super::bits::Bits;
use super::coefficients::Coefficients;
use super::header::{Frame, Tables};
use super::huffman::{Corrupt, Huffman};
use super::plane::Target;
use super::scan::{McuPosition, Mcus, Scan};
use super::segment::Segments;
use super::sequential::{dc_difference, explain};
use crate::thumbnail::PhotoError;

/// Decodes a scan and stores what it brings in the coefficients of its components.
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
        coefficients[part.component].begin(scan);
    }
    let total = mcus.across as usize * mcus.down as usize;
    file.each_interval(tables.restart_interval, total, |bits, range| {
        let interval = Interval { range, mcus };
        match (scan.first, scan.parts.as_slice()) {
            (0, _) if scan.high == 0 => first_dc(scan, bits, interval, tables, targets, coefficients),
            (0, _) => refined_dc(scan, bits, interval, targets, coefficients),
            (_, [part, ..]) => {
                let (table, coefficients) = (&scan.ac(part, tables)?.codes, &mut coefficients[part.component]);
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

/// The MCUs between two restart markers.
struct Interval {
    range: Range<usize>,
    mcus: Mcus,
}

impl Interval {
    /// Returns where each MCU lies.
    fn places(self) -> impl Iterator<Item = McuPosition> {
        let first = McuPosition::new(self.range.start, self.mcus.across as usize);
        std::iter::successors(Some(first), |place| Some(place.behind())).take(self.range.len())
    }

    /// Calls `decode` for each block of a DC scan, with the number of the component within the scan, and the column and
    /// row of the block.
    #[inline(always)]
    fn each_block(
        self,
        scan: &Scan,
        bits: &mut Bits<'_>,
        targets: &[Target],
        mut decode: impl FnMut(&mut Bits<'_>, usize, u32, u32) -> Result<(), Corrupt>,
    ) -> Result<(), PhotoError> {
        let sizes = scan.parts.iter().map(|part| match self.mcus.single {
            true => (1, 1),
            false => (targets[part.component].h, targets[part.component].v),
        });
        let in_mcu: Vec<(usize, u32, u32)> = sizes.enumerate().map(|(index, (h, v))| (index, h, v)).collect();
        // A copy of its own can be kept in registers.
        let mut reader = *bits;
        for place in self.places() {
            for &(index, h, v) in &in_mcu {
                for y in 0..v {
                    for x in 0..h {
                        let decoded = decode(&mut reader, index, place.column * h + x, place.row * v + y);
                        decoded.map_err(|corrupt| explain(corrupt, &reader))?;
                    }
                }
            }
            if reader.is_overrun() {
                return Err(PhotoError::Truncated);
            }
        }
        *bits = reader;
        Ok(())
    }
}

/// Decodes the first scan of DC coefficients (T.81, G.1.2.1): as in a sequential file, each is coded as its difference
/// to the one before, and shifted to its place.
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

/// Decodes one more bit of each DC coefficient (T.81, G.1.2.1): the data is nothing but these bits.
fn refined_dc(
    scan: &Scan,
    bits: &mut Bits<'_>,
    interval: Interval,
    targets: &[Target],
    coefficients: &mut [Coefficients],
) -> Result<(), PhotoError> {
    interval.each_block(scan, bits, targets, |bits, index, column, row| {
        bits.refill();
        // The bits are as good as random, so a branch on one would be mispredicted half of the time.
        coefficients[scan.parts[index].component].block(column, row)[0] |= (bits.buffer.number(1) as i16) << scan.low;
        Ok(())
    })
}

/// Decodes the first scan of a band of AC coefficients (T.81, G.1.2.2).
///
/// The symbols are those of a sequential file, but the end of a block can stand for many blocks at once: a symbol with
/// size 0 and a run below 15 says that this block's band and those of the next blocks have only zeros from here on.
/// The number of these blocks, this one included, is 2^run plus a number of `run` bits.
fn first_ac(
    scan: &Scan,
    bits: &mut Bits<'_>,
    interval: Interval,
    table: &Huffman,
    coefficients: &mut Coefficients,
) -> Result<(), PhotoError> {
    let mut blocks_to_end = 0;
    for McuPosition { column, row, .. } in interval.places() {
        if blocks_to_end > 0 {
            blocks_to_end -= 1;
            continue;
        }
        let block = coefficients.block(column, row);
        let mut next = scan.first;
        while next <= scan.last {
            bits.refill();
            let symbol = table.symbol(&mut bits.buffer).map_err(|corrupt| explain(corrupt, bits))?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            match (run, size) {
                (15, 0) => next += 16,
                (run, 0) => {
                    // One is subtracted, because this block is done.
                    blocks_to_end = (1 << run) + bits.buffer.number(run) - 1;
                    break;
                }
                (run, size) => {
                    next += run;
                    let value = bits.buffer.signed(size) << scan.low;
                    if next > scan.last {
                        return Err(explain(Corrupt::Block, bits));
                    }
                    // The values of coefficients that are not kept are dropped.
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

/// Decodes one more bit of a band of AC coefficients (T.81, G.1.2.3, figure G.7).
///
/// Two things are mixed here. A symbol announces a value that was zero until now, and is 1 or -1 at this bit: its run
/// counts only coefficients that are still zero. And each value that is passed on the way and is not zero has its next
/// bit in the data, right behind the symbol. The same is true of the values in blocks that an end of block covers, so
/// these blocks must be gone through, too.
fn refined_ac(
    scan: &Scan,
    bits: &mut Bits<'_>,
    interval: Interval,
    table: &Huffman,
    coefficients: &mut Coefficients,
) -> Result<(), PhotoError> {
    let bit = 1i16 << scan.low;
    let mut blocks_to_end = 0;
    for McuPosition { column, row, .. } in interval.places() {
        let block = coefficients.block(column, row);
        let mut next = scan.first;
        if blocks_to_end == 0 {
            while next <= scan.last {
                bits.refill();
                let symbol = table.symbol(&mut bits.buffer).map_err(|corrupt| explain(corrupt, bits))?;
                let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
                let mut value = 0;
                match (run, size) {
                    (15, 0) => {}
                    (run, 0) => {
                        blocks_to_end = (1 << run) + bits.buffer.number(run);
                        break;
                    }
                    _ => value = if bits.buffer.bit() { bit } else { -bit },
                }
                // Pass as many zeros as the run says, to the place of the new value.
                next = refine(block, bits, next..=scan.last, bit, run);
                if value != 0 {
                    let place = block.get_mut(next as usize).ok_or_else(|| explain(Corrupt::Block, bits))?;
                    *place = value;
                }
                next += 1;
            }
        }
        // The block's band has no new value from `next` on, but those that are there get their bit.
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

/// Gives each value of `band` that is not zero its next bit, until `zeros` zeros were passed and another zero comes.
/// Returns the place of that zero, or the end of the band.
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
        // A bit that is set already shows damage. It stays as it is, as in libjpeg (`jdphuff.c`).
        if bits.buffer.bit() && *value & bit == 0 {
            *value = value.wrapping_add(bit * value.signum());
        }
    }
    end
}
