//! The beginning of a command: its reports are checked before anything is read, and then it connects.

use std::collections::BTreeMap;
use std::path::Path;

use super::unreported::Unreported;
use super::{Run, connection};
use crate::album::Album;
use crate::cli::{Cli, CloudArgs, Command, ConnectionArgs, OutputArgs, WriteArgs};
use crate::command::output;
use crate::destination::{Destination, Microsoft365};
use crate::failure::Failure;
use crate::journal::{Place, Size};
use crate::pipeline::Stop;
use crate::progress::Progress;
use crate::report::{About, Ending, Report, ReportFile, ReportPath};
use crate::sign_in;

/// What a command is called with, besides its arguments.
pub(in crate::command) struct Call<'r> {
    pub(in crate::command) progress: &'r Progress,
    /// The words of the command line, for the journal.
    pub(super) words: &'r [String],
    /// Every flag that is in force, for the reports.
    pub(super) options: &'r BTreeMap<String, Vec<String>>,
    pub(super) unreported: Unreported,
}

impl<'r> Call<'r> {
    pub(in crate::command) fn new(cli: &'r Cli, progress: &'r Progress) -> Self {
        Self { progress, words: &cli.words, options: &cli.options, unreported: Unreported::default() }
    }

    /// Writes the reports that a failed run still owes.
    pub(in crate::command) fn report(&self, failure: &Failure) {
        self.unreported.tell(failure, self.progress);
    }

    /// Writes the error of a command that cannot begin into its reports.
    pub(in crate::command) fn refuse(&self, command: &Command, failure: &Failure) {
        let Some(output) = command.output() else { return };
        if Begun::new(command.name(), output, &command.sources(), self).is_ok() {
            self.report(failure);
        }
    }
}

/// A command that has begun, but has not connected yet.
pub(in crate::command) struct Begun<'r> {
    call: &'r Call<'r>,
    about: About,
    reports: Vec<ReportPath>,
    order: Order<'r>,
}

/// The parts of a command line that the beginning and the end of a run need.
pub(super) struct Order<'r> {
    pub(super) command: &'static str,
    pub(super) output: &'r OutputArgs,
    pub(super) dry_run: bool,
    /// The place of the journal, if the run writes.
    pub(super) place: Option<Place>,
    pub(super) in_flight: usize,
    /// The size up to which the journal may grow.
    pub(super) max_journal: Size,
    /// The number of days for which journals are kept; `None` keeps them for ever.
    pub(super) keep_journals: Option<u32>,
}

impl<'r> Begun<'r> {
    /// Begins a command. Its reports must not overwrite any of `kept`, the files that it reads or the folder to which
    /// it writes.
    pub(in crate::command) fn new(
        command: &'static str,
        output: &'r OutputArgs,
        kept: &[&Path],
        call: &'r Call<'r>,
    ) -> Result<Self, Failure> {
        let reports = output
            .report
            .iter()
            .map(|path| ReportPath::check(path, kept, output.overwrite))
            .collect::<Result<Vec<_>, _>>()?;
        let about = About { options: call.options.clone(), ..About::now() };
        call.unreported.announce(command, &about, &reports, output);
        let (in_flight, max_journal) = (1, Size(0));
        let order = Order { command, output, dry_run: false, place: None, in_flight, max_journal, keep_journals: None };
        Ok(Self { call, about, reports, order })
    }

    /// Declares that the run changes photos and therefore keeps a journal, unless it is a dry run.
    pub(in crate::command) fn writing(self, args: &WriteArgs, dry_run: bool) -> Result<Self, Failure> {
        self.call.unreported.update(dry_run, &self.about);
        let place = if dry_run { None } else { Some(Place::find(args.journal.as_deref())?) };
        let in_flight = usize::from(args.in_flight);
        let (max_journal, keep_journals) = (args.max_journal, args.keep_journals);
        let order = Order { dry_run, place, in_flight, max_journal, keep_journals, ..self.order };
        Ok(Self { order, ..self })
    }

    /// Declares whether this is a dry run, of a command that writes files and therefore keeps no journal.
    pub(in crate::command) fn rehearsed(self, dry_run: bool) -> Self {
        self.call.unreported.update(dry_run, &self.about);
        Self { order: Order { dry_run, ..self.order }, ..self }
    }

    /// Leaves the reports as they are, although the run fails.
    pub(in crate::command) fn leave_reports(&self) {
        self.call.unreported.settle();
    }

    /// Signs in. The reports are created after the password prompt and before anything is done.
    pub(in crate::command) async fn connect(mut self, args: &ConnectionArgs) -> Result<Run<'r>, Failure> {
        let options = sign_in::options(args, |text| self.call.progress.note(text)).await?;
        let ready = self.ready()?;
        let directory = connection::open(&options, &ready.stop, self.call.progress).await?;
        Ok(self.connected(ready, directory.ok_or_else(Failure::interrupted)?))
    }

    /// Signs in to a tenant of Microsoft 365.
    pub(in crate::command) async fn connect_to_tenant(
        mut self,
        cloud: &CloudArgs,
        connection: &ConnectionArgs,
    ) -> Result<Run<'r, Microsoft365>, Failure> {
        let options = sign_in::cloud_options(cloud, connection)?;
        let ready = self.ready()?;
        let tenant = connection::open_tenant(&options, &ready.stop, self.call.progress).await?;
        Ok(self.connected(ready, tenant.ok_or_else(Failure::interrupted)?))
    }

    fn connected<D: Destination>(mut self, ready: Ready, destination: D) -> Run<'r, D> {
        self.about = self.about.connected_to(&destination);
        self.call.unreported.update(self.order.dry_run, &self.about);
        Run { restores: D::RESTORES, lost: D::LOST, ..self.run(ready, destination) }
    }

    /// Starts a run that needs no directory.
    pub(in crate::command) fn start(mut self) -> Result<Run<'r, ()>, Failure> {
        let ready = self.ready()?;
        Ok(self.run(ready, ()))
    }

    /// Prepares for the run. From here on, Ctrl-C stops the run in good order; before, at the password prompt, it ends
    /// adphoto at once.
    fn ready(&mut self) -> Result<Ready, Failure> {
        let stop = Stop::on_signal(self.call.progress);
        let reports = self.reports.drain(..).map(ReportPath::create).collect::<Result<Vec<_>, _>>()?;
        let Order { command, dry_run, output, .. } = self.order;
        let (ending, delimiter) = (Ending::not_yet(), output.report_delimiter);
        let placeholder = Report { dry_run, ending, delimiter, ..Report::of(command, self.about.clone()) };
        reports.iter().try_for_each(|report| report.begin(&placeholder))?;
        Ok(Ready { stop, album: output::album(&reports)?, reports })
    }

    fn run<D>(self, ready: Ready, destination: D) -> Run<'r, D> {
        let Self { call, about, order, .. } = self;
        let Ready { stop, album, reports } = ready;
        Run {
            progress: call.progress,
            call,
            about,
            stop,
            album,
            destination,
            columns: Vec::new(),
            coverage: None,
            since: None,
            people: Vec::new(),
            hints: Vec::new(),
            failed: None,
            idle: None,
            restores: "",
            lost: "",
            reports,
            order,
            journal: None,
        }
    }
}

/// What a run needs before it connects: its stop, and the places for its results.
struct Ready {
    stop: Stop,
    album: Album,
    reports: Vec<ReportFile>,
}
