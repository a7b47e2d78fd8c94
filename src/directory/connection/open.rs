//! Protecting an open connection, with a separate error for each step.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::error::ConnectError;
use super::server::{Protection, Server};
use super::tcp::open_tcp;
use super::tls::{CertificateFault, Handshake};
use super::wire::{Broken, Line, MessageError, read_answer, start_tls_request};

/// A connection that is protected as its URL says, before anybody has signed in.
#[derive(Debug)]
pub(in crate::directory) enum Stream {
    /// A plain TCP connection: unprotected, or about to be sealed by Kerberos.
    Open(TcpStream),
    /// A connection protected by TLS.
    Tls(Box<TlsStream<TcpStream>>),
}

#[cfg(feature = "kerberos")]
impl Stream {
    /// Returns the channel binding of the TLS connection, which ties a Kerberos sign-in to this connection so that
    /// nobody in between can use it on another. `None` without TLS, or if the certificate's algorithm defines no
    /// binding.
    pub(super) fn end_point(&self) -> Option<Vec<u8>> {
        match self {
            Self::Open(_) => None,
            Self::Tls(tls) => super::tls::end_point(tls.get_ref().1.peer_certificates()?.first()?),
        }
    }
}

/// Opens a connection and protects it.
pub(in crate::directory) async fn open(
    server: &Server,
    protection: Protection,
    handshake: &Handshake,
    limit: Duration,
) -> Result<Stream, ConnectError> {
    let mut tcp = open_tcp(server, limit).await?;
    let protecting = async {
        match protection {
            Protection::None | Protection::Sealed => return Ok(Stream::Open(tcp)),
            Protection::StartTls => start_tls(&mut tcp, server, handshake).await?,
            Protection::Tls => {}
        }
        let Ok(name) = ServerName::try_from(server.host.clone()) else {
            let fault = CertificateFault::ImpossibleName(server.host.clone());
            return Err(ConnectError::Certificate { server: server.clone(), fault });
        };
        let connected = TlsConnector::from(handshake.config.clone()).connect(name, tcp).await;
        connected.map(|tls| Stream::Tls(Box::new(tls))).map_err(|error| explain(error, server, handshake))
    };
    match timeout(limit, protecting).await {
        Ok(protected) => protected,
        Err(_) => Err(ConnectError::Silent { server: server.clone(), waited: limit }),
    }
}

async fn start_tls(tcp: &mut TcpStream, server: &Server, handshake: &Handshake) -> Result<(), ConnectError> {
    const ID: u8 = 1;
    tcp.write_all(&start_tls_request(ID)).await.map_err(|error| explain(error, server, handshake))?;
    let answer = read_answer(tcp, ID).await.map_err(|error| explain(error, server, handshake))?;
    match answer.code {
        0 => Ok(()),
        code => Err(ConnectError::NoStartTls { server: server.clone(), code, text: answer.text }),
    }
}

/// Turns an I/O error on an open connection into an error that names its cause.
pub(super) fn explain(error: io::Error, server: &Server, handshake: &Handshake) -> ConnectError {
    let server = server.clone();
    if let Some(&fault) = error.get_ref().and_then(|inner| inner.downcast_ref::<MessageError>()) {
        return ConnectError::NotLdap { server, fault };
    }
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return explain_tls(tls, server, handshake);
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => ConnectError::HungUp { server },
        _ => ConnectError::Io { server, source: error },
    }
}

/// Returns why an answer never came, if the line knows.
pub(super) fn explain_end(line: &Line, server: &Server, handshake: &Handshake) -> Option<ConnectError> {
    let server = server.clone();
    match line.ended()? {
        Broken::Message(fault) => Some(ConnectError::NotLdap { server, fault: *fault }),
        // In TLS 1.3, a server that wants a client certificate says so only after the handshake.
        Broken::Io(error) => {
            let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>())?;
            Some(explain_tls(tls, server, handshake))
        }
    }
}

fn explain_tls(error: &rustls::Error, server: Server, handshake: &Handshake) -> ConnectError {
    match error {
        rustls::Error::InvalidCertificate(problem) => {
            // Our verifier has put its own diagnosis into the error.
            let fault = match problem {
                rustls::CertificateError::Other(fault) => fault.0.downcast_ref::<CertificateFault>().cloned(),
                _ => None,
            };
            ConnectError::Certificate { server, fault: fault.unwrap_or(CertificateFault::Damaged) }
        }
        rustls::Error::NoCertificatesPresented => {
            ConnectError::Certificate { server, fault: CertificateFault::Missing }
        }
        error => {
            let fault = handshake.explain(error, &server.host);
            ConnectError::Tls { server, fault }
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Open(stream) => Pin::new(stream).poll_read(context, into),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, into),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Open(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Open(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Open(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
