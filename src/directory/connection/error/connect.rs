//! Why there is no usable connection, and what to do about it.

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

/// Why there is no usable connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// None of several servers can be used.
    #[error("no server can be used: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    NoServer(Vec<ConnectError>),
    /// The list of trusted authorities cannot be made.
    #[error(transparent)]
    Trust(TrustError),
    /// The name has no address.
    #[error("{server}: the name cannot be resolved")]
    Unresolved {
        /// The server.
        server: Server,
        /// What the resolver said.
        source: io::Error,
    },
    /// The port is closed.
    #[error("{server}: connection refused: nothing listens on port {}", server.port)]
    Refused {
        /// The server.
        server: Server,
    },
    /// The network or the host cannot be reached.
    #[error("{server}: no route to the server")]
    NoRoute {
        /// The server.
        server: Server,
        /// What the system said.
        source: io::Error,
    },
    /// The connection could not be opened for another reason.
    #[error("{server}: cannot connect")]
    Io {
        /// The server.
        server: Server,
        /// What the system said.
        source: io::Error,
    },
    /// No answer to the request for a connection.
    #[error("{server}: no answer to the connection request within {} s", waited.as_secs_f32())]
    ConnectTimeout {
        /// The server.
        server: Server,
        /// The timeout.
        waited: Duration,
    },
    /// The connection opened, but the server said nothing.
    #[error("{server}: the server accepted the connection and then did not answer within {} s", waited.as_secs_f32())]
    Silent {
        /// The server.
        server: Server,
        /// The timeout.
        waited: Duration,
    },
    /// The server's certificate is not believed.
    #[error("{server}: the server's certificate {fault}")]
    Certificate {
        /// The server.
        server: Server,
        /// What is wrong with it.
        fault: CertificateFault,
    },
    /// Anything else that kept TLS from coming about.
    #[error("{server}: {fault}")]
    Tls {
        /// The server.
        server: Server,
        /// What it was.
        fault: HandshakeFault,
    },
    /// The server hung up during the handshake.
    #[error("{server}: the server closed the connection during the {}", match server.protection {
        Protection::Sealed | Protection::None => "sign-in",
        Protection::Tls | Protection::StartTls => "TLS handshake",
    })]
    HungUp {
        /// The server.
        server: Server,
    },
    /// The server does not do StartTLS.
    #[error("{server}: the server refuses StartTLS: {}", in_words(*code, text))]
    NoStartTls {
        /// The server.
        server: Server,
        /// The LDAP result code.
        code: u32,
        /// The server's words.
        text: String,
    },
    /// Bytes that are no LDAP, or more of it than is read.
    #[error("{server}: the server does not answer as an LDAP server does: {fault}")]
    NotLdap {
        /// The server.
        server: Server,
        /// What is wrong with its answer.
        fault: MessageError,
    },
    /// An answer that `ldap3` stumbled over.
    #[error("{server}: the server's answers are no LDAP")]
    Malformed {
        /// The server.
        server: Server,
    },
    /// The bind was refused.
    #[error("{server}: cannot sign in {credentials}: {source}")]
    Bind {
        /// The server.
        server: Server,
        /// `as NAME`, or with what else.
        credentials: String,
        /// Why.
        source: BindError,
    },
    /// The domain could not be read: no domain controller, or no such base DN.
    #[error("{server}: {source}")]
    Domain {
        /// The server.
        server: Server,
        /// Why.
        source: OperationError,
    },
}

impl ConnectError {
    /// Whether another server may be tried: not after a refused bind, nor where the fault is on this side.
    pub(in crate::directory) fn may_try_next(&self) -> bool {
        match self {
            Self::Bind { source, .. } => source.is_connection_loss(),
            Self::Domain { source, .. } => !matches!(source, OperationError::NoSuchBase { .. }),
            Self::Trust(_) => false,
            _ => true,
        }
    }

    /// Itself and its causes on one line.
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
            Self::Unresolved { .. } => "check the spelling, and whether this machine asks the domain's DNS servers; --dns-server asks another".into(),
            Self::Refused { server } if server.protection == Protection::Tls => format!(
                "is it a domain controller, and has it a certificate? Without one it does not listen on {}; {} needs one, too",
                server.port, "ldap:// (StartTLS)"
            ).into(),
            Self::Refused { .. } => "check the host and the port; a domain controller listens on 389 (ldap) and 636 (ldaps)".into(),
            Self::NoRoute { .. } | Self::Io { .. } => "check the network, the VPN and the address".into(),
            Self::ConnectTimeout { .. } => "a firewall may drop the packets, or the host is down; --timeout waits longer".into(),
            Self::Silent { server, .. } => match server.protection {
                Protection::Tls => "is this the ldaps port (636)? For port 389 write ldap://, which uses StartTLS; --timeout waits longer".into(),
                _ => "is this the ldap port (389)? For port 636 write ldaps://; --timeout waits longer".into(),
            },
            Self::Certificate { fault, .. } => return fault.advice(),
            Self::Tls { fault, .. } => return fault.advice(),
            Self::NotLdap { fault, .. } => return fault.advice(),
            Self::HungUp { server } if server.protection == Protection::Sealed => {
                "is this an LDAP server on that port? ldap:// (sealed by Kerberos) is for 389, ldaps:// for 636".into()
            }
            Self::HungUp { .. } | Self::Malformed { .. } => {
                "is this an LDAP server on that port? ldaps:// is for 636, ldap:// (StartTLS) for 389; a domain controller without a certificate refuses both".into()
            }
            Self::NoStartTls { .. } => "the domain controller has no certificate; give it one (AD CS issues it by itself, Samba has `tls enabled`)".into(),
            Self::Bind { source, .. } => return source.advice(),
            Self::Domain { source, .. } => return source.advice(),
        })
    }
}
