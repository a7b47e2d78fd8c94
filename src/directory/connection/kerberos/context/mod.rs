//! The operating system's Kerberos: the only user of libgssapi (Unix) and cross-krb5 (Windows).

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::directory::connection::error::KerberosError;
pub(super) use system::{Context, Ticket};

/// What protects the connection that a ticket signs in on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layer {
    /// TLS, and what binds the ticket to it, where its certificate tells.
    Tls {
        /// RFC 5929.
        binding: Option<Vec<u8>>,
    },
    /// Kerberos itself.
    Sealed,
}

impl Layer {
    /// What it means that the server asks for stronger authentication (8).
    pub(super) fn refusal(&self) -> KerberosError {
        match self {
            Self::Tls { .. } => KerberosError::TlsRefused,
            Self::Sealed => KerberosError::TlsRequired,
        }
    }
}

/// A ticket for the LDAP service on that host, from the cache or from the KDC.
///
/// Kerberos libraries wait for KDCs as long as they like: a thread of its own is left behind then, which neither holds
/// up the runtime nor its end.
pub(super) async fn ticket(host: &str, layer: &Layer, limit: Duration) -> Result<Ticket, KerberosError> {
    let (sender, receiver) = oneshot::channel();
    let (host, layer) = (host.to_owned(), layer.clone());
    let asking = std::thread::Builder::new().name("kerberos".to_owned()).spawn(move || {
        // Nobody waits any more after the timeout.
        let _ = sender.send(Ticket::obtain(&host, &layer));
    });
    asking.map_err(|error| KerberosError::Other(error.to_string()))?;
    match timeout(limit, receiver).await {
        Ok(Ok(ticket)) => ticket,
        Ok(Err(_)) => Err(KerberosError::Other("its library ended".to_owned())),
        Err(_) => Err(KerberosError::KdcUnreachable),
    }
}
