//! A relay on loopback: adphoto connects to it instead of the server, and it lets connections go wrong.
//!
//! It sees operations from outside, as a network does: on TLS the client's records of application data (but for the
//! first, which ends the handshake of TLS 1.3), in clear text its LDAP messages.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use socket2::SockRef;

use crate::domain::Domain;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);
/// TLS 1.3 shows no other type than this once it is encrypted (RFC 8446 5.2).
const APPLICATION_DATA: u8 = 23;
const LDAP_MESSAGE: u8 = 0x30;

/// Which operation of a connection strikes it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At {
    /// The how-manieth it is; at 0, nothing gets through at all.
    Operation(usize),
    /// The first of so many bytes: where one photo is all that is imported, that is its write.
    Bytes(usize),
}

/// How a connection ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    /// FIN: in order.
    Close,
    /// RST: the line or the server is gone.
    Reset,
}

/// What the operation does to its connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// It still goes to the server; nobody waits for the answer.
    Cut(End),
    /// It never reaches the server.
    LoseRequest,
    /// The server carries it out, and its answer never reaches the client.
    LoseAnswer,
    /// Half of its record goes to the server, then the connection is reset.
    HalfRequest,
    /// Half of the next record goes to the client, then the connection is reset.
    HalfAnswer,
    /// Everything goes to the server, and nothing comes back ever again.
    Silence,
}

/// What a relay does besides passing things on.
#[derive(Clone, Default)]
pub(crate) struct Plan {
    fault: Option<(At, Fault)>,
    first_only: bool,
    then_down: bool,
    delay: Duration,
    spoil: Option<Spoil>,
}

/// What becomes of each record or message from the server.
type Spoil = Arc<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>;

impl Plan {
    /// Every connection is struck.
    pub(crate) fn fault(at: At, fault: Fault) -> Self {
        Self { fault: Some((at, fault)), ..Self::default() }
    }

    /// Only one connection is.
    pub(crate) fn once(self) -> Self {
        Self { first_only: true, ..self }
    }

    /// Only one is, and then nothing listens until [`Relay::up`].
    pub(crate) fn then_down(self) -> Self {
        Self { then_down: true, ..self.once() }
    }

    /// A slow line: each direction takes so long, or a little longer.
    pub(crate) fn slow(delay: Duration) -> Self {
        Self { delay, ..Self::default() }
    }

    /// What the server says is changed on its way.
    pub(crate) fn spoil(spoil: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self { spoil: Some(Arc::new(spoil)), ..Self::default() }
    }
}

/// A running relay; it stops listening when dropped.
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
    /// To the domain's server.
    pub(crate) fn start(domain: &Domain, plan: Plan) -> Self {
        let (scheme, rest) = domain.server.split_once("://").unwrap();
        // A certificate is for a name; that of the practice directory's host is an address.
        let host = rest.rsplit_once(':').map_or(rest, |(host, _)| host);
        let target = if rest.contains(':') { rest.to_owned() } else { format!("{rest}:636") };
        let listener = listen(0).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared { target, plan, state: Mutex::default(), changed: Condvar::new() });
        std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || shared.serve(listener, port)
        });
        Self { url: format!("{scheme}://{host}:{port}"), shared }
    }

    /// What `--server` takes.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.state().connections
    }

    /// How many connections were struck.
    pub(crate) fn struck(&self) -> usize {
        self.shared.state().struck
    }

    pub(crate) fn wait_until_struck(&self) {
        self.shared.wait(|state| state.struck > 0);
    }

    /// Until that many operations have passed, on all connections together.
    pub(crate) fn wait_for_operations(&self, operations: usize) {
        self.shared.wait(|state| state.operations >= operations);
    }

    /// Listens again.
    pub(crate) fn up(&self) {
        self.shared.change(|state| state.down = false);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.change(|state| state.ended = true);
    }
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
            // Without a listener, who connects is refused.
            listener = listener.filter(|_| !down).or_else(|| if down { None } else { listen(port).ok() });
            let accepted = listener.as_ref().and_then(|listener| listener.accept().ok());
            let Some((client, _)) = accepted else { continue };
            client.set_nonblocking(false).unwrap();
            match TcpStream::connect(&self.target) {
                Ok(server) if !self.state().down => {
                    let this = Arc::clone(&self);
                    std::thread::spawn(move || Connection::run(&this, client, server));
                }
                // No more than the server is: down as long as that is.
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

fn reset_when_dropped(stream: &TcpStream) {
    SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
}

/// What comes from the server goes …
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answers {
    Through,
    /// … nowhere; how much of it came.
    Nowhere(usize),
    /// … through, but the next by half.
    Half,
}

struct Connection {
    client: TcpStream,
    server: TcpStream,
    answers: Mutex<Answers>,
    answered: Condvar,
}

impl Connection {
    fn run(shared: &Arc<Shared>, client: TcpStream, server: TcpStream) {
        for stream in [&client, &server] {
            stream.set_nodelay(true).unwrap();
        }
        let number = shared.change(|state| {
            state.connections += 1;
            state.connections
        });
        let plan = shared.plan.clone();
        let fault = plan.fault.filter(|_| number == 1 || !plan.first_only);
        let answers = match fault {
            Some((At::Operation(0), Fault::Silence)) => Answers::Nowhere(0),
            _ => Answers::Through,
        };
        let this = Arc::new(Self { client, server, answers: Mutex::new(answers), answered: Condvar::new() });
        std::thread::spawn({
            let (this, plan) = (Arc::clone(&this), plan.clone());
            move || this.pass_answers(&plan)
        });
        this.pass_operations(shared, &plan, fault);
    }

    /// Until the connection ends, however it does.
    fn pass_operations(&self, shared: &Shared, plan: &Plan, fault: Option<(At, Fault)>) {
        let mut fault = fault;
        let mut operations = 0;
        let mut frames = Frames::of(&self.client, plan.delay);
        while let Ok(Some(frame)) = frames.next() {
            if frames.last_is_operation() {
                operations += 1;
                let strikes = |(at, _): &(At, Fault)| match *at {
                    At::Operation(number) => operations == number,
                    At::Bytes(bytes) => frame.len() >= bytes,
                };
                let struck = fault.take_if(|fault| strikes(fault));
                shared.change(|state| {
                    state.operations += 1;
                    state.down |= struck.is_some() && plan.then_down;
                });
                if let Some((_, fault)) = struck {
                    let goes_on = self.strike(fault, &frame);
                    shared.change(|state| state.struck += 1);
                    if goes_on {
                        continue;
                    }
                    return;
                }
            }
            if (&self.server).write_all(&frame).is_err() {
                break;
            }
        }
        self.end(End::Close);
    }

    /// Whether the connection goes on.
    fn strike(&self, fault: Fault, frame: &[u8]) -> bool {
        let (answers, sent) = match fault {
            Fault::Cut(_) => (Answers::Through, frame.len()),
            Fault::LoseRequest => (Answers::Through, 0),
            Fault::HalfRequest => (Answers::Through, frame.len() / 2),
            Fault::LoseAnswer | Fault::Silence => (Answers::Nowhere(0), frame.len()),
            Fault::HalfAnswer => (Answers::Half, frame.len()),
        };
        *self.answers.lock().unwrap() = answers;
        // A server that is gone ends the connection by itself.
        drop((&self.server).write_all(&frame[..sent]));
        match fault {
            Fault::Silence | Fault::HalfAnswer => return true,
            Fault::LoseAnswer => {
                let unanswered = |answers: &mut Answers| *answers == Answers::Nowhere(0);
                let guard = self.answers.lock().unwrap();
                drop(self.answered.wait_timeout_while(guard, PATIENCE, unanswered).unwrap());
            }
            _ => {}
        }
        self.end(if let Fault::Cut(end) = fault { end } else { End::Reset });
        false
    }

    fn pass_answers(&self, plan: &Plan) {
        let mut frames = Frames::of(&self.server, plan.delay);
        let end = loop {
            let frame = match frames.next() {
                Ok(Some(frame)) => frame,
                Ok(None) => break End::Close,
                Err(_) => break End::Reset,
            };
            let frame = plan.spoil.as_ref().map_or_else(|| frame.clone(), |spoil| spoil(frame.clone()));
            let mut answers = self.answers.lock().unwrap();
            match &mut *answers {
                Answers::Through => {
                    drop(answers);
                    if (&self.client).write_all(&frame).is_err() {
                        break End::Close;
                    }
                }
                Answers::Nowhere(came) => {
                    *came += frame.len();
                    self.answered.notify_all();
                }
                Answers::Half => {
                    drop((&self.client).write_all(&frame[..frame.len() / 2]));
                    break End::Reset;
                }
            }
        };
        // A silent connection stays silent, even when the server has had enough of it.
        if !matches!(*self.answers.lock().unwrap(), Answers::Nowhere(_)) {
            self.end(end);
        }
    }

    /// Both threads come to their end by this, and with the last of them the sockets are closed.
    fn end(&self, end: End) {
        // What there is to say fails if the connection is gone, and then there is nothing to say.
        let _ = match end {
            End::Close => self.client.shutdown(Shutdown::Both),
            End::Reset => {
                reset_when_dropped(&self.client);
                // This wakes the reader, and sends nothing.
                self.client.shutdown(Shutdown::Read)
            }
        };
        let _ = self.server.shutdown(Shutdown::Both);
    }
}

/// A stream as TLS records or LDAP messages, each whole; what is neither comes as it is.
struct Frames<'s> {
    stream: &'s TcpStream,
    delay: Duration,
    received: Vec<u8>,
    encrypted: usize,
    last: u8,
}

impl<'s> Frames<'s> {
    fn of(stream: &'s TcpStream, delay: Duration) -> Self {
        Self { stream, delay, received: Vec::new(), encrypted: 0, last: 0 }
    }

    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(length) = frame_length(&self.received).filter(|length| *length <= self.received.len()) {
                let rest = self.received.split_off(length);
                let frame = std::mem::replace(&mut self.received, rest);
                self.last = frame[0];
                self.encrypted += usize::from(self.last == APPLICATION_DATA);
                return Ok(Some(frame));
            }
            let mut chunk = [0; 65_536];
            let read = self.stream.read(&mut chunk)?;
            let until = Instant::now() + self.delay;
            self.received.extend_from_slice(&chunk[..read]);
            if read == 0 {
                return Ok(None);
            }
            std::thread::sleep(until.saturating_duration_since(Instant::now()));
        }
    }

    /// Of what the client sent.
    fn last_is_operation(&self) -> bool {
        self.last == LDAP_MESSAGE || (self.last == APPLICATION_DATA && self.encrypted > 1)
    }
}

/// `None` while that cannot be told yet.
fn frame_length(received: &[u8]) -> Option<usize> {
    match *received.first()? {
        20..=23 => Some(5 + usize::from(u16::from_be_bytes([*received.get(3)?, *received.get(4)?]))),
        LDAP_MESSAGE => match *received.get(1)? {
            short @ 0..0x80 => Some(2 + usize::from(short)),
            long => {
                let octets = usize::from(long & 0x7f);
                let digits = received.get(2..2 + octets)?;
                Some(2 + octets + digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)))
            }
        },
        _ => Some(received.len()),
    }
}
