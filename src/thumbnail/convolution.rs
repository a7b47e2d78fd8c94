//! Resampling the plane of a component with the Lanczos3 filter, first across and then down.
//!
//! The results are those of `fast_image_resize`, which resamples all other pixels (`resample.rs`), but for the last bit of a
//! few samples: sums have 64 bits, and what lies between the two passes has 32. Rounding to whole numbers there, and again
//! before the colours are converted, would cost more quality than everything else that is done to a photo. The library takes
//! longer, because it computes all weights anew for each plane, and converts each sample as often as it is used.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::Region;
use super::jpeg::Plane;
use super::lanczos::{self, lanczos3};
use super::vector::{Simd, SimdBase, dispatch, f64x4, level};

/// How many numbers a vector holds.
const LANES: usize = 4;
/// The number of rows that are resampled together across.
const ROWS: usize = 4;
/// The number of columns that are resampled together down.
const COLUMNS: usize = 4 * LANES;
/// The number of numbers for which a thread keeps a buffer for the next plane.
const MAX_KEPT_ROOM: usize = 64 * 1024;
/// The number of sides whose weights a thread keeps. A photo needs four: those of luma and of chroma, across and down.
const MAX_KEPT_SIDES: usize = 16;

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

/// What a thread keeps for the next plane. Photos of one batch often have the same size, and then the same weights.
#[derive(Default)]
struct Kept {
    /// The newest are last.
    weights: VecDeque<Rc<Weights>>,
    /// The rows that are resampled across.
    rows: Vec<f64>,
    /// What lies between the two passes.
    between: Vec<f64>,
}

/// The crop along one side, and how many pixels it becomes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Side {
    /// The number of samples along the whole side.
    samples: u32,
    start: f64,
    length: f64,
    pixels: u32,
}

/// The weights of the samples of which each pixel along a side is the sum.
struct Weights {
    side: Side,
    /// For each pixel, the number of its first sample, and how many there are.
    spans: Vec<(usize, usize)>,
    /// The number of weights of each pixel, a multiple of [`LANES`]; those beyond its samples are 0.
    weights_a_pixel: usize,
    weights: Vec<f64>,
}

impl Weights {
    fn new(side: Side) -> Self {
        let scale = side.length / f64::from(side.pixels);
        // Where the photo is enlarged, the filter is as wide as the samples are apart.
        let wide = scale.max(1.0);
        let (radius, reciprocal) = (lanczos::RADIUS * wide, 1.0 / wide);
        let weights_a_pixel = ((radius * 2.0).ceil() as usize + 1).next_multiple_of(LANES);
        let mut spans = Vec::with_capacity(side.pixels as usize);
        let mut all = vec![0.0; side.pixels as usize * weights_a_pixel];
        for (pixel, weights) in (0..side.pixels).zip(all.chunks_exact_mut(weights_a_pixel)) {
            let center = side.start + (f64::from(pixel) + 0.5) * scale;
            let first = (center - radius).floor().max(0.0);
            let end = (center + radius).ceil().min(f64::from(side.samples));
            // Rounding can make the range one sample longer.
            let count = ((end - first) as usize).min(weights_a_pixel);
            let weights = &mut weights[..count];
            for (at, weight) in (0u32..).zip(&mut *weights) {
                *weight = lanczos3((first + f64::from(at) - (center - 0.5)) * reciprocal);
            }
            let sum: f64 = weights.iter().sum();
            weights.iter_mut().for_each(|weight| *weight /= sum);
            spans.push((first as usize, count));
        }
        Self { side, spans, weights_a_pixel, weights: all }
    }

    /// Returns, for each pixel, the number of its first sample, how many there are, and its weights.
    fn iter(&self) -> impl Iterator<Item = (usize, usize, &[f64])> {
        self.spans
            .iter()
            .zip(self.weights.chunks_exact(self.weights_a_pixel))
            .map(|(&(first, count), all)| (first, count, all))
    }
}

/// Resamples the crop of a plane to `size`×`size` pixels.
pub(super) fn resample(plane: &Plane, size: u32) -> Vec<f32> {
    if let Some(pixels) = as_they_are(plane, size as usize) {
        return pixels;
    }
    let across = Side { samples: plane.width, start: plane.crop.left, length: plane.crop.width, pixels: size };
    let down = Side { samples: plane.height, start: plane.crop.top, length: plane.crop.height, pixels: size };
    KEPT.with_borrow_mut(|kept| {
        let (across, down) = (kept.weights(across), kept.weights(down));
        let pixels = dispatch!(level(), simd => kept.convolve(simd, plane, size as usize, &across, &down));
        for buffer in [&mut kept.rows, &mut kept.between] {
            if buffer.capacity() > MAX_KEPT_ROOM {
                *buffer = Vec::new();
            }
        }
        pixels
    })
}

/// Returns the samples of the crop, if it has as many as there are to be pixels, and begins with a whole one.
fn as_they_are(plane: &Plane, size: usize) -> Option<Vec<f32>> {
    let Region { left, top, width, height } = plane.crop;
    if (width, height) != (size as f64, size as f64) || (left.fract(), top.fract()) != (0.0, 0.0) {
        return None;
    }
    let rows = plane.samples.chunks_exact(plane.width as usize).skip(top as usize).take(size);
    let samples: Vec<f32> =
        rows.filter_map(|row| row.get(left as usize..left as usize + size)).flatten().copied().collect();
    (samples.len() == size * size).then_some(samples)
}

impl Kept {
    fn weights(&mut self, side: Side) -> Rc<Weights> {
        if let Some(known) = self.weights.iter().find(|known| known.side == side) {
            return Rc::clone(known);
        }
        if self.weights.len() == MAX_KEPT_SIDES {
            self.weights.pop_front();
        }
        let weights = Rc::new(Weights::new(side));
        self.weights.push_back(Rc::clone(&weights));
        weights
    }

    #[inline(always)]
    fn convolve<S: Simd>(&mut self, simd: S, plane: &Plane, size: usize, across: &Weights, down: &Weights) -> Vec<f32> {
        let width = plane.width as usize;
        let (top, last) = (down.spans.first(), down.spans.last());
        let (top, end) = (top.map_or(0, |&(first, _)| first), last.map_or(0, |&(first, count)| first + count));
        let stride = size.next_multiple_of(COLUMNS);
        self.between.clear();
        self.between.resize((end - top) * stride, 0.0);
        let rows = plane.samples[top * width..end * width].chunks(ROWS * width);
        for (rows, to) in rows.zip(self.between.chunks_mut(ROWS * stride)) {
            pass_across(simd, rows.chunks_exact(width), across, &mut self.rows, to, stride);
        }
        let mut pixels = vec![0.0; size * size];
        for ((first, count, weights), to) in down.iter().zip(pixels.chunks_exact_mut(size)) {
            let rows = &self.between[(first - top) * stride..][..count * stride];
            pass_down(simd, rows.chunks_exact(stride), weights, to);
        }
        pixels
    }
}

/// Resamples up to [`ROWS`] rows across.
#[inline(always)]
fn pass_across<'s, S: Simd>(
    simd: S,
    rows: impl Iterator<Item = &'s [f32]>,
    across: &Weights,
    wide: &mut Vec<f64>,
    to: &mut [f64],
    stride: usize,
) {
    // Whatever stands behind the samples of a row does not count, as its weights are 0.
    let width = across.side.samples as usize + across.weights_a_pixel;
    wide.resize(ROWS * width, 0.0);
    for (row, wide) in rows.zip(wide.chunks_exact_mut(width)) {
        row.iter().zip(wide).for_each(|(&sample, wide)| *wide = f64::from(sample));
    }
    let (upper, lower) = wide.split_at(2 * width);
    let ((first, second), (third, fourth)) = (upper.split_at(width), lower.split_at(width));
    for (x, (start, _, weights)) in across.iter().enumerate() {
        let end = start + weights.len();
        let [mut a, mut b, mut c, mut d] = [f64x4::splat(simd, 0.0); ROWS];
        let samples = vectors(&first[start..end]).zip(vectors(&second[start..end]));
        let samples = samples.zip(vectors(&third[start..end]).zip(vectors(&fourth[start..end])));
        for (four, ((first, second), (third, fourth))) in vectors(weights).zip(samples) {
            let four = f64x4::from_slice(simd, four);
            a += f64x4::from_slice(simd, first) * four;
            b += f64x4::from_slice(simd, second) * four;
            c += f64x4::from_slice(simd, third) * four;
            d += f64x4::from_slice(simd, fourth) * four;
        }
        for (row, sum) in [a, b, c, d].into_iter().enumerate() {
            // The last group may have fewer rows.
            if let Some(to) = to.get_mut(row * stride + x) {
                *to = f64::from(((sum[0] + sum[2]) + (sum[1] + sum[3])) as f32);
            }
        }
    }
}

/// Resamples rows down to one.
#[inline(always)]
fn pass_down<'s, S: Simd>(simd: S, rows: impl Iterator<Item = &'s [f64]> + Clone, weights: &[f64], to: &mut [f32]) {
    for (column, to) in (0..).step_by(COLUMNS).zip(to.chunks_mut(COLUMNS)) {
        let mut sums = [f64x4::splat(simd, 0.0); COLUMNS / LANES];
        for (row, &weight) in rows.clone().zip(weights) {
            for (sum, samples) in sums.iter_mut().zip(vectors(&row[column..column + COLUMNS])) {
                *sum += f64x4::from_slice(simd, samples) * weight;
            }
        }
        for (to, sum) in to.chunks_mut(LANES).zip(sums) {
            to.iter_mut().zip(*sum).for_each(|(to, sum)| *to = sum as f32);
        }
    }
}

/// Returns the numbers in groups as long as a vector.
#[inline(always)]
fn vectors(numbers: &[f64]) -> impl Iterator<Item = &[f64; LANES]> {
    numbers.as_chunks().0.iter()
}
