//! Kerberos: the ticket (on Windows the logon) that is there signs in, over TLS or sealed by itself on `ldap://`.
//!
//! Over TLS, `ldap3` binds, with channel binding. On a connection without TLS its sealing loses messages (one frame
//! with several messages, one message in two frames), so there the bind and the sealing are done here, and `ldap3`
//! gets the plain end of a local stream.

#[cfg(not(feature = "kerberos"))]
mod absent;
#[cfg(feature = "kerberos")]
mod bind;
#[cfg(feature = "kerberos")]
mod context;
mod error;
#[cfg(feature = "kerberos")]
mod message;
#[cfg(feature = "kerberos")]
mod pair;
#[cfg(feature = "kerberos")]
mod seal;

use ldap3::{LdapError, StdStream};

#[cfg(not(feature = "kerberos"))]
pub(super) use absent::{bind, seal};
#[cfg(feature = "kerberos")]
pub(super) use bind::{bind, seal};
pub use error::KerberosError;

use super::BindError;

/// Whether this build has Kerberos.
///
/// # Errors
/// When it has not, with what to do about it.
pub fn available() -> Result<(), KerberosError> {
    if cfg!(feature = "kerberos") { Ok(()) } else { Err(KerberosError::NotBuilt) }
}

/// A connection that is bound and sealed, as `ldap3` takes it.
pub(super) struct Sealed {
    /// What is written here is sealed and sent.
    pub(super) plain: StdStream,
    /// The URL that `ldap3` wants for a stream of that kind.
    pub(super) url: &'static str,
    /// Who is signed in.
    pub(super) user: String,
}

/// Why there is no sealed connection.
#[derive(Debug)]
pub(super) enum SealError {
    /// Someone refused: the ticket's keeper, the KDC or the domain controller.
    Refused(BindError),
    /// The connection broke, or what speaks there is no LDAP server.
    #[cfg_attr(not(feature = "kerberos"), expect(dead_code, reason = "nothing is sent"))]
    Broken(LdapError),
}

impl<E: Into<BindError>> From<E> for SealError {
    fn from(refusal: E) -> Self {
        Self::Refused(refusal.into())
    }
}
