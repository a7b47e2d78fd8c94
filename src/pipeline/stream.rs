//! The stream that every change goes through: read what the account holds, make what it shall hold, compare, apply.
//!
//! Everything is bounded: accounts read at once, photos rendered at once, writes on their way at once. Records come out
//! in the order in which tasks went in.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use futures_util::{Stream, StreamExt, stream};

use super::apply::{Applier, Outcome, Refusal};
use super::brake::{self, MaxChanges, Pictures};
use super::change::Change;
use super::reading::{self, ACCOUNTS_A_READ, READS_AT_ONCE};
use super::render::{Rendered, Renderer, WAITING_A_JOB};
use super::stop::{Stop, Why};
use super::task::{Flow, Task, Wanted};
use super::visibility::Visibility;
use crate::album::Album;
use crate::directory::{Directory, Guid, HeldPhoto, Server, WriteError};
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

/// What tasks go through.
pub(crate) struct Pipeline<'r> {
    pub(crate) directory: &'r Directory,
    pub(crate) applier: &'r Applier<'r>,
    pub(crate) renderer: &'r Renderer,
    /// Where reports find the photos.
    pub(crate) album: &'r Album,
    pub(crate) stop: &'r Stop,
    /// Whose log tells of each record as it comes.
    pub(crate) progress: &'r Progress,
    /// Accounts that have a photo are left.
    pub(crate) only_missing: bool,
    /// Whether a photo is hidden, where that would pass for none; `None` where it makes no difference.
    pub(crate) visibility: Option<&'r Visibility<'r>>,
    /// How many accounts get each picture.
    pub(crate) pictures: RefCell<Pictures>,
    /// Writes on their way at once: over a slow line, as many as fit into the time of one.
    pub(crate) in_flight: usize,
}

impl Pipeline<'_> {
    /// The same, but if `most` is given, only once it is known how many accounts are changed.
    pub(crate) async fn run_within(
        &self,
        most: Option<MaxChanges>,
        mut tasks: Vec<Flow<Task>>,
        stage: &'static str,
    ) -> Result<Vec<Record>> {
        if let Some(most) = most {
            let planning = self.progress.stage("Planning", tasks.len());
            let planned = self.plan(tasks, &planning).await.context("cannot keep the plan in a temporary file")?;
            drop(planning);
            tasks = brake::check(planned, most, self.directory, self.stop, self.applier.is_dry_run()).await?;
        }
        let stage = self.progress.stage(stage, tasks.len());
        Ok(self.run(tasks, &stage).await)
    }

    /// Takes every task to its record.
    pub(crate) async fn run(&self, tasks: Vec<Flow<Task>>, stage: &Stage) -> Vec<Record> {
        self.made(tasks)
            .map(|made| self.apply(made))
            .buffered(self.in_flight)
            .inspect(|record| {
                stage.advance(1);
                self.progress.log_record(record);
            })
            .collect()
            .await
    }

    /// Does everything but apply: what comes of it are tasks that [`run`](Self::run) takes, which change something, and
    /// records of those that do not. A photo that is changed until then is kept.
    pub(crate) async fn plan(&self, tasks: Vec<Flow<Task>>, stage: &Stage) -> std::io::Result<Vec<Flow<Task>>> {
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
            .buffered(self.renderer.jobs() * WAITING_A_JOB)
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
        let (Wanted::Thumbnail(_), Some(photo)) = (&made.task.wanted, made.change.after()) else {
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
                return Break(task.ends(Status::Failed, vec![Reason::from(&WriteError::NoSuchAccount)]));
            };
            task.record.dn = Some(held.dn.clone());
            if let Some(reason) = hidden.remove(&task.account) {
                return Break(task.ends(Status::Failed, vec![reason]));
            }
            task.record.before = held.photo.as_deref().map(|photo| self.album.keep(photo));
            if let Some(photo) = held.photo.as_ref().filter(|_| self.only_missing) {
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
            .map(|(server, accounts)| reading::held(self.directory, *server, accounts, with_rights, self.stop));
        Ok(try_join_all(answers).await?.into_iter().flatten().collect())
    }

    /// Of the tasks that would leave an account as it is because it shows no photo, those whose photo may be hidden.
    async fn hidden(
        &self,
        tasks: &[Flow<Task>],
        held: &HashMap<Guid, HeldPhoto>,
    ) -> Result<HashMap<Guid, Reason>, Reason> {
        let Some(visibility) = self.visibility else { return Ok(HashMap::new()) };
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
        match self.stop.unless_asked(visibility.hidden(&doubtful)).await {
            None => Err(Reason::stopped()),
            Some(hidden) => hidden.map_err(|error| reading::lost(&error, self.stop)),
        }
    }

    async fn make(&self, flow: Flow<Read>) -> Flow<Made> {
        let Read { mut task, held } = flow?;
        let after = match &task.wanted {
            Wanted::Thumbnail(file) => match self.renderer.render(file.clone()).await {
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
            ready = self.directory.ready() => ready,
        };
        let applied = match ready {
            Ok(()) => self.applier.apply(task.target(), &change, writable).await,
            Err(error) => Err(Refusal::Write(WriteError::NotSent(error))),
        };
        let (done, would_do) = task.statuses();
        let status = match applied {
            Ok(Outcome::Done) => done,
            Ok(Outcome::WouldDo) => would_do,
            Ok(Outcome::Unchanged) => Status::Unchanged,
            Err(refusal @ Refusal::Write(WriteError::NotSent(_) | WriteError::Withheld(_))) => {
                let recorded = !matches!(refusal, Refusal::Write(WriteError::Withheld(_)));
                self.stop.ask(if recorded { Why::DirectoryFailed } else { Why::JournalFailed });
                return task.ends(Status::NotAttempted, vec![Reason::from(&refusal)]);
            }
            Err(refusal) => return task.ends(Status::Failed, vec![Reason::from(&refusal)]),
        };
        task.record.after = change.after().map(|photo| self.album.keep(photo));
        Record { status, ..task.record }
    }
}
