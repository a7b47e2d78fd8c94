//! A contact sheet: everyone's photo as the directory holds it, for eyes to judge.

use std::path::PathBuf;

use anyhow::{Context, Result};
use image::imageops::overlay;
use image::{DynamicImage, Rgba, RgbaImage};

use super::faces::silhouette;
use super::people::People;

const COLUMNS: u32 = 8;
/// The side of a thumbnail.
const SIDE: u32 = 96;
const GAP: u32 = 16;

/// Writes the sheet beside this program, where it stays until `cargo clean`, and says where that is.
pub(crate) fn write(people: &People) -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_extension("png");
    draw(people)?.save(&path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

fn draw(people: &People) -> Result<RgbaImage> {
    let length = |count: u32| GAP + count * (SIDE + GAP);
    let rows = u32::try_from(people.len())?.div_ceil(COLUMNS);
    let mut sheet = RgbaImage::from_pixel(length(COLUMNS), length(rows), Rgba([250, 250, 248, 255]));
    for (place, (name, photo)) in (0..).zip(people) {
        let picture = match photo {
            Some(jpeg) => image::load_from_memory(jpeg).with_context(|| format!("the photo of {name}"))?,
            None => DynamicImage::from(silhouette((SIDE, SIDE))),
        };
        // Photos from before are not all square.
        let middle = |length: u32| i64::from(SIDE.saturating_sub(length) / 2);
        let (x, y) = (length(place % COLUMNS), length(place / COLUMNS));
        let (x, y) = (i64::from(x) + middle(picture.width()), i64::from(y) + middle(picture.height()));
        overlay(&mut sheet, &picture, x, y);
    }
    Ok(sheet)
}
