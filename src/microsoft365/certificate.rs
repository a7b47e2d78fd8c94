//! The app's certificate with its private key, from a PEM file.

use std::borrow::Cow;
use std::sync::Arc;

use data_encoding::{BASE64, BASE64URL_NOPAD};
use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{KeyPair, RSA_PSS_SHA256, RsaKeyPair};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use crate::failure::Advice;

/// A certificate and its RSA key. `Debug` shows neither.
#[derive(Clone)]
pub struct Certificate {
    key: Arc<RsaKeyPair>,
    /// The SHA-256 of the certificate, in base64url: `x5t#S256` of RFC 7515.
    thumbprint: String,
}

/// The reason why a file cannot be used as the app's certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    #[error("it is not PEM")]
    NotPem,
    /// The file begins as PKCS#12 does.
    #[error("it is not PEM but PKCS#12 (.pfx)")]
    Pfx,
    #[error("its private key is protected by a password")]
    Encrypted,
    #[error("it has no private key")]
    NoKey,
    #[error("it has no certificate")]
    NoCertificate,
    /// The private key cannot be used, for the reason given.
    #[error("its private key is not an RSA key of 2048 to 4096 bits ({0})")]
    Key(String),
    #[error("its certificate is damaged")]
    Damaged,
    /// None of the certificates is that of the key.
    #[error("its certificate is not that of its private key")]
    NotOfKey,
    /// The certificate is not valid now; the text says since or until when.
    #[error("its certificate {0}")]
    NotValid(String),
}

impl Advice for CertificateError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some(
            match self {
                Self::Pfx => "openssl pkcs12 -in app.pfx -out app.pem -nodes makes a PEM of it; then chmod 600 app.pem",
                Self::Encrypted => "openssl pkey -in app.pem writes the key without the password; keep the file yours alone",
                Self::NotValid(_) => "make a new certificate, and upload it to the app registration",
                Self::Key(_) => "openssl req -x509 -newkey rsa:2048 -nodes -keyout app.pem -out app.crt makes a key and a certificate",
                _ => "--certificate takes one PEM file with the certificate and its private key",
            }
            .into(),
        )
    }
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificate").finish_non_exhaustive()
    }
}

impl Certificate {
    /// Reads a PEM file, given its content.
    ///
    /// # Errors
    /// When it has no RSA key, no certificate of that key, or one that is not valid now.
    pub fn read(content: &[u8]) -> Result<Self, CertificateError> {
        if content.starts_with(&[0x30, 0x82]) {
            return Err(CertificateError::Pfx);
        }
        let text = std::str::from_utf8(content).map_err(|_| CertificateError::NotPem)?;
        if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
            return Err(CertificateError::Encrypted);
        }
        let blocks = blocks(text);
        if blocks.is_empty() {
            return Err(CertificateError::NotPem);
        }
        let key = key(&blocks)?;
        let mut certificates =
            blocks.iter().filter(|(label, _)| *label == "CERTIFICATE").map(|(_, der)| der).peekable();
        if certificates.peek().is_none() {
            return Err(CertificateError::NoCertificate);
        }
        let der = certificates.find(|der| is_of(der, &key)).ok_or(CertificateError::NotOfKey)?;
        let (_, certificate) = X509Certificate::from_der(der).map_err(|_| CertificateError::Damaged)?;
        let validity = certificate.validity();
        if !validity.is_valid() {
            let day = |time: x509_parser::time::ASN1Time| time.to_datetime().date().to_string();
            return Err(CertificateError::NotValid(match validity.time_to_expiration() {
                None if validity.not_after < x509_parser::time::ASN1Time::now() => {
                    format!("expired on {}", day(validity.not_after))
                }
                _ => format!("is not valid before {}", day(validity.not_before)),
            }));
        }
        let thumbprint = BASE64URL_NOPAD.encode(digest::digest(&digest::SHA256, der).as_ref());
        Ok(Self { key: Arc::new(key), thumbprint })
    }

    /// Returns the certificate's thumbprint, as assertions name it.
    pub(super) fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// Signs a message with RSASSA-PSS and SHA-256; `None` if the system has no random numbers.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PSS_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
        Some(signature)
    }
}

fn key(blocks: &[(&str, Vec<u8>)]) -> Result<RsaKeyPair, CertificateError> {
    let parse = |(label, der): &(&str, Vec<u8>)| match *label {
        "PRIVATE KEY" => Some(RsaKeyPair::from_pkcs8(der).map_err(|why| why.to_string())),
        "RSA PRIVATE KEY" => Some(RsaKeyPair::from_der(der).map_err(|why| why.to_string())),
        label if label.ends_with("PRIVATE KEY") => Some(Err(format!("it is an {label}"))),
        _ => None,
    };
    blocks.iter().find_map(parse).ok_or(CertificateError::NoKey)?.map_err(CertificateError::Key)
}

/// Returns whether a certificate is that of the key.
fn is_of(der: &[u8], key: &RsaKeyPair) -> bool {
    X509Certificate::from_der(der)
        .is_ok_and(|(_, certificate)| *certificate.public_key().subject_public_key.data == *key.public_key().as_ref())
}

/// Returns the parts of a PEM text, each with its label.
fn blocks(text: &str) -> Vec<(&str, Vec<u8>)> {
    let mut found = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some(label) = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----")) else {
            continue;
        };
        let body: String = lines.by_ref().take_while(|line| !line.starts_with("-----END")).collect();
        if let Ok(der) = BASE64.decode(body.as_bytes()) {
            found.push((label, der));
        }
    }
    found
}
