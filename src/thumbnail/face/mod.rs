//! Finding faces in photos, so that the thumbnail can show one. A face is only found: nothing is compared with other
//! faces, and nothing about it is kept.
//!
//! The photo is made small, at most 20,480 pixels, and a small net (YuNet) says where faces are. It is safe Rust, it is the
//! same on every processor and system to the last bit, and takes about two milliseconds. So a second run says `unchanged`
//! on another computer, too.
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

use self::net::Net;

/// The score from which on an upright face is so certain that the picture is not looked at in other positions.
const UPRIGHT: f32 = 0.88;
/// The score from which on a face that is found in another position shows that the picture lies on its side.
const SIDEWAYS: f32 = 0.75;

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
    Sight { faces: boxes::faces(&Net::shared().run(&canvas::canvas(picture))), quarters: 0 }
}

/// Finds the faces in a small picture, which may lie on its side or be upside down.
pub(super) fn find_turned(picture: &RgbImage) -> Sight {
    let upright = find(picture);
    let score = |sight: &Sight| sight.faces.first().map_or(0.0, |face| face.score);
    if score(&upright) >= UPRIGHT {
        return upright;
    }
    let others = [rotate90(picture), rotate180(picture), rotate270(picture)];
    let others = others.iter().zip(1..).map(|(turned, quarters)| Sight { quarters, ..find(turned) });
    others.fold(upright, |best, other| match score(&other) >= SIDEWAYS && score(&other) > score(&best) {
        true => other,
        false => best,
    })
}

#[cfg(test)]
mod tests;
