//! Draws smooth shapes on pixels. A face needs three shapes and a few ways to combine them, for which no crate is
//! needed.
//!
//! A shape is a function for the distance to its edge, which is negative inside. Shapes are combined with minimum and
//! maximum, and a pixel at the edge gets as much colour as the shape covers of it.

use std::ops::Range;

use image::{Pixel, Rgba, RgbaImage};

pub(crate) type Colour = [u8; 3];

/// A picture whose middle square, which adphoto keeps, spans -1 to 1 from left to right and from top to bottom.
pub(crate) struct Canvas {
    image: RgbaImage,
    /// The number of pixels from the middle to 1.
    unit: f32,
}

impl Canvas {
    /// Makes a canvas that is completely transparent.
    pub(crate) fn new((width, height): (u32, u32)) -> Self {
        Self { image: RgbaImage::new(width, height), unit: width.min(height) as f32 / 2.0 }
    }

    pub(crate) fn into_image(self) -> RgbaImage {
        self.image
    }

    /// Fills everything with a gradient from top to bottom.
    pub(crate) fn shade(&mut self, top: Colour, bottom: Colour) {
        let last = self.image.height().max(2) - 1;
        for (_, y, pixel) in self.image.enumerate_pixels_mut() {
            let [red, green, blue] = mix(top, bottom, y as f32 / last as f32);
            *pixel = Rgba([red, green, blue, u8::MAX]);
        }
    }

    pub(crate) fn fill(&mut self, shape: &Shape, colour: Colour) {
        self.glaze(shape, colour, 1.0);
    }

    /// Fills a shape with a colour through which the picture below can be seen.
    pub(crate) fn glaze(&mut self, shape: &Shape, [red, green, blue]: Colour, opacity: f32) {
        let (width, height) = self.image.dimensions();
        let (unit, middle) = (self.unit, (width as f32 / 2.0, height as f32 / 2.0));
        // The conversion turns a float that is out of range into the nearest integer.
        let pixels = |range: &Range<f32>, middle: f32, size: u32| {
            let pixel = |at: f32| (middle + at * unit) as u32;
            pixel(range.start).saturating_sub(1)..pixel(range.end).saturating_add(2).min(size)
        };
        for y in pixels(&shape.y, middle.1, height) {
            for x in pixels(&shape.x, middle.0, width) {
                let at = |pixel: u32, middle: f32| (pixel as f32 + 0.5 - middle) / unit;
                let distance = (shape.distance)(at(x, middle.0), at(y, middle.1)) * unit;
                let alpha = (0.5 - distance).clamp(0.0, 1.0) * opacity;
                self.image.get_pixel_mut(x, y).blend(&Rgba([red, green, blue, (alpha * 255.0).round() as u8]));
            }
        }
    }
}

/// An area with a smooth edge.
pub(crate) struct Shape {
    /// The range from left to right outside which the shape has no points.
    x: Range<f32>,
    /// The range from top to bottom outside which the shape has no points.
    y: Range<f32>,
    distance: Box<dyn Fn(f32, f32) -> f32>,
}

impl Shape {
    pub(crate) fn ellipse(x: f32, y: f32, width: f32, height: f32) -> Self {
        let distance = move |at_x: f32, at_y: f32| {
            let (dx, dy) = ((at_x - x) / width, (at_y - y) / height);
            let (reach, slope) = (dx.hypot(dy), (dx / width).hypot(dy / height));
            // This is exact for a circle, and close enough near the edge of any other ellipse.
            if slope > 0.0 { reach * (reach - 1.0) / slope } else { -width.min(height) }
        };
        Self { x: x - width..x + width, y: y - height..y + height, distance: Box::new(distance) }
    }

    pub(crate) fn circle(x: f32, y: f32, radius: f32) -> Self {
        Self::ellipse(x, y, radius, radius)
    }

    /// Returns a rectangle with round corners.
    pub(crate) fn block(x: Range<f32>, y: Range<f32>, radius: f32) -> Self {
        let middle = |range: &Range<f32>| (range.start + range.end) / 2.0;
        let inner = |range: &Range<f32>| (range.end - range.start) / 2.0 - radius;
        let (middle_x, middle_y, inner_x, inner_y) = (middle(&x), middle(&y), inner(&x), inner(&y));
        let distance = move |at_x: f32, at_y: f32| {
            let (dx, dy) = ((at_x - middle_x).abs() - inner_x, (at_y - middle_y).abs() - inner_y);
            dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - radius
        };
        Self { x, y, distance: Box::new(distance) }
    }

    /// Returns a line with round ends.
    pub(crate) fn stroke(from: (f32, f32), to: (f32, f32), radius: f32) -> Self {
        let span = |a: f32, b: f32| a.min(b) - radius..a.max(b) + radius;
        let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
        let distance = move |x: f32, y: f32| {
            let (dx, dy) = (x - from.0, y - from.1);
            let part = (dx * along_x + dy * along_y) / (along_x * along_x + along_y * along_y);
            let part = part.clamp(0.0, 1.0);
            (dx - part * along_x).hypot(dy - part * along_y) - radius
        };
        Self { x: span(from.0, to.0), y: span(from.1, to.1), distance: Box::new(distance) }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        let span = |a: Range<f32>, b: Range<f32>| a.start.min(b.start)..a.end.max(b.end);
        let (one, two) = (self.distance, other.distance);
        let distance = move |x: f32, y: f32| one(x, y).min(two(x, y));
        Self { x: span(self.x, other.x), y: span(self.y, other.y), distance: Box::new(distance) }
    }

    pub(crate) fn without(self, other: Self) -> Self {
        let (one, two) = (self.distance, other.distance);
        Self { distance: Box::new(move |x, y| one(x, y).max(-two(x, y))), ..self }
    }

    /// Returns the part of the shape below `top`.
    pub(crate) fn below(self, top: f32) -> Self {
        let distance = self.distance;
        Self { distance: Box::new(move |x, y| distance(x, y).max(top - y)), ..self }
    }

    /// Returns the edge of the shape as a line.
    pub(crate) fn outline(self, radius: f32) -> Self {
        let wider = |range: Range<f32>| range.start - radius..range.end + radius;
        let distance = self.distance;
        let edge = move |x: f32, y: f32| distance(x, y).abs() - radius;
        Self { x: wider(self.x), y: wider(self.y), distance: Box::new(edge) }
    }
}

/// Returns the colour that is `part` of the way from one colour to another.
pub(crate) fn mix(from: Colour, to: Colour, part: f32) -> Colour {
    std::array::from_fn(|channel| {
        let (from, to) = (f32::from(from[channel]), f32::from(to[channel]));
        (from + (to - from) * part).round() as u8
    })
}
