//! Tasks: what is to be done to one account.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::apply::Target;
use super::change::Change;
use super::past::Restored;
use super::photo_file::PhotoFile;
use super::render::Renderer;
use super::stop::Stop;
use crate::album::{Album, Picture};
use crate::directory::{Guid, Server};
use crate::hash::Hash;
use crate::report::{Code, Reason, Record, Status};
use crate::source::Before;

/// A value in the stream. `Break` is a task that is finished except for being reported.
pub(crate) type Flow<T> = ControlFlow<Record, T>;

/// Tasks of which each is made when its turn comes, with their number.
pub(crate) trait Tasks: IntoIterator<Item = Flow<Task>, IntoIter: ExactSizeIterator> {}

impl<T: IntoIterator<Item = Flow<Task>, IntoIter: ExactSizeIterator>> Tasks for T {}

/// An account whose photo is to be changed.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) account: Guid,
    /// The only server that may be asked; `None` for any.
    pub(crate) server: Option<Server>,
    pub(crate) wanted: Wanted,
    /// The record so far. Its reasons stay as remarks if the task succeeds.
    pub(crate) record: Record,
}

/// What an account is to hold.
#[derive(Debug)]
pub(crate) enum Wanted {
    /// A thumbnail of a file.
    Thumbnail {
        file: PhotoFile,
        renderer: Arc<Renderer>,
        /// What the account must hold, because the approver saw that; `None` if nobody looked.
        over: Option<Before>,
    },
    /// No photo.
    Nothing,
    /// What the account held before the runs that are taken back.
    Restored(Restored),
    /// What was planned earlier in this run.
    Planned(Planned),
}

/// A change that was worked out earlier in this run and only has to be applied.
#[derive(Debug)]
pub(crate) struct Planned {
    /// The hash of what the account held then.
    before: Option<Hash>,
    after: Option<Picture>,
    /// The album that keeps `after`.
    plan: Arc<Album>,
    statuses: (Status, Status),
}

impl Wanted {
    /// Returns whether an account that shows no photo would be left as it is.
    pub(crate) fn is_none_where_none_is(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Restored(past) => !matches!(past.photo_for(None), Ok((Some(_), _))),
            Self::Thumbnail { .. } | Self::Planned(_) => false,
        }
    }
}

impl Task {
    /// Returns whether the account no longer holds what the approver saw. If nothing would change, the approved photo
    /// was put there since then, which is fine.
    pub(crate) fn is_outdated(&self, change: &Change) -> bool {
        match &self.wanted {
            Wanted::Thumbnail { over: Some(before), .. } => {
                !matches!(change, Change::Unchanged { .. }) && !before.is(change.before())
            }
            _ => false,
        }
    }

    pub(crate) fn ends(self, status: Status, reasons: Vec<Reason>) -> Record {
        Record { status, reasons, ..self.record }
    }

    pub(crate) fn not_attempted(self, stop: &Stop) -> Record {
        self.ends(Status::NotAttempted, vec![stop.reason()])
    }

    /// Returns the change as a plan for later. The new photo is kept in `plan` until then.
    pub(super) fn planned(&self, change: &Change, plan: &Arc<Album>) -> Planned {
        let (before, after) = (change.before().map(Hash::of), change.after().map(|photo| plan.keep(photo)));
        Planned { before, after, plan: plan.clone(), statuses: self.statuses() }
    }

    pub(crate) fn target(&self, row: u64) -> Target<'_> {
        let dn = self.record.dn.as_deref().unwrap_or_default();
        Target { account: self.account, dn, user: &self.record.user, server: self.server.as_ref(), row }
    }

    /// Returns the status of the task when it is done, and the one in a dry run.
    pub(crate) fn statuses(&self) -> (Status, Status) {
        match &self.wanted {
            Wanted::Thumbnail { .. } => (Status::Written, Status::WouldWrite),
            Wanted::Nothing => (Status::Removed, Status::WouldRemove),
            Wanted::Restored(_) => (Status::Restored, Status::WouldRestore),
            Wanted::Planned(planned) => planned.statuses,
        }
    }
}

impl Planned {
    /// Returns whether a photo would be replaced with another.
    pub(super) fn replaces(&self) -> bool {
        self.before.is_some() && self.after.is_some()
    }

    /// Returns the photo that was planned, if the account still holds the same as then.
    pub(crate) fn photo_for(&self, held: Option<&[u8]>) -> Result<Option<Vec<u8>>, Reason> {
        if held.map(Hash::of) != self.before {
            return Err(Reason::conflict());
        }
        let Some(picture) = &self.after else { return Ok(None) };
        let lost = |why: String| Reason::new(Code::PlanLost, format!("the planned thumbnail cannot be read{why}"));
        let photo = self.plan.look(picture).map_err(|error| lost(format!(": {error}")))?;
        photo.map(Some).ok_or_else(|| lost(String::new()))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::super::render::Making;
    use super::{PhotoFile, Renderer, Stop, Task, Wanted};
    use crate::album::Album;
    use crate::directory::Guid;
    use crate::hash::Hash;
    use crate::pipeline::Change;
    use crate::report::{Code, Reason, Status, record};
    use crate::source::{Before, Key, Photo};

    fn planned(before: Option<&[u8]>, after: Option<&[u8]>) -> (Task, Arc<Album>) {
        let photo = Photo { key: Key::Exact("anna".into()), path: PathBuf::new(), row: None };
        let record = record::of_photo(&photo, Status::NotAttempted, Vec::new());
        let making = Making::AsIs { max_bytes: 0 };
        let renderer = Arc::new(Renderer::new(Some(1), making, &Stop::default()));
        let wanted = Wanted::Thumbnail { file: PhotoFile::from(&photo), renderer, over: None };
        let task = Task { account: Guid([1; 16]), server: None, wanted, record };
        let plan = Arc::new(Album::new().expect("a temporary file"));
        let change = Change::between(before.map(<[u8]>::to_vec), after.map(<[u8]>::to_vec));
        let planned = task.planned(&change, &plan);
        (Task { wanted: Wanted::Planned(planned), ..task }, plan)
    }

    #[test]
    fn what_was_approved_goes_over_what_was_seen_and_nothing_else() {
        let change = |held: Option<&[u8]>| Change::between(held.map(<[u8]>::to_vec), Some(b"new".to_vec()));
        let (old, seen) = (b"old".as_slice(), Before::Photo(Hash::of(b"old")));
        for (over, held, outdated) in [
            (None, Some(old), false),
            (Some(seen), Some(old), false),
            (Some(seen), None, true),
            (Some(seen), Some(b"theirs"), true),
            (Some(seen), Some(b"new"), false),
            (Some(Before::Nothing), None, false),
            (Some(Before::Nothing), Some(old), true),
            (Some(Before::Nothing), Some(b"new"), false),
            (Some(Before::NotShown), Some(old), false),
        ] {
            let (task, _) = planned(None, None);
            let renderer = Arc::new(Renderer::new(Some(1), Making::AsIs { max_bytes: 0 }, &Stop::default()));
            let file = PhotoFile { path: PathBuf::new(), is_found: true, sha256: None, crop: None };
            let task = Task { wanted: Wanted::Thumbnail { file, renderer, over }, ..task };
            assert_eq!(task.is_outdated(&change(held)), outdated, "{over:?} {held:?}");
        }
    }

    #[test]
    fn a_plan_holds_only_for_the_photo_that_was_there() {
        for (before, after) in
            [(Some(b"old".as_slice()), Some(b"new".as_slice())), (None, Some(b"new")), (Some(b"old"), None)]
        {
            let (task, _) = planned(before, after);
            assert_eq!(task.statuses(), (Status::Written, Status::WouldWrite));
            let Wanted::Planned(planned) = &task.wanted else { panic!("{task:?}") };
            assert_eq!(planned.replaces(), before.is_some() && after.is_some());
            assert_eq!(planned.photo_for(before), Ok(after.map(<[u8]>::to_vec)));
            for theirs in [None, Some(b"theirs".as_slice()), after].into_iter().filter(|held| *held != before) {
                let Err(Reason { code, .. }) = planned.photo_for(theirs) else { panic!("{theirs:?} was not there") };
                assert_eq!(code, Code::Conflict);
            }
        }
    }
}
