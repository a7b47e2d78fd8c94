//! What thumbnails are to be.

use clap::Args;

use super::number::number;
use crate::thumbnail::{self, CLOUD_BYTES, Crop};

/// Bytes that the schema takes (MS-ADA3 2.307).
const SCHEMA_BYTES: usize = 100 * 1024;
/// The size up to which the cloud's limit is the default.
const CLOUD_SIZE: u32 = 96;

/// What the thumbnails are to be.
#[derive(Debug, Args)]
#[command(next_help_heading = "Thumbnail")]
pub struct ThumbnailArgs {
    /// Width and height in pixels
    #[arg(long, value_name = "PX", default_value_t = 96, value_parser = number::<u32>(16..=648))]
    pub size: u32,

    /// Which square of a photo is taken: the middle, or of tall photos the upper part, where the head is
    #[arg(long, value_enum, default_value_t = Crop::Center)]
    pub crop: Crop,

    /// The most bytes of a thumbnail
    #[arg(long, value_name = "N", value_parser = number::<u32>(500..=102_400))]
    pub max_bytes: Option<u32>,

    /// Also take photos on which nothing can be seen: of one colour, or transparent
    #[arg(long, hide_short_help = true)]
    pub allow_blank: bool,

    /// Photos that are worked on at once
    #[arg(long, value_name = "N", value_parser = number::<u16>(1..=256), hide_short_help = true)]
    pub jobs: Option<u16>,
}

impl ThumbnailArgs {
    /// What a thumbnail is to be, as far as no schema says more.
    #[must_use]
    pub fn options(&self) -> thumbnail::Options {
        let max_bytes = match self.max_bytes {
            Some(bytes) => bytes as usize,
            None if self.size <= CLOUD_SIZE => CLOUD_BYTES,
            None => SCHEMA_BYTES,
        };
        thumbnail::Options { size: self.size, max_bytes, crop: self.crop, allow_blank: self.allow_blank }
    }
}
