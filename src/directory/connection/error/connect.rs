//! Why there is no usable connection, and what to do about it.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use ldap3::LdapError;

use super::bind::BindError;
use super::operation::OperationError;
use crate::directory::connection::result_code::in_words;
use crate::directory::connection::server::{Protection, Server};
use crate::directory::connection::tls::TrustError;
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
    /// The certificate is signed by nobody who is trusted here.
    #[error("{server}: the server's certificate is not signed by an authority that this machine trusts")]
    UnknownIssuer {
        /// The server.
        server: Server,
    },
    /// The certificate is for other names.
    #[error("{server}: the server's certificate is not for the name {}{}", server.host, valid_names(names))]
    WrongName {
        /// The server.
        server: Server,
        /// The names it is for.
        names: Vec<String>,
    },
    /// The certificate's time is over, or has not come.
    #[error("{server}: the server's certificate is {}", if *expired { "expired" } else { "not valid yet" })]
    WrongTime {
        /// The server.
        server: Server,
        /// Over, or not come.
        expired: bool,
    },
    /// Anything else that TLS found wrong.
    #[error("{server}: no secure connection")]
    Tls {
        /// The server.
        server: Server,
        /// What TLS said.
        source: rustls::Error,
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
    /// Anything else during the handshake.
    #[error("{server}: the server does not answer as an LDAP server does")]
    Protocol {
        /// The server.
        server: Server,
        /// What `ldap3` said.
        source: LdapError,
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

fn valid_names(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => shown,
        count if count > SHOWN => format!(", but for {shown}, …"),
        _ => format!(", but for {shown}"),
    }
}

impl ConnectError {
    /// Whether another server may be tried: not after a refused bind, nor where the fault is on this side.
    pub(in crate::directory) fn may_try_next(&self) -> bool {
        match self {
            Self::Bind { source, .. } => source.is_connection_loss(),
            Self::Domain { source, .. } => !matches!(source, OperationError::NoSuchBase(_)),
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
            Self::UnknownIssuer { .. } => {
                "pass the certificate of the authority that signed it with --ca-file CA.pem; on a domain controller with AD CS, \
                 `certutil -ca.cert ca.cer` writes it; with Samba it is the file named by `tls cafile`"
                    .into()
            }
            Self::WrongName { names, .. } if !names.is_empty() => {
                // A full name says more than an alias.
                let best = names.iter().max_by_key(|name| name.matches('.').count()).unwrap_or(&names[0]);
                format!("connect by a name that the certificate has, e.g. --server {best}").into()
            }
            Self::WrongName { .. } => "connect by the domain controller's full DNS name, not by an alias or an IP address".into(),
            Self::WrongTime { .. } => "renew the domain controller's certificate, and check the clock of this machine".into(),
            Self::HungUp { server } | Self::Protocol { server, .. } if server.protection == Protection::Sealed => {
                "is this an LDAP server on that port? ldap:// (sealed by Kerberos) is for 389, ldaps:// for 636".into()
            }
            Self::Tls { .. } | Self::HungUp { .. } | Self::Protocol { .. } | Self::Malformed { .. } => {
                "is this an LDAP server on that port? ldaps:// is for 636, ldap:// (StartTLS) for 389; a domain controller without a certificate refuses both".into()
            }
            Self::NoStartTls { .. } => "the domain controller has no certificate; give it one (AD CS issues it by itself, Samba has `tls enabled`)".into(),
            Self::Bind { source, .. } => return source.advice(),
            Self::Domain { source, .. } => return source.advice(),
        })
    }
}
