//! How account pictures are made of photos.

use clap::Args;

use crate::account_pictures::Rendering;
use crate::thumbnail::Crop;

/// The flags that say how account pictures are made.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pictures")]
pub struct PictureArgs {
    /// Which square of a photo is taken: the middle, or of tall photos the upper part, where the head is
    #[arg(long, value_enum, default_value_t = Crop::Center)]
    pub crop: Crop,

    /// Also take photos on which nothing can be seen: of one colour, or transparent
    #[arg(long, hide_short_help = true)]
    pub allow_blank: bool,
}

impl PictureArgs {
    /// Returns how pictures are made.
    pub(crate) fn rendering(&self) -> Rendering {
        Rendering { crop: self.crop, allow_blank: self.allow_blank }
    }
}
