//! Bytes that a server has sent and that were not yet checked and passed on.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::limits::{MessageError, length_of, look_through};

/// The number of bytes to make room for before each read: enough for an answer with a photo in one or two reads.
const CHUNK_BYTES: usize = 64 * 1024;

/// The reason why a connection cannot be used any longer.
#[derive(Debug)]
pub(in crate::directory::connection) enum Broken {
    /// The server sent a message that must not reach `ldap3`.
    Message(MessageError),
    /// The TCP or TLS connection broke.
    Io(io::Error),
}

impl From<MessageError> for Broken {
    fn from(error: MessageError) -> Self {
        Self::Message(error)
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A buffer of bytes from a server. It passes on whole messages only, and only those within the limits.
#[derive(Debug, Default)]
pub(in crate::directory::connection) struct Inbox {
    bytes: Vec<u8>,
}

impl Inbox {
    /// Reads what has arrived; returns 0 at the end of the stream.
    pub(in crate::directory::connection) async fn read(
        &mut self,
        server: &mut (impl AsyncRead + Unpin),
    ) -> io::Result<usize> {
        self.bytes.reserve(CHUNK_BYTES);
        server.read_buf(&mut self.bytes).await
    }

    /// Returns how many bytes are waiting.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Adds bytes that were read elsewhere: those that Kerberos has decrypted.
    #[cfg(any(feature = "kerberos", test))]
    pub(in crate::directory::connection) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Writes all whole messages to `plain`, and stops at the first one that is not acceptable.
    pub(in crate::directory::connection) async fn pass_on(
        &mut self,
        plain: &mut (impl AsyncWrite + Unpin),
    ) -> Result<(), Broken> {
        let (sound, fault) = self.sound();
        if sound > 0 {
            plain.write_all(&self.bytes[..sound]).await?;
            self.bytes.drain(..sound);
        }
        fault.map_or(Ok(()), |fault| Err(fault.into()))
    }

    /// Returns how many bytes from the start are whole, acceptable messages, and what is wrong with the message after
    /// them, if anything. An incomplete message at the end is left for the next read.
    fn sound(&self) -> (usize, Option<MessageError>) {
        let mut sound = 0;
        loop {
            let rest = &self.bytes[sound..];
            match length_of(rest) {
                Ok(Some(length)) if length <= rest.len() => match look_through(&rest[..length]) {
                    Ok(()) => sound += length,
                    Err(fault) => return (sound, Some(fault)),
                },
                Ok(_) => return (sound, None),
                Err(fault) => return (sound, Some(fault)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ber::element;
    use super::{Broken, Inbox, MessageError};

    #[tokio::test]
    async fn whole_messages_are_passed_on_and_nothing_after_a_bad_one() {
        let good = element(0x30, &[2, 1, 1, 0x65, 7, 10, 1, 0, 4, 0, 4, 0]);
        let bad = element(0x30, &[2, 1, 1, 0x65, 2, 0x30, 9]);
        let sent = [good.clone(), good.clone(), bad, good.clone()].concat();
        for chunk in 1..sent.len() {
            let (mut inbox, mut plain, mut broken) = (Inbox::default(), Vec::new(), false);
            for part in sent.chunks(chunk) {
                inbox.push(part);
                match inbox.pass_on(&mut plain).await {
                    Ok(()) => {}
                    Err(Broken::Message(MessageError::NotLdap)) => {
                        broken = true;
                        break;
                    }
                    Err(other) => panic!("{other:?}"),
                }
            }
            assert!(broken && plain == [good.clone(), good.clone()].concat(), "in parts of {chunk}");
        }
    }
}
