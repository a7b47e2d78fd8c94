//! How account pictures are made of photos.

use clap::Args;

use super::faces;
use crate::account_pictures::Rendering;
use crate::thumbnail::Crop;

/// The flags that say how account pictures are made.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pictures")]
pub struct PictureArgs {
    /// Which square of a photo is taken: the middle, of tall photos the upper part, where the head is, or the face, placed
    /// as a photographer would
    #[arg(long, value_enum, default_value_t = Crop::Center)]
    pub crop: Crop,

    /// Fail photos on which it is not clear which face is the person's: none is certain, several are of about the same
    /// size, or it is too small or cut off
    #[arg(long)]
    pub require_face: bool,

    /// Also take photos on which nothing can be seen: of one colour, or transparent
    #[arg(long, hide_short_help = true)]
    pub allow_blank: bool,
}

impl PictureArgs {
    /// Returns how pictures are made.
    pub(crate) fn rendering(&self, dry_run: bool) -> Rendering {
        let Self { crop, require_face, allow_blank } = *self;
        Rendering { crop, allow_blank, faces: faces(require_face, dry_run) }
    }
}
