//! Credentials, and signing in with them.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;

use super::connected::Connected;
use super::error::{BindError, ConnectError};
use super::open::{explain, explain_end, open};
use super::server::{Protection, Server};
use super::tls::Trust;
use super::{bind, kerberos};

/// How to sign in.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// A name and a password (RFC 4513 5.1.3), which are sent over protected connections only.
    Simple {
        /// `DOMAIN\user`, a userPrincipalName or a DN.
        user: String,
        /// The password; its `Debug` output hides it.
        password: SecretString,
    },
    /// The Kerberos ticket in the cache; on Windows, the ticket of the logon.
    Kerberos,
}

impl fmt::Display for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Simple { user, .. } => write!(f, "as {user}"),
            Self::Kerberos => f.write_str("with Kerberos"),
        }
    }
}

impl Credentials {
    /// Connects, protects the connection and signs in.
    pub(in crate::directory) async fn enter(
        &self,
        server: &Server,
        trust: &Trust,
        limit: Duration,
    ) -> Result<Connected, ConnectError> {
        let refused = |source| ConnectError::Bind { server: server.clone(), credentials: self.to_string(), source };
        let protection = match (self, server.protection) {
            // This server was meant to be sealed by Kerberos, so it has no TLS yet. A password must not be sent in
            // clear text.
            (Self::Simple { .. }, Protection::Sealed) => Protection::StartTls,
            (_, protection) => protection,
        };
        let handshake = trust.handshake();
        let mut stream = open(server, protection, &handshake, limit).await?;
        match self {
            Self::Simple { user, password } => {
                let mut connected = Connected::start(stream, None, user.clone())
                    .await
                    .map_err(|error| explain(error, server, &handshake))?;
                match bind::simple(&mut connected.ldap, user, password, limit).await {
                    Ok(()) => Ok(connected),
                    Err(BindError::NoAnswer) => {
                        let end = explain_end(&connected.line, server, &handshake);
                        Err(end.unwrap_or_else(|| refused(BindError::NoAnswer)))
                    }
                    Err(source) => Err(refused(source)),
                }
            }
            Self::Kerberos => {
                let signed_in = kerberos::sign_in(&mut stream, &server.host, limit).await;
                let signed_in = signed_in.map_err(|error| match error {
                    kerberos::NotSignedIn::Refused(source) => refused(source),
                    kerberos::NotSignedIn::Silent => ConnectError::Silent { server: server.clone(), waited: limit },
                    kerberos::NotSignedIn::Broken(error) => explain(error, server, &handshake),
                })?;
                let connected = Connected::start(stream, signed_in.sealing, signed_in.user).await;
                connected.map_err(|error| explain(error, server, &handshake))
            }
        }
    }
}
