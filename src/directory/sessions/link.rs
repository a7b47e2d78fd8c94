//! The link to a domain, through whichever of its domain controllers answers.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::failover::Failover;
use super::patience::{Patience, Pause};
use super::session::Session;
use crate::directory::connection::{ConnectError, ConnectOptions, OperationError, Server, Trust};
use crate::panics::caught_async;

/// The sessions with the domain controllers of one domain. When a session is lost, or its server is busy, the request
/// is repeated, on another domain controller if need be, as long as some operations succeed.
#[derive(Debug)]
pub(in crate::directory) struct Link {
    pub(super) failover: Arc<Failover>,
    patience: Arc<Patience>,
}

impl Link {
    pub(in crate::directory) fn new(options: &ConnectOptions, trust: Trust) -> Self {
        let patience = Arc::new(Patience::new(options.give_up_after));
        Self { failover: Arc::new(Failover::new(options.clone(), trust, patience.clone())), patience }
    }

    /// Tries once to connect to a server, and makes it the preferred one.
    pub(in crate::directory) async fn start(&self, server: &Server) -> Result<Arc<Session>, ConnectError> {
        self.failover.start(server).await
    }

    /// Returns the preferred server.
    pub(in crate::directory) fn server(&self) -> Server {
        self.failover.preferred()
    }

    /// Returns the servers that were given or found, and those that a referral added.
    pub(in crate::directory) fn servers(&self) -> Vec<Server> {
        self.failover.servers()
    }

    /// Makes a server the preferred one.
    pub(in crate::directory) fn prefer(&self, server: &Server) {
        self.failover.prefer(server);
    }

    /// Returns how long to wait for one particular server. If there are others, this is a third of the whole patience:
    /// work that needs only the others should not be held up.
    pub(in crate::directory) fn patience_with_one(&self) -> Duration {
        self.patience.limit() / if self.failover.servers().len() > 1 { 3 } else { 1 }
    }

    /// Returns a receiver of the last error message; it is empty at first.
    pub(in crate::directory) fn trouble(&self) -> watch::Receiver<String> {
        self.failover.trouble()
    }

    /// Runs a read on any session, and repeats it when the connection or the server fails.
    pub(in crate::directory) async fn persist<T>(
        &self,
        read: impl AsyncFn(&Session) -> Result<T, OperationError>,
    ) -> Result<T, OperationError> {
        self.persist_at(None, read).await
    }

    /// Like [`persist`](Self::persist), on one particular server if it is given.
    ///
    /// A read is given up in three cases: its error will not pass; it has failed for longer than the patience, although
    /// other operations succeed; or no operation at all has succeeded for that time.
    pub(in crate::directory) async fn persist_at<T>(
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
                let answer = caught_async(read(&session)).await.unwrap_or(Err(OperationError::Malformed));
                match answer.map_err(|error| session.explain(error)) {
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

    /// Returns a session with any domain controller, and waits until there is one.
    pub(in crate::directory) async fn session(&self) -> Result<Arc<Session>, OperationError> {
        tokio::select! {
            biased;
            session = self.failover.any() => session.map_err(OperationError::CannotReturn),
            () = self.patience.exhausted() => Err(self.gave_up()),
        }
    }

    /// Returns a session with this very server, if there is one within `limit`.
    pub(in crate::directory) async fn session_within(
        &self,
        server: &Server,
        limit: Duration,
    ) -> Result<Arc<Session>, OperationError> {
        match timeout(limit, self.failover.at(server)).await {
            Ok(session) => session.map_err(OperationError::CannotReturn),
            Err(_) => Err(self.gave_up()),
        }
    }

    /// Records a failed operation: starts the clock of the patience, closes the session if it was lost, and publishes
    /// the error message.
    pub(in crate::directory) fn heed(&self, session: &Session, error: &OperationError) {
        self.patience.trouble();
        if error.is_connection_loss() {
            self.failover.lost(session, error);
        }
        self.failover.tell(format!("{}: {error}", session.server()));
    }

    pub(in crate::directory) fn gave_up(&self) -> OperationError {
        OperationError::GaveUp { after: self.patience.limit(), why: self.trouble().borrow().clone() }
    }

    /// Returns a session with this very server, and waits until there is one. An error means that waiting is useless.
    pub(in crate::directory) async fn at(&self, server: &Server) -> Result<Arc<Session>, String> {
        self.failover.at(server).await
    }

    /// Records that an operation succeeded, which stops the clock of the patience.
    pub(in crate::directory) fn fine(&self) {
        self.patience.fine();
    }

    /// Returns how long a run keeps trying while no operation succeeds.
    pub(in crate::directory) fn limit(&self) -> Duration {
        self.patience.limit()
    }

    /// Returns whether no operation has succeeded for as long as [`limit`](Self::limit).
    pub(in crate::directory) fn is_exhausted(&self) -> bool {
        self.patience.is_exhausted()
    }
}
