//! A relay on loopback: adphoto connects to it instead of the server, and it makes connections go wrong.
//!
//! It sees operations from outside, as a network does. With TLS, an operation is a record of application data from the
//! client, except the first one, which ends the handshake of TLS 1.3; in clear text, it is an LDAP message.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use crate::domain::Domain;

use connection::{Connection, reset_when_dropped};

mod connection;
mod frames;

/// The longest time that a test waits for something that must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Selects the operation of a connection at which the fault strikes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At {
    /// The operation with this number, counted from 1. With 0 and [`Fault::Silence`], no answer ever gets through.
    Operation(usize),
    /// The first operation of at least this many bytes. If only one photo is imported, that is its write.
    Bytes(usize),
}

/// The way in which a connection ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    /// FIN: the connection is closed in order.
    Close,
    /// RST: as if the line or the server were gone.
    Reset,
}

/// What happens to the connection at the selected operation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// The operation still goes to the server; the connection ends without waiting for the answer.
    Cut(End),
    /// The operation never reaches the server.
    LoseRequest,
    /// The server carries out the operation, and its answer never reaches the client.
    LoseAnswer,
    /// Half of the operation's record goes to the server, then the connection is reset.
    HalfRequest,
    /// Half of the next record goes to the client, then the connection is reset.
    HalfAnswer,
    /// Everything goes to the server, and nothing comes back any more.
    Silence,
}

/// What a relay does besides passing on what it receives.
#[derive(Clone, Default)]
pub(crate) struct Plan {
    fault: Option<(At, Fault)>,
    first_only: bool,
    then_down: bool,
    delay: Duration,
    spoil: Option<Spoil>,
    then_to: Option<String>,
}

/// Replaces a record or message from the server.
type Spoil = Arc<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>;

impl Plan {
    /// The fault strikes every connection.
    pub(crate) fn fault(at: At, fault: Fault) -> Self {
        Self { fault: Some((at, fault)), ..Self::default() }
    }

    /// The fault strikes the first connection only.
    pub(crate) fn once(self) -> Self {
        Self { first_only: true, ..self }
    }

    /// The fault strikes the first connection only, and then nothing listens until [`Relay::up`].
    pub(crate) fn then_down(self) -> Self {
        Self { then_down: true, ..self.once() }
    }

    /// The fault strikes the first connection only, and later connections lead to another server.
    pub(crate) fn then_to(self, other: &Domain) -> Self {
        Self { then_to: Some(target_of(other)), ..self.once() }
    }

    /// A slow line: each direction takes this long, or a little longer.
    pub(crate) fn slow(delay: Duration) -> Self {
        Self { delay, ..Self::default() }
    }

    /// Changes the server's answers on their way.
    pub(crate) fn spoil(spoil: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self { spoil: Some(Arc::new(spoil)), ..Self::default() }
    }
}

/// A running relay. It stops listening when it is dropped.
pub(crate) struct Relay {
    url: String,
    shared: Arc<Shared>,
}

struct Shared {
    target: String,
    plan: Plan,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    connections: usize,
    operations: usize,
    struck: usize,
    down: bool,
    ended: bool,
}

impl Relay {
    /// Starts a relay to the domain's server.
    pub(crate) fn start(domain: &Domain, plan: Plan) -> Self {
        let scheme = domain.server.split_once("://").unwrap().0;
        let target = target_of(domain);
        // The host stays the same, since the certificate is for its name.
        let host = target.rsplit_once(':').unwrap().0.to_owned();
        let listener = listen(0).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared { target, plan, state: Mutex::default(), changed: Condvar::new() });
        std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || shared.serve(listener, port)
        });
        Self { url: format!("{scheme}://{host}:{port}"), shared }
    }

    /// Returns the URL of the relay, for `--server`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.state().connections
    }

    /// Returns the number of connections that a fault has struck.
    pub(crate) fn struck(&self) -> usize {
        self.shared.state().struck
    }

    pub(crate) fn wait_until_struck(&self) {
        self.shared.wait(|state| state.struck > 0);
    }

    /// Waits until this many operations have passed, on all connections together.
    pub(crate) fn wait_for_operations(&self, operations: usize) {
        self.shared.wait(|state| state.operations >= operations);
    }

    /// Listens again after [`Plan::then_down`].
    pub(crate) fn up(&self) {
        self.shared.change(|state| state.down = false);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.change(|state| state.ended = true);
    }
}

fn target_of(domain: &Domain) -> String {
    let rest = domain.server.split_once("://").unwrap().1;
    if rest.contains(':') { rest.to_owned() } else { format!("{rest}:636") }
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.state());
        self.changed.notify_all();
        changed
    }

    fn wait(&self, until: impl Fn(&State) -> bool) {
        let waited = self.changed.wait_timeout_while(self.state(), PATIENCE, |state| !until(state)).unwrap().1;
        assert!(!waited.timed_out(), "it never came to that");
    }

    fn serve(self: Arc<Self>, listener: TcpListener, port: u16) {
        let mut listener = Some(listener);
        loop {
            std::thread::sleep(Duration::from_millis(1));
            let (down, ended) = {
                let state = self.state();
                (state.down, state.ended)
            };
            if ended {
                return;
            }
            // Without a listener, clients are refused.
            listener = listener.filter(|_| !down).or_else(|| if down { None } else { listen(port).ok() });
            let accepted = listener.as_ref().and_then(|listener| listener.accept().ok());
            let Some((client, _)) = accepted else { continue };
            client.set_nonblocking(false).unwrap();
            let other = self.plan.then_to.as_ref().filter(|_| self.state().struck > 0);
            match TcpStream::connect(other.unwrap_or(&self.target)) {
                Ok(server) if !self.state().down => {
                    let this = Arc::clone(&self);
                    std::thread::spawn(move || Connection::run(&this, client, server));
                }
                // If the server is down, the relay is down as well, for as long.
                _ => {
                    listener = None;
                    reset_when_dropped(&client);
                    drop(client);
                    while !self.state().ended && TcpStream::connect(&self.target).is_err() {
                        std::thread::sleep(Duration::from_millis(20));
                    }
                }
            }
        }
    }
}
