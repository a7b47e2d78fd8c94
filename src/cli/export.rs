//! The arguments of `adphoto export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{BrakeArgs, CloudArgs, ConnectionArgs, FitArgs, OutputArgs, attribute_name, examples};
use crate::directory::Filter;

/// `adphoto export`.
#[derive(Debug, Args)]
#[command(after_help = examples::EXPORT, after_long_help = examples::long(examples::EXPORT, EXPORT_HELP),
    mut_arg("max_changes", |most| most.help(
        "Write nothing if more files than this would be replaced or removed: a number, or with % a share of the files in \
         index.csv")),
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

    /// Name the files after this attribute instead of the sAMAccountName, e.g. employeeID
    #[arg(long, value_name = "ATTRIBUTE", value_parser = attribute_name)]
    pub name_by: Option<String>,

    /// Further attributes of each account in index.csv and the reports, e.g. mail,employeeID
    #[arg(long, value_name = "ATTRIBUTE,…", value_delimiter = ',', value_parser = attribute_name)]
    pub columns: Vec<String>,

    /// Keep the folder in step: replace what an earlier export wrote, and remove what should not be there any more
    #[arg(long)]
    pub sync: bool,

    /// Show what would be done, and write nothing
    #[arg(long, short = 'n')]
    pub dry_run: bool,

    #[command(flatten)]
    pub brake: BrakeArgs,

    #[command(flatten)]
    pub fit: FitArgs,

    /// Include disabled accounts
    #[arg(long)]
    pub include_disabled: bool,

    #[command(flatten)]
    pub output: OutputArgs,

    #[command(flatten)]
    pub connection: ConnectionArgs,

    #[command(flatten)]
    pub cloud: CloudArgs,
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

With --name-by, an account whose attribute is empty, or the same as that of another account with a photo, is \
reported as failed, and its photo is not saved.

Existing files are overwritten only with --overwrite, and none is removed. With --sync, a folder that an earlier \
export filled is made to hold what an export would write today: files of accounts that have no photo any more, are \
disabled or are not found any more are removed, and photos that changed are replaced. It touches only files that \
index.csv names and that are still what was exported. Only you can read the files.";
