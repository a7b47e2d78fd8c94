//! A connection that is opened only to look at the server's certificate.

use std::path::Path;
use std::time::Duration;

use crate::directory::connection::{Certificate, ConnectError, Server, Trust, open};
use crate::panics::caught_async;

/// Opens a protected connection and closes it again. The certificate is returned even if it is not trusted; `None` if
/// the server sent none, or a malformed one.
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
    // A library parses the certificate, which comes from outside: a panic must not end the program.
    let opened = match caught_async(open(server, server.protection, &handshake, limit)).await {
        Ok(opened) => opened.map(drop),
        Err(_) => Err(ConnectError::Malformed { server: server.clone() }),
    };
    (handshake.certificate(), opened)
}
