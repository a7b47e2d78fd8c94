//! A DNS server whose answers a test chooses.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;

pub(crate) const A: u16 = 1;
pub(crate) const SRV: u16 = 33;
/// The largest answer by UDP, in bytes, as resolvers ask for today (EDNS, RFC 6891); a longer one is truncated.
const DATAGRAM: usize = 1232;

/// The answer to a question.
pub(crate) enum Answer {
    /// Records with this data; there may be none.
    Records(Vec<Vec<u8>>),
    /// An error with this response code.
    Code(u8),
    /// Bytes that are not a DNS message.
    Garbage,
    Silence,
}

pub(crate) const NO_SUCH_NAME: Answer = Answer::Code(3);
pub(crate) const SERVER_FAILURE: Answer = Answer::Code(2);
pub(crate) const REFUSED: Answer = Answer::Code(5);

/// Returns the data of an SRV record. A label of the target may contain any bytes.
pub(crate) fn srv(priority: u16, weight: u16, target: &[&str]) -> Vec<u8> {
    let mut data: Vec<u8> = [priority, weight, 389].into_iter().flat_map(u16::to_be_bytes).collect();
    for label in target {
        data.push(u8::try_from(label.len()).unwrap());
        data.extend(label.as_bytes());
    }
    data.push(0);
    data
}

/// Returns the data of an SRV record whose target is a name with dots.
pub(crate) fn srv_of(priority: u16, weight: u16, target: &str) -> Vec<u8> {
    srv(priority, weight, &target.split('.').collect::<Vec<_>>())
}

pub(crate) fn a(address: Ipv4Addr) -> Vec<u8> {
    address.octets().to_vec()
}

/// Starts a server that answers questions by UDP and TCP until the test ends. `answer` gets the name in lower case, and
/// the type of the record.
pub(crate) fn serve(answer: impl Fn(&str, u16) -> Answer + Send + Sync + 'static) -> SocketAddr {
    let (udp, tcp) = (0..50).find_map(|_| same_port()).unwrap();
    let address = udp.local_addr().unwrap();
    let answer = Arc::new(answer);
    let by_udp = answer.clone();
    std::thread::spawn(move || {
        let mut query = [0; 4096];
        while let Ok((length, from)) = udp.recv_from(&mut query) {
            if let Some(response) = respond(&query[..length], &*by_udp, DATAGRAM) {
                udp.send_to(&response, from).unwrap();
            }
        }
    });
    std::thread::spawn(move || {
        for stream in tcp.incoming() {
            let (mut stream, answer) = (stream.unwrap(), answer.clone());
            std::thread::spawn(move || {
                let mut length = [0; 2];
                while stream.read_exact(&mut length).is_ok() {
                    let mut query = vec![0; u16::from_be_bytes(length).into()];
                    stream.read_exact(&mut query).unwrap();
                    if let Some(response) = respond(&query, &*answer, usize::MAX) {
                        let length = u16::try_from(response.len()).unwrap().to_be_bytes();
                        // The client may have hung up.
                        drop(stream.write_all(&[&length, response.as_slice()].concat()));
                    }
                }
            });
        }
    });
    address
}

fn same_port() -> Option<(UdpSocket, TcpListener)> {
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let tcp = TcpListener::bind(udp.local_addr().unwrap()).ok()?;
    Some((udp, tcp))
}

/// Writes the response to a query (RFC 1035, section 4.1). The question's own name is the owner of every record.
fn respond(query: &[u8], answer: impl Fn(&str, u16) -> Answer, most: usize) -> Option<Vec<u8>> {
    let (name, end) = question(query);
    let kind = u16::from_be_bytes([query[end], query[end + 1]]);
    let (code, records) = match answer(&name, kind) {
        Answer::Records(records) => (0, records),
        Answer::Code(code) => (code, Vec::new()),
        Answer::Garbage => return Some(b"HTTP/1.1 400 Bad Request".to_vec()),
        Answer::Silence => return None,
    };
    let message = |records: &[Vec<u8>], truncated: u8| {
        let count = u16::try_from(records.len()).unwrap().to_be_bytes();
        let mut message = [&query[..2], &[0x81 | truncated, 0x80 | code, 0, 1], &count, &[0; 4]].concat();
        message.extend(&query[12..end + 4]);
        for data in records {
            message.extend([0xC0, 12]);
            message.extend(kind.to_be_bytes());
            message.extend([0, 1, 0, 0, 0, 60]);
            message.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
            message.extend(data);
        }
        message
    };
    let whole = message(&records, 0);
    Some(if whole.len() > most { message(&[], 2) } else { whole })
}

/// Returns the name that is asked for, and the offset at which it ends.
fn question(query: &[u8]) -> (String, usize) {
    let (mut labels, mut at) = (Vec::new(), 12);
    while query[at] != 0 {
        let end = at + 1 + usize::from(query[at]);
        labels.push(String::from_utf8_lossy(&query[at + 1..end]).to_ascii_lowercase());
        at = end;
    }
    (labels.join("."), at + 1)
}
