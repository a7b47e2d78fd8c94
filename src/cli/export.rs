//! The arguments of `adphoto export`.

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
    /// The folder for the photos, which is created if necessary
    pub folder: PathBuf,

    /// Only accounts that match this LDAP filter, e.g. "(department=Sales)"
    #[arg(long, value_name = "LDAP-FILTER")]
    pub filter: Option<Filter>,

    /// Save only these photos: "ok" are those that are as they should be, "unfit" the others; each is judged on its own
    #[arg(long, value_enum)]
    pub only: Option<Kind>,

    #[command(flatten)]
    pub fit: FitArgs,

    /// Include disabled accounts
    #[arg(long)]
    pub include_disabled: bool,

    #[command(flatten)]
    pub output: OutputArgs,

    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// The photos that are saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Photos that are as they should be
    Ok,
    /// Photos that are not as they should be
    Unfit,
}

impl Kind {
    /// Returns the name as it is written on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unfit => "unfit",
        }
    }
}

const EXPORT_HELP: &str = "\
Each photo is saved unchanged as SAMACCOUNTNAME.jpg, whatever its format. Characters that a file system forbids are \
encoded: \"a/b\" becomes \"a%2Fb.jpg\". A name that is too long becomes its beginning and a hash. The names are the \
same on every system.

The file index.csv beside the photos says whose each photo is. It is written last, when all photos are saved, and can be imported.

Existing files are overwritten only with --overwrite, and none is removed. Only you can read the files.";
