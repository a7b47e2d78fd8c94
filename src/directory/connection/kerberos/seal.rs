//! The sealed connection (RFC 4422 3.7): plain bytes to and from `ldap3`, encrypted frames to and from the server.
//!
//! A frame is four bytes of length and a Kerberos token. Frames and LDAP messages are independent of each other: a
//! frame may hold several messages, or only a part of one. So both sides are treated as streams of bytes.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::Mutex;

use super::context::Context;
use crate::directory::connection::error::KerberosError;
use crate::directory::connection::open::Stream;
use crate::directory::connection::wire::{Broken, Inbox, Line, Plain};

/// The largest frame that we accept, in bytes, which the server is told in the bind. It is what domain controllers
/// accept themselves.
pub(super) const MAX_INWARD_BYTES: u32 = 0x00a0_0000;
/// The largest frame that we send, in bytes, even if the server accepts more.
const MAX_OUTWARD_BYTES: usize = 64 * 1024;
/// An upper bound for what a token adds to its message, in bytes: two headers, a confounder and a checksum (RFC 4121
/// 4.2.4, RFC 8009 5).
const MAX_TOKEN_OVERHEAD: usize = 256;

/// How a connection is sealed: the security context, and the frame size that the server accepts.
pub(in crate::directory::connection) struct Sealing {
    pub(super) context: Context,
    /// The largest frame that the server accepts, in bytes.
    pub(super) largest: usize,
}

/// Opens tokens. Tests have no security context, so they implement this themselves.
trait Opens {
    fn open(&mut self, token: &[u8]) -> Result<Vec<u8>, KerberosError>;
}

impl Opens for Context {
    fn open(&mut self, token: &[u8]) -> Result<Vec<u8>, KerberosError> {
        self.unwrap(token)
    }
}

/// Relays between `ldap3` and the server, encrypting one way and decrypting the other, until either end closes. Then
/// both are closed, and `ldap3` sees a lost connection.
pub(in crate::directory::connection) async fn seal(sealing: Sealing, server: Stream, plain: Plain, line: Line) {
    // Both directions share the security context. The lock is never held across a read or write, so one direction goes
    // on while the other waits.
    let context = Mutex::new(sealing.context);
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let (mut from_us, mut to_us) = plain.into_split();
    let ended = tokio::select! {
        ended = outward(&context, &mut from_us, &mut to_server, sealing.largest.min(MAX_OUTWARD_BYTES)) => {
            ended.map_err(Broken::Io)
        }
        ended = inward(&context, &mut from_server, &mut to_us) => ended,
    };
    // The reason must be recorded before `to_us` is dropped, which closes `ldap3`'s stream.
    line.ends(ended);
}

/// Encrypts what `ldap3` sends. Each read becomes one frame, so a message is cut short enough that the token still fits
/// the server's limit.
async fn outward(
    context: &Mutex<Context>,
    plain: &mut (impl AsyncRead + Unpin),
    server: &mut (impl AsyncWrite + Unpin),
    largest: usize,
) -> io::Result<()> {
    let mut message = vec![0; largest.saturating_sub(MAX_TOKEN_OVERHEAD).max(1)];
    loop {
        let length = plain.read(&mut message).await?;
        if length == 0 {
            return Ok(());
        }
        let token = context.lock().await.wrap(&message[..length], true).map_err(io::Error::other)?;
        // Never let anything out that is not encrypted, whatever the library has made of it.
        if token.len() > largest || !is_sealed(&token) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        server.write_all(&frame(&token)).await?;
    }
}

/// Decrypts what the server sends. Decrypted messages are checked like any others: sealing proves who sent them, not
/// that they are harmless.
async fn inward(
    context: &Mutex<impl Opens>,
    server: &mut (impl AsyncRead + Unpin),
    plain: &mut (impl AsyncWrite + Unpin),
) -> Result<(), Broken> {
    let mut inbox = Inbox::default();
    while let Some(token) = read_frame(server).await? {
        if !is_sealed(&token) {
            return Err(io::Error::from(io::ErrorKind::InvalidData).into());
        }
        inbox.push(&context.lock().await.open(&token).map_err(io::Error::other)?);
        inbox.pass_on(plain).await?;
    }
    Ok(())
}

/// Returns a frame: four bytes of length, then the token. It is one piece so that the length does not take a network
/// packet of its own.
fn frame(token: &[u8]) -> Vec<u8> {
    // A token is at most 64 KiB long, so this never fails.
    let length = u32::try_from(token.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), token].concat()
}

/// Reads one frame; `None` if the server closes the connection between two frames.
async fn read_frame(server: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    if server.read(&mut length[..1]).await? == 0 {
        return Ok(None);
    }
    server.read_exact(&mut length[1..]).await?;
    let length = u32::from_be_bytes(length);
    if length > MAX_INWARD_BYTES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    // The buffer grows with the bytes that arrive. The length alone, which anybody can send, takes no memory.
    let mut token = Vec::new();
    if server.take(length.into()).read_to_end(&mut token).await? < length as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(token))
}

/// Returns whether a token is encrypted and of today's kind (RFC 4121 4.2.6.2, used with AES). The library would also
/// open tokens that are only signed, or of older kinds with weak ciphers.
fn is_sealed(token: &[u8]) -> bool {
    const SEALED: u8 = 2;
    matches!(token, [0x05, 0x04, flags, ..] if flags & SEALED != 0)
}

#[cfg(test)]
mod tests {
    use super::{KerberosError, MAX_INWARD_BYTES, Mutex, Opens, frame, inward, is_sealed, read_frame};
    use crate::directory::connection::wire::{Broken, MessageError, element};

    #[tokio::test]
    async fn frames_are_read_whole_within_their_limit() {
        let mut stream = &[frame(b"one"), frame(b""), frame(b"three")].concat()[..];
        for wanted in [Some(&b"one"[..]), Some(b""), Some(b"three"), None] {
            assert_eq!(read_frame(&mut stream).await.expect("a frame").as_deref(), wanted);
        }
        assert!(read_frame(&mut &frame(b"cut")[..6]).await.is_err());
        assert!(read_frame(&mut &[0, 0][..]).await.is_err());
        assert!(read_frame(&mut &[&(MAX_INWARD_BYTES + 1).to_be_bytes()[..], &[0; 9]].concat()[..]).await.is_err());
    }

    #[test]
    fn only_confidential_tokens_are_sealed() {
        assert!(is_sealed(&[5, 4, 7, 0xff]));
        // These tokens are only signed, of RC4's kind, and too short.
        assert!(!is_sealed(&[5, 4, 5, 0xff]) && !is_sealed(&[0x60, 0x3f, 6, 9]) && !is_sealed(&[5, 4]));
    }

    /// Stands in for a security context: the token is a fixed header and the plain message.
    struct Unsealed;

    impl Unsealed {
        const HEAD: [u8; 4] = [5, 4, 7, 0xff];
    }

    impl Opens for Unsealed {
        fn open(&mut self, token: &[u8]) -> Result<Vec<u8>, KerberosError> {
            Ok(token[Self::HEAD.len()..].to_vec())
        }
    }

    /// Sealing proves who sent a message, not that it is harmless: a decrypted message is checked, too.
    #[tokio::test]
    async fn what_was_sealed_is_looked_through_too() {
        let good = element(0x30, &[2, 1, 1, 0x65, 7, 10, 1, 0, 4, 0, 4, 0]);
        let deep = (0..8_000).fold(Vec::new(), |inner, _| element(0x30, &inner));
        let deep = element(0x30, &[&[2, 1, 1][..], &element(0x64, &deep)].concat());
        // One message spans two frames; another frame holds the rest of it and a whole second message.
        let (first, second) = good.split_at(5);
        let sent = [first.to_vec(), [second, &good].concat(), deep];
        let sent: Vec<u8> = sent.iter().flat_map(|part| frame(&[&Unsealed::HEAD, part.as_slice()].concat())).collect();
        let mut plain = Vec::new();
        let ended = inward(&Mutex::new(Unsealed), &mut &sent[..], &mut plain).await;
        assert!(matches!(ended, Err(Broken::Message(MessageError::TooDeep))), "{ended:?}");
        assert_eq!(plain, [good.clone(), good].concat());
    }
}
