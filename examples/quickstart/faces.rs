//! Draws portraits of people who do not exist, so that nobody's photo is needed to try adphoto.

use std::hash::{DefaultHasher, Hash, Hasher};

use image::RgbaImage;

use super::canvas::{Canvas, Colour, Shape, mix};

const BLACK: Colour = [0, 0, 0];
const WHITE: Colour = [255, 255, 255];

const SKINS: [Colour; 7] =
    [[255, 219, 190], [244, 199, 164], [229, 178, 138], [205, 148, 107], [170, 114, 78], [133, 84, 56], [98, 61, 43]];
const HAIRS: [Colour; 7] =
    [[43, 33, 30], [74, 48, 34], [112, 70, 41], [160, 104, 54], [212, 168, 96], [158, 66, 38], [166, 165, 168]];
const SHIRTS: [Colour; 8] = [
    [59, 91, 141],
    [176, 58, 72],
    [64, 123, 94],
    [232, 228, 219],
    [52, 56, 71],
    [214, 142, 58],
    [110, 84, 140],
    [96, 160, 173],
];
const WALLS: [Colour; 7] = [
    [205, 221, 233],
    [233, 218, 203],
    [211, 228, 208],
    [228, 210, 224],
    [221, 221, 221],
    [246, 231, 184],
    [196, 221, 216],
];

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Hair {
    Bald,
    Short,
    Parted,
    Curly,
    Bob,
    Long,
    Bun,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Look {
    Plain,
    Glasses,
    Beard,
}

/// The background of a portrait.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Behind {
    Wall,
    /// Transparent, as if the person had been cut out.
    Nothing,
}

/// Draws the person called `name`. A name always gets the same colours.
pub(crate) fn portrait(name: &str, pixels: (u32, u32), hair: Hair, look: Look, behind: Behind) -> RgbaImage {
    let mut choice = Choice::of(name);
    let skin = choice.among(&SKINS);
    let colours = (choice.among(&HAIRS), choice.among(&SHIRTS), choice.among(&WALLS));
    let (hair_colour, shirt, wall) = colours;
    let shadow = mix(skin, BLACK, 0.14);

    let mut canvas = Canvas::new(pixels);
    if behind == Behind::Wall {
        canvas.shade(mix(wall, WHITE, 0.35), mix(wall, BLACK, 0.12));
    }
    if let Some(shape) = hair_behind(hair) {
        canvas.fill(&shape, mix(hair_colour, BLACK, 0.2));
    }
    shoulders(&mut canvas, skin, shirt);
    for ear in [-0.345, 0.345] {
        canvas.fill(&Shape::ellipse(ear, -0.06, 0.06, 0.09), shadow);
    }
    canvas.fill(&head(), skin);
    features(&mut canvas, skin, hair_colour);
    match look {
        Look::Plain => {}
        Look::Beard => beard(&mut canvas, hair_colour),
        Look::Glasses => glasses(&mut canvas),
    }
    smile(&mut canvas, skin);
    if let Some(shape) = hair_in_front(hair) {
        canvas.fill(&shape, hair_colour);
    }
    canvas.into_image()
}

fn head() -> Shape {
    Shape::ellipse(0.0, -0.1, 0.35, 0.43)
}

fn shoulders(canvas: &mut Canvas, skin: Colour, shirt: Colour) {
    // The block reaches beyond the lower edge of the tallest picture.
    canvas.fill(&Shape::block(-0.8..0.8, 0.48..9.0, 0.42), shirt);
    let neck = Shape::block(-0.16..0.16, 0.1..0.58, 0.15);
    canvas.fill(&neck, mix(skin, BLACK, 0.14));
    let collar = mix(shirt, WHITE, 0.3);
    for side in [-1.0, 1.0] {
        canvas.fill(&Shape::stroke((0.19 * side, 0.47), (0.02 * side, 0.63), 0.045), collar);
    }
}

fn features(canvas: &mut Canvas, skin: Colour, hair: Colour) {
    let shadow = mix(skin, BLACK, 0.2);
    let brow = mix(hair, BLACK, 0.25);
    for side in [-1.0, 1.0] {
        let eye = 0.145 * side;
        canvas.glaze(&Shape::ellipse(0.21 * side, 0.06, 0.08, 0.06), [224, 92, 88], 0.15);
        canvas.fill(&Shape::ellipse(eye, -0.1, 0.058, 0.042), WHITE);
        canvas.fill(&Shape::circle(eye, -0.1, 0.036), [58, 44, 38]);
        canvas.fill(&Shape::circle(eye + 0.012, -0.113, 0.011), WHITE);
        canvas.fill(&Shape::stroke((0.205 * side, -0.195), (0.09 * side, -0.205), 0.016), brow);
    }
    canvas.fill(&Shape::stroke((0.0, -0.04), (0.018, 0.035), 0.016), shadow);
    canvas.fill(&Shape::stroke((0.018, 0.035), (-0.02, 0.042), 0.016), shadow);
}

fn smile(canvas: &mut Canvas, skin: Colour) {
    let lips = mix(skin, [176, 48, 56], 0.6);
    canvas.fill(&Shape::ellipse(0.0, 0.09, 0.13, 0.1).below(0.115), lips);
    canvas.fill(&Shape::ellipse(0.0, 0.075, 0.1, 0.08).below(0.115), WHITE);
}

fn beard(canvas: &mut Canvas, hair: Colour) {
    let cheeks = Shape::ellipse(0.0, -0.06, 0.27, 0.15);
    canvas.fill(&Shape::ellipse(0.0, -0.08, 0.355, 0.44).below(-0.06).without(cheeks), hair);
}

fn glasses(canvas: &mut Canvas) {
    let frame = [48, 46, 52];
    for side in [-1.0, 1.0] {
        let lens = || Shape::block(0.145 * side - 0.105..0.145 * side + 0.105, -0.18..-0.02, 0.07);
        canvas.glaze(&lens(), WHITE, 0.16);
        canvas.fill(&lens().outline(0.011), frame);
        canvas.fill(&Shape::stroke((0.25 * side, -0.115), (0.345 * side, -0.13), 0.011), frame);
    }
    canvas.fill(&Shape::stroke((-0.04, -0.11), (0.04, -0.11), 0.011), frame);
}

/// Returns the part of the hair that the head covers.
fn hair_behind(hair: Hair) -> Option<Shape> {
    match hair {
        Hair::Bald | Hair::Short | Hair::Parted => None,
        Hair::Curly => Some(curls(0.0..std::f32::consts::TAU, 0.15)),
        Hair::Bob => Some(Shape::block(-0.44..0.44, -0.6..0.27, 0.4)),
        Hair::Long => Some(Shape::block(-0.45..0.45, -0.6..0.78, 0.43)),
        Hair::Bun => Some(Shape::circle(0.0, -0.63, 0.17)),
    }
}

/// Returns the part of the hair that covers the head.
fn hair_in_front(hair: Hair) -> Option<Shape> {
    let cap = || Shape::ellipse(0.0, -0.15, 0.39, 0.45);
    match hair {
        Hair::Bald => None,
        Hair::Short => Some(cap().without(Shape::ellipse(0.0, 0.2, 0.385, 0.53))),
        Hair::Parted => Some(cap().without(Shape::ellipse(0.13, 0.2, 0.49, 0.55))),
        // The angles span a little less than half a turn, over the forehead.
        Hair::Curly => Some(curls(3.35..6.08, 0.13)),
        Hair::Bob => Some(cap().without(Shape::block(-0.31..0.31, -0.3..1.0, 0.06))),
        Hair::Long => Some(cap().without(Shape::ellipse(-0.1, 0.22, 0.44, 0.6))),
        Hair::Bun => Some(cap().without(Shape::ellipse(0.0, 0.22, 0.4, 0.6))),
    }
}

/// Returns curls around the head, between two angles.
fn curls(angles: std::ops::Range<f32>, radius: f32) -> Shape {
    let step = 0.45;
    let count = ((angles.end - angles.start) / step) as u16;
    let curl = |number: u16| {
        let angle = angles.start + f32::from(number) * step;
        Shape::circle(0.33 * angle.cos(), 0.4 * angle.sin() - 0.14, radius)
    };
    (1..=count).map(curl).fold(curl(0), Shape::or)
}

/// Choices that look random, but are the same for the same name.
struct Choice(u64);

impl Choice {
    fn of(name: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        Self(hasher.finish())
    }

    fn among<T: Copy>(&mut self, all: &[T]) -> T {
        let count = all.len() as u64;
        let chosen = all[(self.0 % count) as usize];
        self.0 /= count;
        chosen
    }
}
