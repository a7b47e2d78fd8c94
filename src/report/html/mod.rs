//! The HTML report: a single page for looking at the photos. It loads nothing from anywhere.
//!
//! The page is written card by card, so that each photo is in memory only while its card is written. The template
//! escapes all names. The page's content security policy makes the browser refuse any other script and any request.

mod card;
mod chart;
mod listed;
mod people;
mod portrait;

use std::io::{self, Write};

use askama::Template;
use data_encoding::BASE64;
use ring::digest::{SHA256, digest};

use self::card::Card;
use self::chart::{Part, Table};
use self::listed::Approval;
use super::wording::grouped_number;
use super::{Ending, Record, Report, Since, Status};
use crate::source::{APPROVED_COLUMNS, APPROVED_VERSION, NOT_SHOWN};

const STYLE: &str = concat!(include_str!("style.css"), include_str!("approval.css"));
const SCRIPT: &str = concat!(
    include_str!("people.js"),
    include_str!("crop.js"),
    include_str!("approval.js"),
    include_str!("coverage.js"),
    include_str!("script.js")
);

/// Everything above the cards.
#[derive(Template)]
#[template(path = "report.html", block = "top", config = "src/report/html/askama.toml")]
struct Top<'r> {
    heading: &'static str,
    command: &'r str,
    dry_run: bool,
    /// Whether photos can be approved.
    approval: bool,
    when: When,
    facts: Vec<(&'static str, String)>,
    /// The key under which the browser keeps what the reader chose.
    run: String,
    style: Asset,
    script: Asset,
    records: String,
    /// How many photos should be shown and are missing, in words.
    missing: Option<String>,
    ending: &'r Ending,
    parts: Vec<Part>,
    table: Option<Table<'r>>,
    since: Option<&'r Since>,
}

/// Everything below the cards.
#[derive(Template)]
#[template(path = "report.html", block = "bottom", config = "src/report/html/askama.toml")]
struct Bottom {
    approval: bool,
    header: String,
    approved_version: &'static str,
    not_shown: &'static str,
    people: Option<String>,
    version: &'static str,
}

/// A time in UTC. The page's script shows it in local time.
struct When {
    /// The time for programs.
    exact: String,
    /// The time for people.
    text: String,
}

/// A style sheet or script as it stands in the page.
struct Asset {
    text: String,
    /// The hash by which the content security policy allows it.
    hash: String,
}

impl Asset {
    fn new(text: &str) -> Self {
        // The browser computes the hash after turning all line ends into `\n` (HTML standard, 13.2.3.5). With a
        // checkout that has Windows line ends, the hash would not match otherwise.
        let text = text.replace("\r\n", "\n");
        let hash = format!("sha256-{}", BASE64.encode(digest(&SHA256, text.as_bytes()).as_ref()));
        Self { text, hash }
    }
}

pub(super) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let about = &report.about;
    let offered = offers_approval(report)?;
    let people = if offered { people::packed(&report.people)? } else { None };
    let approval = Approval { offered, has_search: people.is_some() };
    let top = Top {
        heading: heading(report, offered),
        command: report.command,
        dry_run: report.dry_run,
        approval: offered,
        missing: missing(report)?,
        ending: &report.ending,
        when: When { exact: about.started_exactly(), text: about.started_in_words() },
        facts: about.in_words(),
        run: format!("{:x}-{:x}", about.started.unix_timestamp(), fastrand::u64(..)),
        style: Asset::new(STYLE),
        script: Asset::new(SCRIPT),
        records: grouped_number(report.records.len()),
        parts: Part::all(report),
        table: report.coverage.as_ref().map(Table::new),
        since: report.since.as_ref(),
    };
    top.write_into(out)?;
    for (number, record) in report.records.iter().enumerate() {
        Card::new(number, &*record?, report, &approval)?.write_into(out)?;
    }
    let bottom = Bottom {
        approval: offered,
        header: APPROVED_COLUMNS.join(","),
        approved_version: APPROVED_VERSION,
        not_shown: NOT_SHOWN,
        people,
        version: about.adphoto,
    };
    bottom.write_into(out)
}

/// Returns whether the page of this run lets its reader approve photos. It does so for a dry run of an import that
/// would write photos, or has photos for which no account was found.
fn offers_approval(report: &Report) -> io::Result<bool> {
    if report.command != "import" || !report.dry_run {
        return Ok(false);
    }
    if report.count(Status::WouldWrite) > 0 {
        return Ok(true);
    }
    let is_nobodys = |record: &Record| record.is_nobodys() && record.sha256.is_some();
    report.records.iter().try_fold(false, |any, record| Ok(any || is_nobodys(&*record?)))
}

/// Returns how many photos should be shown and were not kept, in words.
fn missing(report: &Report) -> io::Result<Option<String>> {
    let mut missing = 0;
    for record in report.records.iter() {
        let record = record?;
        missing += [record.before, record.after].into_iter().flatten().filter(|picture| !picture.is_kept()).count();
    }
    Ok(match missing {
        0 => None,
        1 => Some("1 photo is".to_owned()),
        count => Some(format!("{} photos are", grouped_number(count))),
    })
}

fn heading(report: &Report, approval: bool) -> &'static str {
    match report.command {
        "import" if approval => "New photos for approval",
        "import" => "Photo import",
        "audit" => "Photo audit",
        "remove" => "Photo removal",
        "undo" => "Photos put back",
        "convert" => "Photo conversion",
        "export" => "Photo export",
        "publish" => "Account pictures",
        _ => "Photos",
    }
}

#[cfg(test)]
mod tests;
