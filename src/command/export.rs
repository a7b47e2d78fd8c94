//! `adphoto export`: saves the photos of the directory as files in a folder.

use std::io;
use std::ops::ControlFlow::{Break, Continue};

use futures_util::{StreamExt, stream};

use super::run::{Begun, Call};
use crate::album::Album;
use crate::cli::{ExportArgs, Kind};
use crate::destination::ActiveDirectory;
use crate::directory::{Account, Directory};
use crate::failure::{Context, Exit, Failure};
use crate::naming::{DEFAULT_MATCH_BY, lookup};
use crate::panics::caught;
use crate::pipeline::{self, ACCOUNTS_A_READ, Flow, READS_AT_ONCE, Stop};
use crate::progress::Stage;
use crate::report::{About, IndexRow, Reason, Record, Status, is_plain, record, render_index};
use crate::saving::{AccountFile, Folder, INDEX, Saved, account_files};
use crate::thumbnail::{self, flaws};

/// An account, and the file for its photo.
type Named = (Account, AccountFile);

/// The result for one photo: its record, and its row in the list if it was saved.
struct Exported {
    record: Record,
    row: Option<Named>,
}

pub(super) async fn run(args: &ExportArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    let progress = call.progress;
    let begun = Begun::new("export", &args.output, &[&args.folder], call)?;
    let cannot_use = || format!("cannot export to {}", args.folder.display());
    let folder = Folder::open_private(&args.folder, args.output.overwrite).with_context(cannot_use)?;
    if let Some(report) = args.output.report.iter().find(|report| folder.is_index(report)) {
        return Err(Failure::new(format!(
            "the report {} would overwrite the {INDEX} of the photos: give the report another name",
            report.display()
        )));
    }
    let index = folder.begin_index().with_context(cannot_use)?;
    let mut run = begun.connect(&args.connection).await?;
    run.about = About {
        filter: args.filter.as_ref().map(ToString::to_string),
        include_disabled: Some(args.include_disabled),
        only: args.only.map(Kind::name),
        ..run.about
    };

    let stage = progress.stage("Listing", 0);
    let accounts = run.unless_stopped(accounts(args, run.directory())).await?;
    drop(stage);

    let stage = progress.stage("Exporting", accounts.len());
    let listed = accounts.len();
    if listed == 0 && args.filter.is_some() {
        progress.note("no account matches the filter");
    }
    let export = Export {
        only: args.only,
        fit: args.fit.options(),
        destination: &run.destination,
        folder: &folder,
        album: &run.album,
        stop: &run.stop,
    };
    let exported = export.run(accounts, &stage).await;
    drop(stage);
    if run.stop.why().is_none() && exported.len() < listed {
        progress.note(&format!(
            "{} of {listed} accounts have no photo, or none that you may read{}",
            listed - exported.len(),
            if args.only.is_some() { ", or none of the kind in --only" } else { "" }
        ));
    }

    // A run that stopped writes no list. The next run finds its photos and lists them all.
    let indexed = match run.stop.why() {
        None => index
            .finish(&render(&exported, args.output.report_delimiter).context("cannot create the list of the photos")?),
        Some(_) => {
            progress.note(&format!("no {INDEX} was written: export again to get all photos and their list"));
            Ok(())
        }
    };
    run.failed = indexed.with_context(|| format!("cannot write the {INDEX} of the photos")).err();
    let records: Vec<Record> = exported.into_iter().map(|exported| exported.record).collect();
    records.iter().for_each(|record| record.log(progress));
    run.finish(records)
}

async fn accounts(args: &ExportArgs, directory: &Directory) -> Result<Vec<Named>, Failure> {
    lookup::check_filter(directory, args.filter.as_ref()).await?;
    let listed = directory.list_accounts(args.filter.as_ref(), DEFAULT_MATCH_BY).await;
    let mut accounts = listed.context("cannot list the accounts")?;
    accounts.retain(|account| account.enabled || args.include_disabled);
    let names: Vec<&str> = accounts.iter().map(|account| account.sam_account_name.as_str()).collect();
    let files = account_files(&names);
    Ok(accounts.into_iter().zip(files).collect())
}

struct Export<'r> {
    only: Option<Kind>,
    fit: thumbnail::Options,
    destination: &'r ActiveDirectory,
    folder: &'r Folder,
    album: &'r Album,
    stop: &'r Stop,
}

impl Export<'_> {
    /// Saves all photos. Accounts without a photo get no record.
    async fn run(&self, accounts: Vec<Named>, stage: &Stage) -> Vec<Exported> {
        stream::iter(accounts)
            .chunks(ACCOUNTS_A_READ)
            .map(|accounts| self.read(accounts))
            .buffered(READS_AT_ONCE)
            .flat_map(stream::iter)
            .inspect(|_| stage.advance(1))
            .filter_map(async |flow| flow.map(|flow| self.save(flow)))
            .collect()
            .await
    }

    /// Reads the photos of some accounts; `None` for each that has none.
    async fn read(&self, accounts: Vec<Named>) -> Vec<Option<Flow<(Named, Vec<u8>)>>> {
        let guids: Vec<_> = accounts.iter().map(|(account, _)| account.guid).collect();
        let mut answer = pipeline::held(self.destination, None, &guids, false, self.stop).await;
        let photo = |named: Named| match &mut answer {
            Ok(held) => {
                let photo = held.remove(&named.0.guid)?.photo.filter(|photo| self.is_wanted(photo))?;
                Some(Continue((named, photo)))
            }
            Err(reason) => Some(Break(record::of_account(&named.0, Status::NotAttempted, vec![reason.clone()]))),
        };
        accounts.into_iter().map(photo).collect()
    }

    fn is_wanted(&self, photo: &[u8]) -> bool {
        let Some(kind) = self.only else { return true };
        let is_ok = caught(|| flaws(photo, &self.fit).is_empty()).unwrap_or(false);
        is_ok == (kind == Kind::Ok)
    }

    fn save(&self, flow: Flow<(Named, Vec<u8>)>) -> Exported {
        let (named, photo) = match flow {
            Continue(read) => read,
            Break(record) => return Exported { record, row: None },
        };
        let (account, file) = &named;
        let held = Some(self.album.keep(&photo));
        let path = self.folder.path_of(&file.name).display().to_string();
        let ends = |status, reasons| Record {
            photo: path,
            before: held,
            after: held,
            ..record::of_account(account, status, reasons)
        };
        if self.stop.why().is_some() {
            return Exported { record: ends(Status::NotAttempted, vec![Reason::stopped()]), row: None };
        }
        match self.folder.save(&file.name, &photo) {
            Ok(Saved::Written) => Exported { record: ends(Status::Exported, Vec::new()), row: Some(named) },
            Ok(Saved::Unchanged) => Exported { record: ends(Status::Unchanged, Vec::new()), row: Some(named) },
            Err(error) => Exported { record: ends(Status::Failed, vec![Reason::from(&error)]), row: None },
        }
    }
}

/// Returns the list of the photos that were saved.
fn render(exported: &[Exported], delimiter: u8) -> io::Result<Vec<u8>> {
    let rows = exported.iter().filter_map(|Exported { record, row }| {
        let (account, file) = row.as_ref()?;
        // A name that a list cannot hold, or that import could take for another account, is replaced by the objectGUID.
        let is_unique = !file.has_twin && is_plain(&account.sam_account_name);
        let user = if is_unique { account.sam_account_name.clone() } else { account.guid.to_string() };
        Some(IndexRow { user, photo: file.name.as_str(), record })
    });
    let mut list = Vec::new();
    render_index(rows, delimiter, &mut list)?;
    Ok(list)
}
