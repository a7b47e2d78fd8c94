//! Kerberos: signing in with the ticket in the cache (on Windows, of the logon), over TLS or with a connection that
//! Kerberos itself seals (`ldap://`).
//!
//! `ldap3` could do this, too, but it loses messages on sealed connections: where one frame holds several messages, or
//! one message spans two frames. So the bind and the sealing are done here, and `ldap3` gets the decrypted end of the
//! line.

#[cfg(not(feature = "kerberos"))]
mod absent;
#[cfg(feature = "kerberos")]
mod bind;
#[cfg(feature = "kerberos")]
mod context;
#[cfg(feature = "kerberos")]
mod seal;
mod signed_in;

#[cfg(not(feature = "kerberos"))]
pub(super) use absent::{seal, sign_in};
#[cfg(feature = "kerberos")]
pub(super) use bind::sign_in;
#[cfg(feature = "kerberos")]
pub(super) use seal::seal;
pub(super) use signed_in::{NotSignedIn, Sealing};

use super::error::KerberosError;

/// Checks that this build has Kerberos.
///
/// # Errors
/// When this build has no Kerberos. The error says what to do.
pub fn available() -> Result<(), KerberosError> {
    if cfg!(feature = "kerberos") { Ok(()) } else { Err(KerberosError::NotBuilt) }
}
