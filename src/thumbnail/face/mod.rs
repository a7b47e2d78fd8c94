//! Finds faces in photos, so that the thumbnail can show one. A face is only found: it is compared with no other face, and
//! nothing about it is kept.
//!
//! The photo is made small, at most 20,480 pixels, and a small net (YuNet) says where faces are. The net is safe Rust and
//! takes about two milliseconds. Its result is the same to the last bit on every processor and system, so a second run says
//! `unchanged` on another computer, too.
//!
//! | file | what it has |
//! |---|---|
//! | `weights/`, `weights.rs` | the net's weights, and where they come from |
//! | `layer.rs`, `net.rs` | the layers of the net, and how they follow each other |
//! | `canvas.rs` | the small picture that the net gets |
//! | `boxes.rs` | from what the net says to faces |
//! | `rule.rs` | from the faces to the square |

mod boxes;
mod canvas;
mod layer;
mod net;
mod rule;
mod weights;

use image::RgbImage;
use image::imageops::{rotate90, rotate180, rotate270};

pub(super) use self::boxes::Face;
pub(super) use self::rule::{Framing, framing, largest};
pub use self::rule::{Placed, Unclear};

use self::layer::Map;
use self::net::{Net, OUTPUTS};

/// The score from which on an upright face is so certain that the picture is not looked at in other positions.
const UPRIGHT: f32 = 0.88;
/// The score from which on a face that is found in another position shows that the picture lies on its side.
const SIDEWAYS: f32 = 0.75;
/// The score below which nothing in the picture looks like a face in any position. The net gives a higher score than
/// this even to faces that lie on their side, although it is far too low for an upright face.
const ANY_POSITION: f32 = 0.02;
/// The score from which on a face that was found in another position, in half the size, is looked for in the full size,
/// too.
const WORTH_A_LOOK: f32 = 0.2;
/// The number of pixels up to which a picture is not halved: that of a usual thumbnail.
const NOT_HALVED: u32 = 96 * 96;

/// What was found in a picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sight {
    /// The faces, in pixels of the picture once it is turned; the most certain first.
    pub(super) faces: Vec<Face>,
    /// The quarters of a full turn by which the picture has to be turned clockwise, so that the faces are upright.
    pub(super) quarters: u8,
}

/// Returns the size that a picture of `width`×`height` pixels is to have for [`find`].
pub(super) fn fitting(size: (u32, u32)) -> (u32, u32) {
    canvas::fitting(size)
}

/// Finds the faces that are upright in a small picture.
pub(super) fn find(picture: &RgbImage) -> Sight {
    Sight { faces: boxes::faces(&run(picture)), quarters: 0 }
}

/// Finds the faces in a small picture, which may lie on its side or be upside down.
///
/// The other positions are searched only if the picture may have a face. They are searched in half the size first,
/// which takes a third of the time, unless the picture is so small that faces would be missed.
pub(super) fn find_turned(picture: &RgbImage) -> Sight {
    let heads = run(picture);
    let upright = Sight { faces: boxes::faces(&heads), quarters: 0 };
    let score = |sight: &Sight| sight.faces.first().map_or(0.0, |face| face.score);
    if score(&upright) >= UPRIGHT || boxes::best_score(&heads) < ANY_POSITION {
        return upright;
    }
    let is_small = picture.width() * picture.height() <= NOT_HALVED;
    let half = canvas::halved(picture);
    let is_worth_it = |quarters| boxes::best_score(&run(&turned(&half, quarters))) >= WORTH_A_LOOK;
    let others = (1..4).filter(|&quarters| is_small || is_worth_it(quarters));
    let others = others.map(|quarters| Sight { quarters, ..find(&turned(picture, quarters)) });
    others.fold(upright, |best, other| match score(&other) >= SIDEWAYS && score(&other) > score(&best) {
        true => other,
        false => best,
    })
}

fn run(picture: &RgbImage) -> [Map<OUTPUTS>; 3] {
    Net::shared().run(&canvas::canvas(picture))
}

fn turned(picture: &RgbImage, quarters: u8) -> RgbImage {
    match quarters {
        1 => rotate90(picture),
        2 => rotate180(picture),
        _ => rotate270(picture),
    }
}

#[cfg(test)]
mod tests;
