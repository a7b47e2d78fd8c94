//! The report as text, for people. A dry run first lists its changes. Then come remarks, failures, and what to do about
//! them. The summary and the hints are last, because that is what a terminal shows at the end.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style;

use super::relative::Places;
use super::wording::{MAX_SHOWN, grouped_number, more, person};
use super::{Code, Record, Report, Status, planned};
use crate::terminal::{BAD, DOUBTFUL, GOOD, HELP, TITLE, printable};

/// The maximum number of records of one kind that are shown if they need no attention: remarks, and records that a
/// stopped run did not come to.
const MAX_REMARKS: usize = 5;

/// Writes the report as text.
pub(super) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let places = Places::of(report.about.source.as_deref());
    if report.dry_run {
        planned::render(report, &places, out)?;
    }
    let [mut remarks, mut unfit, mut failures, mut not_attempted] =
        [MAX_REMARKS, MAX_REMARKS, MAX_SHOWN, MAX_REMARKS].map(|shown| Grouped { shown, kinds: BTreeMap::new() });
    for record in report.records.iter() {
        let record = record?;
        match record.status {
            Status::Unfit => unfit.add(&record, &places),
            Status::Failed => failures.add(&record, &places),
            Status::NotAttempted => not_attempted.add(&record, &places),
            // A remark is made when the photo is written, and not again in every run that leaves it unchanged.
            Status::Unchanged if !record.has(Code::NotMoved) => {}
            _ => remarks.add(&record, &places),
        }
    }
    remarks.write("Worth a look", TITLE, out)?;
    unfit.write("Unfit", DOUBTFUL.bold(), out)?;
    missing(report, out)?;
    failures.write("Not done", BAD, out)?;
    not_attempted.write("Not attempted", BAD, out)?;
    if let Some(coverage) = &report.coverage {
        coverage.table(out)?;
    }
    if let Some(since) = &report.since {
        since.text(out)?;
    }
    summary(report, out)?;
    for (place, hint) in report.hints.iter().enumerate() {
        let gap = if place == 0 { "\n" } else { "" };
        writeln!(out, "{gap}{HELP}help:{HELP:#} {}", printable(hint))?;
    }
    Ok(())
}

/// Records grouped by the kind of their reasons, so that what to do about them is said only once.
struct Grouped {
    /// How many records of each kind are shown.
    shown: usize,
    kinds: BTreeMap<Kind, Found>,
}

/// A kind of reason: its code, and what to do about it.
type Kind = (&'static str, Option<String>);

/// The records with one kind of reason.
#[derive(Default)]
struct Found {
    count: usize,
    /// Whether all reasons have the same words.
    is_common: bool,
    /// The first ones: what the record is about, and the words of the reason.
    first: Vec<(String, String)>,
}

impl Grouped {
    fn add(&mut self, record: &Record, places: &Places) {
        for reason in &record.reasons {
            let kind = (reason.code.name(), reason.remedy.as_deref().map(str::to_owned));
            let found = self.kinds.entry(kind).or_insert_with(|| Found { is_common: true, ..Found::default() });
            found.count += 1;
            found.is_common &= found.first.first().is_none_or(|(_, text)| *text == reason.text);
            if found.first.len() < MAX_SHOWN {
                found.first.push((subject(record, places), reason.text.clone()));
            }
        }
    }

    fn write(self, title: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
        if self.kinds.is_empty() {
            return Ok(());
        }
        writeln!(out, "{style}{title}:{style:#}")?;
        for ((kind, remedy), found) in self.kinds {
            // If a brake stopped the run, somebody has to look through the changes that it held back.
            let shown = if kind == Code::TooManyChanges.name() { MAX_SHOWN } else { self.shown };
            let count = grouped_number(found.count);
            // Words that are the same for all records stand in the heading instead of each line.
            let common = found.first.first().map(|(_, text)| text).filter(|_| found.count > 1 && found.is_common);
            match common {
                Some(text) => writeln!(out, "  {kind} ({count}): {}", printable(text))?,
                None => writeln!(out, "  {kind} ({count})")?,
            }
            for (subject, text) in found.first.iter().take(shown) {
                match common {
                    Some(_) => writeln!(out, "    {}", printable(subject))?,
                    None => writeln!(out, "    {}: {}", printable(subject), printable(text))?,
                }
            }
            more(found.count, shown, "    ", "--report FILE.csv", out)?;
            if let Some(remedy) = remedy {
                writeln!(out, "    {HELP}help:{HELP:#} {remedy}")?;
            }
        }
        writeln!(out)
    }
}

/// Returns what a record is about. A row of a list is named by its line, user and file, another photo by its file, and
/// a record without a photo by its account.
fn subject(record: &Record, places: &Places) -> String {
    let photo = Some(places.short(&record.photo).into_owned()).filter(|photo| !photo.is_empty());
    match record.line {
        Some(line) => {
            let user = Some(record.user.clone()).filter(|user| !user.is_empty());
            [Some(format!("line {line}")), user, photo].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
        None if record.status == Status::Missing => person(record),
        None => photo.unwrap_or_else(|| person(record)),
    }
}

/// Lists the accounts without a photo; all of them if nothing else is listed (`--only missing`).
fn missing(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let count = report.count(Status::Missing);
    if count == 0 {
        return Ok(());
    }
    let shown = if count == report.records.len() { usize::MAX } else { MAX_SHOWN };
    writeln!(out, "{TITLE}Without a photo ({}):{TITLE:#}", grouped_number(count))?;
    let mut written = 0;
    for record in report.records.iter() {
        let record = record?;
        if record.status == Status::Missing && written < shown {
            writeln!(out, "  {}", printable(&person(&record)))?;
            written += 1;
        }
    }
    if count > shown {
        writeln!(out, "  … and {} more; --only missing lists all", grouped_number(count - shown))?;
    }
    writeln!(out)
}

/// Returns which accounts the run is about, if it searches accounts instead of naming each.
fn scope(report: &Report) -> String {
    let about = &report.about;
    let (Some(include_disabled), Some(connected)) = (about.include_disabled, &about.connected) else {
        return String::new();
    };
    let below = format!(" below {}", connected.base_dn);
    let disabled = if include_disabled { ", disabled ones too" } else { "" };
    let filter = about.filter.as_ref().map(|filter| format!(", filter {filter}"));
    let only = about.only.map(|only| format!(", only {only}"));
    printable(&[below, disabled.to_owned(), filter.unwrap_or_default(), only.unwrap_or_default()].concat())
}

/// Returns the counts in one line: `import: 12 written, 3 failed`.
pub(super) fn counts(report: &Report) -> String {
    let counts = Status::ALL.map(|status| (status, report.count(status)));
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    let counts: Vec<String> = counts.map(|(status, count)| format!("{count} {}", status.name())).collect();
    format!("{}: {}", report.command, counts.join(", "))
}

/// Returns a record in one line, for the log.
pub(super) fn line(record: &Record) -> String {
    let reasons = record.reason_text();
    let known = [&record.user, &record.photo, record.dn.as_ref().unwrap_or(&String::new()), &reasons]
        .map(|text| printable(text));
    let known = known.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
    format!("{} {known}", record.status.name())
}

/// Writes the counts of all statuses that occur, and what the run was about.
fn summary(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let enabled = if report.about.include_disabled == Some(false) { "enabled " } else { "" };
    let subjects = match report.records.len() {
        1 => format!("1 {enabled}{}", report.subject()),
        count => format!("{} {enabled}{}s", grouped_number(count), report.subject()),
    };
    let dry_run = if report.dry_run { " (dry run: nothing was written)" } else { "" };
    writeln!(out, "{TITLE}Summary of {subjects}{TITLE:#}{}{dry_run}", scope(report))?;
    for status in Status::ALL {
        let count = report.count(status);
        if count > 0 {
            let style = style(status);
            writeln!(out, "  {style}{:<13} {:>7}{style:#}", status.name(), grouped_number(count))?;
        }
    }
    Ok(())
}

fn style(status: Status) -> Style {
    match status {
        Status::Failed | Status::NotAttempted => BAD,
        Status::Missing | Status::Unfit => DOUBTFUL,
        Status::Unchanged | Status::Skipped => Style::new(),
        _ => GOOD,
    }
}
