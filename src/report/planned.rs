//! The changes that a dry run would make, with a line for each account.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::relative::Places;
use super::wording::{MAX_SHOWN, bytes, more};
use super::{Record, Report, Status};
use crate::terminal::printable;

/// The statuses of planned changes, in the order of the text.
const PLANNED: [Status; 5] =
    [Status::WouldWrite, Status::WouldExport, Status::WouldPublish, Status::WouldRestore, Status::WouldRemove];

pub(super) fn render(report: &Report, places: &Places, out: &mut dyn Write) -> io::Result<()> {
    let mut lines: BTreeMap<Status, Vec<String>> = BTreeMap::new();
    for record in report.records.iter() {
        let record = record?;
        if PLANNED.contains(&record.status) {
            let lines = lines.entry(record.status).or_default();
            if lines.len() < MAX_SHOWN {
                lines.push(line(&record, places));
            }
        }
    }
    for status in PLANNED {
        for line in lines.get(&status).into_iter().flatten() {
            writeln!(out, "{line}")?;
        }
        more(report.count(status), MAX_SHOWN, "", "--report FILE.csv", out)?;
    }
    if lines.is_empty() { Ok(()) } else { writeln!(out) }
}

fn line(record: &Record, places: &Places) -> String {
    let whose = printable(&record.whose());
    match (record.status, record.bytes_before(), record.bytes_after()) {
        (Status::WouldWrite, before, after) => {
            let after = bytes(after.unwrap_or_default());
            let before = before.map_or("new".to_owned(), |before| format!("replaces {}", bytes(before)));
            format!("would write {} → {whose}: {after}, {before}", printable(&places.short(&record.photo)))
        }
        (Status::WouldPublish, ..) => format!("would publish {} → {whose}", printable(&places.short(&record.photo))),
        (Status::WouldRemove, None, _) if !record.photo.is_empty() => {
            format!("would remove the pictures of {whose}: {}", printable(&record.photo))
        }
        (Status::WouldRestore, before, Some(after)) => {
            let before = before.map_or(String::new(), |before| format!(" in place of {}", bytes(before)));
            format!("would restore the photo of {whose}: puts back {}{before}", bytes(after))
        }
        (Status::WouldRestore, before, None) => {
            format!("would remove the photo of {whose}: {}; there was none before", bytes(before.unwrap_or_default()))
        }
        (Status::WouldExport, _, after) => {
            let photo = printable(&places.short(&record.photo));
            format!("would save the photo of {whose} as {photo}: {}", bytes(after.unwrap_or_default()))
        }
        // This photo would be removed from a folder, not from the account.
        (_, before, _) if !record.photo.is_empty() => {
            let photo = printable(&places.short(&record.photo));
            format!("would remove {photo}, the photo of {whose}: {}", bytes(before.unwrap_or_default()))
        }
        (_, before, _) => format!("would remove the photo of {whose}: {}", bytes(before.unwrap_or_default())),
    }
}
