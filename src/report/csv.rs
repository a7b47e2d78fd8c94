//! The CSV report: a row for each record, safe to open in a spreadsheet. Its rows are for machines, and import reads them:
//! what the run was, JSON and HTML say.

use std::io::{self, Write};

use super::{Record, Report};

const COLUMNS: [&str; 12] = [
    "user",
    "photo",
    "status",
    "reason_code",
    "reason",
    "dn",
    "bytes_before",
    "bytes_after",
    "display_name",
    "department",
    // Import reads the columns above: these are for whoever corrects `user`.
    "suggested_user",
    "suggested_name",
];

pub(super) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    // Excel takes a file without the mark for Windows-1252.
    out.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for record in &report.records {
        writer.write_record(row(record).map(|text| cell(&text)))?;
    }
    writer.flush()
}

fn row(record: &Record) -> [String; 12] {
    let number = |bytes: Option<usize>| bytes.map_or(String::new(), |bytes| bytes.to_string());
    [
        record.user.clone(),
        record.photo.clone(),
        record.status.name().to_owned(),
        record.reason_codes(),
        record.reason_text(),
        record.dn.clone().unwrap_or_default(),
        number(record.bytes_before()),
        number(record.bytes_after()),
        record.display_name.clone().unwrap_or_default(),
        record.department.clone().unwrap_or_default(),
        record.suggested(|account| &account.user),
        record.suggested(|account| &account.name),
    ]
}

/// A text as a spreadsheet may have it.
pub(super) fn cell(text: &str) -> String {
    defused(&without_controls(text))
}

/// A file's name may hold what moves a terminal's cursor; no spreadsheet wants it either.
fn without_controls(cell: &str) -> String {
    cell.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

/// A cell that a spreadsheet would run as a formula gets an apostrophe in front, which makes it text (OWASP, "CSV
/// injection"). So does one that looks as if it had got one: import, which takes one away, reads all as they were.
fn defused(cell: &str) -> String {
    if cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell.to_owned() }
}
