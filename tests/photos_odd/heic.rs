//! Tests HEIC files whose container refers to things that it does not contain. Phones, and programs that process their
//! photos, write such files.

use std::path::Path;

use crate::{pixels, refused};

fn plain() -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/photos/right/plain.heic")).unwrap()
}

fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&u32::try_from(content.len() + 8).unwrap().to_be_bytes()[..], kind, content].concat()
}

/// Returns the position of the only box of this kind.
fn place(file: &[u8], kind: &[u8; 4]) -> usize {
    file.windows(4).position(|found| found == kind).unwrap() - 4
}

fn add(file: &mut [u8], at: usize, more: usize) {
    let number = u32::from_be_bytes(*file[at..].first_chunk().unwrap()) + u32::try_from(more).unwrap();
    file[at..at + 4].copy_from_slice(&number.to_be_bytes());
}

/// Inserts bytes in front of the picture's data, within boxes that become larger.
fn inserted(mut file: Vec<u8>, at: usize, bytes: &[u8], within: &[&[u8; 4]]) -> Vec<u8> {
    for kind in within {
        let at = place(&file, kind);
        add(&mut file, at, bytes.len());
    }
    // The item's base offset comes after version, sizes, count, number and reference.
    let location = place(&file, b"iloc") + 8 + 4 + 2 + 2 + 2 + 2;
    add(&mut file, location, bytes.len());
    [&file[..at], bytes, &file[at..]].concat()
}

/// Returns the file with references added, each of a kind, from one item to another.
fn with_references(references: &[(&[u8; 4], u16, u16)]) -> Vec<u8> {
    let reference =
        |&(kind, from, to): &(&[u8; 4], u16, u16)| boxed(kind, &[from, 1, to].map(u16::to_be_bytes).concat());
    let all: Vec<u8> = references.iter().flat_map(reference).collect();
    let file = plain();
    let at = place(&file, b"iprp");
    inserted(file, at, &boxed(b"iref", &[&[0; 4][..], &all].concat()), &[b"meta"])
}

#[test]
fn a_reference_to_what_is_not_there_is_passed_over() {
    let right = pixels(&plain());
    for references in [
        &[(b"auxl", 99, 1)][..],
        &[(b"thmb", 99, 1), (b"auxl", 98, 1), (b"auxl", 97, 1)],
        &[(b"cdsc", 99, 1), (b"cdsc", 1, 99), (b"prem", 1, 99), (b"dimg", 99, 98)],
    ] {
        assert!(pixels(&with_references(references)) == right, "{references:?}");
    }
}

#[test]
fn a_property_that_is_not_there_is_passed_over_if_it_may_be() {
    let right = pixels(&plain());
    // Adds an association to the only item, after the item's number and count.
    let with_property = |number: u8| {
        let mut file = plain();
        let count = place(&file, b"ipma") + 8 + 4 + 4 + 2;
        file[count] += 1;
        inserted(file, count + 1, &[number], &[b"ipma", b"iprp", b"meta"])
    };
    assert!(pixels(&with_property(0x20)) == right);
    let (code, text) = refused(&with_property(0x80 | 0x20));
    assert_eq!(code, "damaged", "{text}");
    assert!(text.contains("contradicts itself"), "{text}");
}

#[test]
fn what_lies_behind_the_last_box_is_no_picture() {
    let right = pixels(&plain());
    for notes in
        [&b"\0\0\x01\x0aMotionPhoto_Data"[..], b"SEFH\x6b\0\0\0\x01\0\0\0", b"\0\0\0", b"garbage that is no box"]
    {
        assert!(pixels(&[&plain(), notes].concat()) == right, "{notes:?}");
    }
    let cut = plain();
    assert_eq!(refused(&cut[..cut.len() - 300]).0, "damaged");
    // A film may also have a box of its own, which every program knows.
    let film = boxed(b"mpvd", &[7; 100]);
    assert!(pixels(&[&plain(), &film[..]].concat()) == right);
}
