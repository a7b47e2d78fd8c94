//! Reading the certificates of `--ca-file`, in whatever format they were exported.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use data_encoding::BASE64;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use x509_parser::certificate::X509Certificate;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::CertificateRevocationList;

use crate::directory::connection::wire::{SEQUENCE, next};
use crate::failure::Advice;

/// The size up to which a file is read, in bytes. The list of all public authorities has some 200 kB.
const MAX_FILE_BYTES: u64 = 4 << 20;

// Tags of DER elements.
const INTEGER: u8 = 0x02;
const OBJECT_IDENTIFIER: u8 = 0x06;
/// `[0] EXPLICIT`.
const EXPLICIT: u8 = 0xa0;

/// The reason why a CA file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CaFileError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it is longer than {} MiB", MAX_FILE_BYTES >> 20)]
    TooLong,
    #[error("it is empty")]
    Empty,
    /// The file is of another kind, which its beginning tells.
    #[error("it holds {0}")]
    Other(Kind),
    /// The certificate with this number, counted from 1, cannot be parsed.
    #[error("its certificate {0} is damaged")]
    Damaged(usize),
    /// The file has no known format.
    #[error("it holds no certificate (PEM or DER)")]
    NoCertificate,
}

/// Files that people mistake for a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A private key, encrypted or not.
    PrivateKey,
    /// A certificate signing request (CSR).
    Request,
    /// A certificate revocation list (CRL).
    RevocationList,
    /// A private key with its certificate, `.pfx`.
    Pkcs12,
    /// An HTML page that a browser saved instead of the certificate.
    WebPage,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::PrivateKey => "a private key and no certificate",
            Self::Request => "a request for a certificate, not the certificate",
            Self::RevocationList => "a revocation list, not a certificate",
            Self::Pkcs12 => "a private key with its certificate (PKCS#12, .pfx)",
            Self::WebPage => "a web page",
        })
    }
}

impl Advice for CaFileError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::Other(Kind::PrivateKey | Kind::Pkcs12) => {
                "keep it secret; --ca-file takes the authority's certificate alone: on a domain controller with AD CS, \
                 `certutil -ca.cert ca.cer` writes it"
            }
            Self::Io(_) => "check the path, and that you may read it",
            _ => {
                "--ca-file takes the certificate of the authority that signed the domain controller's certificate, as \
                 PEM, DER or PKCS#7; on a domain controller with AD CS, `certutil -ca.cert ca.cer` writes it"
            }
        }
        .into())
    }
}

/// Reads all certificates of a file.
pub(super) fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, CaFileError> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(CaFileError::TooLong);
    }
    certificates(&bytes)
}

fn certificates(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, CaFileError> {
    if let Some(found) = from_der(bytes) {
        return found;
    }
    // Windows PowerShell writes UTF-16, and Notepad puts a byte order mark before UTF-8. `decode` heeds such marks.
    // Without one, a NUL among the first two bytes means UTF-16, because PEM is ASCII.
    let encoding = match bytes {
        [0, ..] => encoding_rs::UTF_16BE,
        [_, 0, ..] => encoding_rs::UTF_16LE,
        _ => encoding_rs::UTF_8,
    };
    let text: Vec<String> = encoding.decode(bytes).0.lines().map(|line| line.trim().to_owned()).collect();
    match text.iter().all(String::is_empty) {
        true => Err(CaFileError::Empty),
        false => from_text(&text.join("\n")),
    }
}

/// Reads DER, the default format of Windows' export; `None` if the bytes are not DER.
fn from_der(bytes: &[u8]) -> Option<Result<Vec<CertificateDer<'static>>, CaFileError>> {
    let ((SEQUENCE, content), _) = next(bytes)? else { return None };
    if let Some(certificates) = in_pkcs7(content) {
        let certificates: Vec<_> = certificates.into_iter().filter_map(certificate).collect();
        return Some(if certificates.is_empty() { Err(CaFileError::NoCertificate) } else { Ok(certificates) });
    }
    Some(match next(content)?.0 {
        // PKCS#12 begins with the version 3, a private key with the version 0 or 1.
        (INTEGER, [3]) => Err(CaFileError::Other(Kind::Pkcs12)),
        (INTEGER, [_]) => Err(CaFileError::Other(Kind::PrivateKey)),
        _ if X509CertificationRequest::from_der(bytes).is_ok() => Err(CaFileError::Other(Kind::Request)),
        _ if CertificateRevocationList::from_der(bytes).is_ok() => Err(CaFileError::Other(Kind::RevocationList)),
        _ => certificate(bytes).map(|one| vec![one]).ok_or(CaFileError::NoCertificate),
    })
}

/// Reads one certificate and drops any bytes after it.
fn certificate(bytes: &[u8]) -> Option<CertificateDer<'static>> {
    let (rest, _) = X509Certificate::from_der(bytes).ok()?;
    Some(CertificateDer::from(bytes[..bytes.len() - rest.len()].to_vec()))
}

/// Returns the certificates of a PKCS#7 file (RFC 5652 3 and 5.1): `ContentInfo { signedData, [0] SignedData { …,
/// certificates [0], … } }`.
fn in_pkcs7(content: &[u8]) -> Option<Vec<&[u8]>> {
    const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    let ((OBJECT_IDENTIFIER, SIGNED_DATA), rest) = next(content)? else { return None };
    let ((EXPLICIT, explicit), _) = next(rest)? else { return None };
    let ((SEQUENCE, mut data), _) = next(explicit)? else { return None };
    let found = std::iter::from_fn(|| {
        let (element, rest) = next(data)?;
        data = rest;
        Some(element)
    });
    let mut certificates = found.into_iter().find(|(tag, _)| *tag == EXPLICIT).map_or(&[][..], |(_, all)| all);
    Some(
        std::iter::from_fn(|| {
            let (_, rest) = next(certificates)?;
            let (whole, _) = certificates.split_at(certificates.len() - rest.len());
            certificates = rest;
            Some(whole)
        })
        .collect(),
    )
}

fn from_text(text: &str) -> Result<Vec<CertificateDer<'static>>, CaFileError> {
    let has = |label: &str| text.contains(&format!("-----BEGIN {label}-----"));
    // These labels also stand for certificates.
    let plain = ["X509 CERTIFICATE", "TRUSTED CERTIFICATE", "PKCS7", "CMS"]
        .iter()
        .fold(text.to_owned(), |text, label| text.replace(&format!(" {label}-----"), " CERTIFICATE-----"));
    let mut found = Vec::new();
    for (number, one) in (1..).zip(CertificateDer::pem_slice_iter(plain.as_bytes())) {
        let der = one.map_err(|_| CaFileError::Damaged(number))?;
        match certificate(&der) {
            Some(one) => found.push(one),
            None => found.extend(from_der(&der).unwrap_or(Err(CaFileError::Damaged(number)))?),
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let lower = text.to_ascii_lowercase();
    Err(CaFileError::Other(if has("CERTIFICATE REQUEST") || has("NEW CERTIFICATE REQUEST") {
        Kind::Request
    } else if has("X509 CRL") {
        Kind::RevocationList
    } else if text.contains("PRIVATE KEY-----") {
        Kind::PrivateKey
    } else if lower.contains("<html") || lower.contains("<!doctype html") {
        Kind::WebPage
    } else if text.contains("-----BEGIN ") {
        return Err(CaFileError::NoCertificate);
    } else {
        return bare(text).ok_or(CaFileError::NoCertificate);
    }))
}

/// Reads Base64 without the BEGIN and END lines.
fn bare(text: &str) -> Option<Vec<CertificateDer<'static>>> {
    let digits: String = text.split_whitespace().collect();
    from_der(&BASE64.decode(digits.as_bytes()).ok()?)?.ok()
}

#[cfg(test)]
mod tests {
    use super::certificates;

    proptest::proptest! {
        #[test]
        fn no_file_makes_it_panic(bytes: Vec<u8>, begin in 0_usize..5) {
            let begins: [&[u8]; 5] = [
                b"",
                b"\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0",
                b"-----BEGIN CERTIFICATE-----\n",
                b"\xff\xfe",
                b"\x30\x82\x01\x00\x30\x82\x00\xf0\xa0\x03\x02\x01\x02",
            ];
            let _ = certificates(&[begins[begin], &bytes].concat());
        }
    }
}
