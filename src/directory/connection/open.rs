//! From an address to a protected connection, each step with an error of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, StdStream};
use rustls::{CertificateError, ClientConfig};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::error::{BindError, ConnectError};
use super::kerberos::{self, SealError};
use super::server::{Protection, Server};
use crate::panics::caught_async;

/// Opens and protects a connection. The task that drives it ends with the connection, or with its last handle.
pub(in crate::directory) async fn open(
    server: &Server,
    trust: Arc<ClientConfig>,
    limit: Duration,
) -> Result<(Ldap, JoinHandle<()>), ConnectError> {
    let stream = open_tcp(server, limit).await?;
    let settings = LdapConnSettings::new()
        .set_conn_timeout(limit)
        .set_config(trust)
        // Whoever comes here without Kerberos must not send a password where Kerberos would have sealed.
        .set_starttls(matches!(server.protection, Protection::StartTls | Protection::Sealed))
        .set_std_stream(StdStream::Tcp(stream));
    let (connection, ldap) =
        LdapConnAsync::with_settings(settings, &server.url()).await.map_err(|error| explain(error, server, limit))?;
    // How it ends, each operation's own error tells.
    let driver = tokio::spawn(async { drop(caught_async(connection.drive()).await) });
    Ok((ldap, driver))
}

/// Opens a connection that Kerberos seals and signs in on; returns also who that is.
pub(in crate::directory) async fn open_sealed(
    server: &Server,
    limit: Duration,
    refused: impl Fn(BindError) -> ConnectError,
) -> Result<(Ldap, JoinHandle<()>, String), ConnectError> {
    let stream = open_tcp(server, limit).await?;
    let sealed = kerberos::seal(stream, &server.host, limit).await.map_err(|error| match error {
        SealError::Refused(source) => refused(source),
        SealError::Broken(error) => explain(error, server, limit),
    })?;
    let settings = LdapConnSettings::new().set_std_stream(sealed.plain);
    let (connection, ldap) =
        LdapConnAsync::with_settings(settings, sealed.url).await.map_err(|error| explain(error, server, limit))?;
    let driver = tokio::spawn(async { drop(caught_async(connection.drive()).await) });
    Ok((ldap, driver, sealed.user))
}

async fn open_tcp(server: &Server, limit: Duration) -> Result<std::net::TcpStream, ConnectError> {
    let connecting = async {
        let addresses = addresses_of(server).await?;
        let stream = TcpStream::connect(addresses.as_slice()).await.map_err(|source| explain_tcp(source, server))?;
        // Small requests are not held back to be sent together.
        stream.set_nodelay(true).and_then(|()| stream.into_std()).map_err(|source| explain_tcp(source, server))
    };
    timeout(limit, connecting)
        .await
        .map_err(|_| ConnectError::ConnectTimeout { server: server.clone(), waited: limit })?
}

/// Where the server is: as the DNS server said that was asked, or as the system knows it.
pub(in crate::directory) async fn addresses_of(server: &Server) -> Result<Vec<SocketAddr>, ConnectError> {
    if !server.addresses.is_empty() {
        return Ok(server.addresses.iter().map(|&address| (address, server.port).into()).collect());
    }
    let unresolved = |source| ConnectError::Unresolved { server: server.clone(), source };
    Ok(tokio::net::lookup_host((server.host.as_str(), server.port)).await.map_err(unresolved)?.collect())
}

pub(in crate::directory) fn explain_tcp(source: io::Error, server: &Server) -> ConnectError {
    let server = server.clone();
    match source.kind() {
        io::ErrorKind::ConnectionRefused => ConnectError::Refused { server },
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => ConnectError::NoRoute { server, source },
        _ => ConnectError::Io { server, source },
    }
}

fn explain(error: LdapError, server: &Server, waited: Duration) -> ConnectError {
    let server = server.clone();
    match error {
        LdapError::Timeout { .. } => ConnectError::Silent { server, waited },
        LdapError::LdapResult { result } => ConnectError::NoStartTls { server, code: result.rc, text: result.text },
        LdapError::Rustls { source } => explain_tls(source, server),
        LdapError::Io { source } => match source.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(tls) => explain_tls(tls.clone(), server),
            None => match source.kind() {
                io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => ConnectError::HungUp { server },
                io::ErrorKind::InvalidData => ConnectError::Protocol { server, source: LdapError::Io { source } },
                _ => ConnectError::Io { server, source },
            },
        },
        // The StartTLS answer never came: the connection was closed under it.
        LdapError::ResultRecv { .. } | LdapError::EndOfStream => ConnectError::HungUp { server },
        source => ConnectError::Protocol { server, source },
    }
}

fn explain_tls(error: rustls::Error, server: Server) -> ConnectError {
    let rustls::Error::InvalidCertificate(problem) = &error else { return ConnectError::Tls { server, source: error } };
    match problem {
        CertificateError::UnknownIssuer => ConnectError::UnknownIssuer { server },
        CertificateError::NotValidForName => ConnectError::WrongName { server, names: Vec::new() },
        CertificateError::NotValidForNameContext { presented, .. } => {
            ConnectError::WrongName { server, names: presented.iter().filter_map(|name| dns_name(name)).collect() }
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            ConnectError::WrongTime { server, expired: true }
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            ConnectError::WrongTime { server, expired: false }
        }
        _ => ConnectError::Tls { server, source: error },
    }
}

/// The name in `DnsName("dc1.ad.example.com")`, as rustls presents a certificate's names.
fn dns_name(presented: &str) -> Option<String> {
    Some(presented.strip_prefix("DnsName(\"")?.strip_suffix("\")")?.to_owned())
}
