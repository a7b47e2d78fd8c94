//! YuNet, the net that finds faces: its layers, and how they follow each other.
//!
//! The backbone halves the picture five times. What it has at 1/8, 1/16 and 1/32 of the size goes through the neck, from
//! the smallest to the largest, so that details are seen together with their surroundings. At each of these three sizes
//! a head says for each pixel whether a face is there, and where exactly.
//!
//! W. Wu, H. Peng, S. Yu: YuNet: A Tiny Millisecond-level Face Detector. Machine Intelligence Research 20, 2023.

use std::sync::OnceLock;

use super::layer::{Map, Stem, Unit};
use super::weights::Weights;

/// The number of values that a head has for each pixel: class (1), box (4), object (1) and points (10).
pub(super) const OUTPUTS: usize = 16;
/// For each head, the number of pixels of the picture, on each side, that one pixel of the head's map stands for.
pub(super) const STRIDES: [usize; 3] = [8, 16, 32];

/// The net with its weights.
pub(super) struct Net {
    stem: Stem,
    stage0: Unit<16, 16>,
    stage1: (Unit<16, 16>, Unit<16, 32>, Unit<32, 32>, Unit<32, 64>),
    /// The stages at strides 8, 16 and 32.
    stages: [(Unit<64, 64>, Unit<64, 64>); 3],
    /// The neck at strides 32, 16 and 8.
    neck: [Unit<64, 64>; 3],
    /// The heads at strides 8, 16 and 32.
    heads: [Unit<64, OUTPUTS>; 3],
}

impl Net {
    /// Returns the net; its weights are read once.
    pub(super) fn shared() -> &'static Self {
        static NET: OnceLock<Net> = OnceLock::new();
        NET.get_or_init(|| Self::read(&mut Weights::all()))
    }

    pub(super) fn read(weights: &mut Weights) -> Self {
        // Fields are read in the order in which they are written here.
        Self {
            stem: Stem::read(weights),
            stage0: Unit::read(weights),
            stage1: (Unit::read(weights), Unit::read(weights), Unit::read(weights), Unit::read(weights)),
            stages: std::array::from_fn(|_| (Unit::read(weights), Unit::read(weights))),
            neck: std::array::from_fn(|_| Unit::read(weights)),
            heads: std::array::from_fn(|_| Unit::read(weights)),
        }
    }

    /// Returns what the heads say of a picture: for each stride, a map of its raw outputs. The sides of the picture are
    /// multiples of 32; its values are blue, green and red from 0 to 255.
    pub(super) fn run(&self, picture: &Map<3>) -> [Map<OUTPUTS>; 3] {
        let map = self.stage0.run(&self.stem.run(picture)).pooled();
        let (first, second, third, fourth) = &self.stage1;
        let map = fourth.run(&third.run(&second.run(&first.run(&map))));
        let stage =
            |map: &Map<64>, (first, second): &(Unit<64, 64>, Unit<64, 64>)| second.run(&first.run(&map.pooled()));
        let mut at8 = stage(&map, &self.stages[0]);
        let mut at16 = stage(&at8, &self.stages[1]);
        let at32 = stage(&at16, &self.stages[2]);
        let at32 = self.neck[0].run(&at32);
        at16.add_enlarged(&at32);
        let at16 = self.neck[1].run(&at16);
        at8.add_enlarged(&at16);
        let at8 = self.neck[2].run(&at8);
        let [head8, head16, head32] = &self.heads;
        [head8.run_signed(&at8), head16.run_signed(&at16), head32.run_signed(&at32)]
    }
}
