//! Who to be in the directory, and how to become that.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ldap3::Ldap;
use rustls::ClientConfig;
use secrecy::SecretString;
use tokio::task::JoinHandle;

use super::error::ConnectError;
use super::server::{Protection, Server};
use super::{bind, kerberos, open};

/// Who to be there.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// A name and a password (RFC 4513 5.1.3), which only cross protected connections.
    Simple {
        /// `DOMAIN\user`, a userPrincipalName or a DN.
        user: String,
        /// Never shown: its Debug output hides it.
        password: SecretString,
    },
    /// The ticket that is there; on Windows, the logon.
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
    /// Connects, protects the connection and binds; returns also what drives it, and who that is.
    pub(in crate::directory) async fn enter(
        &self,
        server: &Server,
        trust: Arc<ClientConfig>,
        limit: Duration,
    ) -> Result<(Ldap, JoinHandle<()>, String), ConnectError> {
        let refused = |source| ConnectError::Bind { server: server.clone(), credentials: self.to_string(), source };
        match (self, server.protection) {
            (Self::Simple { user, password }, _) => {
                let (mut ldap, driver) = open::open(server, trust, limit).await?;
                bind::simple(&mut ldap, user, password, limit).await.map_err(refused)?;
                Ok((ldap, driver, user.clone()))
            }
            (Self::Kerberos, Protection::Tls | Protection::StartTls) => {
                let (mut ldap, driver) = open::open(server, trust, limit).await?;
                let user = kerberos::bind(&mut ldap, &server.host, limit).await.map_err(refused)?;
                Ok((ldap, driver, user))
            }
            (Self::Kerberos, Protection::Sealed | Protection::None) => open::open_sealed(server, limit, refused).await,
        }
    }
}
