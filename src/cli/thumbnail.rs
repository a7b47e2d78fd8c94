//! The arguments that say how thumbnails are made.

use clap::Args;

use super::Target;
use super::number::number;
use crate::thumbnail::{self, CLOUD_BYTES, Crop, Faces};

/// The limit of the schema, in bytes (MS-ADA3 2.307).
const SCHEMA_BYTES: usize = 100 * 1024;
/// The largest size in pixels that Microsoft 365 shows.
const SHARPEST: u32 = 648;
/// The size in pixels up to which the limit of Microsoft 365 is the default.
const CLOUD_SIZE: u32 = 96;

/// How thumbnails are made.
#[derive(Debug, Args)]
#[command(next_help_heading = "Thumbnail")]
pub struct ThumbnailArgs {
    /// Width and height in pixels; for Microsoft 365, at most so many
    #[arg(long, value_name = "PX", value_parser = number::<u32>(16..=648))]
    pub size: Option<u32>,

    /// Which square of a photo to take: the middle, the upper part of tall photos, where the head is, or the face, placed as
    /// a photographer would
    #[arg(long, value_enum, default_value_t = Crop::Center)]
    pub crop: Crop,

    /// Fail photos on which it is not clear which face is the person's: none is certain, several are of about the same
    /// size, or it is too small or cut off
    #[arg(long)]
    pub require_face: bool,

    /// Largest size of a thumbnail, in bytes
    #[arg(long, value_name = "N", value_parser = number::<u32>(500..=102_400))]
    pub max_bytes: Option<u32>,

    /// Accept photos on which nothing can be seen: of one colour, or transparent
    #[arg(long, hide_short_help = true)]
    pub allow_blank: bool,

    /// Number of photos of which pictures are made at the same time
    #[arg(long, value_name = "N", value_parser = number::<u16>(1..=256), hide_short_help = true)]
    pub jobs: Option<u16>,
}

impl ThumbnailArgs {
    /// Returns the options of a thumbnail, without limits that only the domain's schema knows.
    #[must_use]
    pub fn options(&self, target: Target) -> thumbnail::Options {
        let size = self.size.unwrap_or(match target {
            Target::ActiveDirectory => CLOUD_SIZE,
            Target::Microsoft365 => SHARPEST,
        });
        let max_bytes = match (self.max_bytes, target) {
            (Some(bytes), _) => bytes as usize,
            (None, Target::ActiveDirectory) if size <= CLOUD_SIZE => CLOUD_BYTES,
            // Without a mailbox, Microsoft 365 takes no more than these, either.
            (None, _) => SCHEMA_BYTES,
        };
        let faces = faces(self.require_face, false);
        thumbnail::Options { size, max_bytes, crop: self.crop, allow_blank: self.allow_blank, faces }
    }
}

/// Returns what faces are searched for, besides the crop. A dry run tells whether another crop would place them better.
#[must_use]
pub fn faces(is_required: bool, dry_run: bool) -> Faces {
    match (is_required, dry_run) {
        (true, _) => Faces::Required,
        (false, true) => Faces::Told,
        (false, false) => Faces::Ignored,
    }
}
