//! The arguments of `adphoto audit`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args, ValueEnum};

use super::{CloudArgs, ConnectionArgs, FitArgs, OutputArgs, SourceArgs, WhoseArgs, attribute_name, examples};
use crate::directory::Filter;
use crate::report::{Code, Status};
use crate::thumbnail::{Crop, Options};

/// `adphoto audit`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("read").multiple(true))]
#[command(after_help = examples::AUDIT, after_long_help = examples::long(examples::AUDIT, HELP))]
pub struct AuditArgs {
    /// Only accounts that match this LDAP filter, e.g. "(department=Sales)"
    #[arg(long, value_name = "LDAP-FILTER")]
    pub filter: Option<Filter>,

    /// Include disabled accounts
    #[arg(long)]
    pub include_disabled: bool,

    /// List only these accounts: "missing" are those without a photo, "unfit" those whose photo is not as it should be
    #[arg(long, value_enum)]
    pub only: Option<Only>,

    /// Count by this attribute, e.g. department
    #[arg(long, value_name = "ATTRIBUTE", value_parser = attribute_name)]
    pub by: Option<String>,

    /// Tell what changed since this earlier audit, a JSON report
    #[arg(long, value_name = "EARLIER.json")]
    pub since: Option<PathBuf>,

    /// Further attributes of each account in the results, e.g. mail,employeeID
    #[arg(long, value_name = "ATTRIBUTE,…", value_delimiter = ',', value_parser = attribute_name)]
    pub columns: Vec<String>,

    #[command(flatten)]
    pub fit: FitArgs,

    /// Accept photos with this flaw, e.g. no-face for a company whose people have mascots; may be given several times
    #[arg(long, value_name = "FLAW,…", value_delimiter = ',', value_parser = flaw_name(), hide_possible_values = true)]
    pub ignore_flaw: Vec<Code>,

    /// Photos for accounts that have none; as for import, a CSV file, a folder or a quoted pattern
    #[arg(long, value_name = "SOURCE", help_heading = "Source", group = "read")]
    pub photos: Option<PathBuf>,

    /// Photos that accounts should have, e.g. index.csv of an export from the other directory: who has another picture
    #[arg(long, value_name = "SOURCE", help_heading = "Source", group = "read")]
    pub compare: Option<PathBuf>,

    /// Which square an import of those photos would take
    #[arg(long, value_enum, default_value_t = Crop::Center, help_heading = "Source")]
    pub crop: Crop,

    /// Offer no photo on which it is not clear which face is the person's
    #[arg(long, help_heading = "Source")]
    pub require_face: bool,

    #[command(flatten)]
    pub whose: WhoseArgs,

    #[command(flatten)]
    pub source_options: SourceArgs,

    #[command(flatten)]
    pub output: OutputArgs,

    #[command(flatten)]
    pub connection: ConnectionArgs,

    #[command(flatten)]
    pub cloud: CloudArgs,
}

impl AuditArgs {
    /// Returns the options of the thumbnails that an import of `--photos` would make.
    #[must_use]
    pub fn offered(&self) -> Options {
        Options { crop: self.crop, faces: super::faces(self.require_face, false), ..self.fit.options() }
    }
}

/// Returns the parser for the name of a flaw.
fn flaw_name() -> impl TypedValueParser<Value = Code> {
    let name = |text: String| Code::FLAWS.into_iter().find(|code| code.name() == text);
    PossibleValuesParser::new(Code::FLAWS.map(Code::name))
        .try_map(move |text| name(text).ok_or("there is no such flaw"))
}

/// Which accounts an audit lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Only {
    /// Accounts without a photo
    Missing,
    /// Accounts whose photo is not as it should be
    Unfit,
}

impl Only {
    /// Returns the name as it is written on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unfit => "unfit",
        }
    }

    /// Returns whether an account with this status is listed. Failures are always listed.
    #[must_use]
    pub fn lists(self, status: Status) -> bool {
        status.is_failure() || status == if self == Self::Missing { Status::Missing } else { Status::Unfit }
    }
}

const HELP: &str = "\
Every enabled user account below the base DN is ok, missing (it has no photo) or unfit: its photo is no JPEG, cannot \
be decoded, is not square or of another size, has too many bytes, tells where or with what it was taken, is upright \
only by its EXIF data, holds more than its picture, shows no face for certain, several, a small one, or lies on its side, \
is the same picture as another account's, or \
another picture than that of --compare. An account whose \
photo you may not read is failed: nobody can tell whether it has one.

Faces are only found: nothing is compared, and nothing about them is kept. What is no face for certain may be one. \
--ignore-flaw takes reason codes, such as no-face,several-faces,small-face,sideways.

--only missing --format csv makes a list of those who have no photo, to be filled in and imported.

The exit code is 0 whatever was found; 3 only if of some accounts it could not be told.";
