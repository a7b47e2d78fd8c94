//! Active Directory over LDAP: the only user of `ldap3`.
//!
//! One connection, bound once and shared by all operations; each has a timeout. When it is lost, or the server busy, the
//! same is tried again, be it with another domain controller, as long as anything goes well. A photo is written only over
//! the value that was read ([`Directory::modify_photo`]), and accounts are named by their objectGUID, which survives
//! renames.

mod account;
mod bind;
pub mod check;
mod connect;
mod credentials;
mod discover;
mod dsa;
mod entry;
mod error;
mod everybody;
mod failover;
mod filter;
mod kerberos;
mod patience;
mod photo;
mod schema;
mod server;
mod session;
mod tls;
mod write;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::panics::caught_async;

use failover::Failover;
use patience::{Patience, Pause};
use session::Session;

pub use account::{Account, Guid, Lookup, container};
pub use bind::BindError;
pub use connect::ConnectError;
pub use credentials::Credentials;
pub use discover::{
    DiscoverError, DomainName, Found, Host, NameError, Origin, Question, SiteName, addresses, domain_controllers,
    own_domain,
};
pub use dsa::{Dsa, NotFound};
pub use error::{OperationError, WriteError};
pub use everybody::Names;
pub use filter::{Clause, Filter, FilterError, is_attribute_name};
pub use kerberos::{KerberosError, available as kerberos_available};
pub use photo::HeldPhoto;
pub use schema::{Attribute, Domain};
pub use server::{Protection, Server, ServerError};
pub use tls::TrustError;
pub use write::PhotoChange;

/// The attribute this program exists for (MS-ADA3 2.307): one octet string of at most 102,400 bytes.
pub const THUMBNAIL_PHOTO: &str = "thumbnailPhoto";

/// How to reach a directory and who to be there.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// Domain controllers, tried in this order.
    pub servers: Vec<Server>,
    /// Who to be there.
    pub credentials: Credentials,
    /// A file of certificate authorities to trust besides the system's.
    pub ca_file: Option<std::path::PathBuf>,
    /// Where accounts are searched; default: the domain.
    pub base_dn: Option<String>,
    /// How long a connection or one operation may take.
    pub timeout: Duration,
    /// How long to go on trying while nothing goes well.
    pub give_up_after: Duration,
}

/// A directory that one is signed in to, with whichever of its domain controllers answers.
#[derive(Debug)]
pub struct Directory {
    failover: Arc<Failover>,
    patience: Arc<Patience>,
    /// As given, or as Kerberos names it.
    user: String,
    domain: Domain,
    passed_over: Vec<String>,
}

impl Directory {
    /// Connects to the first server that answers, protects the connection, binds, and reads what domain it is.
    ///
    /// # Errors
    /// With every server's error if none can be used. A refused bind ends the search at once: asking every domain
    /// controller with a wrong password would lock the account.
    pub async fn connect(options: &ConnectOptions) -> Result<Self, ConnectError> {
        let trust = tls::client_config(options.ca_file.as_deref()).map_err(ConnectError::Trust)?;
        let patience = Arc::new(Patience::new(options.give_up_after));
        let mut directory = Self {
            failover: Arc::new(Failover::new(options.clone(), trust, patience.clone())),
            patience,
            user: String::new(),
            domain: Domain::default(),
            passed_over: Vec::new(),
        };
        let begun = Instant::now();
        let mut failed = Vec::new();
        for server in &options.servers {
            // DNS may name dozens that are all out of reach.
            if !failed.is_empty() && begun.elapsed() > options.give_up_after {
                break;
            }
            match directory.start_with(server, options.base_dn.as_deref()).await {
                Ok((domain, user)) => {
                    (directory.domain, directory.user) = (domain, user);
                    directory.passed_over = failed.iter().map(ConnectError::with_causes).collect();
                    return Ok(directory);
                }
                Err(error) if error.may_try_next() => failed.push(error),
                Err(error) => return Err(error),
            }
        }
        Err(match failed.len() {
            1 => failed.remove(0),
            _ => ConnectError::NoServer(failed),
        })
    }

    /// Why the servers before the first that answered could not be used, each with its causes.
    #[must_use]
    pub fn passed_over(&self) -> &[String] {
        &self.passed_over
    }

    /// What domain it is, and who is signed in.
    async fn start_with(&self, server: &Server, base_dn: Option<&str>) -> Result<(Domain, String), ConnectError> {
        let session = self.failover.start(server).await?;
        let failed = |source| ConnectError::Domain { server: server.clone(), source };
        let reading = caught_async(session.read_domain(base_dn)).await;
        let domain = reading.unwrap_or(Err(OperationError::Malformed)).map_err(failed)?;
        Ok((domain, session.user().to_owned()))
    }

    /// The domain, as the server describes it.
    #[must_use]
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Who is signed in.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Who is asked now.
    #[must_use]
    pub fn server(&self) -> Server {
        self.failover.preferred()
    }

    /// How long to wait for one server: where there are others, those that need only them are not held up for so long.
    fn patience_with_one(&self) -> Duration {
        self.patience.limit() / if self.failover.servers().len() > 1 { 3 } else { 1 }
    }

    /// What goes wrong while it is tried again; nothing at first.
    #[must_use]
    pub fn trouble(&self) -> watch::Receiver<String> {
        self.failover.trouble()
    }

    /// Reads, again where the connection or the server fails.
    async fn persist<T>(&self, read: impl AsyncFn(&Session) -> Result<T, OperationError>) -> Result<T, OperationError> {
        self.persist_at(None, read).await
    }

    /// The same with one server, if one is given.
    async fn persist_at<T>(
        &self,
        server: Option<&Server>,
        read: impl AsyncFn(&Session) -> Result<T, OperationError>,
    ) -> Result<T, OperationError> {
        let mut pause = Pause::default();
        let mut troubled = None;
        let reading = async {
            loop {
                let session = match server {
                    Some(server) => self.session_within(server, self.patience_with_one()).await?,
                    None => self.failover.any().await.map_err(OperationError::CannotReturn)?,
                };
                match caught_async(read(&session)).await.unwrap_or(Err(OperationError::Malformed)) {
                    Ok(answer) => return Ok(answer),
                    Err(error)
                        if error.may_pass(pause.tries())
                            && troubled.get_or_insert_with(Instant::now).elapsed() < self.patience.limit() =>
                    {
                        self.heed(&session, &error);
                        pause.wait().await;
                    }
                    Err(error) => {
                        self.failover.tell(format!("{}: {error}", session.server()));
                        return Err(error);
                    }
                }
            }
        };
        let answer = tokio::select! {
            biased;
            answer = reading => answer?,
            () = self.patience.exhausted() => return Err(self.gave_up()),
        };
        self.patience.fine();
        Ok(answer)
    }

    /// Waits until there is a connection.
    ///
    /// # Errors
    /// When there was none for too long.
    pub async fn ready(&self) -> Result<(), OperationError> {
        self.session().await.map(drop)
    }

    /// A session with any domain controller.
    async fn session(&self) -> Result<Arc<Session>, OperationError> {
        tokio::select! {
            biased;
            session = self.failover.any() => session.map_err(OperationError::CannotReturn),
            () = self.patience.exhausted() => Err(self.gave_up()),
        }
    }

    /// A session with this very server, if there is one in time.
    async fn session_within(&self, server: &Server, limit: Duration) -> Result<Arc<Session>, OperationError> {
        match timeout(limit, self.failover.at(server)).await {
            Ok(session) => session.map_err(OperationError::CannotReturn),
            Err(_) => Err(self.gave_up()),
        }
    }

    /// What an operation's failure means for the operations after it.
    fn heed(&self, session: &Session, error: &OperationError) {
        self.patience.trouble();
        if error.is_connection_loss() {
            self.failover.lost(session, error);
        }
        self.failover.tell(format!("{}: {error}", session.server()));
    }

    fn gave_up(&self) -> OperationError {
        OperationError::GaveUp { after: self.patience.limit(), why: self.trouble().borrow().clone() }
    }
}
