//! The card of a record on the page: the photos first, then whose they are.

use std::io;
use std::path::Path;

use askama::Template;

use super::super::wording::bytes;
use super::super::{Reason, Record, Report, Status};
use super::chart::{label, tone};
use super::listed::{Approval, Choice, Listed, Unlisted, Whole};
use super::portrait::{Portrait, Shown};
use crate::album::Album;
use crate::terminal::printable;

/// The card of a record.
#[derive(Template)]
#[template(path = "report.html", block = "card", config = "src/report/html/askama.toml")]
pub(super) struct Card<'r> {
    number: usize,
    status: &'static str,
    /// The place of the account's group in the coverage.
    group: Option<usize>,
    label: &'static str,
    tone: &'static str,
    /// The displayName of the account, or the best name that is known instead.
    name: String,
    user: String,
    department: Option<String>,
    /// The further columns that are filled in, each with its name.
    columns: Vec<(&'r str, String)>,
    portraits: Vec<Portrait>,
    /// Each reason, and what to do about it.
    reasons: Vec<(&'r Reason, Option<&'r str>)>,
    /// The name of the photo's file, and its path.
    file: Option<(String, String)>,
    line: Option<u64>,
    dn: Option<String>,
    sizes: Option<String>,
    /// The row of the approved list, if the photo can be approved.
    listed: Option<Listed>,
    /// The reason why the photo cannot be approved.
    unlisted: Option<Unlisted>,
    /// Whether the reader has to choose the account.
    is_asked: bool,
    /// The accounts among which the reader can choose.
    choices: Vec<Choice>,
    /// The whole photo, if another square of it can be chosen.
    whole: Option<Whole>,
    /// Whether the photo is approved unless the reader turns it down.
    is_proposed: bool,
    /// Whether the reader can also search all accounts.
    has_search: bool,
}

impl<'r> Card<'r> {
    /// Creates the card of a record.
    ///
    /// # Errors
    /// When the photos cannot be read.
    pub(super) fn new(number: usize, record: &'r Record, report: &'r Report, approval: &Approval) -> io::Result<Self> {
        let album = &report.album;
        let file = (!record.photo.is_empty()).then(|| (file_name(&record.photo), printable(&record.photo)));
        let name = match (&record.display_name, &record.user) {
            (Some(name), _) => name.clone(),
            (None, user) if !user.is_empty() => printable(user),
            _ => file.as_ref().map_or(String::new(), |(name, _)| name.clone()),
        };
        let portraits = portraits(record, &name, album)?;
        let listed = if approval.offered { Listed::of(record, &portraits, album)? } else { None };
        let (listed, unlisted) = match listed {
            None => (None, None),
            Some(Ok(listed)) => (Some(listed), None),
            Some(Err(why)) => (None, Some(why)),
        };
        let whole = if listed.is_some() { Whole::of(record, album)? } else { None };
        let is_asked = listed.as_ref().is_some_and(|listed| listed.account.is_none());
        Ok(Self {
            number,
            status: record.status.name(),
            group: record.group,
            label: label(record.status),
            tone: tone(record.status),
            portraits,
            user: printable(&record.user),
            department: record.department.as_deref().map(printable),
            columns: columns(record, &report.columns),
            reasons: record.reasons_and_help().collect(),
            line: record.line,
            dn: record.dn.as_deref().map(printable),
            sizes: sizes(record),
            name,
            file,
            is_asked,
            choices: if is_asked { Choice::all(record) } else { Vec::new() },
            is_proposed: listed.is_some() && !is_asked,
            has_search: is_asked && approval.has_search,
            listed,
            unlisted,
            whole,
        })
    }
}

/// Returns the further columns that are filled in. The department is on every card already.
fn columns<'r>(record: &'r Record, names: &'r [String]) -> Vec<(&'r str, String)> {
    let filled = record.named_columns(names).filter(|(name, value)| !value.is_empty() && *name != "department");
    filled.map(|(name, value)| (name, printable(value))).collect()
}

/// Returns the last part of a path, which may be a Windows path.
fn file_name(path: &str) -> String {
    let name = Path::new(path).file_name().map_or(path.into(), |name| name.to_string_lossy());
    printable(name.rsplit('\\').next().unwrap_or(&name))
}

/// Returns two portraits if the photo changes, and otherwise the one that the account has.
fn portraits(record: &Record, name: &str, album: &Album) -> io::Result<Vec<Portrait>> {
    let Record { before, after, .. } = record;
    let portrait = |caption, alt: &str, picture| Portrait::new(caption, format!("{alt} of {name}"), picture, album);
    Ok(match record.status {
        Status::WouldWrite | Status::WouldRemove | Status::WouldRestore => {
            vec![portrait("Now", "Current photo", before.as_ref())?, portrait("New", "New photo", after.as_ref())?]
        }
        Status::Written | Status::Removed | Status::Restored => vec![
            portrait("Before", "Former photo", before.as_ref())?,
            portrait("Now", "Current photo", after.as_ref())?,
        ],
        // Only an audit that compares photos has both.
        Status::Unfit if before.is_some() && after.is_some() => vec![
            portrait("Now", "Current photo", before.as_ref())?,
            portrait("Compared with", "Other photo", after.as_ref())?,
        ],
        _ => vec![portrait("", "Photo", after.as_ref().or(before.as_ref()))?],
    })
}

fn sizes(record: &Record) -> Option<String> {
    match (record.bytes_before(), record.bytes_after()) {
        (Some(before), Some(after)) if record.before != record.after => {
            Some(format!("{} before, {} after", bytes(before), bytes(after)))
        }
        (before, after) => after.or(before).map(bytes),
    }
}
