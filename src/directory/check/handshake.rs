//! A connection that is made for its certificate, which is noted whether it is trusted or not.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

use super::certificate::Certificate;
use crate::directory::connection::{ConnectError, Server, TrustError, open, roots};

/// Opens a protected connection and closes it again. The certificate is also told where it is not believed; `None` where
/// it never came, or cannot be read.
pub async fn handshake(
    server: &Server,
    ca_file: Option<&Path>,
    limit: Duration,
) -> (Option<Certificate>, Result<(), ConnectError>) {
    let noting = match Noting::new(ca_file) {
        Ok(noting) => Arc::new(noting),
        Err(error) => return (None, Err(ConnectError::Trust(error))),
    };
    let opened = match config(noting.clone()) {
        Ok(config) => open(server, config, limit).await.map(drop),
        Err(error) => Err(ConnectError::Trust(error)),
    };
    let certificate = noting.seen.get().and_then(|der| Certificate::read(der, SystemTime::now()));
    (certificate, opened)
}

fn config(noting: Arc<Noting>) -> Result<Arc<ClientConfig>, TrustError> {
    let config = ClientConfig::builder_with_provider(noting.provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(TrustError::Setup)?
        .dangerous()
        .with_custom_certificate_verifier(noting)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Believes what every other connection believes, and notes what it was shown.
#[derive(Debug)]
struct Noting {
    provider: Arc<CryptoProvider>,
    /// `None` where nobody is trusted at all.
    verifier: Option<Arc<WebPkiServerVerifier>>,
    seen: OnceLock<CertificateDer<'static>>,
}

impl Noting {
    fn new(ca_file: Option<&Path>) -> Result<Self, TrustError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = Arc::new(roots(ca_file)?);
        let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider.clone()).build().ok();
        Ok(Self { provider, verifier, seen: OnceLock::new() })
    }
}

impl ServerCertVerifier for Noting {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.seen.get_or_init(|| end_entity.clone().into_owned());
        match &self.verifier {
            Some(verifier) => verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now),
            None => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
