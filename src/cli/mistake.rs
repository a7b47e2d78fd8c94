//! What else is to be said of a command line that is refused.

use std::ffi::OsString;

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Cli;

/// Shows the command's usage as its help does: clap's names only what was given. And adds a tip where clap, which knows
/// the arguments but not what they are for, has none.
pub(super) fn explain(mut error: clap::Error, words: &[OsString]) -> clap::Error {
    if let (Some(_), Some(usage)) = (error.get(ContextKind::Usage), usage(words)) {
        error.insert(ContextKind::Usage, ContextValue::StyledStr(usage));
    }
    if let Some(tip) = tip(&error) {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}

/// The usage of the command that is meant; `None` if that is none.
fn usage(words: &[OsString]) -> Option<clap::builder::StyledStr> {
    let glance = Cli::glance(words).ok()?;
    let mut program = Cli::command();
    program.build();
    Some(program.find_subcommand_mut(glance.subcommand_name()?)?.render_usage())
}

fn tip(error: &clap::Error) -> Option<&'static str> {
    match (error.kind(), error.get(ContextKind::InvalidArg)?) {
        (ErrorKind::UnknownArgument, ContextValue::String(argument)) if !argument.starts_with('-') => Some(
            "put a pattern, and a name with spaces, between quotation marks (\"photos/*.jpg\"), or the shell makes \
             several arguments of it",
        ),
        (ErrorKind::MissingRequiredArgument, ContextValue::Strings(missing))
            if missing.iter().any(|argument| argument.starts_with("--user ")) =>
        {
            Some(
                "--user \"DOMAIN\\name\" signs in with a password; --kerberos signs in with the ticket or the Windows logon that \
                 is there, and needs no --user",
            )
        }
        _ => None,
    }
}
