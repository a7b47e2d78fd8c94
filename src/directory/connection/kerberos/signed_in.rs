//! The result of signing in with Kerberos.

use std::io;

#[cfg(feature = "kerberos")]
pub(in crate::directory::connection) use super::seal::Sealing;
use crate::directory::connection::error::BindError;

/// A build without Kerberos cannot seal.
#[cfg(not(feature = "kerberos"))]
pub(in crate::directory::connection) enum Sealing {}

/// The user who is signed in, and how Kerberos seals the connection from now on; `None` if TLS protects it.
pub(in crate::directory::connection) struct SignedIn {
    pub(in crate::directory::connection) user: String,
    pub(in crate::directory::connection) sealing: Option<Sealing>,
}

/// The reason why nobody is signed in.
#[derive(Debug)]
#[cfg_attr(not(feature = "kerberos"), expect(dead_code, reason = "nothing is sent"))]
pub(in crate::directory::connection) enum NotSignedIn {
    /// The ticket cache, the KDC or the domain controller refused.
    Refused(BindError),
    /// The domain controller did not answer in time.
    Silent,
    /// The connection broke, or the server does not speak LDAP.
    Broken(io::Error),
}

impl<E: Into<BindError>> From<E> for NotSignedIn {
    fn from(refusal: E) -> Self {
        Self::Refused(refusal.into())
    }
}
