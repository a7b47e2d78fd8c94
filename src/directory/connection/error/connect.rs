//! Errors of connecting, with advice.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use super::bind::BindError;
use super::operation::OperationError;
use crate::directory::connection::result_code::in_words;
use crate::directory::connection::server::{Protection, Server};
use crate::directory::connection::tls::{CertificateFault, HandshakeFault, TrustError};
use crate::directory::connection::wire::MessageError;
use crate::failure::Advice;

/// The reason why there is no usable connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// None of several servers can be used; each entry is one server's error.
    #[error("no server can be used: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    NoServer(Vec<ConnectError>),
    /// The list of trusted certificate authorities could not be set up.
    #[error(transparent)]
    Trust(TrustError),
    /// The name has no address.
    #[error("{server}: the name cannot be resolved")]
    Unresolved { server: Server, source: io::Error },
    /// The port is closed.
    #[error("{server}: connection refused: nothing listens on port {}", server.port)]
    Refused { server: Server },
    /// The network or the host cannot be reached.
    #[error("{server}: no route to the server")]
    NoRoute { server: Server, source: io::Error },
    /// The connection could not be opened for another reason.
    #[error("{server}: cannot connect")]
    Io { server: Server, source: io::Error },
    /// The server did not answer the TCP connection request.
    #[error("{server}: no answer to the connection request within {} s", waited.as_secs_f32())]
    ConnectTimeout { server: Server, waited: Duration },
    /// The server accepted the TCP connection and then sent nothing.
    #[error("{server}: the server accepted the connection and then did not answer within {} s", waited.as_secs_f32())]
    Silent { server: Server, waited: Duration },
    /// The server's certificate is not trusted.
    #[error("{server}: the server's certificate {fault}")]
    Certificate { server: Server, fault: CertificateFault },
    /// TLS failed for a reason other than the certificate.
    #[error("{server}: {fault}")]
    Tls { server: Server, fault: HandshakeFault },
    /// The server closed the connection during the handshake.
    #[error("{server}: the server closed the connection during the {}", match server.protection {
        Protection::Sealed | Protection::None => "sign-in",
        Protection::Tls | Protection::StartTls => "TLS handshake",
    })]
    HungUp { server: Server },
    /// The server refused the StartTLS operation.
    #[error("{server}: the server refuses StartTLS: {}", in_words(*code, text))]
    NoStartTls {
        server: Server,
        /// The LDAP result code.
        code: u32,
        /// The server's diagnostic message.
        text: String,
    },
    /// The server's answer is not LDAP, or goes beyond adphoto's limits.
    #[error("{server}: the server does not answer as an LDAP server does: {fault}")]
    NotLdap { server: Server, fault: MessageError },
    /// `ldap3` panicked while it read an answer.
    #[error("{server}: the server's answers are not valid LDAP")]
    Malformed { server: Server },
    /// The bind was refused.
    #[error("{server}: cannot sign in {credentials}: {source}")]
    Bind {
        server: Server,
        /// `as NAME`, or `with Kerberos`.
        credentials: String,
        source: BindError,
    },
    /// The domain could not be read: this is not a domain controller, or the base DN does not exist.
    #[error("{server}: {source}")]
    Domain { server: Server, source: OperationError },
}

impl ConnectError {
    /// Returns whether another server may be tried. It may not after a refused bind, because every further attempt
    /// counts towards locking the account, nor if the fault is on this machine.
    pub(in crate::directory) fn may_try_next(&self) -> bool {
        match self {
            Self::Bind { source, .. } => source.is_connection_loss(),
            Self::Domain { source, .. } => !matches!(source, OperationError::NoSuchBase { .. }),
            Self::Trust(_) => false,
            _ => true,
        }
    }

    /// Returns the message with those of its causes, on one line.
    pub(in crate::directory) fn with_causes(&self) -> String {
        let mut text = self.to_string();
        let mut next = std::error::Error::source(self);
        while let Some(cause) = next {
            let said = cause.to_string();
            if !text.contains(&said) {
                text = format!("{text}: {said}");
            }
            next = cause.source();
        }
        text
    }
}

impl Advice for ConnectError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::NoServer(failed) => return failed.first()?.advice(),
            Self::Trust(error) => return error.advice(),
            Self::Unresolved { .. } => {
                "check the spelling, and whether this machine asks the domain's DNS servers; --dns-server asks \
                 another DNS server"
                    .into()
            }
            Self::Refused { server } if server.protection == Protection::Tls => format!(
                "check that this is a domain controller and that it has a certificate: without one it does not listen \
                 on {}; {} needs one, too",
                server.port, "ldap:// (StartTLS)"
            )
            .into(),
            Self::Refused { .. } => {
                "check the host and the port; a domain controller listens on 389 (ldap) and 636 (ldaps)".into()
            }
            Self::NoRoute { .. } | Self::Io { .. } => "check the network, the VPN and the address".into(),
            Self::ConnectTimeout { .. } => {
                "a firewall may drop the packets, or the host is down; --timeout waits longer".into()
            }
            Self::Silent { server, .. } => match server.protection {
                Protection::Tls => {
                    "check that this is the ldaps port (636); for port 389 write ldap://, which uses StartTLS; \
                     --timeout waits longer"
                        .into()
                }
                _ => {
                    "check that this is the ldap port (389); for port 636 write ldaps://; --timeout waits longer".into()
                }
            },
            Self::Certificate { fault, .. } => return fault.advice(),
            Self::Tls { fault, .. } => return fault.advice(),
            Self::NotLdap { fault, .. } => return fault.advice(),
            Self::HungUp { server } if server.protection == Protection::Sealed => {
                "is this an LDAP server on that port? ldap:// (sealed by Kerberos) is for 389, ldaps:// for 636".into()
            }
            Self::HungUp { .. } | Self::Malformed { .. } => {
                "is this an LDAP server on that port? ldaps:// is for 636, ldap:// (StartTLS) for 389; a domain \
                 controller without a certificate refuses both"
                    .into()
            }
            Self::NoStartTls { .. } => {
                "give the domain controller a certificate (AD CS issues one automatically, Samba has the setting `tls \
                 enabled`)"
                    .into()
            }
            Self::Bind { source, .. } => return source.advice(),
            Self::Domain { source, .. } => return source.advice(),
        })
    }
}
