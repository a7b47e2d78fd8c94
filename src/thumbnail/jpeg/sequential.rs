//! Baseline and extended sequential JPEG: each block is coded in one piece (T.81, annex F).

use std::ops::Range;

use super::ahead::Ahead;
use super::bits::Bits;
use super::block::{Channel, difference, each_block};
use super::header::{Frame, Tables};
use super::huffman::{Corrupt, Huffman};
use super::idct::Steps;
use super::plane::Target;
use super::scan::{McuPosition, Scan};
use super::segment::Segments;
use crate::thumbnail::PhotoError;

/// Decodes a scan into the samples of its components.
pub(super) fn decode(
    scan: &Scan,
    file: &mut Segments<'_>,
    frame: &Frame,
    tables: &Tables,
    targets: &mut [Target],
) -> Result<(), PhotoError> {
    let mcus = scan.mcus(frame, targets);
    let mut channels = Vec::new();
    for (component, target) in targets.iter_mut().enumerate() {
        let Some(part) = scan.parts.iter().find(|part| part.component == component) else { continue };
        let (h, v) = if mcus.single { (1, 1) } else { (target.h, target.v) };
        let step = target.steps.as_ref().map_or(1, Steps::dc);
        let (dc, ac) = (scan.dc(part, tables)?, scan.ac(part, tables)?);
        target.allocate();
        channels.push(Channel { target, dc, ac, step, prediction: 0, h, v });
    }
    let (across, total) = (mcus.across as usize, mcus.across as usize * mcus.down as usize);
    let mut ahead = Ahead::new();
    // All blocks are read, although the crop may end before the last one: only the end of the data shows whether
    // anything was lost on the way.
    file.each_interval(tables.restart_interval, total, |bits, mut range| {
        for channel in &mut channels {
            channel.prediction = 0;
        }
        range = ahead.decode(&mut channels, bits, range, across);
        decode_interval(&mut channels, bits, range, across)
    })
}

/// Decodes MCUs that follow one another, up to a restart marker.
fn decode_interval(
    channels: &mut [Channel<'_>],
    bits: &mut Bits<'_>,
    mcus: Range<usize>,
    across: usize,
) -> Result<(), PhotoError> {
    let mut at = McuPosition::new(mcus.start, across);
    for _ in mcus {
        each_block(channels, at, |channel, column, row| {
            channel.block(bits, column, row).map_err(|corrupt| explain(corrupt, bits))
        })?;
        if bits.is_overrun() {
            return Err(PhotoError::Truncated);
        }
        at = at.behind();
    }
    Ok(())
}

impl Channel<'_> {
    /// Decodes the next block.
    fn block(&mut self, bits: &mut Bits<'_>, column: u32, row: u32) -> Result<(), Corrupt> {
        if self.is_small()
            && let Ok(([after], [block])) = self.blocks(&(), [*bits])
        {
            *bits = after;
            return self.put(&block, column, row);
        }
        // If `blocks` failed, the data is corrupt. This finds the error, and stores nothing.
        self.whole_block(&(), bits, column, row)
    }
}

/// Takes the difference to the DC coefficient of the block before.
#[inline(always)]
pub(super) fn dc_difference(table: &Huffman, bits: &mut Bits<'_>) -> Result<i32, Corrupt> {
    bits.refill();
    difference(table, &mut bits.buffer)
}

/// Returns the error for corrupt data. Behind the end of the data the decoder is given zeros, which soon look corrupt:
/// then the file was cut off.
pub(super) fn explain(corrupt: Corrupt, bits: &Bits<'_>) -> PhotoError {
    if bits.is_overrun() { PhotoError::Truncated } else { PhotoError::damaged(corrupt.to_string()) }
}
