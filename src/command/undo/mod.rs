//! `adphoto undo`: what runs have replaced, back to its accounts.

mod list;
mod standing;
mod tasks;

use std::cell::RefCell;
use std::sync::Arc;

use anyhow::{Result, bail};

use super::brake::Pictures;
use super::render::Renderer;
use super::stop::Stop;
use super::stream::Pipeline;
use super::visibility::Visibility;
use super::{Exit, connection, ending, journal, output};
use crate::apply::Applier;
use crate::cli::UndoArgs;
use crate::directory::Directory;
use crate::journal::{Folder, JournalError, Past};
use crate::progress::Progress;
use crate::report::{About, Report, ReportPath};
use crate::terminal::printable;

pub(super) async fn run(args: &UndoArgs, progress: &Progress) -> Result<Exit> {
    let about = About::now();
    if let Some(days) = args.prune {
        return list::prune(&Folder::of_user()?, days, args.dry_run).map(|()| Exit::Done);
    }
    if args.list {
        return list::print(&Folder::of_user()?).map(|()| Exit::Done);
    }
    let pasts = read(args, progress)?;
    let reports = check_reports(args, &pasts)?;
    let place = journal::place(&args.write, args.dry_run)?;
    let mut connection = connection::options(&args.connection, progress).await?;
    // Wherever the accounts are now.
    connection.base_dn = None;
    let stop = Stop::on_signal(progress);
    let reports = output::create(reports)?;
    let album = output::album(&reports)?;
    let Some(directory) = connection::open(&connection, &stop, progress).await? else { return Ok(Exit::Interrupted) };
    let about = about.connected_to(&directory);
    require_domain(&pasts, &directory)?;
    let undoes = pasts.iter().filter_map(|past| Some(past.header.as_ref()?.id.clone())).collect();
    let Some(tasks) = stop.unless_asked(tasks::all(Arc::new(pasts), &directory, args.force)).await else {
        return Ok(Exit::Interrupted);
    };
    let journal = place.map(|place| journal::begin(place, "undo", &directory, undoes)).transpose()?;

    let stage = progress.stage(if args.dry_run { "Dry run" } else { "Restoring" }, tasks.len());
    let applier = Applier::new(&directory, journal::mode(journal.as_ref()));
    let pipeline = Pipeline {
        directory: &directory,
        applier: &applier,
        renderer: &Renderer::idle(),
        album: &album,
        stop: &stop,
        progress,
        only_missing: false,
        visibility: Some(&Visibility::new(&directory)),
        pictures: RefCell::new(Pictures::new(true)),
        in_flight: usize::from(args.write.in_flight),
    };
    let records = pipeline.run(tasks, &stage).await;
    drop(stage);

    let report = Report { command: "undo", dry_run: args.dry_run, about, records, coverage: None, album };
    let journal = journal::end(journal, &report, &stop, progress);
    let reported = output::finish(&report, reports, args.output.format, progress);
    ending::with_report(reported, ending::of_writing(&report, &stop, &directory, journal))
}

/// The runs' journals, each once, the oldest run first.
fn read(args: &UndoArgs, progress: &Progress) -> Result<Vec<Past>> {
    let last = if args.last { Some(list::last(&Folder::of_user()?, progress)?) } else { None };
    let read: Result<Vec<Past>, JournalError> =
        args.journals.iter().chain(last.as_ref()).map(|path| Past::read(path)).collect();
    let mut pasts = read?;
    pasts.retain(|past| {
        if past.header.is_none() {
            let path = past.path.display();
            progress.note(&printable(&format!("{path} is empty: its run was ended before it changed anything")));
        }
        past.header.is_some()
    });
    pasts.sort_by_key(|past| past.header.as_ref().map(|header| (header.started, header.id.clone())));
    pasts.dedup_by_key(|past| past.header.as_ref().map(|header| header.id.clone()));
    Ok(pasts)
}

/// None of them may overwrite a journal.
fn check_reports(args: &UndoArgs, pasts: &[Past]) -> Result<Vec<ReportPath>> {
    let mut reports = output::check(&args.output, None)?;
    for past in pasts {
        reports = output::check(&args.output, Some(&past.path))?;
    }
    Ok(reports)
}

/// An account of another domain is unknown here, and would seem to be gone.
fn require_domain(pasts: &[Past], directory: &Directory) -> Result<()> {
    let here = &directory.domain().dn;
    for past in pasts {
        if let Some(header) = past.header.as_ref().filter(|header| !header.domain.eq_ignore_ascii_case(here)) {
            let path = past.path.display();
            bail!(
                "the journal {path} is of the domain {}, and this is {here}: name a domain controller of that one with \
                 --server, or the domain with --domain",
                header.domain
            );
        }
    }
    Ok(())
}
