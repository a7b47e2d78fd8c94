//! The arguments that say how photos in the directory should be.

use clap::Args;

use super::number::number;
use crate::thumbnail::{self, CLOUD_BYTES, Crop, Faces};

/// How photos in the directory should be.
#[derive(Debug, Args)]
pub struct FitArgs {
    /// Width and height that photos should have, in pixels
    #[arg(long, value_name = "PX", default_value_t = 96, value_parser = number::<u32>(16..=648))]
    pub size: u32,

    /// Largest size that photos should have, in bytes; 10240 is the limit of Microsoft 365
    #[arg(long, value_name = "N", default_value_t = CLOUD_BYTES as u32, value_parser = number::<u32>(500..=102_400))]
    pub max_bytes: u32,
}

impl FitArgs {
    /// Returns the options of a thumbnail as it should be.
    #[must_use]
    pub fn options(&self) -> thumbnail::Options {
        let max_bytes = self.max_bytes as usize;
        thumbnail::Options {
            size: self.size,
            max_bytes,
            crop: Crop::default(),
            allow_blank: false,
            faces: Faces::Ignored,
        }
    }
}
