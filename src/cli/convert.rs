//! The arguments of `adphoto convert`.

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

    /// The folder for the thumbnails, which is created if necessary
    pub folder: PathBuf,

    #[command(flatten)]
    pub source_options: SourceArgs,

    #[command(flatten)]
    pub thumbnail: ThumbnailArgs,

    #[command(flatten)]
    pub output: OutputArgs,
}

const CONVERT_HELP: &str = "\
A thumbnail is named after the photo's own file, or after the user that the CSV file names: \"mary ann team.png\" \
becomes \"mary ann team.jpg\". So importing the thumbnails of a folder has the same result as importing its photos.

Existing files are overwritten only with --overwrite, and photos of the source never are.";
