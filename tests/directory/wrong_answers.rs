//! Tests a domain controller's answers that are changed on their way: malformed, incomplete, or not what was asked for.
//! Each leads to a clear error in time, without a panic, and nobody gets somebody else's photo.

use crate::ber::{
    BIND_RESPONSE, ENTRY, MODIFY_RESPONSE, Malformed, Message, SEARCH_DONE, STRANGE_CODES, element, malformed_entries,
    malformed_results, text,
};
use crate::domain::Domain;
use crate::partners::{all, one_photo, refused, run};
use crate::relay::{Plan, Relay};
use crate::run::Records;

/// Starts a relay to the practice directory that sends the result of `change` instead of an answer, unless it is
/// `None`.
fn changed(domain: &Domain, change: impl Fn(&Message<'_>) -> Option<Vec<u8>> + Send + Sync + 'static) -> Relay {
    Relay::start(domain, Plan::spoil(move |answer| change(&Message::read(&answer)).unwrap_or(answer)))
}

/// Replaces each answer to this operation with a malformed one, in each way to be malformed, and asserts that an import
/// is refused.
fn refused_when_malformed(operation: u8, ways: fn(&Message<'_>) -> Malformed) {
    let domain = Domain::practice();
    let folder = one_photo(&domain);
    let example = element(0x30, &[&[2, 1, 1], &element(operation, &[&text("CN=x")])]);
    let names: Vec<_> = ways(&Message::read(&example)).into_iter().map(|(name, _)| name.to_owned()).collect();
    all(names.into_iter().enumerate().map(|(way, name)| (name, way)).collect(), |way| {
        let relay =
            changed(&domain, move |answer| (answer.operation == operation).then(|| ways(answer).swap_remove(way).1));
        refused(domain.import(folder.path()).server(relay.url()), &["127.0.0.1"]);
    });
}

#[test]
fn malformed_answers_to_a_bind() {
    refused_when_malformed(BIND_RESPONSE, malformed_results);
}

#[test]
fn malformed_results_of_a_search() {
    refused_when_malformed(SEARCH_DONE, malformed_results);
}

#[test]
fn malformed_entries_of_a_search() {
    refused_when_malformed(ENTRY, malformed_entries);
}

#[test]
fn results_that_no_server_gives() {
    let domain = Domain::practice();
    let folder = one_photo(&domain);
    let cases = [BIND_RESPONSE, SEARCH_DONE]
        .into_iter()
        .flat_map(|operation| STRANGE_CODES.map(|code| (format!("{operation:x} {code:?}"), (operation, code))));
    all(cases.collect(), |(operation, code)| {
        let relay = changed(&domain, move |answer| (answer.operation == operation).then(|| answer.with_result(code)));
        refused(domain.import(folder.path()).server(relay.url()), &["127.0.0.1"]);
    });
}

/// The write was carried out, and its answer cannot be read; but the account can.
#[test]
fn strange_answers_to_a_write() {
    let domain = Domain::practice();
    let folder = one_photo(&domain);
    let dn = format!("CN=ask-p,{}", domain.base);
    let example = element(0x30, &[&[2, 1, 1], &element(MODIFY_RESPONSE, &[])]);
    let malformed = malformed_results(&Message::read(&example)).len();
    let strange = (0..malformed + STRANGE_CODES.len()).map(move |way| {
        move |answer: &Message<'_>| match way.checked_sub(malformed) {
            Some(code) => answer.with_result(STRANGE_CODES[code]),
            None => malformed_results(answer).swap_remove(way).1,
        }
    });
    for (way, strange) in strange.enumerate() {
        domain.set_photo(&dn, None);
        let relay = changed(&domain, move |answer| (answer.operation == MODIFY_RESPONSE).then(|| strange(answer)));
        let import = domain.import(folder.path()).server(relay.url());
        let records = Records::read(run(import.args(&["--format", "json", "--give-up-after", "2"])));
        assert_eq!(records.all().len(), 1, "{way}");
        let right = match records.all()[0]["status"].as_str().unwrap() {
            "written" => records.code == Some(0),
            "failed" => matches!(records.code, Some(1 | 3)) && records.all()[0]["reason"] != "",
            _ => false,
        };
        // The write reached the directory, so a record that says otherwise would be wrong.
        assert!(domain.photo(&dn).is_some() && records.count("unchanged") == 0, "{way}");
        assert!(right, "{way}: {:?} {} {}", records.code, records.json, records.stderr);
    }
}

/// First the rootDSE lacks its attributes, then the account, then the account's photo.
#[test]
fn entries_without_the_attributes_asked_for() {
    let domain = Domain::practice();
    let folder = one_photo(&domain);
    let holds = |answer: &Message<'_>, name: &str| {
        answer.content.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name.as_bytes()))
    };
    let relay = changed(&domain, |answer| {
        (answer.operation == ENTRY && answer.dn().is_empty()).then(|| answer.without_attributes())
    });
    refused(domain.import(folder.path()).server(relay.url()), &["127.0.0.1", "lacks"]);
    for with_name in [true, false] {
        let relay = changed(&domain, move |answer| {
            let is_it = answer.operation == ENTRY && answer.dn().starts_with("CN=ask-p");
            (is_it && holds(answer, "objectGUID") && holds(answer, "sAMAccountName") == with_name)
                .then(|| answer.without_attributes())
        });
        let run = run(domain.import(folder.path()).server(relay.url()).args(&["--format", "json"]));
        assert!(matches!(run.code, Some(1 | 3)), "{}", run.stderr);
        assert!(run.stderr.contains("lacks") || run.stdout.contains("lacks"), "{}{}", run.stderr, run.stdout);
        assert_eq!(domain.photo(&format!("CN=ask-p,{}", domain.base)), None);
    }
}

/// Every entry comes twice, followed by another account's entry that was not asked for; in the second round, that one
/// comes first.
#[test]
fn entries_that_nobody_asked_for() {
    for first in [false, true] {
        let domain = Domain::practice();
        let folder = one_photo(&domain);
        let asked = format!("CN=ask-p,{}", domain.base);
        let other = domain.user("oth-p");
        domain.set_photo(&other, Some(b"theirs"));
        let guid = |dn: &str| domain.entry(dn, &["objectGUID"])["objectGUID"][0].clone();
        let (guid, others_guid) = (guid(&asked), guid(&other));
        let relay = Relay::start(
            &domain,
            Plan::spoil(move |answer| {
                let message = Message::read(&answer);
                if message.operation != ENTRY || !message.dn().starts_with("CN=ask-p") {
                    return answer;
                }
                let unasked = replaced(&replaced(&answer, b"ask-p", b"oth-p"), &guid, &others_guid);
                let same = answer.clone();
                if first { [unasked, same, answer].concat() } else { [answer, same, unasked].concat() }
            }),
        );
        let records = Records::read(run(domain.import(folder.path()).server(relay.url()).args(&["--format", "json"])));
        assert_eq!((records.code, records.outcomes()), (Some(0), vec!["written".to_owned()]), "{}", records.json);
        assert!(domain.photo(&asked).is_some());
        assert_eq!(domain.photo(&other).unwrap(), b"theirs");
    }
}

/// Replaces bytes with others of the same length, so that the lengths of the elements around them stay right.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(from.len()).position(|window| window == from) {
        bytes[at + found..][..to.len()].copy_from_slice(to);
        at += found + to.len();
    }
    bytes
}
