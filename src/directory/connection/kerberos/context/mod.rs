//! The operating system's Kerberos library: the only user of libgssapi (Unix) and cross-krb5 (Windows).

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::directory::connection::error::KerberosError;
pub(super) use system::{Context, Ticket};

/// What protects the connection on which a ticket signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layer {
    Tls {
        /// The channel binding (RFC 5929), if the server's certificate allows one.
        binding: Option<Vec<u8>>,
    },
    /// Kerberos' own encryption.
    Sealed,
}

impl Layer {
    /// Returns the error for a server that asks for stronger authentication (result 8).
    pub(super) fn refusal(&self) -> KerberosError {
        match self {
            Self::Tls { .. } => KerberosError::TlsRefused,
            Self::Sealed => KerberosError::TlsRequired,
        }
    }
}

/// Gets a ticket for the LDAP service on `host`, from the cache or from the KDC.
///
/// Kerberos libraries block, and wait for unreachable KDCs as long as they like. So the library runs on a thread of its
/// own. After `limit` that thread is left behind, where it delays neither the async runtime nor the end of the program.
pub(super) async fn ticket(host: &str, layer: &Layer, limit: Duration) -> Result<Ticket, KerberosError> {
    let (sender, receiver) = oneshot::channel();
    let (host, layer) = (host.to_owned(), layer.clone());
    let asking = std::thread::Builder::new().name("kerberos".to_owned()).spawn(move || {
        // This fails after the timeout, when nobody waits any more.
        let _ = sender.send(Ticket::obtain(&host, &layer));
    });
    asking.map_err(|error| KerberosError::Other(error.to_string()))?;
    match timeout(limit, receiver).await {
        Ok(Ok(ticket)) => ticket,
        Ok(Err(_)) => Err(KerberosError::Other("the Kerberos library panicked".to_owned())),
        Err(_) => Err(KerberosError::KdcUnreachable),
    }
}
