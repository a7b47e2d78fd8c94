//! The line between `ldap3` and a server, on which only messages within the limits reach `ldap3`.

use std::sync::{Arc, OnceLock};

use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::inbox::{Broken, Inbox};
use super::limits::{MessageError, length_of};
use super::pair::Plain;

/// Bytes that are sent at once.
const CHUNK: usize = 64 * 1024;

/// What became of a connection's line.
#[derive(Debug, Clone, Default)]
pub(in crate::directory) struct Line {
    ended: Arc<OnceLock<Broken>>,
}

impl Line {
    /// Returns what was wrong with an answer, where that was why the connection ended.
    pub(in crate::directory) fn fault(&self) -> Option<MessageError> {
        match self.ended()? {
            Broken::Message(fault) => Some(*fault),
            Broken::Io(_) => None,
        }
    }

    /// Returns why the connection ended, if neither end closed it in order.
    pub(in crate::directory::connection) fn ended(&self) -> Option<&Broken> {
        self.ended.get()
    }

    /// Notes how it ended, before `ldap3` is told by the end of its stream.
    pub(in crate::directory::connection) fn ends(&self, ended: Result<(), Broken>) {
        if let Err(broken) = ended {
            let _ = self.ended.set(broken);
        }
    }
}

/// Passes on bytes between `ldap3` and a server until either end closes; then both are closed.
pub(in crate::directory::connection) async fn pass_on(server: impl AsyncRead + AsyncWrite, plain: Plain, line: Line) {
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let (mut from_us, mut to_us) = plain.into_split();
    let ended = tokio::select! {
        ended = outward(&mut from_us, &mut to_server) => ended,
        ended = inward(&mut from_server, &mut to_us) => ended,
    };
    // Before `to_us` is closed by leaving it.
    line.ends(ended);
}

/// Sends each message by itself, as it would be without a relay: what is lost with one packet is one message.
async fn outward(plain: &mut (impl AsyncRead + Unpin), server: &mut (impl AsyncWrite + Unpin)) -> Result<(), Broken> {
    let mut bytes = Vec::new();
    loop {
        bytes.reserve(CHUNK);
        if plain.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
        let mut sent = 0;
        while sent < bytes.len() {
            let rest = &bytes[sent..];
            let message = match length_of(rest) {
                Ok(Some(length)) => rest.get(..length),
                Ok(None) => None,
                // Whatever it is, it is ours.
                Err(_) => Some(rest),
            };
            let Some(message) = message else { break };
            server.write_all(message).await?;
            // TLS may hold back what it has not sent.
            server.flush().await?;
            sent += message.len();
        }
        bytes.drain(..sent);
    }
}

async fn inward(server: &mut (impl AsyncRead + Unpin), plain: &mut (impl AsyncWrite + Unpin)) -> Result<(), Broken> {
    let mut inbox = Inbox::default();
    loop {
        let mut read = inbox.read(server).await;
        // TLS gives its records one by one: what else has come goes along.
        while matches!(read, Ok(1..)) && inbox.len() < CHUNK {
            match inbox.read(server).now_or_never() {
                Some(more) => read = more,
                None => break,
            }
        }
        // Before it is told how the line broke: what came whole was said.
        inbox.pass_on(plain).await?;
        if read? == 0 {
            return Ok(());
        }
    }
}
