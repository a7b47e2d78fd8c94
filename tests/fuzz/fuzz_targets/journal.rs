//! Fuzzes the reader of journals: whatever a file contains, there are no more changes than lines allow, the beginning
//! of a file says the same as the whole file, and each chain of changes can be traced.
#![no_main]

use std::collections::HashMap;

use adphoto::hash::Hash;
use adphoto::journal::{Index, Link, Origin, Outcome, index, trace};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let _ = index(input);
    let file = sealed(input);
    let Ok(whole) = index(&*file) else { return };
    let lines = file.iter().filter(|&&byte| byte == b'\n').count();
    let damaged: u64 = whole.damaged.iter().map(|lines| lines.end() - lines.start() + 1).sum();
    assert!(whole.changes.len() as u64 + damaged <= 2 * lines as u64);
    let cut =
        input.iter().fold(0, |sum: usize, &byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % (file.len() + 1);
    if let Ok(part) = index(&file[..cut]) {
        let accounts =
            |index: &Index| index.changes.iter().map(|change| (change.guid, change.before)).collect::<Vec<_>>();
        assert!(accounts(&whole).starts_with(&accounts(&part)), "cut at {cut}");
    }
    follow(&whole);
});

/// Adds the checksum to each line that could be one of a journal, since no mutation would find it.
fn sealed(input: &[u8]) -> Vec<u8> {
    let lines = input.split_inclusive(|&byte| byte == b'\n').flat_map(|line| {
        let Some(rest) = line.strip_prefix(b"{").filter(|rest| rest.ends_with(b"\n")) else { return line.to_vec() };
        let sum = String::from(Hash::of(&rest[..rest.len() - 1]));
        [b"{\"sum\":\"", &sum.as_bytes()[..16], b"\",", rest].concat()
    });
    lines.collect()
}

fn follow(index: &Index) {
    let mut accounts: HashMap<_, Vec<Link>> = HashMap::new();
    for change in &index.changes {
        let certain = change.outcome == Some(Outcome::Done);
        let link = Link { before: change.before, after: change.after, certain, at: change.at };
        accounts.entry(change.guid).or_default().push(link);
    }
    for links in accounts.values() {
        for held in links.iter().flat_map(|link| [link.before, link.after]) {
            assert_ne!(trace(links, held, false), Origin::Unknown);
            assert!(matches!(trace(links, held, true), Origin::Before { link, .. } if link < links.len()));
        }
    }
}
