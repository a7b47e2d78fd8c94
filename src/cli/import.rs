//! The arguments of `adphoto import`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::Resettable;

use super::{BrakeArgs, CloudArgs, ConnectionArgs, OutputArgs, SourceArgs, ThumbnailArgs, WriteArgs, examples};
use crate::naming::MatchBy;

/// `adphoto import`.
#[derive(Debug, Args)]
#[command(after_help = examples::IMPORT, after_long_help = examples::long(examples::IMPORT, IMPORT_HELP))]
// --dry-run, --match-by and --report come first in the help, because a first run needs them.
#[command(mut_arg("report", |report| report.help_heading(Resettable::Reset).display_order(1)))]
pub struct ImportArgs {
    /// A CSV file "AD_user, path_to_file", a folder of files "samaccountname extra.jpg", a quoted pattern
    /// "photos/**/*.jpg", or a single photo
    pub source: PathBuf,

    /// Do everything except writing, and report what would be written and what the account that signs in may not write
    #[arg(long, short = 'n')]
    pub dry_run: bool,

    /// How to match users to accounts: by attributes ("sAMAccountName,mail"), by "name" (what people are called), or by
    /// a template ("{givenName} {sn}")
    #[arg(long, value_name = "ATTRIBUTE")]
    pub match_by: Vec<MatchBy>,

    /// Give a single photo to this account, whatever the file is called
    #[arg(
        long,
        value_name = "NAME",
        value_parser = not_blank,
        conflicts_with_all = [
            "user_column", "photo_column", "delimiter", "photo_dir", "recursive", "name_pattern", "ignore_text", "allow_misnamed"
        ]
    )]
    pub account: Option<String>,

    /// Skip accounts that already have a photo
    #[arg(long)]
    pub only_missing: bool,

    /// Skip disabled accounts
    #[arg(long)]
    pub skip_disabled: bool,

    #[command(flatten)]
    pub brake: BrakeArgs,

    /// Do not ask for confirmation; on a terminal, an import asks before it replaces more than ten photos
    #[arg(long, short)]
    pub yes: bool,

    /// Allow the same picture for more than five accounts
    #[arg(long)]
    pub allow_identical: bool,

    /// Afterwards, move each photo that is now in the directory to this folder, without overwriting files there; then a
    /// folder without photos is not an error
    #[arg(long, value_name = "DIR")]
    pub move_done: Option<PathBuf>,

    /// Afterwards, move each photo that failed for its name or its file to this folder, and write the reason into a text
    /// file beside it, without overwriting files there
    #[arg(long, value_name = "DIR")]
    pub move_failed: Option<PathBuf>,

    /// Fail if the source has no photo, with --move-done and --move-failed, too: a share that is not mounted looks like an
    /// empty folder
    #[arg(long)]
    pub require_photos: bool,

    /// Read every photo again, also those that have not changed since the last import from this source; of Microsoft 365, look
    /// at every photo there, too
    #[arg(long, hide_short_help = true)]
    pub reread: bool,

    #[doc = r#"A regular expression that says which part of a file's name is the user: `HR_(?<user>\d+)`"#]
    #[arg(long, value_name = "REGEX", help_heading = "Source")]
    pub name_pattern: Option<String>,

    /// Text in file names that is not part of the user; may be given several times
    #[arg(long, value_name = "TEXT", help_heading = "Source")]
    pub ignore_text: Vec<String>,

    /// Import a list even if most of its files are named after other people than the users who get them
    #[arg(long, help_heading = "Source")]
    pub allow_misnamed: bool,

    #[command(flatten)]
    pub source_options: SourceArgs,

    /// Write the files unchanged, whatever their format; only the schema's size limit is checked
    #[arg(long, help_heading = "Thumbnail", conflicts_with_all = ["size", "crop", "require_face", "max_bytes"])]
    pub as_is: bool,

    #[command(flatten)]
    pub thumbnail: ThumbnailArgs,

    #[command(flatten)]
    pub output: OutputArgs,

    /// Microsoft 365: write photos though the app may not remove any, so that undo cannot take back somebody's first photo
    #[arg(long, help_heading = "Microsoft 365", hide_short_help = true)]
    pub without_undo: bool,

    /// Microsoft 365: also replace photos that somebody else has changed since an import sent them
    #[arg(long, help_heading = "Microsoft 365", hide_short_help = true)]
    pub overwrite_cloud: bool,

    /// Leave the names of the domain's accounts out of an HTML report; for a photo that matches nobody, it then offers
    /// only the suggested accounts
    #[arg(long, help_heading = "Output", hide_short_help = true)]
    pub report_without_directory: bool,

    #[command(flatten)]
    pub write: WriteArgs,

    #[command(flatten)]
    pub connection: ConnectionArgs,

    #[command(flatten)]
    pub cloud: CloudArgs,
}

const IMPORT_HELP: &str = "\
A CSV file names its columns in the first line: AD_user, sAMAccountName, user, login, userPrincipalName, mail, \
employeeID … and path_to_file, path, photo, file, picture, image …. A file without a header is read as user, path. \
Relative paths start from the folder of the CSV file. A column sha256 has the SHA-256 of each file: a file that has \
changed since then is not written.

The HTML report of a dry run can save approved.csv, a list of its own kind. It names each account by its objectGUID, and has the hashes \
of the file and of the account's photo at the time when people looked at them. What has changed since then is not \
written. If somebody chose another square of a photo there, the list has it in the column crop, which goes before --crop.

A user may also be a DN, an objectGUID, a SID or DOMAIN\\user.

In a folder, a file is named after its account: for \"mary ann team.jpg\" the accounts \"mary ann team\", \"mary ann\" and \"mary\" \
are tried, and the longest that exists gets the photo.";

fn not_blank(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("the name of the account is empty".to_owned()),
        name => Ok(name.to_owned()),
    }
}
