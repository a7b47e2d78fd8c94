//! `adphoto import`: photos from a source to the accounts they belong to.

use std::ops::ControlFlow::{Break, Continue};

use anyhow::{Result, bail};

use super::render::{Making, Renderer};
use super::stop::{Stop, Why};
use super::stream::{Flow, Pipeline, Task, Wanted};
use super::{Exit, connection, listing, output, record};
use crate::apply::Applier;
use crate::cli::ImportArgs;
use crate::directory::{Account, Directory, OperationError, THUMBNAIL_PHOTO};
use crate::matching::{self, Match, Mismatch, some_of};
use crate::progress::{Progress, Stage};
use crate::report::{Reason, Record, Report, Status};
use crate::source::{Item, Listing, Photo};
use crate::thumbnail;

/// What a photo is matched by, if nothing says otherwise.
pub(super) const DEFAULT_MATCH_BY: &str = "sAMAccountName";

pub(super) async fn run(args: &ImportArgs) -> Result<Exit> {
    let progress = Progress::new(args.output.quiet);
    let reports = output::check(&args.output, &args.source)?;
    let listing = listing::read(&args.source, &args.source_options, args.match_by.as_deref(), &progress)?;
    let match_by = match_by(args, &listing, &progress);
    let connection = connection::options(&args.connection, &progress).await?;
    // Not before the password was asked for: at that prompt Ctrl-C leaves at once.
    let stop = Stop::on_signal(&progress);
    let reports = output::create(reports)?;
    let album = output::album(&reports)?;
    let directory = tokio::select! {
        directory = Directory::connect(&connection) => directory?,
        () = stop.asked() => return Ok(Exit::Interrupted),
    };
    connection::tell_of_trouble(&directory, &progress);
    let making = tokio::select! {
        making = making(args, &directory) => making?,
        () = stop.asked() => return Ok(Exit::Interrupted),
    };

    let stage = progress.stage("Matching", 0);
    let matched = tokio::select! {
        matched = match_all(&listing.items, &directory, &match_by, &stage, args.skip_disabled) => matched?,
        () = stop.asked() => listing.items.iter().map(|item| Break(record::not_attempted(item))).collect(),
    };
    drop(stage);

    let stage = progress.stage(if args.dry_run { "Dry run" } else { "Importing" }, matched.len());
    let renderer = Renderer::new(args.thumbnail.jobs, making, &stop);
    let applier = Applier::new(&directory, args.dry_run);
    let pipeline = Pipeline {
        directory: &directory,
        applier: &applier,
        renderer: &renderer,
        album: &album,
        stop: &stop,
        only_missing: args.only_missing,
        in_flight: usize::from(args.connection.in_flight),
    };
    let records = pipeline.run(matched, &stage).await;
    drop(stage);

    let report = Report { command: "import", dry_run: args.dry_run, records, coverage: None, album };
    output::finish(&report, reports, args.output.format)?;
    match stop.why() {
        Some(Why::Interrupted) => Ok(Exit::Interrupted),
        Some(Why::DirectoryFailed) => bail!(
            "the run stopped, since no domain controller could be used any more ({}): what was not confirmed or not \
             attempted is in the report; run the same again to do the rest",
            directory.trouble().borrow().as_str()
        ),
        None if report.has_failures() => Ok(Exit::WithFailures),
        None => Ok(Exit::Done),
    }
}

fn match_by(args: &ImportArgs, listing: &Listing, progress: &Progress) -> String {
    match (&args.match_by, listing.match_by) {
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

/// What is to become of the files: within the byte budget, which the schema may lower and an argument may not exceed.
async fn making(args: &ImportArgs, directory: &Directory) -> Result<Making> {
    let Some(attribute) = directory.attribute(THUMBNAIL_PHOTO).await? else {
        bail!("this domain's schema has no attribute {THUMBNAIL_PHOTO}");
    };
    let upper = attribute.range_upper.and_then(|upper| usize::try_from(upper).ok()).unwrap_or(usize::MAX);
    if args.as_is {
        return Ok(Making::AsIs { max_bytes: upper });
    }
    let options = args.thumbnail.options();
    if args.thumbnail.max_bytes.is_some() && options.max_bytes > upper {
        bail!("--max-bytes {} is more than the {upper} bytes that this domain's schema allows", options.max_bytes);
    }
    Ok(Making::Thumbnail(thumbnail::Options { max_bytes: options.max_bytes.min(upper), ..options }))
}

/// Whose each photo is, in the order of the source.
async fn match_all(
    items: &[Item],
    directory: &Directory,
    match_by: &str,
    stage: &Stage,
    skip_disabled: bool,
) -> Result<Vec<Flow<Task>>> {
    let photos: Vec<&Photo> = items.iter().filter_map(Item::photo).collect();
    let accounts = find_accounts(&photos, directory, match_by, stage).await?;
    let mut paired = matching::pair(&photos, &accounts, match_by, directory.domain()).into_iter();
    let flows = items.iter().filter_map(|item| match item {
        Item::Unusable(row) => Some(Break(record::of_unusable(row))),
        Item::Photo(photo) => paired.next().map(|pair| match pair {
            Ok(found) if skip_disabled && !found.account.enabled => Break(skipped(&found)),
            Ok(found) => Continue(task(found)),
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

fn unmatched(photo: &Photo, mismatch: &Mismatch) -> Record {
    let (user, dn) = match mismatch {
        Mismatch::SeveralPhotos { account, dn, .. } => (account.clone(), Some(dn.clone())),
        _ => (photo.key.text().to_owned(), None),
    };
    let reason = Reason::from(mismatch);
    Record { user, dn, ..record::of_photo(photo, Status::Failed, vec![reason]) }
}

fn skipped(found: &Match) -> Record {
    let reason = Reason::new("disabled", "the account is disabled (--skip-disabled)");
    record::of_match(found, Status::Skipped, vec![reason])
}

fn task(found: Match) -> Task {
    let record = record::of_match(&found, Status::NotAttempted, remarks(&found));
    Task { account: found.account.guid, wanted: Wanted::Thumbnail(found.photo.path), record }
}

/// What a person may want to look at though it goes well.
fn remarks(found: &Match) -> Vec<Reason> {
    let name = &found.account.sam_account_name;
    let disabled = (!found.account.enabled).then(|| Reason::new("disabled", "the account is disabled"));
    let ignored = found.ignored.as_ref().map(|text| {
        Reason::new("ignored-text", format!("taken for {name}; \"{text}\" in the file's name was ignored"))
    });
    let shared = (!found.shared_with.is_empty()).then(|| {
        let others = some_of(&found.shared_with);
        Reason::new("same-photo", format!("the same file is given to {name} and to {others}"))
    });
    [disabled, ignored, shared].into_iter().flatten().collect()
}
