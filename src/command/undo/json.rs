//! The list of runs for programs, version 1:
//!
//! ```json
//! {"version": 1, "folder": "/home/anna/.local/state/adphoto/journals",
//!  "runs": [{"journal": "/home/anna/…/20261122T012409Z-import-569d88af.jsonl", "id": "569d88af…", "command": "import",
//!            "started": "2026-11-22T01:24:09Z", "source": "photos", "user": "EXAMPLE\\anna", "server": "ldaps://dc1:636",
//!            "domain": "DC=ad,DC=example,DC=com", "target": "active-directory", "attribute": "thumbnailPhoto",
//!            "state": "ended", "changed": 12, "not_done": 1, "not_confirmed": 0, "stopped": false,
//!            "standing": "stands", "undoes": []}],
//!  "unreadable": []}
//! ```
//!
//! The newest run stands first. `state` is `running`, `ended` or `broken-off`. For a run that broke off, `changed` is
//! the number of changes that it began; for one that is still running, it is 0. For both, `not_done` and
//! `not_confirmed` are null. `standing` is `stands`, `taken-back`, `taken-back-in-part` or `stands-again` (its undo was
//! taken back). `unreadable` says which files could not be read, and why.

use std::io::{self, Write};

use serde::Serialize;
use time::OffsetDateTime;
use time::serde::rfc3339;

use super::standing::Standing;
use crate::journal::{JournalError, Listed, State};

#[derive(Serialize)]
struct List<'l> {
    version: u32,
    folder: String,
    runs: Vec<Run<'l>>,
    unreadable: Vec<String>,
}

#[derive(Serialize)]
struct Run<'l> {
    journal: String,
    id: &'l str,
    command: &'l str,
    #[serde(with = "rfc3339")]
    started: OffsetDateTime,
    source: Option<&'l str>,
    user: &'l str,
    server: &'l str,
    domain: &'l str,
    target: &'l str,
    attribute: &'l str,
    state: &'static str,
    changed: u64,
    not_done: Option<u64>,
    not_confirmed: Option<u64>,
    stopped: bool,
    standing: Standing,
    undoes: &'l [String],
}

impl<'l> Run<'l> {
    fn new(Listed { path, header, state }: &'l Listed, standing: Standing) -> Self {
        let begun = |begun: usize| begun.try_into().unwrap_or(u64::MAX);
        let (state, changed, end) = match state {
            State::Running => ("running", 0, None),
            State::BrokenOff(changes) => ("broken-off", begun(*changes), None),
            State::Ended(end) => ("ended", end.done, Some(end)),
        };
        Self {
            journal: path.display().to_string(),
            id: &header.id,
            command: &header.command,
            started: header.started,
            source: header.source.as_deref(),
            user: &header.user,
            server: &header.server,
            domain: &header.domain,
            target: &header.target,
            attribute: &header.attribute,
            state,
            changed,
            not_done: end.map(|end| end.not_done),
            not_confirmed: end.map(|end| end.unconfirmed),
            stopped: end.map_or(matches!(state, "broken-off"), |end| end.stopped),
            standing,
            undoes: &header.undoes,
        }
    }
}

/// Writes the list. Each run is given with its standing.
///
/// # Errors
/// When `out` fails.
pub(super) fn render<'l>(
    folder: String,
    runs: impl Iterator<Item = (&'l Listed, Standing)>,
    unreadable: impl Iterator<Item = &'l JournalError>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let runs = runs.map(|(run, standing)| Run::new(run, standing)).collect();
    let list = List { version: 1, folder, runs, unreadable: unreadable.map(ToString::to_string).collect() };
    serde_json::to_writer_pretty(&mut *out, &list)?;
    out.write_all(b"\n")
}
