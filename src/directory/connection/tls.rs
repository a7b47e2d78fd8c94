//! Whom to trust: the system's certificate authorities and those of `--ca-file`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::failure::Advice;

/// Why there is nobody to trust.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file could not be read.
    #[error("cannot read the CA file {}", path.display())]
    Unreadable {
        /// As given.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No certificate in it.
    #[error("the CA file {} holds no certificate (PEM or DER)", path.display())]
    NoCertificate {
        /// As given.
        path: PathBuf,
    },
    /// The TLS library refused the settings.
    #[error("TLS cannot be set up")]
    Setup(#[source] rustls::Error),
}

impl Advice for TrustError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some(
            "--ca-file takes the certificate of the authority that signed the domain controller's, as PEM or DER"
                .into(),
        )
    }
}

/// TLS 1.2 and 1.3, certificates always verified.
pub(in crate::directory) fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, TrustError> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TrustError::Setup)?
        .with_root_certificates(roots(ca_file)?)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// The authorities that are trusted.
pub(in crate::directory) fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, TrustError> {
    let mut roots = RootCertStore::empty();
    // One unreadable file among the system's does not spoil the others.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        let certificates = read_certificates(path)?;
        if roots.add_parsable_certificates(certificates).0 == 0 {
            return Err(TrustError::NoCertificate { path: path.to_path_buf() });
        }
    }
    Ok(roots)
}

/// PEM, or DER, which Windows' certificate export writes unless told otherwise.
fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let content = std::fs::read(path).map_err(|source| TrustError::Unreadable { path: path.to_path_buf(), source })?;
    let pem: Vec<_> = CertificateDer::pem_slice_iter(&content).filter_map(Result::ok).collect();
    Ok(if pem.is_empty() { vec![CertificateDer::from(content)] } else { pem })
}
