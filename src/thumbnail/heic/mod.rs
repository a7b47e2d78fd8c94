//! HEIC, the photos of iPhones, decoded by `heifer`: a young library, so the container is looked through first, and what
//! it was seen to do wrong is refused.

use std::borrow::Cow;
use std::collections::HashSet;

use heifer::heifer_isobmff::HeifFile;
use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::{Error, Options as HeifOptions};
use image::metadata::Orientation;
use image::{DynamicImage, RgbImage, RgbaImage};

use super::decode::{Decoded, Pixels};
use super::{MAX_MEMORY, Options, PhotoError};

/// Four channels, and as much again while they are rotated.
const BYTES_PER_PIXEL: u64 = 8;
/// HEVC codes whole blocks of up to so many pixels.
const CODING_BLOCK: u64 = 64;

pub(super) fn decode(file: &[u8], options: &Options) -> Result<Decoded, PhotoError> {
    let plan = Plan::of(file)?;
    let limits = HeifOptions { max_threads: 1, max_pixels: plan.coded_pixels };
    let image = heifer::decode_rgba8(file, &limits).map_err(explain)?;
    let (width, height) = (image.width, image.height);
    if (width, height) != plan.dimensions {
        return Err(PhotoError::Damaged("the picture has another size than the file says".into()));
    }
    if image.has_alpha && plan.is_turned_grid {
        return Err(PhotoError::Unsupported("HEIC of tiles that are turned and transparent".into()));
    }
    let pixels = if image.has_alpha {
        RgbaImage::from_raw(width, height, image.data).map(DynamicImage::from)
    } else {
        RgbImage::from_raw(width, height, image.into_rgb8()).map(DynamicImage::from)
    };
    let pixels = pixels.ok_or_else(|| PhotoError::Damaged("the picture has the wrong length".into()))?;
    // Turned by the container's own properties; EXIF's orientation does not count (ISO/IEC 23008-12, A.2.1).
    let orientation = Orientation::NoTransforms;
    let crop = options.crop.square(width, height, orientation);
    Ok(Decoded {
        pixels: Pixels::Interleaved(pixels, crop),
        orientation,
        icc_profile: plan.icc_profile,
        dimensions: (width, height),
    })
}

/// What the container says, before any pixel is decoded.
struct Plan {
    /// Width and height, turned and cut as the container says.
    dimensions: (u32, u32),
    /// The most pixels of a picture that is coded in it.
    coded_pixels: u64,
    icc_profile: Option<Vec<u8>>,
    is_turned_grid: bool,
}

impl Plan {
    fn of(file: &[u8]) -> Result<Self, PhotoError> {
        let container = |error: heifer::heifer_isobmff::Error| explain(error.into());
        let unsupported = |what| Err(PhotoError::Unsupported(Cow::Borrowed(what)));
        let file = HeifFile::parse(file).map_err(container)?;
        let id = file.primary_id;
        let (width, height) = size(&file, id)?;
        if width == 0 || height == 0 {
            return Err(PhotoError::NoPixels { width, height });
        }
        let is_grid = match &file.item(id).map_err(container)?.item_type.0 {
            b"hvc1" => false,
            b"grid" => true,
            b"av01" => return unsupported("AVIF"),
            _ => return unsupported("HEIF with another content than HEVC"),
        };
        let tile = if is_grid { check_grid(&file, id, (width, height))? } else { (width, height) };
        let padded = |(width, height)| (u64::from(width) + CODING_BLOCK) * (u64::from(height) + CODING_BLOCK);
        let coded_pixels = padded((width, height)).max(padded(tile));
        if coded_pixels * BYTES_PER_PIXEL > MAX_MEMORY {
            return Err(PhotoError::TooLarge { width, height });
        }
        let (mut dimensions, mut is_turned) = ((width, height), false);
        for property in file.item_properties(id).map_err(container)? {
            match property {
                Property::Rotation(quarters) => {
                    is_turned |= quarters % 4 != 0;
                    if quarters % 2 == 1 {
                        dimensions = (dimensions.1, dimensions.0);
                    }
                }
                Property::Mirror(_) => is_turned = true,
                Property::CleanAperture { width, height, .. } if width.1 > 0 && height.1 > 0 => {
                    let rounded = |part: u32, of: u32| (f64::from(part) / f64::from(of)).round() as u32;
                    dimensions = (rounded(width.0, width.1), rounded(height.0, height.1));
                }
                // BT.2020's constant luminance, YCgCo and what came later, and HDR's curves (ITU-T H.273).
                Property::Color(ColorInfo::Nclx { matrix: 3 | 8 | 11.., .. })
                | Property::Color(ColorInfo::Nclx { transfer: 16 | 18, .. }) => {
                    return unsupported("HEIC with an HDR or uncommon colour coding");
                }
                _ => {}
            }
        }
        let icc_profile = file.icc_profile(id).map_err(container)?.map(<[u8]>::to_vec);
        Ok(Self { dimensions, coded_pixels, icc_profile, is_turned_grid: is_grid && is_turned })
    }
}

fn size(file: &HeifFile<'_>, id: u32) -> Result<(u32, u32), PhotoError> {
    let size = file.image_size(id).map_err(|error| explain(error.into()))?;
    size.ok_or_else(|| PhotoError::Damaged("it does not say how large the picture is".into()))
}

/// Makes sure that tiles cover the picture, and that none is used twice: a small file could have thousands decoded. The
/// size of a tile.
fn check_grid(file: &HeifFile<'_>, id: u32, (width, height): (u32, u32)) -> Result<(u32, u32), PhotoError> {
    let damaged = || PhotoError::Damaged("its tiles do not make up the picture".into());
    let grid = file.grid(id).map_err(|error| explain(error.into()))?;
    let tiles = file.referenced_items(id, b"dimg");
    let tile = size(file, *tiles.first().ok_or_else(damaged)?)?;
    let covers = |tile: u32, count: u64, whole: u32| {
        u64::from(tile) * count >= u64::from(whole) && (u64::from(tile) >= CODING_BLOCK || tile >= whole)
    };
    let is_tile = |&id: &u32| {
        size(file, id).is_ok_and(|found| found == tile) && file.item(id).is_ok_and(|item| item.item_type.0 == *b"hvc1")
    };
    let is_sound = tiles.iter().collect::<HashSet<_>>().len() == tiles.len()
        && (grid.output_width, grid.output_height) == (width, height)
        && covers(tile.0, u64::from(grid.columns), width)
        && covers(tile.1, u64::from(grid.rows), height)
        && tiles.iter().all(is_tile);
    if is_sound { Ok(tile) } else { Err(damaged()) }
}

fn explain(error: Error) -> PhotoError {
    match error {
        Error::Container(error) if error.to_string().contains("end of data") => PhotoError::Truncated,
        Error::Unsupported(what) => PhotoError::Unsupported(format!("HEIC of its kind ({what})").into()),
        error => PhotoError::Damaged(error.to_string()),
    }
}
