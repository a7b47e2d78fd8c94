//! Whether a server's name has addresses, and whether something listens there.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::directory::connection::{ConnectError, Server, addresses_of, explain_tcp};

/// The maximum number of addresses that are tried. The DNS name of a domain has one for each of its domain controllers.
const MAX_ADDRESSES: usize = 16;

/// Returns the addresses of the server's name, at most 16.
///
/// # Errors
/// When there is none, or the resolver does not answer in time.
pub async fn resolve(server: &Server, limit: Duration) -> Result<Vec<SocketAddr>, ConnectError> {
    let unresolved = |source| ConnectError::Unresolved { server: server.clone(), source };
    let found = match timeout(limit, addresses_of(server)).await {
        Ok(found) => found?,
        Err(_) => return Err(unresolved(std::io::ErrorKind::TimedOut.into())),
    };
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for address in found {
        if !addresses.contains(&address) && addresses.len() < MAX_ADDRESSES {
            addresses.push(address);
        }
    }
    if addresses.is_empty() { Err(unresolved(std::io::ErrorKind::NotFound.into())) } else { Ok(addresses) }
}

/// Connects to all addresses at the same time, and returns the result of each.
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
