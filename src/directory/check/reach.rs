//! Whether a server has an address, and whether something listens there.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::directory::connection::{ConnectError, Server, addresses_of, explain_tcp};

/// Addresses that are looked at; a domain's own name has one for each of its domain controllers.
const ADDRESSES: usize = 16;

/// The addresses that the server's name has, at most 16.
///
/// # Errors
/// When it has none, or the resolver does not answer in time.
pub async fn resolve(server: &Server, limit: Duration) -> Result<Vec<SocketAddr>, ConnectError> {
    let unresolved = |source| ConnectError::Unresolved { server: server.clone(), source };
    let found = match timeout(limit, addresses_of(server)).await {
        Ok(found) => found?,
        Err(_) => return Err(unresolved(std::io::ErrorKind::TimedOut.into())),
    };
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for address in found {
        if !addresses.contains(&address) && addresses.len() < ADDRESSES {
            addresses.push(address);
        }
    }
    if addresses.is_empty() { Err(unresolved(std::io::ErrorKind::NotFound.into())) } else { Ok(addresses) }
}

/// Which of the addresses take connections; all are tried at once.
pub async fn knock(
    server: &Server,
    addresses: &[SocketAddr],
    limit: Duration,
) -> Vec<(SocketAddr, Result<(), ConnectError>)> {
    let knocking = addresses.iter().map(async |&address| {
        let opened = match timeout(limit, TcpStream::connect(address)).await {
            Ok(opened) => opened.map(drop).map_err(|source| explain_tcp(source, server)),
            Err(_) => Err(ConnectError::ConnectTimeout { server: server.clone(), waited: limit }),
        };
        (address, opened)
    });
    join_all(knocking).await
}
