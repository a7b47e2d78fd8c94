//! Binding a sign-in to the TLS connection that it is done on: whoever passes it on to another has another certificate.

use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::signature_algorithm::SignatureAlgorithm;

/// Returns `tls-server-end-point` of a server's certificate (RFC 5929 4): its hash, by the function that it is signed with,
/// but for MD5 and SHA-1, which count as SHA-256. `None` where the standard defines none.
pub(in crate::directory::connection) fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let hash = hash_of(&parsed)?;
    Some([b"tls-server-end-point:", digest(hash, certificate).as_ref()].concat())
}

fn hash_of(certificate: &X509Certificate<'_>) -> Option<&'static Algorithm> {
    let oid = match SignatureAlgorithm::try_from(&certificate.signature_algorithm) {
        // Says in its parameters which one it is (RFC 4055 3.1).
        Ok(SignatureAlgorithm::RSASSA_PSS(parameters)) => parameters.hash_algorithm_oid().to_id_string(),
        _ => certificate.signature_algorithm.algorithm.to_id_string(),
    };
    Some(match oid.as_str() {
        // MD5 and SHA-1, with RSA, by themselves in PSS, and with ECDSA; then SHA-256.
        "1.2.840.113549.1.1.4"
        | "1.2.840.113549.1.1.5"
        | "1.3.14.3.2.26"
        | "1.2.840.10045.4.1"
        | "1.2.840.113549.1.1.11"
        | "2.16.840.1.101.3.4.2.1"
        | "1.2.840.10045.4.3.2" => &SHA256,
        "1.2.840.113549.1.1.12" | "2.16.840.1.101.3.4.2.2" | "1.2.840.10045.4.3.3" => &SHA384,
        "1.2.840.113549.1.1.13" | "2.16.840.1.101.3.4.2.3" | "1.2.840.10045.4.3.4" => &SHA512,
        // Ed25519 has a hash of its own, which the standard does not name.
        _ => return None,
    })
}
