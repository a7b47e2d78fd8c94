//! The arguments of `adphoto remove`.

use std::fmt;
use std::path::PathBuf;

use clap::Args;

use super::source::delimiter;
use super::{BrakeArgs, CloudArgs, ConnectionArgs, OutputArgs, WriteArgs, examples};
use crate::directory::Filter;
use crate::naming::MatchBy;
use crate::source::Column;

/// `adphoto remove`.
#[derive(Debug, Args)]
#[command(after_help = examples::REMOVE, after_long_help = examples::long(examples::REMOVE, REMOVE_HELP))]
pub struct RemoveArgs {
    #[command(flatten)]
    pub accounts: AccountsArgs,

    /// Do everything except writing, and report whose photos would be removed and which the account that signs in may
    /// not write
    #[arg(long, short = 'n')]
    pub dry_run: bool,

    #[command(flatten)]
    pub brake: BrakeArgs,

    /// Do not ask for confirmation
    #[arg(long, short)]
    pub yes: bool,

    /// How to match users to accounts: by attributes ("sAMAccountName,mail"), by "name" (what people are called), or by
    /// a template ("{givenName} {sn}")
    #[arg(long, value_name = "ATTRIBUTE", help_heading = "Source", conflicts_with = "filter")]
    pub match_by: Vec<MatchBy>,

    /// CSV column of the users, by name or number
    #[arg(long, value_name = "COLUMN", help_heading = "Source", requires = "source")]
    pub user_column: Option<Column>,

    /// The character between CSV fields, or "tab"
    #[arg(long, value_name = "CHAR", value_parser = delimiter, help_heading = "Source", requires = "source", hide_short_help = true)]
    pub delimiter: Option<u8>,

    #[command(flatten)]
    pub write: WriteArgs,

    #[command(flatten)]
    pub output: OutputArgs,

    #[command(flatten)]
    pub connection: ConnectionArgs,

    #[command(flatten)]
    pub cloud: CloudArgs,
}

/// Exactly one way to name accounts.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct AccountsArgs {
    /// A CSV file with a column of users; columns of photos are ignored
    pub source: Option<PathBuf>,

    /// An account; may be given several times
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub account: Vec<String>,

    /// All accounts that match this LDAP filter, including disabled ones, e.g. "(department=Sales)"
    #[arg(long, value_name = "LDAP-FILTER")]
    pub filter: Option<Filter>,
}

/// Says whose photos they are, for a question to the user.
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
A user may also be a DN, an objectGUID, a SID or DOMAIN\\user. On a terminal, adphoto shows whose photos would be \
removed and asks for confirmation; elsewhere it needs --yes. A photo that somebody changes in the meantime is kept \
and reported. The run's journal keeps the removed photos, so that `adphoto undo` can put them back.

A CSV file names its column in the first line: AD_user, sAMAccountName, user, login, userPrincipalName, mail, employeeID …. \
Without such a header, the first column has the users.";
