//! The stream that every change goes through: read what the account holds, make what it shall hold, compare, apply.
//!
//! Everything is bounded: accounts read at once, photos rendered at once, writes on their way at once. Records come out
//! in the order in which tasks went in.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use futures_util::future::try_join_all;
use futures_util::{Stream, StreamExt, stream};

use super::apply::{Applier, Mode, Outcome, Refusal};
use super::brake::{self, MaxChanges, Pictures};
use super::change::Change;
use super::reading::{self, ACCOUNTS_A_READ, READS_AT_ONCE};
use super::render::Rendered;
use super::stop::{Stop, Why};
use super::task::{Flow, Task, Wanted};
use crate::album::Album;
use crate::destination::{Destination, Refused, Refusing};
use crate::directory::{Guid, HeldPhoto, Server};
use crate::failure::{Context, Failure};
use crate::progress::{Progress, Stage};
use crate::report::{Code, Reason, Record, Status};

/// A task, and what its account holds.
struct Read {
    task: Task,
    held: HeldPhoto,
}

/// And what it shall hold.
struct Made {
    task: Task,
    change: Change,
    writable: Option<bool>,
}

/// How a run treats its tasks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Treatment {
    /// Accounts that have a photo are left.
    pub(crate) only_missing: bool,
    /// One picture may go to any number of accounts.
    pub(crate) allow_identical: bool,
    /// Photos that may wait for a slower one before them.
    pub(crate) made_ahead: usize,
    /// Writes on their way at once: over a slow line, as many as fit into the time of one.
    pub(crate) in_flight: usize,
}

/// What tasks go through.
pub(crate) struct Pipeline<'r, D> {
    destination: &'r D,
    applier: Applier<'r, D>,
    /// Where reports find the photos.
    album: &'r Album,
    stop: &'r Stop,
    /// Whose log tells of each record as it comes.
    progress: &'r Progress,
    treatment: Treatment,
    /// How many accounts get each picture.
    pictures: RefCell<Pictures>,
}

impl<'r, D: Destination> Pipeline<'r, D> {
    pub(crate) fn new(
        destination: &'r D,
        mode: Mode<'r>,
        treatment: Treatment,
        album: &'r Album,
        stop: &'r Stop,
        progress: &'r Progress,
    ) -> Self {
        let pictures = RefCell::new(Pictures::new(treatment.allow_identical));
        let applier = Applier::new(destination, mode);
        Self { destination, applier, album, stop, progress, treatment, pictures }
    }

    /// Takes every task to its record; if `most` is given, only once it is known how many accounts are changed.
    pub(crate) async fn run(
        &self,
        mut tasks: Vec<Flow<Task>>,
        most: Option<MaxChanges>,
        stage: &'static str,
    ) -> Result<Vec<Record>, Failure> {
        if let Some(most) = most {
            let planning = self.progress.stage("Planning", tasks.len());
            let planned = self.plan(tasks, &planning).await.context("cannot keep the plan in a temporary file")?;
            drop(planning);
            tasks = brake::check(planned, most, self.destination, self.stop, self.applier.is_dry_run()).await?;
        }
        let stage = self.progress.stage(stage, tasks.len());
        let records = self
            .made(tasks)
            .map(|made| self.apply(made))
            .buffered(self.treatment.in_flight)
            .inspect(|record| {
                stage.advance(1);
                self.progress.log_record(record);
            })
            .collect();
        Ok(records.await)
    }

    /// Does everything but apply: what comes of it are tasks that change something, to be run
    /// like others, and records of those that do not. A photo that is changed until then is kept.
    async fn plan(&self, tasks: Vec<Flow<Task>>, stage: &Stage) -> std::io::Result<Vec<Flow<Task>>> {
        let plan = Arc::new(Album::new()?);
        let planned =
            self.made(tasks).map(|made| self.planned(made, &plan)).inspect(|_| stage.advance(1)).collect().await;
        plan.check()?;
        Ok(planned)
    }

    /// What the accounts shall hold, in the order of the tasks.
    fn made(&self, tasks: Vec<Flow<Task>>) -> impl Stream<Item = Flow<Made>> {
        stream::iter(tasks)
            .chunks(ACCOUNTS_A_READ)
            .map(|tasks| self.read(tasks))
            .buffered(READS_AT_ONCE)
            .flat_map(stream::iter)
            .map(|read| self.make(read))
            .buffered(self.treatment.made_ahead)
            .map(|made| self.brake(made))
    }

    fn planned(&self, made: Flow<Made>, plan: &Arc<Album>) -> Flow<Task> {
        let Made { mut task, change, .. } = made?;
        if let Change::Unchanged { photo } = &change {
            task.record.after = photo.as_deref().map(|photo| self.album.keep(photo));
            return Break(Record { status: Status::Unchanged, ..task.record });
        }
        Continue(task.planned(&change, plan))
    }

    /// Lets no more accounts pass with one picture than a person may have.
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
                // Said already where it is the same file.
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

    async fn read(&self, tasks: Vec<Flow<Task>>) -> Vec<Flow<Read>> {
        let mut answer = self.held(&tasks).await;
        let mut hidden = HashMap::new();
        if let Ok(held) = &answer {
            match self.hidden(&tasks, held).await {
                Ok(found) => hidden = found,
                Err(reason) => answer = Err(reason),
            }
        }
        let next = |flow: Flow<Task>| {
            let mut task = flow?;
            let answer = match &mut answer {
                Ok(answer) => answer,
                Err(reason) => return Break(task.ends(Status::NotAttempted, vec![reason.clone()])),
            };
            let Some(held) = answer.remove(&task.account) else {
                return Break(task.ends(Status::Failed, vec![Reason::refused(&self.destination.gone())]));
            };
            task.record.dn = Some(held.dn.clone());
            if let Some(reason) = hidden.remove(&task.account) {
                return Break(task.ends(Status::Failed, vec![reason]));
            }
            task.record.before = held.photo.as_deref().map(|photo| self.album.keep(photo));
            if let Some(photo) = held.photo.as_ref().filter(|_| self.treatment.only_missing) {
                // The brake counts it, or it would let pass the next few with each run.
                self.pictures.borrow_mut().has(photo, &task.record.user);
                let reason = Reason::new(Code::HasPhoto, "the account has a photo (--only-missing)");
                return Break(task.ends(Status::Skipped, vec![reason]));
            }
            Continue(Read { task, held })
        };
        tasks.into_iter().map(next).collect()
    }

    /// What the tasks' accounts hold, each as the server knows it that is to be asked.
    async fn held(&self, tasks: &[Flow<Task>]) -> Result<HashMap<Guid, HeldPhoto>, Reason> {
        let mut servers: Vec<(Option<&Server>, Vec<Guid>)> = Vec::new();
        for flow in tasks {
            let Continue(task) = flow else { continue };
            match servers.iter_mut().find(|(server, _)| *server == task.server.as_ref()) {
                Some((_, accounts)) => accounts.push(task.account),
                None => servers.push((task.server.as_ref(), vec![task.account])),
            }
        }
        let with_rights = self.applier.is_dry_run();
        let answers = servers
            .iter()
            .map(|(server, accounts)| reading::held(self.destination, *server, accounts, with_rights, self.stop));
        Ok(try_join_all(answers).await?.into_iter().flatten().collect())
    }

    /// Of the tasks that would leave an account as it is because it shows no photo, those whose photo may be hidden.
    async fn hidden(
        &self,
        tasks: &[Flow<Task>],
        held: &HashMap<Guid, HeldPhoto>,
    ) -> Result<HashMap<Guid, Reason>, Reason> {
        let without_photo = |task: &&Task| held.get(&task.account).is_some_and(|held| held.photo.is_none());
        let doubtful: Vec<Guid> = tasks
            .iter()
            .filter_map(|flow| match flow {
                Continue(task) => Some(task),
                Break(_) => None,
            })
            .filter(without_photo)
            .filter(|task| task.wanted.is_none_where_none_is())
            .map(|task| task.account)
            .collect();
        match self.stop.unless_asked(self.destination.hidden(&doubtful)).await {
            None => Err(Reason::stopped()),
            Some(Ok(hidden)) => Ok(hidden.into_iter().map(|(guid, hidden)| (guid, Reason::hidden(hidden))).collect()),
            Some(Err(error)) => Err(reading::lost(&error, self.stop)),
        }
    }

    async fn make(&self, flow: Flow<Read>) -> Flow<Made> {
        let Read { mut task, held } = flow?;
        let after = match &task.wanted {
            Wanted::Thumbnail { file, renderer } => match renderer.render(file.clone()).await {
                Some(Ok(Rendered { thumbnail, sha256 })) => {
                    task.record.sha256 = sha256;
                    task.record.reasons.extend(thumbnail.doubt.iter().map(Reason::from));
                    Some(thumbnail.jpeg)
                }
                Some(Err(reason)) => return Break(task.ends(Status::Failed, vec![reason])),
                None => return Break(task.not_attempted(self.stop)),
            },
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
        Continue(Made { task, change: Change::between(held.photo, after), writable: held.writable })
    }

    async fn apply(&self, flow: Flow<Made>) -> Record {
        let Made { mut task, change, writable } = match flow {
            Continue(made) => made,
            Break(record) => return record,
        };
        // Once a write is on its way it is not left; until then, Ctrl-C need not wait for a connection.
        let ready = tokio::select! {
            biased;
            () = self.stop.asked() => return task.not_attempted(self.stop),
            ready = self.destination.ready() => ready,
        };
        let applied = match ready {
            Ok(()) => self.applier.apply(task.target(), &change, writable).await,
            Err(error) => Err(Refusal::Write(self.destination.not_sent(error))),
        };
        let (done, would_do) = task.statuses();
        let status = match applied {
            Ok(Outcome::Done) => done,
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
