//! The discrete cosine transform (DCT) of blocks, and their quantization (T.81, A.3.3 and A.3.4).

use crate::thumbnail::jpeg::ZIGZAG;
use crate::thumbnail::vector::{Simd, SimdBase, i32x8};

/// The coefficients of a block, in zigzag order.
pub(super) type Block = [i16; 64];

/// The quantization table of ImageMagick for a quality of 50, by N. Robidoux, row by row. It is flatter than that of T.81.
const TABLE: [u16; 64] = [
    16, 16, 16, 18, 25, 37, 56, 85, 16, 17, 20, 27, 34, 40, 53, 75, 16, 20, 24, 31, 43, 62, 91, 135, 18, 27, 31, 40,
    53, 74, 106, 156, 25, 34, 43, 53, 69, 94, 131, 189, 37, 40, 62, 74, 94, 124, 169, 238, 56, 53, 91, 106, 131, 169,
    226, 311, 85, 75, 135, 156, 189, 238, 311, 418,
];

/// The number of bits behind the binary point in the factors of [`transformed`].
const FRACTION: u32 = 13;
/// The number of bits by which the first of the two passes is more precise than the second.
const EXTRA: u32 = 2;

/// Transforms a block of values around 0, which is given row by row. The coefficients are 8 times those of T.81. The whole
/// numbers that this works with are those of libjpeg's slow and exact transform, so the result is the same to the last bit.
#[inline(always)]
pub(super) fn transform<S: Simd>(rows: [i32x8<S>; 8]) -> Block {
    let columns = transformed(transposed(rows), FRACTION - EXTRA);
    let rows = transformed(transposed(columns), FRACTION + EXTRA);
    let mut coefficients = [0; 64];
    for (to, row) in coefficients.as_chunks_mut::<8>().0.iter_mut().zip(rows) {
        row.store_slice(to);
    }
    let mut block = [0; 64];
    for (to, at) in block.iter_mut().zip(ZIGZAG) {
        *to = coefficients[usize::from(at)] as i16;
    }
    block
}

/// Swaps rows and columns. Each of three steps interleaves the upper half of the block with its lower half.
#[inline(always)]
fn transposed<S: Simd>(mut rows: [i32x8<S>; 8]) -> [i32x8<S>; 8] {
    for _ in 0..3 {
        let [a, b, c, d, e, f, g, h] = rows;
        rows = [
            a.zip_low(e),
            a.zip_high(e),
            b.zip_low(f),
            b.zip_high(f),
            c.zip_low(g),
            c.zip_high(g),
            d.zip_low(h),
            d.zip_high(h),
        ];
    }
    rows
}

/// Transforms eight values by the method of C. Loeffler, A. Ligtenberg and G. Moschytz (ICASSP 1989), and divides the
/// results by 2^`shift`, rounded.
#[inline(always)]
fn transformed<S: Simd>(values: [i32x8<S>; 8], shift: u32) -> [i32x8<S>; 8] {
    const fn fixed(factor: f64) -> i32 {
        (factor * (1 << FRACTION) as f64 + 0.5) as i32
    }
    let rounded = |value: i32x8<S>| (value + (1 << (shift - 1))) >> shift;
    let [a, b, c, d, e, f, g, h] = values;
    let (sums, differences) = ([a + h, b + g, c + f, d + e], [a - h, b - g, c - f, d - e]);

    let (outer, inner) = (sums[0] + sums[3], sums[1] + sums[2]);
    let (outer_difference, inner_difference) = (sums[0] - sums[3], sums[1] - sums[2]);
    let turned = (outer_difference + inner_difference) * fixed(0.541_196_100);

    let [d0, d1, d2, d3] = differences;
    let both = (d0 + d1 + d2 + d3) * fixed(1.175_875_602);
    let (ends, middle) = ((d0 + d3) * -fixed(0.899_976_223), (d1 + d2) * -fixed(2.562_915_447));
    let odd = (d1 + d3) * -fixed(1.961_570_560) + both;
    let even = (d0 + d2) * -fixed(0.390_180_644) + both;
    [
        rounded((outer + inner) << FRACTION),
        rounded(d0 * fixed(1.501_321_110) + ends + even),
        rounded(turned + outer_difference * fixed(0.765_366_865)),
        rounded(d1 * fixed(3.072_711_026) + middle + odd),
        rounded((outer - inner) << FRACTION),
        rounded(d2 * fixed(2.053_119_869) + middle + even),
        rounded(turned - inner_difference * fixed(1.847_759_065)),
        rounded(d3 * fixed(0.298_631_336) + ends + odd),
    ]
}

/// The quantization table for a quality, prepared for dividing without divisions.
pub(super) struct Steps {
    /// The steps, in zigzag order.
    pub(super) steps: [u8; 64],
    /// For each step, 2^16 divided by it and by 8.
    reciprocals: [u16; 64],
    /// For each step, what is added before so that the result is rounded.
    corrections: [u16; 64],
}

impl Steps {
    /// Returns the table for a quality from 1 to 100.
    pub(super) fn new(quality: u8) -> Self {
        let quality = u32::from(quality.clamp(1, 100));
        let percent = if quality < 50 { 5000 / quality } else { 200 - quality * 2 };
        let steps = ZIGZAG.map(|at| {
            let step = u32::from(TABLE[usize::from(at)]);
            ((step * percent + 50) / 100).clamp(1, 255) as u8
        });
        let divisors = steps.map(|step| u32::from(step) * 8);
        let one = 1 << 15;
        let rounds_up = |divisor: u32| one % divisor > divisor / 2;
        Self {
            steps,
            reciprocals: divisors.map(|divisor| 2 * (one / divisor + u32::from(rounds_up(divisor))) as u16),
            corrections: divisors.map(|divisor| {
                let is_exact = one.is_multiple_of(divisor);
                (divisor / 2 + u32::from(!is_exact && !rounds_up(divisor))) as u16
            }),
        }
    }

    /// Divides coefficients by their steps.
    #[inline(always)]
    pub(super) fn quantized(&self, block: &Block) -> Block {
        let mut quotients = [0; 64];
        let factors = self.corrections.iter().zip(&self.reciprocals);
        for ((quotient, &coefficient), (&correction, &reciprocal)) in quotients.iter_mut().zip(block).zip(factors) {
            let amount = u32::from(coefficient.unsigned_abs() + correction);
            let amount = ((amount * u32::from(reciprocal)) >> 16) as i16;
            *quotient = if coefficient < 0 { -amount } else { amount };
        }
        quotients
    }
}

/// Returns a number of which bit k is set if coefficient k is not 0.
#[inline(always)]
pub(super) fn not_zero(block: &Block) -> u64 {
    block.iter().zip(0..).fold(0, |bits, (&coefficient, at)| bits | u64::from(coefficient != 0) << at)
}
