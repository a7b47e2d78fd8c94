//! Checking a server's certificate.

use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme};

use super::diagnosis::{self, Chain};
use super::fault::CertificateFault;

/// The trusted authorities.
#[derive(Debug)]
pub(super) struct Authorities {
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
    /// `None` if no authority is trusted at all, for which rustls builds no verifier.
    verifier: Option<Arc<WebPkiServerVerifier>>,
}

impl Authorities {
    pub(super) fn new(roots: RootCertStore, provider: Arc<CryptoProvider>) -> Self {
        let roots = Arc::new(roots);
        let verifier = WebPkiServerVerifier::builder_with_provider(roots.clone(), provider.clone()).build().ok();
        Self { provider, roots, verifier }
    }
}

/// Accepts exactly what rustls accepts. For anything else, it replaces the error with our own diagnosis, and it keeps
/// the server's certificate for `adphoto check`.
#[derive(Debug)]
pub(super) struct Verifier {
    authorities: Arc<Authorities>,
    pub(super) seen: OnceLock<CertificateDer<'static>>,
}

impl Verifier {
    pub(super) fn new(authorities: Arc<Authorities>) -> Self {
        Self { authorities, seen: OnceLock::new() }
    }

    fn algorithms(&self) -> &WebPkiSupportedAlgorithms {
        &self.authorities.provider.signature_verification_algorithms
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.seen.get_or_init(|| end_entity.clone().into_owned());
        let verified = match &self.authorities.verifier {
            Some(verifier) => verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now),
            None => Err(CertificateError::UnknownIssuer.into()),
        };
        let chain = Chain { end_entity, intermediates, roots: &self.authorities.roots };
        verified.map_err(|error| explained(error, |error| diagnosis::of_chain(error, &chain, server_name)))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, self.algorithms())
            .map_err(|error| explained(error, |_| diagnosis::of_signature(certificate)))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, self.algorithms())
            .map_err(|error| explained(error, |_| diagnosis::of_signature(certificate)))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms().supported_schemes()
    }
}

/// Puts our diagnosis into a rustls error, where `explain` in `connection/open.rs` finds it again.
fn explained(error: Error, explain: impl FnOnce(&CertificateError) -> CertificateFault) -> Error {
    match &error {
        Error::InvalidCertificate(problem) => CertificateError::Other(OtherError(Arc::new(explain(problem)))).into(),
        _ => error,
    }
}
