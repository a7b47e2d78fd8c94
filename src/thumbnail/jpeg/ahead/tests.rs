//! Compares what two readers decode with what one reader decodes alone.

use std::cell::Cell;

use jpeg_encoder::{ColorType, SamplingFactor};
use proptest::prelude::*;

use super::super::tests::{Kind, PLAIN, SAMPLINGS, decode, encode};

thread_local! {
    /// Whether nothing is decoded with two readers.
    pub(super) static IS_OFF: Cell<bool> = const { Cell::new(false) };
    /// The number of MCUs that the first reader took over from the reader ahead.
    pub(super) static TAKEN: Cell<usize> = const { Cell::new(0) };
}

/// Decodes a file with two readers and with one, and returns the number of MCUs that were taken over.
fn taken(file: &[u8], size: u32) -> usize {
    let decoded = |is_off| {
        IS_OFF.set(is_off);
        TAKEN.set(0);
        decode(file, size).map_err(|error| format!("{error:?}"))
    };
    let alone = decoded(true);
    assert!(decoded(false) == alone, "{:?} instead of {:?}", decoded(false).err(), alone.err());
    TAKEN.get()
}

#[test]
fn two_readers_decode_what_one_decodes() {
    for sampling in SAMPLINGS {
        for (restart_interval, optimized) in [(0, false), (0, true), (40, false), (1, false)] {
            let file = encode(Kind { sampling, restart_interval, optimized, ..PLAIN }, 640, 480);
            for size in [8, 20, 100] {
                taken(&file, size);
            }
        }
    }
    let gray = encode(Kind { color: ColorType::Luma, ..PLAIN }, 640, 480);
    taken(&gray, 8);
}

/// A picture of 640×480 pixels has 1200 MCUs of 16×16.
#[test]
fn the_second_reader_finds_nearly_half_of_a_picture() {
    for (restart_interval, least) in [(0, 550), (160, 500)] {
        let file = encode(Kind { restart_interval, ..PLAIN }, 640, 480);
        let taken = taken(&file, 8);
        assert!((least..700).contains(&taken), "{taken} of 1200");
    }
    // Here, no interval is long enough.
    assert_eq!(taken(&encode(Kind { restart_interval: 2, ..PLAIN }, 640, 480), 8), 0);
    // At this size, more coefficients are needed than two readers decode.
    assert_eq!(taken(&encode(PLAIN, 640, 480), 200), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever happens to the data, two readers see what one sees: the same picture, or the same error. And the error does
    /// not depend on how many samples of each block are wanted: 1, 4, 16 or 64.
    #[test]
    fn two_readers_see_the_same_damage(
        sampling in 0..SAMPLINGS.len(),
        // This encoder cannot do both.
        (optimized, restart_interval) in prop_oneof![(any::<bool>(), Just(0u16)), (Just(false), 1..200u16)],
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 0..4),
    ) {
        let kind = Kind { sampling: SAMPLINGS[sampling], restart_interval, optimized, ..PLAIN };
        let mut file = encode(kind, 320, 256);
        let data = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap_or(0) + 14;
        for (place, byte, what) in changes {
            let place = data + place.index(file.len() - data);
            match what {
                0 => file[place] = byte,
                1 => file.insert(place, byte),
                2 => drop(file.remove(place)),
                _ => file.truncate(place),
            }
        }
        let errors = [8, 16, 48, 100].map(|size| {
            taken(&file, size);
            decode(&file, size).map_err(|error| format!("{error:?}")).err()
        });
        prop_assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    }
}

/// Where nothing changes for long, data repeats itself, and a reader may stay out of step for as long.
#[test]
fn a_picture_of_one_colour_is_read_as_well() {
    let mut jpeg = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 90);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    let pixels: Vec<u8> =
        (0..1600 * 1200 * 3).map(|at| if at / 3 % 1600 < 1590 { 200 } else { (at % 251) as u8 }).collect();
    encoder.encode(&pixels, 1600, 1200, ColorType::Rgb).expect("encodes");
    taken(&jpeg, 8);
}
