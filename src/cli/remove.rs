//! `adphoto remove`: its arguments.

use std::fmt;
use std::path::PathBuf;

use clap::Args;

use super::source::delimiter;
use super::{BrakeArgs, ConnectionArgs, OutputArgs, WriteArgs, examples};
use crate::directory::Filter;
use crate::naming::MatchBy;
use crate::source::Column;

/// `adphoto remove`.
#[derive(Debug, Args)]
#[command(after_help = examples::REMOVE, after_long_help = examples::long(examples::REMOVE, REMOVE_HELP))]
pub struct RemoveArgs {
    #[command(flatten)]
    /// Whose photos.
    pub accounts: AccountsArgs,

    /// Do everything but write, and say whose photos would be removed and which the account that signs in may not write
    #[arg(long, short = 'n')]
    pub dry_run: bool,

    #[command(flatten)]
    /// How much may change.
    pub brake: BrakeArgs,

    /// Do not ask first
    #[arg(long, short)]
    pub yes: bool,

    /// What the users are named by: attributes ("sAMAccountName,mail"), "name" for what people are called, or a template
    /// "{givenName} {sn}"
    #[arg(long, value_name = "ATTRIBUTE", help_heading = "Source", conflicts_with = "filter")]
    pub match_by: Vec<MatchBy>,

    /// The CSV column of the users, by name or number
    #[arg(long, value_name = "COLUMN", help_heading = "Source", requires = "source")]
    pub user_column: Option<Column>,

    /// The character between CSV fields, or "tab"
    #[arg(long, value_name = "CHAR", value_parser = delimiter, help_heading = "Source", requires = "source", hide_short_help = true)]
    pub delimiter: Option<u8>,

    #[command(flatten)]
    /// How changes are written.
    pub write: WriteArgs,

    #[command(flatten)]
    /// Where results go.
    pub output: OutputArgs,

    #[command(flatten)]
    /// The directory.
    pub connection: ConnectionArgs,
}

/// Exactly one way to name accounts.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct AccountsArgs {
    /// A CSV file with a column of users; its photos, if it has any, do not matter
    pub source: Option<PathBuf>,

    /// These accounts; may be given several times
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub account: Vec<String>,

    /// All accounts that this LDAP filter finds, disabled ones too, e.g. "(department=Sales)"
    #[arg(long, value_name = "LDAP-FILTER")]
    pub filter: Option<Filter>,
}

/// As somebody would say whose photos they are.
impl fmt::Display for AccountsArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.source, &self.filter, self.account.as_slice()) {
            (Some(source), _, _) => write!(f, "{}", source.display()),
            (_, Some(filter), _) => write!(f, "{filter}"),
            (_, _, [first]) => f.write_str(first),
            (_, _, accounts) => write!(f, "{} accounts", accounts.len()),
        }
    }
}

const REMOVE_HELP: &str = "\
A user may also be a DN, an objectGUID, a SID or DOMAIN\\user. On a terminal you are shown whose photos would go, and asked; \
elsewhere --yes is needed. A photo that somebody changes meanwhile is kept, and reported. What is removed is in the run's journal: `adphoto undo` \
puts it back.

A CSV file names its column in the first line: AD_user, sAMAccountName, user, login, userPrincipalName, mail, employeeID …; \
of a file without a header the first column is read.";
