//! Kerberos: the ticket (on Windows the logon) that is there signs in, over TLS or sealed by itself on `ldap://`.
//!
//! `ldap3`, which could do it too, loses messages where it seals (one frame with several messages, one message in two
//! frames). So the bind and the sealing are done here, before `ldap3` gets the plain end of the line.

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

/// Whether this build has Kerberos.
///
/// # Errors
/// When it has not, with what to do about it.
pub fn available() -> Result<(), KerberosError> {
    if cfg!(feature = "kerberos") { Ok(()) } else { Err(KerberosError::NotBuilt) }
}
