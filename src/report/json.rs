//! The JSON report, version 1 (docs/report.schema.json):
//!
//! ```json
//! {"version": 1, "command": "import", "dry_run": false,
//!  "run": {"started": "2026-11-22T01:24:09Z", "adphoto": "0.1.0", "server": "ldaps://dc1.ad.example.com:636",
//!          "user": "EXAMPLE\\anna", "base_dn": "DC=ad,DC=example,DC=com", "source": "/home/anna/photos"},
//!  "summary": {"written": 1},
//!  "records": [{"user": "jdoe", "photo": "jdoe.jpg", "status": "written", "reason_code": "", "reason": "",
//!               "dn": "CN=…", "objectGUID": "…", "display_name": "Doe, John", "department": null, "bytes_before": null, "bytes_after": 4711,
//!               "suggestions": []}],
//!  "hints": [], "exit_code": 0, "error": null, "help": []}
//! ```
//!
//! A photo for which no account was found may have suggestions, the likeliest first: `{"user": "aschmidt", "name":
//! "Schmidt, Anna", "department": "Sales", "objectGUID": "…", "sure": "exact", "why": "called-so"}`, where `sure` is
//! `exact` or `likely`. A hint is a sentence for people that says what would help with this run.
//!
//! With `--columns`, each record has `"columns": {"mail": "anna@example.com"}`, which is empty if no account was found.
//!
//! Facts that do not apply to a run are absent: `convert` has no server, user and base DN, and only commands that
//! search accounts have `filter`, `include_disabled` and `only`. The server is the one that was asked first.
//!
//! `error` says why the run could not begin, or stopped, and `help` what to do about it. `run` has its end (`ended`),
//! its `journal` if it wrote one, and its `options`: each flag that is in force, typed or not, with its values.
//!
//! A summary has only the statuses that occur. An audit also has `"coverage": {"by": "OU", "groups": [{"name":
//! "OU=Sales,DC=…", "ok": 1, "missing": 0, "unfit": 0, "unknown": 0}]}`. Fields may be added without a new version, but
//! not removed. With `--since`, it has `"since": {"report", "started", "before", "now", "changes": [{"user", "name",
//! "change"}]}`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::ser::{Error, SerializeSeq};
use serde::{Serialize, Serializer};

use super::{About, Coverage, Record, Report, Since, Status, Suggested, Sure};

const VERSION: u32 = 1;

#[derive(Serialize)]
struct Json<'r> {
    version: u32,
    command: &'static str,
    dry_run: bool,
    run: &'r About,
    summary: BTreeMap<&'static str, usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<&'r Coverage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<&'r Since>,
    records: JsonRecords<'r>,
    hints: &'r [String],
    exit_code: Option<u8>,
    error: Option<&'r str>,
    help: &'r [String],
}

/// All records, each of which is in memory only while it is written.
struct JsonRecords<'r>(&'r Report);

impl Serialize for JsonRecords<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let Report { records, columns, .. } = self.0;
        let mut sequence = out.serialize_seq(Some(records.len()))?;
        for record in records.iter() {
            sequence.serialize_element(&JsonRecord::new(&*record.map_err(S::Error::custom)?, columns))?;
        }
        sequence.end()
    }
}

#[derive(Serialize)]
struct JsonRecord<'r> {
    user: &'r str,
    photo: &'r str,
    status: Status,
    reason_code: String,
    reason: String,
    dn: Option<&'r str>,
    #[serde(rename = "objectGUID")]
    guid: Option<String>,
    display_name: Option<&'r str>,
    department: Option<&'r str>,
    bytes_before: Option<usize>,
    bytes_after: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<BTreeMap<&'r str, &'r str>>,
    suggestions: Vec<JsonSuggestion<'r>>,
}

#[derive(Serialize)]
struct JsonSuggestion<'r> {
    user: &'r str,
    name: &'r str,
    department: &'r str,
    #[serde(rename = "objectGUID")]
    guid: String,
    sure: Sure,
    why: &'static str,
}

impl<'r> From<&'r Suggested> for JsonSuggestion<'r> {
    fn from(account: &'r Suggested) -> Self {
        let Suggested { guid, user, name, department, sure, why } = account;
        Self { user, name, department, guid: guid.to_string(), sure: *sure, why: why.name() }
    }
}

impl<'r> JsonRecord<'r> {
    fn new(record: &'r Record, columns: &'r [String]) -> Self {
        Self {
            user: &record.user,
            photo: &record.photo,
            status: record.status,
            reason_code: record.reason_codes(),
            reason: record.reason_text(),
            dn: record.dn.as_deref(),
            guid: record.guid.map(|guid| guid.to_string()),
            display_name: record.display_name.as_deref(),
            department: record.department.as_deref(),
            bytes_before: record.bytes_before(),
            bytes_after: record.bytes_after(),
            columns: (!columns.is_empty()).then(|| record.named_columns(columns).collect()),
            suggestions: record.suggestions.iter().map(JsonSuggestion::from).collect(),
        }
    }
}

pub(super) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let counts = Status::ALL.map(|status| (status.name(), report.count(status)));
    let json = Json {
        version: VERSION,
        command: report.command,
        dry_run: report.dry_run,
        run: &report.about,
        summary: counts.into_iter().filter(|(_, count)| *count > 0).collect(),
        coverage: report.coverage.as_ref(),
        since: report.since.as_ref(),
        records: JsonRecords(report),
        hints: &report.hints,
        exit_code: report.ending.exit_code,
        error: report.ending.error.as_deref(),
        help: &report.ending.help,
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    out.write_all(b"\n")
}
