//! `adphoto undo`: what runs have replaced, back to its accounts.

mod list;
mod standing;
mod tasks;

use std::cell::RefCell;
use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};

use super::{Exit, ending, journal, output};
use crate::cli::UndoArgs;
use crate::directory::Directory;
use crate::journal::{Folder, JournalError, Past};
use crate::pipeline::{Applier, Pictures, Pipeline, Renderer, Stop, Visibility};
use crate::progress::Progress;
use crate::report::{About, Format, Report, ReportPath};
use crate::sign_in as connection;
use crate::terminal::{self, printable};

pub(super) async fn run(args: &UndoArgs, words: &[String], progress: &Progress) -> Result<Exit> {
    let about = About::now();
    if let Some(days) = args.prune {
        return list::prune(&Folder::of_user()?, days, args.dry_run).map(|()| Exit::Done);
    }
    if args.list {
        return list::print(&Folder::of_user()?).map(|()| Exit::Done);
    }
    let pasts = read(args, progress)?;
    let reports = check_reports(args, &pasts)?;
    if pasts.is_empty() {
        return nothing(args, about, reports, progress);
    }
    if args.typed.has("base_dn") {
        progress.note("--base-dn has no effect here: accounts are found wherever they are now");
    }
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
    let Some(tasks) = stop.unless_asked(tasks::all(Arc::new(pasts), &directory, args)).await else {
        return Ok(Exit::Interrupted);
    };
    let journal = place.map(|place| journal::begin(place, "undo", None, &directory, words, undoes)).transpose()?;

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
    let named = args.journals.iter().map(|path| whole_path(path, progress));
    let read: Result<Vec<Past>, JournalError> = named.chain(last).map(|path| Past::read(&path)).collect();
    let mut pasts = read?;
    if let Some(torn) = pasts.iter().find(|past| past.header.is_none() && !past.is_empty()) {
        bail!(
            "{} ends within its first line: either its run was ended before it changed anything, and you can leave it out, \
             or the file was cut short when it was copied",
            torn.path.display()
        );
    }
    pasts.retain(|past| {
        if past.header.is_none() {
            let path = past.path.display();
            let text = format!("{path} is empty: its run was ended before it changed anything");
            progress.note(&printable(&text));
        }
        past.header.is_some()
    });
    // Of two copies of one journal, the whole one counts.
    pasts.sort_by_key(|past| {
        let run = past.header.as_ref().map(|header| (header.started, header.id.clone()));
        (run, past.end.is_none(), Reverse(past.changes.len()))
    });
    pasts.dedup_by_key(|past| past.header.as_ref().map(|header| header.id.clone()));
    for past in pasts.iter().filter(|past| past.end.is_none()) {
        let path = past.path.display();
        let begun = match past.changes.len() {
            1 => "1 change".to_owned(),
            number => format!("{number} changes"),
        };
        let text = format!("the run of {path} was broken off, or the file was cut short: {begun} had begun in it");
        progress.note(&printable(&text));
    }
    Ok(pasts)
}

/// Where a name alone is none of a file here, it may be that of a journal in the state folder.
fn whole_path(named: &Path, progress: &Progress) -> PathBuf {
    let in_state = || Folder::of_user().ok()?.journal(named);
    match in_state().filter(|_| named.symlink_metadata().is_err()) {
        Some(path) => {
            progress.note(&printable(&format!("there is no {} here; taken is {}", named.display(), path.display())));
            path
        }
        None => named.to_path_buf(),
    }
}

/// No journal names a change: no directory is needed for that.
fn nothing(args: &UndoArgs, about: About, reports: Vec<ReportPath>, progress: &Progress) -> Result<Exit> {
    let reports = output::create(reports)?;
    let album = output::album(&reports)?;
    let report = Report { command: "undo", dry_run: args.dry_run, about, records: Vec::new(), coverage: None, album };
    if args.output.format != Format::Text {
        return output::finish(&report, reports, args.output.format, progress).map(|()| Exit::Done);
    }
    reports.into_iter().try_for_each(|file| file.finish(&report))?;
    let text = "nothing to take back: no run came so far that it changed anything\n";
    output::print(terminal::stdout(), |out| out.write_all(text.as_bytes())).map(|()| Exit::Done)
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
