//! The relay between `ldap3` and a server. Only messages within the limits reach `ldap3`.

use std::sync::{Arc, OnceLock};

use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::inbox::{Broken, Inbox};
use super::limits::{MessageError, length_of};
use super::pair::Plain;

/// Bytes of one read; also how many may wait before they are passed on.
const CHUNK_BYTES: usize = 64 * 1024;

/// A note, shared with the relay, of why a connection ended.
#[derive(Debug, Clone, Default)]
pub(in crate::directory) struct Line {
    ended: Arc<OnceLock<Broken>>,
}

impl Line {
    /// Returns what was wrong with the server's message, if that ended the connection.
    pub(in crate::directory) fn fault(&self) -> Option<MessageError> {
        match self.ended()? {
            Broken::Message(fault) => Some(*fault),
            Broken::Io(_) => None,
        }
    }

    /// Returns why the connection ended; `None` if it is still open, or one end closed it properly.
    pub(in crate::directory::connection) fn ended(&self) -> Option<&Broken> {
        self.ended.get()
    }

    /// Records how the connection ended. This must happen before `ldap3`'s stream closes: its operations fail at that
    /// moment, and then ask for the reason.
    pub(in crate::directory::connection) fn ends(&self, ended: Result<(), Broken>) {
        if let Err(broken) = ended {
            let _ = self.ended.set(broken);
        }
    }
}

/// Relays bytes between `ldap3` and a server until either end closes, then closes both.
pub(in crate::directory::connection) async fn pass_on(server: impl AsyncRead + AsyncWrite, plain: Plain, line: Line) {
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let (mut from_us, mut to_us) = plain.into_split();
    let ended = tokio::select! {
        ended = outward(&mut from_us, &mut to_server) => ended,
        ended = inward(&mut from_server, &mut to_us) => ended,
    };
    // The reason must be recorded before `to_us` is dropped, which closes `ldap3`'s stream.
    line.ends(ended);
}

/// Relays requests. Each message is sent on its own, as `ldap3` would do without a relay: if the connection breaks at
/// that moment, one message is lost and not several.
async fn outward(plain: &mut (impl AsyncRead + Unpin), server: &mut (impl AsyncWrite + Unpin)) -> Result<(), Broken> {
    let mut bytes = Vec::new();
    loop {
        bytes.reserve(CHUNK_BYTES);
        if plain.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
        let mut sent = 0;
        while sent < bytes.len() {
            let rest = &bytes[sent..];
            let message = match length_of(rest) {
                Ok(Some(length)) => rest.get(..length),
                Ok(None) => None,
                // `ldap3` wrote this, so it is passed on whatever it is.
                Err(_) => Some(rest),
            };
            let Some(message) = message else { break };
            server.write_all(message).await?;
            // TLS may keep data in its buffer until it is flushed.
            server.flush().await?;
            sent += message.len();
        }
        bytes.drain(..sent);
    }
}

/// Relays answers, after checking them.
async fn inward(server: &mut (impl AsyncRead + Unpin), plain: &mut (impl AsyncWrite + Unpin)) -> Result<(), Broken> {
    let mut inbox = Inbox::default();
    loop {
        let mut read = inbox.read(server).await;
        // A TLS read returns one record at a time. Records that have arrived already are added without waiting, so that
        // `ldap3` is woken once for many messages.
        while matches!(read, Ok(1..)) && inbox.len() < CHUNK_BYTES {
            match inbox.read(server).now_or_never() {
                Some(more) => read = more,
                None => break,
            }
        }
        // Messages that arrived whole before an error are still delivered.
        inbox.pass_on(plain).await?;
        if read? == 0 {
            return Ok(());
        }
    }
}
