//! `adphoto import`: its arguments.

use std::path::PathBuf;

use clap::Args;
use clap::builder::Resettable;

use super::{BrakeArgs, ConnectionArgs, OutputArgs, SourceArgs, ThumbnailArgs, WriteArgs, examples};
use crate::naming::MatchBy;

/// `adphoto import`.
#[derive(Debug, Args)]
#[command(after_help = examples::IMPORT, after_long_help = examples::long(examples::IMPORT, IMPORT_HELP))]
// What a first run needs stands first: --dry-run, --match-by and --report.
#[command(mut_arg("report", |report| report.help_heading(Resettable::Reset).display_order(1)))]
pub struct ImportArgs {
    /// A CSV file "AD_user, path_to_file", a folder of files "samaccountname extra.jpg", a quoted pattern
    /// "photos/**/*.jpg", or a single photo
    pub source: PathBuf,

    /// Do everything but write, and say what would be written and what the account that signs in may not write
    #[arg(long, short = 'n')]
    pub dry_run: bool,

    /// What the users are named by: attributes ("sAMAccountName,mail"), "name" for what people are called, or a template
    /// "{givenName} {sn}"
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

    /// Skip accounts that have a photo
    #[arg(long)]
    pub only_missing: bool,

    /// Skip disabled accounts
    #[arg(long)]
    pub skip_disabled: bool,

    #[command(flatten)]
    /// How much may change.
    pub brake: BrakeArgs,

    /// Do not ask first: on a terminal, an import asks before it replaces more than ten photos
    #[arg(long, short)]
    pub yes: bool,

    /// Give one picture to more than five accounts
    #[arg(long)]
    pub allow_identical: bool,

    /// Move each photo that the directory then holds to this folder; nothing is overwritten there. A folder without
    /// photos is then no error
    #[arg(long, value_name = "DIR")]
    pub move_done: Option<PathBuf>,

    #[doc = r#"A regular expression that says which part of a file's name is the user: `HR_(?<user>\d+)`"#]
    #[arg(long, value_name = "REGEX", help_heading = "Source")]
    pub name_pattern: Option<String>,

    /// Text of files' names that says nothing about whose photo it is; may be given several times
    #[arg(long, value_name = "TEXT", help_heading = "Source")]
    pub ignore_text: Vec<String>,

    /// Import a list though most of its files are named after others than those who get them
    #[arg(long, help_heading = "Source")]
    pub allow_misnamed: bool,

    #[command(flatten)]
    /// How to read the source.
    pub source_options: SourceArgs,

    /// Write the files as they are, whatever they hold; only the schema's limit of bytes is checked
    #[arg(long, help_heading = "Thumbnail", conflicts_with_all = ["size", "crop", "max_bytes"])]
    pub as_is: bool,

    #[command(flatten)]
    /// What the thumbnails are to be.
    pub thumbnail: ThumbnailArgs,

    #[command(flatten)]
    /// Where results go.
    pub output: OutputArgs,

    /// Leave the names of the domain's accounts out of an HTML report: for a photo that goes to nobody it then offers only
    /// the accounts that are suggested
    #[arg(long, help_heading = "Output", hide_short_help = true)]
    pub report_without_directory: bool,

    #[command(flatten)]
    /// How changes are written.
    pub write: WriteArgs,

    #[command(flatten)]
    /// The directory.
    pub connection: ConnectionArgs,
}

const IMPORT_HELP: &str = "\
A CSV file names its columns in the first line: AD_user, sAMAccountName, user, login, userPrincipalName, mail, \
employeeID … and path_to_file, path, photo, file, picture, image …; a file without a header is read as user, path. Relative paths are relative to the CSV file. \
A column sha256 says what each file must hold: one that was changed since is not written.

What the page of a dry run saves, approved.csv, is a list of its own: it names each account by its objectGUID, and says what \
the file held and what the account's photo was when people looked at them. What was changed since is not written.

A user may also be a DN, an objectGUID, a SID or DOMAIN\\user.

A file is named after its account: for \"mary ann team.jpg\" the accounts \"mary ann team\", \"mary ann\" and \"mary\" \
are tried, and the longest that exists is the one.";

fn not_blank(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("an account has a name".to_owned()),
        name => Ok(name.to_owned()),
    }
}
