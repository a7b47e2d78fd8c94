//! `adphoto undo`: puts back what runs have replaced.

mod json;
mod list;
mod standing;
mod tasks;

use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::run::{Begun, Call, Changes, Run, Subject};
use crate::cli::{ConnectionArgs, UndoArgs};
use crate::destination::{Accounts, ActiveDirectory, Destination, Microsoft365, Recall};
use crate::failure::{Exit, Failure};
use crate::journal::{self, Folder, JournalError, Past};
use crate::progress::Progress;

pub(super) async fn run(args: &UndoArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    let progress = call.progress;
    if let Some(days) = args.prune {
        return list::prune(&Folder::of_user()?, days, args.dry_run).map(|()| Exit::Done);
    }
    if args.list {
        return list::print(&Folder::of_user()?, args.output.format).map(|()| Exit::Done);
    }
    let (pasts, clock_agrees) = read(args, progress)?;
    let kept: Vec<&Path> = pasts.iter().map(|past| past.path.as_path()).collect();
    let begun = Begun::new("undo", &args.output, &kept, call)?;
    if pasts.is_empty() {
        return begun.start()?.finish_idle("nothing to take back: none of these runs changed anything");
    }
    let begun = begun.writing(&args.write, args.dry_run)?;
    if args.typed.has("base_dn") {
        progress.note("--base-dn has no effect here: undo finds accounts wherever they are now");
    }
    let connection = ConnectionArgs { base_dn: None, ..args.connection.clone() };
    match target(&pasts)? {
        ActiveDirectory::NAME => on(begun.connect(&connection).await?, args, pasts, clock_agrees).await,
        Microsoft365::NAME => {
            let mut run = begun.connect_to_tenant(&args.cloud, &connection).await?;
            run.heed_policy().await?;
            run.recall(Recall::default());
            on(run, args, pasts, clock_agrees).await
        }
        other => Err(Failure::new(format!(
            "this version of adphoto does not know where these photos are ({other}): use the version that wrote the journal"
        ))),
    }
}

/// Returns the destination of the runs.
fn target(pasts: &[Past]) -> Result<&str, Failure> {
    let mut targets = pasts.iter().filter_map(|past| Some(past.header.as_ref()?.target.as_str()));
    let first = targets.next().unwrap_or(ActiveDirectory::NAME);
    match targets.find(|other| *other != first) {
        Some(other) => Err(Failure::new(format!(
            "one journal is of {first}, and another of {other}: take back the runs of each by themselves"
        ))),
        None => Ok(first),
    }
}

/// Takes runs back at their destination.
async fn on<D: Destination>(
    mut run: Run<'_, D>,
    args: &UndoArgs,
    pasts: Vec<Past>,
    clock_agrees: bool,
) -> Result<Exit, Failure> {
    require_same_place(&pasts, &run.destination)?;
    let undoes = pasts.iter().filter_map(|past| Some(past.header.as_ref()?.id.clone())).collect();
    let cut_short = pasts.iter().filter(|past| past.end.is_none()).map(|past| past.path.display());
    run.hints =
        cut_short.map(|path| format!("if {path} is a copy, take the original: it may hold more changes")).collect();
    let tasks = run.unless_stopped(tasks::all(Arc::new(pasts), clock_agrees, &run.destination, args)).await?;
    run.begin_journal(Subject { undoes, partial: !args.account.is_empty(), source: None })?;
    let records = run.change(tasks, Changes::without_photos("Restoring", None)).await?;
    run.finish(records)
}

/// Reads the journals of the runs, each once, the oldest run first. Also returns whether their clocks agree with that
/// order.
fn read(args: &UndoArgs, progress: &Progress) -> Result<(Vec<Past>, bool), Failure> {
    let last = if args.last { Some(list::last(&Folder::of_user()?, progress)?) } else { None };
    let named = args.journals.iter().map(|path| whole_path(path, progress));
    let read: Result<Vec<Past>, JournalError> =
        named.chain(last).map(|path| Past::read(&path, args.trust_journal)).collect();
    let mut pasts = read?;
    if let Some(torn) = pasts.iter().find(|past| past.header.is_none() && !past.is_empty()) {
        return Err(Failure::new(format!(
            "{} ends in the middle of its first line: either its run was killed before it changed anything, and you \
             can leave it out, or the file was cut short when it was copied",
            torn.path.display()
        )));
    }
    pasts.retain(|past| {
        if past.header.is_none() {
            let path = past.path.display();
            let text = format!("{path} is empty: its run was killed before it changed anything");
            progress.note(&text);
        }
        past.header.is_some()
    });
    // If there are two copies of one journal, the more complete one counts.
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
        let text = format!("the run of {path} was broken off, or the file was cut short; {begun} had begun");
        progress.note(&text);
    }
    let clock_agrees = journal::sort(&mut pasts);
    if !clock_agrees {
        progress.note(
            "the clock was set back between these runs: adphoto infers their order from what each run found and left",
        );
    }
    Ok((pasts, clock_agrees))
}

/// Finds a journal that is given by its name alone: if there is no such file in the current folder, it may be in the
/// state folder.
fn whole_path(named: &Path, progress: &Progress) -> PathBuf {
    let in_state = || Folder::of_user().ok()?.journal(named);
    match in_state().filter(|_| named.symlink_metadata().is_err()) {
        Some(path) => {
            progress.note(&format!("{} is not in this folder; using {}", named.display(), path.display()));
            path
        }
        None => named.to_path_buf(),
    }
}

/// Refuses journals of another domain, where the accounts are unknown and would seem to be deleted, and journals of
/// another attribute, into which the photos would be put.
fn require_same_place<D: Destination>(pasts: &[Past], destination: &D) -> Result<(), Failure> {
    let here = &destination.accounts().domain().dn;
    for (past, header) in pasts.iter().filter_map(|past| Some((past, past.header.as_ref()?))) {
        let path = past.path.display();
        if header.target != D::NAME || header.attribute != destination.attribute() {
            return Err(Failure::new(format!(
                "the journal {path} has changes of {} in {}, but this version of adphoto takes back only {} in {}",
                header.attribute,
                header.target,
                destination.attribute(),
                D::NAME
            )));
        }
        if !header.domain.eq_ignore_ascii_case(here) && D::NAME == Microsoft365::NAME {
            return Err(Failure::new(format!(
                "the journal {path} belongs to the tenant {}, but this is {here}: name that tenant with --tenant",
                header.domain
            )));
        }
        if !header.domain.eq_ignore_ascii_case(here) {
            return Err(Failure::new(format!(
                "the journal {path} belongs to the domain {}, but this is {here}: name a domain controller of that \
                 domain with --server, or the domain itself with --domain",
                header.domain
            )));
        }
    }
    Ok(())
}
