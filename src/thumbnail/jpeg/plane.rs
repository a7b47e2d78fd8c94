//! Turns the blocks of a component into its samples: which blocks are wanted, at which scale, and where their samples
//! go.

use std::ops::Range;

use super::header::{Component, Frame};
use super::huffman::Corrupt;
use super::idct::Idct;
use crate::thumbnail::Region;

/// The minimum number of samples that are decoded for each pixel of the thumbnail, across and down. With fewer, the
/// resampler could not filter out detail that is too fine for the thumbnail, and it would show as a pattern (aliasing).
const OVERSAMPLING: f64 = 2.0;
/// The distance that the Lanczos3 filter reaches from the middle of a pixel, in pixels of the thumbnail.
const FILTER_RADIUS: f64 = 3.0;

/// The samples of one component: those that the crop needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// The number of samples across.
    pub width: u32,
    /// The number of samples down.
    pub height: u32,
    /// Rows of samples, 0 to 255, not rounded.
    pub samples: Vec<f32>,
    /// The part of this plane that is the crop.
    pub crop: Region,
}

/// A component that is being decoded, and what is wanted of it.
pub(super) struct Target {
    /// The number of samples across and down in the file.
    width: u32,
    height: u32,
    /// The number of blocks across and down in an MCU of an interleaved scan.
    pub(super) h: u32,
    pub(super) v: u32,
    /// The number of blocks across and down, without those that only complete an MCU at the edge.
    pub(super) across: u32,
    pub(super) down: u32,
    /// Whether another component has more samples.
    pub(super) is_subsampled: bool,
    /// The number of samples that each block gives across and down: 1, 2, 4 or 8.
    pub(super) scale: usize,
    /// The blocks that the crop touches, or that the resampler reaches from there.
    pub(super) columns: Range<u32>,
    pub(super) rows: Range<u32>,
    /// The table that was in force at the component's first scan, `None` before it. A table that comes later is for
    /// other components.
    pub(super) quantization: Option<[u16; 64]>,
    idct: Idct,
    /// The largest amount that a dequantized DC coefficient may have.
    dc_limit: i32,
    crop: Region,
    samples: Vec<f32>,
}

impl Target {
    /// Prepares to decode the part `crop` of a component, for a thumbnail of `size`×`size` pixels. `crop` is in pixels
    /// of the whole picture.
    pub(super) fn new(component: &Component, frame: &Frame, crop: Region, size: u32) -> Self {
        let ratio = |own: u32, max: u32| f64::from(own) / f64::from(max);
        let (across, down) = (ratio(component.h, frame.max_h()), ratio(component.v, frame.max_v()));
        let width = (frame.width * component.h).div_ceil(frame.max_h());
        let height = (frame.height * component.v).div_ceil(frame.max_v());
        let (blocks_across, blocks_down) = (width.div_ceil(8), height.div_ceil(8));
        let in_blocks = crop.scaled(across / 8.0, down / 8.0);
        let scale = [1, 2, 4]
            .into_iter()
            .find(|&scale| in_blocks.width.min(in_blocks.height) * scale as f64 >= f64::from(size) * OVERSAMPLING)
            .unwrap_or(8);
        let touched = |start: f64, length: f64, blocks: u32| {
            // The filter of a pixel at the crop's edge reaches beyond the edge.
            let beyond = length / f64::from(size.max(1)) * FILTER_RADIUS;
            let (start, length) = (start - beyond, length + 2.0 * beyond);
            let end = (start + length).ceil().clamp(1.0, f64::from(blocks)) as u32;
            (start.floor().clamp(0.0, f64::from(blocks - 1)) as u32).min(end - 1)..end
        };
        let columns = touched(in_blocks.left, in_blocks.width, blocks_across);
        let rows = touched(in_blocks.top, in_blocks.height, blocks_down);
        let mut crop = in_blocks.scaled(scale as f64, scale as f64);
        crop.left -= (columns.start as usize * scale) as f64;
        crop.top -= (rows.start as usize * scale) as f64;
        Self {
            width,
            height,
            h: component.h,
            v: component.v,
            across: blocks_across,
            down: blocks_down,
            is_subsampled: across * down < 1.0,
            scale,
            quantization: None,
            idct: Idct::new(scale, frame.precision),
            // The mean of a block is at most half of the range, and DC is 8 times the mean: 4 << precision. Twice that
            // is accepted, for encoders that overshoot.
            dc_limit: 8 << frame.precision,
            crop,
            samples: Vec::new(),
            columns,
            rows,
        }
    }

    /// Returns the number of bytes that the samples take.
    pub(super) fn memory(&self) -> u64 {
        (self.columns.len() * self.rows.len() * self.scale * self.scale * size_of::<f32>()) as u64
    }

    /// Returns the last coefficient in zigzag order that the samples need.
    pub(super) fn highest_needed(&self) -> u32 {
        self.idct.highest_needed()
    }

    pub(super) fn wants(&self, column: u32, row: u32) -> bool {
        self.columns.contains(&column) && self.rows.contains(&row)
    }

    /// Returns the dequantized DC coefficient if a picture can have it. Each DC value is the sum of all differences
    /// before it, so after damaged data it soon leaves the range of a picture; this is how damage is noticed.
    #[inline(always)]
    pub(super) fn dequantized(&self, dc: i32, step: i32) -> Result<i32, Corrupt> {
        let value = dc.wrapping_mul(step);
        if (-self.dc_limit..=self.dc_limit).contains(&value) { Ok(value) } else { Err(Corrupt::Value) }
    }

    pub(super) fn allocate(&mut self) {
        self.samples = vec![0.0; self.columns.len() * self.rows.len() * self.scale * self.scale];
    }

    /// Returns whether the component was decoded, so that there are samples.
    pub(super) fn is_decoded(&self) -> bool {
        !self.samples.is_empty()
    }

    /// Stores the only sample of a wanted block at scale 1: its mean.
    #[inline(always)]
    pub(super) fn put_mean(&mut self, column: u32, row: u32, dequantized: i32) {
        let at = (row - self.rows.start) as usize * self.columns.len() + (column - self.columns.start) as usize;
        self.samples[at] = self.idct.mean(dequantized);
    }

    /// Stores the samples of a wanted block.
    pub(super) fn put(&mut self, column: u32, row: u32, coefficients: &[i16]) {
        let Some(quantization) = &self.quantization else { return };
        let stride = self.columns.len() * self.scale;
        let at = (row - self.rows.start) as usize * self.scale * stride
            + (column - self.columns.start) as usize * self.scale;
        self.idct.block(coefficients, quantization, &mut self.samples[at..], stride);
    }

    /// Returns the samples without those beyond the picture's edge, where the last blocks may contain anything.
    pub(super) fn into_plane(self) -> Plane {
        let side = |blocks: &Range<u32>, samples: u32| {
            let (start, end) = (blocks.start * self.scale as u32, blocks.end * self.scale as u32);
            end.min((samples * self.scale as u32).div_ceil(8)) - start
        };
        let (width, height) = (side(&self.columns, self.width), side(&self.rows, self.height));
        let rows = self.samples.chunks(self.columns.len() * self.scale).take(height as usize);
        let samples = rows.flat_map(|row| &row[..width as usize]).copied().collect();
        // Rounding can push the crop a hair outside the plane; clamp it.
        let mut crop = self.crop;
        crop.width = crop.width.min(f64::from(width) - crop.left);
        crop.height = crop.height.min(f64::from(height) - crop.top);
        Plane { width, height, samples, crop }
    }
}
