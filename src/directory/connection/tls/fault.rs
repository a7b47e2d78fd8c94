//! Faults of a server's certificate, each with its own message and advice.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::failure::Advice;

/// The reason why a server's certificate is not trusted. The messages continue "the server's certificate".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// The authority that signed the certificate is not trusted.
    #[error("is not signed by an authority that this machine trusts, but by {issuer}")]
    UnknownIssuer {
        /// The DN of the authority.
        issuer: String,
    },
    /// The certificate is signed with its own key.
    #[error("is not signed by an authority that this machine trusts, but by itself")]
    SelfSigned,
    /// A trusted authority has the issuer's name, but another key.
    #[error("is signed by another key than that of the authority {issuer} that this machine trusts")]
    OtherKey {
        /// The DN of both authorities.
        issuer: String,
    },
    /// A signature does not verify, although the key is known.
    #[error("has a wrong signature: it was changed after it was signed")]
    WrongSignature,
    /// The server cannot sign with the certificate's private key.
    #[error("does not belong to the server that sent it: that server does not have its private key")]
    NotItsKey,
    /// The certificate is signed with SHA-1, MD5 or MD2, which can be forged.
    #[error("{whose} signed with {algorithm}, which can be forged and is not accepted any more")]
    WeakSignature {
        /// `is`, or which certificate of the chain it is.
        whose: String,
        /// The algorithm's name.
        algorithm: &'static str,
    },
    /// The certificate is signed with an algorithm that rustls does not support.
    #[error("{whose} signed with an algorithm that adphoto cannot check ({algorithm})")]
    UnknownSignature {
        /// `is`, or which certificate of the chain it is.
        whose: String,
        /// The algorithm's name, or its number (OID).
        algorithm: String,
    },
    #[error("{whose} an RSA key of {bits} bits, which is too short: it must have 2048 or more")]
    ShortKey {
        /// `has`, or which certificate of the chain has it.
        whose: String,
        /// The key's length.
        bits: usize,
    },
    /// The key is of a kind that rustls does not support.
    #[error("{whose} a key of a kind that adphoto does not know ({kind})")]
    UnknownKey {
        /// `has`, or which certificate of the chain has it.
        whose: String,
        /// The kind's name, or its number (OID).
        kind: String,
    },
    /// The certificate is for other names than the one that adphoto connected to.
    #[error("is not for the name {host}{}", other_names(names))]
    WrongName {
        /// The name that adphoto connected to.
        host: String,
        names: Vec<String>,
    },
    #[error("expired on {since}")]
    Expired {
        /// The end of its validity, in UTC.
        since: String,
    },
    #[error("is not valid before {from}")]
    NotYetValid {
        /// The start of its validity, in UTC.
        from: String,
    },
    /// Another certificate in the chain has expired or is not valid yet.
    #[error("is signed by an authority whose own certificate has expired or is not valid yet")]
    AuthorityTime,
    /// The certificate's extended key usage does not include server authentication.
    #[error("is not for servers: its extended key usage is {usages}")]
    NotForServers {
        /// The usages that it has.
        usages: String,
    },
    /// The server uses an authority's certificate.
    #[error("belongs to an authority (CA), which a server must not use as its own")]
    Authority,
    /// An intermediate certificate in the chain is not allowed to sign others.
    #[error("is signed by a certificate that does not belong to an authority (CA)")]
    NotAnAuthority,
    #[error("was revoked by its authority")]
    Revoked,
    /// The certificate's revocation status cannot be found out.
    #[error("cannot be looked up in its authority's list of revoked certificates")]
    RevocationUnknown,
    /// The certificate is older than X.509 version 3, which brought subjectAltName.
    #[error("is of an old version (X.509 v{0}), which has no room for the server's names")]
    OldVersion(u32),
    /// The certificate has an extension that is marked critical and that rustls does not support.
    #[error("has a critical extension that adphoto does not know")]
    CriticalExtension,
    /// A constraint in the authority's certificate forbids this certificate.
    #[error("breaks a rule that its authority has set ({0})")]
    Constraint(&'static str),
    /// The certificate cannot be parsed.
    #[error("cannot be read: it is damaged, or does not follow the standard (RFC 5280)")]
    Damaged,
    /// The server sent no certificate.
    #[error("is missing")]
    Missing,
    /// The host is not a name that a certificate can contain.
    #[error("cannot be checked, because {0} is not a name that a certificate can contain")]
    ImpossibleName(String),
}

fn other_names(names: &[String]) -> String {
    const NAMES_SHOWN: usize = 4;
    let shown = names.iter().take(NAMES_SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => ": it has no names".to_owned(),
        count if count > NAMES_SHOWN => format!(", but for {shown}, …"),
        _ => format!(", but for {shown}"),
    }
}

impl Advice for CertificateFault {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::UnknownIssuer { .. } => {
                "pass the certificate of the authority that signed it with --ca-file CA.pem; on a domain controller \
                 with AD CS, `certutil -ca.cert ca.cer` writes it; with Samba it is the file named by `tls cafile`"
            }
            Self::SelfSigned => {
                "give the domain controller a certificate from an authority (AD CS issues one automatically), or \
                 trust this very certificate: export it there, compare its fingerprint with the domain controller's, \
                 and pass it with --ca-file"
            }
            Self::OtherKey { .. } => {
                "the authority was renewed with a new key, or another one has the same name: pass its present \
                 certificate with --ca-file (`certutil -ca.cert ca.cer` on the authority writes it), or install it on \
                 this machine"
            }
            Self::WrongSignature | Self::NotItsKey => {
                "renew the domain controller's certificate; if it is in order there, somebody else answers in the \
                 domain controller's place"
            }
            Self::WeakSignature { .. } => {
                "have the authority sign with SHA-256 (AD CS: `certutil -setreg ca\\csp\\CNGHashAlgorithm SHA256`), \
                 then renew that certificate; until then, --kerberos with ldap:// needs none"
            }
            Self::UnknownSignature { .. } => {
                "have the authority sign with RSA (PKCS#1 or PSS) or ECDSA (P-256, P-384) and SHA-256 or SHA-384, \
                 then renew that certificate; until then, --kerberos with ldap:// needs none"
            }
            Self::ShortKey { .. } | Self::UnknownKey { .. } => {
                "renew that certificate with a key of RSA 2048 bits or more, or ECDSA P-256 or P-384; until then, \
                 --kerberos with ldap:// needs none"
            }
            Self::WrongName { names, .. } => match best(names) {
                Some(name) => {
                    return Some(format!("connect by a name in the certificate, such as --server {name}").into());
                }
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
            Self::AuthorityTime => {
                "renew the authority's certificate, then pass it with --ca-file; and check the clock of this machine"
            }
            Self::NotForServers { .. } => {
                "give the domain controller a certificate for server authentication (AD CS: the template Kerberos \
                 Authentication or Domain Controller); until then, --kerberos with ldap:// needs none"
            }
            Self::Authority => {
                "give the domain controller a certificate of its own, signed by that authority (AD CS issues one \
                 automatically); until then, --kerberos with ldap:// needs none"
            }
            Self::NotAnAuthority => "give the domain controller a certificate from an authority (CA)",
            Self::Revoked => "give the domain controller a new certificate",
            Self::RevocationUnknown => "check that the authority's revocation list can be reached and is not expired",
            Self::OldVersion(_) => {
                "renew the domain controller's certificate as X.509 v3, with its DNS name as subjectAltName"
            }
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

/// Returns the best name to connect by: a full DNS name rather than a short one, and any name rather than an address.
fn best(names: &[String]) -> Option<&String> {
    let whole = names.iter().filter(|name| !name.contains('*'));
    whole.max_by_key(|name| (name.parse::<IpAddr>().is_err(), name.matches('.').count()))
}
