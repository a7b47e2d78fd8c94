//! One connection to one domain controller, protected and bound.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ldap3::Ldap;
use rustls::ClientConfig;
use tokio::sync::OnceCell;
use tokio::task::JoinHandle;

use super::dsa::Dsa;
use crate::directory::connection::{ConnectError, ConnectOptions, Server};

/// Bound once and shared by all operations that are under way.
#[derive(Debug)]
pub(in crate::directory) struct Session {
    ldap: Ldap,
    server: Server,
    timeout: Duration,
    driver: JoinHandle<()>,
    closed: AtomicBool,
    /// As given, or as Kerberos names it.
    user: String,
    /// Not asked before somebody wants to know.
    pub(super) dsa: OnceCell<Option<Dsa>>,
}

impl Session {
    pub(super) async fn open(
        server: &Server,
        options: &ConnectOptions,
        trust: Arc<ClientConfig>,
    ) -> Result<Self, ConnectError> {
        let (ldap, driver, user) = options.credentials.enter(server, trust, options.timeout).await?;
        Ok(Self {
            ldap,
            server: server.clone(),
            timeout: options.timeout,
            driver,
            closed: AtomicBool::new(false),
            user,
            dsa: OnceCell::new(),
        })
    }

    pub(in crate::directory) fn server(&self) -> &Server {
        &self.server
    }

    pub(in crate::directory) fn user(&self) -> &str {
        &self.user
    }

    /// How long one operation may take.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// A handle for one operation, with the timeout that a clone does not inherit.
    pub(in crate::directory) fn operation(&self) -> Ldap {
        let mut ldap = self.ldap.clone();
        ldap.with_timeout(self.timeout);
        ldap
    }

    /// Whether the connection is there: servers drop those that were idle for long (900 s on AD).
    pub(super) fn is_alive(&self) -> bool {
        !self.closed.load(Ordering::SeqCst) && !self.driver.is_finished()
    }

    /// Closes the connection, which ends all its operations: where one was not answered, none can be relied on.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.driver.abort();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.close();
    }
}
