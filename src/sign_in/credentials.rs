//! Who to sign in as, from the command line and the environment.

use anyhow::Result;

use super::password;
use crate::cli::ConnectionArgs;
use crate::directory::Credentials;

/// Arguments, or environment variables, that do not go together.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CredentialsError {
    /// Two ways to sign in.
    #[error(
        "--kerberos signs in with the ticket that is there: leave out --user and --password-file (and ADPHOTO_USER and \
         ADPHOTO_PASSWORD_FILE), or --kerberos (and ADPHOTO_KERBEROS)"
    )]
    Two,
    /// `ADPHOTO_KERBEROS=no` and nothing else.
    #[error("nobody to sign in as: give --user NAME, or --kerberos")]
    None,
}

/// Asks for the password where that is needed.
pub(crate) fn obtain(args: &ConnectionArgs) -> Result<Credentials> {
    match (&args.user, args.kerberos) {
        (None, true) if args.password_file.is_none() => Ok(Credentials::Kerberos),
        (_, true) => Err(CredentialsError::Two.into()),
        (Some(user), false) => {
            let password = password::obtain(args.password_file.as_deref(), user)?;
            Ok(Credentials::Simple { user: user.clone(), password })
        }
        (None, false) => Err(CredentialsError::None.into()),
    }
}
