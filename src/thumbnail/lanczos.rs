//! The Lanczos3 filter, with fewer steps than its definition has. A small photo is resampled from so few pixels that its
//! filter takes as long to compute as to apply, if it is computed with two calls of `sin` for each pixel.

use std::f64::consts::PI;

/// The distance that the filter reaches, in pixels of the thumbnail.
pub(super) const RADIUS: f64 = 3.0;

/// The coefficients of the Taylor series of the sine, from the 21st power down to the first. On 0 to π/2, what is left out
/// is below the last bit of the result.
const SINE: [f64; 11] = [
    1.0 / 51_090_942_171_709_440_000.0,
    -1.0 / 121_645_100_408_832_000.0,
    1.0 / 355_687_428_096_000.0,
    -1.0 / 1_307_674_368_000.0,
    1.0 / 6_227_020_800.0,
    -1.0 / 39_916_800.0,
    1.0 / 362_880.0,
    -1.0 / 5040.0,
    1.0 / 120.0,
    -1.0 / 6.0,
    1.0,
];

/// Returns the weight of a pixel at this distance, in pixels of the thumbnail.
///
/// The definition is sin(πx)/πx · sin(πx/3)/(πx/3). As sin(3a) = 3 sin(a) − 4 sin³(a), one sine is enough: that of πx/3,
/// which is needed only squared, so that its sign does not matter.
pub(super) fn lanczos3(x: f64) -> f64 {
    let third = x.abs() * (1.0 / 3.0);
    if x == 0.0 {
        return 1.0;
    }
    if third >= 1.0 {
        return 0.0;
    }
    let angle = PI * third.min(1.0 - third);
    let square = angle * angle;
    let sine = angle * SINE.iter().fold(0.0, |sum, coefficient| sum * square + coefficient);
    let sine_squared = sine * sine;
    sine_squared * (3.0 - 4.0 * sine_squared) * 3.0 / (PI * PI * x * x)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::lanczos3;

    #[test]
    fn it_is_the_product_of_two_sines_as_defined() {
        let sinc = |x: f64| if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
        for step in -4000..=4000 {
            let x = f64::from(step) / 1000.0;
            let defined = if x.abs() < 3.0 { sinc(x) * sinc(x / 3.0) } else { 0.0 };
            assert!((lanczos3(x) - defined).abs() < 1e-15, "{x}: {} and not {defined}", lanczos3(x));
        }
        assert!((lanczos3(1e-9) - 1.0).abs() < 1e-15);
    }
}
