//! Shows which users have pictures set, and what hides the pictures.

use std::path::Path;

use crate::account_pictures::installed::{Profile, hindrances};
use crate::account_pictures::registry::{self, RegistryError};
use crate::command::output;
use crate::failure::{Exit, Failure};
use crate::terminal::{self, BAD, GOOD, TITLE, printable};

pub(super) fn run() -> Result<Exit, Failure> {
    let policies = registry::policies();
    let mut lines = Vec::new();
    for Profile { sid, folder } in users()? {
        lines.push(format!("{TITLE}{sid}{TITLE:#} {}", printable(&folder)));
        let values = registry::values(&sid)?;
        if values.is_empty() {
            lines.push("  no picture is set".to_owned());
            continue;
        }
        let found = hindrances(&values, policies, Path::is_file);
        lines.push(match found.is_empty() {
            true => format!("  {GOOD}{} sizes are set, and their files are there{GOOD:#}", values.len()),
            false => format!("  {} sizes are set", values.len()),
        });
        lines.extend(found.iter().map(|hindrance| format!("  {BAD}{}{BAD:#}", printable(&hindrance.to_string()))));
    }
    if lines.is_empty() {
        lines.push("nobody has a profile on this machine".to_owned());
    }
    lines.push("Windows shows no picture while it is not activated: `slmgr /xpr` tells.".to_owned());
    output::print(terminal::stdout(), |out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    Ok(Exit::Done)
}

/// Returns the users who have a profile, and then those who have pictures without a profile.
fn users() -> Result<Vec<Profile>, RegistryError> {
    let mut users = registry::profiles()?;
    for sid in registry::users()? {
        if !users.iter().any(|user| user.sid == sid) && !registry::values(&sid)?.is_empty() {
            users.push(Profile { sid, folder: "(no profile)".to_owned() });
        }
    }
    Ok(users)
}
