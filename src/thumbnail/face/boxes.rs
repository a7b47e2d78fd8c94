//! Makes faces of the net's outputs: computes scores, boxes and eyes, and keeps one box for each face.

use super::layer::Map;
use super::net::{OUTPUTS, STRIDES};

/// The score from which on a box counts as a face.
const FACE: f32 = 0.6;
/// Two boxes show the same face if they have more than this share of their area in common.
const SAME_FACE: f32 = 0.3;

/// The box around a face in a picture, in pixels from the picture's upper left corner. It may reach beyond the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::thumbnail) struct Face {
    pub(in crate::thumbnail) left: f32,
    pub(in crate::thumbnail) top: f32,
    pub(in crate::thumbnail) width: f32,
    pub(in crate::thumbnail) height: f32,
    /// How far the eyes are from the upper edge, on average.
    pub(in crate::thumbnail) eyes: f32,
    /// How certain it is that this is a face, from 0 to 1.
    pub(in crate::thumbnail) score: f32,
}

impl Face {
    /// Returns one number for the size of the face, which is a length.
    pub(in crate::thumbnail) fn size(&self) -> f32 {
        (self.width * self.height).sqrt()
    }

    /// Returns the same face in a picture of another size.
    pub(in crate::thumbnail) fn scaled(self, across: f32, down: f32) -> Self {
        Self {
            left: self.left * across,
            top: self.top * down,
            width: self.width * across,
            height: self.height * down,
            eyes: self.eyes * down,
            score: self.score,
        }
    }

    /// Returns the area that two boxes have in common, as a share of the area that they cover together.
    fn overlap(&self, other: &Self) -> f32 {
        let common = |start: f32, length: f32, other_start: f32, other_length: f32| {
            ((start + length).min(other_start + other_length) - start.max(other_start)).max(0.0)
        };
        let both = common(self.left, self.width, other.left, other.width)
            * common(self.top, self.height, other.top, other.height);
        both / (self.width * self.height + other.width * other.height - both).max(f32::MIN_POSITIVE)
    }
}

/// Returns the faces, the most certain first.
pub(super) fn faces(heads: &[Map<OUTPUTS>; 3]) -> Vec<Face> {
    let mut found: Vec<Face> = heads.iter().zip(STRIDES).flat_map(|(head, stride)| of_head(head, stride)).collect();
    // The sort is stable, so faces of the same score stay in the order of the maps.
    found.sort_by(|one, other| other.score.total_cmp(&one.score));
    let mut faces: Vec<Face> = Vec::new();
    for face in found {
        if faces.iter().all(|other| face.overlap(other) <= SAME_FACE) {
            faces.push(face);
        }
    }
    faces
}

/// Returns the score of the most certain box, however uncertain that is.
pub(super) fn best_score(heads: &[Map<OUTPUTS>; 3]) -> f32 {
    heads.iter().flat_map(|head| &head.pixels).map(score).fold(0.0, f32::max)
}

fn score(outputs: &[f32; OUTPUTS]) -> f32 {
    (sigmoid(outputs[0]) * sigmoid(outputs[5])).sqrt()
}

/// Returns a box for each pixel of a head's map whose score says that there is a face.
fn of_head(head: &Map<OUTPUTS>, stride: usize) -> impl Iterator<Item = Face> {
    let stride = stride as f32;
    head.pixels.iter().enumerate().filter_map(move |(at, outputs)| {
        let [_, across, down, width, height, _, _, right_eye, _, left_eye, ..] = *outputs;
        let score = score(outputs);
        if score < FACE {
            return None;
        }
        let (x, y) = ((at % head.width) as f32, (at / head.width) as f32);
        let (width, height) = (exp(width) * stride, exp(height) * stride);
        Some(Face {
            left: (x + across) * stride - width / 2.0,
            top: (y + down) * stride - height / 2.0,
            width,
            height,
            eyes: (y + (right_eye + left_eye) / 2.0) * stride,
            score,
        })
    })
}

fn sigmoid(value: f32) -> f32 {
    1.0 / (1.0 + exp(-value))
}

/// Returns e to the power of `value`. The standard library's function is that of the system, and systems differ in the
/// last bit.
///
/// With k the nearest whole number to value / ln 2, e^value is 2^k · e^rest, and the rest is small enough for a Taylor
/// series of eight terms.
fn exp(value: f32) -> f32 {
    // No face is larger than the picture, and a score does not change beyond that.
    let value = f64::from(value.clamp(-60.0, 60.0));
    let k = (value * std::f64::consts::LOG2_E).round();
    let rest = value - k * std::f64::consts::LN_2;
    let series = (1..=8).rev().fold(1.0, |series, term| 1.0 + rest / f64::from(term) * series);
    let power = f64::from_bits(((k as i64 + 1023) as u64) << 52);
    (series * power) as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Face, best_score, exp, faces, sigmoid};
    use crate::thumbnail::face::layer::Map;

    proptest! {
        #[test]
        fn the_power_is_right_to_the_last_bits(value in -59.0_f32..59.0) {
            let (ours, right) = (f64::from(exp(value)), f64::from(value).exp());
            prop_assert!(((ours - right) / right).abs() < 1.2e-7, "{value}: {ours} {right}");
        }
    }

    #[test]
    fn numbers_beyond_all_bounds_become_no_nonsense() {
        assert_eq!((exp(0.0), sigmoid(0.0)), (1.0, 0.5));
        assert!(exp(f32::INFINITY).is_finite() && exp(f32::NEG_INFINITY) > 0.0);
        assert!(sigmoid(-1e9) < 1e-20 && sigmoid(1e9) == 1.0);
    }

    fn map(width: usize, height: usize, sure: &[(usize, f32)]) -> Map<16> {
        let mut pixels = vec![[0.0; 16]; width * height];
        pixels.iter_mut().for_each(|outputs| (outputs[0], outputs[5]) = (-9.0, -9.0));
        for &(at, logit) in sure {
            pixels[at] = [0.0; 16];
            (pixels[at][0], pixels[at][5]) = (logit, logit);
        }
        Map { width, height, pixels }
    }

    #[test]
    fn one_face_has_one_box_and_the_most_certain_comes_first() {
        // Two pixels side by side that are as large as their boxes do not overlap; a box of the same place does.
        let heads = [map(4, 4, &[(0, 2.0), (1, 3.0), (5, 0.0)]), map(2, 2, &[]), map(1, 1, &[])];
        let found = faces(&heads);
        let place = |face: &Face| (face.left, face.top, face.width, face.height);
        assert_eq!(found.iter().map(place).collect::<Vec<_>>(), [(4.0, -4.0, 8.0, 8.0), (-4.0, -4.0, 8.0, 8.0)]);
        assert!(found[0].score > found[1].score && found[1].score > 0.8);
        assert_eq!(best_score(&heads), found[0].score);
        let unsure = [map(4, 4, &[(0, -1.0)]), map(2, 2, &[]), map(1, 1, &[])];
        assert!(faces(&unsure).is_empty() && (0.26..0.28).contains(&best_score(&unsure)));
        let shifted = Face { left: 5.0, ..found[0] };
        assert!(found[0].overlap(&shifted) > 0.7 && found[0].overlap(&found[1]) == 0.0);
    }
}
