//! Finding out what is wrong with a certificate. rustls says which check failed; the certificates themselves show why.

use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor};
use rustls::{CertificateError, ExtendedKeyPurpose, RootCertStore};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::certificate::{moment, names_of, short};
use super::fault::CertificateFault;
use crate::directory::connection::wire::{SEQUENCE, element, next};

/// The shortest RSA key that rustls accepts, in bits.
const MIN_RSA_BITS: usize = 2048;

/// The certificates that a server showed, and those that are trusted.
pub(super) struct Chain<'c> {
    pub(super) end_entity: &'c CertificateDer<'c>,
    pub(super) intermediates: &'c [CertificateDer<'c>],
    pub(super) roots: &'c RootCertStore,
}

/// Returns why a chain of certificates is not trusted. `error` is the check that failed in rustls.
pub(super) fn of_chain(error: &CertificateError, chain: &Chain<'_>, name: &ServerName<'_>) -> CertificateFault {
    let Ok((_, leaf)) = X509Certificate::from_der(chain.end_entity) else { return CertificateFault::Damaged };
    match error {
        CertificateError::UnknownIssuer => unknown_issuer(chain, &leaf),
        CertificateError::BadSignature => wrong_signature(chain, &leaf),
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => unknown_algorithm(chain, &leaf),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::WrongName { host: name.to_str().into_owned(), names: names_of(&leaf) }
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => match leaf.validity().not_after {
            end if end < x509_parser::time::ASN1Time::now() => CertificateFault::Expired { since: moment(end) },
            _ => CertificateFault::AuthorityTime,
        },
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            match leaf.validity().not_before {
                start if start > x509_parser::time::ASN1Time::now() => {
                    CertificateFault::NotYetValid { from: moment(start) }
                }
                _ => CertificateFault::AuthorityTime,
            }
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            CertificateFault::NotForServers { usages: usages(error) }
        }
        CertificateError::Revoked => CertificateFault::Revoked,
        CertificateError::UnknownRevocationStatus
        | CertificateError::ExpiredRevocationList
        | CertificateError::ExpiredRevocationListContext { .. } => CertificateFault::RevocationUnknown,
        CertificateError::UnhandledCriticalExtension => CertificateFault::CriticalExtension,
        CertificateError::Other(other) => match other.0.downcast_ref::<webpki::Error>() {
            Some(error) => against_the_rules(error, &leaf),
            None => CertificateFault::Damaged,
        },
        _ => CertificateFault::Damaged,
    }
}

/// Returns why the server's signature in the handshake is not accepted. This signature proves that the server holds the
/// certificate's private key.
pub(super) fn of_signature(certificate: &CertificateDer<'_>) -> CertificateFault {
    let Ok((_, leaf)) = X509Certificate::from_der(certificate) else { return CertificateFault::Damaged };
    key_fault(leaf.public_key(), "has").unwrap_or(CertificateFault::NotItsKey)
}

fn unknown_issuer(chain: &Chain<'_>, leaf: &X509Certificate<'_>) -> CertificateFault {
    if leaf.issuer().as_raw() == leaf.subject().as_raw() {
        return CertificateFault::SelfSigned;
    }
    // Walk up the chain that the server showed. The last certificate in it names the authority that is missing here. At
    // most one step for each certificate, because a chain may be circular.
    let parsed = parsed(chain);
    let mut top = leaf;
    for _ in 0..parsed.len() {
        let issuer = parsed.iter().find(|other| other.subject().as_raw() == top.issuer().as_raw());
        match issuer.filter(|issuer| issuer.issuer().as_raw() != issuer.subject().as_raw()) {
            Some(issuer) => top = issuer,
            None => break,
        }
    }
    CertificateFault::UnknownIssuer { issuer: short(&top.issuer().to_string()) }
}

/// Returns why a signature in the chain does not verify: a key that rustls refuses, another authority of the same name,
/// or a certificate that was changed.
fn wrong_signature(chain: &Chain<'_>, leaf: &X509Certificate<'_>) -> CertificateFault {
    let parsed = parsed(chain);
    let shown = std::iter::once(leaf).chain(&parsed);
    // rustls reports "bad signature" for a key that is too short, too, so all keys are measured first.
    for certificate in shown.clone() {
        let issuer = certificate.issuer();
        for root in roots_named(chain.roots, issuer.as_raw()) {
            let whole = element(SEQUENCE, &root.subject_public_key_info);
            let key = SubjectPublicKeyInfo::from_der(&whole).ok().map(|(_, key)| key);
            let whose = format!("is signed by {}, which has", short(&issuer.to_string()));
            if let Some(fault) = key.and_then(|key| key_fault(&key, &whose)) {
                return fault;
            }
        }
        let whose = format!("is signed by {}, which has", short(&certificate.subject().to_string()));
        let is_leaf = std::ptr::eq(certificate, leaf);
        if let Some(fault) = key_fault(certificate.public_key(), if is_leaf { "has" } else { &whose }) {
            return fault;
        }
    }
    other_key(chain, shown).unwrap_or(CertificateFault::WrongSignature)
}

/// Returns [`CertificateFault::OtherKey`] if an authority that is trusted has the name of an issuer in the chain. Its
/// key then differs from the one that signed, because the signature did not verify.
fn other_key<'a, 'x: 'a>(
    chain: &Chain<'_>,
    mut shown: impl Iterator<Item = &'a X509Certificate<'x>>,
) -> Option<CertificateFault> {
    let issuer = shown.find_map(|certificate| {
        let issuer = certificate.issuer();
        (!roots_named(chain.roots, issuer.as_raw()).is_empty()).then(|| short(&issuer.to_string()))
    })?;
    Some(CertificateFault::OtherKey { issuer })
}

/// Returns the trusted authorities that have this name.
fn roots_named<'r>(roots: &'r RootCertStore, name: &[u8]) -> Vec<&'r TrustAnchor<'static>> {
    // rustls stores the names of its roots without the SEQUENCE header.
    let Some(((_, name), _)) = next(name) else { return Vec::new() };
    roots.roots.iter().filter(|root| root.subject.as_ref() == name).collect()
}

/// Returns which signature algorithm or key in the chain rustls does not support.
fn unknown_algorithm(chain: &Chain<'_>, leaf: &X509Certificate<'_>) -> CertificateFault {
    let parsed = parsed(chain);
    for certificate in std::iter::once(leaf).chain(&parsed) {
        let is_leaf = std::ptr::eq(certificate, leaf);
        let subject = short(&certificate.subject().to_string());
        let whose = if is_leaf { "is".to_owned() } else { format!("is signed by {subject}, whose own certificate is") };
        let algorithm = certificate.signature_algorithm.algorithm.to_id_string();
        match signature_name(&algorithm) {
            Some(Signature::Weak(algorithm)) => return CertificateFault::WeakSignature { whose, algorithm },
            Some(Signature::Fine) => {}
            Some(Signature::Other(name)) => {
                return CertificateFault::UnknownSignature { whose, algorithm: name.to_owned() };
            }
            None => return CertificateFault::UnknownSignature { whose, algorithm: short(&algorithm) },
        }
        let whose = if is_leaf { "has".to_owned() } else { format!("is signed by {subject}, which has") };
        if let Some(fault) = key_fault(certificate.public_key(), &whose) {
            return fault;
        }
    }
    // Every algorithm and key in the chain is supported. So the trusted authority's key is of another kind than the one
    // that signed.
    other_key(chain, std::iter::once(leaf).chain(&parsed)).unwrap_or(CertificateFault::WrongSignature)
}

enum Signature {
    Weak(&'static str),
    Fine,
    Other(&'static str),
}

/// Returns what is known about a signature algorithm (RFC 3279, 4055, 5758 and 8410), given its OID.
fn signature_name(oid: &str) -> Option<Signature> {
    Some(match oid {
        "1.2.840.113549.1.1.2" => Signature::Weak("MD2"),
        "1.2.840.113549.1.1.4" => Signature::Weak("MD5"),
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" | "1.2.840.10045.4.1" | "1.2.840.10040.4.3" => {
            Signature::Weak("SHA-1")
        }
        "1.2.840.113549.1.1.11"
        | "1.2.840.113549.1.1.12"
        | "1.2.840.113549.1.1.13"
        | "1.2.840.10045.4.3.2"
        | "1.2.840.10045.4.3.3"
        | "1.3.101.112" => Signature::Fine,
        // rustls supports PSS with the usual parameters only.
        "1.2.840.113549.1.1.10" => Signature::Other("RSASSA-PSS with unusual parameters"),
        "1.2.840.113549.1.1.14" => Signature::Other("RSA with SHA-224"),
        "1.2.840.10045.4.3.1" => Signature::Other("ECDSA with SHA-224"),
        "1.2.840.10045.4.3.4" => Signature::Other("ECDSA with SHA-512"),
        "2.16.840.1.101.3.4.3.2" => Signature::Other("DSA with SHA-256"),
        "1.3.101.113" => Signature::Other("Ed448"),
        _ => return None,
    })
}

/// Returns what is wrong with a public key, or `None` if rustls accepts it. `whose` begins the message.
fn key_fault(key: &SubjectPublicKeyInfo<'_>, whose: &str) -> Option<CertificateFault> {
    let whose = whose.to_owned();
    let kind = match key.algorithm.algorithm.to_id_string().as_str() {
        "1.2.840.113549.1.1.1" => match key.parsed() {
            Ok(PublicKey::RSA(rsa)) if rsa.key_size() < MIN_RSA_BITS => {
                return Some(CertificateFault::ShortKey { whose, bits: rsa.key_size() });
            }
            _ => return None,
        },
        "1.2.840.10045.2.1" => {
            let curve = key.algorithm.parameters.as_ref().and_then(|curve| curve.as_oid().ok());
            match curve.map(|curve| curve.to_id_string()).as_deref() {
                Some("1.2.840.10045.3.1.7" | "1.3.132.0.34") => return None,
                Some("1.3.132.0.35") => "ECDSA P-521".to_owned(),
                Some("1.3.132.0.10") => "ECDSA secp256k1".to_owned(),
                Some(other) => format!("an elliptic curve, {}", short(other)),
                None => "an elliptic curve of its own".to_owned(),
            }
        }
        "1.3.101.112" => return None,
        "1.3.101.113" => "Ed448".to_owned(),
        "1.2.840.10040.4.1" => "DSA".to_owned(),
        "1.2.840.113549.1.1.10" => "RSASSA-PSS".to_owned(),
        other => short(other),
    };
    Some(CertificateFault::UnknownKey { whose, kind })
}

/// Translates `webpki`'s errors about the rules for certification paths (RFC 5280 6).
fn against_the_rules(error: &webpki::Error, leaf: &X509Certificate<'_>) -> CertificateFault {
    use webpki::Error;
    match error {
        Error::CaUsedAsEndEntity => CertificateFault::Authority,
        Error::EndEntityUsedAsCa => CertificateFault::NotAnAuthority,
        Error::UnsupportedCertVersion => CertificateFault::OldVersion(leaf.version().0 + 1),
        Error::UnsupportedCriticalExtension => CertificateFault::CriticalExtension,
        Error::NameConstraintViolation => CertificateFault::Constraint("the names that it may sign"),
        Error::PathLenConstraintViolated => CertificateFault::Constraint("how many authorities may follow it"),
        Error::MaximumPathDepthExceeded => CertificateFault::Constraint("too many authorities in a row"),
        _ => CertificateFault::Damaged,
    }
}

fn usages(error: &CertificateError) -> String {
    let CertificateError::InvalidPurposeContext { presented, .. } = error else { return "another".to_owned() };
    let named: Vec<String> = presented.iter().take(4).map(usage).collect();
    if named.is_empty() { "empty".to_owned() } else { named.join(", ") }
}

fn usage(purpose: &ExtendedKeyPurpose) -> String {
    match purpose {
        ExtendedKeyPurpose::ClientAuth => "client authentication".to_owned(),
        ExtendedKeyPurpose::ServerAuth => "server authentication".to_owned(),
        ExtendedKeyPurpose::Other(numbers) => {
            let oid = numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(".");
            match oid.as_str() {
                "1.3.6.1.5.5.7.3.3" => "code signing".to_owned(),
                "1.3.6.1.5.5.7.3.4" => "e-mail".to_owned(),
                "1.3.6.1.4.1.311.20.2.2" => "smart card logon".to_owned(),
                "1.3.6.1.5.2.3.5" => "KDC authentication".to_owned(),
                // anyExtendedKeyUsage, which TLS libraries do not accept in place of server authentication.
                "2.5.29.37.0" => "any, but does not include server authentication".to_owned(),
                _ => oid,
            }
        }
    }
}

fn parsed<'c>(chain: &Chain<'c>) -> Vec<X509Certificate<'c>> {
    chain.intermediates.iter().filter_map(|der| X509Certificate::from_der(der).ok()).map(|(_, one)| one).collect()
}
