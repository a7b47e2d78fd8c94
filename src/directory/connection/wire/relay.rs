//! The relay between `ldap3` and a server. Only messages within the limits reach `ldap3`.

use std::sync::{Arc, OnceLock};

use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::inbox::{Broken, Inbox};
use super::limits::{MessageError, length_of};
use super::pair::Plain;

/// The number of bytes to make room for before each read, and the number that may wait before they are passed on.
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

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use proptest::prelude::*;
    use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

    use super::super::ber::element;
    use super::{Broken, CHUNK_BYTES, inward, outward};

    /// The bytes that one end sends, in parts. An empty part is a moment in which nothing arrives.
    struct Parts {
        parts: VecDeque<Vec<u8>>,
        breaks: bool,
    }

    impl AsyncRead for Parts {
        fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            match self.parts.pop_front() {
                Some(part) if part.is_empty() => {
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                Some(part) => {
                    buf.put_slice(&part);
                    Poll::Ready(Ok(()))
                }
                None if self.breaks => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
                None => Poll::Ready(Ok(())),
            }
        }
    }

    /// The bytes that the other end gets, one item for each write.
    #[derive(Default)]
    struct Told(Vec<Vec<u8>>);

    impl AsyncWrite for Told {
        fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            self.0.push(bytes.to_vec());
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    /// Returns a message: an entry with a value of this many bytes.
    fn message(bytes: usize) -> Vec<u8> {
        element(0x30, &[&[2, 1, 1][..], &element(0x64, &element(4, &vec![7; bytes]))].concat())
    }

    fn now<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
    }

    #[test]
    fn records_that_have_come_go_along_together() {
        let one = message(100);
        let parts = vec![one.clone(); 50].into();
        let mut told = Told::default();
        now(inward(&mut Parts { parts, breaks: false }, &mut told)).expect("an end in order");
        assert_eq!(told.0, [one.repeat(50)]);
        // No more than a chunk is collected before it is passed on, although more has arrived.
        let parts = vec![message(30_000); 50].into();
        let mut told = Told::default();
        now(inward(&mut Parts { parts, breaks: false }, &mut told)).expect("an end in order");
        assert!(told.0.len() > 10 && told.0.iter().all(|bytes| bytes.len() < 2 * CHUNK_BYTES));
    }

    proptest! {
        /// Wherever bytes are torn apart and whenever they come, none is lost, doubled or held back.
        #[test]
        fn every_whole_message_arrives(
            sizes in prop::collection::vec(prop_oneof![0_usize..300, 20_000_usize..70_000], 1..6),
            cuts in prop::collection::vec((1_usize..40_000, any::<bool>()), 1..60),
            tail in 0_usize..9,
            breaks: bool,
        ) {
            let messages: Vec<Vec<u8>> = sizes.into_iter().map(message).collect();
            let sent = [messages.concat(), message(100)[..tail].to_vec()].concat();
            let (mut parts, mut rest) = (VecDeque::new(), &sent[..]);
            for (length, waits) in cuts.into_iter().cycle() {
                let (part, after) = rest.split_at(length.min(rest.len()));
                if waits {
                    parts.push_back(Vec::new());
                }
                if !part.is_empty() {
                    parts.push_back(part.to_vec());
                }
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            let mut told = Told::default();
            let ended = now(inward(&mut Parts { parts: parts.clone(), breaks }, &mut told));
            prop_assert_eq!(told.0.concat(), messages.concat());
            prop_assert!(matches!((breaks, &ended), (true, Err(Broken::Io(_))) | (false, Ok(()))), "{:?}", ended);

            let mut told = Told::default();
            let ended = now(outward(&mut Parts { parts, breaks }, &mut told));
            prop_assert_eq!(told.0, messages, "each by itself");
            prop_assert_eq!(ended.is_err(), breaks);
        }
    }
}
