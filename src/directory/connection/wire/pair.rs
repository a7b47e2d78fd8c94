//! A pair of connected local sockets: one for `ldap3`, one for the relay.

use std::io;

use ldap3::StdStream;

/// The relay's end.
#[cfg(windows)]
pub(in crate::directory::connection) type Plain = tokio::net::TcpStream;
/// The relay's end.
#[cfg(unix)]
pub(in crate::directory::connection) type Plain = tokio::net::UnixStream;

/// The URL that `ldap3` needs along with its end; nothing connects to it.
pub(in crate::directory::connection) const URL: &str = if cfg!(unix) { "ldapi:///" } else { "ldap://localhost" };

/// Returns `ldap3`'s end and the relay's.
#[cfg(unix)]
pub(in crate::directory::connection) async fn pair() -> io::Result<(StdStream, Plain)> {
    let (theirs, ours) = Plain::pair()?;
    Ok((StdStream::Unix(theirs.into_std()?), ours))
}

/// Returns `ldap3`'s end and the relay's. Windows has no socket pair, so one socket connects to a listener on loopback.
/// Any local user could connect to that listener first; a connection from another port than ours is dropped.
#[cfg(windows)]
pub(in crate::directory::connection) async fn pair() -> io::Result<(StdStream, Plain)> {
    let listener = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
    let theirs = Plain::connect(listener.local_addr()?).await?;
    let address = theirs.local_addr()?;
    let ours = loop {
        let (stream, peer) = listener.accept().await?;
        if peer == address {
            break stream;
        }
    };
    theirs.set_nodelay(true)?;
    ours.set_nodelay(true)?;
    Ok((StdStream::Tcp(theirs.into_std()?), ours))
}
