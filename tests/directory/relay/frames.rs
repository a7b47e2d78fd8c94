//! Finds where one record or message ends and the next begins.

use std::io::{self, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// The only type of record that TLS 1.3 shows once the connection is encrypted (RFC 8446, section 5.2).
const APPLICATION_DATA: u8 = 23;
const LDAP_MESSAGE: u8 = 0x30;

/// Splits a stream into whole TLS records or LDAP messages. Bytes that are neither are returned as they come.
pub(super) struct Frames<'s> {
    stream: &'s TcpStream,
    delay: Duration,
    received: Vec<u8>,
    encrypted: usize,
    last: u8,
}

impl<'s> Frames<'s> {
    pub(super) fn of(stream: &'s TcpStream, delay: Duration) -> Self {
        Self { stream, delay, received: Vec::new(), encrypted: 0, last: 0 }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
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

    /// Returns whether the last frame is an operation, if the stream comes from the client.
    pub(super) fn last_is_operation(&self) -> bool {
        self.last == LDAP_MESSAGE || (self.last == APPLICATION_DATA && self.encrypted > 1)
    }
}

/// Returns the length of the first frame, or `None` if too little has been received to tell.
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
