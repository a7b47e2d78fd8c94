//! One connection to one domain controller, protected and bound.

use std::sync::Arc;
use std::time::Duration;

use ldap3::Ldap;
use rustls::ClientConfig;
use tokio::task::JoinHandle;

use super::{ConnectError, ConnectOptions, Server, bind, connect};

/// Bound once and shared by all operations that are under way.
#[derive(Debug)]
pub(super) struct Session {
    ldap: Ldap,
    server: Server,
    timeout: Duration,
    driver: JoinHandle<()>,
}

impl Session {
    pub(super) async fn open(
        server: &Server,
        options: &ConnectOptions,
        trust: Arc<ClientConfig>,
    ) -> Result<Self, ConnectError> {
        let (mut ldap, driver) = connect::open(server, trust, options.timeout).await?;
        bind::simple(&mut ldap, &options.user, &options.password, options.timeout)
            .await
            .map_err(|source| ConnectError::Bind { server: server.clone(), user: options.user.clone(), source })?;
        Ok(Self { ldap, server: server.clone(), timeout: options.timeout, driver })
    }

    pub(super) fn server(&self) -> &Server {
        &self.server
    }

    /// A handle for one operation, with the timeout that a clone does not inherit.
    pub(super) fn operation(&self) -> Ldap {
        let mut ldap = self.ldap.clone();
        ldap.with_timeout(self.timeout);
        ldap
    }

    /// Whether the connection is there: servers drop those that were idle for long (900 s on AD).
    pub(super) fn is_alive(&self) -> bool {
        !self.driver.is_finished()
    }

    /// Closes the connection, which ends all its operations: where one was not answered, none can be relied on.
    pub(super) fn close(&self) {
        self.driver.abort();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.close();
    }
}
