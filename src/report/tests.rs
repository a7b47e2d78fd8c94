//! How records read.

use time::OffsetDateTime;

use super::{About, Code, Connected, Coverage, Format, Reason, Record, Report, Status};
use crate::album::Album;
use crate::terminal;

/// A second that nobody's clock shows.
pub(super) fn begun() -> OffsetDateTime {
    // 2026-11-22 01:24:09.5 UTC
    OffsetDateTime::UNIX_EPOCH + std::time::Duration::from_millis(1_795_310_649_500)
}

pub(super) fn connected(base_dn: &str) -> Connected {
    Connected { server: "ldaps://dc1.x:636".into(), user: "X\\anna".into(), base_dn: base_dn.into() }
}

fn report() -> Report {
    let record = |user: &str, photo: &str, status, reasons| Record {
        user: user.to_owned(),
        photo: photo.to_owned(),
        line: None,
        sha256: None,
        status,
        reasons,
        dn: None,
        display_name: None,
        department: None,
        before: None,
        after: None,
    };
    Report {
        command: "import",
        dry_run: false,
        about: About { connected: Some(connected("DC=x")), source: Some("photos".into()), ..About::at(begun()) },
        coverage: None,
        album: Album::of_sizes(),
        records: vec![
            Record {
                after: Some(Album::of_sizes().keep(&[0; 4711])),
                dn: Some("CN=John,DC=x".into()),
                ..record("jdoe", "jdoe.jpg", Status::Written, vec![])
            },
            record(
                "=cmd|' /C calc'!A0",
                "\u{1b}[31m.jpg",
                Status::Failed,
                vec![Reason { code: Code::NoSuchAccount, text: "nobody".into(), remedy: Some("mend it".into()) }],
            ),
            record(
                "anna",
                "anna x.jpg",
                Status::Unchanged,
                vec![Reason::new(Code::Disabled, "off"), Reason::new(Code::IgnoredText, "\"x\"")],
            ),
            Record {
                line: Some(7),
                ..record(
                    "bob",
                    "bob x.jpg",
                    Status::Written,
                    vec![Reason::new(Code::Disabled, "off"), Reason::new(Code::IgnoredText, "\"x\"")],
                )
            },
        ],
    }
}

fn rendered(format: Format) -> String {
    let mut out = Vec::new();
    report().render(format, &mut out).expect("renders");
    terminal::plain(&String::from_utf8(out).expect("text"))
}

#[test]
fn a_spreadsheet_runs_no_cell_and_reads_every_row() {
    let csv = rendered(Format::Csv);
    assert!(csv.starts_with(
        "\u{feff}user,photo,status,reason_code,reason,dn,bytes_before,bytes_after,display_name,department\n"
    ));
    let rows: Vec<_> = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes())
        .into_records()
        .map(|row| row.expect("a row"))
        .collect();
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\u{1b}'])));
    assert_eq!(&rows[1][0], "'=cmd|' /C calc'!A0");
    assert_eq!((&rows[2][3], &rows[2][4]), ("disabled;ignored-text", "off; \"x\""));
    assert_eq!(&rows[3][4], "line 7: off; \"x\"");
}

#[test]
fn json_has_the_documented_shape() {
    let json: serde_json::Value = serde_json::from_str(&rendered(Format::Json)).expect("JSON");
    assert_eq!(json["version"], 1);
    assert_eq!(
        json["run"],
        serde_json::json!({"started": "2026-11-22T01:24:09Z", "adphoto": env!("CARGO_PKG_VERSION"),
                           "server": "ldaps://dc1.x:636", "user": "X\\anna", "base_dn": "DC=x", "source": "photos"})
    );
    assert_eq!(json["summary"], serde_json::json!({"written": 2, "failed": 1, "unchanged": 1}));
    assert_eq!(
        json["records"][0],
        serde_json::json!({"user": "jdoe", "photo": "jdoe.jpg", "status": "written", "reason_code": "", "reason": "",
                           "dn": "CN=John,DC=x", "display_name": null, "department": null, "bytes_before": null, "bytes_after": 4711})
    );
    assert_eq!(json["records"][1]["reason"], "nobody: mend it");
}

#[test]
fn people_read_remarks_failures_with_help_and_the_summary_last() {
    assert_eq!(
        rendered(Format::Text),
        r#"Worth a look:
  disabled (1)
    line 7, bob, bob x.jpg: off
  ignored-text (1)
    line 7, bob, bob x.jpg: "x"

Not done:
  no-such-account (1)
    \u{1b}[31m.jpg: nobody
    help: mend it

Summary of 4 photos
  written             2
  unchanged           1
  failed              1
"#
    );
}

#[test]
fn each_remedy_stands_with_the_records_it_is_for() {
    let record = |photo: &str, remedy: &'static str| Record {
        photo: photo.to_owned(),
        reasons: vec![Reason { code: Code::NoSuchFile, text: "gone".into(), remedy: Some(remedy.into()) }],
        ..report().records.remove(1)
    };
    let records =
        vec![record("a.jpg", "mend the link"), record("b.jpg", "correct the path"), record("c.jpg", "mend the link")];
    let mut out = Vec::new();
    Report { records, ..report() }.render(Format::Text, &mut out).expect("renders");
    let text = terminal::plain(&String::from_utf8(out).expect("text"));
    assert!(text.contains("no-such-file (1)\n    b.jpg: gone\n    help: correct the path\n"), "{text}");
    assert!(text.contains("no-such-file (2): gone\n    a.jpg\n    c.jpg\n    help: mend the link\n"), "{text}");
}

/// An audit of nobody, about that.
fn audit(about: About) -> Report {
    Report { command: "audit", about, records: Vec::new(), coverage: Some(Coverage::count("OU", [])), ..report() }
}

#[test]
fn an_audit_says_which_accounts_it_looked_at() {
    let about = |include_disabled| About {
        connected: Some(connected("OU=\u{1b}[31m,DC=x")),
        include_disabled: Some(include_disabled),
        ..About::at(begun())
    };
    let summary = |about: About| {
        let mut out = Vec::new();
        audit(about).render(Format::Text, &mut out).expect("renders");
        terminal::plain(&String::from_utf8(out).expect("text")).lines().last().map(str::to_owned)
    };
    assert_eq!(summary(about(false)).as_deref(), Some(r"Summary of 0 enabled accounts below OU=\u{1b}[31m,DC=x"));
    let filtered = About { filter: Some("(l=Rome)".into()), only: Some("missing"), ..about(true) };
    assert_eq!(
        summary(filtered.clone()).as_deref(),
        Some(r"Summary of 0 accounts below OU=\u{1b}[31m,DC=x, disabled ones too, filter (l=Rome), only missing")
    );

    let mut out = Vec::new();
    audit(filtered).render(Format::Json, &mut out).expect("renders");
    let json: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
    let run = &json["run"];
    assert_eq!((&run["filter"], &run["only"]), (&"(l=Rome)".into(), &"missing".into()));
    assert_eq!((&run["include_disabled"], run.get("source")), (&true.into(), None));
}

#[test]
fn a_run_without_a_directory_names_none() {
    let json = serde_json::to_value(About::at(begun())).expect("JSON");
    assert_eq!(json, serde_json::json!({"started": "2026-11-22T01:24:09Z", "adphoto": env!("CARGO_PKG_VERSION")}));
}
