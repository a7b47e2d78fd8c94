//! Who to sign in as, from the command line and the environment.

use anyhow::Result;

use super::password;
use crate::cli::ConnectionArgs;
use crate::directory::Credentials;

/// Arguments, or environment variables, that do not go together.
#[derive(Debug, thiserror::Error)]
pub(super) enum CredentialsError {
    /// Two ways to sign in.
    #[error(
        "--kerberos signs in with the ticket that is there: leave out --user and --password-file (and ADPHOTO_USER and \
         ADPHOTO_PASSWORD_FILE), or --kerberos (and ADPHOTO_KERBEROS)"
    )]
    Two,
    /// A logon name by itself: a domain controller refuses it, and counts that towards the account's lockout.
    #[error("{user} does not say which domain's: give --user as DOMAIN\\{user} or {user}@domain")]
    NoDomain {
        /// As given.
        user: String,
    },
    /// `ADPHOTO_KERBEROS=no` and nothing else.
    #[error("nobody to sign in as: give --user NAME, or --kerberos")]
    None,
}

/// Whether it is none of the forms of a name that a simple bind takes (MS-ADTS 5.1.1.1.1): DN, `user@domain`,
/// `DOMAIN\user`, canonical name, GUID in braces, SID, or a displayName, which has a space.
fn is_bare(user: &str) -> bool {
    !user.contains(['=', '@', '\\', '/', '{']) && !user.contains(char::is_whitespace) && !user.starts_with("S-1-")
}

/// Asks for the password where that is needed.
pub(super) fn obtain(args: &ConnectionArgs) -> Result<Credentials> {
    match (&args.user, args.kerberos) {
        (None, true) if args.password_file.is_none() => Ok(Credentials::Kerberos),
        (_, true) => Err(CredentialsError::Two.into()),
        (Some(user), false) if is_bare(user) => Err(CredentialsError::NoDomain { user: user.clone() }.into()),
        (Some(user), false) => {
            let password = password::obtain(args.password_file.as_deref(), user)?;
            Ok(Credentials::Simple { user: user.clone(), password })
        }
        (None, false) => Err(CredentialsError::None.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::is_bare;

    #[test]
    fn a_logon_name_says_whose_it_is() {
        assert!(["anna", "svc-photo", "o'hara", "müller.a"].into_iter().all(is_bare));
        let whole = [r"EXAMPLE\anna", "anna@ad.example.com", "CN=Anna,DC=ad", "S-1-5-21-1-2-3-500", "Anna Schmidt"];
        assert!(!whole.into_iter().any(is_bare));
    }
}
