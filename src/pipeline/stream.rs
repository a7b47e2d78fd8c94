//! The stream that every change goes through: read what the account holds, make what it is to hold, compare, apply.
//!
//! Everything is bounded: the accounts that are read, the photos that are rendered and the writes that are in progress
//! at the same time. Records come out in the order in which the tasks went in.

use std::future::ready;
use std::ops::ControlFlow::{Break, Continue};

use futures_util::{Stream, StreamExt, stream};

use super::apply::{Outcome, Refusal};
use super::brake::{self, MaxChanges};
use super::change::Change;
use super::plan::Plan;
use super::reading::{ACCOUNTS_A_READ, READS_AT_ONCE, Read};
use super::setup::Pipeline;
use super::stop::Why;
use super::task::{Flow, Task, Tasks, Wanted};
use crate::destination::{Destination, Refused, Refusing};
use crate::failure::{Context, Failure};
use crate::progress::Stage;
use crate::report::{Code, Reason, Record, Records, Status};

/// A task, and the change that it requires.
struct Made {
    task: Task,
    change: Change,
    writable: Option<bool>,
}

impl<D: Destination> Pipeline<'_, D> {
    /// Does everything except applying, so that all changes are known before the first is made. If there are more
    /// changes than `most` allows, no task goes on.
    pub(crate) async fn planned_within(&self, tasks: impl Tasks, most: Option<MaxChanges>) -> Result<Plan, Failure> {
        let tasks = tasks.into_iter();
        let planning = self.progress.stage("Planning", tasks.len());
        let planned = self.plan(tasks, &planning).await.context("cannot keep the plan in a temporary file");
        let folder = std::env::temp_dir();
        let planned = planned.map_err(|failure| {
            failure.hint(format!(
                "nothing was written; make room in {}, or set {} to another folder",
                folder.display(),
                if cfg!(windows) { "TMP" } else { "TMPDIR" }
            ))
        })?;
        drop(planning);
        match most {
            Some(most) => brake::check(planned, most, self.destination, self.stop, self.applier.is_dry_run()).await,
            None => Ok(planned),
        }
    }

    /// Processes every task, and returns its record.
    pub(crate) async fn run(&self, tasks: impl Tasks, stage: &'static str) -> Records {
        let tasks = tasks.into_iter();
        let stage = self.progress.stage(stage, tasks.len());
        let applied = self
            .made(tasks)
            .zip(stream::iter(0..))
            .map(|(made, row)| self.apply(made, row))
            .buffered(self.treatment.in_flight);
        let keep = |mut records: Records, record: Record| {
            stage.advance(1);
            record.log(self.progress);
            records.push(record);
            ready(records)
        };
        applied.fold(Records::default(), keep).await
    }

    /// Returns the tasks that change something, to be run later, and the records of those that do not. If somebody
    /// changes a photo before then, that photo is kept.
    async fn plan(&self, tasks: impl Iterator<Item = Flow<Task>>, stage: &Stage) -> std::io::Result<Plan> {
        let add = |mut plan: Plan, made| {
            self.add(made, &mut plan);
            stage.advance(1);
            ready(plan)
        };
        let plan = self.made(tasks).fold(Plan::new()?, add).await;
        plan.check()?;
        Ok(plan)
    }

    /// Makes what the accounts are to hold, in the order of the tasks.
    fn made(&self, tasks: impl Iterator<Item = Flow<Task>>) -> impl Stream<Item = Flow<Made>> {
        stream::iter(tasks)
            .chunks(ACCOUNTS_A_READ)
            .map(|tasks| self.read(tasks))
            .buffered(READS_AT_ONCE)
            .flat_map(stream::iter)
            .map(|read| self.make(read))
            .buffered(self.treatment.made_ahead)
            .map(|made| self.brake(made))
    }

    /// Adds what was made to a plan: a task, or the record of a task that changes nothing.
    fn add(&self, made: Flow<Made>, plan: &mut Plan) {
        match made {
            Break(record) => plan.add_done(record),
            Continue(Made { mut task, change: Change::Unchanged { photo }, .. }) => {
                task.record.after = photo.as_deref().map(|photo| self.album.keep(photo));
                plan.add_done(Record { status: Status::Unchanged, ..task.record });
            }
            Continue(Made { task, change, .. }) => plan.add(task, &change),
        }
    }

    /// Applies the brake for one picture that goes to more accounts than one person can have.
    fn brake(&self, made: Flow<Made>) -> Flow<Made> {
        let mut made = made?;
        let (Wanted::Thumbnail { .. }, Some(photo)) = (&made.task.wanted, made.change.after()) else {
            return Continue(made);
        };
        let (user, mut pictures) = (&made.task.record.user, self.pictures.borrow_mut());
        if matches!(made.change, Change::Unchanged { .. }) {
            pictures.has(photo, user);
            return Continue(made);
        }
        match pictures.give(photo, user) {
            Continue(remark) => {
                // If it is the same file, the record says so already.
                let said = made.task.record.reasons.iter().any(|reason| reason.code == Code::SamePhoto);
                made.task.record.reasons.extend(remark.filter(|_| !said));
                Continue(made)
            }
            Break(_) if self.stop.why().is_some() => Break(made.task.not_attempted(self.stop)),
            Break(reason) => {
                if self.applier.is_dry_run() {
                    self.stop.foresee(Why::Identical)
                } else {
                    self.stop.ask(Why::Identical)
                }
                Break(made.task.ends(Status::NotAttempted, vec![reason]))
            }
        }
    }

    /// Makes what the account is to hold, and finds out how that changes it.
    async fn make(&self, flow: Flow<Read>) -> Flow<Made> {
        let Read { mut task, held } = flow?;
        let after = match &task.wanted {
            Wanted::Thumbnail { file, renderer, .. } => {
                match renderer.render_for(file.clone(), task.account, held.photo.as_deref()).await {
                    Some(Ok(rendered)) => {
                        task.record = rendered.noted(task.record, self.album);
                        let thumbnail = rendered.thumbnail;
                        task.record.reasons.extend(thumbnail.doubts.iter().map(Reason::from));
                        task.record.misplaced = thumbnail.misplaced;
                        Some(thumbnail.jpeg)
                    }
                    Some(Err(reason)) => return Break(task.ends(Status::Failed, vec![reason])),
                    None => return Break(task.not_attempted(self.stop)),
                }
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
        if task.is_outdated(&change) {
            return Break(task.ends(Status::Failed, vec![Reason::changed_since_approval()]));
        }
        Continue(Made { task, change, writable: held.writable })
    }

    /// Applies a change, and returns its record. Some errors stop the whole run.
    async fn apply(&self, flow: Flow<Made>, row: u64) -> Record {
        let Made { mut task, change, writable } = match flow {
            Continue(made) => made,
            Break(record) => return record,
        };
        // A write that was begun is always completed. Before that, Ctrl-C must not have to wait for a connection.
        let ready = tokio::select! {
            biased;
            () = self.stop.asked() => return task.not_attempted(self.stop),
            ready = self.destination.ready() => ready,
        };
        let applied = match ready {
            Ok(()) => self.applier.apply(task.target(row), &change, writable).await,
            Err(error) => Err(Refusal::Write(self.destination.not_sent(error))),
        };
        let (done, would_do) = task.statuses();
        let status = match applied {
            Ok(Outcome::Done { is_visible }) => {
                task.record.reasons.extend((!is_visible).then(Reason::not_visible_yet));
                done
            }
            Ok(Outcome::WouldDo) => would_do,
            Ok(Outcome::Unchanged) => Status::Unchanged,
            Err(refusal) => {
                let why = match &refusal {
                    Refusal::Write(error) if error.refused() == Refused::NotSent => Some(Why::DirectoryFailed),
                    Refusal::Write(error) if error.refused() == Refused::NotRecorded => Some(Why::JournalFailed),
                    _ => None,
                };
                let status = if why.is_some() { Status::NotAttempted } else { Status::Failed };
                why.into_iter().for_each(|why| self.stop.ask(why));
                return task.ends(status, vec![Reason::from(&refusal)]);
            }
        };
        task.record.after = change.after().map(|photo| self.album.keep(photo));
        Record { status, ..task.record }
    }
}
