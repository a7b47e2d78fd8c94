//! A plan: what a run would change, made up before anything is changed, in little memory.

use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use super::change::Change;
use super::task::{Flow, Planned, Task, Wanted};
use crate::album::Album;
use crate::directory::{Guid, Server};
use crate::report::{Code, Reason, Record, Records, Status};

/// Tasks whose changes are known, and the records of tasks that change nothing, in their order.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The records so far.
    records: Records,
    /// For each record, the change; `None` if there is nothing left to do.
    steps: Vec<Option<Step>>,
    /// Keeps the new photos until they are written.
    photos: Arc<Album>,
    /// Why nothing of it is done.
    given_up: Option<Reason>,
}

#[derive(Debug)]
struct Step {
    account: Guid,
    server: Option<Box<Server>>,
    planned: Planned,
}

impl Plan {
    /// Begins a plan.
    ///
    /// # Errors
    /// When there can be no temporary file for the photos.
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self { records: Records::default(), steps: Vec::new(), photos: Arc::new(Album::new()?), given_up: None })
    }

    /// Adds a task that changes something.
    pub(super) fn add(&mut self, task: Task, change: &Change) {
        let planned = task.planned(change, &self.photos);
        self.steps.push(Some(Step { account: task.account, server: task.server.map(Box::new), planned }));
        self.records.push(task.record);
    }

    /// Adds the record of a task that is done.
    pub(super) fn add_done(&mut self, record: Record) {
        self.steps.push(None);
        self.records.push(record);
    }

    /// Checks that each photo was kept.
    ///
    /// # Errors
    /// When a photo could not be kept; the error is the first one.
    pub(super) fn check(&self) -> std::io::Result<()> {
        self.photos.check()
    }

    /// Returns how many accounts would change.
    pub(crate) fn changes(&self) -> usize {
        self.steps.iter().flatten().count()
    }

    /// Returns how many of them would get another photo in place of theirs.
    pub(crate) fn replacements(&self) -> usize {
        self.steps.iter().flatten().filter(|step| step.planned.replaces()).count()
    }

    /// Gives up all changes, for this reason.
    pub(super) fn held_back(mut self, reason: &Reason) -> Self {
        self.given_up = Some(reason.clone());
        self
    }

    /// Returns the tasks, to be run.
    pub(crate) fn tasks(self) -> impl ExactSizeIterator<Item = Flow<Task>> {
        let Self { records, steps, given_up, .. } = self;
        steps.into_iter().enumerate().map(move |(place, step)| {
            let record = records.get(place).map(std::borrow::Cow::into_owned);
            match (record, step, &given_up) {
                (Ok(record), None, _) => Break(record),
                (Ok(record), Some(_), Some(reason)) => {
                    Break(Record { status: Status::NotAttempted, reasons: vec![reason.clone()], ..record })
                }
                (Ok(record), Some(Step { account, server, planned }), None) => {
                    let server = server.map(|server| *server);
                    Continue(Task { account, server, wanted: Wanted::Planned(planned), record })
                }
                (Err(error), step, _) => {
                    let reason = Reason::new(Code::PlanLost, format!("what was planned cannot be read: {error}"));
                    let guid = step.map(|step| step.account);
                    Break(Record { guid, ..Record::blank(Status::Failed, vec![reason]) })
                }
            }
        })
    }
}
