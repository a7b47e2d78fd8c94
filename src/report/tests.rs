//! Tests of how records read in each format.

use time::OffsetDateTime;

use super::{About, Code, Connected, Coverage, Format, Reason, Record, Records, Report, Status, Suggested, Sure};
use crate::album::Album;
use crate::directory::Guid;
use crate::naming::Why;
use crate::terminal;

/// A fixed time, with a fraction of a second that reports leave out.
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
        ..Record::blank(status, reasons)
    };
    let about = About { connected: Some(connected("DC=x")), source: Some("photos".into()), ..About::at(begun()) };
    Report {
        records: Records::from(vec![
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
        ]),
        ..Report::of("import", about)
    }
}

/// Returns a record of the report.
fn the_record(place: usize) -> Record {
    report().records.get(place).expect("is there").into_owned()
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
        "\u{feff}user,photo,status,reason_code,reason,dn,bytes_before,bytes_after,display_name,department,\
         suggested_user,suggested_name\n"
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
                           "server": "ldaps://dc1.x:636", "user": "X\\anna", "base_dn": "DC=x", "source": "photos", "options": {}})
    );
    assert_eq!(json["summary"], serde_json::json!({"written": 2, "failed": 1, "unchanged": 1}));
    assert_eq!(
        json["records"][0],
        serde_json::json!({"user": "jdoe", "photo": "jdoe.jpg", "status": "written", "reason_code": "", "reason": "",
                           "dn": "CN=John,DC=x", "objectGUID": null, "display_name": null, "department": null, "bytes_before": null, "bytes_after": 4711,
                           "suggestions": []})
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
        ..the_record(1)
    };
    let records =
        vec![record("a.jpg", "mend the link"), record("b.jpg", "correct the path"), record("c.jpg", "mend the link")];
    let mut out = Vec::new();
    Report { records: records.into(), ..report() }.render(Format::Text, &mut out).expect("renders");
    let text = terminal::plain(&String::from_utf8(out).expect("text"));
    assert!(text.contains("no-such-file (1)\n    b.jpg: gone\n    help: correct the path\n"), "{text}");
    assert!(text.contains("no-such-file (2): gone\n    a.jpg\n    c.jpg\n    help: mend the link\n"), "{text}");
}

/// Returns the report of an audit without accounts, with the given facts.
fn audit(about: About) -> Report {
    Report {
        command: "audit",
        about,
        records: Records::default(),
        coverage: Some(Coverage::counted("OU", [])),
        ..report()
    }
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
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(json, serde_json::json!({"started": "2026-11-22T01:24:09Z", "adphoto": version, "options": {}}));
}

/// Returns two suggestions, one of them with a name that looks like a formula.
fn suggestions() -> Vec<Suggested> {
    let account = |number, user: &str, name: &str, department: &str, sure, why| {
        let [user, name, department] = [user, name, department].map(str::to_owned);
        Suggested { guid: Guid([number; 16]), user, name, department, sure, why }
    };
    vec![
        account(1, "aschmidt", "Schmidt, Anna", "Sales", Sure::Exact, Why::Called),
        account(2, "=anna", "Anna Schmitt", "", Sure::Likely, Why::Accents),
    ]
}

#[test]
fn suggestions_are_data() {
    let render = |format, suggestions| {
        let mut report = report();
        report.records.replace(1, Record { suggestions, ..the_record(1) }).expect("is replaced");
        let mut out = Vec::new();
        report.render(format, &mut out).expect("renders");
        String::from_utf8(out).expect("text")
    };
    let csv = render(Format::Csv, suggestions());
    let mut rows = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<_> = rows.records().map(|row| row.expect("a row")).collect();
    assert_eq!((&rows[1][10], &rows[1][11]), ("aschmidt; =anna", "Schmidt, Anna; Anna Schmitt"));
    assert_eq!((&rows[0][10], &rows[0][11]), ("", ""));
    let csv = render(Format::Csv, suggestions().split_off(1));
    assert!(csv.contains(",'=anna,"), "{csv}");
    let json: serde_json::Value = serde_json::from_str(&render(Format::Json, suggestions())).expect("JSON");
    assert_eq!(
        json["records"][1]["suggestions"][0],
        serde_json::json!({"user": "aschmidt", "name": "Schmidt, Anna", "department": "Sales", "sure": "exact",
                           "why": "called-so", "objectGUID": "01010101-0101-0101-0101-010101010101"})
    );
    assert_eq!(json["records"][1]["suggestions"][1]["sure"], "likely");
}

#[test]
fn people_read_a_screenful_of_each_kind_and_what_would_help_last() {
    let text = |report: &Report| {
        let mut out = Vec::new();
        report.render(Format::Text, &mut out).expect("renders");
        terminal::plain(&String::from_utf8(out).expect("text"))
    };
    let photo =
        |number: usize| std::path::absolute(format!("photos/{number}.jpg")).expect("a path").display().to_string();
    let failed = |number| Record {
        photo: photo(number),
        reasons: vec![Reason::with(Code::NoSuchAccount, &format!("nobody is {number}"), "mend it")],
        ..the_record(1)
    };
    let planned = |number| Record {
        photo: photo(number),
        user: format!("u{number}"),
        status: Status::WouldWrite,
        display_name: Some(format!("Doe, {number}")),
        department: Some("Sales".to_owned()),
        ..the_record(0)
    };
    let source = std::path::absolute("photos").expect("a path").display().to_string();
    let report = Report {
        records: (0..301).map(failed).chain((0..22).map(planned)).collect(),
        dry_run: true,
        about: About { source: Some(source), ..About::at(begun()) },
        hints: vec!["231 of these 301 are the displayName of an account: try \u{1b}[31m".into(), "and so on".into()],
        ..report()
    };
    let text = text(&report);
    assert!(text.starts_with("would write 0.jpg → u0 (Doe, 0, Sales): 4.6 KB, new\n"), "{text}");
    assert!(text.contains("would write 19.jpg → ") && !text.contains("would write 20.jpg"), "{text}");
    assert!(text.contains("\n… and 2 more (all in --report FILE.csv)\n\nNot done:\n"), "{text}");
    let end = "    19.jpg: nobody is 19\n    … and 281 more (all in --report FILE.csv)\n    help: mend it\n\nSummary of 323 photos";
    assert!(text.contains(end), "{text}");
    let last = "  failed            301\n\nhelp: 231 of these 301 are the displayName of an account: try \\u{1b}[31m\n\
                help: and so on\n";
    assert!(text.ends_with(last), "{text}");
}
