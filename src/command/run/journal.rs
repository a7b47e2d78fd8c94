//! The journal of a run that writes.

use time::OffsetDateTime;

use super::Run;
use crate::destination::{Accounts, Destination};
use crate::failure::Failure;
use crate::journal::{Folder, Header, Journal, JournalError, Place, Size};
use crate::pipeline::Stop;
use crate::progress::Progress;
use crate::report::{Code, Report, Status};

/// What the journal says about the task of its run.
#[derive(Debug, Default)]
pub(in crate::command) struct Subject {
    /// The accounts whose photos the run changes, or the source of the photos.
    pub(in crate::command) source: Option<String>,
    /// The ids of the runs that this run takes back.
    pub(in crate::command) undoes: Vec<String>,
    /// Whether this run takes back only some accounts of those runs.
    pub(in crate::command) partial: bool,
}

pub(super) fn begin<D: Destination>(
    place: Place,
    command: &str,
    words: &[String],
    subject: Subject,
    destination: &D,
    max: Size,
) -> Result<Journal, JournalError> {
    let domain = destination.accounts().domain();
    let header = Header {
        version: Header::VERSION,
        adphoto: env!("CARGO_PKG_VERSION").to_owned(),
        id: format!("{:032x}", fastrand::u128(..)),
        started: OffsetDateTime::now_utc(),
        command: command.to_owned(),
        target: D::NAME.to_owned(),
        attribute: destination.attribute().to_owned(),
        user: destination.user().to_owned(),
        server: destination.server(),
        domain: domain.dn.clone(),
        base_dn: domain.base_dn.clone(),
        source: subject.source,
        arguments: words.to_vec(),
        undoes: subject.undoes,
        partial: subject.partial,
        follows: place.newest(),
    };
    Journal::create_within(place, header, max)
}

impl<D: Destination> Run<'_, D> {
    /// Returns a note that says how large the journal may grow if the photos of this many accounts are replaced; `None`
    /// if it stays small. A dry run goes on even if the journal might grow too large.
    ///
    /// # Errors
    /// When the journal might grow larger than `--max-journal` allows. Nothing was written then.
    pub(in crate::command) fn heed_journal(&self, accounts: usize) -> Result<Option<String>, Failure> {
        let Some(each) = D::JOURNALED_BYTES.filter(|_| accounts > 0) else { return Ok(None) };
        let (size, max) = (Size(each.saturating_mul(accounts as u64)), self.order.max_journal);
        let text = format!(
            "the journal may grow to {size}: it keeps the photos that are replaced, up to {} an account",
            Size(each)
        );
        if !self.order.dry_run && size > max {
            return Err(Failure::new(format!("nothing was written: {text}; --max-journal allows only {max}")).hint(
                format!("if its disk has the room, --max-journal \"{size}\" allows it; or import the photos in parts"),
            ));
        }
        let excess = if self.order.dry_run && size > max {
            format!("; --max-journal allows only {max}, so without --dry-run nothing would be written")
        } else {
            String::new()
        };
        Ok(Some(text + &excess))
    }
}

/// Completes the journal, and says how to take the run back.
pub(super) fn end(
    journal: Journal,
    restores: &str,
    report: &Report,
    stop: &Stop,
    progress: &Progress,
) -> Result<(), JournalError> {
    let left = report.count(Status::Failed) + report.count(Status::NotAttempted);
    let done = [Status::Written, Status::Removed, Status::Restored].into_iter().map(|status| report.count(status));
    let is_sure =
        stop.why().is_none() && !report.records.have(Code::NotConfirmed) && !report.records.have(Code::Conflict);
    let path = journal.finish(stop.why().is_some(), left as u64)?;
    // If nothing was changed, there is nothing to take back.
    if let Some(path) = path.filter(|_| done.sum::<usize>() > 0 || !is_sure) {
        let folder = Folder::of_user().ok();
        let name = folder.and_then(|folder| folder.name_of(&path).map(str::to_owned));
        let name = name.unwrap_or_else(|| format!("\"{}\"", path.display()));
        progress.note(&format!("`adphoto undo {name}` takes this run back, restoring photos {restores}"));
    }
    Ok(())
}

/// Deletes journals that are older than the user wants to keep them. If that fails, the run has still done its work.
pub(super) fn delete_old(days: u32, progress: &Progress) {
    let deleted = match Folder::of_user().and_then(|folder| folder.expire(days)) {
        Ok(deleted) => deleted,
        Err(error) => return progress.note(&format!("old journals could not be deleted (--keep-journals): {error}")),
    };
    deleted.iter().for_each(|path| progress.log(&format!("deleted {}", path.display())));
    let age = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    match deleted.len() {
        0 => {}
        1 => progress.note(&format!(
            "deleted 1 journal that was at least {age} old (--keep-journals): its run can no longer be taken back"
        )),
        number => progress.note(&format!(
            "deleted {number} journals that were at least {age} old (--keep-journals): their runs can no longer be taken \
             back"
        )),
    }
}
