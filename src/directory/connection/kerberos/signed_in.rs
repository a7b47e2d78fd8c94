//! What comes of signing in with Kerberos.

use std::io;

#[cfg(feature = "kerberos")]
pub(in crate::directory::connection) use super::seal::Sealing;
use crate::directory::connection::error::BindError;

/// There is none in a build without Kerberos.
#[cfg(not(feature = "kerberos"))]
pub(in crate::directory::connection) enum Sealing {}

/// Who is signed in, and how the connection is sealed from then on, if Kerberos is to do that.
pub(in crate::directory::connection) struct SignedIn {
    pub(in crate::directory::connection) user: String,
    pub(in crate::directory::connection) sealing: Option<Sealing>,
}

/// Why nobody is.
#[derive(Debug)]
#[cfg_attr(not(feature = "kerberos"), expect(dead_code, reason = "nothing is sent"))]
pub(in crate::directory::connection) enum NotSignedIn {
    /// Someone refused: the ticket's keeper, the KDC or the domain controller.
    Refused(BindError),
    /// No answer in time.
    Silent,
    /// The connection broke, or what speaks there is no LDAP server.
    Broken(io::Error),
}

impl<E: Into<BindError>> From<E> for NotSignedIn {
    fn from(refusal: E) -> Self {
        Self::Refused(refusal.into())
    }
}
