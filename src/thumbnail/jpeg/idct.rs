//! The inverse discrete cosine transform (IDCT): from the coefficients of a block to its samples, at full or reduced
//! size.
//!
//! A block of 8×8 samples is coded as 8×8 coefficients, one for each pair of a horizontal and a vertical frequency. To
//! get the block at N/8 of its size, only the lowest N×N coefficients are transformed back, at N points instead of 8.
//! The frequencies that are left out are those that a picture of that size cannot show. For N = 1 this leaves the DC
//! coefficient, which is the mean of the block times 8.

use std::f32::consts::PI;

use super::header::ZIGZAG;
use crate::thumbnail::vector::{Simd, SimdFloat, dispatch, f32x4, f32x8, level};

/// For each coefficient in zigzag order, how many columns and rows it and those before it take.
const REACH: [(usize, usize); 64] = {
    let mut reach = [(1, 1); 64];
    let mut at = 1;
    while at < 64 {
        let (across, down) = reach[at - 1];
        let (column, row) = (ZIGZAG[at] as usize % 8, ZIGZAG[at] as usize / 8);
        reach[at] = (if column < across { across } else { column + 1 }, if row < down { down } else { row + 1 });
        at += 1;
    }
    reach
};

/// A transform of blocks to N×N samples, where N is 1, 2, 4 or 8.
pub(super) struct Idct {
    /// The number N of samples across and down.
    size: usize,
    /// `basis[k][n]` is the value of the cosine of frequency k at point n, scaled so that a flat block keeps its value.
    /// All are 0 for N = 1 and N = 2, which need no table.
    basis: [[f32; 8]; 8],
    /// The factor from samples of the frame's precision to samples of 8 bits.
    scale: f32,
}

/// The quantization steps of a component.
pub(super) struct Steps {
    /// In zigzag order, as they stand in the file.
    zigzag: [u16; 64],
    /// Row by row, for the transforms at N = 4 and 8.
    rows: [f32; 64],
}

impl Steps {
    pub(super) fn new(zigzag: [u16; 64]) -> Self {
        let mut rows = [0.0; 64];
        for (at, step) in ZIGZAG.into_iter().zip(zigzag) {
            rows[usize::from(at)] = f32::from(step);
        }
        Self { zigzag, rows }
    }

    /// Returns the step of the DC coefficient.
    pub(super) fn dc(&self) -> i32 {
        i32::from(self.zigzag[0])
    }
}

impl Idct {
    pub(super) fn new(size: usize, precision: u32) -> Self {
        let mut basis = [[0.0; 8]; 8];
        let frequencies = if size > 2 { size } else { 0 };
        for (k, row) in basis.iter_mut().enumerate().take(frequencies) {
            // T.81, A.3.3 has the factor 1/4 · C(u) · C(v), with C(0) = sqrt(1/2) and C(k) = 1 otherwise. That is, for
            // each of the two dimensions, 1/2 · C(k): sqrt(1/8) for the lowest frequency, and 1/2 for the others. The
            // same factors hold for smaller N, because the coefficients were scaled for 8 points when they were made.
            let factor = if k == 0 { 0.125f32.sqrt() } else { 0.5 };
            for (n, value) in row.iter_mut().enumerate().take(size) {
                let angle = ((2 * n + 1) * k) as f32 * PI / (2 * size) as f32;
                // Systems differ in the last bit of a cosine. That of 64 bits is rounded away.
                *value = factor * f64::from(angle).cos() as f32;
            }
        }
        Self { size, basis, scale: 1.0 / f32::from(1u16 << (precision - 8)) }
    }

    /// Returns the last coefficient in zigzag order that is among the lowest N×N.
    pub(super) fn highest_needed(&self) -> u32 {
        match self.size {
            1 => 0,
            2 => 4,
            4 => 24,
            _ => 63,
        }
    }

    /// Returns the only sample of a block at N = 1, its mean, from its dequantized DC coefficient.
    #[inline(always)]
    pub(super) fn mean(&self, dequantized: i32) -> f32 {
        self.sample(dequantized as f32)
    }

    /// Writes the samples of a block at N = 4 or 8 to `to`, whose rows are `stride` samples apart. The coefficients come
    /// row by row; those behind number `last` in zigzag order are 0, or not needed.
    pub(super) fn block(&self, coefficients: &[i16; 64], last: u32, steps: &Steps, to: &mut [f32], stride: usize) {
        match self.size {
            4 => dispatch!(level(), simd => {
                self.transform::<_, f32x4<_>, 4>(simd, coefficients, last, steps, to, stride);
            }),
            8 => dispatch!(level(), simd => {
                self.transform::<_, f32x8<_>, 8>(simd, coefficients, last, steps, to, stride);
            }),
            // Smaller ones have `mean` and `four`.
            size => debug_assert!(false, "a block of {size} samples"),
        }
    }

    /// Returns the samples of a block at N = 2, two rows of two, from its coefficients 0, and 1, 2 and 4 in zigzag order.
    ///
    /// At two points, the cosine of frequency 1 is sqrt(1/2) and -sqrt(1/2). With the factors of `new`, each of the four
    /// coefficients then counts 1/8, with a sign: the whole transform is four sums.
    #[inline(always)]
    pub(super) fn four(&self, mean: i16, [across, down, both]: [i16; 3], steps: &Steps) -> [[f32; 2]; 2] {
        let value = |coefficient: i16, at: usize| f32::from(coefficient) * f32::from(steps.zigzag[at]);
        let (mean, across) = (value(mean, 0), value(across, 1));
        let (down, both) = (value(down, 2), value(both, 4));
        [
            [self.sample(mean + across + down + both), self.sample(mean - across + down - both)],
            [self.sample(mean + across - down - both), self.sample(mean - across - down + both)],
        ]
    }

    /// Returns the sample for an eighth of `sum`.
    #[inline(always)]
    fn sample(&self, sum: f32) -> f32 {
        self.above_middle(sum / 8.0)
    }

    /// Returns the sample for `value`, as 8 bits. Before coding, half of the range was subtracted from each sample, so
    /// that 0 is the middle (level shift, T.81, A.3.1).
    #[inline(always)]
    fn above_middle(&self, value: f32) -> f32 {
        (value * self.scale + 128.0).clamp(0.0, 255.0)
    }

    /// Transforms a block at N = 4 or 8, which is the length of vector `V`: the columns first, then the rows, as the two
    /// dimensions are independent.
    #[inline(always)]
    fn transform<S: Simd, V: SimdFloat<S, Element = f32>, const N: usize>(
        &self,
        simd: S,
        coefficients: &[i16; 64],
        last: u32,
        steps: &Steps,
        to: &mut [f32],
        stride: usize,
    ) {
        let zero = V::splat(simd, 0.0);
        let (across, down) = REACH[last as usize % 64];
        // `columns[y]` has point y of all columns.
        let mut columns = [zero; N];
        let rows = coefficients.as_chunks::<8>().0.iter().zip(steps.rows.as_chunks::<8>().0);
        for ((coefficients, steps), basis) in rows.zip(&self.basis).take(down.min(N)) {
            let row: [f32; N] = std::array::from_fn(|u| f32::from(coefficients[u]) * steps[u]);
            let row = V::from_slice(simd, &row);
            for (column, &weight) in columns.iter_mut().zip(basis) {
                *column += row * weight;
            }
        }
        let mut points = [[0.0; N]; N];
        for (points, column) in points.iter_mut().zip(columns) {
            column.store_slice(points);
        }
        let mut basis = [zero; N];
        for (basis, values) in basis.iter_mut().zip(&self.basis) {
            *basis = V::from_slice(simd, &values[..N]);
        }
        for (row, points) in to.chunks_mut(stride).zip(&points) {
            let mut sum = zero;
            for (basis, &point) in basis.iter().zip(points).take(across) {
                sum += *basis * point;
            }
            if let Some(row) = row.first_chunk_mut::<N>() {
                // This is what `above_middle` does.
                (sum * self.scale + 128.0).max(0.0).min(255.0).store_slice(row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::{Idct, Steps, ZIGZAG};

    /// Returns sample (x, y) of a block at N = `size` by the formula of T.81, A.3.3, with its factors for 8 points.
    fn defined(size: usize, precision: u32, dequantized: &[f64; 64], x: usize, y: usize) -> f64 {
        let basis = |k: usize, n: usize| {
            let factor = if k == 0 { 0.5f64.sqrt() } else { 1.0 };
            factor / 2.0 * (((2 * n + 1) * k) as f64 * PI / (2 * size) as f64).cos()
        };
        let sum: f64 = (0..size * size)
            .map(|at| (at % size, at / size))
            .map(|(u, v)| dequantized[v * 8 + u] * basis(u, x) * basis(v, y))
            .sum();
        (sum / f64::from(1 << (precision - 8)) + 128.0).clamp(0.0, 255.0)
    }

    #[test]
    fn blocks_are_transformed_as_defined_wherever_their_coefficients_end() {
        let mut random = fastrand::Rng::with_seed(1);
        let steps: [u16; 64] = std::array::from_fn(|_| random.u16(1..9));
        for (size, precision, last) in [4, 8]
            .into_iter()
            .flat_map(|size| [8, 12].map(|bits| (size, bits)))
            .flat_map(|(size, bits)| (0..64).map(move |last| (size, bits, last)))
        {
            let (mut coefficients, mut dequantized) = ([0; 64], [0.0; 64]);
            for (at, step) in ZIGZAG.into_iter().zip(steps).take(last + 1) {
                let coefficient = random.i16(-9..10) << (precision - 8);
                coefficients[usize::from(at)] = coefficient;
                dequantized[usize::from(at)] = f64::from(coefficient) * f64::from(step);
            }
            let mut samples = [-1.0; 8 * 10];
            Idct::new(size, precision).block(&coefficients, last as u32, &Steps::new(steps), &mut samples, 10);
            for (at, sample) in samples.into_iter().enumerate() {
                let (x, y) = (at % 10, at / 10);
                let expected = if x < size && y < size { defined(size, precision, &dequantized, x, y) } else { -1.0 };
                let place = format!("{size}, {precision} bits, up to {last}: ({x}, {y})");
                assert!((f64::from(sample) - expected).abs() < 1e-3, "{place}: {sample} and not {expected}");
            }
        }
    }
}
