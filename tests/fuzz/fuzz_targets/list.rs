//! Fuzzes the reader of lists: whatever a file contains, each item belongs to a line and is short, and a report of the
//! items is read as the same items again.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use adphoto::report::{About, Format, Record, Report, Status};
use adphoto::source::{Item, Options, Photo, SourceError, read, users};
use libfuzzer_sys::fuzz_target;

/// An empty folder that only this process uses.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("adphoto-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
});
/// The length, in bytes, that no name or path exceeds.
const MAX_BYTES: usize = 4096;

fuzz_target!(|file: &[u8]| {
    let list = FOLDER.join("list");
    std::fs::write(&list, file).expect("is written");
    // This is an upper limit: it counts CR LF twice, and in UTF-16 also bytes of other characters.
    let lines = 1 + file.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count() as u64;
    if let Ok(listing) = users(&list, Options::default()) {
        let read = listing.users.iter().map(|user| user.as_ref().map_or_else(|row| row.line, |user| user.line));
        in_order(read, lines);
    }
    // The option depends on the length, so that each input is a file and nothing else.
    let photo_dir = (file.len() % 2 == 1).then(|| FOLDER.clone());
    let options = Options { photo_dir, ..Options::default() };
    let Ok(listing) = read(&list, &options) else { return };
    let line = |item: &Item| match item {
        Item::Photo(photo) => photo.line(),
        Item::Unusable(row) => row.line,
    };
    in_order(listing.items.iter().map(line), lines);
    let photos: Vec<&Photo> = listing.items.iter().filter_map(Item::photo).collect();
    for photo in &photos {
        for text in [photo.key.text(), &photo.named()] {
            assert!(!text.is_empty() && text.len() <= MAX_BYTES && !text.contains('\0'), "{text:?}");
        }
    }
    reads_again(&photos, &list, &options);
});

/// Asserts that the rows are in order, and each is on a line of its own.
fn in_order(items: impl Iterator<Item = Option<u64>>, lines: u64) {
    let numbers: Vec<u64> = items.map(|line| line.expect("a row has a line")).collect();
    assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    assert!(numbers.iter().all(|&line| (1..=lines).contains(&line)), "{numbers:?} of {lines}");
}

fn reads_again(photos: &[&Photo], list: &Path, options: &Options) {
    // A report writes control characters as escapes, so names with such characters are read differently.
    let is_shown = |photo: &&&Photo| ![photo.key.text(), &photo.named()].iter().any(|text| text.contains(char::is_control));
    let photos: Vec<&&Photo> = photos.iter().filter(is_shown).collect();
    let record = |photo: &&&Photo| Record {
        user: photo.key.text().to_owned(),
        photo: photo.named().into_owned(),
        ..Record::blank(Status::Failed, Vec::new())
    };
    let report = Report { records: photos.iter().map(record).collect(), ..Report::of("import", About::now()) };
    let mut csv = Vec::new();
    report.render(Format::Csv, &mut csv).expect("is written");
    std::fs::write(list, csv).expect("is written");
    match read(list, options) {
        Ok(listing) => {
            let texts = |photo: &Photo| (photo.key.text().to_owned(), photo.named().into_owned());
            let again: Vec<_> = listing.items.iter().map(|item| item.photo().map(texts)).collect();
            assert_eq!(again, photos.iter().map(|photo| Some(texts(photo))).collect::<Vec<_>>());
        }
        Err(SourceError::NoRows { .. }) => assert!(photos.is_empty()),
        // If people are named by numbers, a user may look like anything, including a file.
        Err(SourceError::Swapped { .. }) => {}
        Err(error) => panic!("{error}"),
    }
}
