//! `adphoto import`: photos from a source to the accounts they belong to.

use std::ops::ControlFlow::{Break, Continue};
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::stop::{Stop, Why};
use super::stream::{self, Flow, Limits};
use super::{Exit, connection};
use crate::apply::Applier;
use crate::cli::ImportArgs;
use crate::directory::{Account, Directory, OperationError, THUMBNAIL_PHOTO};
use crate::matching::{self, Match, Mismatch};
use crate::progress::{Progress, Stage};
use crate::report::{Reason, Record, Report, ReportPath, Status, printable};
use crate::source::{self, Item, Listing, Photo, Problem};
use crate::thumbnail;

/// What a photo is matched by, if nothing says otherwise.
const DEFAULT_MATCH_BY: &str = "sAMAccountName";

pub(super) async fn run(args: &ImportArgs) -> Result<Exit> {
    let progress = Progress::new(args.output.quiet);
    let report = |path: &PathBuf| ReportPath::check(path, &args.source);
    let reports = args.output.report.iter().map(report).collect::<Result<Vec<_>, _>>()?;
    let listing = read_source(args, &progress)?;
    let match_by = match_by(args, &listing, &progress);
    let connection = connection::options(&args.connection)?;
    // Not before the password was asked for: at that prompt Ctrl-C leaves at once.
    let stop = {
        let progress = progress.clone();
        Stop::on_signal(move || {
            progress.note(
                "stopping: what is under way is finished and reported; Ctrl-C again leaves at once, without a report",
            );
        })
    };
    let reports = reports.into_iter().map(ReportPath::create).collect::<Result<Vec<_>, _>>()?;
    let directory = tokio::select! {
        directory = Directory::connect(&connection) => directory?,
        () = stop.asked() => return Ok(Exit::Interrupted),
    };
    let max_bytes = max_bytes(args, &directory).await?;

    let stage = progress.stage("Matching", 0);
    let matched = tokio::select! {
        matched = match_all(&listing.items, &directory, &match_by, &stage, args.skip_disabled) => matched?,
        () = stop.asked() => listing.items.iter().map(|item| Break(not_matched(item))).collect(),
    };
    drop(stage);

    let stage = progress.stage(if args.dry_run { "Dry run" } else { "Importing" }, matched.len());
    let limits = Limits {
        jobs: args.thumbnail.jobs.map_or_else(processors, usize::from),
        only_missing: args.only_missing,
        thumbnail: thumbnail::Options { size: args.thumbnail.size, max_bytes },
    };
    let applier = Applier::new(&directory, args.dry_run);
    let records = stream::run(matched, &directory, &applier, limits, &stop, &stage).await;
    drop(stage);

    let report = Report { command: "import", dry_run: args.dry_run, records };
    // Each is tried, whatever becomes of the others: what was done must be known.
    let written: Vec<_> = reports.into_iter().map(|file| file.finish(&report)).collect();
    super::print(&report, args.output.format)?;
    written.into_iter().collect::<Result<Vec<()>, _>>()?;
    match stop.why() {
        Some(Why::Interrupted) => Ok(Exit::Interrupted),
        Some(Why::DirectoryFailed) => bail!(
            "the run stopped, since {} did not answer as it should: what was not confirmed or not attempted is in the \
             report; run the same again to do the rest",
            directory.server()
        ),
        None if report.has_failures() => Ok(Exit::WithFailures),
        None => Ok(Exit::Done),
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn read_source(args: &ImportArgs, progress: &Progress) -> Result<Listing> {
    let given = &args.source_options;
    let listing = source::read(
        &args.source,
        &source::Options {
            user_column: given.user_column.clone(),
            photo_column: given.photo_column.clone(),
            match_by: given.match_by.clone(),
            delimiter: given.delimiter,
            photo_dir: given.photo_dir.clone(),
            recursive: given.recursive,
        },
    )?;
    for note in &listing.notes {
        progress.note(&printable(note));
    }
    Ok(listing)
}

fn match_by(args: &ImportArgs, listing: &Listing, progress: &Progress) -> String {
    match (&args.source_options.match_by, listing.match_by) {
        (Some(given), _) => given.clone(),
        (None, Some(named)) => {
            if named != DEFAULT_MATCH_BY {
                progress
                    .note(&format!("matching by {named}, which the CSV's header names (--match-by chooses another)"));
            }
            named.to_owned()
        }
        (None, None) => DEFAULT_MATCH_BY.to_owned(),
    }
}

/// The byte budget, which the schema may lower and an argument may not exceed.
async fn max_bytes(args: &ImportArgs, directory: &Directory) -> Result<usize> {
    let Some(attribute) = directory.attribute(THUMBNAIL_PHOTO).await? else {
        bail!("this domain's schema has no attribute {THUMBNAIL_PHOTO}");
    };
    let upper = attribute.range_upper.and_then(|upper| usize::try_from(upper).ok()).unwrap_or(usize::MAX);
    if args.thumbnail.max_bytes.is_some() && args.thumbnail.max_bytes() > upper {
        bail!(
            "--max-bytes {} is more than the {upper} bytes that this domain's schema allows",
            args.thumbnail.max_bytes()
        );
    }
    Ok(args.thumbnail.max_bytes().min(upper))
}

/// Whose each photo is, in the order of the source.
async fn match_all(
    items: &[Item],
    directory: &Directory,
    match_by: &str,
    stage: &Stage,
    skip_disabled: bool,
) -> Result<Vec<Flow<Match>>> {
    let photos: Vec<&Photo> = items.iter().filter_map(Item::photo).collect();
    let accounts = find_accounts(&photos, directory, match_by, stage).await?;
    let mut paired = matching::pair(&photos, &accounts, match_by, directory.domain()).into_iter();
    let flows = items.iter().filter_map(|item| match item {
        Item::Unusable(row) => Some(Break(unusable(row))),
        Item::Photo(photo) => paired.next().map(|pair| match pair {
            Ok(found) if skip_disabled && !found.account.enabled => Break(disabled(&found)),
            Ok(found) => Continue(found),
            Err(mismatch) => Break(unmatched(photo, &mismatch)),
        }),
    });
    Ok(flows.collect())
}

async fn find_accounts(
    photos: &[&Photo],
    directory: &Directory,
    match_by: &str,
    stage: &Stage,
) -> Result<Vec<Account>> {
    let failed =
        |error: OperationError| anyhow::Error::new(error).context("cannot look up accounts; nothing was written");
    let Some(attribute) = directory.attribute(match_by).await.map_err(failed)? else {
        bail!(
            "this domain has no attribute {match_by}; --match-by takes sAMAccountName, userPrincipalName, mail, employeeID and others"
        );
    };
    if !attribute.indexed {
        return directory.all_accounts(&attribute.name).await.map_err(failed);
    }
    let lookups = matching::lookups(photos, &attribute.name);
    stage.expect(lookups.len());
    directory.find_accounts(&lookups, &attribute.name, |done| stage.advance(done)).await.map_err(failed)
}

fn unusable(row: &source::Unusable) -> Record {
    let skipped = matches!(row.problem, Problem::NoPhoto | Problem::NotAnImage | Problem::LinkLoop);
    let status = if skipped { Status::Skipped } else { Status::Failed };
    let reason = Reason::from(&row.problem);
    without_account(row.user.clone(), row.photo.clone(), row.line, status, reason)
}

fn unmatched(photo: &Photo, mismatch: &Mismatch) -> Record {
    let (user, dn) = match mismatch {
        Mismatch::SeveralPhotos { account, dn, .. } => (account.clone(), Some(dn.clone())),
        _ => (photo.key.text().to_owned(), None),
    };
    let reason = Reason::from(mismatch);
    let path = photo.path.display().to_string();
    Record { dn, ..without_account(user, path, photo.line, Status::Failed, reason) }
}

/// The run was interrupted before it was known whose this is.
fn not_matched(item: &Item) -> Record {
    match item {
        Item::Unusable(row) => unusable(row),
        Item::Photo(photo) => {
            let user = photo.key.text().to_owned();
            without_account(user, photo.path.display().to_string(), photo.line, Status::NotAttempted, Reason::stopped())
        }
    }
}

fn disabled(found: &Match) -> Record {
    let reason = Reason::new("disabled", "the account is disabled (--skip-disabled)");
    stream::record(found, None, Status::Skipped, vec![reason])
}

fn without_account(user: String, photo: String, line: Option<u64>, status: Status, reason: Reason) -> Record {
    Record { user, photo, line, status, reasons: vec![reason], dn: None, bytes_before: None, bytes_after: None }
}
