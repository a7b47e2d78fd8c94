//! Active Directory over LDAP: the only user of `ldap3`.
//!
//! One connection, bound once and shared by all operations; each has a timeout. A photo is written only over the value
//! that was read ([`Directory::modify_photo`]), and accounts are named by their objectGUID, which survives renames.

mod account;
mod bind;
pub mod check;
mod connect;
mod entry;
mod error;
mod filter;
mod photo;
mod schema;
mod server;
mod tls;

use std::time::Duration;

use ldap3::Ldap;
use secrecy::SecretString;

pub use account::{Account, Guid, Lookup};
pub use bind::BindError;
pub use connect::ConnectError;
pub use error::OperationError;
pub use filter::{Clause, is_attribute_name};
pub use photo::{HeldPhoto, PhotoChange, WriteError};
pub use schema::{Attribute, Domain};
pub use server::{Protection, Server, ServerError};
pub use tls::TrustError;

/// The attribute this program exists for (MS-ADA3 2.307): one octet string of at most 102,400 bytes.
pub const THUMBNAIL_PHOTO: &str = "thumbnailPhoto";

/// How to reach a directory and who to be there.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// Domain controllers, the first that answers is used.
    pub servers: Vec<Server>,
    /// `DOMAIN\user`, a userPrincipalName or a DN.
    pub user: String,
    /// Never shown: its Debug output hides it.
    pub password: SecretString,
    /// A file of certificate authorities to trust besides the system's.
    pub ca_file: Option<std::path::PathBuf>,
    /// Where accounts are searched; default: the domain.
    pub base_dn: Option<String>,
    /// How long a connection or one operation may take.
    pub timeout: Duration,
}

/// A bound connection to one domain controller.
#[derive(Debug)]
pub struct Directory {
    ldap: Ldap,
    timeout: Duration,
    server: Server,
    /// As given.
    user: String,
    domain: Domain,
}

impl Directory {
    /// Connects to the first server that answers, protects the connection, binds, and reads what domain it is.
    ///
    /// # Errors
    /// With every server's error if none can be used. A refused bind ends the search at once: asking every domain
    /// controller with a wrong password would lock the account.
    pub async fn connect(options: &ConnectOptions) -> Result<Self, ConnectError> {
        let trust = tls::client_config(options.ca_file.as_deref()).map_err(ConnectError::Trust)?;
        let mut failed = Vec::new();
        for server in &options.servers {
            match Self::connect_to(server, options, trust.clone()).await {
                Err(error) if error.may_try_next() => failed.push(error),
                result => return result,
            }
        }
        Err(match failed.len() {
            1 => failed.remove(0),
            _ => ConnectError::NoServer(failed),
        })
    }

    async fn connect_to(
        server: &Server,
        options: &ConnectOptions,
        trust: std::sync::Arc<rustls::ClientConfig>,
    ) -> Result<Self, ConnectError> {
        let mut ldap = connect::open(server, trust, options.timeout).await?;
        bind::simple(&mut ldap, &options.user, &options.password, options.timeout)
            .await
            .map_err(|source| ConnectError::Bind { server: server.clone(), user: options.user.clone(), source })?;
        let mut directory = Self {
            ldap,
            timeout: options.timeout,
            server: server.clone(),
            user: options.user.clone(),
            domain: Domain::default(),
        };
        directory.domain = directory
            .read_domain(options.base_dn.as_deref())
            .await
            .map_err(|source| ConnectError::Domain { server: server.clone(), source })?;
        Ok(directory)
    }

    /// The domain, as the server describes it.
    #[must_use]
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// The domain controller this is connected to.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// A handle for one operation, with the timeout that a clone does not inherit.
    fn operation(&self) -> Ldap {
        let mut ldap = self.ldap.clone();
        ldap.with_timeout(self.timeout);
        ldap
    }
}
