//! Tests of the page as text. tests/browser looks at it in a browser.

mod approval;

use super::super::tests::{begun, connected};
use super::super::{About, Code, Coverage, Format, Person, Reason, Record, Report, Status, Suggested, Sure};
use super::{Asset, BASE64, SCRIPT, SHA256, STYLE, digest};
use crate::album::Album;
use crate::directory::Guid;
use crate::hash::Hash;
use crate::naming::Why;

const EVIL: &str = "<img src=x onerror=alert(1)></script>\"'&";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
const GUID: &str = "07070707-0707-0707-0707-070707070707";

fn record(user: &str, status: Status) -> Record {
    Record {
        user: user.to_owned(),
        photo: format!("photos/{user}.jpg"),
        sha256: Some(Hash::of(b"the file")),
        ..Record::blank(status, Vec::new())
    }
}

/// Returns the record with an account, and with a photo that the page shows.
fn shown(album: &Album, record: Record) -> Record {
    Record { guid: Some(Guid([7; 16])), after: Some(album.keep(GIF)), ..record }
}

/// Returns the record of a photo for which no account was found, and which the page shows.
fn nobodys(album: &Album, user: &str, suggestions: Vec<Suggested>) -> Record {
    let reasons = vec![Reason::with(Code::NoSuchAccount, &"nobody is called so", "correct the name")];
    Record { after: Some(album.keep(GIF)), reasons, suggestions, ..record(user, Status::Failed) }
}

fn suggested(user: &str, name: &str, department: &str) -> Suggested {
    let [user, name, department] = [user, name, department].map(str::to_owned);
    Suggested { guid: Guid([7; 16]), user, name, department, sure: Sure::Exact, why: Why::Called }
}

fn page(command: &'static str, dry_run: bool, records: Vec<Record>, album: Album) -> String {
    page_about(About::at(begun()), command, dry_run, records, album)
}

fn page_about(about: About, command: &'static str, dry_run: bool, records: Vec<Record>, album: Album) -> String {
    let accounts = records.iter().map(|record| (EVIL.to_owned(), record.status));
    let coverage = (command == "audit").then(|| Coverage::counted(EVIL, accounts));
    let mut out = Vec::new();
    let report = Report { dry_run, records: records.into(), coverage, album, ..Report::of(command, about) };
    report.render(Format::Html, &mut out).expect("renders");
    String::from_utf8(out).expect("text")
}

fn count(page: &str, text: &str) -> usize {
    page.matches(text).count()
}

#[test]
fn every_text_is_escaped_wherever_it_stands() {
    let evil = |status| Record {
        user: EVIL.to_owned(),
        photo: format!("folder/{EVIL}"),
        dn: Some(EVIL.to_owned()),
        display_name: Some(EVIL.to_owned()),
        department: Some(EVIL.to_owned()),
        reasons: vec![Reason { code: Code::Stopped, text: EVIL.to_owned(), remedy: Some("mend it".into()) }],
        ..record("", status)
    };
    for command in ["import", "audit"] {
        let album = Album::new().expect("a temporary file");
        let records = [Status::WouldWrite, Status::Failed].map(|status| shown(&album, evil(status)));
        let page = page(command, true, records.into(), album);
        assert_eq!((count(&page, "<img"), count(&page, "<img src=x")), (2, 0), "no name is an element");
        assert_eq!((count(&page, "<script"), count(&page, "</script")), (1, 1));
        let safe = "&#60;img src=x onerror=alert(1)&#62;&#60;/script&#62;&#34;&#39;&#38;";
        // On each card: the name in the heading, in two labels and in a button's label; department, reason and DN. The
        // user is the same and so not shown again. On Windows, the slashes in the photo's path differ.
        assert!(count(&page, safe) >= if cfg!(windows) { 11 } else { 12 }, "{command}: {}", count(&page, safe));
    }
}

#[test]
fn the_page_allows_its_own_style_and_script_and_nothing_else() {
    let page = page("import", false, vec![record("anna", Status::Written)], Album::of_sizes());
    let between =
        |from: &str, to: &str| page.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map(|(text, _)| text);
    let hash = |text: &str| format!("'sha256-{}'", BASE64.encode(digest(&SHA256, text.as_bytes()).as_ref()));
    let style = hash(between("<style>", "</style>").expect("a style"));
    let script = hash(between("<script>", "</script>").expect("a script"));
    let policy = format!(
        "default-src 'none'; img-src data:; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'"
    );
    assert_eq!(between("http-equiv=\"Content-Security-Policy\" content=\"", "\">"), Some(policy.as_str()));
    assert!(
        !page.contains(" style=\"") && !page.contains("http://") && !page.contains("https://"),
        "nothing from outside"
    );
}

#[test]
fn line_ends_of_a_checkout_on_windows_change_no_hash() {
    for text in [STYLE, SCRIPT] {
        assert_eq!(Asset::new(&text.replace('\n', "\r\n")).hash, Asset::new(text).hash);
    }
    assert!(!SCRIPT.contains("</script") && !SCRIPT.contains("<!--") && !STYLE.contains("</style"));
}

#[test]
fn every_record_is_a_card_and_counted() {
    let mut records: Vec<Record> =
        (0..1200).map(|number| record(&format!("user{number}"), Status::Unchanged)).collect();
    records[7].status = Status::Failed;
    let page = page("import", false, records, Album::of_sizes());
    assert_eq!(count(&page, "<li class=\"card\""), 1200);
    for number in [0, 7, 1199] {
        assert_eq!(count(&page, &format!("\">user{number}</h3>")), 1);
    }
    assert!(page.contains("<b>1,200</b>") && page.contains("<b>1,199</b>"));
    assert!(page.contains("aria-label=\"Unchanged 1,199, Failed 1\""));
}

#[test]
fn photos_stand_in_the_page_and_what_is_none_is_said() {
    let album = Album::new().expect("a temporary file");
    let records = vec![
        Record {
            display_name: Some("Anna Schmidt".to_owned()),
            before: Some(album.keep(b"/9j/4AAQSkZJRg==")),
            after: Some(album.keep(GIF)),
            ..record("anna", Status::WouldWrite)
        },
        Record { after: Some(album.keep(b"<svg onload='alert(1)'>")), ..record("svg", Status::Unfit) },
        record("none", Status::Missing),
    ];
    let page = page("import", true, records, album);
    let image = format!(
        "aria-label=\"New photo of Anna Schmidt\"><noscript><img src=\"data:image/gif;base64,{}\"",
        BASE64.encode(GIF)
    );
    assert_eq!((count(&page, &image), count(&page, "<img")), (1, 1), "{page}");
    assert_eq!(count(&page, "not a picture that a browser can show, "), 2);
    assert_eq!(count(&page, "aria-label=\"No photo\""), 1);
}

#[test]
fn an_audit_shows_its_groups() {
    let records = vec![record("a", Status::Ok), record("b", Status::Ok), record("c", Status::Missing)];
    let page = page("audit", false, records, Album::of_sizes());
    assert!(page.contains("With any photo, in order or unfit: 66 %, 2 of 3<"), "{page}");
    assert_eq!(count(&page, "<b>66 %</b>"), 2, "the group's and that of all");
    assert!(
        page.contains("<rect class=\"good\" x=\"0\" width=\"666\"")
            && page.contains("<rect class=\"open\" x=\"666\" width=\"334\"")
    );
}

#[test]
fn the_head_says_what_the_page_is_evidence_of() {
    let about = About {
        connected: Some(connected(EVIL)),
        filter: Some(EVIL.to_owned()),
        include_disabled: Some(false),
        only: Some("missing"),
        source: Some(EVIL.to_owned()),
        ..About::at(begun())
    };
    let page = page_about(about, "audit", false, Vec::new(), Album::of_sizes());
    let safe = "&#60;img src=x onerror=alert(1)&#62;&#60;/script&#62;&#34;&#39;&#38;";
    for (name, fact) in [
        ("Begun", "2026-11-22 01:24:09 UTC"),
        ("Domain controller", "ldaps://dc1.x:636"),
        ("Signed in as", "X\\anna"),
        ("Accounts below", safe),
        ("Filter", safe),
        ("Disabled accounts", "left out"),
        ("Listed", "only missing"),
        ("Source", safe),
    ] {
        assert!(page.contains(&format!("<dt>{name}</dt><dd><bdi>{fact}</bdi></dd>")), "{name} in {page}");
    }
    assert!(page.contains("<time datetime=\"2026-11-22T01:24:09Z\">2026-11-22 01:24:09 UTC</time>"));
    let bare = page_about(About::at(begun()), "convert", false, Vec::new(), Album::of_sizes());
    assert_eq!(count(&bare, "<dt>"), 1, "when, and nothing that it does not know");
}

#[test]
fn the_same_help_is_said_once_a_card() {
    let reason = |code, remedy: &'static str| Reason::with(code, &code.name(), remedy);
    let reasons = vec![
        reason(Code::Location, "import it again"),
        reason(Code::Camera, "ask the photographer"),
        reason(Code::WrongSize, "import it again"),
    ];
    let unfit = Record { reasons, ..record("anna", Status::Unfit) };
    assert_eq!(unfit.reason_text(), "location; camera: ask the photographer; wrong-size: import it again");
    let page = page("audit", false, vec![unfit], Album::of_sizes());
    assert_eq!((count(&page, "Help: import it again"), count(&page, "Help: ask the photographer")), (1, 1), "{page}");
}

#[test]
fn a_column_of_zeros_is_left_out_and_most_gaps_come_first() {
    let accounts = [("A", Status::Ok), ("B", Status::Missing), ("C", Status::Ok)];
    let coverage = Coverage::counted("OU", accounts.map(|(name, status)| (name.to_owned(), status)));
    let report = Report { coverage: Some(coverage), ..Report::of("audit", About::at(begun())) };
    let mut out = Vec::new();
    report.render(Format::Html, &mut out).expect("renders");
    let page = String::from_utf8(out).expect("text");
    let place = |name: &str| page.find(&format!("<bdi>{name}</bdi>")).expect("a row");
    assert!(place("B") < place("A") && place("A") < place("C") && place("C") < place("All"), "{page}");
    assert!(
        page.contains("No photo</button>") && !page.contains("Unfit</button>") && !page.contains("Not known"),
        "{page}"
    );
}
