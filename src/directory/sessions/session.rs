//! One connection to one domain controller, protected and bound.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ldap3::Ldap;
use tokio::sync::OnceCell;

use super::dsa::Dsa;
use crate::directory::connection::{ConnectError, ConnectOptions, Connected, OperationError, Server, Trust};

/// Bound once and shared by all operations that are under way.
#[derive(Debug)]
pub(in crate::directory) struct Session {
    connected: Connected,
    server: Server,
    timeout: Duration,
    patience: Duration,
    closed: AtomicBool,
    /// Not asked before somebody wants to know.
    pub(super) dsa: OnceCell<Option<Dsa>>,
}

impl Session {
    pub(super) async fn open(server: &Server, options: &ConnectOptions, trust: &Trust) -> Result<Self, ConnectError> {
        let connected = options.credentials.enter(server, trust, options.timeout).await?;
        Ok(Self {
            connected,
            server: server.clone(),
            timeout: options.timeout,
            patience: options.give_up_after,
            closed: AtomicBool::new(false),
            dsa: OnceCell::new(),
        })
    }

    pub(in crate::directory) fn server(&self) -> &Server {
        &self.server
    }

    pub(in crate::directory) fn user(&self) -> &str {
        &self.connected.user
    }

    /// How long one operation may take.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How long to go on while nothing goes well.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// A handle for one operation, with the timeout that a clone does not inherit.
    pub(in crate::directory) fn operation(&self) -> Ldap {
        let mut ldap = self.connected.ldap.clone();
        ldap.with_timeout(self.timeout);
        ldap
    }

    /// Returns the error with its true cause: `ldap3` knows only that the connection ended, and not that it was ended here
    /// because of what the server sent.
    pub(in crate::directory) fn explain(&self, error: OperationError) -> OperationError {
        match (error, self.connected.line.fault()) {
            // Whoever asks again needs to know that this one never left.
            (error, _) if error.was_not_sent() => error,
            (OperationError::ConnectionLost(_), Some(fault)) => OperationError::Unreadable(fault),
            (error, _) => error,
        }
    }

    /// Whether the connection is there: servers drop those that were idle for long (900 s on AD).
    pub(super) fn is_alive(&self) -> bool {
        !self.closed.load(Ordering::SeqCst) && !self.connected.driver.is_finished()
    }

    /// Closes the connection, which ends all its operations: where one was not answered, none can be relied on.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.connected.driver.abort();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.close();
    }
}
