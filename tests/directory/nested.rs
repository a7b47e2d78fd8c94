//! Tests answers whose BER elements are nested thousands deep. They must not reach any parser, wherever they come from:
//! the connection ends with an error that says so, and the run goes on with another server or gives up.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;

use crate::ber::{BIND_RESPONSE, ENTRY, Message, SEARCH_DONE, element, result, text};
use crate::domain::Domain;
use crate::front::{self, Begins};
use crate::partners::{self, all, one_photo, refused};
use crate::relay::{Plan, Relay};
use crate::workshop::{GOOD, Workshop};

const CONTROLS: u8 = 0xa0;
const DEPTH: usize = 8_000;

fn nested(depth: usize) -> Vec<u8> {
    (0..depth).fold(Vec::new(), |inner, _| element(0x30, &[&inner]))
}

/// Returns an answer whose result is followed by these controls.
fn with_controls(answer: &Message<'_>, controls: &[u8]) -> Vec<u8> {
    let fine = result(answer.operation, &[0]);
    element(0x30, &[answer.id, &fine, &element(CONTROLS, &[controls])])
}

/// Makes the message that is sent instead of an answer.
type Attack = fn(&Message<'_>) -> Vec<u8>;

/// The attacks: what is nested, which operation's answers are replaced, and with what.
const ATTACKS: [(&str, u8, Attack); 5] = [
    ("an entry", ENTRY, |answer| answer.with(&element(ENTRY, &[&text(&answer.dn()), &nested(DEPTH)]))),
    ("a result", SEARCH_DONE, |answer| answer.with(&element(SEARCH_DONE, &[&nested(DEPTH)]))),
    ("controls", SEARCH_DONE, |answer| with_controls(answer, &nested(DEPTH))),
    ("the value of a control", SEARCH_DONE, |answer| {
        let value = element(0x04, &[&nested(DEPTH)]);
        with_controls(answer, &element(0x30, &[&text("1.2.840.113556.1.4.319"), &value]))
    }),
    ("the answer to a bind", BIND_RESPONSE, |answer| answer.with(&element(BIND_RESPONSE, &[&nested(DEPTH)]))),
];

/// Starts a relay to the practice directory that replaces all answers of this operation.
fn attacked(domain: &Domain, operation: u8, attack: Attack) -> Relay {
    Relay::start(
        domain,
        Plan::spoil(move |answer| {
            let message = Message::read(&answer);
            if message.operation == operation { attack(&message) } else { answer }
        }),
    )
}

fn certificate(workshop: &Workshop) -> (PathBuf, PathBuf, PathBuf) {
    let authority = workshop.authority("ca", "Example-CA");
    (authority, workshop.sign("dc", "ca", GOOD), workshop.path("dc.key"))
}

/// The answers come in clear text, over ldaps, and after StartTLS.
#[test]
fn answers_that_are_thousands_of_elements_deep() {
    let domain = Domain::practice();
    let folder = one_photo(&domain);
    let workshop = Workshop::new();
    let (authority, certificate, key) = certificate(&workshop);
    let mut cases = Vec::new();
    for (place, operation, attack) in ATTACKS {
        for way in ["clear text", "TLS", "StartTLS"] {
            cases.push((format!("{place}, {way}"), (operation, attack, way)));
        }
    }
    all(cases, |(operation, attack, way)| {
        let relay = attacked(&domain, operation, attack);
        let begins = if way == "StartTLS" { Begins::ByStartTls } else { Begins::AtOnce };
        let front = |begins| front::serve("127.0.0.1:0", relay.url(), (&certificate, &key), begins);
        let import = domain.import(folder.path());
        let import = match way {
            "clear text" => import.server(relay.url()),
            "TLS" => import.server(&format!("ldaps://localhost:{}", front(begins))).ca_file(Some(authority.clone())),
            _ => import
                .server(&format!("ldap://localhost:{}", front(begins)))
                .ca_file(Some(authority.clone()))
                .protected(),
        };
        refused(import, &["nested more than 24 deep", "somebody else answers in its place"]);
    });
}

/// Before TLS begins, anybody on the network can forge an answer.
#[test]
fn answers_to_starttls_that_are_none() {
    let domain = Domain::practice();
    let folder = one_photo(&domain);
    let answers: Vec<(&str, Vec<u8>)> = vec![
        ("thousands of elements", nested(DEPTH)),
        ("thousands of elements in an answer", element(0x30, &[&[2, 1, 1], &element(0x78, &[&nested(DEPTH)])])),
        ("an empty message", vec![0x30, 0]),
        ("a number alone", vec![0x30, 3, 2, 1, 1]),
        ("an empty operation", vec![0x30, 5, 2, 1, 1, 0x78, 0]),
        ("another's answer", element(0x30, &[&[2, 1, 9], &result(0x78, &[0])])),
        ("a length without end", vec![0x30, 0x80, 2, 1, 1]),
        ("a length that takes all memory", vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
    ];
    let answers = answers.into_iter().map(|(name, answer)| (name.to_owned(), answer)).collect();
    all(answers, |answer: Vec<u8>| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let sent = answer.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let _ = stream.read(&mut [0; 1024]);
                // The client may have hung up.
                let _ = stream.write_all(&sent).and_then(|()| stream.read(&mut [0; 1024]).map(drop));
            }
        });
        let import = domain.import(folder.path()).server(&format!("ldap://127.0.0.1:{port}")).protected();
        refused(import, &["does not answer as an LDAP server does"]);
    });
}

/// One domain controller is attacked in the middle of the run; another one is asked about the accounts instead.
#[test]
fn the_run_goes_on_with_another_domain_controller() {
    let domain = Domain::practice();
    let folder = one_photo(&domain);
    let relay = Relay::start(
        &domain,
        Plan::spoil(|answer| {
            let message = Message::read(&answer);
            let is_account = message.operation == ENTRY && message.dn().starts_with("CN=ask-p");
            if is_account { message.with(&element(ENTRY, &[&text(&message.dn()), &nested(DEPTH)])) } else { answer }
        }),
    );
    let servers = format!("{},{}", relay.url(), domain.server);
    let run = domain.import(folder.path()).server(&servers).args(&["--give-up-after", "10"]).records();
    assert_eq!((run.code, run.outcomes()), (Some(0), vec!["written".to_owned()]), "{}", run.stderr);
    assert!(run.stderr.contains("elements are nested more than"), "{}", run.stderr);

    // If there is no other domain controller, the run gives up and says why.
    let alone = partners::run(domain.import(folder.path()).server(relay.url()).args(&["--give-up-after", "2"]));
    assert_eq!(alone.code, Some(1), "{}", alone.stderr);
    assert!(alone.stderr.contains("elements are nested more than"), "{}", alone.stderr);
}

/// An address in place of a name, with or without brackets, is accepted if the certificate has it (RFC 5280, section
/// 4.2.1.6).
#[test]
fn addresses_are_believed_where_the_certificate_has_them() {
    let domain = Domain::practice();
    let folder = one_photo(&domain);
    let workshop = Workshop::new();
    let (authority, certificate, key) = certificate(&workshop);
    let target = domain.server.clone();
    let cases = [("[::1]", "[::1]:0"), ("127.0.0.1", "127.0.0.1:0")].into_iter().flat_map(|(host, address)| {
        [("ldaps", Begins::AtOnce), ("ldap", Begins::ByStartTls)]
            .map(|(scheme, begins)| (format!("{scheme}://{host}"), (address, begins)))
    });
    let run = |url: &str, (address, begins): (&str, Begins)| {
        let port = front::serve(address, &target, (&certificate, &key), begins);
        let import = domain.import(folder.path()).server(&format!("{url}:{port}")).ca_file(Some(authority.clone()));
        import.protected().args(&["--dry-run", "--timeout", "10"]).records()
    };
    for (url, how) in cases {
        let run = run(&url, how);
        assert_eq!((run.code, run.outcomes()), (Some(0), vec!["would-write".to_owned()]), "{url}: {}", run.stderr);
    }
    // An address that is not in the certificate is refused.
    let other = Workshop::new();
    let elsewhere = ["basicConstraints=critical,CA:FALSE", "subjectAltName=DNS:localhost,IP:2001:db8::7"];
    let authority = other.authority("ca", "Example-CA");
    other.sign("dc", "ca", crate::workshop::Leaf { extensions: &elsewhere, ..GOOD });
    let port = front::serve("[::1]:0", &target, (&other.path("dc.pem"), &other.path("dc.key")), Begins::AtOnce);
    let import = domain.import(folder.path()).server(&format!("ldaps://[::1]:{port}")).ca_file(Some(authority));
    refused(import, &["not for the name ::1, but for localhost, 2001:db8::7", "--server localhost"]);
}
