//! A connection that is made for its certificate, which is told whether it is trusted or not.

use std::path::Path;
use std::time::Duration;

use crate::directory::connection::{Certificate, ConnectError, Server, Trust, open};
use crate::panics::caught_async;

/// Opens a protected connection and closes it again. The certificate is also told where it is not believed; `None` where
/// it never came, or cannot be read.
pub async fn handshake(
    server: &Server,
    ca_file: Option<&Path>,
    limit: Duration,
) -> (Option<Certificate>, Result<(), ConnectError>) {
    let trust = match Trust::new(ca_file) {
        Ok(trust) => trust,
        Err(error) => return (None, Err(ConnectError::Trust(error))),
    };
    let handshake = trust.handshake();
    // Certificates come from outside, and are read by a library.
    let opened = match caught_async(open(server, server.protection, &handshake, limit)).await {
        Ok(opened) => opened.map(drop),
        Err(_) => Err(ConnectError::Malformed { server: server.clone() }),
    };
    (handshake.certificate(), opened)
}
