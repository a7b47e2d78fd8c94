//! A square of a photo that somebody chose by hand, as the approval page and approved lists write it.
//!
//! It is written as three numbers with a decimal point and blanks between them: `0.25 0.04688 0.5`. They are the
//! distance of the square from the left edge as a share of the photo's width, its distance from the upper edge as a
//! share of the photo's height, and its side as a share of the shorter of the two. They refer to the photo as its EXIF
//! data turns it upright. If the EXIF data is wrong, a fourth number says by how many degrees the photo is turned
//! clockwise first: 90, 180 or 270.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The number of steps into which each length is divided. A step is smaller than a pixel, even in the largest photo
/// that is read.
const STEPS: u32 = 100_000;

/// The largest length of a number that is read, in characters. A page writes at most seven.
const MAX_DIGITS: usize = 20;

/// A square of a photo that does not depend on how many pixels the photo has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CropBox {
    left: u32,
    top: u32,
    side: u32,
    /// The quarters of a full turn by which the photo is turned clockwise first.
    quarters: u8,
}

/// The reason why a text is not a square.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotACropBox {
    #[error("should have three numbers, left, top and side, and has {0}")]
    Count(usize),
    #[error("has something that is not a number such as 0.25")]
    NotANumber,
    #[error("has a number that is not between 0 and 1")]
    OutOfRange,
    #[error("chooses a square without a size")]
    Empty,
    #[error("turns the photo by something else than 90, 180 or 270 degrees")]
    Turn,
}

/// A square in whole pixels of the photo, once it is turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pixels {
    pub left: u32,
    pub top: u32,
    pub side: u32,
}

impl CropBox {
    /// Returns the box of a square in a photo of `width`×`height` pixels, which was turned clockwise by `quarters` of a
    /// full turn.
    #[must_use]
    pub fn of((left, top, side): (f64, f64, f64), (width, height): (u32, u32), quarters: u8) -> Self {
        let share = |length: f64, whole: u32| (length / f64::from(whole.max(1)) * f64::from(STEPS)).round() as u32;
        Self {
            left: share(left, width).min(STEPS),
            top: share(top, height).min(STEPS),
            side: share(side, width.min(height)).clamp(1, STEPS),
            quarters: quarters % 4,
        }
    }

    #[must_use]
    pub fn quarters(self) -> u8 {
        self.quarters
    }

    /// Returns whether the square is inside a photo of `width`×`height` pixels, once that is turned.
    #[must_use]
    pub fn is_inside(self, (width, height): (u32, u32)) -> bool {
        let [width, height, steps] = [width, height, STEPS].map(u64::from);
        let short = width.min(height);
        // Each number may be rounded up by half a step.
        let fits = |start: u32, length: u64| {
            u64::from(start) * length + u64::from(self.side) * short <= steps * length + length + short
        };
        fits(self.left, width) && fits(self.top, height)
    }

    /// Returns the square in whole pixels of a photo of `width`×`height` pixels, once that is turned. A square that reaches
    /// beyond the photo is moved into it.
    #[must_use]
    pub fn pixels(self, (width, height): (u32, u32)) -> Pixels {
        let of = |share: u32, whole: u32| {
            let rounded = (u64::from(share) * u64::from(whole) + u64::from(STEPS / 2)) / u64::from(STEPS);
            u32::try_from(rounded).unwrap_or(whole)
        };
        let short = width.min(height);
        let side = of(self.side, short).clamp(1, short.max(1));
        let place = |share: u32, whole: u32| of(share, whole).min(whole.saturating_sub(side));
        Pixels { left: place(self.left, width), top: place(self.top, height), side }
    }
}

impl FromStr for CropBox {
    type Err = NotACropBox;

    fn from_str(text: &str) -> Result<Self, NotACropBox> {
        let numbers: Vec<&str> = text.split_ascii_whitespace().collect();
        let (shares, turn) = match numbers[..] {
            [left, top, side] => ([left, top, side], "0"),
            [left, top, side, turn] => ([left, top, side], turn),
            _ => return Err(NotACropBox::Count(numbers.len())),
        };
        let [left, top, side] = shares.map(share);
        let (left, top, side) = (left?, top?, side?);
        if side == 0 {
            return Err(NotACropBox::Empty);
        }
        let quarters = match turn {
            "0" => 0,
            "90" => 1,
            "180" => 2,
            "270" => 3,
            _ => return Err(NotACropBox::Turn),
        };
        Ok(Self { left, top, side, quarters })
    }
}

fn share(text: &str) -> Result<u32, NotACropBox> {
    // `f64` also reads texts such as 1e-1, NaN and +1, which no page writes.
    let is_plain = text.len() <= MAX_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = Some(text).filter(|_| is_plain).and_then(|text| text.parse::<f64>().ok());
    let number = number.ok_or(NotACropBox::NotANumber)?;
    match (0.0..=1.0).contains(&number) {
        true => Ok((number * f64::from(STEPS)).round() as u32),
        false => Err(NotACropBox::OutOfRange),
    }
}

impl fmt::Display for CropBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [left, top, side] = [self.left, self.top, self.side].map(|share| f64::from(share) / f64::from(STEPS));
        write!(f, "{left} {top} {side}")?;
        match self.quarters {
            0 => Ok(()),
            quarters => write!(f, " {}", u32::from(quarters) * 90),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CropBox, NotACropBox, Pixels};

    fn read(text: &str) -> Result<CropBox, NotACropBox> {
        text.parse()
    }

    #[test]
    fn a_square_is_read_as_it_is_written() {
        for text in ["0.25 0.04688 0.5", "0 0 1", "0.99999 0 0.00001", "0.1 0.2 0.3 90", "0 0 1 270"] {
            assert_eq!(read(text).map(|found| found.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(read(" 0.250000001  .5 1.0 0 ").map(|found| found.to_string()), Ok("0.25 0.5 1".to_owned()));
    }

    #[test]
    fn what_is_no_square_is_refused() {
        for (text, problem) in [
            ("", NotACropBox::Count(0)),
            ("0.1 0.2", NotACropBox::Count(2)),
            ("0 0 0.5 90 1", NotACropBox::Count(5)),
            ("0,1 0,2 0,3", NotACropBox::NotANumber),
            ("a b c", NotACropBox::NotANumber),
            ("NaN 0 1", NotACropBox::NotANumber),
            ("-0.1 0 1", NotACropBox::NotANumber),
            ("1e-1 0 1", NotACropBox::NotANumber),
            ("0 0 1.00001", NotACropBox::OutOfRange),
            ("0 0 96 96", NotACropBox::OutOfRange),
            ("0 0 0.000001", NotACropBox::Empty),
            ("0 0 1 45", NotACropBox::Turn),
            ("0 0 1 360", NotACropBox::Turn),
        ] {
            assert_eq!(read(text), Err(problem), "{text}");
        }
        assert_eq!(read(&format!("0 0 0.{}", "1".repeat(1000))), Err(NotACropBox::NotANumber));
    }

    #[test]
    fn shares_become_whole_pixels() {
        let pixels = |text: &str, size| {
            let Pixels { left, top, side } = read(text).expect("a square").pixels(size);
            (left, top, side)
        };
        assert_eq!(pixels("0.25 0.1 0.5", (400, 600)), (100, 60, 200));
        assert_eq!(pixels("0.25 0.1 0.5", (600, 400)), (150, 40, 200));
        assert_eq!(pixels("0 0 1", (600, 400)), (0, 0, 400));
        assert_eq!(pixels("0 0 0.00001", (600, 400)), (0, 0, 1));
        let inside = |text: &str, size| read(text).expect("a square").is_inside(size);
        assert!(inside("0.33333 0 1", (600, 400)) && inside("0.33334 0 1", (600, 400)));
        assert!(!inside("0.34 0 1", (600, 400)) && !inside("0 0.01 1", (600, 400)) && !inside("0.6 0.6 0.5", (9, 9)));
    }

    proptest! {
        #[test]
        fn every_square_of_a_photo_comes_back_to_the_pixel(
            size in (1..70_000_u32, 1..70_000_u32),
            (left, top, side) in (0.0..=1.0_f64, 0.0..=1.0_f64, 0.0..=1.0_f64),
        ) {
            let short = size.0.min(size.1);
            let side = ((side * f64::from(short)).round() as u32).clamp(1, short);
            let place = |share: f64, length: u32| (share * f64::from(length - side)).round() as u32;
            let (left, top) = (place(left, size.0), place(top, size.1));
            let crop = CropBox::of((left.into(), top.into(), side.into()), size, 0);
            prop_assert!(crop.is_inside(size));
            prop_assert_eq!(crop.pixels(size), Pixels { left, top, side });
            prop_assert_eq!(read(&crop.to_string()), Ok(crop));
        }

        #[test]
        fn whatever_is_read_is_moved_into_the_photo(text in "[0-9. ]{0,30}", size in (1..70_000_u32, 1..70_000_u32)) {
            if let Ok(crop) = read(&text) {
                let Pixels { left, top, side } = crop.pixels(size);
                prop_assert!(side >= 1 && left + side <= size.0 && top + side <= size.1);
            }
        }
    }
}
