//! A record as the page shows it: faces first, then whose they are.

use std::io;
use std::path::Path;

use askama::Template;

use super::super::wording::bytes;
use super::super::{Reason, Record, Status};
use super::chart::{label, tone};
use super::listed::{Approval, Choice, Listed, Unlisted};
use super::portrait::{Portrait, Shown};
use crate::album::Album;
use crate::terminal::printable;

/// One card.
#[derive(Template)]
#[template(path = "report.html", block = "card", config = "src/report/html/askama.toml")]
pub(super) struct Card<'r> {
    number: usize,
    status: &'static str,
    label: &'static str,
    tone: &'static str,
    /// What people call the account.
    name: String,
    user: String,
    department: Option<String>,
    portraits: Vec<Portrait>,
    reasons: &'r [Reason],
    /// The file's name, and where it lies.
    file: Option<(String, String)>,
    line: Option<u64>,
    dn: Option<String>,
    sizes: Option<String>,
    /// What the approved list says of it, as it is.
    listed: Option<Listed>,
    /// Why it cannot be on that list.
    unlisted: Option<Unlisted>,
    /// Whether somebody has to say whose it is.
    is_asked: bool,
    /// Whose the photo may be then.
    choices: Vec<Choice>,
    /// Whether it is on that list unless it is turned down.
    is_proposed: bool,
    /// Whether that somebody may search all accounts.
    has_search: bool,
}

impl<'r> Card<'r> {
    /// # Errors
    /// When the photos cannot be read.
    pub(super) fn new(number: usize, record: &'r Record, album: &Album, approval: &Approval) -> io::Result<Self> {
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
        let is_asked = listed.as_ref().is_some_and(|listed| listed.account.is_none());
        Ok(Self {
            number,
            status: record.status.name(),
            label: label(record.status),
            tone: tone(record.status),
            portraits,
            user: printable(&record.user),
            department: record.department.as_deref().map(printable),
            reasons: &record.reasons,
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
        })
    }
}

/// The last part of a path, be it Windows' or not.
fn file_name(path: &str) -> String {
    let name = Path::new(path).file_name().map_or(path.into(), |name| name.to_string_lossy());
    printable(name.rsplit('\\').next().unwrap_or(&name))
}

/// Two where something changes, else the one that is there.
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
