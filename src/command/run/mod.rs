//! The beginning and the end that all commands share, so that each command consists of its own stages and nothing else.
//!
//! A command [begins](Begun::new) before anything is read, with a check of its reports. It reads its source, and then
//! [connects](Begun::connect). From then on there is a [`Run`], which Ctrl-C stops in good order. It ends with a report
//! and an exit code ([`Run::finish`]).

mod begun;
mod connection;
mod ending;
mod journal;
mod tenant;
mod unreported;

use std::path::Path;

use self::begun::Order;
pub(super) use self::begun::{Begun, Call};
use self::ending::Ended;
pub(super) use self::journal::Subject;
pub(super) use self::tenant::SET_CLOUD;
pub(super) use self::unreported::Unreported;
use super::output;
use crate::album::Album;
use crate::destination::{ActiveDirectory, Destination};
use crate::failure::{Exit, Failure};
use crate::journal::Journal;
use crate::pipeline::{MaxChanges, Mode, Pipeline, Plan, Stop, Tasks, Treatment};
use crate::progress::Progress;
use crate::report::{About, Coverage, Ending, Person, Records, Report, ReportFile, Since};

/// A run in progress. `D` is the destination of the photos, `()` for a command that needs no directory.
pub(super) struct Run<'r, D = ActiveDirectory> {
    pub(super) progress: &'r Progress,
    call: &'r Call<'r>,
    pub(super) about: About,
    pub(super) stop: Stop,
    pub(super) album: Album,
    pub(super) destination: D,
    /// The attributes that the records have as further columns.
    pub(super) columns: Vec<String>,
    /// The coverage that an audit counts.
    pub(super) coverage: Option<Coverage>,
    /// What changed since an earlier audit.
    pub(super) since: Option<Since>,
    /// The accounts that the approval page offers for photos that match nobody.
    pub(super) people: Vec<Person>,
    /// Hints that apply to this run.
    pub(super) hints: Vec<String>,
    /// An error that the records do not tell.
    pub(super) failed: Option<Failure>,
    /// What standard output says in place of a report without records.
    idle: Option<&'static str>,
    /// How undo puts a photo back, in words that end a sentence.
    restores: &'static str,
    /// That the destination cannot be used any more, in words.
    lost: &'static str,
    reports: Vec<ReportFile>,
    order: Order<'r>,
    journal: Option<Journal>,
}

impl<'r> Run<'r, ()> {
    /// Ends the run: writes its reports, and returns the exit code.
    pub(super) fn finish(self, records: impl Into<Records>) -> Result<Exit, Failure> {
        self.end(records.into(), "")
    }

    /// Ends a run that found nothing to do, and prints `words` in place of a report without records.
    pub(super) fn finish_idle(self, words: &'static str) -> Result<Exit, Failure> {
        Self { idle: Some(words), ..self }.finish(Records::default())
    }
}

impl<D: Destination> Run<'_, D> {
    /// Returns where accounts are found.
    pub(super) fn accounts(&self) -> &D::Accounts {
        self.destination.accounts()
    }

    /// Creates the journal before anything is written.
    pub(super) fn begin_journal(&mut self, subject: Subject) -> Result<(), Failure> {
        if let Some(place) = self.order.place.take() {
            let (command, words) = (self.order.command, self.call.words);
            let journal = journal::begin(place, command, words, subject, &self.destination, self.order.max_journal)?;
            self.about.journal = Some(journal.path().display().to_string());
            self.journal = Some(journal);
        }
        Ok(())
    }

    /// Processes every task, and returns its record.
    pub(super) async fn change(&self, tasks: impl Tasks, changes: Changes) -> Result<Records, Failure> {
        let pipeline = self.pipeline(&changes);
        let stage = if self.order.dry_run { "Dry run" } else { changes.doing };
        Ok(match changes.most {
            None => pipeline.run(tasks, stage).await,
            most => pipeline.run(pipeline.planned_within(tasks, most).await?.tasks(), stage).await,
        })
    }

    /// Does the same as [`change`](Self::change) if the user agrees to the plan. Otherwise nothing is changed, and the
    /// result is `None`.
    pub(super) async fn change_if(
        &self,
        tasks: impl Tasks,
        changes: Changes,
        agreed: impl AsyncFnOnce(&Plan) -> Result<bool, Failure>,
    ) -> Result<Option<Records>, Failure> {
        let pipeline = self.pipeline(&changes);
        let planned = pipeline.planned_within(tasks, changes.most).await?;
        // If the run stops anyway, nobody has to agree to anything.
        if self.stop.why().is_none() && !agreed(&planned).await? {
            return Ok(None);
        }
        Ok(Some(pipeline.run(planned.tasks(), changes.doing).await))
    }

    /// Builds the pipeline; this is the only place that does.
    fn pipeline(&self, changes: &Changes) -> Pipeline<'_, D> {
        let &Changes { only_missing, allow_identical, made_ahead, .. } = changes;
        let (in_flight, first_write) = (self.order.in_flight, changes.before_first_write.clone());
        let treatment = Treatment { only_missing, allow_identical, made_ahead, in_flight, first_write };
        let mode = self.journal.as_ref().map_or(Mode::DryRun, Mode::Real);
        Pipeline::new(&self.destination, mode, treatment, &self.album, &self.stop, self.progress)
    }

    /// Ends the run: completes the journal, writes the reports, and returns the exit code.
    pub(super) fn finish(self, records: impl Into<Records>) -> Result<Exit, Failure> {
        let trouble = self.destination.trouble();
        if self.journal.is_some()
            && let Err(error) = self.destination.save()
        {
            self.progress.note(&format!(
                "the next run reads photos again that have not changed, because this could not be kept: {error}"
            ));
        }
        self.end(records.into(), &trouble)
    }
}

/// The settings in which commands that change photos differ.
pub(super) struct Changes {
    /// The title of the progress bar, unless it is a dry run.
    pub(super) doing: &'static str,
    /// Whether to skip accounts that have a photo.
    pub(super) only_missing: bool,
    /// Whether one picture may go to any number of accounts.
    pub(super) allow_identical: bool,
    /// The number of rendered photos that may wait for an earlier one that takes longer.
    pub(super) made_ahead: usize,
    /// The maximum number of accounts that may change.
    pub(super) most: Option<MaxChanges>,
    /// A note to show when the first change is about to be made, or would be.
    pub(super) before_first_write: Option<String>,
}

impl Changes {
    /// Returns the changes of a command that does not render photos. A few accounts may wait for an earlier one.
    pub(super) fn without_photos(doing: &'static str, most: Option<MaxChanges>) -> Self {
        let before_first_write = None;
        Self { doing, only_missing: false, allow_identical: true, made_ahead: 4, most, before_first_write }
    }
}

impl<D> Run<'_, D> {
    /// Awaits a future.
    ///
    /// # Errors
    /// When the run is stopped first, or the future fails.
    pub(super) async fn unless_stopped<T, E: Into<Failure>>(
        &self,
        future: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        self.stop.unless_asked(future).await.ok_or_else(Failure::interrupted)?.map_err(Into::into)
    }

    fn end(self, records: Records, trouble: &str) -> Result<Exit, Failure> {
        let Self { about, columns, coverage, since, album, people, hints, .. } = self;
        let Order { command, dry_run, output, keep_journals, .. } = self.order;
        let delimiter = output.report_delimiter;
        let mut report = Report {
            dry_run,
            records,
            columns,
            coverage,
            since,
            album,
            people,
            hints,
            delimiter,
            ..Report::of(command, about.ended())
        };
        let has_journal = self.journal.is_some();
        let journal = self
            .journal
            .map_or(Ok(()), |journal| journal::end(journal, self.restores, &report, &self.stop, self.progress));
        if let Some(days) = keep_journals.filter(|_| has_journal) {
            journal::delete_old(days, self.progress);
        }
        self.progress.log(&report.line());
        let ended = match self.failed {
            Some(failure) => Err(failure),
            None => Ended { report: &report, stop: &self.stop, lost: self.lost, trouble }.exit(journal),
        };
        report.ending = Ending::from(&ended);
        // A journal without changes is removed.
        report.about.journal.take_if(|path| !Path::new(path).exists());
        self.call.unreported.settle();
        let reported = output::finish(&report, self.reports, output.format, self.idle);
        ending::with_report(reported, ended)
    }
}
