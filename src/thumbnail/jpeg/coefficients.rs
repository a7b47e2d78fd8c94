//! The coefficients of a progressive picture, which are kept until all of its scans have been read.

use std::ops::Range;

use super::header::ZIGZAG;
use super::idct::Steps;
use super::plane::Target;
use super::scan::Scan;
use crate::thumbnail::PhotoError;

/// The coefficients of a component that the scans have brought so far.
pub(super) struct Coefficients {
    /// The first `per_block` coefficients of each block, in zigzag order.
    values: Vec<i16>,
    per_block: usize,
    /// Blocks across, including those that only complete an MCU at the edge.
    across: usize,
    /// For each coefficient in zigzag order, the number of bits that are still to come; `None` before its first scan.
    missing_bits: [Option<u32>; 64],
}

impl Coefficients {
    /// Returns the number of bytes that the first `per_block` coefficients of each block take.
    pub(super) fn memory(target: &Target, per_block: usize) -> u64 {
        let blocks = u64::from(padded(target.across, target.h)) * u64::from(padded(target.down, target.v));
        blocks * (per_block * size_of::<i16>()) as u64
    }

    pub(super) fn new(target: &Target, per_block: usize) -> Self {
        let across = padded(target.across, target.h) as usize;
        let blocks = across * padded(target.down, target.v) as usize;
        Self { values: vec![0; blocks * per_block], per_block, across, missing_bits: [None; 64] }
    }

    /// Notes that a scan has brought its band down to its lowest bit.
    pub(super) fn begin(&mut self, scan: &Scan) {
        self.missing_bits[scan.first as usize..=scan.last as usize].fill(Some(scan.low));
    }

    /// Returns whether a scan brings anything that is kept.
    ///
    /// An AC refinement can be read only if all 64 coefficients are kept. It has one more bit for each value that
    /// earlier scans made other than zero, so the decoder must know which values those are. A DC refinement simply has
    /// one bit for each block.
    pub(super) fn need(&self, scan: &Scan) -> bool {
        (scan.first as usize) < self.per_block && (scan.first == 0 || scan.high == 0 || self.per_block == 64)
    }

    /// Returns whether each coefficient up to number `highest` has had its first scan.
    pub(super) fn are_begun(&self, highest: u32) -> bool {
        self.missing_bits[..=highest as usize].iter().all(Option::is_some)
    }

    /// Returns whether all bits of the first `count` coefficients have come.
    pub(super) fn are_whole(&self, count: usize) -> bool {
        self.missing_bits[..count].iter().all(|bits| *bits == Some(0))
    }

    fn place(&self, column: u32, row: u32) -> Range<usize> {
        let at = (row as usize * self.across + column as usize) * self.per_block;
        at..at + self.per_block
    }

    pub(super) fn block(&mut self, column: u32, row: u32) -> &mut [i16] {
        let place = self.place(column, row);
        &mut self.values[place]
    }

    /// Transforms the coefficients to the samples of `target`.
    pub(super) fn put(&self, target: &mut Target) -> Result<(), PhotoError> {
        let step = target.steps.as_ref().map_or(1, Steps::dc);
        target.allocate();
        let columns = target.layout.columns.clone();
        for row in target.layout.rows.clone() {
            let blocks = self.values[self.place(columns.start, row).start..].chunks_exact(self.per_block);
            for (column, block) in columns.clone().zip(blocks) {
                let dequantized = target
                    .dequantized(i32::from(block[0]), step)
                    .map_err(|corrupt| PhotoError::damaged(corrupt.to_string()))?;
                match (target.layout.scale, block) {
                    (1, _) => target.put_mean(column, row, dequantized),
                    (2, &[mean, across, down, _, both, ..]) => target.put_four(column, row, mean, [across, down, both]),
                    _ => target.put(column, row, &rows(block), last(block)),
                }
            }
        }
        Ok(())
    }
}

/// Returns the number of blocks across or down once the last MCU is complete. Interleaved scans code whole MCUs, even
/// at the right and lower edges where some of their blocks lie outside the picture (T.81, A.2.4).
fn padded(blocks: u32, in_mcu: u32) -> u32 {
    blocks.next_multiple_of(in_mcu)
}

/// Returns the coefficients of a block row by row, given those in zigzag order; those that were not kept are 0.
fn rows(zigzag: &[i16]) -> [i16; 64] {
    let mut rows = [0; 64];
    for (at, &coefficient) in ZIGZAG.into_iter().zip(zigzag) {
        rows[usize::from(at)] = coefficient;
    }
    rows
}

/// Returns the last coefficient in zigzag order that is not 0.
fn last(zigzag: &[i16]) -> u32 {
    zigzag.iter().rposition(|&coefficient| coefficient != 0).unwrap_or(0) as u32
}
