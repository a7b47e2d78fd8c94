//! The journal of a run that writes.

use time::OffsetDateTime;

use crate::cli::WriteArgs;
use crate::directory::Directory;
use crate::journal::{Header, Journal, JournalError, Place};
use crate::pipeline::{Mode, Stop};
use crate::progress::Progress;
use crate::report::{Code, Report, Status};
use crate::terminal::printable;

/// Where it goes; a dry run has none. Before anybody is asked for a password.
pub(super) fn place(args: &WriteArgs, dry_run: bool) -> Result<Option<Place>, JournalError> {
    if dry_run { Ok(None) } else { Place::find(args.journal.as_deref()).map(Some) }
}

/// Makes sure that it can be written before anything else is; `source` is whose photos, or where they are from; `words` are
/// those of the command line.
pub(super) fn begin(
    place: Place,
    command: &str,
    source: Option<String>,
    directory: &Directory,
    words: &[String],
    undoes: Vec<String>,
) -> Result<Journal, JournalError> {
    let header = Header {
        version: Header::VERSION,
        adphoto: env!("CARGO_PKG_VERSION").to_owned(),
        id: format!("{:032x}", fastrand::u128(..)),
        started: OffsetDateTime::now_utc(),
        command: command.to_owned(),
        user: directory.user().to_owned(),
        server: directory.server().to_string(),
        domain: directory.domain().dn.clone(),
        base_dn: directory.domain().base_dn.clone(),
        source,
        arguments: words.to_vec(),
        undoes,
    };
    Journal::create(place, header)
}

pub(super) fn mode(journal: Option<&Journal>) -> Mode<'_> {
    journal.map_or(Mode::DryRun, Mode::Real)
}

/// Completes it, and says how the run is taken back.
pub(super) fn end(
    journal: Option<Journal>,
    report: &Report,
    stop: &Stop,
    progress: &Progress,
) -> Result<(), JournalError> {
    let Some(journal) = journal else { return Ok(()) };
    let left = report.count(Status::Failed) + report.count(Status::NotAttempted);
    let done = [Status::Written, Status::Removed, Status::Restored].into_iter().map(|status| report.count(status));
    let is_sure = stop.why().is_none()
        && !report.records.iter().any(|record| record.has(Code::NotConfirmed) || record.has(Code::Conflict));
    let path = journal.finish(stop.why().is_some(), left as u64)?;
    // Where nothing was changed, there is nothing to take back.
    if let Some(path) = path.filter(|_| done.sum::<usize>() > 0 || !is_sure) {
        let path = path.display();
        progress.note(&printable(&format!("`adphoto undo \"{path}\"` takes this run back")));
    }
    Ok(())
}
