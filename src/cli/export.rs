//! `adphoto export`: its arguments.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{ConnectionArgs, FitArgs, OutputArgs, examples};
use crate::directory::Filter;

/// `adphoto export`.
#[derive(Debug, Args)]
#[command(after_help = examples::EXPORT, after_long_help = examples::long(examples::EXPORT, EXPORT_HELP),
    mut_arg("overwrite", |overwrite| overwrite.hide_short_help(false).visible_alias("force")
        .help("Replace files that are there and differ, the index.csv of an earlier export, and files where a report is to be")))]
pub struct ExportArgs {
    /// The folder for the photos; it is made if it is not there
    pub folder: PathBuf,

    /// Only the accounts that this LDAP filter finds, e.g. "(department=Sales)"
    #[arg(long, value_name = "LDAP-FILTER")]
    pub filter: Option<Filter>,

    /// Save only such photos, each judged by itself: "ok" are those that are as they should be, "unfit" the others
    #[arg(long, value_enum)]
    pub only: Option<Kind>,

    #[command(flatten)]
    /// What photos should be.
    pub fit: FitArgs,

    /// Disabled accounts, too
    #[arg(long)]
    pub include_disabled: bool,

    #[command(flatten)]
    /// Where results go.
    pub output: OutputArgs,

    #[command(flatten)]
    /// The directory.
    pub connection: ConnectionArgs,
}

/// Which photos are saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// As they should be
    Ok,
    /// Not as they should be
    Unfit,
}

impl Kind {
    /// As it is given.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unfit => "unfit",
        }
    }
}

const EXPORT_HELP: &str = "\
Each photo is saved as it is, as SAMACCOUNTNAME.jpg, whatever it holds. What a file system forbids in a name is encoded, \
\"a/b\" as \"a%2Fb.jpg\"; a name that is too long becomes its beginning and a hash. The same name on every system.

The file index.csv beside the photos says whose each is. It is written last, when all photos are there, and import takes it.

Nothing that is there is overwritten without --overwrite, and nothing is removed. Only you may read the files.";
