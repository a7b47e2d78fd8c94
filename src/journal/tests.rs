use std::path::PathBuf;

use proptest::prelude::*;
use time::OffsetDateTime;

use super::{Header, Index, Journal, JournalError, Outcome, Past, Place, Subject, index, sort};
use crate::directory::{Dsa, Guid};
use crate::hash::Hash;

fn header() -> Header {
    Header {
        version: Header::VERSION,
        adphoto: "0.1.0".to_owned(),
        id: "0123456789abcdef".to_owned(),
        started: OffsetDateTime::now_utc(),
        command: "import".to_owned(),
        target: "active-directory".to_owned(),
        attribute: "thumbnailPhoto".to_owned(),
        user: r"EXAMPLE\anna".to_owned(),
        server: "ldaps://dc1:636".to_owned(),
        domain: "DC=example".to_owned(),
        base_dn: "DC=example".to_owned(),
        source: None,
        arguments: vec!["import".to_owned(), "ü".to_owned()],
        undoes: Vec::new(),
        partial: false,
        follows: None,
    }
}

fn photo(number: u8) -> Option<Vec<u8>> {
    (number > 0).then(|| vec![number; usize::from(number) * 100])
}

/// Returns a domain controller's identity; number 0 stands for one that does not tell its identity.
fn dsa(number: u8) -> Option<Dsa> {
    (number > 0).then(|| Dsa { guid: Guid([number; 16]), name: "dc1.example.test".to_owned() })
}

/// Writes a journal with this number of changes. Every fifth of them has no outcome.
fn written(changes: u8) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.jsonl");
    let journal = Journal::create(Place::Named(path.clone()), header()).expect("a journal");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    for number in 0..changes {
        let (before, after) = (photo(number), photo(number + 1));
        let dn = format!("CN={number},DC=example");
        let subject = Subject {
            guid: Guid([number; 16]),
            dn: &dn,
            user: "anna",
            before: before.as_deref(),
            after: after.as_deref(),
            print: None,
            row: u64::from(number),
        };
        let mut entry = journal.entry(subject);
        runtime.block_on(async {
            entry.before_asking("ldaps://dc1:636", dsa(1).as_ref()).await.expect("durable");
            entry.before_asking("ldaps://dc1:636", dsa(1).as_ref()).await.expect("nothing new");
            if number % 3 == 0 {
                entry.before_asking("ldaps://dc2:636", dsa(number).as_ref()).await.expect("durable");
            }
        });
        if number % 5 != 4 {
            entry.end(if number % 2 == 0 { Outcome::Done } else { Outcome::Conflict }, None);
        }
    }
    journal.finish(false, 0).expect("complete");
    (folder, path)
}

fn read(bytes: &[u8]) -> Index {
    index(bytes).expect("a journal")
}

#[test]
fn what_was_written_is_read() {
    let (_folder, path) = written(10);
    let past = Past::read(&path, false).expect("readable");
    assert_eq!(past.header.as_ref().map(|header| header.arguments[1].as_str()), Some("ü"));
    assert!(past.damaged.is_empty());
    let end = past.end.expect("an end");
    assert_eq!((end.done, end.not_done, end.unconfirmed, end.stopped), (4, 4, 2, false));
    for (number, change) in (0..).zip(&past.changes) {
        assert_eq!((change.guid, &*change.user), (Guid([number; 16]), "anna"));
        assert_eq!(change.server, if number % 3 == 0 { "ldaps://dc2:636" } else { "ldaps://dc1:636" });
        assert_eq!(change.dsa, dsa(if number % 3 == 0 { number } else { 1 }));
        assert_eq!(change.after, Some(Hash::of(&photo(number + 1).expect("a photo"))));
        assert_eq!(past.before(change).expect("readable"), photo(number));
        assert_eq!(change.outcome.is_none(), number % 5 == 4);
        assert_eq!(change.may_be_done(), number % 5 == 4 || number % 2 == 0);
    }
}

/// Older journals have no identities of domain controllers.
#[test]
fn a_journal_without_new_fields_is_read() {
    let line = r#""intent":{"n":1,"at":"2026-11-21T18:30:00Z","guid":"01010101-0101-0101-0101-010101010101","dn":"CN=a","user":"a","server":"ldaps://dc1:636","before":null,"after_sha256":null,"after_bytes":0,"not-yet":[1]}}"#;
    let line = format!("{{\"sum\":\"{}\",{line}\n", Hash::of(line.as_bytes()).short());
    let Index { changes, .. } = read(line.as_bytes());
    assert_eq!((&*changes[0].server, &changes[0].dsa), ("ldaps://dc1:636", &None));
}

#[test]
fn a_journal_in_use_is_not_read_and_one_that_is_there_not_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.jsonl");
    let journal = Journal::create(Place::Named(path.clone()), header()).expect("a journal");
    assert!(matches!(Past::read(&path, false), Err(JournalError::InUse(_))));
    assert!(matches!(Journal::create(Place::Named(path.clone()), header()), Err(JournalError::Exists(_))));
    drop(journal);
    assert!(Past::read(&path, false).expect("readable").header.is_some());
}

#[test]
fn other_files_are_no_journals() {
    for bytes in [&b"user,path\n"[..], b"{\"sum\":0}\n{}\n", b"\xff\xd8\xff\xe0", b"\n"] {
        assert!(index(bytes).is_err(), "{bytes:?}");
    }
    let zeros = read(&[0; 5000]);
    assert!(zeros.header.is_none() && zeros.changes.is_empty());
}

#[test]
fn a_version_that_is_not_known_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.jsonl");
    let newer = Header { version: Header::VERSION + 1, adphoto: "9.0".to_owned(), ..header() };
    drop(Journal::create(Place::Named(path.clone()), newer).expect("a journal"));
    assert!(matches!(Past::read(&path, false), Err(JournalError::Newer { by, .. }) if by == "9.0"));
}

/// Returns a run with the given steps. Each changes an account from one photo to another.
fn run(folder: &std::path::Path, header: Header, steps: &[(u8, u8, u8)]) -> Past {
    let path = folder.join(format!("{}.jsonl", header.id));
    let journal = Journal::create(Place::Named(path.clone()), header).expect("a journal");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    for &(account, before, after) in steps {
        let (before, after) = (photo(before), photo(after));
        let guid = Guid([account; 16]);
        let subject =
            Subject { guid, dn: "", user: "", before: before.as_deref(), after: after.as_deref(), print: None, row: 0 };
        let mut entry = journal.entry(subject);
        runtime.block_on(entry.before_asking("ldaps://dc1:636", None)).expect("durable");
        entry.end(Outcome::Done, None);
    }
    journal.finish(false, 0).expect("is complete");
    Past::read(&path, false).expect("readable")
}

#[test]
fn runs_are_sorted_by_what_they_found_and_left_and_only_then_by_the_clock() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |id: &str, minute: i64| Header {
        id: id.to_owned(),
        started: OffsetDateTime::UNIX_EPOCH + time::Duration::minutes(minute),
        ..header()
    };
    let order = |mut pasts: Vec<Past>| {
        let clock_agrees = sort(&mut pasts);
        let ids = pasts.iter().map(|past| past.header.as_ref().expect("a header").id.clone()).collect::<Vec<_>>();
        (ids.concat(), clock_agrees)
    };
    let new = |id: &str, minute, steps: &[(u8, u8, u8)]| run(folder.path(), at(id, minute), steps);
    // The clock was set back before the second run.
    assert_eq!(
        order(vec![new("a", 10, &[(1, 1, 2), (2, 1, 2)]), new("b", 5, &[(1, 2, 3), (2, 2, 3)])]),
        ("ab".into(), false)
    );
    assert_eq!(order(vec![new("d", 10, &[(1, 2, 3)]), new("c", 5, &[(1, 1, 2)])]), ("cd".into(), true));
    // An undo leaves what the run had found, so their order looks the same both ways; the clock decides.
    assert_eq!(order(vec![new("f", 6, &[(1, 2, 1)]), new("e", 5, &[(1, 1, 2)])]), ("ef".into(), true));
    // One account proves an order and the other one contradicts it, so the clock decides.
    assert_eq!(
        order(vec![new("h", 10, &[(1, 1, 2), (2, 1, 2)]), new("g", 5, &[(1, 2, 3), (2, 4, 3)])]),
        ("gh".into(), true)
    );
    // In the state folder, each run names the one before it.
    let later = Header { follows: Some("i".to_owned()), ..at("k", 5) };
    assert_eq!(order(vec![run(folder.path(), later, &[(3, 1, 2)]), new("i", 10, &[(4, 1, 2)])]), ("ik".into(), false));
}

/// Journals of version 1, which knew only one place for photos, are read for ever.
#[test]
fn a_journal_of_version_1_is_of_thumbnail_photo() {
    let mut fields = serde_json::to_value(header()).expect("JSON");
    let object = fields.as_object_mut().expect("an object");
    object.insert("version".to_owned(), 1.into());
    assert!(object.remove("target").is_some() && object.remove("attribute").is_some());
    let old: Header = serde_json::from_value(fields).expect("a header");
    assert_eq!((old.target.as_str(), old.attribute.as_str()), ("active-directory", "thumbnailPhoto"));
}

/// A damaged line is reported if a later line refers to it. At the end of the file nothing does, and it counts as torn
/// off.
#[test]
fn a_damaged_intent_is_named_by_its_outcome() {
    let (_folder, path) = written(1);
    let text = std::fs::read_to_string(path).expect("readable");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    assert_eq!(lines.len(), 5, "header, intent, switch, outcome, end: {text}");
    let spoilt = lines[1].replace("anna", "otto");
    for (rest, damaged) in [(&lines[2..2], vec![]), (&lines[2..3], vec![2..=2]), (&lines[3..4], vec![2..=2])] {
        let index = read([lines[0], &spoilt, &rest.concat()].concat().as_bytes());
        assert_eq!((index.changes.len(), index.damaged), (0, damaged), "{rest:?}");
    }
    assert_eq!(read([lines[0], lines[3]].concat().as_bytes()).damaged, vec![2..=2], "a line that is gone");
}

/// Damage in the middle costs only the lines that it hit.
#[test]
fn a_line_too_long_is_damage_and_the_rest_is_read() {
    let (_folder, path) = written(3);
    let bytes = std::fs::read(path).expect("readable");
    let end = bytes.iter().position(|&byte| byte == b'\n').expect("lines") + 1;
    let long = vec![b'x'; 3 << 20];
    let spoilt = [&bytes[..end], &long, b"\n\n", &bytes[end..]].concat();
    let spoilt = read(&spoilt);
    assert_eq!((spoilt.damaged, spoilt.changes.len()), (vec![2..=3], 3));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_prefix_is_readable_and_holds_the_first_changes(cuts in prop::collection::vec(any::<prop::sample::Index>(), 40)) {
        let (_folder, path) = written(8);
        let bytes = std::fs::read(path).expect("readable");
        let whole = read(&bytes);
        for cut in cuts {
            let part = read(&bytes[..cut.index(bytes.len() + 1)]);
            prop_assert!(part.damaged.is_empty());
            prop_assert!(part.changes.len() <= whole.changes.len());
            for (part, whole) in part.changes.iter().zip(&whole.changes) {
                prop_assert_eq!((part.guid, part.before, part.after), (whole.guid, whole.before, whole.after));
                prop_assert!(part.outcome.is_none() || part.outcome == whole.outcome);
            }
        }
    }

    /// Whatever is read from a damaged journal was really written.
    #[test]
    fn a_changed_byte_changes_no_change(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 40)) {
        let (_folder, path) = written(8);
        let bytes = std::fs::read(path).expect("readable");
        let whole = read(&bytes);
        for (place, byte) in places {
            let mut spoilt = bytes.clone();
            let place = place.index(bytes.len());
            if spoilt[place] == byte {
                continue;
            }
            spoilt[place] = byte;
            let Ok(spoilt) = index(&*spoilt) else { continue };
            for change in &spoilt.changes {
                prop_assert!(whole.changes.iter().any(|known| (known.guid, known.before, known.after) == (change.guid, change.before, change.after)));
            }
        }
    }
}
