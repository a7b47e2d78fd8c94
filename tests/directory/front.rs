//! Adds TLS in front of a clear-text server such as the practice directory, from the start or after StartTLS.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The point at which TLS begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begins {
    AtOnce,
    ByStartTls,
}

/// The successful answer to StartTLS, which must be the first request on a connection.
const GO_ON: &[u8] = b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00";

/// Listens on `address` with this certificate, and passes on everything to `target`; returns the port.
pub(crate) fn serve(address: &str, target: &str, (certificate, key): (&Path, &Path), begins: Begins) -> u16 {
    let certificates = CertificateDer::pem_file_iter(certificate).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = std::net::TcpListener::bind(address).unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let target = target.trim_start_matches("ldap://").to_owned();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((client, _)) = listener.accept().await {
                // A client may hang up at any time, which is no error of the test.
                tokio::spawn(pass_on(client, acceptor.clone(), target.clone(), begins));
            }
        });
    });
    port
}

async fn pass_on(mut client: TcpStream, acceptor: TlsAcceptor, target: String, begins: Begins) -> std::io::Result<()> {
    if begins == Begins::ByStartTls {
        let mut request = [0; 1024];
        let length = client.read(&mut request).await?;
        assert!(request[..length].ends_with(b"1.3.6.1.4.1.1466.20037"), "StartTLS comes first");
        client.write_all(GO_ON).await?;
    }
    let mut client = acceptor.accept(client).await?;
    let mut server = TcpStream::connect(target).await?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}
