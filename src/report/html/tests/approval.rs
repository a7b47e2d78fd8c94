//! Tests of what can be approved in the page of a dry run.

use super::*;
use crate::report::WholePhoto;
use crate::thumbnail::Squares;

#[test]
fn only_a_dry_run_of_import_can_be_approved_and_only_what_it_would_write() {
    let pages = |command, dry_run| {
        let album = Album::new().expect("a temporary file");
        let kept = shown(&album, record("a", Status::WouldWrite));
        let before = Some(album.keep(b"what it had"));
        let records = vec![
            Record { before, ..kept.clone() },
            Record { user: "=d".to_owned(), ..kept },
            shown(&album, record("b", Status::Unchanged)),
            shown(&album, record("c", Status::Failed)),
        ];
        page(command, dry_run, records, album)
    };
    let approval = pages("import", true);
    let path = std::path::absolute("photos/a.jpg").expect("a path").display().to_string();
    let (hash, before) = (Hash::of(b"the file"), Hash::of(b"what it had"));
    for (user, before) in [("a", before.to_string()), ("&#39;=d", String::new())] {
        let row = format!(
            "data-guid=\"{GUID}\" data-user=\"{user}\" data-before=\"{before}\" data-path=\"{path}\" \
             data-sha256=\"{hash}\""
        );
        assert!(approval.contains(&row), "{row}");
    }
    assert_eq!((count(&approval, "data-path="), count(&approval, "class=\"decide\"")), (2, 2));
    for (command, dry_run) in [("import", false), ("undo", true)] {
        let other = pages(command, dry_run);
        assert_eq!((count(&other, "data-path="), count(&other, "id=\"save\"")), (0, 0), "{command}");
    }
}

#[test]
fn what_a_list_could_not_hold_cannot_be_approved() {
    let album = Album::new().expect("a temporary file");
    let user = |user: &str| shown(&album, record(user, Status::WouldWrite));
    let photo = |photo: &str| Record { photo: photo.to_owned(), ..user("a") };
    let records = vec![
        photo("photos/q\nzoe,/evil.jpg,/fdubois.jpg"),
        // Windows ignores that space.
        #[cfg(not(windows))]
        photo("photos/a.jpg "),
        photo("photos/\u{FFFD}.jpg"),
        user(" b"),
        user("c\u{85}"),
        Record { sha256: None, ..user("any file would do") },
        Record { guid: None, ..user("any account would do") },
        user("d"),
    ];
    let page = page("import", true, records, album);
    assert_eq!((count(&page, "data-path="), count(&page, "class=\"decide\"")), (1, 1));
    assert_eq!(count(&page, "a list cannot hold the name"), if cfg!(windows) { 6 } else { 7 });
    assert!(page.contains("data-user=\"d\"") && !page.contains("evil.jpg,/fdubois.jpg\""));
}

#[test]
fn another_square_can_be_chosen_of_what_can_be_approved() {
    let album = Album::new().expect("a temporary file");
    let whole = |album: &Album, by_hand: bool| {
        let crop = |text: &str| text.parse().expect("a square");
        let squares =
            Squares { taken: crop("0 0.125 1"), face: Some(crop("0.25 0.1 0.5")).filter(|_| !by_hand), by_hand };
        Some(Box::new(WholePhoto { picture: album.keep(b"small"), photo: (3000, 4000), squares }))
    };
    let proposed = |user: &str, status| shown(&album, record(user, status));
    let records = vec![
        Record { whole: whole(&album, false), ..proposed("a", Status::WouldWrite) },
        Record { whole: whole(&album, true), ..proposed("b", Status::WouldWrite) },
        Record { whole: whole(&album, false), ..nobodys(&album, "c", Vec::new()) },
        // A photo cannot be cropped if its copy was not made or not kept, or if it cannot be approved.
        Record { whole: whole(&Album::of_sizes(), false), ..proposed("d", Status::WouldWrite) },
        proposed("e", Status::WouldWrite),
        Record { whole: whole(&album, false), ..proposed("f", Status::Unchanged) },
    ];
    let page = page("import", true, records, album);
    assert_eq!((count(&page, "data-whole=\"c21hbGw=\""), count(&page, "class=\"recrop\"")), (3, 3));
    let face = " data-photo=\"3000 4000\" data-crop=\"0 0.125 1\" data-face=\"0.25 0.1 0.5\">";
    let by_hand = " data-photo=\"3000 4000\" data-crop=\"0 0.125 1\" data-by-hand>";
    assert_eq!((count(&page, face), count(&page, by_hand)), (2, 1), "{page}");
}

#[test]
fn what_is_not_seen_cannot_be_approved_and_the_page_says_that_it_is_missing() {
    let album = Album::new().expect("a temporary file");
    // The photo was not kept, as if the folder for temporary files were full.
    let lost = || Some(Album::of_sizes().keep(GIF));
    let proposed = |user: &str| shown(&album, record(user, Status::WouldWrite));
    let records = vec![
        proposed("whole"),
        Record { after: lost(), ..proposed("no-new") },
        Record { before: lost(), ..proposed("no-old") },
        // The page does not show SVG, although the photo was kept.
        Record { after: Some(album.keep(b"<svg>")), ..proposed("svg") },
        Record { after: None, ..proposed("none") },
        Record { after: lost(), ..nobodys(&album, "nobody", vec![suggested("anna", "Schmidt, Anna", "")]) },
    ];
    let page = page("import", true, records, album);
    assert!(page.contains("<p class=\"alarm\" role=\"alert\"><b>3 photos are missing from this page.</b>"), "{page}");
    assert_eq!(
        (count(&page, "data-path="), count(&page, "class=\"decide\""), count(&page, "class=\"whose\"")),
        (1, 1, 0)
    );
    assert_eq!(count(&page, "one of its photos is missing"), 5);
}

#[test]
fn whose_a_photo_is_can_be_said_of_those_that_went_to_nobody() {
    let album = Album::new().expect("a temporary file");
    let two =
        vec![suggested("anna", EVIL, "Sales"), suggested("=bea", "", ""), suggested("c\n", "no list holds it", "")];
    let several = Record {
        reasons: vec![Reason::new(Code::SeveralPhotos, "another photo is for anna, too")],
        display_name: Some("Schmidt, Anna".to_owned()),
        ..shown(&album, record("anna", Status::Failed))
    };
    let records = vec![
        nobodys(&album, "IMG_1", two),
        nobodys(&album, "IMG_2", Vec::new()),
        several,
        Record { sha256: None, ..nobodys(&album, "could not be read", vec![suggested("anna", "Anna", "")]) },
        Record { reasons: vec![Reason::new(Code::Damaged, "half")], ..nobodys(&album, "damaged", Vec::new()) },
    ];
    let page = |people: Vec<Person>, records: Vec<Record>, album| {
        let mut out = Vec::new();
        let (about, hints) = (About::at(begun()), Vec::new());
        let report =
            Report { dry_run: true, records: records.into(), album, people, hints, ..Report::of("import", about) };
        report.render(Format::Html, &mut out).expect("renders");
        String::from_utf8(out).expect("text")
    };
    let people = vec![Person { guid: Guid([7; 16]), user: EVIL.to_owned(), name: EVIL.to_owned() }];
    let with_search = page(people, records.clone(), album);
    let safe = "&#60;img src=x onerror=alert(1)&#62;&#60;/script&#62;&#34;&#39;&#38;";
    for button in [
        format!(
            "data-guid=\"{GUID}\" data-user=\"anna\"><bdi class=\"name\">{safe}</bdi> <bdi class=\"also\">anna · Sales</bdi>"
        ),
        format!(
            "data-guid=\"{GUID}\" data-user=\"&#39;=bea\"><bdi class=\"name\">=bea</bdi> <bdi class=\"also\">=bea</bdi>"
        ),
        format!("data-guid=\"{GUID}\" data-user=\"anna\"><bdi class=\"name\">Schmidt, Anna</bdi>"),
    ] {
        assert!(with_search.contains(&button), "{button} in {with_search}");
    }
    let found = |page: &str| {
        ["data-path=", "class=\"decide\"", "class=\"choose\"", "class=\"other\"", "id=\"save\""]
            .map(|text| count(page, text))
    };
    assert_eq!(found(&with_search), [3, 0, 3, 3, 1]);
    // Help about the name is for the person who runs adphoto, not for the reader who is asked.
    assert_eq!(count(&with_search, "<span class=\"remedy\">Help: correct the name"), 1, "of what is not asked");
    assert_eq!(count(&with_search, "<dt>Help</dt><dd>correct the name"), 2);
    assert_eq!((count(&with_search, "<img src=x"), count(&with_search, "<script")), (0, 1), "{with_search}");
    assert_eq!(count(&with_search, "<template id=\"directory\">"), 1);
    // Without the accounts of the domain in the page, only suggestions can be chosen.
    let album = Album::new().expect("a temporary file");
    let records =
        vec![nobodys(&album, "IMG_1", vec![suggested("anna", "Anna", "")]), nobodys(&album, "IMG_2", Vec::new())];
    let without = page(Vec::new(), records, album);
    assert_eq!(found(&without), [2, 0, 1, 0, 1]);
    assert_eq!((count(&without, "<template"), count(&without, "<dialog id=\"people\"")), (0, 0));
}
