//! Opening a TCP connection to a host.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::error::ConnectError;
use super::server::Server;

/// Opens a connection to the first of the server's addresses that accepts one.
pub(super) async fn open_tcp(server: &Server, limit: Duration) -> Result<TcpStream, ConnectError> {
    let connecting = async {
        let addresses = addresses_of(server).await?;
        let stream = TcpStream::connect(addresses.as_slice()).await.map_err(|source| explain_tcp(source, server))?;
        // Nagle's algorithm would hold back small requests until earlier ones are acknowledged.
        stream.set_nodelay(true).map_err(|source| explain_tcp(source, server))?;
        Ok(stream)
    };
    timeout(limit, connecting)
        .await
        .map_err(|_| ConnectError::ConnectTimeout { server: server.clone(), waited: limit })?
}

/// Returns the server's addresses: those that the chosen DNS server gave, or else those that the system finds.
pub(in crate::directory) async fn addresses_of(server: &Server) -> Result<Vec<SocketAddr>, ConnectError> {
    if !server.addresses.is_empty() {
        return Ok(server.addresses.iter().map(|&address| (address, server.port).into()).collect());
    }
    let unresolved = |source| ConnectError::Unresolved { server: server.clone(), source };
    Ok(tokio::net::lookup_host((server.host.as_str(), server.port)).await.map_err(unresolved)?.collect())
}

/// Turns a failed connection attempt into an error with advice.
pub(in crate::directory) fn explain_tcp(source: io::Error, server: &Server) -> ConnectError {
    let server = server.clone();
    match source.kind() {
        io::ErrorKind::ConnectionRefused => ConnectError::Refused { server },
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => ConnectError::NoRoute { server, source },
        _ => ConnectError::Io { server, source },
    }
}
