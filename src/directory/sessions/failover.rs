//! Which domain controller is asked, and connecting again.
//!
//! One server is asked as long as it answers. When it does not, it is tried again first (or last, if it was silent, which
//! costs a timeout each time, or said what nobody can read), then the others in their order, over and over with pauses that grow. How long that may go
//! on is the caller's to say.

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

/// How long a server that was silent, or not to be understood, is tried after the others.
const SUSPECT_FOR: Duration = Duration::from_secs(60);

/// The servers, and the sessions with them.
#[derive(Debug)]
pub(super) struct Failover {
    options: ConnectOptions,
    trust: Trust,
    patience: Arc<Patience>,
    /// In the order in which they are tried; a referral may add one.
    endpoints: RwLock<Vec<Arc<Endpoint>>>,
    /// The one that is asked.
    preferred: AtomicUsize,
    /// Set by an error that no time mends, such as a refused password: tried on, it would lock the account.
    hopeless: OnceLock<String>,
    trouble: watch::Sender<String>,
}

/// What came of trying to connect; of an error its words.
type Outcome = Result<Arc<Session>, String>;

#[derive(Debug)]
struct Endpoint {
    server: Server,
    state: Mutex<State>,
    /// The only domain controller that is meant, where that is known.
    meant: OnceLock<Dsa>,
}

#[derive(Debug, Default)]
struct State {
    session: Option<Arc<Session>>,
    /// The try that is under way: all who want a session wait for the same one.
    trying: Option<watch::Receiver<Option<Outcome>>>,
    failures: u32,
    /// The last failure, which stands until then.
    failed: Option<(Instant, String)>,
    suspect: Option<Instant>,
}

impl Endpoint {
    fn new(server: Server) -> Arc<Self> {
        Arc::new(Self { server, state: Mutex::default(), meant: OnceLock::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn live(&self) -> Option<Arc<Session>> {
        self.state().session.clone().filter(|session| session.is_alive())
    }

    /// The session, if it is with the one that is meant: a name may lead to several.
    async fn accept(&self, session: Session) -> Result<Session, String> {
        let Some(meant) = self.meant.get() else { return Ok(session) };
        match session.dsa().await {
            Ok(Some(found)) if found.guid == meant.guid => Ok(()),
            Ok(Some(other)) => Err(format!("{} is {other} now, and was {meant}", self.server)),
            // It has said it before: whoever does not may be another.
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

    /// One try to connect to this server, which is asked from then on.
    pub(super) async fn start(&self, server: &Server) -> Result<Arc<Session>, ConnectError> {
        let endpoint = self.endpoint(server);
        let session = Arc::new(self.open(server).await?);
        endpoint.state().session = Some(session.clone());
        self.prefer(server);
        Ok(session)
    }

    /// A session with any server: waits until there is one. An error is one that no time mends.
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

    /// A session with this very server: waits until there is one.
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

    /// The server that is asked.
    pub(super) fn preferred(&self) -> Server {
        self.endpoints()[self.preferred.load(Ordering::Relaxed)].server.clone()
    }

    /// From now on this server is asked.
    pub(super) fn prefer(&self, server: &Server) {
        self.preferred.store(self.place_of(server), Ordering::Relaxed);
    }

    /// From now on only sessions with this very domain controller count as sessions with the server.
    pub(super) fn insist(&self, server: &Server, dsa: &Dsa) {
        let _ = self.endpoint(server).meant.set(dsa.clone());
    }

    /// A session did not answer, or was lost.
    pub(super) fn lost(&self, session: &Session, error: &OperationError) {
        session.close();
        if error.is_suspicious() {
            self.endpoint(session.server()).state().suspect = Some(Instant::now());
        }
    }

    /// What went wrong last, now and whenever it is something else.
    pub(super) fn trouble(&self) -> watch::Receiver<String> {
        self.trouble.subscribe()
    }

    /// Makes known what went wrong.
    pub(super) fn tell(&self, text: String) {
        self.trouble.send_if_modified(|last| std::mem::replace(last, text.clone()) != text);
    }

    /// The servers that were given or found, and those that a referral added.
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

    fn place_of(&self, server: &Server) -> usize {
        let mut endpoints = self.endpoints.write().unwrap_or_else(PoisonError::into_inner);
        endpoints.iter().position(|endpoint| endpoint.server.is_same_as(server)).unwrap_or_else(|| {
            endpoints.push(Endpoint::new(server.clone()));
            endpoints.len() - 1
        })
    }

    fn hope(&self) -> Result<(), String> {
        self.hopeless.get().map_or(Ok(()), |text| Err(text.clone()))
    }

    /// The session that is there, or one try to have one, which all share who want it: in a task of its own, since whoever
    /// waits may not be polled for long. A failure stands for a while.
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
