//! Errors before any domain controller is contacted, with advice.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use crate::directory::{DiscoverError, KerberosError, ServerError};
use crate::failure::Advice;

/// The environment variable that may hold the password.
pub(crate) const PASSWORD_VARIABLE: &str = "ADPHOTO_PASSWORD";

/// The reason why adphoto cannot try to connect.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignInError {
    /// This build does not support Kerberos.
    #[error(transparent)]
    Kerberos(#[from] KerberosError),
    /// A `--server` cannot be used.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// No domain controller was found.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// The arguments do not name exactly one way to sign in.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// No password can be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Two things are missing; both are named so that the user needs to try only once more.
    #[error("{servers}; and {credentials}")]
    Several {
        /// Why there is no domain controller.
        servers: Box<SignInError>,
        /// Why there are no credentials.
        credentials: CredentialsError,
    },
}

/// Arguments or environment variables that do not name exactly one way to sign in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CredentialsError {
    /// Two ways to sign in are named.
    #[error(
        "--kerberos signs in with your Kerberos ticket: leave out --user and --password-file (and ADPHOTO_USER and \
         ADPHOTO_PASSWORD_FILE), or --kerberos (and ADPHOTO_KERBEROS); adphoto.toml may set them, too"
    )]
    Two,
    /// No way to sign in is named, as with `ADPHOTO_KERBEROS=no` alone.
    #[error("no user to sign in as: give --user NAME or --kerberos")]
    None,
}

/// The reason why there is no password.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordError {
    /// No password was given, and there is no terminal on which to ask for it.
    #[error(
        "no password: give it with --password-file FILE (- is standard input) or {PASSWORD_VARIABLE}; there is no \
         terminal to ask on"
    )]
    None,
    /// The variable is set but empty, which may be a mistake in a script.
    #[error(
        "no password: {PASSWORD_VARIABLE} is set but empty, and there is no terminal on which to ask for the password"
    )]
    Empty,
    /// A password is set, but it belongs to another user. Sending it would count towards locking this user's account.
    #[error(
        "no password for {user}: the one that is set belongs to {owner}; give this user's with --password-file FILE \
         (- is standard input); there is no terminal to ask on"
    )]
    OfAnother {
        /// The user who signs in.
        user: String,
        /// The user to whom the password belongs.
        owner: String,
    },
    /// The variable's value is not text.
    #[error("the environment variable {PASSWORD_VARIABLE} is not valid Unicode")]
    VariableNotUnicode,
    /// Asking on the terminal failed.
    #[error("cannot read the password from the terminal")]
    Prompt(#[source] io::Error),
    /// Standard input could not be read, or has no usable password.
    #[error("cannot read the password from standard input")]
    Stdin(#[source] PasswordFileError),
    /// The password file cannot be used.
    #[error("cannot read the password file {}", path.display())]
    File { path: PathBuf, source: PasswordFileError },
}

/// The reason why the content of a password file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordFileError {
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Other users can read the file.
    #[cfg(unix)]
    #[error("other users can read it (mode {mode:04o}): run `chmod 600 {}`, so that only you can", path.display())]
    Shared {
        /// The file's permissions.
        mode: u32,
        path: PathBuf,
    },
    /// The file is not text.
    #[error("it is neither UTF-8 nor UTF-16 with a byte order mark")]
    Encoding,
}

impl Advice for SignInError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        self.inner().advice()
    }

    fn is_usage(&self) -> bool {
        matches!(self, Self::Several { .. }) || self.inner().is_usage()
    }
}

impl SignInError {
    fn inner(&self) -> &dyn Advice {
        match self {
            Self::Kerberos(error) => error,
            Self::Server(error) => error,
            Self::Discover(error) => error,
            Self::Credentials(error) => error,
            Self::Password(error) => error,
            Self::Several { servers, .. } => servers.inner(),
        }
    }
}

impl Advice for CredentialsError {
    fn is_usage(&self) -> bool {
        true
    }
}

impl Advice for PasswordError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        matches!(self, Self::Empty).then(|| format!("set {PASSWORD_VARIABLE}, or give --password-file FILE").into())
    }
}

impl Advice for PasswordFileError {}
