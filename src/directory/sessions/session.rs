//! A session: one connection to one domain controller, protected and bound.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ldap3::Ldap;
use tokio::sync::OnceCell;

use super::dsa::Dsa;
use crate::directory::connection::{ConnectError, ConnectOptions, Connected, OperationError, Server, Trust};

/// A session, shared by all operations that are in progress.
#[derive(Debug)]
pub(in crate::directory) struct Session {
    connected: Connected,
    server: Server,
    timeout: Duration,
    patience: Duration,
    closed: AtomicBool,
    /// The identity of the domain controller, which is asked only when somebody needs it.
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

    /// Returns how long one operation may take.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Returns how long to keep trying while no operation succeeds.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// Returns a handle for one operation. Its timeout is set anew, because clones of an `Ldap` do not inherit it.
    pub(in crate::directory) fn operation(&self) -> Ldap {
        let mut ldap = self.connected.ldap.clone();
        ldap.with_timeout(self.timeout);
        ldap
    }

    /// Returns the error with its true cause. `ldap3` knows only that the connection has ended; the line knows if it
    /// was closed on this side because of what the server sent.
    pub(in crate::directory) fn explain(&self, error: OperationError) -> OperationError {
        match (error, self.connected.line.fault()) {
            // The caller must still see that this request was never sent, so this error is kept.
            (error, _) if error.was_not_sent() => error,
            (OperationError::ConnectionLost(_), Some(fault)) => OperationError::Unreadable(fault),
            (error, _) => error,
        }
    }

    /// Returns whether the connection is open. Servers close idle ones, AD after 900 s.
    pub(super) fn is_alive(&self) -> bool {
        !self.closed.load(Ordering::SeqCst) && !self.connected.driver.is_finished()
    }

    /// Closes the connection, which ends all its operations. When one operation gets no answer, none of the others can
    /// be relied on.
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
