//! A record as the page shows it: faces first, then whose they are.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use askama::Template;

use super::super::wording::bytes;
use super::super::{Reason, Record, Status};
use super::chart::{label, tone};
use super::portrait::{Portrait, Shown};
use crate::album::Album;
use crate::hash::Hash;
use crate::source::cell::written;
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
    listed: Option<Listed<'r>>,
    /// Whether it would be on that list, and cannot be.
    unlisted: bool,
}

/// A row of the approved list, each as a cell of it.
struct Listed<'r> {
    user: Cow<'r, str>,
    /// Absolute: the list will lie in another folder.
    path: String,
    /// Of the file, so that no other takes its place.
    sha256: Hash,
}

impl<'r> Card<'r> {
    /// # Errors
    /// When the photos cannot be read.
    pub(super) fn new(number: usize, record: &'r Record, album: &Album, approval: bool) -> io::Result<Self> {
        let file = (!record.photo.is_empty()).then(|| (file_name(&record.photo), printable(&record.photo)));
        let name = match (&record.display_name, &record.user) {
            (Some(name), _) => name.clone(),
            (None, user) if !user.is_empty() => printable(user),
            _ => file.as_ref().map_or(String::new(), |(name, _)| name.clone()),
        };
        let proposed = approval && record.status == Status::WouldWrite;
        let listed = if proposed { Listed::of(record)? } else { None };
        Ok(Self {
            number,
            status: record.status.name(),
            label: label(record.status),
            tone: tone(record.status),
            portraits: portraits(record, &name, album)?,
            user: printable(&record.user),
            department: record.department.as_deref().map(printable),
            reasons: &record.reasons,
            line: record.line,
            dn: record.dn.as_deref().map(printable),
            sizes: sizes(record),
            name,
            file,
            unlisted: proposed && listed.is_none(),
            listed,
        })
    }
}

impl<'r> Listed<'r> {
    /// `None` where import would read something else from the list than what was approved.
    fn of(record: &'r Record) -> io::Result<Option<Self>> {
        let Some(sha256) = record.sha256 else { return Ok(None) };
        let path = std::path::absolute(&record.photo)?.display().to_string();
        let survives = [&record.user, &path].into_iter().all(|text| stays_as_it_is(text));
        Ok(survives.then(|| Self { user: written(&record.user), path: written(&path).into_owned(), sha256 }))
    }
}

/// Whether import reads a field as it was written: a line break may end a row, import trims, and what was no Unicode is
/// no longer known.
fn stays_as_it_is(field: &str) -> bool {
    field.trim() == field && !field.contains(|c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER)
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
