//! ICC profiles for pictures that name their primaries instead of having a profile.

use moxcms::{Chromaticity, ColorPrimaries, ColorProfile};

/// How far the coordinates that two programs write for the same colour may differ.
const TOLERANCE: f64 = 0.002;
/// The white of nearly all pictures: CIE illuminant D65, daylight.
const D65: (f64, f64) = (0.3127, 0.3290);
/// The white of digital cinema (DCI).
const CINEMA: (f64, f64) = (0.314, 0.351);
/// The white of old film and television: CIE illuminant C.
const C: (f64, f64) = (0.310, 0.316);

/// The places of white and of the three primaries in the CIE 1931 diagram, as x and y.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Chromaticities {
    pub(super) white: (f64, f64),
    pub(super) red: (f64, f64),
    pub(super) green: (f64, f64),
    pub(super) blue: (f64, f64),
}

impl Chromaticities {
    const SRGB: Self = Self { white: D65, red: (0.64, 0.33), green: (0.30, 0.60), blue: (0.15, 0.06) };

    /// Returns the primaries of a code of ITU-T H.273, table 2; `None` for a code that names none.
    pub(super) fn of_code(code: u8) -> Option<Self> {
        let (white, red, green, blue) = match code {
            1 => return Some(Self::SRGB),
            4 => (C, (0.67, 0.33), (0.21, 0.71), (0.14, 0.08)),
            5 => (D65, (0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),
            6 | 7 => (D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
            8 => (C, (0.681, 0.319), (0.243, 0.692), (0.145, 0.049)),
            9 => (D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
            11 => (CINEMA, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
            12 => (D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
            22 => (D65, (0.630, 0.340), (0.295, 0.605), (0.155, 0.077)),
            _ => return None,
        };
        Some(Self { white, red, green, blue })
    }

    fn points(self) -> [(f64, f64); 4] {
        [self.white, self.red, self.green, self.blue]
    }
}

/// Returns an ICC profile with these primaries and the tone curve of sRGB; `None` if they are those of sRGB, or cannot
/// be primaries.
pub(super) fn profile_of_primaries(primaries: Chromaticities) -> Option<Vec<u8>> {
    let near = |one: f64, other: f64| (one - other).abs() <= TOLERANCE;
    let pairs = primaries.points().into_iter().zip(Chromaticities::SRGB.points());
    let is_srgb = pairs.into_iter().all(|(one, other)| near(one.0, other.0) && near(one.1, other.1));
    // A colour with y near 0 has no brightness, and three primaries on one line span no colours; both cannot be
    // computed with.
    let is_sound = primaries.points().into_iter().all(|(x, y)| (0.0..=1.0).contains(&x) && (0.01..=1.0).contains(&y));
    if is_srgb || !is_sound || area(primaries) < 0.01 {
        return None;
    }
    let point = |(x, y): (f64, f64)| Chromaticity::new(x as f32, y as f32);
    let colors =
        ColorPrimaries { red: point(primaries.red), green: point(primaries.green), blue: point(primaries.blue) };
    let mut profile = ColorProfile::new_srgb();
    profile.update_rgb_colorimetry(point(primaries.white).to_xyyb(), colors);
    profile.encode().ok()
}

/// Returns the area of the triangle that the primaries span.
fn area(Chromaticities { red, green, blue, .. }: Chromaticities) -> f64 {
    ((green.0 - red.0) * (blue.1 - red.1) - (blue.0 - red.0) * (green.1 - red.1)).abs() / 2.0
}

#[cfg(test)]
mod tests {
    use moxcms::{ColorProfile, Layout, TransformOptions};

    use super::{Chromaticities, profile_of_primaries};

    fn in_srgb(profile: &ColorProfile, color: [u8; 3]) -> [u8; 3] {
        let srgb = ColorProfile::new_srgb();
        let transform = profile.create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, TransformOptions::default());
        let mut converted = [0; 3];
        transform.expect("a transform").transform(&color, &mut converted).expect("converts");
        converted
    }

    #[test]
    fn the_primaries_of_display_p3_make_its_profile() {
        let made = profile_of_primaries(Chromaticities::of_code(12).expect("known")).expect("a profile");
        let made = ColorProfile::new_from_slice(&made).expect("reads");
        for color in [[200, 100, 50], [30, 160, 90], [128, 128, 128], [255, 255, 255], [91, 117, 175]] {
            let (found, expected) = (in_srgb(&made, color), in_srgb(&ColorProfile::new_display_p3(), color));
            assert!(found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 1), "{color:?}: {found:?}, {expected:?}");
        }
        assert_ne!(in_srgb(&made, [200, 100, 50]), [200, 100, 50]);
    }

    #[test]
    fn those_of_srgb_and_those_that_span_nothing_make_none() {
        let srgb = Chromaticities::of_code(1).expect("known");
        assert_eq!(profile_of_primaries(srgb), None);
        // A PNG rounds the white point like this.
        assert_eq!(profile_of_primaries(Chromaticities { white: (0.31270, 0.32900), ..srgb }), None);
        assert_eq!(profile_of_primaries(Chromaticities { green: srgb.red, ..srgb }), None);
        assert_eq!(profile_of_primaries(Chromaticities { white: (0.0, 0.0), ..srgb }), None);
        assert_eq!(Chromaticities::of_code(2), None);
    }
}
