//! Who to sign in as, from the command line and the environment.

use super::error::{CredentialsError, SignInError};
use super::password;
use crate::cli::ConnectionArgs;
use crate::directory::Credentials;

/// Asks for the password where that is needed.
pub(crate) fn obtain(args: &ConnectionArgs) -> Result<Credentials, SignInError> {
    match (&args.user, args.kerberos) {
        (None, true) if args.password_file.is_none() => Ok(Credentials::Kerberos),
        (_, true) => Err(CredentialsError::Two.into()),
        (Some(user), false) => {
            let password = password::obtain(args, user)?;
            Ok(Credentials::Simple { user: user.clone(), password })
        }
        (None, false) => Err(CredentialsError::None.into()),
    }
}
