//! The kinds of layers that the net is made of. Pixels are stored row by row, with all channels of a pixel together.
//!
//! Each sum is added up in one order, term by term, and multiplications are rounded before they are added: the compiler
//! may compute several channels at the same time, but neither reorder the terms of one channel nor fuse two operations
//! into one. So every processor and every system gets the same bits.

use super::weights::Weights;

/// A picture, or the output of a layer. It has `C` values for each pixel.
pub(super) struct Map<const C: usize> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<[f32; C]>,
}

/// A 1×1 layer: each output is a weighted sum of all channels of the pixel.
struct Pointwise<const I: usize, const O: usize> {
    weights: Vec<[f32; O]>,
    bias: [f32; O],
}

/// A 3×3 layer in which each channel is a weighted sum of its own values in the pixel and its neighbours.
struct Depthwise<const C: usize> {
    weights: [[f32; C]; 9],
    bias: [f32; C],
}

/// A 1×1 layer followed by a 3×3 layer. Most of the net consists of such units.
pub(super) struct Unit<const I: usize, const O: usize> {
    pointwise: Pointwise<I, O>,
    depthwise: Depthwise<O>,
}

/// The first layer: 3×3 pixels of three colours become one pixel of 16 channels, at half the size.
pub(super) struct Stem {
    weights: [[f32; 16]; 27],
    bias: [f32; 16],
}

impl<const C: usize> Map<C> {
    /// Returns the largest value of each two by two pixels, for each channel.
    pub(super) fn pooled(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for rows in self.pixels.chunks_exact(2 * self.width) {
            let (upper, lower) = rows.split_at(self.width);
            for (upper, lower) in upper.chunks_exact(2).zip(lower.chunks_exact(2)) {
                let mut largest = upper[0];
                for other in [&upper[1], &lower[0], &lower[1]] {
                    for (largest, &value) in largest.iter_mut().zip(other) {
                        *largest = if value > *largest { value } else { *largest };
                    }
                }
                pixels.push(largest);
            }
        }
        Self { width, height, pixels }
    }

    /// Adds a map of half the size. Each of its pixels is added to two by two pixels of this map.
    pub(super) fn add_enlarged(&mut self, small: &Self) {
        for (y, row) in self.pixels.chunks_exact_mut(self.width.max(1)).enumerate() {
            let from = &small.pixels[y / 2 * small.width..][..small.width];
            for (pair, add) in row.chunks_exact_mut(2).zip(from) {
                for pixel in pair {
                    pixel.iter_mut().zip(add).for_each(|(value, add)| *value += add);
                }
            }
        }
    }

    /// Replaces negative values by zero.
    fn without_negatives(mut self) -> Self {
        for value in self.pixels.as_flattened_mut() {
            *value = if *value > 0.0 { *value } else { 0.0 };
        }
        self
    }
}

impl<const I: usize, const O: usize> Pointwise<I, O> {
    fn read(weights: &mut Weights) -> Self {
        Self { weights: (0..I).map(|_| weights.next()).collect(), bias: weights.next() }
    }

    /// It is never inlined: only in a function of its own does the compiler unroll the loop over the outputs and keep
    /// their sums in registers.
    #[inline(never)]
    fn run(&self, map: &Map<I>) -> Map<O> {
        let sum = |pixel: &[f32; I]| {
            let mut sums = self.bias;
            for (value, weights) in pixel.iter().zip(&self.weights) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += value * weight;
                }
            }
            sums
        };
        Map { width: map.width, height: map.height, pixels: map.pixels.iter().map(sum).collect() }
    }
}

impl<const C: usize> Depthwise<C> {
    fn read(weights: &mut Weights) -> Self {
        Self { weights: std::array::from_fn(|_| weights.next()), bias: weights.next() }
    }

    /// Pixels beyond the edge count as zero.
    #[inline(never)]
    fn run(&self, map: &Map<C>) -> Map<C> {
        let Map { width, height, ref pixels } = *map;
        let mut sums = vec![self.bias; pixels.len()];
        for (y, sums) in sums.chunks_exact_mut(width.max(1)).enumerate() {
            for (row, weights) in self.weights.as_chunks::<3>().0.iter().enumerate() {
                // The row before the first and the one after the last are beyond the edge.
                let Some(from) = (y + row).checked_sub(1).filter(|&from| from < height) else { continue };
                let from = &pixels[from * width..][..width];
                add_weighted(&mut sums[1..], &from[..width - 1], &weights[0]);
                add_weighted(sums, from, &weights[1]);
                add_weighted(&mut sums[..width - 1], &from[1..], &weights[2]);
            }
        }
        Map { width, height, pixels: sums }
    }
}

/// Adds the values of each pixel, times the weights, to the sums of another.
#[inline(always)]
fn add_weighted<const C: usize>(sums: &mut [[f32; C]], values: &[[f32; C]], weights: &[f32; C]) {
    for (sums, values) in sums.iter_mut().zip(values) {
        for ((sum, value), weight) in sums.iter_mut().zip(values).zip(weights) {
            *sum += value * weight;
        }
    }
}

impl<const I: usize, const O: usize> Unit<I, O> {
    pub(super) fn read(weights: &mut Weights) -> Self {
        Self { pointwise: Pointwise::read(weights), depthwise: Depthwise::read(weights) }
    }

    pub(super) fn run(&self, map: &Map<I>) -> Map<O> {
        self.run_signed(map).without_negatives()
    }

    /// Runs both layers and keeps negative values, as the last layers of the net do.
    pub(super) fn run_signed(&self, map: &Map<I>) -> Map<O> {
        self.depthwise.run(&self.pointwise.run(map))
    }
}

impl Stem {
    pub(super) fn read(weights: &mut Weights) -> Self {
        Self { weights: std::array::from_fn(|_| weights.next()), bias: weights.next() }
    }

    #[inline(never)]
    pub(super) fn run(&self, map: &Map<3>) -> Map<16> {
        let (width, height) = (map.width / 2, map.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let mut sums = self.bias;
                for row in 0..3 {
                    for column in 0..3 {
                        // The row and the column before the first are beyond the edge and count as zero.
                        let (from_x, from_y) = (2 * x + column, 2 * y + row);
                        if from_x == 0 || from_y == 0 {
                            continue;
                        }
                        let pixel = &map.pixels[(from_y - 1) * map.width + from_x - 1];
                        for (value, weights) in pixel.iter().zip(&self.weights[(row * 3 + column) * 3..]) {
                            for (sum, weight) in sums.iter_mut().zip(weights) {
                                *sum += value * weight;
                            }
                        }
                    }
                }
                pixels.push(sums);
            }
        }
        Map { width, height, pixels }.without_negatives()
    }
}
