//! The link to a domain: whichever of its domain controllers answers.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::failover::Failover;
use super::patience::{Patience, Pause};
use super::session::Session;
use crate::directory::connection::{ConnectError, ConnectOptions, OperationError, Server, Trust};
use crate::panics::caught_async;

/// Sessions with the domain controllers of one domain. When one is lost, or its server busy, the same is asked again, be it
/// of another, as long as anything goes well.
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

    /// Tries once to connect to this server, which is asked from then on.
    pub(in crate::directory) async fn start(&self, server: &Server) -> Result<Arc<Session>, ConnectError> {
        self.failover.start(server).await
    }

    /// Returns the server that is asked now.
    pub(in crate::directory) fn server(&self) -> Server {
        self.failover.preferred()
    }

    /// Returns the servers that were given or found, and those that a referral added.
    pub(in crate::directory) fn servers(&self) -> Vec<Server> {
        self.failover.servers()
    }

    /// From now on this server is asked.
    pub(in crate::directory) fn prefer(&self, server: &Server) {
        self.failover.prefer(server);
    }

    /// How long to wait for one server: where there are others, those that need only them are not held up for so long.
    pub(in crate::directory) fn patience_with_one(&self) -> Duration {
        self.patience.limit() / if self.failover.servers().len() > 1 { 3 } else { 1 }
    }

    /// What goes wrong while it is tried again; nothing at first.
    pub(in crate::directory) fn trouble(&self) -> watch::Receiver<String> {
        self.failover.trouble()
    }

    /// Reads, again where the connection or the server fails.
    pub(in crate::directory) async fn persist<T>(
        &self,
        read: impl AsyncFn(&Session) -> Result<T, OperationError>,
    ) -> Result<T, OperationError> {
        self.persist_at(None, read).await
    }

    /// The same with one server, if one is given.
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

    /// A session with any domain controller.
    pub(in crate::directory) async fn session(&self) -> Result<Arc<Session>, OperationError> {
        tokio::select! {
            biased;
            session = self.failover.any() => session.map_err(OperationError::CannotReturn),
            () = self.patience.exhausted() => Err(self.gave_up()),
        }
    }

    /// A session with this very server, if there is one in time.
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

    /// What an operation's failure means for the operations after it.
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

    /// Waits until there is a session with this very server; an error is one that no time mends.
    pub(in crate::directory) async fn at(&self, server: &Server) -> Result<Arc<Session>, String> {
        self.failover.at(server).await
    }

    /// Something went well.
    pub(in crate::directory) fn fine(&self) {
        self.patience.fine();
    }

    /// How long a run goes on though nothing goes well.
    pub(in crate::directory) fn limit(&self) -> Duration {
        self.patience.limit()
    }

    /// Whether nothing has gone well for too long.
    pub(in crate::directory) fn is_exhausted(&self) -> bool {
        self.patience.is_exhausted()
    }
}
