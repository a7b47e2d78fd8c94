//! `adphoto convert`: its arguments.

use std::path::PathBuf;

use clap::Args;

use super::{OutputArgs, SourceArgs, ThumbnailArgs, examples};

/// `adphoto convert`.
#[derive(Debug, Args)]
#[command(after_help = examples::CONVERT, after_long_help = examples::long(examples::CONVERT, CONVERT_HELP),
    mut_arg("overwrite", |overwrite| overwrite.hide_short_help(false).visible_alias("force")
        .help("Replace files that are there and differ, and files where a report is to be")))]
pub struct ConvertArgs {
    /// A CSV file "AD_user, path_to_file", a folder of photos, or a quoted pattern "photos/**/*.jpg"
    pub source: PathBuf,

    /// The folder for the thumbnails; it is made if it is not there
    pub folder: PathBuf,

    #[command(flatten)]
    /// How to read the source.
    pub source_options: SourceArgs,

    #[command(flatten)]
    /// What the thumbnails are to be.
    pub thumbnail: ThumbnailArgs,

    #[command(flatten)]
    /// Where results go.
    pub output: OutputArgs,
}

const CONVERT_HELP: &str = "\
A thumbnail is named after the photo's own file, or after the user that the CSV file names: \"mary ann team.png\" becomes \
\"mary ann team.jpg\". Of a folder's photos, importing the thumbnails gives the same as importing the photos.

Nothing that is there is overwritten without --overwrite, and a photo of the source never is.";
