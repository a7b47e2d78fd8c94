//! Checks a server's message before `ldap3` parses it. That parser (`lber::parse`) recurses into every nested element
//! and allocates memory for each, so a hostile message could exhaust the stack or the memory of the process.

use std::borrow::Cow;

use super::ber::{CONSTRUCTED, Header, INTEGER, NoHeader, OCTET_STRING, SEQUENCE, header, next};
use crate::failure::Advice;

/// The longest message, in bytes. The largest honest one is an entry with a photo, an access list and the names of 400
/// attributes: some 300 kB.
const MAX_BYTES: usize = 16 << 20;
/// The maximum depth of nested elements. The value of an attribute in a search result is six deep.
const MAX_DEPTH: usize = 24;
/// The maximum number of elements in one message. Domain controllers return at most 1,500 values of an attribute at
/// once.
const MAX_ELEMENTS: usize = 100_000;

/// `[0]`, the tag of a message's controls.
const CONTROLS: u8 = 0xa0;
/// The class `[APPLICATION n]`, to which the tag of every operation belongs.
const APPLICATION: u8 = 0x40;
/// The bits of a tag that hold its class.
const CLASS: u8 = 0xc0;

/// The reason why a server's message is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// The bytes are not an LDAP message.
    #[error("it is not an LDAP message")]
    NotLdap,
    /// The elements are nested so deep that `ldap3` would run out of stack.
    #[error("its elements are nested more than {MAX_DEPTH} deep")]
    TooDeep,
    #[error("it has more than {MAX_ELEMENTS} elements")]
    TooManyElements,
    #[error("it is longer than {} MiB", MAX_BYTES >> 20)]
    TooLong,
}

impl Advice for MessageError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::NotLdap => {
                "is this an LDAP server on that port? ldaps:// is for 636, ldap:// (StartTLS, or sealed by Kerberos) \
                 for 389"
            }
            _ => {
                "no domain controller answers like this: it is broken, or somebody else answers in its place; use \
                 another domain controller, and ldaps:// if the connection was in clear text"
            }
        }
        .into())
    }
}

/// Returns the length of the first message, in bytes; `None` as long as its header is incomplete.
pub(super) fn length_of(bytes: &[u8]) -> Result<Option<usize>, MessageError> {
    // An HTTP or TLS server is recognized by its first byte, so nobody waits for more.
    if bytes.first().is_some_and(|&tag| tag != SEQUENCE) {
        return Err(MessageError::NotLdap);
    }
    match header(bytes) {
        Ok(Header { size, length, .. }) => match size.checked_add(length) {
            Some(whole) if whole <= MAX_BYTES => Ok(Some(whole)),
            _ => Err(MessageError::TooLong),
        },
        Err(NoHeader::Incomplete) => Ok(None),
        Err(NoHeader::Malformed) => Err(MessageError::NotLdap),
    }
}

/// Checks a whole message, `LDAPMessage ::= SEQUENCE { messageID, protocolOp, controls [0] OPTIONAL }` (RFC 4511
/// 4.1.1).
///
/// First the three parts are looked at: an ID that is not negative, and an operation of the right class. Then [`walk`]
/// checks how the elements nest. It sees the values of controls as plain strings, although `ldap3` parses some of them,
/// so those are checked separately.
pub(super) fn look_through(message: &[u8]) -> Result<(), MessageError> {
    let ((_, content), _) = next(message).ok_or(MessageError::NotLdap)?;
    let ((id, number), rest) = next(content).ok_or(MessageError::NotLdap)?;
    let ((operation, _), mut rest) = next(rest).ok_or(MessageError::NotLdap)?;
    if id != INTEGER || !matches!(number, [0..=0x7f, ..]) || number.len() > 4 || operation & CLASS != APPLICATION {
        return Err(MessageError::NotLdap);
    }
    walk(message)?;
    while let Some(((tag, content), after)) = next(rest) {
        if tag == CONTROLS {
            look_through_controls(content)?;
        }
        rest = after;
    }
    Ok(())
}

/// Checks the values of controls. A value is a string that may itself contain elements, and `ldap3` parses those of the
/// controls it knows.
fn look_through_controls(mut controls: &[u8]) -> Result<(), MessageError> {
    while let Some(((_, mut control), after)) = next(controls) {
        while let Some(((tag, value), after)) = next(control) {
            // A string that is not made of elements at all is fine: it is then not parsed.
            if tag == OCTET_STRING && matches!(walk(value), Err(MessageError::TooDeep | MessageError::TooManyElements))
            {
                return Err(MessageError::TooDeep);
            }
            control = after;
        }
        controls = after;
    }
    Ok(())
}

/// Walks through all elements, at any depth, without recursion, and checks that each one ends inside its parent.
///
/// `ends` is the stack: for each element that is open, the position where it ends. An element with nested ones is
/// pushed, a plain one is skipped. Afterwards all elements that end here are popped.
fn walk(bytes: &[u8]) -> Result<(), MessageError> {
    let mut ends = [0; MAX_DEPTH];
    let (mut depth, mut at, mut elements) = (0, 0, 0);
    while at < bytes.len() {
        let Header { tag, size, length } = header(&bytes[at..]).map_err(|_| MessageError::NotLdap)?;
        let within = if depth == 0 { bytes.len() } else { ends[depth - 1] };
        at += size;
        let end = at.checked_add(length).filter(|&end| end <= within).ok_or(MessageError::NotLdap)?;
        elements += 1;
        if elements > MAX_ELEMENTS {
            return Err(MessageError::TooManyElements);
        }
        if tag & CONSTRUCTED == 0 {
            at = end;
        } else {
            *ends.get_mut(depth).ok_or(MessageError::TooDeep)? = end;
            depth += 1;
        }
        while depth > 0 && ends[depth - 1] == at {
            depth -= 1;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::ber::element;
    use super::{MAX_BYTES, MAX_DEPTH, MessageError, length_of, look_through};

    fn nested(depth: usize) -> Vec<u8> {
        (0..depth).fold(Vec::new(), |inner, _| element(0x30, &inner))
    }

    fn message(operation: &[u8], more: &[u8]) -> Vec<u8> {
        element(0x30, &[&[2, 1, 1], operation, more].concat())
    }

    fn control(value: &[u8]) -> Vec<u8> {
        let control = [element(4, b"1.2.840.113556.1.4.319"), element(1, &[0xff]), element(4, value)].concat();
        element(0xa0, &element(0x30, &control))
    }

    #[test]
    fn answers_of_servers_pass() {
        let value = element(0x30, &[element(4, b"cn"), element(0x31, &element(4, b"\x30\x80 any bytes"))].concat());
        let entry = element(0x64, &[element(4, b"CN=x"), element(0x30, &value)].concat());
        let cookie = element(0x30, &[element(2, &[0]), element(4, &[0x30; 4000])].concat());
        for whole in [
            message(&entry, &[]),
            message(&element(0x65, &[10, 1, 0, 4, 0, 4, 0]), &control(&cookie)),
            // Active Directory's notice of disconnection has its OID outside of the operation.
            message(&element(0x78, &[10, 1, 52, 4, 0, 4, 0]), &element(0x8a, b"1.3.6.1.4.1.1466.20036")),
        ] {
            assert_eq!(look_through(&whole), Ok(()));
            assert_eq!(length_of(&whole), Ok(Some(whole.len())));
        }
    }

    #[test]
    fn no_element_is_deeper_than_the_limit_wherever_it_is() {
        let within = MAX_DEPTH - 2;
        assert_eq!(look_through(&message(&element(0x64, &nested(within)), &[])), Ok(()));
        for deep in [
            message(&element(0x64, &nested(within + 1)), &[]),
            message(&element(0x64, &nested(8_000)), &[]),
            message(&element(0x61, &[]), &element(0xa0, &nested(8_000))),
            message(&element(0x65, &[]), &control(&nested(8_000))),
        ] {
            assert_eq!(look_through(&deep), Err(MessageError::TooDeep));
        }
        let many = message(&element(0x64, &[4, 0].repeat(200_000)), &[]);
        assert_eq!(look_through(&many), Err(MessageError::TooManyElements));
    }

    #[test]
    fn what_is_no_message_is_told_by_its_first_bytes() {
        for bytes in [&b"HTTP/1.1 400"[..], b"\x15\x03\x03\x00\x02\x02\x28", b"\x30\x80\x02\x01\x01"] {
            assert_eq!(length_of(bytes), Err(MessageError::NotLdap));
        }
        assert_eq!(length_of(&[0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]), Err(MessageError::TooLong));
        assert_eq!(
            length_of(&[0x30, 0x88, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            Err(MessageError::TooLong)
        );
        assert_eq!(length_of(&[0x30, 0x84, 1, 0, 0]), Ok(None));
        assert!(MAX_BYTES < u32::MAX as usize);
    }

    #[test]
    fn an_element_ends_within_the_one_that_it_is_in() {
        let search_done = element(0x65, &[10, 1, 0, 4, 0, 4, 0]);
        for broken in [
            &[0x30, 0][..],
            &[0x30, 3, 2, 1, 1],
            &message(&[0x65, 0x7f, 10, 1, 0], &[]),
            &message(&element(0x65, &[4, 9, 0]), &[]),
            &element(0x30, &[&element(4, b"1")[..], &search_done].concat()),
            &element(0x30, &[&[2, 1, 0xff][..], &search_done].concat()),
            &element(0x30, &[&element(2, &[1; 9])[..], &search_done].concat()),
            &message(&element(0x30, &[]), &[]),
        ] {
            assert_eq!(look_through(broken), Err(MessageError::NotLdap), "{broken:x?}");
        }
        // A message that is cut anywhere is refused, and nothing panics.
        let whole = message(&search_done, &control(b"x"));
        for end in 0..whole.len() {
            assert!(look_through(&whole[..end]).is_err());
        }
    }

    /// Generates nested elements, up to some forty deep.
    fn elements() -> impl Strategy<Value = Vec<u8>> {
        let leaf = any::<Vec<u8>>().prop_map(|bytes| element(4, &bytes));
        leaf.prop_recursive(40, 200, 3, |inner| {
            proptest::collection::vec(inner, 0..3).prop_map(|parts| element(0x30, &parts.concat()))
        })
    }

    proptest! {
        #[test]
        fn what_is_let_through_is_as_deep_as_may_be_and_no_deeper(content in elements()) {
            let whole = message(&element(0x64, &content), &[]);
            let told = look_through(&whole);
            prop_assert_eq!(told, if depth(&whole) <= MAX_DEPTH { Ok(()) } else { Err(MessageError::TooDeep) });
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = (length_of(&bytes), look_through(&bytes));
            let _ = look_through(&message(&element(0x64, &bytes), &element(0xa0, &bytes)));
        }
    }

    /// Measures the depth as `ldap3` would, by recursion.
    fn depth(mut bytes: &[u8]) -> usize {
        let mut deepest = 0;
        while let Some(((tag, content), rest)) = super::next(bytes) {
            deepest = deepest.max(if tag & 0x20 == 0 { 0 } else { 1 + depth(content) });
            bytes = rest;
        }
        deepest
    }
}
