//! Turns the blocks of a component into its samples: which blocks are wanted, at which scale, and where their samples
//! go.

use std::ops::Range;

use super::header::{Component, Frame};
use super::huffman::Corrupt;
use super::idct::{Idct, Steps};
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
    /// Where in its component this plane lies.
    layout: Layout,
}

/// The blocks of a component that were decoded, and how they relate to the picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// Blocks across and down in the component.
    blocks: (u32, u32),
    /// Blocks for each pixel of the picture, across and down.
    blocks_a_pixel: (f64, f64),
    /// Samples that each block gives across and down: 1, 2, 4 or 8.
    pub(super) scale: usize,
    /// The blocks that the crop touches, or that the resampler reaches from there.
    pub(super) columns: Range<u32>,
    pub(super) rows: Range<u32>,
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
    /// What is decoded of it.
    pub(super) layout: Layout,
    /// The table that was in force at the component's first scan, `None` before it. A table that comes later is for
    /// other components.
    pub(super) steps: Option<Steps>,
    idct: Idct,
    /// The largest amount that a dequantized DC coefficient may have.
    dc_limit: i32,
    crop: Region,
    samples: Vec<f32>,
}

impl Layout {
    /// Returns which blocks the part `crop` of the picture needs for a thumbnail of `size`×`size` pixels, and where in
    /// their samples it lies.
    fn new(blocks: (u32, u32), blocks_a_pixel: (f64, f64), crop: Region, size: u32) -> (Self, Region) {
        let in_blocks = crop.scaled(blocks_a_pixel.0, blocks_a_pixel.1);
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
        let columns = touched(in_blocks.left, in_blocks.width, blocks.0);
        let rows = touched(in_blocks.top, in_blocks.height, blocks.1);
        let mut crop = in_blocks.scaled(scale as f64, scale as f64);
        crop.left -= (columns.start as usize * scale) as f64;
        crop.top -= (rows.start as usize * scale) as f64;
        (Self { blocks, blocks_a_pixel, scale, columns, rows }, crop)
    }

    /// Returns the number of samples in a row of blocks.
    fn stride(&self) -> usize {
        self.columns.len() * self.scale
    }
}

impl Plane {
    /// Returns a plane that is not of a JPEG.
    #[cfg(test)]
    pub(crate) fn whole(width: u32, height: u32, samples: Vec<f32>, crop: Region) -> Self {
        let blocks = (width.div_ceil(8), height.div_ceil(8));
        let layout =
            Layout { blocks, blocks_a_pixel: (0.125, 0.125), scale: 8, columns: 0..blocks.0, rows: 0..blocks.1 };
        Self { width, height, samples, crop, layout }
    }

    /// Returns the samples that decoding the part `crop` of the picture for a thumbnail of `size`×`size` pixels would
    /// give. Returns `None` if they are not among those of this plane, or not at this scale.
    pub(crate) fn part(&self, crop: Region, size: u32) -> Option<Self> {
        let own = &self.layout;
        let (layout, crop) = Layout::new(own.blocks, own.blocks_a_pixel, crop, size);
        let is_within = |part: &Range<u32>, whole: &Range<u32>| whole.start <= part.start && part.end <= whole.end;
        let holds = is_within(&layout.columns, &own.columns) && is_within(&layout.rows, &own.rows);
        if layout.scale != own.scale || !holds {
            return None;
        }
        let skipped = |part: &Range<u32>, whole: &Range<u32>| (part.start - whole.start) * own.scale as u32;
        let (left, top) = (skipped(&layout.columns, &own.columns), skipped(&layout.rows, &own.rows));
        let width = (layout.columns.len() * own.scale) as u32;
        let height = (layout.rows.len() * own.scale) as u32;
        let (width, height) = (width.min(self.width - left), height.min(self.height - top));
        let rows = self.samples.chunks(self.width as usize).skip(top as usize).take(height as usize);
        let samples = rows.flat_map(|row| &row[left as usize..][..width as usize]).copied().collect();
        Some(Self::of(width, height, samples, crop, layout))
    }

    fn of(width: u32, height: u32, samples: Vec<f32>, mut crop: Region, layout: Layout) -> Self {
        // Rounding can push the crop a hair outside the plane; clamp it.
        crop.width = crop.width.min(f64::from(width) - crop.left);
        crop.height = crop.height.min(f64::from(height) - crop.top);
        Self { width, height, samples, crop, layout }
    }
}

impl Target {
    /// Prepares to decode the part `crop` of a component, for a thumbnail of `size`×`size` pixels. `crop` is in pixels
    /// of the whole picture.
    pub(super) fn new(component: &Component, frame: &Frame, crop: Region, size: u32) -> Self {
        let ratio = |own: u32, max: u32| f64::from(own) / f64::from(max);
        let (across, down) = (ratio(component.h, frame.max_h()), ratio(component.v, frame.max_v()));
        let width = (frame.width * component.h).div_ceil(frame.max_h());
        let height = (frame.height * component.v).div_ceil(frame.max_v());
        let blocks = (width.div_ceil(8), height.div_ceil(8));
        let (layout, crop) = Layout::new(blocks, (across / 8.0, down / 8.0), crop, size);
        Self {
            width,
            height,
            h: component.h,
            v: component.v,
            across: blocks.0,
            down: blocks.1,
            is_subsampled: across * down < 1.0,
            steps: None,
            idct: Idct::new(layout.scale, frame.precision),
            // The mean of a block is at most half of the range, and DC is 8 times the mean: 4 << precision. Nearly twice
            // that is accepted, for encoders that overshoot. It fits 16 bits.
            dc_limit: (8 << frame.precision) - 1,
            crop,
            samples: Vec::new(),
            layout,
        }
    }

    /// Returns the number of bytes that the samples take.
    pub(super) fn memory(&self) -> u64 {
        (self.sample_count() * size_of::<f32>()) as u64
    }

    fn sample_count(&self) -> usize {
        self.layout.stride() * self.layout.rows.len() * self.layout.scale
    }

    /// Returns the last coefficient in zigzag order that the samples need.
    pub(super) fn highest_needed(&self) -> u32 {
        self.idct.highest_needed()
    }

    pub(super) fn wants(&self, column: u32, row: u32) -> bool {
        self.layout.columns.contains(&column) && self.layout.rows.contains(&row)
    }

    /// Returns the dequantized DC coefficient if a picture can have it. Each DC value is the sum of all differences
    /// before it, so after damaged data it soon leaves the range of a picture; this is how damage is noticed.
    #[inline(always)]
    pub(super) fn dequantized(&self, dc: i32, step: i32) -> Result<i32, Corrupt> {
        let value = dc.wrapping_mul(step);
        if (-self.dc_limit..=self.dc_limit).contains(&value) { Ok(value) } else { Err(Corrupt::Value) }
    }

    pub(super) fn allocate(&mut self) {
        self.samples = vec![0.0; self.sample_count()];
    }

    /// Returns whether the component was decoded, so that there are samples.
    pub(super) fn is_decoded(&self) -> bool {
        !self.samples.is_empty()
    }

    /// Stores the only sample of a wanted block at scale 1: its mean.
    #[inline(always)]
    pub(super) fn put_mean(&mut self, column: u32, row: u32, dequantized: i32) {
        let Layout { columns, rows, .. } = &self.layout;
        let at = (row - rows.start) as usize * columns.len() + (column - columns.start) as usize;
        self.samples[at] = self.idct.mean(dequantized);
    }

    /// Stores the four samples of a wanted block at scale 2. `low` has its coefficients 1, 2 and 4 in zigzag order.
    #[inline(always)]
    pub(super) fn put_four(&mut self, column: u32, row: u32, mean: i16, low: [i16; 3]) {
        let Some(steps) = &self.steps else { return };
        let Layout { columns, rows, .. } = &self.layout;
        let at = (row - rows.start) as usize * 2 * columns.len() + (column - columns.start) as usize;
        let [upper, lower] = self.idct.four(mean, low, steps);
        self.samples[at * 2..][..2].copy_from_slice(&upper);
        self.samples[(at + columns.len()) * 2..][..2].copy_from_slice(&lower);
    }

    /// Stores the samples of a wanted block at scale 4 or 8. The coefficients come row by row; those behind number `last`
    /// in zigzag order are 0, or not needed.
    pub(super) fn put(&mut self, column: u32, row: u32, coefficients: &[i16; 64], last: u32) {
        let Some(steps) = &self.steps else { return };
        let Layout { columns, rows, scale, .. } = &self.layout;
        let stride = self.layout.stride();
        let at = (row - rows.start) as usize * scale * stride + (column - columns.start) as usize * scale;
        self.idct.block(coefficients, last, steps, &mut self.samples[at..], stride);
    }

    /// Returns the samples without those beyond the picture's edge, where the last blocks may contain anything.
    pub(super) fn into_plane(self) -> Plane {
        let Layout { columns, rows, scale, .. } = &self.layout;
        let side = |blocks: &Range<u32>, samples: u32| {
            let (start, end) = (blocks.start * *scale as u32, blocks.end * *scale as u32);
            end.min((samples * *scale as u32).div_ceil(8)) - start
        };
        let (width, height) = (side(columns, self.width), side(rows, self.height));
        let (mut samples, stride) = (self.samples, self.layout.stride());
        if (width as usize) < stride {
            for row in 1..height as usize {
                samples.copy_within(row * stride..row * stride + width as usize, row * width as usize);
            }
        }
        samples.truncate(width as usize * height as usize);
        Plane::of(width, height, samples, self.crop, self.layout)
    }
}
