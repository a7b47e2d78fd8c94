//! Reading what accounts hold, a limited number at a time so that memory is bounded.

use std::collections::HashMap;
use std::ops::ControlFlow::{Break, Continue};

use futures_util::future::try_join_all;

use super::setup::Pipeline;
use super::stop::{Stop, Why};
use super::task::{Flow, Task, Wanted};
use crate::destination::{Destination, Remembered};
use crate::directory::{Guid, HeldPhoto, Server};
use crate::failure::Advice;
use crate::hash::Hash;
use crate::report::{Code, Reason, Record, Status};

/// The maximum number of accounts whose photos are read in one search. The answer has at most 5 MB.
pub(crate) const ACCOUNTS_A_READ: usize = 50;
/// The number of searches that run at the same time, so that the next photos are there when the last ones are done.
pub(crate) const READS_AT_ONCE: usize = 2;

/// A task, and what its account holds.
pub(super) struct Read {
    pub(super) task: Task,
    pub(super) held: Holding,
}

/// What an account holds.
pub(super) enum Holding {
    /// The photo was read.
    Read(HeldPhoto),
    /// The account holds the photo that an import sent, as the destination knows without reading it.
    AsSent(Remembered),
}

/// What a destination knows about accounts without reading their photos.
type Known = HashMap<Guid, Remembered>;

impl<D: Destination> Pipeline<'_, D> {
    /// Finds out what the tasks' accounts hold, and ends the tasks for which that is enough. A photo that the
    /// destination knows already is not read.
    pub(super) async fn read(&self, tasks: Vec<Flow<Task>>) -> Vec<Flow<Read>> {
        match self.remembered(&tasks).await {
            Ok(known) => self.read_unless(tasks, known).await,
            Err(reason) => tasks.into_iter().map(|flow| Break(not_attempted(flow, &reason))).collect(),
        }
    }

    /// Reads what the account of a task holds, whatever the destination knows.
    pub(super) async fn read_itself(&self, task: Task) -> Flow<(Task, HeldPhoto)> {
        let stopped = task.record.clone();
        match self.read_unless(vec![Continue(task)], Known::new()).await.pop() {
            Some(Continue(Read { task, held: Holding::Read(held) })) => Continue((task, held)),
            Some(Break(record)) => Break(record),
            _ => Break(Record { reasons: vec![self.stop.reason()], ..stopped }),
        }
    }

    async fn read_unless(&self, tasks: Vec<Flow<Task>>, mut known: Known) -> Vec<Flow<Read>> {
        let mut answer = self.held(&tasks, &known).await;
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
                Err(reason) => return Break(not_attempted(Continue(task), reason)),
            };
            if let Some(remembered) = known.remove(&task.account) {
                return match self.has_photo(&task, remembered.sent) {
                    Some(reason) => Break(task.ends(Status::Skipped, vec![reason])),
                    None => Continue(Read { task, held: Holding::AsSent(remembered) }),
                };
            }
            let Some(held) = answer.remove(&task.account) else {
                return Break(task.ends(Status::Failed, vec![Reason::refused(&self.destination.gone())]));
            };
            // Undo knows from its journal what the account was called, where the destination does not say.
            if !held.dn.is_empty() {
                task.record.dn = Some(held.dn.clone());
            }
            if let Some(reason) = hidden.remove(&task.account) {
                return Break(task.ends(Status::Failed, vec![reason]));
            }
            task.record.before = held.photo.as_deref().map(|photo| self.album.keep(photo));
            match held.photo.as_deref().and_then(|photo| self.has_photo(&task, Hash::of(photo))) {
                Some(reason) => Break(task.ends(Status::Skipped, vec![reason])),
                None => Continue(Read { task, held: Holding::Read(held) }),
            }
        };
        tasks.into_iter().map(next).collect()
    }

    /// Returns why an account that has a photo is skipped; `None` if it is not skipped. `photo` is the photo's hash.
    fn has_photo(&self, task: &Task, photo: Hash) -> Option<Reason> {
        self.treatment.only_missing.then(|| {
            // The brake must count these accounts, too. Otherwise each run would let a few more accounts with the same
            // picture pass.
            self.pictures.borrow_mut().has(photo, &task.record.user);
            Reason::new(Code::HasPhoto, "the account has a photo (--only-missing)")
        })
    }

    /// Returns what the destination knows about the accounts that are to get a photo of a file. It is not asked if a
    /// report shows photos, because the report needs the photos themselves.
    async fn remembered(&self, tasks: &[Flow<Task>]) -> Result<Known, Reason> {
        let is_asked = |task: &&Task| matches!(task.wanted, Wanted::Thumbnail { .. }) && !self.album.keeps_photos();
        let accounts: Vec<Guid> = going_on(tasks).filter(is_asked).map(|task| task.account).collect();
        match self.stop.unless_asked(self.destination.remembered(&accounts)).await {
            None => Err(self.stop.reason()),
            Some(Ok(known)) => Ok(known),
            Some(Err(error)) => Err(lost(&error, self.stop)),
        }
    }

    /// Reads what the tasks' accounts hold, each from the server to which its task is limited.
    async fn held(&self, tasks: &[Flow<Task>], known: &Known) -> Result<HashMap<Guid, HeldPhoto>, Reason> {
        let mut servers: Vec<(Option<&Server>, Vec<Guid>)> = Vec::new();
        for task in going_on(tasks).filter(|task| !known.contains_key(&task.account)) {
            match servers.iter_mut().find(|(server, _)| *server == task.server.as_ref()) {
                Some((_, accounts)) => accounts.push(task.account),
                None => servers.push((task.server.as_ref(), vec![task.account])),
            }
        }
        let with_rights = self.applier.is_dry_run();
        let answers =
            servers.iter().map(|(server, accounts)| held(self.destination, *server, accounts, with_rights, self.stop));
        Ok(try_join_all(answers).await?.into_iter().flatten().collect())
    }

    /// Returns the tasks whose account may have a hidden photo. Where it costs something to know, only tasks are examined
    /// that would do nothing because the account shows no photo.
    async fn hidden(
        &self,
        tasks: &[Flow<Task>],
        held: &HashMap<Guid, HeldPhoto>,
    ) -> Result<HashMap<Guid, Reason>, Reason> {
        let without_photo = |task: &&Task| held.get(&task.account).is_some_and(|held| held.photo.is_none());
        let doubtful: Vec<Guid> = going_on(tasks)
            .filter(without_photo)
            .filter(|task| D::TELLS_HIDDEN_AT_ONCE || task.wanted.is_none_where_none_is())
            .map(|task| task.account)
            .collect();
        match self.stop.unless_asked(self.destination.hidden(&doubtful)).await {
            None => Err(Reason::stopped()),
            Some(Ok(hidden)) => {
                let reason = |hidden| Reason::hidden(hidden, self.destination.attribute());
                Ok(hidden.into_iter().map(|(guid, hidden)| (guid, reason(hidden))).collect())
            }
            Some(Err(error)) => Err(lost(&error, self.stop)),
        }
    }
}

/// Returns the tasks that are not finished.
fn going_on(tasks: &[Flow<Task>]) -> impl Iterator<Item = &Task> {
    tasks.iter().filter_map(|flow| match flow {
        Continue(task) => Some(task),
        Break(_) => None,
    })
}

/// Returns the record of a task that ends for this reason; one that is finished stays as it is.
fn not_attempted(flow: Flow<Task>, reason: &Reason) -> Record {
    match flow {
        Continue(task) => task.ends(Status::NotAttempted, vec![reason.clone()]),
        Break(record) => record,
    }
}

/// Reads the accounts' photos from `server`, or from any server if `None`. If the read fails, the whole run is stopped;
/// the `Err` is the reason to record for each of these accounts.
pub(crate) async fn held<D: Destination>(
    destination: &D,
    server: Option<&Server>,
    accounts: &[Guid],
    with_rights: bool,
    stop: &Stop,
) -> Result<HashMap<Guid, HeldPhoto>, Reason> {
    if stop.why().is_some() {
        return Err(stop.reason());
    }
    if accounts.is_empty() {
        return Ok(HashMap::new());
    }
    match stop.unless_asked(destination.photos(server, accounts, with_rights)).await {
        None => Err(stop.reason()),
        Some(Ok(held)) => Ok(held),
        Some(Err(error)) => Err(lost(&error, stop)),
    }
}

/// Stops the run because nothing can be read any more, and returns the reason for the records.
pub(crate) fn lost(error: &impl Advice, stop: &Stop) -> Reason {
    stop.ask(Why::DirectoryFailed);
    Reason::new(Code::NotRead, format!("the account's photo could not be read: {error}"))
}
