//! What comes of asking for a sealed connection.

use ldap3::{LdapError, StdStream};

use crate::directory::connection::error::BindError;

/// A connection that is bound and sealed, as `ldap3` takes it.
pub(in crate::directory::connection) struct Sealed {
    /// What is written here is sealed and sent.
    pub(in crate::directory::connection) plain: StdStream,
    /// The URL that `ldap3` wants for a stream of that kind.
    pub(in crate::directory::connection) url: &'static str,
    /// Who is signed in.
    pub(in crate::directory::connection) user: String,
}

/// Why there is no sealed connection.
#[derive(Debug)]
pub(in crate::directory::connection) enum SealError {
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
