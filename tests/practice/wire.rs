//! Reads requests from bytes. `ldap3_proto` reads all of LDAP except for one thing: it keeps the values of a filter as
//! text, and so refuses a search for a binary objectGUID. That is why filters are read here.

use std::io;

use ldap3_proto::{LdapCodec, proto::LdapMsg};
use tokio_util::bytes::{Buf, BytesMut};
use tokio_util::codec::{Decoder, Encoder};

use super::filter::Filter;

/// The largest message in bytes, which is AD's MaxReceiveBuffer. The codec's own limit of 32 KiB would refuse most
/// photos.
const LARGEST_MESSAGE: usize = 10_485_760;

const SEQUENCE: u8 = 0x30;
const SEARCH_REQUEST: u8 = 0x63;
/// The filter `(x=*)`, which replaces the real filter before `ldap3_proto` reads the message.
const PLACEHOLDER: &[u8] = &[0x87, 1, b'x'];

pub(super) struct Request {
    pub(super) message: LdapMsg,
    /// The filter, if the message is a search.
    pub(super) filter: Option<Filter>,
}

pub(super) struct Wire(LdapCodec);

impl Wire {
    pub(super) fn new() -> Self {
        Self(LdapCodec::new(Some(LARGEST_MESSAGE), None))
    }
}

impl Decoder for Wire {
    type Item = Request;
    type Error = io::Error;

    fn decode(&mut self, received: &mut BytesMut) -> io::Result<Option<Request>> {
        let Some(length) = message_length(received)? else { return Ok(None) };
        if received.len() < length {
            received.reserve(length - received.len());
            return Ok(None);
        }
        let mut bytes = received.split_to(length);
        let mut filter = None;
        if is_search(&bytes) {
            let (without, taken) = take_filter(&bytes).ok_or_else(malformed)?;
            bytes = BytesMut::from(&without[..]);
            filter = Some(taken);
        }
        let message = self.0.decode(&mut bytes)?.ok_or_else(malformed)?;
        if bytes.has_remaining() {
            return Err(malformed());
        }
        Ok(Some(Request { message, filter }))
    }
}

impl Encoder<LdapMsg> for Wire {
    type Error = io::Error;

    fn encode(&mut self, message: LdapMsg, out: &mut BytesMut) -> io::Result<()> {
        self.0.encode(message, out)
    }
}

/// One BER element: a tag and its content.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    whole: &'a [u8],
}

impl<'a> Element<'a> {
    /// Takes the first element off `input`. LDAP uses only small tags and definite lengths.
    pub(super) fn take(input: &mut &'a [u8]) -> Option<Self> {
        let (header, length) = header(input)?;
        let whole = input.get(..header.checked_add(length)?)?;
        *input = &input[whole.len()..];
        Some(Self { tag: whole[0], content: &whole[header..], whole })
    }

    /// Returns the elements inside this one; `None` if they do not fill it exactly.
    pub(super) fn elements(&self) -> Option<Vec<Element<'a>>> {
        let mut rest = self.content;
        let mut elements = Vec::new();
        while !rest.is_empty() {
            elements.push(Self::take(&mut rest)?);
        }
        Some(elements)
    }
}

/// Returns the number of bytes that tag and length take, and the number that follow; `None` if the header is incomplete
/// or the length has no valid form.
fn header(input: &[u8]) -> Option<(usize, usize)> {
    match *input.get(1)? {
        short @ 0..=0x7f => Some((2, usize::from(short))),
        long => {
            let octets = usize::from(long & 0x7f);
            let digits = input.get(2..2 + octets).filter(|_| (1..=4).contains(&octets))?;
            let length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
            Some((2 + octets, length))
        }
    }
}

fn message_length(received: &[u8]) -> io::Result<Option<usize>> {
    if received.first().is_some_and(|tag| *tag != SEQUENCE) {
        return Err(malformed());
    }
    match header(received) {
        Some((header, length)) if length <= LARGEST_MESSAGE => Ok(Some(header + length)),
        None if received.len() < 6 => Ok(None),
        _ => Err(malformed()),
    }
}

fn is_search(message: &[u8]) -> bool {
    let operation = || Element::take(&mut &*message)?.elements()?.get(1).copied();
    operation().is_some_and(|operation| operation.tag == SEARCH_REQUEST)
}

/// Returns the search request with a placeholder instead of its filter, and the filter.
fn take_filter(mut message: &[u8]) -> Option<(Vec<u8>, Filter)> {
    let mut message = Element::take(&mut message)?.elements()?;
    let mut search = message.get(1)?.elements()?;
    // The order is: baseObject, scope, derefAliases, sizeLimit, timeLimit, typesOnly, filter, attributes.
    let filter = Filter::read(search.get(6)?)?;
    search[6].whole = PLACEHOLDER;
    let search = element(SEARCH_REQUEST, &search);
    message[1].whole = &search;
    Some((element(SEQUENCE, &message), filter))
}

fn element(tag: u8, inner: &[Element<'_>]) -> Vec<u8> {
    let content: Vec<u8> = inner.iter().flat_map(|element| element.whole).copied().collect();
    let mut bytes = vec![tag, 0x84];
    // The content is at most as long as the received message, so its length fits.
    bytes.extend(u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend(content);
    bytes
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not an LDAP message")
}
