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
#[cfg(feature = "kerberos")]
mod message;
#[cfg(feature = "kerberos")]
mod pair;
#[cfg(feature = "kerberos")]
mod seal;
mod sealed;

#[cfg(not(feature = "kerberos"))]
pub(super) use absent::{bind, seal};
#[cfg(feature = "kerberos")]
pub(super) use bind::{bind, seal};
pub(super) use sealed::SealError;

use super::error::KerberosError;

/// Whether this build has Kerberos.
///
/// # Errors
/// When it has not, with what to do about it.
pub fn available() -> Result<(), KerberosError> {
    if cfg!(feature = "kerberos") { Ok(()) } else { Err(KerberosError::NotBuilt) }
}
