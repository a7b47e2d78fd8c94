//! The inverse discrete cosine transform (IDCT): from the coefficients of a block to its samples, at full or reduced
//! size.
//!
//! A block of 8×8 samples is coded as 8×8 coefficients, one for each pair of a horizontal and a vertical frequency. To
//! get the block at N/8 of its size, only the lowest N×N coefficients are transformed back, at N points instead of 8.
//! The frequencies that are left out are those that a picture of that size cannot show. For N = 1 this leaves the DC
//! coefficient, which is the mean of the block times 8.

use std::f32::consts::PI;

use super::header::ZIGZAG;

/// A transform of blocks to N×N samples, where N is 1, 2, 4 or 8.
pub(super) struct Idct {
    /// The number N of samples across and down.
    size: usize,
    /// `basis[k][n]` is the value of the cosine of frequency k at point n, scaled so that a flat block keeps its value.
    /// It is empty for N = 1 and N = 2, which need no table.
    basis: [[f32; 8]; 8],
    /// The factor from samples of the frame's precision to samples of 8 bits.
    scale: f32,
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
                *value = factor * (((2 * n + 1) * k) as f32 * PI / (2 * size) as f32).cos();
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

    /// Writes the samples of a block to `to`, whose rows are `stride` samples apart. Both `coefficients` and
    /// `quantization` are in zigzag order; coefficients behind the highest that is needed may be left out. Bit k of
    /// `not_zero` says whether coefficient k is not 0.
    pub(super) fn block(
        &self,
        coefficients: &[i16],
        not_zero: u64,
        quantization: &[u16; 64],
        to: &mut [f32],
        stride: usize,
    ) {
        match (self.size, coefficients) {
            (2, &[mean, across, down, _, both, ..]) => {
                let [upper, lower] = self.four(mean, [across, down, both], quantization);
                to[..2].copy_from_slice(&upper);
                to[stride..stride + 2].copy_from_slice(&lower);
            }
            (4, _) => self.transform::<4>(coefficients, not_zero, quantization, to, stride),
            _ => self.transform::<8>(coefficients, not_zero, quantization, to, stride),
        }
    }

    /// Returns the samples of a block at N = 2, two rows of two, from its coefficients 0, and 1, 2 and 4 in zigzag order.
    ///
    /// At two points, the cosine of frequency 1 is sqrt(1/2) and -sqrt(1/2). With the factors of `new`, each of the four
    /// coefficients then counts 1/8, with a sign: the whole transform is four sums.
    #[inline(always)]
    pub(super) fn four(&self, mean: i16, [across, down, both]: [i16; 3], quantization: &[u16; 64]) -> [[f32; 2]; 2] {
        let value = |coefficient: i16, at: usize| f32::from(coefficient) * f32::from(quantization[at]);
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

    /// Transforms a block at N = 4 or 8: the columns first, then the rows, as the two dimensions are independent.
    fn transform<const N: usize>(
        &self,
        coefficients: &[i16],
        mut not_zero: u64,
        quantization: &[u16; 64],
        to: &mut [f32],
        stride: usize,
    ) {
        // `columns[u]`: the column of frequency u, transformed to points. Most coefficients are 0, so going from
        // coefficient to coefficient is less work than going from column to column.
        let mut columns = [[0.0f32; N]; N];
        let mut across = 0;
        while not_zero != 0 {
            let at = not_zero.trailing_zeros() as usize;
            not_zero &= not_zero - 1;
            let place = usize::from(ZIGZAG[at]);
            let (u, v) = (place % 8, place / 8);
            if u >= N || v >= N {
                continue;
            }
            across = across.max(u + 1);
            let value = f32::from(coefficients[at]) * f32::from(quantization[at]);
            for (point, weight) in columns[u].iter_mut().zip(&self.basis[v]) {
                *point += value * weight;
            }
        }
        for (y, row) in to.chunks_mut(stride).take(N).enumerate() {
            let mut sums = [0.0f32; N];
            for (column, basis) in columns.iter().zip(&self.basis).take(across) {
                for (sum, weight) in sums.iter_mut().zip(basis) {
                    *sum += column[y] * weight;
                }
            }
            if let Some(row) = row.first_chunk_mut::<N>() {
                *row = sums.map(|sum| self.above_middle(sum));
            }
        }
    }
}
