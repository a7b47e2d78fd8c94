//! The arguments of `adphoto publish`.

use std::path::PathBuf;

use clap::Args;

use super::number::number;
use super::{BrakeArgs, ConnectionArgs, OutputArgs, PictureArgs, SourceArgs, WhoseArgs, examples};

/// `adphoto publish`.
#[derive(Debug, Args)]
#[command(after_help = examples::PUBLISH, after_long_help = examples::long(examples::PUBLISH, PUBLISH_HELP))]
pub struct PublishArgs {
    /// The folder for the pictures, such as that of a share; it is made if it is not there
    pub folder: PathBuf,

    /// Make the pictures of these photos, and of the directory's only for whom there is none: as for import, a CSV file, a
    /// folder or a quoted pattern
    #[arg(long, value_name = "SOURCE", group = "read")]
    pub photos: Option<PathBuf>,

    /// Do everything but write, and say what would be published and removed
    #[arg(long, short = 'n')]
    pub dry_run: bool,

    /// Remove the pictures of people who left, were disabled or have no photo any more
    #[arg(long)]
    pub sync: bool,

    #[command(flatten)]
    /// How much may change.
    pub brake: BrakeArgs,

    /// Give one picture to more than five accounts
    #[arg(long)]
    pub allow_identical: bool,

    #[command(flatten)]
    pub whose: WhoseArgs,

    /// Take a list though most of its files are named after others than those who get them
    #[arg(long, help_heading = "Source", requires = "photos", hide_short_help = true)]
    pub allow_misnamed: bool,

    #[command(flatten)]
    /// How to read the source.
    pub source_options: SourceArgs,

    #[command(flatten)]
    pub pictures: PictureArgs,

    /// Number of photos of which pictures are made at the same time
    #[arg(long, value_name = "N", value_parser = number::<u16>(1..=256), help_heading = "Pictures", hide_short_help = true)]
    pub jobs: Option<u16>,

    #[command(flatten)]
    /// Where results go.
    pub output: OutputArgs,

    #[command(flatten)]
    /// The directory.
    pub connection: ConnectionArgs,
}

const PUBLISH_HELP: &str = "\
Each person gets a folder that is named by the SID, with Image32.jpg, 40, 48, 64, 96, 192, 200, 208, 240, 424, 448 and \
1080. A photo is never enlarged: where it has fewer pixels, the larger pictures have as many as it has, and Windows scales \
them. The directory's photos usually have 96; --photos makes sharp pictures of the originals.

Only what differs is written, each file whole or not at all. What adphoto did not put there stays. Without --sync nothing \
is removed. People of another domain, and those outside of --base-dn, keep what they have.

`adphoto generate group-policy` brings the pictures to the PCs.";
