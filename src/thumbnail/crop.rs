//! Which square of a photo becomes the thumbnail: pure geometry.

use image::metadata::Orientation;

/// Where the square is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Crop {
    /// The middle.
    #[default]
    Center,
    /// The upper part of a tall photo, where the head is; the middle of a wide one.
    Top,
}

/// A part of a picture, in pixels from its upper left corner, to a fraction of a pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    /// From the left edge.
    pub left: f64,
    /// From the upper edge.
    pub top: f64,
    /// Pixels across.
    pub width: f64,
    /// Pixels down.
    pub height: f64,
}

impl Crop {
    /// The largest square inside a picture of `width`×`height` pixels that is turned upright by `orientation`; in the
    /// picture as it lies in the file.
    #[must_use]
    pub fn square(self, width: u32, height: u32, orientation: Orientation) -> Region {
        let (width, height) = (f64::from(width), f64::from(height));
        let side = width.min(height);
        // What is left over on both sides, and which part of it is left and above.
        let (across, down) = (width - side, height - side);
        let (left, top) = match (self, upper_edge(orientation)) {
            (Self::Top, Edge::Top) => (0.5, 0.0),
            (Self::Top, Edge::Bottom) => (0.5, 1.0),
            (Self::Top, Edge::Left) => (0.0, 0.5),
            (Self::Top, Edge::Right) => (1.0, 0.5),
            (Self::Center, _) => (0.5, 0.5),
        };
        Region { left: left * across, top: top * down, width: side, height: side }
    }
}

impl Region {
    /// The same part of the picture at another scale.
    #[must_use]
    pub fn scaled(self, across: f64, down: f64) -> Self {
        Self { left: self.left * across, top: self.top * down, width: self.width * across, height: self.height * down }
    }
}

/// An edge of the picture as it lies in the file.
enum Edge {
    Top,
    Bottom,
    Left,
    Right,
}

/// The edge that is up once the picture is upright (EXIF 2.32, tag 0x0112, which names it "the 0th row").
fn upper_edge(orientation: Orientation) -> Edge {
    match orientation {
        Orientation::NoTransforms | Orientation::FlipHorizontal => Edge::Top,
        Orientation::Rotate180 | Orientation::FlipVertical => Edge::Bottom,
        Orientation::Rotate90 | Orientation::Rotate90FlipH => Edge::Left,
        Orientation::Rotate270 | Orientation::Rotate270FlipH => Edge::Right,
    }
}
