//! HEIC, the format of iPhone photos, decoded by `heifer`.
//!
//! `heifer` is a young library. So the container is inspected first, and what `heifer` was seen to decode wrong is
//! refused.

mod references;

use std::collections::HashSet;

use heifer::heifer_hevc_dec::Error as HevcError;
use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::heifer_isobmff::{Error as ContainerError, HeifFile};
use heifer::{Error, Options as HeifOptions};
use image::metadata::Orientation;
use image::{DynamicImage, RgbImage, RgbaImage};

use self::references::without_dangling;
use super::decoded::Decoded;
use super::memory::check_size;
use super::{Options, PhotoError};

/// The names of an auxiliary picture that is the opacity (ISO/IEC 23008-12, 6.5.8; ISO/IEC 23001-17).
const ALPHA: [&str; 2] = ["urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"];
/// The number of pixels on each side of HEVC's largest coding block. A picture is coded in whole blocks.
const CODING_BLOCK: u64 = 64;

/// Decodes a file, if it fits into memory and `heifer` is known to decode its kind correctly.
pub(super) fn decode(file: &[u8], options: &Options) -> Result<Decoded, PhotoError> {
    let file = without_dangling(file);
    let plan = Plan::of(&file)?;
    let limits = HeifOptions { max_threads: 1, max_pixels: plan.coded_pixels };
    let image = heifer::decode_rgba8(&file, &limits).map_err(explain)?;
    let (width, height) = (image.width, image.height);
    if (width, height) != plan.dimensions {
        return Err(PhotoError::damaged("the picture does not have the size that the file says"));
    }
    if image.has_alpha && plan.is_turned_grid {
        return Err(PhotoError::unsupported("HEIC of tiles that are turned and transparent"));
    }
    let pixels = if image.has_alpha {
        RgbaImage::from_raw(width, height, image.data).map(DynamicImage::from)
    } else {
        RgbImage::from_raw(width, height, image.into_rgb8()).map(DynamicImage::from)
    };
    let pixels = pixels.ok_or_else(|| PhotoError::damaged("the picture has the wrong length"))?;
    // The decoder has turned the picture upright, by the container's own properties. In HEIC these count, and the EXIF
    // orientation does not (ISO/IEC 23008-12, A.2.1).
    Ok(Decoded::whole(pixels, Orientation::NoTransforms, plan.icc_profile, options.crop))
}

/// What the container says about the picture, known before any pixel is decoded.
struct Plan {
    /// Width and height after the container's rotations and cuts.
    dimensions: (u32, u32),
    /// The number of pixels of the largest picture that the decoder may have to decode: the whole picture, or
    /// a tile of it.
    coded_pixels: u64,
    icc_profile: Option<Vec<u8>>,
    is_turned_grid: bool,
}

impl Plan {
    /// Reads the container.
    ///
    /// # Errors
    /// When the container is invalid, the picture would take too much memory, or its kind is not supported.
    fn of(file: &[u8]) -> Result<Self, PhotoError> {
        let container = |error: ContainerError| explain(error.into());
        let unsupported = |what: &'static str| Err(PhotoError::unsupported(what));
        let bytes = file;
        let file = HeifFile::parse(bytes).map_err(container)?;
        let id = file.primary_id;
        let (width, height) = size(&file, id)?;
        let is_grid = match &file.item(id).map_err(container)?.item_type.0 {
            b"hvc1" => false,
            b"grid" => true,
            b"av01" => return unsupported("AVIF"),
            b"hev1" => return unsupported("HEIC with parameters among its data (hev1)"),
            b"jpeg" => return unsupported("HEIF with JPEG inside"),
            _ => return unsupported("HEIF with another content than HEVC"),
        };
        let tile = if is_grid { check_grid(&file, id, (width, height))? } else { (width, height) };
        let padded = |(width, height)| (u64::from(width) + CODING_BLOCK) * (u64::from(height) + CODING_BLOCK);
        let coded_pixels = padded((width, height)).max(padded(tile));
        let memory = coded_pixels.saturating_mul(bytes_per_pixel(&file, id));
        check_size(width, height, memory, bytes)?;
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
                // ITU-T H.273. Matrix 3 is reserved, 8 is YCgCo, and 11 and above are newer codings; transfers 16 and
                // 18 are the HDR curves PQ and HLG.
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

/// Returns how many bytes a pixel takes while the picture is decoded, as measured.
fn bytes_per_pixel(file: &HeifFile<'_>, id: u32) -> u64 {
    // Chroma format 3 is 4:4:4. A grid has no configuration of its own, but its tiles are decoded one after another, so
    // what they take does not count.
    let is_full_chroma = file.hevc_config(id).ok().flatten().is_some_and(|config| config.chroma_format == 3);
    let is_alpha = |&aux: &u32| {
        let mut kinds = file.item_properties(aux).into_iter().flatten();
        kinds.any(|kind| matches!(kind, Property::AuxiliaryType(name) if ALPHA.contains(&name.as_str())))
    };
    match (file.referencing_items(id, b"auxl").iter().any(is_alpha), is_full_chroma) {
        // Four channels of a byte, and a copy of them while the picture is turned. With 4:4:4 luma and chroma of two
        // bytes each take more.
        (false, false) => 8,
        (false, true) => 11,
        // The opacity needs its own buffers in addition.
        (true, false) => 14,
        (true, true) => 17,
    }
}

fn size(file: &HeifFile<'_>, id: u32) -> Result<(u32, u32), PhotoError> {
    let size = file.image_size(id).map_err(|error| explain(error.into()))?;
    size.ok_or_else(|| PhotoError::damaged("it does not say how large the picture is"))
}

/// Checks that the tiles cover the picture, and that none is used twice: a small file could otherwise have one tile
/// decoded thousands of times. Returns the size of a tile.
fn check_grid(file: &HeifFile<'_>, id: u32, (width, height): (u32, u32)) -> Result<(u32, u32), PhotoError> {
    let damaged = || PhotoError::damaged("its tiles do not cover the picture");
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

/// Returns our own error for that of `heifer`, whose messages are meant for programmers.
fn explain(error: Error) -> PhotoError {
    match error {
        Error::Container(ContainerError::UnexpectedEof) => PhotoError::Truncated,
        Error::Container(ContainerError::Unimplemented(_)) | Error::Unsupported(_) => {
            PhotoError::unsupported("HEIC of an unusual kind")
        }
        Error::Container(_) | Error::Invalid(_) => {
            PhotoError::irregular("its container contradicts itself, or lacks something that must be there")
        }
        Error::Hevc(HevcError::Unimplemented(_)) => PhotoError::unsupported("HEIC with an unusual coding"),
        Error::Hevc(_) | Error::Encode(_) => PhotoError::damaged("its HEVC data cannot be decoded"),
    }
}
