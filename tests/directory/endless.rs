//! Tests searches whose pages or entries never end: each is stopped by a limit, and the error names that limit.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::ber::{ENTRY, Message, SEARCH_DONE, element, result, text};
use crate::domain::Domain;
use crate::partners;
use crate::relay::{Plan, Relay};
use crate::run::Import;

/// Starts a relay to the practice directory that promises another page after each one, with this cookie.
fn with_pages(domain: &Domain, cookie: u32) -> Relay {
    with_pages_and(domain, cookie, |_| Vec::new())
}

/// Like [`with_pages`], and each page contains more.
fn with_pages_and(
    domain: &Domain,
    cookie: u32,
    more: impl Fn(&Message<'_>) -> Vec<u8> + Send + Sync + 'static,
) -> Relay {
    let pages = move |answer: Vec<u8>| {
        let message = Message::read(&answer);
        let is_paged = answer.windows(22).any(|window| window == b"1.2.840.113556.1.4.319");
        if message.operation != SEARCH_DONE || !is_paged {
            return answer;
        }
        let value = element(0x30, &[&[2, 1, 0], &element(0x04, &[&cookie.to_be_bytes()])]);
        let control = element(0x30, &[&text("1.2.840.113556.1.4.319"), &element(0x04, &[&value])]);
        let done = element(0x30, &[message.id, &result(SEARCH_DONE, &[0]), &element(0xa0, &[&control])]);
        [more(&message), done].concat()
    };
    Relay::start(domain, Plan::spoil(pages))
}

fn ends(domain: &Domain, relay: &Relay, patience: &str, limit: &str) {
    let audit = Import::audit(domain).server(relay.url()).args(&["--give-up-after", patience]);
    let run = partners::run(audit);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{}", run.stderr);
    for word in ["does not end", limit] {
        assert!(run.stderr.contains(word), "no {word:?} in: {}", run.stderr);
    }
}

/// The practice directory's cookie is the number of the entry before the next page; after the last entry, pages are
/// empty.
#[test]
fn pages_without_an_entry_come_to_an_end() {
    let domain = Domain::practice();
    domain.user("end-one");
    ends(&domain, &with_pages(&domain, u32::MAX), "1", "100 pages in a row without an entry");
}

#[test]
fn the_same_pages_again_and_again_come_to_an_end() {
    let domain = Domain::practice();
    for name in ["end-one", "end-two", "end-three"] {
        domain.user(name);
    }
    ends(&domain, &with_pages(&domain, 0), "1", "more than 1000 entries came twice");
}

/// Each page has another account, and none is the last: the search may take ten times --give-up-after, and no longer.
#[test]
fn other_entries_again_and_again_come_to_an_end() {
    let domain = Domain::practice();
    domain.user("end-one");
    let sent = AtomicUsize::new(0);
    let another = move |message: &Message<'_>| {
        let name = format!("CN={}", sent.fetch_add(1, Ordering::Relaxed));
        message.with(&element(ENTRY, &[&text(&name), &element(0x30, &[])]))
    };
    ends(&domain, &with_pages_and(&domain, u32::MAX, another), "0.2", "it went on for 2 s");
}

/// A search for access lists has no pages, but it has the limits of any other answer without pages.
#[test]
fn access_lists_again_and_again_come_to_an_end() {
    let domain = Domain::practice();
    domain.user("end-one");
    let many = |answer: Vec<u8>| match answer.windows(20).any(|window| window == b"nTSecurityDescriptor") {
        true => answer.repeat(1_000),
        false => answer,
    };
    let relay = Relay::start(&domain, Plan::spoil(many));
    let run = partners::run(Import::audit(&domain).server(relay.url()).args(&["--give-up-after", "1"]));
    assert!(run.code == Some(1) && run.stderr.contains("does not end: more than 900 entries"), "{}", run.stderr);
}

/// If the search does not end on one domain controller, another one is asked.
#[test]
fn another_domain_controller_is_asked_instead() {
    let domain = Domain::practice();
    domain.user("end-one");
    let relay = with_pages(&domain, u32::MAX);
    let servers = format!("{},{}", relay.url(), domain.server);
    let run = Import::audit(&domain).server(&servers).args(&["--give-up-after", "10", "--timeout", "5"]).records();
    assert_eq!((run.code, run.all().len()), (Some(0), 1), "{}", run.stderr);
    assert!(run.stderr.contains("100 pages in a row"), "{}", run.stderr);
}
