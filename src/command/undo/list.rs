//! The runs whose journals are in the state folder.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::journal::{Folder, Header, Listed, State};
use crate::progress::Progress;
use crate::report::printable;

/// Prints them, the newest first.
pub(super) fn print(folder: &Folder) -> Result<()> {
    let listed = folder.list()?;
    let taken_back: HashSet<&str> =
        listed.iter().flatten().flat_map(|listed| &listed.header.undoes).map(String::as_str).collect();
    let mut text = String::new();
    for listed in &listed {
        match listed {
            Ok(listed) => describe(listed, taken_back.contains(listed.header.id.as_str()), &mut text),
            // Its own words name the file.
            Err(error) => _ = writeln!(text, "{}", printable(&format!("cannot be listed: {error}"))),
        }
    }
    if listed.is_empty() {
        _ = writeln!(text, "no journals in {}", printable(&folder.path().display().to_string()));
    }
    say(&text)
}

fn describe(listed: &Listed, taken_back: bool, text: &mut String) {
    let header = &listed.header;
    let state = match listed.state {
        State::Running => "still under way".to_owned(),
        State::BrokenOff(begun) => format!("{begun} changes begun, then broken off"),
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
        "{}  {} by {} at {}: {state}{}",
        moment(header),
        header.command,
        header.user,
        header.server,
        if taken_back { "; taken back" } else { "" }
    );
    _ = writeln!(text, "{}\n    {}", printable(&line), printable(&listed.path.display().to_string()));
}

/// `2026-11-21 18:30:00 UTC`
fn moment(header: &Header) -> String {
    let (day, time) = (header.started.date(), header.started.time());
    format!("{day} {:02}:{:02}:{:02} UTC", time.hour(), time.minute(), time.second())
}

/// The newest run that changed anything and is no undo: to take back twice what `--last` means is harmless.
pub(super) fn last(folder: &Folder, progress: &Progress) -> Result<PathBuf> {
    let mut runs = Vec::new();
    for listed in folder.list()? {
        match listed {
            Ok(listed) => runs.push(listed),
            Err(error) => progress.note(&printable(&format!("left aside: {error}"))),
        }
    }
    let changed_something = |run: &Listed| match run.state {
        State::Running => true,
        State::Ended(end) => end.done + end.unconfirmed > 0,
        State::BrokenOff(begun) => begun > 0,
    };
    let Some(run) = runs.iter().find(|run| run.header.undoes.is_empty() && changed_something(run)) else {
        bail!("no journal in {} has anything to take back; name one", folder.path().display());
    };
    let path = run.path.display();
    progress.note(&printable(&format!("taking back {path}, the {} of {}", run.header.command, moment(&run.header))));
    Ok(run.path.clone())
}

/// Deletes old ones, and says which.
pub(super) fn prune(folder: &Folder, days: u32) -> Result<()> {
    let deleted = folder.prune(days)?;
    let mut text = String::new();
    for path in &deleted {
        _ = writeln!(text, "deleted {}", printable(&path.display().to_string()));
    }
    if deleted.is_empty() {
        _ = writeln!(text, "no journal is {days} days old");
    }
    say(&text)
}

/// Somebody who reads no further, as `head` does, is no error.
fn say(text: &str) -> Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to standard output"),
        _ => Ok(()),
    }
}
