//! Why nobody can sign in: before any domain controller is asked.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use crate::directory::{DiscoverError, KerberosError, ServerError};
use crate::failure::Advice;

/// The variable that may hold the password.
pub(crate) const PASSWORD_VARIABLE: &str = "ADPHOTO_PASSWORD";

/// Why there is nothing to connect to, or nobody to sign in as.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignInError {
    /// This build has no Kerberos.
    #[error(transparent)]
    Kerberos(#[from] KerberosError),
    /// What `--server` names cannot be used.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// No domain controller was found.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// Arguments that do not go together.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// There is no password.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Two things are missing, which are named at once.
    #[error("{servers}; and {credentials}")]
    Several {
        /// Whom to ask.
        servers: Box<SignInError>,
        /// Who to be there.
        credentials: CredentialsError,
    },
}

/// Arguments, or environment variables, that do not go together.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CredentialsError {
    /// Two ways to sign in.
    #[error(
        "--kerberos signs in with the ticket that is there: leave out --user and --password-file (and ADPHOTO_USER and \
         ADPHOTO_PASSWORD_FILE), or --kerberos (and ADPHOTO_KERBEROS); adphoto.toml may set them, too"
    )]
    Two,
    /// `ADPHOTO_KERBEROS=no` and nothing else.
    #[error("nobody to sign in as: give --user NAME, or --kerberos")]
    None,
}

/// Why there is no password.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordError {
    /// Nobody gave one, and nobody can be asked.
    #[error(
        "no password: give it by --password-file FILE (- is standard input) or {PASSWORD_VARIABLE}; there is no terminal to \
         ask on"
    )]
    None,
    /// The variable is there and holds nothing, which may be a script's mistake.
    #[error("no password: {PASSWORD_VARIABLE} is set, and the password is empty; there is no terminal to ask on")]
    Empty,
    /// One is set, and is somebody else's: sent, it would count towards a lockout.
    #[error(
        "no password for {user}: the one that is set belongs to {owner}; give another by --password-file FILE (- is \
         standard input); there is no terminal to ask on"
    )]
    OfAnother {
        /// Who is to sign in.
        user: String,
        /// Whose password is set.
        owner: String,
    },
    /// The variable holds bytes that are no text.
    #[error("the environment variable {PASSWORD_VARIABLE} is not valid Unicode")]
    VariableNotUnicode,
    /// The prompt failed.
    #[error("cannot read the password from the terminal")]
    Prompt(#[source] io::Error),
    /// Standard input failed.
    #[error("cannot read the password from standard input")]
    Stdin(#[source] PasswordFileError),
    /// The file cannot be used.
    #[error("cannot read the password file {}", path.display())]
    File {
        /// As given.
        path: PathBuf,
        /// Why.
        source: PasswordFileError,
    },
}

/// Why what a password file holds cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordFileError {
    /// It could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Others can read it, too.
    #[error("others can read it (mode {mode:04o}): make it yours alone with `chmod 600 {}`", path.display())]
    Shared {
        /// Its permissions.
        mode: u32,
        /// As given.
        path: PathBuf,
    },
    /// Bytes that are no text.
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
