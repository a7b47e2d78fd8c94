//! From the coefficients of a block to its samples, at full or smaller size.
//!
//! The lowest N×N coefficients of an 8×8 block, transformed back at N points, are the block at N/8 of its size: the
//! picture without the frequencies that the smaller one cannot hold.

use std::f32::consts::PI;

use super::header::ZIGZAG;

/// Transforms blocks back to N×N samples, N = 1, 2, 4 or 8.
pub(super) struct Idct {
    size: usize,
    /// The value of frequency k at point n is `basis[k][n]`; scaled so that a flat block keeps its value.
    basis: [[f32; 8]; 8],
    /// From the frame's samples to those of 8 bits.
    scale: f32,
}

impl Idct {
    pub(super) fn new(size: usize, precision: u32) -> Self {
        let mut basis = [[0.0; 8]; 8];
        // The smaller ones need no table.
        let frequencies = if size > 2 { size } else { 0 };
        for (k, row) in basis.iter_mut().enumerate().take(frequencies) {
            // T.81, A.3.3, with the factor of each dimension: sqrt(2/8), and sqrt(1/2) for the lowest frequency.
            let factor = if k == 0 { 0.125f32.sqrt() } else { 0.5 };
            for (n, value) in row.iter_mut().enumerate().take(size) {
                *value = factor * (((2 * n + 1) * k) as f32 * PI / (2 * size) as f32).cos();
            }
        }
        Self { size, basis, scale: 1.0 / f32::from(1u16 << (precision - 8)) }
    }

    /// The highest coefficient that matters.
    pub(super) fn highest_needed(&self) -> u32 {
        match self.size {
            1 => 0,
            2 => 4,
            4 => 24,
            _ => 63,
        }
    }

    /// The only sample of a block at N = 1, from its dequantized DC coefficient: its mean.
    #[inline(always)]
    pub(super) fn mean(&self, dequantized: i32) -> f32 {
        self.sample(dequantized as f32)
    }

    /// The samples of a block, rows one after another from `to` on, `stride` apart. Coefficients, as far as they are
    /// needed, and quantization are in zigzag order.
    pub(super) fn block(&self, coefficients: &[i16], quantization: &[u16; 64], to: &mut [f32], stride: usize) {
        match (self.size, coefficients) {
            (2, &[mean, across, down, _, both, ..]) => {
                // All factors are 1/8.
                let value = |coefficient: i16, at: usize| f32::from(coefficient) * f32::from(quantization[at]);
                let (mean, across) = (value(mean, 0), value(across, 1));
                let (down, both) = (value(down, 2), value(both, 4));
                to[..2].copy_from_slice(&[
                    self.sample(mean + across + down + both),
                    self.sample(mean - across + down - both),
                ]);
                to[stride..stride + 2].copy_from_slice(&[
                    self.sample(mean + across - down - both),
                    self.sample(mean - across - down + both),
                ]);
            }
            _ => self.transform(coefficients, quantization, to, stride),
        }
    }

    /// An eighth of a sum, above the middle value.
    #[inline(always)]
    fn sample(&self, sum: f32) -> f32 {
        self.above_middle(sum / 8.0)
    }

    /// Within what a picture can have.
    #[inline(always)]
    fn above_middle(&self, value: f32) -> f32 {
        (value * self.scale + 128.0).clamp(0.0, 255.0)
    }

    fn transform(&self, coefficients: &[i16], quantization: &[u16; 64], to: &mut [f32], stride: usize) {
        let size = self.size;
        let mut columns = [[0.0f32; 8]; 8];
        for ((&coefficient, &step), place) in coefficients.iter().zip(quantization).zip(ZIGZAG) {
            let (u, v) = (usize::from(place & 7), usize::from(place >> 3));
            if coefficient == 0 || u >= size || v >= size {
                continue;
            }
            let value = f32::from(coefficient) * f32::from(step);
            for (column, weight) in columns.iter_mut().zip(self.basis[v]) {
                column[u] += value * weight;
            }
        }
        for (column, row) in columns.iter().zip(to.chunks_mut(stride)).take(size) {
            let mut sums = [0.0f32; 8];
            for (value, basis) in column.iter().zip(&self.basis).take(size) {
                for (sum, weight) in sums.iter_mut().zip(basis) {
                    *sum += value * weight;
                }
            }
            for (sample, sum) in row.iter_mut().zip(sums).take(size) {
                *sample = self.above_middle(sum);
            }
        }
    }
}
