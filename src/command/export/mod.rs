//! `adphoto export`: saves the photos of the directory as files in a folder.

mod names;
mod saved;
mod sync;

use std::cell::Cell;

use self::names::Named;
use self::saved::{Export, Exported};
use self::sync::{Earlier, Left, Leftovers};
use super::run::{Begun, Call, Run};
use crate::cli::{ExportArgs, Kind, Target};
use crate::destination::{Accounts, Destination};
use crate::directory::{Account, AccountQuery};
use crate::failure::{Context, Exit, Failure};
use crate::naming::{DEFAULT_MATCH_BY, lookup};
use crate::pipeline::{Why, too_many_files};
use crate::report::{About, IndexRow, Reason, Record, Records, Status, render_index};
use crate::saving::{Folder, INDEX, SaveError, Unfinished, Unlisted};

pub(super) async fn run(args: &ExportArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    let begun = Begun::new("export", &args.output, &[&args.folder], call)?.rehearsed(args.dry_run);
    let cannot_use = || format!("cannot export to {}", args.folder.display());
    let folder = open(args).with_context(cannot_use)?;
    if let Some(report) = args.output.report.iter().find(|report| folder.is_index(report)) {
        begun.leave_reports();
        return Err(Failure::new(format!(
            "the report {} would overwrite the {INDEX} of the photos: give the report another name",
            report.display()
        )));
    }
    let earlier = Earlier::read(&folder, args.sync).with_context(cannot_use)?;
    let index = begin_index(&folder, args).with_context(cannot_use)?;
    match args.cloud.target {
        Target::ActiveDirectory => on(begun.connect(&args.connection).await?, args, &folder, &earlier, index).await,
        Target::Microsoft365 => {
            on(begun.connect_to_tenant(&args.cloud, &args.connection).await?, args, &folder, &earlier, index).await
        }
    }
}

/// Exports the photos of a destination.
async fn on<D: Destination>(
    mut run: Run<'_, D>,
    args: &ExportArgs,
    folder: &Folder,
    earlier: &Earlier,
    index: Option<Unfinished>,
) -> Result<Exit, Failure> {
    let progress = run.progress;
    run.about = About {
        filter: args.filter.as_ref().map(ToString::to_string),
        include_disabled: Some(args.include_disabled),
        only: args.only.map(Kind::name),
        ..run.about
    };
    run.columns = run.unless_stopped(lookup::columns(run.accounts(), &args.columns)).await?;

    let stage = progress.stage("Listing", 0);
    let (listed, named) = run.unless_stopped(accounts(args, &run)).await?;
    drop(stage);
    if named.is_empty() && args.filter.is_some() {
        progress.note("no account matches the filter");
    }
    earlier.check(&listed)?;

    let export = |dry_run, unlisted| Export {
        only: args.only,
        fit: args.fit.options(),
        dry_run,
        unlisted,
        earlier,
        destination: &run.destination,
        folder,
        album: &run.album,
        stop: &run.stop,
    };
    let leftovers = Leftovers {
        earlier,
        listed: &listed,
        named: &named,
        only: args.only.is_some(),
        destination: &run.destination,
        folder,
        album: &run.album,
        progress,
        noted: Cell::new(false),
    };
    if let Some(most) = args.brake.max_changes {
        let stage = progress.stage("Planning", named.len());
        let planned = export(true, None).run(&named, &stage).await;
        drop(stage);
        let left = leftovers.find_unless_stopped(&planned, &run.stop).await.transpose()?.unwrap_or_default();
        let removals = left.iter().filter(|left| matches!(left, Left::Remove(..))).count();
        let changes = removals + planned.iter().filter(|one| one.replaces).count();
        match too_many_files(most, changes, earlier.rows.len()) {
            Some(reason) if args.dry_run => run.stop.foresee(Why::TooManyChanges(reason.text)),
            Some(reason) => {
                run.stop.ask(Why::TooManyChanges(reason.text.clone()));
                let planned = planned.into_iter().map(|one| one.record);
                let left = sync::remove(left, folder, true).0;
                return run.finish(planned.chain(left).map(|record| held_back(record, &reason)).collect::<Records>());
            }
            None => {}
        }
    }
    let stage = progress.stage("Exporting", named.len());
    let unlisted = (!args.dry_run).then(|| folder.begin_unlisted()).transpose();
    let unlisted = unlisted.with_context(|| format!("cannot export to {}", args.folder.display()))?;
    let exported = export(args.dry_run, unlisted.as_ref()).run(&named, &stage).await;
    drop(stage);
    if run.stop.why().is_none() && exported.len() < named.len() {
        progress.note(&format!(
            "{} of {} accounts have no photo, or none that you may read{}",
            named.len() - exported.len(),
            named.len(),
            if args.only.is_some() { ", or none of the kind in --only" } else { "" }
        ));
    }
    // A run that stopped did not see all accounts, and one that cannot read on does not know what is to go: neither
    // removes anything. What was written by then is in the list and in the records all the same.
    let (removed, kept, failed) = match leftovers.find_unless_stopped(&exported, &run.stop).await {
        Some(Ok(left)) => {
            let (removed, kept) = sync::remove(left, folder, args.dry_run);
            (removed, kept, None)
        }
        Some(Err(failure)) => (Vec::new(), earlier.unwritten(&exported, folder), Some(failure)),
        None => (Vec::new(), earlier.unwritten(&exported, folder), None),
    };
    let rows = exported.iter().filter_map(|one| one.row.as_ref()).chain(&kept);
    // A run that stopped writes a list only with `--sync`, because the earlier list no longer matches the files.
    // Without `--sync` it writes none: the next run finds the photos and lists them all.
    let unlisted = match index {
        Some(index) if run.stop.why().is_none() || args.sync => {
            let listed = finish_index(index, rows, args, &run.columns);
            listed.and_then(|()| Ok(unlisted.map_or(Ok(()), Unlisted::remove)?)).err()
        }
        Some(_) if !args.sync => {
            progress.note(&format!("no {INDEX} was written: export again to get all photos and their list"));
            None
        }
        _ => None,
    };
    run.failed = unlisted.or(failed);
    let records: Vec<Record> = exported.into_iter().map(|exported| exported.record).chain(removed).collect();
    records.iter().for_each(|record| record.log(progress));
    run.finish(records)
}

/// Returns the record of a planned change that a brake kept from being made.
fn held_back(record: Record, reason: &Reason) -> Record {
    match record.status {
        Status::WouldExport | Status::WouldRemove => {
            Record { status: Status::NotAttempted, reasons: vec![reason.clone()], ..record }
        }
        _ => record,
    }
}

fn open(args: &ExportArgs) -> std::io::Result<Folder> {
    let open = if args.dry_run { Folder::planned } else { Folder::open_private };
    open(&args.folder, args.output.overwrite)
}

/// Begins the list beside the photos. A dry run only checks that it could be begun.
fn begin_index(folder: &Folder, args: &ExportArgs) -> Result<Option<Unfinished>, SaveError> {
    if !args.dry_run {
        return folder.begin_index(args.sync).map(Some);
    }
    match folder.index() {
        Ok(Some(_)) if !args.sync && !args.output.overwrite => Err(SaveError::HoldsAnExport(args.folder.clone())),
        found => found.map(|_| None),
    }
}

fn finish_index<'i>(
    index: Unfinished,
    rows: impl Iterator<Item = &'i IndexRow>,
    args: &ExportArgs,
    columns: &[String],
) -> Result<(), Failure> {
    let mut list = Vec::new();
    render_index(rows, columns, args.output.report_delimiter, &mut list)
        .context("cannot create the list of the photos")?;
    index.finish(&list).with_context(|| format!("cannot write the {INDEX} of the photos"))
}

/// Returns all accounts that match, and those of them that are exported.
async fn accounts<D: Destination>(args: &ExportArgs, run: &Run<'_, D>) -> Result<(Vec<Account>, Vec<Named>), Failure> {
    let place = run.accounts();
    lookup::check_filter(place, args.filter.as_ref()).await?;
    let by = lookup::columns(place, args.name_by.as_slice()).await?.pop();
    let attribute = by.as_deref().unwrap_or(DEFAULT_MATCH_BY);
    let query = AccountQuery { filter: args.filter.as_ref(), attribute, columns: &run.columns };
    let listed = place.list_accounts(&query).await;
    let listed = listed.context("cannot list the accounts")?;
    let is_wanted = |account: &&Account| account.enabled || args.include_disabled;
    let accounts: Vec<Account> = listed.iter().filter(is_wanted).cloned().collect();
    let shared = names::shared(&accounts, by.as_deref());
    let holders = run.destination.photo_holders(&shared).await.context("cannot read who has a photo")?;
    Ok((listed, names::named(accounts, by.as_deref(), &holders, D::NAMES_BY_SID)))
}
