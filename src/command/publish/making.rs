//! Makes people's pictures from their photos, on all processors, and writes those that differ to the tree.

use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use super::people::{Original, Person};
use crate::account_pictures::{Cache, Entry, Job, Lock, Looked, Rendering, SIZES, Tree, TreeError, look};
use crate::album::{Album, Picture};
use crate::directory::Sid;
use crate::hash::Hash;
use crate::naming::some_of;
use crate::panics::{Panicked, joined};
use crate::pipeline::{Content, Flow, PhotoFile, Pictures, Slot, Stop, Why, Workers, too_many};
use crate::report::{Code, Reason, Record, Status};
use crate::source::ReadError;
use crate::thumbnail::Crop;

/// Makes and writes the pictures of a run.
pub(super) struct Maker<'r> {
    pub(super) tree: Arc<Tree>,
    /// The right to write to the tree; `None` in a dry run.
    pub(super) lock: Option<Arc<Lock>>,
    pub(super) cache: Arc<Cache>,
    pub(super) rendering: Rendering,
    pub(super) workers: Workers,
    pub(super) dry_run: bool,
    pub(super) stop: Stop,
    pub(super) album: &'r Album,
}

/// A person whose pictures are made but not written yet.
pub(super) struct Made {
    pub(super) record: Record,
    pub(super) sid: Option<Sid>,
    /// Whether the photo comes from `--photos`. Only then is it checked that not too many people get the same picture.
    is_original: bool,
    /// The entry for the cache; `None` if no pictures were made.
    entry: Option<Entry>,
    /// The pictures to write, each with its size.
    jpegs: Vec<(u32, Jpeg)>,
}

/// A photo whose content is in memory.
enum Photo {
    /// The directory holds it.
    Held(Vec<u8>),
    /// It was read from a file, whose hash is still to be checked.
    Read(Content, PhotoFile),
}

/// A picture that is in memory, or kept in the album of a plan.
enum Jpeg {
    Here(Vec<u8>),
    Kept(Picture),
}

/// A person who is done: the pictures are written, were up to date, or could not be made or written.
pub(super) struct Written {
    pub(super) record: Record,
    pub(super) sid: Option<Sid>,
    /// The cache entry for what the tree holds now, if that is known.
    pub(super) entry: Option<Entry>,
}

impl Maker<'_> {
    /// Makes a person's pictures, and compares them with the published ones.
    pub(super) async fn make(&self, flow: Flow<Person>) -> Made {
        let Person { sid, photo, record } = match flow {
            Continue(person) => person,
            Break(record) => return Made::none(record, None),
        };
        let crop = photo.crop().map_or(self.rendering.crop, Crop::ByHand);
        let rendering = Rendering { crop, ..self.rendering };
        let is_original = matches!(photo, Original::File(_));
        let read = {
            let (sid, tree) = (sid.clone(), self.tree.clone());
            move |slot: &mut Slot| {
                let photo = Photo::read(photo, slot).map_err(|error| Failed::of(Reason::from(&error)))?;
                // The published pictures are read ahead, too: they are on a share.
                let there = tree.pictures(&sid).map_err(|error| of_tree(&error, &tree))?;
                Ok(Continue((photo, there)))
            }
        };
        let make = {
            let (sid, cache) = (sid.clone(), self.cache.clone());
            move |(photo, there): (Photo, _)| {
                let photo = photo.checked().map_err(|error| Failed::of(Reason::from(&error)))?;
                let job = Job { sid: &sid, photo, rendering, copies: true };
                look(&job, &there, &cache).map_err(|error| Failed::of(Reason::from(&error)))
            }
        };
        match self.workers.work(read, make).await {
            Some(Ok(looked)) => self.looked(looked, sid, record, is_original),
            Some(Err(failed)) => Made::none(self.failed(record, failed), Some(sid)),
            None => Made::none(not_attempted(record, &self.stop), Some(sid)),
        }
    }

    fn looked(&self, looked: Looked, sid: Sid, mut record: Record, is_original: bool) -> Made {
        let Looked { entry, differing, shown, doubts, misplaced } = looked;
        record.reasons.extend(doubts.iter().map(Reason::from));
        record.misplaced = misplaced;
        record.reasons.extend(fewer_pixels(entry.largest));
        record.after = shown.map(|jpeg| self.album.keep(&jpeg));
        record.status = match (differing.is_empty(), self.dry_run) {
            (true, _) => Status::Unchanged,
            (false, true) => Status::WouldPublish,
            (false, false) => Status::Published,
        };
        let jpegs = differing.into_iter().filter(|_| !self.dry_run).map(|(size, jpeg)| (size, Jpeg::Here(jpeg)));
        Made { record, sid: Some(sid), is_original, entry: Some(entry), jpegs: jpegs.collect() }
    }

    /// Stops the run before more people get the same picture than one person can have accounts.
    pub(super) fn brake(&self, mut made: Made, pictures: &mut Pictures) -> Made {
        // Who comes behind the one at whom the run was stopped gets nothing, however many people were made ahead.
        if made.changes() && self.stop.why().is_some() {
            return Made::none(not_attempted(made.record, &self.stop), made.sid);
        }
        let Some(entry) = made.entry.as_ref().filter(|_| made.is_original) else { return made };
        let picture = Hash::of(entry.files.to_string().as_bytes());
        if !made.changes() {
            // People who have the picture already count, too. Otherwise, a run that was stopped here would give it to a
            // few more people each time it is started again.
            pictures.has(picture, &made.record.user);
            return made;
        }
        match pictures.give(picture, &made.record.user) {
            Continue(remark) => {
                let is_said = made.record.has(Code::SamePhoto);
                made.record.reasons.extend(remark.filter(|_| !is_said));
                made
            }
            Break(_) if self.stop.why().is_some() => Made::none(not_attempted(made.record, &self.stop), made.sid),
            Break(reason) => {
                match self.dry_run {
                    true => self.stop.foresee(Why::Identical),
                    false => self.stop.ask(Why::Identical),
                }
                Made::none(Record { status: Status::NotAttempted, reasons: vec![reason], ..made.record }, made.sid)
            }
        }
    }

    /// Writes the pictures that differ. `plan` is the album that keeps those that are not in memory.
    pub(super) async fn write(&self, made: Made, plan: Option<&Album>) -> Written {
        let changes = made.changes() && !self.dry_run;
        let Made { record, sid, entry, jpegs, .. } = made;
        let Some(whose) = sid.clone().filter(|_| changes) else { return Written { record, sid, entry } };
        // If the brake stopped the run because of identical pictures, the people before that are still written. How
        // slow the share is must not decide which of them are.
        if self.stop.why().is_some_and(|why| *why != Why::Identical) {
            return Written { record: not_attempted(record, &self.stop), sid, entry: None };
        }
        let content = |(size, jpeg)| match (jpeg, plan) {
            (Jpeg::Here(jpeg), _) => Some((size, jpeg)),
            (Jpeg::Kept(picture), plan) => Some((size, plan?.look(&picture).ok()??)),
        };
        let Some(jpegs) = jpegs.into_iter().map(content).collect::<Option<Vec<_>>>() else {
            let reason =
                Reason::with(Code::PlanLost, &"the planned pictures could not be read back", "run the same again");
            return Written {
                record: Record { status: Status::Failed, reasons: vec![reason], ..record },
                sid,
                entry: None,
            };
        };
        let (tree, lock) = (self.tree.clone(), self.lock.clone());
        let writing = tokio::task::spawn_blocking(move || {
            let jpegs = jpegs.iter().map(|(size, jpeg)| (*size, jpeg.as_slice()));
            let written = lock.map_or(Ok(()), |lock| lock.check()).and_then(|()| tree.write(&whose, jpegs));
            written.map_err(|error| of_tree(&error, &tree))
        });
        match joined(writing).await {
            Ok(()) => Written { record, sid, entry },
            Err(failed) => Written { record: self.failed(record, failed), sid, entry: None },
        }
    }

    /// Records a failure. If nothing more can be written after it, the run is stopped.
    fn failed(&self, record: Record, failed: Failed) -> Record {
        if let Some(why) = failed.ends_the_run {
            self.stop.ask(Why::FolderFailed(why));
        }
        Record { status: Status::Failed, reasons: vec![failed.reason], after: None, ..record }
    }

    /// Removes a person's pictures from the tree.
    pub(super) fn clear(&self, sid: &Sid, mut record: Record) -> Record {
        if self.dry_run {
            return Record { status: Status::WouldRemove, ..record };
        }
        if self.stop.why().is_some() {
            return not_attempted(record, &self.stop);
        }
        let has_lock = self.lock.as_ref().map_or(Ok(()), |lock| lock.check());
        match has_lock.and_then(|()| self.tree.clear(sid)) {
            Ok(cleared) if cleared.left.is_empty() => Record { status: Status::Removed, ..record },
            Ok(cleared) => {
                let text = format!("the folder stays, as it holds {}", some_of(&cleared.left));
                record.reasons.push(Reason::new(Code::InTheWay, text));
                Record { status: Status::Removed, ..record }
            }
            Err(error) => self.failed(record, of_tree(&error, &self.tree)),
        }
    }
}

impl Photo {
    fn read(photo: Original, slot: &mut Slot) -> Result<Self, ReadError> {
        match photo {
            Original::Held(photo) => Ok(Self::Held(photo)),
            Original::File(file) => Ok(Self::Read(file.read(slot)?.0, file)),
        }
    }

    fn checked(&self) -> Result<&[u8], ReadError> {
        match self {
            Self::Held(photo) => Ok(photo),
            Self::Read(photo, file) => file.check(photo, false).map(|_| &**photo),
        }
    }
}

impl Made {
    /// Returns a person for whom nothing is written.
    fn none(record: Record, sid: Option<Sid>) -> Self {
        Self { record, sid, is_original: false, entry: None, jpegs: Vec::new() }
    }

    /// Returns whether the person's pictures change, or would change without `--dry-run`.
    pub(super) fn changes(&self) -> bool {
        matches!(self.record.status, Status::Published | Status::WouldPublish)
    }

    /// Moves the pictures from memory to the album `plan`.
    pub(super) fn kept_in(self, plan: &Album) -> Self {
        let keep = |(size, jpeg)| match jpeg {
            Jpeg::Here(jpeg) => (size, Jpeg::Kept(plan.keep(&jpeg))),
            kept @ Jpeg::Kept(_) => (size, kept),
        };
        Self { jpegs: self.jpegs.into_iter().map(keep).collect(), ..self }
    }
}

/// A person's pictures could not be made, written or removed.
struct Failed {
    reason: Reason,
    /// The reason why nothing more can be written; `None` if the run can go on.
    ends_the_run: Option<String>,
}

impl Failed {
    fn of(reason: Reason) -> Self {
        Self { reason, ends_the_run: None }
    }
}

impl From<Panicked> for Failed {
    fn from(panicked: Panicked) -> Self {
        Self::of(panicked.into())
    }
}

/// Returns the remark about pictures that have fewer pixels than their names say; `None` if the largest one has them all.
pub(in crate::command) fn fewer_pixels(largest: u32) -> Option<Reason> {
    let text =
        || format!("the photo has {largest}×{largest} pixels: larger pictures have as many, and Windows scales them");
    (largest < SIZES[SIZES.len() - 1]).then(|| Reason::new(Code::FewerPixels, text()))
}

fn of_tree(error: &TreeError, tree: &Tree) -> Failed {
    Failed { reason: Reason::from(error), ends_the_run: error.ends_the_run(tree).then(|| error.to_string()) }
}

fn not_attempted(record: Record, stop: &Stop) -> Record {
    let reason = match stop.why() {
        Some(Why::TooManyChanges(text)) => too_many(text),
        _ => stop.reason(),
    };
    let reasons = [record.reasons, vec![reason]].concat();
    Record { status: Status::NotAttempted, reasons, after: None, ..record }
}
