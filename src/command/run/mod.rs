//! What every command does at its beginning and at its end, so that each is its own stages and nothing else.
//!
//! A command [begins](Begun::new) before anything is read: its reports are checked. It reads its source, and then
//! [connects](Begun::connect): from here on there is a [`Run`], which Ctrl-C stops in good order. It ends with a report
//! and an exit code ([`Run::finish`]).

mod connection;
mod ending;
mod journal;

use std::path::Path;

use self::ending::Ended;
pub(super) use self::journal::Subject;
use super::output;
use crate::album::Album;
use crate::cli::{ConnectionArgs, OutputArgs, WriteArgs};
use crate::destination::{ActiveDirectory, Destination};
use crate::directory::Directory;
use crate::failure::{Exit, Failure};
use crate::journal::{Journal, Place};
use crate::pipeline::{Flow, MaxChanges, Mode, Pipeline, Stop, Task, Treatment};
use crate::progress::Progress;
use crate::report::{About, Coverage, Person, Record, Report, ReportFile, ReportPath};
use crate::sign_in;

/// A command that has begun, and has asked nobody yet.
pub(super) struct Begun<'r> {
    progress: &'r Progress,
    about: About,
    reports: Vec<ReportPath>,
    order: Order<'r>,
}

/// What a run is told to do, as far as its beginning and its end go.
struct Order<'r> {
    command: &'static str,
    output: &'r OutputArgs,
    dry_run: bool,
    words: &'r [String],
    /// Where the journal goes, of a run that writes.
    place: Option<Place>,
    in_flight: usize,
}

/// A run that is under way; `D` is where the photos are, `()` for a command that needs no directory.
pub(super) struct Run<'r, D = ActiveDirectory> {
    pub(super) progress: &'r Progress,
    pub(super) about: About,
    pub(super) stop: Stop,
    pub(super) album: Album,
    pub(super) destination: D,
    /// What an audit counts.
    pub(super) coverage: Option<Coverage>,
    /// Whom a page offers for photos that go to nobody.
    pub(super) people: Vec<Person>,
    /// What would help with this very run.
    pub(super) hints: Vec<String>,
    /// What went wrong besides what the records tell.
    pub(super) failed: Option<Failure>,
    /// What a person is told instead of a report without records.
    idle: Option<&'static str>,
    reports: Vec<ReportFile>,
    order: Order<'r>,
    journal: Option<Journal>,
}

impl<'r> Begun<'r> {
    /// Begins a command. None of its reports may overwrite one of `kept`, from which it reads or where it writes.
    pub(super) fn new(
        command: &'static str,
        output: &'r OutputArgs,
        kept: &[&Path],
        progress: &'r Progress,
    ) -> Result<Self, Failure> {
        let reports = output.report.iter().map(|path| ReportPath::check(path, kept)).collect::<Result<_, _>>()?;
        let order = Order { command, output, dry_run: false, words: &[], place: None, in_flight: 1 };
        Ok(Self { progress, about: About::now(), reports, order })
    }

    /// Says that the run changes photos, and so keeps a journal, unless it is a dry run; `words` are those of the command
    /// line, for the journal.
    pub(super) fn writing(self, args: &WriteArgs, dry_run: bool, words: &'r [String]) -> Result<Self, Failure> {
        let place = if dry_run { None } else { Some(Place::find(args.journal.as_deref())?) };
        let order = Order { dry_run, words, place, in_flight: usize::from(args.in_flight), ..self.order };
        Ok(Self { order, ..self })
    }

    /// Signs in. The reports are created after the password was asked for, and before anything is done.
    pub(super) async fn connect(mut self, args: &ConnectionArgs) -> Result<Run<'r>, Failure> {
        let options = sign_in::options(args, |text| self.progress.note(text)).await?;
        let ready = self.ready()?;
        let directory = connection::open(&options, &ready.stop, self.progress).await?;
        let directory = directory.ok_or_else(Failure::interrupted)?;
        self.about = self.about.connected_to(&directory);
        Ok(self.run(ready, ActiveDirectory::new(directory)))
    }

    /// Starts a run that needs no directory.
    pub(super) fn start(mut self) -> Result<Run<'r, ()>, Failure> {
        let ready = self.ready()?;
        Ok(self.run(ready, ()))
    }

    /// From here on Ctrl-C stops the run in good order; at a prompt for a password it would have left at once.
    fn ready(&mut self) -> Result<Ready, Failure> {
        let stop = Stop::on_signal(self.progress);
        let reports = self.reports.drain(..).map(ReportPath::create).collect::<Result<Vec<_>, _>>()?;
        Ok(Ready { stop, album: output::album(&reports)?, reports })
    }

    fn run<D>(self, ready: Ready, destination: D) -> Run<'r, D> {
        let Self { progress, about, order, .. } = self;
        let Ready { stop, album, reports } = ready;
        Run {
            progress,
            about,
            stop,
            album,
            destination,
            coverage: None,
            people: Vec::new(),
            hints: Vec::new(),
            failed: None,
            idle: None,
            reports,
            order,
            journal: None,
        }
    }
}

/// What stops a run, and where what it finds will go.
struct Ready {
    stop: Stop,
    album: Album,
    reports: Vec<ReportFile>,
}

impl<'r> Run<'r, ()> {
    /// Ends the run: writes its reports, and returns the exit code.
    pub(super) fn finish(self, records: Vec<Record>) -> Result<Exit, Failure> {
        self.end(records, "")
    }

    /// Ends a run that found nothing to do, and says so in place of a report without records.
    pub(super) fn finish_idle(self, words: &'static str) -> Result<Exit, Failure> {
        Self { idle: Some(words), ..self }.finish(Vec::new())
    }
}

impl Run<'_> {
    /// Returns the directory, in which accounts are found.
    pub(super) fn directory(&self) -> &Directory {
        self.destination.directory()
    }

    /// Makes sure that the journal can be written, before anything else is.
    pub(super) fn begin_journal(&mut self, subject: Subject) -> Result<(), Failure> {
        if let Some(place) = self.order.place.take() {
            let Order { command, words, .. } = self.order;
            self.journal = Some(journal::begin(place, command, words, subject, &self.destination)?);
        }
        Ok(())
    }

    /// Takes every task to its record.
    pub(super) async fn change(&self, tasks: Vec<Flow<Task>>, changes: Changes) -> Result<Vec<Record>, Failure> {
        let pipeline = self.pipeline(&changes);
        let most = changes.most;
        let tasks = if most.is_some() { pipeline.planned_within(tasks, most).await? } else { tasks };
        Ok(pipeline.run(tasks, if self.order.dry_run { "Dry run" } else { changes.doing }).await)
    }

    /// Does the same, if somebody agrees to what is planned; else it changes nothing and returns `None`.
    pub(super) async fn change_if(
        &self,
        tasks: Vec<Flow<Task>>,
        changes: Changes,
        agreed: impl AsyncFnOnce(&[Flow<Task>]) -> Result<bool, Failure>,
    ) -> Result<Option<Vec<Record>>, Failure> {
        let pipeline = self.pipeline(&changes);
        let planned = pipeline.planned_within(tasks, changes.most).await?;
        // Of a run that stops, nobody need agree to anything.
        if self.stop.why().is_none() && !agreed(&planned).await? {
            return Ok(None);
        }
        Ok(Some(pipeline.run(planned, changes.doing).await))
    }

    /// The only place where a pipeline is built.
    fn pipeline(&self, changes: &Changes) -> Pipeline<'_, ActiveDirectory> {
        let &Changes { only_missing, allow_identical, made_ahead, .. } = changes;
        let treatment = Treatment { only_missing, allow_identical, made_ahead, in_flight: self.order.in_flight };
        let mode = self.journal.as_ref().map_or(Mode::DryRun, Mode::Real);
        Pipeline::new(&self.destination, mode, treatment, &self.album, &self.stop, self.progress)
    }

    /// Ends the run: completes the journal, writes the reports, and returns the exit code.
    pub(super) fn finish(self, records: Vec<Record>) -> Result<Exit, Failure> {
        let trouble = self.destination.trouble();
        self.end(records, &trouble)
    }
}

/// What is special about a command's changes.
pub(super) struct Changes {
    /// What its progress bar says, unless it is a dry run.
    pub(super) doing: &'static str,
    /// Accounts that have a photo are left.
    pub(super) only_missing: bool,
    /// One picture may go to any number of accounts.
    pub(super) allow_identical: bool,
    /// Photos that may be made and wait for a slower one before them.
    pub(super) made_ahead: usize,
    /// How many accounts may change.
    pub(super) most: Option<MaxChanges>,
}

impl Changes {
    /// Changes for which no photo has to be made.
    pub(super) fn without_photos(doing: &'static str, most: Option<MaxChanges>) -> Self {
        Self { doing, only_missing: false, allow_identical: true, made_ahead: 4, most }
    }
}

impl<D> Run<'_, D> {
    /// Returns what the future comes to.
    ///
    /// # Errors
    /// When the run is stopped first, or the future fails.
    pub(super) async fn unless_stopped<T, E: Into<Failure>>(
        &self,
        future: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        self.stop.unless_asked(future).await.ok_or_else(Failure::interrupted)?.map_err(Into::into)
    }

    fn end(self, records: Vec<Record>, trouble: &str) -> Result<Exit, Failure> {
        let Self { about, coverage, album, people, hints, .. } = self;
        let Order { command, dry_run, output, .. } = self.order;
        let report = Report { command, dry_run, about, records, coverage, album, people, hints };
        let journal = self.journal.map_or(Ok(()), |journal| journal::end(journal, &report, &self.stop, self.progress));
        self.progress.log(&report.line());
        let reported = output::finish(&report, self.reports, output.format, self.idle);
        let ended = match self.failed {
            Some(failure) => Err(failure),
            None => Ended { report: &report, stop: &self.stop, trouble }.exit(journal),
        };
        ending::with_report(reported, ended)
    }
}
