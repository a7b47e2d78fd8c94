//! What is wrong with a server's certificate, each in its own words and with its own remedy.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::failure::Advice;

/// Why a server's certificate is not believed. The words go on from "the server's certificate".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// Its authority is none of those that are trusted.
    #[error("is not signed by an authority that this machine trusts, but by {issuer}")]
    UnknownIssuer {
        /// The name of the authority.
        issuer: String,
    },
    /// It is its own authority.
    #[error("is not signed by an authority that this machine trusts, but by itself")]
    SelfSigned,
    /// An authority of that name is trusted, whose key has not signed it.
    #[error("is not signed with the key of that {issuer} which this machine trusts")]
    OtherKey {
        /// The name of both authorities.
        issuer: String,
    },
    /// The signature is wrong, whatever was changed.
    #[error("has a wrong signature: it was changed after it was signed")]
    WrongSignature,
    /// Whoever answers has not the certificate's key.
    #[error("is shown by a server that does not hold its private key")]
    NotItsKey,
    /// SHA-1 and MD5 signatures can be forged.
    #[error("{whose} signed with {algorithm}, which can be forged and is not accepted any more")]
    WeakSignature {
        /// `is`, or which certificate of the chain it is.
        whose: String,
        /// Its name.
        algorithm: &'static str,
    },
    /// A signature that cannot be checked here.
    #[error("{whose} signed with an algorithm that adphoto cannot check ({algorithm})")]
    UnknownSignature {
        /// `is`, or which certificate of the chain it is.
        whose: String,
        /// Its name, or its number (OID).
        algorithm: String,
    },
    /// RSA below 2048 bits.
    #[error("{whose} an RSA key of {bits} bits, which is too short: it must have 2048 or more")]
    ShortKey {
        /// `has`, or which certificate of the chain has it.
        whose: String,
        /// Its length.
        bits: usize,
    },
    /// A key of another kind.
    #[error("{whose} a key of a kind that adphoto does not know ({kind})")]
    UnknownKey {
        /// `has`, or which certificate of the chain has it.
        whose: String,
        /// Its name, or its number (OID).
        kind: String,
    },
    /// It is for other names.
    #[error("is not for the name {host}{}", other_names(names))]
    WrongName {
        /// What it was asked for.
        host: String,
        /// The names it is for.
        names: Vec<String>,
    },
    /// Its time is over.
    #[error("is expired since {since}")]
    Expired {
        /// Its last moment, in UTC.
        since: String,
    },
    /// Its time has not come.
    #[error("is not valid yet, but from {from} on")]
    NotYetValid {
        /// Its first moment, in UTC.
        from: String,
    },
    /// Its time is over, or has not come, of another in its chain.
    #[error("has an authority whose own certificate is expired or not valid yet")]
    AuthorityTime,
    /// Its extended key usage lacks server authentication.
    #[error("is not meant for servers: its extended key usage is {usages}")]
    NotForServers {
        /// What it is for.
        usages: String,
    },
    /// An authority's certificate in the place of a server's.
    #[error("is that of an authority (CA), which no server may use as its own")]
    Authority,
    /// An intermediate certificate that may not sign.
    #[error("is signed by a certificate that is no authority's (CA)")]
    NotAnAuthority,
    /// It was taken back.
    #[error("was revoked by its authority")]
    Revoked,
    /// Nobody can tell whether it was taken back.
    #[error("cannot be looked up in its authority's list of revoked certificates")]
    RevocationUnknown,
    /// X.509 before version 3, which has no names.
    #[error("is of an old version (X.509 v{0}), which has no room for the server's names")]
    OldVersion(u32),
    /// Something in it that must be understood and is not.
    #[error("has a critical extension that adphoto does not know")]
    CriticalExtension,
    /// A rule of its authority forbids it.
    #[error("breaks a rule that its authority has set ({0})")]
    Constraint(&'static str),
    /// It is no certificate.
    #[error("cannot be read: it is damaged or not written as the standard (RFC 5280) says")]
    Damaged,
    /// None was shown.
    #[error("is missing: it shows none")]
    Missing,
    /// The host is no name that certificates can have.
    #[error("cannot be checked for the name {0}, which is not one that certificates can have")]
    ImpossibleName(String),
}

fn other_names(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => ": it has no name at all".to_owned(),
        count if count > SHOWN => format!(", but for {shown}, …"),
        _ => format!(", but for {shown}"),
    }
}

impl Advice for CertificateFault {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::UnknownIssuer { .. } => {
                "pass the certificate of the authority that signed it with --ca-file CA.pem; on a domain controller with AD CS, \
                 `certutil -ca.cert ca.cer` writes it; with Samba it is the file named by `tls cafile`"
            }
            Self::SelfSigned => {
                "give the domain controller a certificate from an authority (AD CS issues it by itself), or trust this very one: \
                 export it there, have its fingerprint compared, and pass it with --ca-file"
            }
            Self::OtherKey { .. } => {
                "the authority was renewed with a new key, or another one has the same name: pass its present certificate with \
                 --ca-file (`certutil -ca.cert ca.cer` on the authority writes it), or install it on this machine"
            }
            Self::WrongSignature | Self::NotItsKey => {
                "renew the domain controller's certificate; if it is right there, somebody else answers in its place"
            }
            Self::WeakSignature { .. } => {
                "have the authority sign with SHA-256 (AD CS: `certutil -setreg ca\\csp\\CNGHashAlgorithm SHA256`), then renew that \
                 certificate; until then, --kerberos with ldap:// needs none"
            }
            Self::UnknownSignature { .. } => {
                "have the authority sign with RSA (PKCS#1 or PSS) or ECDSA (P-256, P-384) and SHA-256 or SHA-384, then renew that \
                 certificate; until then, --kerberos with ldap:// needs none"
            }
            Self::ShortKey { .. } | Self::UnknownKey { .. } => {
                "renew that certificate with a key of RSA 2048 bits or more, or ECDSA P-256 or P-384; until then, \
                 --kerberos with ldap:// needs none"
            }
            Self::WrongName { names, .. } => match best(names) {
                Some(name) => return Some(format!("connect by a name that the certificate has, e.g. --server {name}").into()),
                None => {
                    "renew the domain controller's certificate with its DNS name as subjectAltName; until then, \
                 --kerberos with ldap:// needs none"
                }
            },
            Self::Expired { .. } => {
                "renew the domain controller's certificate, and check the clock of this machine; until then, \
                 --kerberos with ldap:// needs none"
            }
            Self::NotYetValid { .. } => "check the clock of this machine, and that of the authority",
            Self::AuthorityTime => "renew the authority's certificate, then pass it with --ca-file; and check the clock of this machine",
            Self::NotForServers { .. } => {
                "give the domain controller a certificate for server authentication (AD CS: the template Kerberos Authentication or \
                 Domain Controller); until then, --kerberos with ldap:// needs none"
            }
            Self::Authority => {
                "give the domain controller a certificate of its own, signed by that authority (AD CS issues it by itself); until then, \
                 --kerberos with ldap:// needs none"
            }
            Self::NotAnAuthority => "renew the domain controller's certificate with one from an authority (CA)",
            Self::Revoked => "give the domain controller a new certificate; the authority does not stand for this one any more",
            Self::RevocationUnknown => "check that the authority's revocation list can be reached and is not expired",
            Self::OldVersion(_) => "renew the domain controller's certificate as X.509 v3, with its DNS name as subjectAltName",
            Self::CriticalExtension | Self::Constraint(_) => {
                "renew the domain controller's certificate without it; until then, --kerberos with ldap:// needs none"
            }
            Self::Damaged | Self::Missing => {
                "renew the domain controller's certificate; until then, --kerberos with ldap:// needs none"
            }
            Self::ImpossibleName(_) => "connect by the domain controller's full DNS name, such as dc1.ad.example.com",
        }
        .into())
    }
}

/// A full name says more than an alias, and an alias more than an address.
fn best(names: &[String]) -> Option<&String> {
    let whole = names.iter().filter(|name| !name.contains('*'));
    whole.max_by_key(|name| (name.parse::<IpAddr>().is_err(), name.matches('.').count()))
}
