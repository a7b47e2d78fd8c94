//! The sealed connection: plain bytes from and to `ldap3`, sealed frames from and to the server (RFC 4422 3.7).
//!
//! LDAP messages and frames have nothing to do with each other: a frame may hold several messages or a part of one. Here
//! both are streams of bytes.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use super::context::Context;
use super::pair::Plain;

/// The largest frame that is taken, which the server is told: what domain controllers take themselves.
pub(super) const MAX_INWARD: u32 = 0x00a0_0000;
/// The largest frame that is sent, whatever more the server takes.
const MAX_OUTWARD: usize = 64 * 1024;
/// More than a token adds to its message: two headers, a confounder and a checksum (RFC 4121 4.2.4, RFC 8009 5).
const OVERHEAD: usize = 256;

/// Seals and opens until either end closes; then both are closed, and `ldap3` sees a lost connection.
pub(super) async fn run(context: Context, server: TcpStream, plain: Plain, largest: usize) {
    // No lock is held while waiting: each direction goes on when the other cannot.
    let context = Mutex::new(context);
    let (from_server, to_server) = server.into_split();
    let (from_us, to_us) = plain.into_split();
    // What it was that ended it, `ldap3` has no way to be told.
    let _ = tokio::select! {
        ended = outward(&context, from_us, to_server, largest.min(MAX_OUTWARD)) => ended,
        ended = inward(&context, from_server, to_us) => ended,
    };
}

async fn outward(
    context: &Mutex<Context>,
    mut plain: impl AsyncRead + Unpin,
    mut server: impl AsyncWrite + Unpin,
    largest: usize,
) -> io::Result<()> {
    let mut message = vec![0; largest.saturating_sub(OVERHEAD).max(1)];
    loop {
        let length = plain.read(&mut message).await?;
        if length == 0 {
            return Ok(());
        }
        let token = context.lock().await.wrap(&message[..length], true).map_err(io::Error::other)?;
        if token.len() > largest || !is_sealed(&token) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        server.write_all(&frame(&token)).await?;
    }
}

async fn inward(
    context: &Mutex<Context>,
    mut server: impl AsyncRead + Unpin,
    mut plain: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    while let Some(token) = read_frame(&mut server).await? {
        if !is_sealed(&token) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let message = context.lock().await.unwrap(&token).map_err(io::Error::other)?;
        plain.write_all(&message).await?;
    }
    Ok(())
}

/// Four bytes of length and the token, in one piece: a network packet for the length alone is a waste.
fn frame(token: &[u8]) -> Vec<u8> {
    // Tokens are far shorter than u32 reaches.
    let length = u32::try_from(token.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), token].concat()
}

/// `None` where the server closes between two frames.
async fn read_frame(server: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    if server.read(&mut length[..1]).await? == 0 {
        return Ok(None);
    }
    server.read_exact(&mut length[1..]).await?;
    let length = u32::from_be_bytes(length);
    if length > MAX_INWARD {
        return Err(io::ErrorKind::InvalidData.into());
    }
    // Grows with what comes: the length alone takes no memory.
    let mut token = Vec::new();
    if server.take(length.into()).read_to_end(&mut token).await? < length as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(token))
}

/// Whether it is a token of today's kind (AES), and confidential: Kerberos also opens others (RFC 4121 4.2.6.2).
fn is_sealed(token: &[u8]) -> bool {
    const SEALED: u8 = 2;
    matches!(token, [0x05, 0x04, flags, ..] if flags & SEALED != 0)
}

#[cfg(test)]
mod tests {
    use super::{MAX_INWARD, frame, is_sealed, read_frame};

    #[tokio::test]
    async fn frames_are_read_whole_within_their_limit() {
        let mut stream = &[frame(b"one"), frame(b""), frame(b"three")].concat()[..];
        for wanted in [Some(&b"one"[..]), Some(b""), Some(b"three"), None] {
            assert_eq!(read_frame(&mut stream).await.expect("a frame").as_deref(), wanted);
        }
        assert!(read_frame(&mut &frame(b"cut")[..6]).await.is_err());
        assert!(read_frame(&mut &[0, 0][..]).await.is_err());
        assert!(read_frame(&mut &[&(MAX_INWARD + 1).to_be_bytes()[..], &[0; 9]].concat()[..]).await.is_err());
    }

    #[test]
    fn only_confidential_tokens_are_sealed() {
        assert!(is_sealed(&[5, 4, 7, 0xff]));
        // Signed only; of RC4's kind; too short.
        assert!(!is_sealed(&[5, 4, 5, 0xff]) && !is_sealed(&[0x60, 0x3f, 6, 9]) && !is_sealed(&[5, 4]));
    }
}
