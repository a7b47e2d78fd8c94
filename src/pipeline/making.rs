//! Makes what accounts are to hold, and finds out how that changes them.

use std::ops::ControlFlow::{Break, Continue};

use super::change::Change;
use super::reading::{Holding, Read};
use super::render::Anew;
use super::setup::Pipeline;
use super::task::{Flow, Task, Wanted};
use crate::destination::Destination;
use crate::directory::HeldPhoto;
use crate::hash::Hash;
use crate::report::{Reason, Record, Status};

/// A task, and the change that it requires.
pub(super) struct Made {
    pub(super) task: Task,
    pub(super) change: Change,
    pub(super) writable: Option<bool>,
    /// The hash of the thumbnail that was made of a file, if one was.
    pub(super) picture: Option<Hash>,
}

/// The thumbnail of a file.
enum Thumbnail {
    /// The thumbnail that the account holds, by its hash.
    Held(Hash),
    /// A thumbnail that was made in this run. It may be another one than the account holds.
    New(Vec<u8>),
}

impl Thumbnail {
    fn hash(&self) -> Hash {
        match self {
            Self::Held(hash) => *hash,
            Self::New(photo) => Hash::of(photo),
        }
    }
}

impl<D: Destination> Pipeline<'_, D> {
    /// Makes what the account is to hold, and finds out how that changes it.
    pub(super) async fn make(&self, flow: Flow<Read>) -> Flow<Made> {
        let Read { mut task, held } = flow?;
        let held = match held {
            Holding::Read(held) => held,
            Holding::AsSent(remembered) => {
                let thumbnail = self.thumbnail(&mut task, Some(remembered.sent)).await?;
                if thumbnail.hash() == remembered.sent {
                    task.record.reasons.push(Reason::seen_earlier(remembered.seen));
                    let (change, picture) = (Change::Unchanged { photo: None }, Some(remembered.sent));
                    return Continue(Made { task, change, writable: None, picture });
                }
                // The photo is to be replaced, so it has to be read after all.
                let (task, held) = self.read_itself(task).await?;
                return self.compared(task, held, thumbnail);
            }
        };
        let after = match &task.wanted {
            Wanted::Thumbnail { .. } => {
                let thumbnail = self.thumbnail(&mut task, held.photo.as_deref().map(Hash::of)).await?;
                return self.compared(task, held, thumbnail);
            }
            Wanted::Nothing => {
                task.record.reasons.extend(held.photo.is_none().then(Reason::no_photo));
                None
            }
            Wanted::Planned(planned) => match planned.photo_for(held.photo.as_deref()) {
                Ok(photo) => photo,
                Err(reason) => return Break(task.ends(Status::Failed, vec![reason])),
            },
            Wanted::Restored(past) => match past.photo_for(held.photo.as_deref()) {
                Ok((photo, remark)) => {
                    task.record.reasons.extend(remark);
                    photo
                }
                Err(reason) => return Break(task.ends(Status::Failed, vec![reason])),
            },
        };
        let change = match (held.photo, after) {
            (Some(photo), Some(after)) if self.destination.is_same(task.account, &photo, &after) => {
                Change::Unchanged { photo: Some(photo) }
            }
            (before, after) => Change::between(before, after),
        };
        Continue(Made { task, change, writable: held.writable, picture: None })
    }

    /// Makes the thumbnail of a task's file, unless it is known to be the one with the hash `held`.
    async fn thumbnail(&self, task: &mut Task, held: Option<Hash>) -> Flow<Thumbnail> {
        let Wanted::Thumbnail { file, renderer, .. } = &task.wanted else {
            return Break(task.record.clone());
        };
        let ends = |status, reason| Break(Record { status, reasons: vec![reason], ..task.record.clone() });
        let (record, doubts, misplaced, thumbnail) = match renderer.render_for(file.clone(), task.account, held).await {
            Some(Ok(Anew::Held { doubts, sha256 })) => match held {
                Some(held) => (Record { sha256, ..task.record.clone() }, doubts, None, Thumbnail::Held(held)),
                None => return ends(Status::NotAttempted, self.stop.reason()),
            },
            Some(Ok(Anew::Made(rendered))) => {
                let record = rendered.noted(task.record.clone(), self.album);
                let thumbnail = rendered.thumbnail;
                (record, thumbnail.doubts, thumbnail.misplaced, Thumbnail::New(thumbnail.jpeg))
            }
            Some(Err(reason)) => return ends(Status::Failed, reason),
            None => return ends(Status::NotAttempted, self.stop.reason()),
        };
        task.record = record;
        task.record.reasons.extend(doubts.iter().map(Reason::from));
        task.record.misplaced = misplaced;
        Continue(thumbnail)
    }

    /// Compares the thumbnail of a task with what its account holds.
    fn compared(&self, task: Task, held: HeldPhoto, thumbnail: Thumbnail) -> Flow<Made> {
        let (picture, writable) = (Some(thumbnail.hash()), held.writable);
        let change = match (held.photo, thumbnail) {
            (photo, Thumbnail::Held(hash)) => {
                photo.iter().for_each(|photo| self.destination.remember(task.account, photo, hash));
                Change::Unchanged { photo }
            }
            (Some(photo), Thumbnail::New(after)) if self.destination.is_same(task.account, &photo, &after) => {
                self.destination.remember(task.account, &photo, Hash::of(&after));
                Change::Unchanged { photo: Some(photo) }
            }
            (before, Thumbnail::New(after)) => Change::between(before, Some(after)),
        };
        if task.is_outdated(&change) {
            return Break(task.ends(Status::Failed, vec![Reason::changed_since_approval()]));
        }
        let is_changed = || self.destination.is_changed_since(task.account, change.before());
        if !matches!(change, Change::Unchanged { .. }) && is_changed() {
            return Break(task.ends(Status::Failed, vec![Reason::changed_since_sent()]));
        }
        Continue(Made { task, change, writable, picture })
    }
}
