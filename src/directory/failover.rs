//! Which domain controller is asked, and connecting again.
//!
//! One server is asked as long as it answers. When it does not, it is tried again first, then the others in their order,
//! over and over with pauses that grow. How long that may go on is the caller's to say.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use rustls::ClientConfig;
use tokio::sync::watch;

use crate::panics::caught_async;

use super::patience::{Patience, Pause};
use super::session::Session;
use super::{ConnectError, ConnectOptions, Server};

/// The servers, and the sessions with them.
#[derive(Debug)]
pub(super) struct Failover {
    options: ConnectOptions,
    trust: Arc<ClientConfig>,
    patience: Arc<Patience>,
    /// In the order in which they are tried; a referral may add one.
    endpoints: RwLock<Vec<Arc<Endpoint>>>,
    /// The one that is asked.
    preferred: AtomicUsize,
    /// Held while one is sought, so that not every operation that lost its connection seeks one of its own.
    seeking: tokio::sync::Mutex<()>,
    /// Set by an error that no time mends, such as a refused password: tried on, it would lock the account.
    hopeless: OnceLock<String>,
    /// Why no connection could be had the last time, for whoever watches.
    trouble: watch::Sender<String>,
}

#[derive(Debug)]
struct Endpoint {
    server: Server,
    session: Mutex<Option<Arc<Session>>>,
    connecting: tokio::sync::Mutex<()>,
}

impl Endpoint {
    fn new(server: Server) -> Arc<Self> {
        Arc::new(Self { server, session: Mutex::default(), connecting: tokio::sync::Mutex::default() })
    }

    fn live(&self) -> Option<Arc<Session>> {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        session.clone().filter(|session| session.is_alive())
    }
}

impl Failover {
    pub(super) fn new(options: ConnectOptions, trust: Arc<ClientConfig>, patience: Arc<Patience>) -> Self {
        Self {
            endpoints: RwLock::new(options.servers.iter().cloned().map(Endpoint::new).collect()),
            options,
            trust,
            patience,
            preferred: AtomicUsize::new(0),
            seeking: tokio::sync::Mutex::default(),
            hopeless: OnceLock::new(),
            trouble: watch::Sender::default(),
        }
    }

    /// A session with any server: waits until there is one. An error is one that no time mends.
    pub(super) async fn any(self: &Arc<Self>) -> Result<Arc<Session>, String> {
        if let Some(session) = self.preferred() {
            return Ok(session);
        }
        let this = self.clone();
        let seeking = tokio::spawn(async move { this.seek().await });
        seeking.await.unwrap_or_else(|error| Err(error.to_string()))
    }

    /// In a task of its own, as [`Self::connect`].
    async fn seek(self: Arc<Self>) -> Result<Arc<Session>, String> {
        let _seeking = self.seeking.lock().await;
        let mut pause = Pause::default();
        loop {
            // Another may have found one meanwhile.
            if let Some(session) = self.preferred() {
                return Ok(session);
            }
            let endpoints = self.endpoints();
            let preferred = self.preferred.load(Ordering::Relaxed);
            for place in (0..endpoints.len()).map(|step| (preferred + step) % endpoints.len()) {
                if let Some(session) = self.try_connect(&endpoints[place]).await? {
                    self.preferred.store(place, Ordering::Relaxed);
                    return Ok(session);
                }
            }
            pause.wait().await;
        }
    }

    /// A session with this very server: waits until there is one.
    pub(super) async fn at(self: &Arc<Self>, server: &Server) -> Result<Arc<Session>, String> {
        let endpoint = self.endpoints()[self.place_of(server)].clone();
        let mut pause = Pause::default();
        loop {
            if let Some(session) = self.try_connect(&endpoint).await? {
                return Ok(session);
            }
            pause.wait().await;
        }
    }

    /// From now on this server is asked, which a referral named.
    pub(super) fn prefer(&self, server: &Server) {
        self.preferred.store(self.place_of(server), Ordering::Relaxed);
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

    fn preferred(&self) -> Option<Arc<Session>> {
        self.endpoints().get(self.preferred.load(Ordering::Relaxed))?.live()
    }

    fn place_of(&self, server: &Server) -> usize {
        let mut endpoints = self.endpoints.write().unwrap_or_else(PoisonError::into_inner);
        endpoints.iter().position(|endpoint| endpoint.server.is_same_as(server)).unwrap_or_else(|| {
            endpoints.push(Endpoint::new(server.clone()));
            endpoints.len() - 1
        })
    }

    /// One try; `None` where it failed and may succeed later.
    async fn try_connect(self: &Arc<Self>, endpoint: &Arc<Endpoint>) -> Result<Option<Arc<Session>>, String> {
        match self.connect(endpoint).await {
            Ok(session) => Ok(Some(session)),
            Err(error) => {
                self.patience.trouble();
                let text = error.with_causes();
                self.tell(text.clone());
                if error.may_try_next() { Ok(None) } else { Err(self.hopeless.get_or_init(|| text).clone()) }
            }
        }
    }

    /// One try to connect to this server.
    pub(super) async fn once(self: &Arc<Self>, server: &Server) -> Result<Arc<Session>, ConnectError> {
        let endpoint = self.endpoints()[self.place_of(server)].clone();
        self.connect(&endpoint).await
    }

    /// In a task of its own: whoever waits for it may himself not be polled for long, with a lock that others wait for.
    async fn connect(self: &Arc<Self>, endpoint: &Arc<Endpoint>) -> Result<Arc<Session>, ConnectError> {
        let (this, endpoint, server) = (self.clone(), endpoint.clone(), endpoint.server.clone());
        let connecting = tokio::spawn(async move { caught_async(this.connect_alone(&endpoint)).await });
        match connecting.await {
            Ok(Ok(connected)) => connected,
            Ok(Err(_)) | Err(_) => Err(ConnectError::Malformed { server }),
        }
    }

    async fn connect_alone(&self, endpoint: &Endpoint) -> Result<Arc<Session>, ConnectError> {
        let _connecting = endpoint.connecting.lock().await;
        if let Some(session) = endpoint.live() {
            return Ok(session);
        }
        if let Some(text) = self.hopeless.get() {
            return Err(ConnectError::Hopeless(text.clone()));
        }
        let session = Arc::new(Session::open(&endpoint.server, &self.options, self.trust.clone()).await?);
        *endpoint.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(session.clone());
        Ok(session)
    }
}
