//! The practice directory: a small LDAP server on loopback that keeps Active Directory's rules where they matter to
//! somebody who writes photos. Tests and the quickstart example connect to it over a socket. Its data ends with it.
//!
//! It has bind errors, paging with its limit, references, `<GUID=…>` names, modify requests that are carried out
//! completely or not at all, the size limit of photos, and rights to write. It has no TLS, Kerberos, replication or
//! groups.
#![allow(dead_code, reason = "each includer uses its part")]

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_util::bytes::BytesMut;
use tokio_util::codec::{Encoder, FramedRead};

use session::Session;
use store::Directory;
use trouble::Times;
use wire::Wire;

pub(crate) use trouble::Trouble;

mod accounts;
mod contexts;
mod create;
mod dn;
mod filter;
mod modify;
mod refusal;
mod rights;
mod schema;
mod search;
mod session;
mod store;
mod trouble;
mod value;
mod wire;

/// A running practice directory. It stops when it is dropped.
pub(crate) struct Practice {
    address: SocketAddr,
    read_only: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

/// The number of operations of each kind that were received, including refused ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operations {
    pub(crate) binds: u64,
    /// The number of searches, where each page counts as one.
    pub(crate) searches: u64,
    pub(crate) modifies: u64,
}

impl Practice {
    pub(crate) const BASE: &str = "DC=practice,DC=test";
    pub(crate) const ADMIN: &str = "Administrator@practice.test";
    /// The password of every account, including the administrator.
    pub(crate) const PASSWORD: &str = "Practice-1";

    /// Starts the server on a free loopback port, in a thread with a runtime of its own.
    pub(crate) fn start() -> Self {
        let mut directory = Directory::default();
        contexts::populate(&mut directory);
        accounts::populate(&mut directory);
        let shared = Arc::new(Shared { directory: Mutex::new(directory), ..Shared::default() });

        let (stop, stopped) = oneshot::channel();
        let (listener, address) = listen().expect("loopback has a free port");
        let (second, read_only) = listen().expect("loopback has another");
        let server = thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                serve([(listener, None), (second, Some(address))], shared, stopped)
                    .expect("the runtime and its sockets work")
            }
        });
        Self { address, read_only, shared, stop: Some(stop), server: Some(server) }
    }

    /// Returns the URL of the directory, `ldap://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("ldap://{}", self.address)
    }

    /// Returns the URL of a read-only domain controller (RODC) with the same data, which refers writes to the other
    /// one.
    pub(crate) fn read_only_url(&self) -> String {
        format!("ldap://{}", self.read_only)
    }

    /// Returns how many operations were received so far.
    pub(crate) fn operations(&self) -> Operations {
        let read = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        Operations {
            binds: read(&self.shared.binds),
            searches: read(&self.shared.searches),
            modifies: read(&self.shared.modifies),
        }
    }

    /// Announces trouble: once `operations_before` more operations were answered, all are refused for the time `lasts`.
    pub(crate) fn expect_trouble(&self, trouble: Trouble, operations_before: usize, lasts: Duration) {
        self.shared.times.announce(trouble, operations_before, lasts);
    }

    /// Returns how many operations were refused in the announced trouble.
    pub(crate) fn refused_in_trouble(&self) -> u64 {
        self.shared.times.refused()
    }

    /// Returns every entry's attributes by DN, so that a test can compare them byte for byte. Every write changes at
    /// least `uSNChanged`.
    pub(crate) fn snapshot(&self) -> BTreeMap<String, BTreeMap<String, Vec<Vec<u8>>>> {
        let directory = self.shared.directory();
        let entries = directory.entries().map(|entry| {
            let values = entry.values.iter();
            let values = values.map(|(name, values)| ((*name).to_owned(), values.clone()));
            (entry.dn.clone(), values.collect())
        });
        entries.collect()
    }
}

impl Drop for Practice {
    fn drop(&mut self) {
        // Dropping the sender is the signal to stop. If the server panicked, its message was printed already.
        drop(self.stop.take());
        let _ended = self.server.take().map(JoinHandle::join);
    }
}

/// The state that all connections share.
#[derive(Default)]
struct Shared {
    directory: Mutex<Directory>,
    binds: AtomicU64,
    searches: AtomicU64,
    modifies: AtomicU64,
    times: Times,
}

impl Shared {
    fn directory(&self) -> MutexGuard<'_, Directory> {
        self.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::SeqCst);
    }
}

fn listen() -> io::Result<(std::net::TcpListener, SocketAddr)> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Accepts connections until it is told to stop, which ends open connections, too. Each listener may refer writes to
/// another address.
fn serve(
    listeners: [(std::net::TcpListener, Option<SocketAddr>); 2],
    shared: Arc<Shared>,
    stopped: oneshot::Receiver<()>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let [first, second] = listeners.map(|(listener, refers_to)| accept(listener, refers_to, Arc::clone(&shared)));
    runtime.block_on(async {
        tokio::select! {
            _ = stopped => Ok(()),
            ended = first => ended,
            ended = second => ended,
        }
    })
}

async fn accept(listener: std::net::TcpListener, refers_to: Option<SocketAddr>, shared: Arc<Shared>) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(converse(stream, Session::new(Arc::clone(&shared), refers_to)));
    }
}

/// Answers the requests of one connection in order. Anything that is not LDAP ends the connection.
async fn converse(mut stream: TcpStream, mut session: Session) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (received, mut sent) = stream.split();
    let mut requests = FramedRead::new(received, Wire::new());
    let mut wire = Wire::new();
    let mut out = BytesMut::new();
    while let Some(request) = requests.next().await {
        let Some(messages) = session.answer(request?) else { break };
        for message in messages {
            wire.encode(message, &mut out)?;
        }
        sent.write_all(&out).await?;
        out.clear();
    }
    Ok(())
}
