//! The few LDAP messages that are exchanged before `ldap3` takes over: StartTLS (RFC 4511 4.14) and the steps of a SASL
//! bind (RFC 4511 4.2 and 5.2.1). Answers are read before the server has proven who it is, so there is no recursion,
//! and the size is limited.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

use super::ber::{ENUMERATED, INTEGER, OCTET_STRING, SEQUENCE, element, next};
use super::limits::MessageError;

/// The longest answer, in bytes. An answer to a bind with a Kerberos token has a few hundred.
const MAX_BYTES: usize = 64 * 1024;

/// `[APPLICATION 0]`.
const BIND_REQUEST: u8 = 0x60;
/// `[APPLICATION 1]`.
const BIND_RESPONSE: u8 = 0x61;
/// `[APPLICATION 23]`.
const EXTENDED_REQUEST: u8 = 0x77;
/// `[APPLICATION 24]`. With the message ID 0 it is a notice of disconnection (RFC 4511 4.4.1).
const EXTENDED_RESPONSE: u8 = 0x78;
/// `[0]` of an extended request: the OID that names the operation.
const REQUEST_NAME: u8 = 0x80;
/// `[3]` of a bind request: SASL authentication.
const SASL: u8 = 0xa3;
/// `[7]` of a bind response: the server's next token.
const SERVER_CREDENTIALS: u8 = 0x87;

/// A server's answer to one request.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::directory::connection) struct Answer {
    pub(in crate::directory::connection) code: u32,
    pub(in crate::directory::connection) text: String,
    pub(in crate::directory::connection) token: Option<Vec<u8>>,
}

/// Encodes a StartTLS request.
pub(in crate::directory::connection) fn start_tls_request(id: u8) -> Vec<u8> {
    request(id, EXTENDED_REQUEST, &element(REQUEST_NAME, b"1.3.6.1.4.1.1466.20037"))
}

/// Encodes one step of a SASL bind with the mechanism GSSAPI (Kerberos).
#[cfg_attr(not(any(feature = "kerberos", test)), expect(dead_code, reason = "only Kerberos binds so"))]
pub(in crate::directory::connection) fn bind_request(id: u8, token: Option<&[u8]>) -> Vec<u8> {
    let mut sasl = element(OCTET_STRING, b"GSSAPI");
    sasl.extend(token.map(|token| element(OCTET_STRING, token)).unwrap_or_default());
    let bind = [element(INTEGER, &[3]), element(OCTET_STRING, b""), element(SASL, &sasl)].concat();
    request(id, BIND_REQUEST, &bind)
}

fn request(id: u8, operation: u8, content: &[u8]) -> Vec<u8> {
    element(SEQUENCE, &[element(INTEGER, &[id]), element(operation, content)].concat())
}

/// Reads exactly one message, the answer to the request `id`. Not one byte more is read, because what follows may
/// already be encrypted.
pub(in crate::directory::connection) async fn read_answer(
    stream: &mut (impl AsyncRead + Unpin),
    id: u8,
) -> io::Result<Answer> {
    let mut start = [0; 2];
    stream.read_exact(&mut start).await?;
    let length = match start {
        [SEQUENCE, length @ 0..=0x7f] => usize::from(length),
        [SEQUENCE, size @ 0x81..=0x84] => {
            let mut bytes = [0; 4];
            stream.read_exact(&mut bytes[4 - usize::from(size & 0x7f)..]).await?;
            u32::from_be_bytes(bytes) as usize
        }
        _ => return Err(not_ldap()),
    };
    if length > MAX_BYTES {
        return Err(not_ldap());
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message).await?;
    parse(&message, id).ok_or_else(not_ldap)
}

fn not_ldap() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, MessageError::NotLdap)
}

/// Parses a bind response or an extended response to the request `expected`, or a notice of disconnection.
fn parse(message: &[u8], expected: u8) -> Option<Answer> {
    let ((INTEGER, &[id]), message) = next(message)? else { return None };
    let ((kind, mut body), _) = next(message)?;
    let is_answer = id == expected && matches!(kind, BIND_RESPONSE | EXTENDED_RESPONSE);
    if !is_answer && (kind, id) != (EXTENDED_RESPONSE, 0) {
        return None;
    }
    let mut part = || {
        let (part, rest) = next(body)?;
        body = rest;
        Some(part)
    };
    let (ENUMERATED, code @ [_, ..]) = part()? else { return None };
    let code = code.iter().try_fold(0_u32, |code, &byte| Some(code.checked_mul(256)? + u32::from(byte)))?;
    let (OCTET_STRING, _matched_dn) = part()? else { return None };
    let (OCTET_STRING, text) = part()? else { return None };
    let token = std::iter::from_fn(part).find(|(tag, _)| *tag == SERVER_CREDENTIALS).map(|(_, token)| token.to_vec());
    Some(Answer { code, text: String::from_utf8_lossy(text).into_owned(), token })
}

#[cfg(test)]
mod tests {
    use super::{Answer, bind_request, element, read_answer, start_tls_request};

    #[test]
    fn a_request_is_as_the_standard_has_it() {
        assert_eq!(bind_request(2, None), b"\x30\x14\x02\x01\x02\x60\x0f\x02\x01\x03\x04\x00\xa3\x08\x04\x06GSSAPI");
        assert_eq!(start_tls_request(1), b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037");
    }

    #[tokio::test]
    async fn an_answer_is_read_and_anything_else_refused() {
        let body = [element(0x0a, &[14]), element(4, b""), element(4, b"go on"), element(0x87, b"token")].concat();
        let message = element(0x30, &[element(2, &[1]), element(0x61, &body)].concat());
        let wanted = Answer { code: 14, text: "go on".into(), token: Some(b"token".to_vec()) };
        let mut stream = &[message.clone(), b"sealed".to_vec()].concat()[..];
        assert_eq!(read_answer(&mut stream, 1).await.expect("an answer"), wanted);
        assert_eq!(stream, b"sealed");
        assert!(read_answer(&mut &message[..], 2).await.is_err(), "another message's");

        let notice = [element(0x0a, &[52]), element(4, b""), element(4, b"bye"), element(0x8a, b"1.3")].concat();
        let notice = element(0x30, &[element(2, &[0]), element(0x78, &notice)].concat());
        assert_eq!(read_answer(&mut &notice[..], 1).await.expect("a notice").code, 52);

        for end in 0..message.len() {
            assert!(read_answer(&mut &message[..end], 1).await.is_err(), "cut at {end}");
        }
        for garbage in [
            "HTTP/1.1 400 Bad Request",
            "\x30\u{0}",
            "\x30\x7f",
            "\x30\x03\x02\x01\x01",
            "\x30\x06\x02\x01\x01\x61\x7f\x00",
        ] {
            assert!(read_answer(&mut garbage.as_bytes(), 1).await.is_err(), "{garbage:?}");
        }
        // A length that would take all memory is not believed.
        assert!(read_answer(&mut &b"\x30\x84\xff\xff\xff\xff"[..], 1).await.is_err());
    }
}
