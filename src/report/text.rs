//! The report for people: in a dry run every change, then what is worth a look, what failed and what to do, and last,
//! where a terminal shows it, the summary.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Record, Report, Status};

/// Records of one kind that are shown, be it remarks or what a stopped run did not come to; of failures all are.
const SHOWN: usize = 5;

pub(super) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.dry_run {
        changes(report, out)?;
    }
    // What was said when a photo was written need not be said every night.
    let remarks =
        report.records.iter().filter(|record| !record.status.is_failure() && record.status != Status::Unchanged);
    grouped("Worth a look", remarks, SHOWN, out)?;
    let failures = report.records.iter().filter(|record| record.status == Status::Failed);
    grouped("Not done", failures, usize::MAX, out)?;
    let not_attempted = report.records.iter().filter(|record| record.status == Status::NotAttempted);
    grouped("Not attempted", not_attempted, SHOWN, out)?;
    summary(report, out)
}

fn changes(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut any = false;
    for record in report.records.iter().filter(|record| record.status == Status::WouldWrite) {
        let size = match (record.bytes_before(), record.bytes_after()) {
            (Some(before), Some(after)) => format!("{}, replaces {}", bytes(after), bytes(before)),
            (_, after) => format!("{}, new", bytes(after.unwrap_or_default())),
        };
        let dn = record.dn.as_deref().unwrap_or_default();
        writeln!(
            out,
            "would write {} → {}, {} ({size})",
            printable(&record.photo),
            printable(&record.user),
            printable(dn)
        )?;
        any = true;
    }
    if any { writeln!(out) } else { Ok(()) }
}

/// A reason's code, and what to do about it.
type Kind<'r> = (&'r str, Option<&'r str>);

/// Records by the kind of their reasons and by what to do about it, which is said once.
fn grouped<'r>(
    title: &str,
    records: impl Iterator<Item = &'r Record>,
    shown: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut kinds: BTreeMap<Kind<'_>, Vec<(&Record, &super::Reason)>> = BTreeMap::new();
    for record in records {
        for reason in &record.reasons {
            kinds.entry((reason.code, reason.remedy)).or_default().push((record, reason));
        }
    }
    if kinds.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title}:")?;
    for ((kind, remedy), found) in kinds {
        writeln!(out, "  {kind} ({})", grouped_number(found.len()))?;
        for (record, reason) in found.iter().take(shown) {
            // A file tells whose it is; a row of a list is known by its line and user.
            let row = record.line.map(|line| format!("line {line}, {}", record.user));
            let photo = Some(record.photo.clone()).filter(|photo| !photo.is_empty());
            let subject = row.into_iter().chain(photo).collect::<Vec<_>>().join(", ");
            writeln!(out, "    {}: {}", printable(&subject), printable(&reason.text))?;
        }
        if found.len() > shown {
            writeln!(out, "    … and {} more; --report FILE.csv lists all", grouped_number(found.len() - shown))?;
        }
        if let Some(remedy) = remedy {
            writeln!(out, "    help: {remedy}")?;
        }
    }
    writeln!(out)
}

fn summary(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let photos = match report.records.len() {
        1 => "1 photo".to_owned(),
        count => format!("{} photos", grouped_number(count)),
    };
    let dry_run = if report.dry_run { " (dry run: nothing was written)" } else { "" };
    writeln!(out, "Summary of {photos}{dry_run}")?;
    for status in Status::ALL {
        let count = report.count(status);
        if count > 0 {
            writeln!(out, "  {:<13} {:>7}", status.name(), grouped_number(count))?;
        }
    }
    Ok(())
}

/// `1234567` as `1,234,567`.
pub(super) fn grouped_number(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// `4.2 KB`.
pub(super) fn bytes(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        _ => format!("{}.{} KB", bytes / 1024, bytes % 1024 * 10 / 1024),
    }
}

/// Text for a terminal: a file's or an account's name cannot move the cursor, change colours or reverse the direction
/// of writing.
#[must_use]
pub fn printable(text: &str) -> String {
    let tricky = |c: char| {
        c.is_control()
            || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().flat_map(|c| if tricky(c) { c.escape_default().collect::<Vec<_>>() } else { vec![c] }).collect()
}
