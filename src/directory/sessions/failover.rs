//! Failover: choosing the domain controller to ask, and connecting again when a connection is lost.
//!
//! One server, the preferred one, is asked as long as it answers. When it does not, all servers are tried in turn,
//! again and again with growing pauses, and the first that accepts a connection becomes the preferred one. The turn
//! begins with the server that was just lost: often only the connection is gone. But a server that did not answer, or
//! sent what cannot be read, is tried last for a while, because each attempt may cost a whole timeout. The caller
//! decides how long this may go on (see [`Patience`]).
//!
//! Any number of tasks may want a session with a server at the same time. They all wait for the same attempt, which
//! runs in a task of its own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::panics::caught_async;

use super::dsa::Dsa;
use super::patience::{Patience, Pause, pause_after};
use super::session::Session;
use crate::directory::connection::{ConnectError, ConnectOptions, OperationError, Server, Trust};

/// The time for which a suspect server (silent, or unreadable) is tried after all others.
const SUSPECT_FOR: Duration = Duration::from_secs(60);

/// The servers and the sessions with them.
#[derive(Debug)]
pub(super) struct Failover {
    options: ConnectOptions,
    trust: Trust,
    patience: Arc<Patience>,
    /// The servers, in the order in which to try them. A referral may add one.
    endpoints: RwLock<Vec<Arc<Endpoint>>>,
    /// The index of the preferred server, which is asked.
    preferred: AtomicUsize,
    /// An error that waiting cannot mend, such as a refused password. Once it is set, nobody connects any more: further
    /// attempts would lock the account.
    hopeless: OnceLock<String>,
    /// What went wrong last, for the progress display.
    trouble: watch::Sender<String>,
}

/// The result of connecting. The error is only its message, because many tasks get the same one.
type Outcome = Result<Arc<Session>, String>;

#[derive(Debug)]
/// A server, and the state of the connection to it.
struct Endpoint {
    server: Server,
    state: Mutex<State>,
    /// The domain controller that must answer under this name, once a caller has insisted on it.
    meant: OnceLock<Dsa>,
}

#[derive(Debug, Default)]
struct State {
    session: Option<Arc<Session>>,
    /// The attempt that is under way; every task that wants a session waits for it.
    trying: Option<watch::Receiver<Option<Outcome>>>,
    /// The number of failed attempts since the last success.
    failures: u32,
    /// The last failure, and until when it is returned without a new attempt.
    failed: Option<(Instant, String)>,
    /// When the server last became suspect.
    suspect: Option<Instant>,
}

impl Endpoint {
    fn new(server: Server) -> Arc<Self> {
        Arc::new(Self { server, state: Mutex::default(), meant: OnceLock::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the session if its connection is still open.
    fn live(&self) -> Option<Arc<Session>> {
        self.state().session.clone().filter(|session| session.is_alive())
    }

    /// Returns the session if it is with the domain controller that must answer here. A host name may lead to several,
    /// or to another one after a change in DNS.
    async fn accept(&self, session: Session) -> Result<Session, String> {
        let Some(meant) = self.meant.get() else { return Ok(session) };
        match session.dsa().await {
            Ok(Some(found)) if found.guid == meant.guid => Ok(()),
            Ok(Some(other)) => Err(format!("{} used to be {meant}, and is now {other}", self.server)),
            // The domain controller that is meant has told its identity before, so one that does not may be another.
            Ok(None) => Err(format!("{} does not say whether it still is {meant}", self.server)),
            Err(error) => Err(error.to_string()),
        }?;
        Ok(session)
    }

    fn is_suspect(&self) -> bool {
        self.state().suspect.is_some_and(|since| since.elapsed() < SUSPECT_FOR)
    }
}

impl Failover {
    pub(super) fn new(options: ConnectOptions, trust: Trust, patience: Arc<Patience>) -> Self {
        Self {
            endpoints: RwLock::new(options.servers.iter().cloned().map(Endpoint::new).collect()),
            options,
            trust,
            patience,
            preferred: AtomicUsize::new(0),
            hopeless: OnceLock::new(),
            trouble: watch::Sender::default(),
        }
    }

    /// Tries once to connect to a server, and makes it the preferred one.
    pub(super) async fn start(&self, server: &Server) -> Result<Arc<Session>, ConnectError> {
        let endpoint = self.endpoint(server);
        let session = Arc::new(self.open(server).await?);
        endpoint.state().session = Some(session.clone());
        self.prefer(server);
        Ok(session)
    }

    /// Returns a session with any server, and waits until there is one. An error means that waiting is useless.
    pub(super) async fn any(self: &Arc<Self>) -> Outcome {
        let mut pause = Pause::default();
        loop {
            let endpoints = self.endpoints();
            let preferred = self.preferred.load(Ordering::Relaxed);
            if let Some(session) = endpoints.get(preferred).and_then(|endpoint| endpoint.live()) {
                return Ok(session);
            }
            let mut places: Vec<_> = (0..endpoints.len()).map(|step| (preferred + step) % endpoints.len()).collect();
            places.sort_by_key(|&place| endpoints[place].is_suspect());
            for place in places {
                if let Ok(session) = self.connect(&endpoints[place]).await {
                    self.preferred.store(place, Ordering::Relaxed);
                    return Ok(session);
                }
                self.hope()?;
            }
            self.patience.trouble();
            pause.wait().await;
        }
    }

    /// Returns a session with this very server, and waits until there is one. An error means that waiting is useless.
    pub(super) async fn at(self: &Arc<Self>, server: &Server) -> Outcome {
        let endpoint = self.endpoint(server);
        let mut pause = Pause::default();
        loop {
            if let Ok(session) = self.connect(&endpoint).await {
                return Ok(session);
            }
            self.hope()?;
            pause.wait().await;
        }
    }

    /// Returns the preferred server.
    pub(super) fn preferred(&self) -> Server {
        self.endpoints()[self.preferred.load(Ordering::Relaxed)].server.clone()
    }

    /// Makes a server the preferred one.
    pub(super) fn prefer(&self, server: &Server) {
        self.preferred.store(self.place_of(server), Ordering::Relaxed);
    }

    /// From now on, accepts a session with `server` only if it is with this domain controller.
    pub(super) fn insist(&self, server: &Server, dsa: &Dsa) {
        let _ = self.endpoint(server).meant.set(dsa.clone());
    }

    /// Closes a session that was lost or did not answer. If the error is suspicious, its server is tried last for a
    /// while.
    pub(super) fn lost(&self, session: &Session, error: &OperationError) {
        session.close();
        if error.is_suspicious() {
            self.endpoint(session.server()).state().suspect = Some(Instant::now());
        }
    }

    /// Returns a receiver of the last error message, which is notified when another one takes its place.
    pub(super) fn trouble(&self) -> watch::Receiver<String> {
        self.trouble.subscribe()
    }

    /// Publishes an error message, unless it is the same as the last one.
    pub(super) fn tell(&self, text: String) {
        self.trouble.send_if_modified(|last| std::mem::replace(last, text.clone()) != text);
    }

    /// Returns the servers that were given or found, and those that a referral added.
    pub(super) fn servers(&self) -> Vec<Server> {
        self.endpoints().iter().map(|endpoint| endpoint.server.clone()).collect()
    }

    fn endpoints(&self) -> Vec<Arc<Endpoint>> {
        self.endpoints.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn endpoint(&self, server: &Server) -> Arc<Endpoint> {
        let place = self.place_of(server);
        self.endpoints()[place].clone()
    }

    /// Returns the index of a server, which is added if it is new.
    fn place_of(&self, server: &Server) -> usize {
        let mut endpoints = self.endpoints.write().unwrap_or_else(PoisonError::into_inner);
        endpoints.iter().position(|endpoint| endpoint.server.is_same_as(server)).unwrap_or_else(|| {
            endpoints.push(Endpoint::new(server.clone()));
            endpoints.len() - 1
        })
    }

    /// Fails if an error has occurred that waiting cannot mend.
    fn hope(&self) -> Result<(), String> {
        self.hopeless.get().map_or(Ok(()), |text| Err(text.clone()))
    }

    /// Returns the open session, or joins the one attempt to open it, or begins that attempt.
    ///
    /// The attempt runs in a task of its own, because a caller that waits for it may not be polled for long (it may be
    /// one of many futures in a stream), and others depend on the attempt. A failure is remembered for a while: callers
    /// within that time get it at once, and do not burden the server with further attempts.
    async fn connect(self: &Arc<Self>, endpoint: &Arc<Endpoint>) -> Outcome {
        if let Some(session) = endpoint.live() {
            return Ok(session);
        }
        let mut trying = {
            let mut state = endpoint.state();
            match (&state.trying, &state.failed) {
                (Some(trying), _) => trying.clone(),
                (None, Some((until, text))) if Instant::now() < *until => return Err(text.clone()),
                (None, _) => {
                    let (tried, trying) = watch::channel(None);
                    state.trying = Some(trying.clone());
                    let (this, endpoint) = (self.clone(), endpoint.clone());
                    tokio::spawn(async move { drop(tried.send(Some(this.attempt(&endpoint).await))) });
                    trying
                }
            }
        };
        let outcome = trying.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
        outcome.unwrap_or_else(|| Err("the connection could not be tried".to_owned()))
    }

    /// Makes one attempt to connect and records its result. An error after which no other server may be tried ends all
    /// attempts for good.
    async fn attempt(&self, endpoint: &Endpoint) -> Outcome {
        let opened = match self.hope() {
            Ok(()) => self.open(&endpoint.server).await.map_err(|error| {
                let text = error.with_causes();
                if !error.may_try_next() {
                    let _ = self.hopeless.set(text.clone());
                }
                text
            }),
            Err(text) => Err(text),
        };
        let opened = match opened {
            Ok(session) => endpoint.accept(session).await,
            refused => refused,
        };
        let mut state = endpoint.state();
        state.trying = None;
        match opened {
            Ok(session) => {
                let session = Arc::new(session);
                *state = State { session: Some(session.clone()), ..State::default() };
                Ok(session)
            }
            Err(text) => {
                state.failures += 1;
                state.failed = Some((Instant::now() + pause_after(state.failures), text.clone()));
                self.tell(text.clone());
                Err(text)
            }
        }
    }

    async fn open(&self, server: &Server) -> Result<Session, ConnectError> {
        match caught_async(Session::open(server, &self.options, &self.trust)).await {
            Ok(opened) => opened,
            Err(_) => Err(ConnectError::Malformed { server: server.clone() }),
        }
    }
}
