//! Two ends of a local stream, one for `ldap3`, one for whatever protects the line.

use std::io;

use ldap3::StdStream;

#[cfg(windows)]
pub(in crate::directory::connection) type Plain = tokio::net::TcpStream;
#[cfg(unix)]
pub(in crate::directory::connection) type Plain = tokio::net::UnixStream;

/// The URL that `ldap3` wants with its end.
pub(in crate::directory::connection) const URL: &str = if cfg!(unix) { "ldapi:///" } else { "ldap://localhost" };

#[cfg(unix)]
pub(in crate::directory::connection) async fn pair() -> io::Result<(StdStream, Plain)> {
    let (theirs, ours) = Plain::pair()?;
    Ok((StdStream::Unix(theirs.into_std()?), ours))
}

/// Windows has no such pair, and any local user can connect to a listener: only our own socket is taken in.
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
