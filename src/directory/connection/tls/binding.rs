//! Channel binding: tying a Kerberos sign-in to the TLS connection on which it happens. A man in the middle who relays
//! the sign-in has another certificate, so the domain controller notices.

use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::signature_algorithm::SignatureAlgorithm;

/// Returns the `tls-server-end-point` binding (RFC 5929 4): a hash of the server's certificate, computed with the hash
/// function of the certificate's own signature. MD5 and SHA-1 are replaced by SHA-256. `None` if the standard defines
/// no hash for the signature.
pub(in crate::directory::connection) fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let hash = hash_of(&parsed)?;
    Some([b"tls-server-end-point:", digest(hash, certificate).as_ref()].concat())
}

fn hash_of(certificate: &X509Certificate<'_>) -> Option<&'static Algorithm> {
    let oid = match SignatureAlgorithm::try_from(&certificate.signature_algorithm) {
        // PSS names its hash function in the parameters (RFC 4055 3.1).
        Ok(SignatureAlgorithm::RSASSA_PSS(parameters)) => parameters.hash_algorithm_oid().to_id_string(),
        _ => certificate.signature_algorithm.algorithm.to_id_string(),
    };
    Some(match oid.as_str() {
        // MD5 with RSA, SHA-1 (with RSA, in PSS parameters, with ECDSA), then SHA-256 likewise.
        "1.2.840.113549.1.1.4"
        | "1.2.840.113549.1.1.5"
        | "1.3.14.3.2.26"
        | "1.2.840.10045.4.1"
        | "1.2.840.113549.1.1.11"
        | "2.16.840.1.101.3.4.2.1"
        | "1.2.840.10045.4.3.2" => &SHA256,
        "1.2.840.113549.1.1.12" | "2.16.840.1.101.3.4.2.2" | "1.2.840.10045.4.3.3" => &SHA384,
        "1.2.840.113549.1.1.13" | "2.16.840.1.101.3.4.2.3" | "1.2.840.10045.4.3.4" => &SHA512,
        // Ed25519 hashes internally; RFC 5929 does not cover it.
        _ => return None,
    })
}
