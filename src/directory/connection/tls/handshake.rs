//! Faults of the TLS handshake other than the certificate.

use std::borrow::Cow;

use rustls::{AlertDescription, InvalidMessage, PeerIncompatible};

use crate::failure::Advice;

/// The reason why there is no TLS connection. The messages follow the server's URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeFault {
    /// The server offers at most TLS 1.1.
    #[error("the server has no TLS 1.2 or 1.3, only older versions, which are not secure")]
    OldVersion,
    /// There is no cipher, key exchange or signature that both sides support.
    #[error("the server and adphoto have no cipher, key exchange or signature in common")]
    NothingInCommon,
    /// The server wants a client certificate (mutual TLS).
    #[error("the server asks for a certificate of adphoto's own")]
    WantsCertificate,
    /// The server answers with `unrecognized_name`, so it does not know the name that it was sent as SNI.
    #[error("the server does not answer to the name {0}")]
    UnknownName(String),
    /// The server sent another TLS alert.
    #[error("the server broke off the TLS handshake (alert {0})")]
    Alert(String),
    /// The server speaks something other than TLS.
    #[error("the server does not answer as a TLS server does")]
    NotTls,
    /// The server breaks TLS's own rules, or something changed its messages on the way.
    #[error("the server's TLS handshake is broken, or was changed on the way")]
    Broken,
    /// TLS failed on this machine, before the server was involved.
    #[error("TLS does not work on this machine: {0}")]
    Own(String),
}

impl HandshakeFault {
    /// Translates a rustls error that is not about the certificate.
    pub(in crate::directory::connection) fn of(error: &rustls::Error, host: &str) -> Self {
        use rustls::Error;
        match error {
            Error::AlertReceived(alert) => Self::of_alert(*alert, host),
            Error::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
            ) => Self::OldVersion,
            Error::PeerIncompatible(_) => Self::NothingInCommon,
            Error::InvalidMessage(
                InvalidMessage::InvalidContentType
                | InvalidMessage::UnknownProtocolVersion
                | InvalidMessage::MessageTooLarge
                | InvalidMessage::InvalidEmptyPayload,
            )
            | Error::InappropriateMessage { .. }
            | Error::PeerSentOversizedRecord
            | Error::HandshakeNotComplete => Self::NotTls,
            Error::InappropriateHandshakeMessage { .. } | Error::PeerMisbehaved(_) | Error::DecryptError => {
                Self::Broken
            }
            Error::FailedToGetCurrentTime => Self::Own("the system's clock cannot be read".to_owned()),
            Error::FailedToGetRandomBytes => Self::Own("the system has no random numbers".to_owned()),
            _ => Self::Broken,
        }
    }

    fn of_alert(alert: AlertDescription, host: &str) -> Self {
        match alert {
            AlertDescription::ProtocolVersion => Self::OldVersion,
            AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => Self::NothingInCommon,
            AlertDescription::CertificateRequired
            | AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied => Self::WantsCertificate,
            AlertDescription::UnrecognisedName => Self::UnknownName(host.to_owned()),
            other => Self::Alert(name_of(other)),
        }
    }
}

/// Returns an alert's number and name (RFC 8446 B.2), under which manuals and other programs list it.
fn name_of(alert: AlertDescription) -> String {
    let number = u8::from(alert);
    let name = match number {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        22 => "record_overflow",
        47 => "illegal_parameter",
        50 => "decode_error",
        51 => "decrypt_error",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        109 => "missing_extension",
        110 => "unsupported_extension",
        _ => return number.to_string(),
    };
    format!("{number} {name}")
}

impl Advice for HandshakeFault {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some(
            match self {
                Self::OldVersion => {
                    "switch on TLS 1.2 on the domain controller (Windows Server 2012 or later has it; Samba: `tls \
                 priority`), or use --kerberos with ldap://, which needs no TLS"
                }
                Self::NothingInCommon => {
                    "the domain controller needs a cipher with ECDHE and AES-GCM or ChaCha20, and a certificate with a \
                 key of RSA 2048 bits or more, or ECDSA P-256 or P-384; or use --kerberos with ldap://, which needs \
                 no TLS"
                }
                Self::WantsCertificate => {
                    "adphoto has no certificate of its own: make the server accept connections without one, or use \
                 --kerberos with ldap://, which needs no TLS"
                }
                Self::UnknownName(_) => "connect by the domain controller's full DNS name, such as dc1.ad.example.com",
                Self::Alert(_) => {
                    "see the domain controller's log (Schannel), or try another domain controller; --kerberos with \
                 ldap:// needs no TLS"
                }
                Self::NotTls => {
                    "is this an LDAP server on that port? ldaps:// is for 636, ldap:// (StartTLS) for 389; a domain \
                 controller without a certificate refuses both"
                }
                Self::Broken => {
                    "try again, or another domain controller; a proxy or firewall in between may be in the way"
                }
                Self::Own(_) => "check this machine's clock and system",
            }
            .into(),
        )
    }
}

#[cfg(test)]
mod tests {
    use rustls::{AlertDescription, Error};

    use super::HandshakeFault;
    use crate::failure::Advice;

    #[test]
    fn every_alert_has_words_and_none_is_a_debug_dump() {
        for number in 0..=u8::MAX {
            let fault = HandshakeFault::of(&Error::AlertReceived(AlertDescription::from(number)), "dc1");
            let words = format!("{fault} {}", fault.advice().expect("advice"));
            assert!(!words.contains("Unknown(") && !words.contains("AlertReceived"), "{words}");
        }
        let of = |number: u8| HandshakeFault::of(&Error::AlertReceived(AlertDescription::from(number)), "dc1");
        assert_eq!(of(70), HandshakeFault::OldVersion);
        assert_eq!(of(40), HandshakeFault::NothingInCommon);
        assert_eq!(of(80), HandshakeFault::Alert("80 internal_error".to_owned()));
        assert_eq!(of(200), HandshakeFault::Alert("200".to_owned()));
    }
}
