//! The certificate authorities to trust: the system's, and those of `--ca-file`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rustls::{ClientConfig, RootCertStore};

use super::ca_file::{self, CaFileError};
use super::certificate::Certificate;
use super::handshake::HandshakeFault;
use super::verifier::{Authorities, Verifier};
use crate::failure::Advice;

/// The reason why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The CA file cannot be used.
    #[error("cannot read the CA file {}: {source}", path.display())]
    CaFile { path: PathBuf, source: CaFileError },
    /// The TLS library refused the settings.
    #[error("TLS cannot be set up")]
    Setup(#[source] rustls::Error),
}

impl Advice for TrustError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::CaFile { source, .. } => source.advice(),
            Self::Setup(_) => None,
        }
    }
}

/// The TLS settings: versions 1.2 and 1.3, and certificates always verified.
#[derive(Debug, Clone)]
pub(in crate::directory) struct Trust {
    config: ClientConfig,
    authorities: Arc<Authorities>,
}

/// The settings of one handshake, which also keep the certificate that the server sends in it.
#[derive(Debug)]
pub(in crate::directory) struct Handshake {
    pub(in crate::directory::connection) config: Arc<ClientConfig>,
    verifier: Arc<Verifier>,
}

impl Trust {
    /// Trusts the system's authorities and those in `ca_file`.
    pub(in crate::directory) fn new(ca_file: Option<&Path>) -> Result<Self, TrustError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let authorities = Arc::new(Authorities::new(roots(ca_file)?, provider.clone()));
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TrustError::Setup)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier::new(authorities.clone())))
            .with_no_client_auth();
        Ok(Self { config, authorities })
    }

    /// Returns the settings for connections of other libraries. Their errors are not explained by a [`Handshake`].
    pub(in crate::directory) fn into_config(self) -> ClientConfig {
        self.config
    }

    /// Prepares one handshake, with a verifier of its own to keep the certificate.
    pub(in crate::directory) fn handshake(&self) -> Handshake {
        let verifier = Arc::new(Verifier::new(self.authorities.clone()));
        let mut config = self.config.clone();
        config.dangerous().set_certificate_verifier(verifier.clone());
        Handshake { config: Arc::new(config), verifier }
    }
}

impl Handshake {
    /// Returns the certificate that the server sent, trusted or not; `None` if it sent none, or a malformed one.
    pub(in crate::directory) fn certificate(&self) -> Option<Certificate> {
        self.verifier.seen.get().and_then(|der| Certificate::read(der, SystemTime::now()))
    }

    /// Translates a rustls error that is not about the server's certificate.
    pub(in crate::directory::connection) fn explain(&self, error: &rustls::Error, host: &str) -> HandshakeFault {
        match HandshakeFault::of(error, host) {
            // A server that has sent its certificate has agreed on a cipher before. Its `handshake_failure` alert then
            // means that it wants a certificate of ours.
            HandshakeFault::NothingInCommon if self.verifier.seen.get().is_some() => HandshakeFault::WantsCertificate,
            fault => fault,
        }
    }
}

fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, TrustError> {
    let mut roots = RootCertStore::empty();
    // The system may have certificates that rustls cannot parse; the others still count.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        let failed = |source| TrustError::CaFile { path: path.to_path_buf(), source };
        let certificates = ca_file::read(path).map_err(failed)?;
        if roots.add_parsable_certificates(certificates).0 == 0 {
            return Err(failed(CaFileError::NoCertificate));
        }
    }
    Ok(roots)
}
