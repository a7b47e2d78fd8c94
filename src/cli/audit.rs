//! `adphoto audit`: its arguments.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{ConnectionArgs, FitArgs, OutputArgs, SourceArgs, attribute_name, examples};
use crate::directory::Filter;
use crate::naming::{MatchBy, Options};
use crate::report::Status;

/// `adphoto audit`.
#[derive(Debug, Args)]
#[command(after_help = examples::AUDIT, after_long_help = examples::long(examples::AUDIT, HELP))]
pub struct AuditArgs {
    /// Only accounts that this LDAP filter finds, e.g. "(department=Sales)"
    #[arg(long, value_name = "LDAP-FILTER")]
    pub filter: Option<Filter>,

    /// Disabled accounts, too
    #[arg(long)]
    pub include_disabled: bool,

    /// List only these accounts: "missing" are those without a photo, "unfit" those whose photo is not as it should be
    #[arg(long, value_enum)]
    pub only: Option<Only>,

    /// Count by this attribute, e.g. department
    #[arg(long, value_name = "ATTRIBUTE", value_parser = attribute_name)]
    pub by: Option<String>,

    #[command(flatten)]
    /// What photos should be.
    pub fit: FitArgs,

    /// Photos for those who have none: as for import, a CSV file, a folder or a quoted pattern
    #[arg(long, value_name = "SOURCE", help_heading = "Source")]
    pub photos: Option<PathBuf>,

    /// What the users of --photos are named by, as for import
    #[arg(long, value_name = "ATTRIBUTE", help_heading = "Source", requires = "photos")]
    pub match_by: Vec<MatchBy>,

    /// A regular expression that says which part of a file's name is the user, as for import
    #[arg(long, value_name = "REGEX", help_heading = "Source", requires = "photos", hide_short_help = true)]
    pub name_pattern: Option<String>,

    /// Text of files' names that says nothing about whose photo it is; may be given several times
    #[arg(long, value_name = "TEXT", help_heading = "Source", requires = "photos", hide_short_help = true)]
    pub ignore_text: Vec<String>,

    #[command(flatten)]
    /// How to read the source.
    pub source_options: SourceArgs,

    #[command(flatten)]
    /// Where results go.
    pub output: OutputArgs,

    #[command(flatten)]
    /// The directory.
    pub connection: ConnectionArgs,
}

impl AuditArgs {
    /// How the names of --photos are matched, but for what by.
    pub(crate) fn naming(&self) -> Options {
        Options { name_pattern: self.name_pattern.clone(), ignored: self.ignore_text.clone(), ..Options::default() }
    }
}

/// Which accounts an audit lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Only {
    /// Without a photo
    Missing,
    /// With a photo that is not as it should be
    Unfit,
}

impl Only {
    /// As it is given.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unfit => "unfit",
        }
    }

    /// Whether an account of that status is listed; what could not be told always is.
    #[must_use]
    pub fn lists(self, status: Status) -> bool {
        status.is_failure() || status == if self == Self::Missing { Status::Missing } else { Status::Unfit }
    }
}

const HELP: &str = "\
Every enabled user account below the base DN is ok, missing (it has no photo) or unfit: its photo is no JPEG, cannot be \
decoded, is not square or of another size, has too many bytes, tells where or with what it was taken, is upright only by \
its EXIF data, holds more than its picture, or is the same picture as another account's. An account whose photo you may not \
read is failed: nobody can tell whether it has one.

--only missing --format csv makes a list of those who have no photo, to be filled in and imported.

The exit code is 0 whatever was found; 3 only if of some accounts it could not be told.";
