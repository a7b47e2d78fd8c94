//! Tests servers that are not domain controllers: each leads to a clear error in time, without a panic and without more
//! memory than usual.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use crate::ber::{BIND_RESPONSE, ENTRY, Message, SEARCH_REQUEST, element, result, text};
use crate::domain::Domain;
use crate::photos::jpeg;
use crate::run::{Folder, Import, Run};

/// The time that adphoto waits for an answer in these tests, in seconds.
const TIMEOUT: &str = "1";
/// The longest time that a run may take: a few timeouts on a busy machine.
const LIMIT: Duration = Duration::from_secs(if cfg!(windows) { 90 } else { 10 });
const MEMORY: u64 = 150 << 20;
/// The most bytes that an endless talker sends: far more than adphoto may keep, but few enough to leave the machine to
/// other tests.
const ENDLESS: u64 = 1 << 30;

/// Makes a folder with one photo, and adds its account.
pub(crate) fn one_photo(domain: &Domain) -> Folder {
    domain.user("ask-p");
    let folder = Folder::new();
    folder.file("ask-p.jpg", jpeg(1, 96, 96));
    folder
}

/// Runs the import, and asserts that it ends by itself within the limits and without a panic.
pub(crate) fn run(import: Import) -> Run {
    let run = Run::bounded(import.args(&["--timeout", TIMEOUT]).spawn(), LIMIT, MEMORY);
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    assert!(run.code.is_some(), "ended by a signal: {}", run.stderr);
    run
}

/// Runs the import, and asserts that it cannot do anything, and says why and what to do.
pub(crate) fn refused(import: Import, words: &[&str]) {
    let run = run(import);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{}", run.stderr);
    for word in words.iter().chain(&["error: ", "help: "]) {
        assert!(run.stderr.contains(word), "no {word:?} in: {}", run.stderr);
    }
}

/// Tries all cases at the same time, since they mostly wait; then panics with those that failed, and why.
pub(crate) fn all<T: Send>(cases: Vec<(String, T)>, try_case: impl Fn(T) + Sync) {
    let failed: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = cases.into_iter().map(|(name, case)| (name, scope.spawn(|| try_case(case)))).collect();
        let failure = |(name, case): (String, std::thread::ScopedJoinHandle<'_, ()>)| {
            let panic = case.join().err()?;
            let message = panic.downcast_ref::<String>().cloned();
            let message = message.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Some(format!("{name}: {}", message.unwrap_or_default()))
        };
        running.into_iter().filter_map(failure).collect()
    });
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
}

/// Starts a server that calls `talk` for each client; returns its port.
fn partner(talk: impl Fn(&TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let talk = std::sync::Arc::new(talk);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let talk = std::sync::Arc::clone(&talk);
            // The client may hang up before the talk is over.
            std::thread::spawn(move || drop(talk(&stream)));
        }
    });
    port
}

/// Asserts that each way of connecting to such a server fails with an error.
fn refused_by_all_ways(talk: impl Fn(&TcpStream) -> std::io::Result<()> + Send + Sync + 'static) {
    let domain = Domain::practice();
    let folder = one_photo(&domain);
    let port = partner(talk).to_string();
    let address = format!("127.0.0.1:{port}");
    let import = domain.import(folder.path());
    let ways = [
        ("TLS", import.clone().server(&format!("ldaps://{address}"))),
        ("StartTLS", import.clone().server(&format!("ldap://{address}")).protected()),
        ("clear text", import.server(&format!("ldap://{address}"))),
    ];
    all(ways.map(|(name, import)| (name.to_owned(), import)).into(), |import| refused(import, &[&port]));
}

/// Reads until the client hangs up.
fn listen_on(mut stream: &TcpStream) -> std::io::Result<()> {
    while stream.read(&mut [0; 4096])? > 0 {}
    Ok(())
}

/// Sends the same bytes again and again.
fn talk_without_end(mut stream: &TcpStream, chunk: &[u8]) -> std::io::Result<()> {
    let chunk = chunk.repeat(262_144 / chunk.len());
    let mut sent = 0;
    while sent < ENDLESS {
        stream.write_all(&chunk)?;
        sent += chunk.len() as u64;
        std::thread::sleep(Duration::from_millis(1));
    }
    listen_on(stream)
}

#[test]
fn a_web_server() {
    refused_by_all_ways(|mut stream| {
        let _ = stream.read(&mut [0; 4096])?;
        stream.write_all(
            b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>400</html>\r\n",
        )
    });
}

#[test]
fn an_ssh_server() {
    refused_by_all_ways(|mut stream| {
        stream.write_all(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")?;
        listen_on(stream)
    });
}

#[test]
fn one_that_says_nothing() {
    refused_by_all_ways(listen_on);
}

#[test]
fn one_that_talks_garbage() {
    refused_by_all_ways(|mut stream| {
        // Xorshift makes the same bytes in each run, without a pattern; only the client's port makes a difference.
        let mut state = u64::from(stream.peer_addr()?.port()) << 32 | 1;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        };
        let garbage: Vec<u8> = std::iter::repeat_with(&mut random).take(5_000).collect();
        stream.write_all(&garbage)?;
        listen_on(stream)
    });
}

/// A TLS server answers a client that speaks no TLS, or that it refuses, with an alert (RFC 8446, section 6).
#[test]
fn a_tls_server_that_wants_no_more() {
    refused_by_all_ways(|mut stream| {
        let _ = stream.read(&mut [0; 4096])?;
        stream.write_all(&[21, 3, 3, 0, 2, 2, 40])
    });
}

#[test]
fn one_that_hangs_up_at_once() {
    refused_by_all_ways(|_| Ok(()));
}

#[test]
fn one_that_hangs_up_when_spoken_to() {
    refused_by_all_ways(|mut stream| stream.read(&mut [0; 4096]).map(drop));
}

#[test]
fn one_that_never_stops_talking() {
    let domain = Domain::practice();
    let folder = one_photo(&domain);
    let port = partner(|stream| talk_without_end(stream, b"and another thing, ")).to_string();
    refused(domain.import(folder.path()).server(&format!("ldaps://127.0.0.1:{port}")), &[&port]);
}

/// The server sends TLS records without end, and the handshake is never over.
#[test]
fn one_that_never_stops_shaking_hands() {
    let record = [&[22, 3, 3, 0x40, 0][..], &[0; 0x4000]].concat();
    refused_by_all_ways(move |stream| talk_without_end(stream, &record));
}

/// The server sends one answer after the other to requests that were never made.
#[test]
fn one_that_answers_other_questions_only() {
    let unasked = element(0x30, &[&[2, 2, 0x7f, 0xff], &result(BIND_RESPONSE, &[0])]);
    refused_by_all_ways(move |stream| talk_without_end(stream, &unasked));
}

/// The server accepts every bind, and answers a search with entries without end.
#[test]
fn a_search_that_never_ends() {
    let domain = Domain::practice();
    let folder = one_photo(&domain);
    let port = partner(|mut stream| {
        let mut request = vec![0; 65_536];
        loop {
            let length = stream.read(&mut request)?;
            if length == 0 {
                return Ok(());
            }
            let request = Message::read(&request[..length]);
            if request.operation == SEARCH_REQUEST {
                let value = element(0x31, &[&text(&"DC=nowhere ".repeat(100))]);
                let attribute = element(0x30, &[&text("defaultNamingContext"), &value]);
                let entry = element(ENTRY, &[&text(""), &element(0x30, &[&attribute])]);
                talk_without_end(stream, &request.with(&entry))?;
            } else {
                stream.write_all(&request.with(&result(BIND_RESPONSE, &[0])))?;
            }
        }
    });
    refused(domain.import(folder.path()).server(&format!("ldap://127.0.0.1:{port}")), &[&port.to_string()]);
}

#[test]
fn tls_to_a_server_of_clear_text_and_the_reverse() {
    let domain = Domain::practice();
    let folder = one_photo(&domain);
    let port = domain.server.rsplit_once(':').unwrap().1.to_owned();
    let import = domain.import(folder.path());
    refused(import.clone().server(&format!("ldaps://127.0.0.1:{port}")), &[&port, "ldap"]);
    refused(import.protected(), &[&port, "StartTLS"]);
}

mod samba {
    use super::*;

    #[test]
    #[ignore = "needs the Samba domain that tests/run starts"]
    fn each_protection_on_the_port_of_the_other() {
        let domain = Domain::samba();
        let folder = one_photo(&domain);
        let import = domain.import(folder.path());
        let wrong = ["ldap://localhost:636", "ldaps://localhost:389"]
            .map(|server| (server.to_owned(), import.clone().server(server)));
        all(wrong.into(), |import| refused(import, &["localhost"]));
        assert_eq!(domain.photo(&format!("CN=ask-p,{}", domain.base)), None);
    }
}
