//! Credentials from the command line and the environment.

use super::error::{CredentialsError, SignInError};
use super::password;
use crate::cli::ConnectionArgs;
use crate::directory::Credentials;

/// Checks that the arguments name exactly one way to sign in.
pub(crate) fn are_named(args: &ConnectionArgs) -> Result<(), CredentialsError> {
    match (&args.user, args.kerberos) {
        (None, true) if args.password_file.is_none() => Ok(()),
        (_, true) => Err(CredentialsError::Two),
        (Some(_), false) => Ok(()),
        (None, false) => Err(CredentialsError::None),
    }
}

/// Returns the credentials, and prompts for the password if necessary.
pub(crate) fn obtain(args: &ConnectionArgs) -> Result<Credentials, SignInError> {
    are_named(args)?;
    let Some(user) = &args.user else { return Ok(Credentials::Kerberos) };
    let password = password::obtain(args, user)?;
    Ok(Credentials::Simple { user: user.clone(), password })
}
