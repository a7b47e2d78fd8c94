//! The stream that every matched photo goes through: read what the account holds, render, compare, apply.
//!
//! Everything is bounded: accounts read at once, photos rendered at once, writes on their way at once. Records come out
//! in the order in which matches went in.

use std::collections::HashMap;
use std::ops::ControlFlow::{self, Break, Continue};

use futures_util::{StreamExt, stream};

use super::record::of_match;
use super::render::{Renderer, WAITING_A_JOB};
use super::stop::{Stop, Why};
use crate::apply::{Applier, Outcome, Refusal};
use crate::change::Change;
use crate::directory::{Directory, HeldPhoto, WriteError};
use crate::matching::{Match, some_of};
use crate::progress::Stage;
use crate::report::{Reason, Record, Status};
use crate::thumbnail::Thumbnail;

/// Accounts whose photos one search reads: at most 5 MB of answer.
const ACCOUNTS_A_READ: usize = 50;
/// Searches on their way at once: the next is there when the last one's photos are done.
const READS_AT_ONCE: usize = 2;

/// A photo on its way: `Break` where nothing more is to be done but to report it.
pub(super) type Flow<T> = ControlFlow<Record, T>;

/// A match, and what its account holds.
struct Read {
    found: Match,
    held: HeldPhoto,
}

/// And what it shall hold.
struct Rendered {
    found: Match,
    change: Change,
    writable: Option<bool>,
    /// What is worth knowing besides.
    remarks: Vec<Reason>,
}

/// How matches become records.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options {
    /// Accounts that have a photo are left.
    pub(super) only_missing: bool,
    /// Writes on their way at once: over a slow line, as many as fit into the time of one.
    pub(super) in_flight: usize,
}

/// Takes every match to its record.
pub(super) async fn run(
    matches: Vec<Flow<Match>>,
    directory: &Directory,
    applier: &Applier<'_>,
    renderer: &Renderer,
    options: Options,
    stage: &Stage,
) -> Vec<Record> {
    let stop = renderer.stop();
    stream::iter(matches)
        .chunks(ACCOUNTS_A_READ)
        .map(|matches| read(matches, directory, applier.needs_rights(), options.only_missing, stop))
        .buffered(READS_AT_ONCE)
        .flat_map(stream::iter)
        .map(|read| render(read, renderer))
        .buffered(renderer.jobs() * WAITING_A_JOB)
        .map(|rendered| apply(rendered, directory, applier, stop))
        .buffered(options.in_flight)
        .inspect(|_| stage.advance(1))
        .collect()
        .await
}

async fn read(
    matches: Vec<Flow<Match>>,
    directory: &Directory,
    with_rights: bool,
    only_missing: bool,
    stop: &Stop,
) -> Vec<Flow<Read>> {
    let account = |flow: &Flow<Match>| match flow {
        Continue(found) => Some(found.account.guid),
        Break(_) => None,
    };
    let accounts: Vec<_> = matches.iter().filter_map(account).collect();
    let answer = match accounts.is_empty() {
        true => Ok(HashMap::new()),
        false => tokio::select! {
            answer = directory.photos(&accounts, with_rights) => answer,
            () = stop.asked() => Ok(HashMap::new()),
        },
    };
    let stopped = stop.why().is_some();
    let lost = answer.as_ref().err().map(|error| {
        stop.ask(Why::DirectoryFailed);
        Reason::new("not-read", format!("what the account has could not be read: {error}"))
    });
    let mut answer = answer.unwrap_or_default();
    let next = |flow: Flow<Match>| {
        let found = flow?;
        if stopped {
            return Break(not_attempted(&found));
        }
        if let Some(reason) = &lost {
            return Break(of_match(&found, None, Status::NotAttempted, vec![reason.clone()]));
        }
        match answer.remove(&found.account.guid) {
            None => Break(of_match(&found, None, Status::Failed, vec![Reason::from(&WriteError::NoSuchAccount)])),
            Some(held) if only_missing && held.photo.is_some() => {
                let reason = Reason::new("has-photo", "the account has a photo (--only-missing)");
                Break(of_match(&found, held.photo.as_deref(), Status::Skipped, vec![reason]))
            }
            Some(held) => Continue(Read { found, held }),
        }
    };
    matches.into_iter().map(next).collect()
}

async fn render(flow: Flow<Read>, renderer: &Renderer) -> Flow<Rendered> {
    let Read { found, held } = flow?;
    match renderer.render(&found.photo.path).await {
        Some(Ok(thumbnail)) => {
            let remarks = remarks(&found, &thumbnail);
            let change = Change::between(held.photo, Some(thumbnail.jpeg));
            Continue(Rendered { found, change, writable: held.writable, remarks })
        }
        Some(Err(reason)) => Break(of_match(&found, held.photo.as_deref(), Status::Failed, vec![reason])),
        None => Break(not_attempted(&found)),
    }
}

async fn apply(flow: Flow<Rendered>, directory: &Directory, applier: &Applier<'_>, stop: &Stop) -> Record {
    let Rendered { found, change, writable, remarks } = match flow {
        Continue(rendered) => rendered,
        Break(record) => return record,
    };
    // Once a write is on its way it is not left; until then, Ctrl-C need not wait for a connection.
    let ready = tokio::select! {
        biased;
        () = stop.asked() => return not_attempted(&found),
        ready = directory.ready() => ready,
    };
    let applied = match ready {
        Ok(()) => applier.apply(&found.account, &change, writable).await,
        Err(error) => Err(Refusal::Write(WriteError::NotSent(error))),
    };
    let (status, reasons) = match applied {
        Ok(Outcome::Done) => (Status::Written, remarks),
        Ok(Outcome::WouldDo) => (Status::WouldWrite, remarks),
        Ok(Outcome::Unchanged) => (Status::Unchanged, remarks),
        Err(refusal @ Refusal::Write(WriteError::NotSent(_))) => {
            stop.ask(Why::DirectoryFailed);
            (Status::NotAttempted, vec![Reason::from(&refusal)])
        }
        Err(refusal) => (Status::Failed, vec![Reason::from(&refusal)]),
    };
    let bytes_after =
        change.after().map(<[u8]>::len).filter(|_| !matches!(status, Status::Failed | Status::NotAttempted));
    Record { bytes_after, ..of_match(&found, change.before(), status, reasons) }
}

/// What a person may want to look at though it went well.
fn remarks(found: &Match, thumbnail: &Thumbnail) -> Vec<Reason> {
    let disabled = (!found.account.enabled).then(|| Reason::new("disabled", "the account is disabled"));
    let ignored = found.ignored.as_ref().map(|text| {
        let name = &found.account.sam_account_name;
        Reason::new("ignored-text", format!("taken for {name}; \"{text}\" in the file's name was ignored"))
    });
    let enlarged = thumbnail.enlarged.map(|enlarged| Reason::from(&enlarged));
    let shared = (!found.shared_with.is_empty()).then(|| {
        let others = some_of(&found.shared_with);
        Reason::new(
            "same-photo",
            format!("the same file is given to {} and to {others}", found.account.sam_account_name),
        )
    });
    [disabled, ignored, enlarged, shared].into_iter().flatten().collect()
}

fn not_attempted(found: &Match) -> Record {
    of_match(found, None, Status::NotAttempted, vec![Reason::stopped()])
}
