//! The CSV report: a row for each record, safe to open in a spreadsheet. Its rows are for machines, and import reads them:
//! what the run was, JSON and HTML say.

use std::borrow::Cow;
use std::io::{self, Write};

use super::{Record, Report};
use crate::source::cell::written;

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
    write_row(&COLUMNS, out)?;
    report.records.iter().try_for_each(|record| write_row(&row(record).map(|text| cell(&text)), out))
}

/// Writes a row. A blank at either end stands between quotation marks: reading takes others away.
pub(super) fn write_row(cells: &[impl AsRef<str>], out: &mut dyn Write) -> io::Result<()> {
    let fields: Vec<Cow<'_, str>> = cells.iter().map(|cell| quoted(cell.as_ref())).collect();
    writeln!(out, "{}", fields.join(","))
}

fn quoted(cell: &str) -> Cow<'_, str> {
    if cell.contains(['"', ',', '\r', '\n']) || cell.trim() != cell {
        Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(cell)
    }
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

/// Returns a text as a spreadsheet may have it; import reads it as it was, but for control characters.
pub(super) fn cell(text: &str) -> String {
    written(&without_controls(text)).into_owned()
}

/// A file's name may hold what moves a terminal's cursor; no spreadsheet wants it either.
fn without_controls(cell: &str) -> String {
    cell.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}
