//! The runs whose journals are in the state folder.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use super::json;
use super::standing::{self, Standing};
use crate::command::output;
use crate::failure::{Advice, Failure};
use crate::journal::{Folder, Header, Listed, State};
use crate::progress::Progress;
use crate::report::Format;
use crate::terminal::{self, printable};

/// The error of a user who asks for the list of runs as CSV.
#[derive(Debug, thiserror::Error)]
#[error("there is no CSV of the list of runs; for programs there is --format json")]
pub(super) struct NoCsv;

impl Advice for NoCsv {
    fn is_usage(&self) -> bool {
        true
    }
}

/// Prints the runs, newest first.
pub(super) fn print(folder: &Folder, format: Format) -> Result<(), Failure> {
    if format == Format::Csv {
        return Err(NoCsv.into());
    }
    let listed = folder.list()?;
    let runs: Vec<&Listed> = listed.iter().flatten().collect();
    let mut standings = standing::of_all(&runs).into_iter();
    if format == Format::Json {
        let unreadable = listed.iter().filter_map(|listed| listed.as_ref().err());
        let place = folder.path().display().to_string();
        return output::print(io::stdout().lock(), |out| {
            json::render(place, runs.iter().copied().zip(standings), unreadable, out)
        });
    }
    let mut text = String::new();
    for listed in &listed {
        match listed {
            Ok(listed) => describe(listed, standings.next().unwrap_or(Standing::Stands), &mut text),
            // The error names the file itself.
            Err(error) => _ = writeln!(text, "{}", printable(&format!("cannot be listed: {error}"))),
        }
    }
    if listed.is_empty() {
        _ = writeln!(text, "no journals in {}", printable(&folder.path().display().to_string()));
    }
    say(&text)
}

fn describe(listed: &Listed, standing: Standing, text: &mut String) {
    let header = &listed.header;
    let state = match listed.state {
        State::Running => "still running".to_owned(),
        State::BrokenOff(begun) => format!("broken off after {begun} changes had begun"),
        State::Ended(end) => {
            let mut counts = format!("{} changed", end.done);
            for (count, what) in [(end.not_done, "not done"), (end.unconfirmed, "not confirmed")] {
                if count > 0 {
                    _ = write!(counts, ", {count} {what}");
                }
            }
            counts + if end.stopped { ", stopped early" } else { "" }
        }
    };
    let line = format!(
        "{}  {}{} by {} at {}: {state}{}",
        moment(header),
        header.command,
        header.source.as_ref().map(|source| format!(" of {source}")).unwrap_or_default(),
        header.user,
        header.server,
        standing.words()
    );
    _ = writeln!(text, "{}\n    {}", printable(&line), printable(&listed.path.display().to_string()));
}

/// Returns the start of a run, such as `2026-11-21 18:30:00 UTC`.
fn moment(header: &Header) -> String {
    let (day, time) = (header.started.date(), header.started.time());
    format!("{day} {:02}:{:02}:{:02} UTC", time.hour(), time.minute(), time.second())
}

/// Returns the journal of the newest run that changed anything and is not an undo. So `--last` is harmless if it is
/// given twice. If there is a file that cannot be read and may belong to a later run, this is an error, because adphoto
/// does not guess.
pub(super) fn last(folder: &Folder, progress: &Progress) -> Result<PathBuf, Failure> {
    let listed = folder.list()?;
    let runs: Vec<&Listed> = listed.iter().flatten().collect();
    let changed_something = |run: &Listed| match run.state {
        State::Running => true,
        State::Ended(end) => end.done + end.unconfirmed > 0,
        State::BrokenOff(begun) => begun > 0,
    };
    let mut candidates = runs
        .iter()
        .zip(standing::of_all(&runs))
        .filter(|(run, _)| run.header.undoes.is_empty() && changed_something(run));
    let chosen = candidates.next();
    for error in listed.iter().filter_map(|listed| listed.as_ref().err()) {
        if let Some(later) = chosen.and_then(|(run, _)| Folder::may_be_later(error, &run.header)) {
            return Err(later.into());
        }
        progress.note(&format!("skipped: {error}"));
    }
    let Some((run, standing)) = chosen else {
        let folder = folder.path().display();
        return Err(Failure::new(format!("no journal in {folder} has anything to take back; name a journal")));
    };
    let (path, what) = (run.path.display(), format!("the {} of {}", run.header.command, moment(&run.header)));
    if standing == Standing::TakenBack {
        let before = candidates.find(|(_, standing)| *standing != Standing::TakenBack);
        let hint = before.map(|(before, _)| {
            let (path, moment) = (before.path.display(), moment(&before.header));
            format!("; the run before it is the {} of {moment}: adphoto undo \"{path}\"", before.header.command)
        });
        let hint = hint.unwrap_or_default();
        progress.note(&format!("{what} was already taken back ({path}){hint}"));
    } else {
        progress.note(&format!("taking back {path}, {what}"));
    }
    Ok(run.path.clone())
}

/// Deletes old journals, and prints their names.
pub(super) fn prune(folder: &Folder, days: u32, dry_run: bool) -> Result<(), Failure> {
    let old = folder.prune(days, dry_run)?;
    let done = if dry_run { "would delete" } else { "deleted" };
    let mut text = String::new();
    for path in &old {
        _ = writeln!(text, "{done} {}", printable(&path.display().to_string()));
    }
    if old.is_empty() {
        _ = writeln!(text, "no journal is at least {days} day{} old", if days == 1 { "" } else { "s" });
    }
    say(&text)
}

fn say(text: &str) -> Result<(), Failure> {
    output::print(terminal::stdout(), |out| out.write_all(text.as_bytes()))
}
