//! Tests what the page does: it makes no requests, filters, searches, sorts, and shows thousands of photos.

use std::io::Write;

use adphoto::album::Album;
use adphoto::directory::Guid;
use adphoto::hash::Hash;
use adphoto::report::{About, Code, Coverage, Format, Reason, Record, Report, Status, WholePhoto};
use adphoto::thumbnail::{Squares, preview};
use tempfile::NamedTempFile;

use crate::chromium::Chromium;
use crate::photos::jpeg;

const EVIL: &str = "<img src=x onerror=alert(1)></script>\"'&";
/// Returns the names of the cards that are shown, in order.
pub(crate) const SHOWN: &str =
    "Array.from(document.querySelectorAll('.card:not([hidden]) h3'), (name) => name.textContent).join()";
const FOCUSED: &str = "document.activeElement.id";

pub(crate) fn record(name: &str, department: &str, status: Status) -> Record {
    Record {
        user: name.to_lowercase(),
        photo: format!("photos/{name}.jpg"),
        sha256: Some(Hash::of(name.as_bytes())),
        guid: Some(Guid([7; 16])),
        dn: Some(format!("CN={name},OU={department},DC=ad,DC=example,DC=test")),
        display_name: Some(name.to_owned()),
        department: Some(department.to_owned()),
        ..Record::blank(status, Vec::new())
    }
}

pub(crate) fn page(command: &'static str, dry_run: bool, mut records: Vec<Record>, album: Album) -> NamedTempFile {
    let groups = records.iter().map(|record| (record.department.clone().unwrap_or_default(), record.status));
    let coverage = (command == "audit").then(|| Coverage::counted("department", groups));
    if let Some(coverage) = &coverage {
        for record in &mut records {
            record.group = record.department.as_deref().and_then(|department| coverage.place(department));
        }
    }
    let mut file = tempfile::Builder::new().suffix(".html").tempfile().unwrap();
    let about = About { source: Some(EVIL.to_owned()), ..About::now() };
    let report = Report { dry_run, records: records.into(), coverage, album, ..Report::of(command, about) };
    report.render(Format::Html, &mut std::io::BufWriter::new(file.as_file_mut())).unwrap();
    file.flush().unwrap();
    file
}

#[test]
fn hostile_names_are_text_and_nothing_is_asked_for() {
    let Some(mut browser) = Chromium::start() else { return };
    let album = Album::new().unwrap();
    let evil = |status| Record {
        user: EVIL.to_owned(),
        photo: format!("folder/{EVIL}"),
        dn: Some(EVIL.to_owned()),
        reasons: vec![Reason::new(Code::Stopped, EVIL)],
        before: Some(album.keep(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")),
        after: Some(album.keep(&jpeg(7, 96, 96))),
        ..record(EVIL, EVIL, status)
    };
    for (command, status) in [("import", Status::WouldWrite), ("audit", Status::Unfit)] {
        let records = vec![evil(status), evil(Status::Failed)];
        let file = page(command, command == "import", records, Album::of_sizes());
        browser.open(file.path());
        assert_eq!(browser.value("document.querySelector('h3').textContent"), EVIL);
        assert_eq!(browser.value("document.querySelector('.reasons li').textContent"), EVIL);
        assert_eq!(browser.value("document.querySelector('.facts div:last-child dd').textContent"), EVIL);
        assert_eq!(browser.value("/:\\d\\d:\\d\\d/.test(document.querySelector('time').textContent)"), true);
        assert_eq!(browser.value("document.querySelectorAll('[onerror], [onload], img[src=x]').length"), 0);
        assert_eq!(browser.complaints(), Vec::<String>::new());
    }
    let file = page("import", true, vec![evil(Status::WouldWrite)], album);
    browser.open(file.path());
    // Of the two pictures, the browser shows only the JPEG.
    browser.becomes("Array.from(document.images, (image) => image.complete && image.naturalWidth).join()", "96");
    assert_eq!(browser.value("document.querySelector('[data-path]').dataset.user"), EVIL);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// It is not enough that the page has a content security policy: the browser has to enforce it.
#[test]
fn a_script_that_got_into_the_page_would_not_run() {
    let Some(mut browser) = Chromium::start() else { return };
    let file = page("import", false, vec![record("Anna", "Sales", Status::Written)], Album::of_sizes());
    let text = std::fs::read_to_string(file.path()).unwrap();
    let hurt =
        text.replacen("<main>", "<main><script>document.title = 'hurt'</script><img src=https://127.0.0.1:9/x>", 1);
    std::fs::write(file.path(), hurt).unwrap();
    browser.open(file.path());
    assert_ne!(browser.value("document.title"), "hurt");
    let complaints = browser.complaints();
    assert!(
        complaints.iter().filter(|complaint| complaint.contains("Content Security Policy")).count() >= 2,
        "{complaints:?}"
    );
}

#[test]
fn the_keyboard_is_enough_to_filter_search_sort_and_walk() {
    let Some(mut browser) = Chromium::start() else { return };
    let records = vec![
        record("Zoë Müller", "Sales", Status::Written),
        record("Anna Schmidt", "IT", Status::Failed),
        record("Øyvind Łoś", "Sales", Status::Written),
        record("Ben Straße", "Board", Status::Unchanged),
    ];
    let file = page("import", false, records, Album::of_sizes());
    browser.open(file.path());
    assert_eq!(browser.value("document.getElementById('shown').textContent"), "4 shown");

    browser.press(&["/"]);
    browser.becomes(FOCUSED, "find");
    for (typed, found) in [
        ("MULLER", "Zoë Müller"),
        ("oyvind los", "Øyvind Łoś"),
        ("strasse", "Ben Straße"),
        ("schm it", "Anna Schmidt"),
        // This finds a department, but not every name that contains these letters.
        ("IT", "Anna Schmidt"),
    ] {
        browser.press(&["/"]);
        browser.becomes(FOCUSED, "find");
        browser.type_text(typed);
        browser.becomes(SHOWN, found);
        browser.becomes("document.getElementById('shown').textContent", "1 of 4 shown");
        browser.press(&["Escape"]);
        browser.becomes(SHOWN, "Zoë Müller,Anna Schmidt,Øyvind Łoś,Ben Straße");
        // The next key goes to the cards.
        browser.becomes("document.activeElement.className", "card");
    }
    // What is on every card is not searched: the path, the buttons, and the status.
    for typed in ["photos", "details", "written", "DC"] {
        browser.press(&["/"]);
        browser.type_text(typed);
        browser.becomes(SHOWN, "");
        browser.press(&["Escape"]);
    }

    // Without a click, an arrow key leads to the cards.
    browser.reload();
    browser.becomes("document.activeElement.tagName", "BODY");
    let focused = "document.activeElement.querySelector('h3')?.textContent ?? document.activeElement.textContent";
    browser.press(&["ArrowDown"]);
    browser.becomes(focused, "Zoë Müller");
    browser.press(&["ArrowRight"]);
    browser.becomes(focused, "Anna Schmidt");

    // The Tab key leads from the top to the link to the photos, and then to: all, written, unchanged, failed.
    browser.reload();
    browser.press(&["Tab", "Tab", "Tab", "Enter"]);
    browser.becomes(SHOWN, "Zoë Müller,Øyvind Łoś");
    assert_eq!(browser.value("document.querySelector('.tile[aria-pressed=true] b').textContent"), "2");
    browser.press(&["Tab", "Tab", " "]);
    browser.becomes(SHOWN, "Anna Schmidt");
    browser.press(&["/"]);
    browser.type_text("nobody");
    browser.becomes("document.getElementById('none').hidden", false);
    browser.press(&["Tab", "Tab", "Enter"]);
    browser.becomes(SHOWN, "Zoë Müller,Anna Schmidt,Øyvind Łoś,Ben Straße");

    // In a list that is closed, the first letter of a choice selects it.
    browser.press(&["Tab", "n"]);
    browser.becomes(SHOWN, "Anna Schmidt,Ben Straße,Øyvind Łoś,Zoë Müller");
    browser.press(&["ArrowDown"]);
    browser.becomes(SHOWN, "Ben Straße,Anna Schmidt,Zoë Müller,Øyvind Łoś");

    // The Tab key stops at the cards once; from there, arrow keys lead to the other cards.
    browser.press(&["Tab"]);
    browser.press(&["Home"]);
    browser.becomes(focused, "Ben Straße");
    browser.press(&["ArrowRight", "ArrowRight"]);
    browser.becomes(focused, "Zoë Müller");
    browser.press(&["End", "ArrowLeft"]);
    browser.becomes(focused, "Zoë Müller");
    browser.press(&["Tab"]);
    browser.becomes("document.activeElement.tagName", "SUMMARY");
    browser.press(&["Tab"]);
    browser.becomes("document.activeElement.closest('.card') === null", true);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn the_page_is_read_without_its_script() {
    let Some(mut browser) = Chromium::start() else { return };
    let records = vec![record("Anna", "Sales", Status::WouldWrite), record("Ben", "IT", Status::Failed)];
    let file = page("import", true, records, Album::of_sizes());
    browser.call("Emulation.setScriptExecutionDisabled", serde_json::json!({"value": true}));
    browser.open(file.path());
    let text = browser.value("document.body.innerText");
    let text = text.as_str().unwrap();
    assert!(text.contains("Anna") && text.contains("Ben") && text.contains("Would be written"), "{text}");
    assert!(
        !text.contains("Turn down") || text.contains("Turn down those"),
        "what cannot be used is not there: {text}"
    );
    assert!(!text.contains("Save approved list") && !text.contains("Sort by"), "{text}");
}

#[test]
fn a_photo_that_is_missing_is_not_approved() {
    let Some(mut browser) = Chromium::start() else { return };
    let album = Album::new().unwrap();
    let proposed = |name: &str, after| Record { after: Some(after), ..record(name, "Sales", Status::WouldWrite) };
    let records = vec![
        proposed("Anna", album.keep(&jpeg(1, 96, 96))),
        // This album did not keep the picture, as when the folder for temporary files is full.
        proposed("Ben", Album::of_sizes().keep(&jpeg(2, 96, 96))),
        Record {
            before: Some(Album::of_sizes().keep(&jpeg(3, 96, 96))),
            ..proposed("Cid", album.keep(&jpeg(4, 96, 96)))
        },
    ];
    let file = page("import", true, records, album);
    browser.open(file.path());
    assert_eq!(
        browser.value("document.querySelector('.page .alarm b').textContent"),
        "2 photos are missing from this page."
    );
    assert_eq!(browser.value("getComputedStyle(document.querySelector('.page .alarm')).color"), "rgb(165, 42, 33)");
    assert_eq!(browser.value("document.getElementById('approved').textContent"), "1 approved");
    assert_eq!(browser.value("document.querySelectorAll('.decide').length"), 1);
    // It cannot be approved by a key, either.
    browser.press(&["ArrowRight", "ArrowRight", "x", " "]);
    browser.becomes("document.activeElement.querySelector('h3').textContent", "Ben");
    assert_eq!(browser.value("document.getElementById('approved').textContent"), "1 approved");
    browser.click("#by");
    browser.type_text("Petra");
    browser.click("#save");
    let saved = String::from_utf8(browser.download("approved.csv")).unwrap();
    assert_eq!((saved.lines().count(), saved.matches("anna").count()), (2, 1), "{saved}");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// Returns a JPEG of about 4 KB that is different for each number.
fn portrait(number: u32, pictures: &[Vec<u8>]) -> Vec<u8> {
    let picture = &pictures[number as usize % pictures.len()];
    // The number is in a comment (T.81, B.2.4.5) right after the start of the image.
    [&[0xFF, 0xD8, 0xFF, 0xFE, 0, 6][..], &number.to_be_bytes(), &picture[2..]].concat()
}

#[test]
fn five_thousand_photos_open_quickly_in_little_memory() {
    const RECORDS: u32 = 5_000;
    /// The most memory that the page may take, in megabytes.
    const MEMORY: u64 = 450;
    /// The size up to which the page may grow, in megabytes.
    const SIZE: u64 = 120;
    let Some(mut browser) = Chromium::start() else { return };
    let album = Album::new().unwrap();
    let pictures: Vec<Vec<u8>> = (0..64).map(noisy).collect();
    let copies: Vec<Vec<u8>> = (0..64).map(|seed| preview(&noisy_of(seed, 192, 256), 0).unwrap().jpeg).collect();
    let copied = copies.iter().map(Vec::len).sum::<usize>() / copies.len();
    assert!((3_000..4_100).contains(&copied), "{copied} bytes a copy");
    let crop = |text: &str| text.parse().unwrap();
    let average = pictures.iter().map(Vec::len).sum::<usize>() / pictures.len();
    assert!((3_500..5_500).contains(&average), "{average} bytes a photo");
    let records = (0..RECORDS).map(|number| Record {
        before: Some(album.keep(&portrait(number * 2, &pictures))),
        after: Some(album.keep(&portrait(number * 2 + 1, &pictures))),
        whole: Some(Box::new(WholePhoto {
            picture: album.keep(&portrait(number, &copies)),
            photo: (3000, 4000),
            squares: Squares { taken: crop("0 0.125 1"), face: Some(crop("0.25 0.1 0.5")), by_hand: false },
        })),
        ..record(&format!("Person {number}"), ["Sales", "IT", "Board"][number as usize % 3], Status::WouldWrite)
    });
    let file = page("import", true, records.collect(), album);
    browser.open(file.path());
    let loaded = browser.value("performance.getEntriesByType('navigation')[0].loadEventEnd").as_f64().unwrap();
    let memory = browser.memory();
    let size = file.as_file().metadata().unwrap().len() / 1_000_000;

    browser.press(&["/"]);
    let begun = std::time::Instant::now();
    browser.type_text("person 4321");
    browser.becomes(SHOWN, "Person 4321");
    let searched = begun.elapsed();
    browser.press(&["Escape"]);
    browser.becomes("document.getElementById('shown').textContent", "5,000 shown");
    // Scrolls through the whole page, as somebody does who looks at everyone.
    let frames = browser.value(
        "(async () => { let longest = 0; const end = document.documentElement.scrollHeight; \
         for (let at = 0; at < end; at += end / 60) { const begun = performance.now(); scrollTo(0, at); \
         await new Promise(requestAnimationFrame); longest = Math.max(longest, performance.now() - begun); } \
         return longest; })()",
    );
    let walked = browser.memory();
    browser.call("HeapProfiler.collectGarbage", serde_json::json!({}));
    let kept = browser.memory();
    eprintln!(
        "{RECORDS} records, {size} MB of page: loaded in {loaded:.0} ms, {memory} MB; a search typed in {searched:?}; \
         the longest frame {frames} ms; {walked} MB once all was scrolled through, {kept} MB without garbage"
    );
    assert!(size < SIZE, "{size} MB");
    assert!(loaded < 10_000.0, "{loaded} ms; the aim is 4,000, and this machine may be busy");
    // The memory after scrolling is not limited: it includes garbage, which the browser collects when memory is short.
    assert!(memory < MEMORY && kept < MEMORY, "{memory} MB, {kept} MB");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// Returns a JPEG with about as much detail as a face.
fn noisy(seed: u32) -> Vec<u8> {
    noisy_of(seed, 96, 96)
}

fn noisy_of(seed: u32, width: u32, height: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut picture = crate::photos::picture(seed, width, height);
    for pixel in picture.pixels_mut() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        pixel.0 = pixel.0.map(|value| value.saturating_add((state >> 28) as u8 * 3));
    }
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 82).encode_image(&picture).unwrap();
    bytes
}
