//! `adphoto import`: gives the photos of a source to the accounts to which they belong.

use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use super::approval;
use super::inbox::Inbox;
use super::listing;
use super::misplaced;
use super::question;
use super::run::{Begun, Call, Changes, Run, Subject};
use super::steps;
use super::unchanged;
use crate::cli::{ImportArgs, Target, faces};
use crate::destination::{Destination, Recall};
use crate::failure::{Exit, Failure};
use crate::naming::{self, Assigned, Match, Mismatch, Rules, some_of};
use crate::pipeline::{Flow, Making, PhotoFile, Plan, Renderer, Stop, Task, Wanted, Why};
use crate::progress::Progress;
use crate::report::{Code, Reason, Record, Status, record};
use crate::source::{self, Item, Listing, Photo, SourceError};
use crate::thumbnail;

/// The number of photos that are replaced without asking for confirmation.
const MANY: usize = 10;

pub(super) async fn run(args: &ImportArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    let progress = call.progress;
    let begun = Begun::new("import", &args.output, &[&args.source], call)?.writing(&args.write, args.dry_run)?;
    let inbox = Inbox::open(args, progress)?;
    let listing = listing(args, progress)?;
    let (rules, note) = Rules::choose(&args.match_by, listing.match_by);
    note.iter().for_each(|note| progress.note(note));
    match args.cloud.target {
        Target::ActiveDirectory => on(begun.connect(&args.connection).await?, args, inbox, listing, rules).await,
        Target::Microsoft365 => {
            let mut run = begun.connect_to_tenant(&args.cloud, &args.connection).await?;
            run.heed_policy().await?;
            run.tells_what_undo_may(args.without_undo)?;
            run.recall(Recall { learns: true, rereads: args.reread, overwrites: args.overwrite_cloud });
            on(run, args, inbox, listing, rules).await
        }
    }
}

/// Imports photos into a destination.
async fn on<D: Destination>(
    mut run: Run<'_, D>,
    args: &ImportArgs,
    mut inbox: Inbox,
    listing: Listing,
    rules: Rules,
) -> Result<Exit, Failure> {
    let progress = run.progress;
    run.about = run.about.with_source(Some(&args.source));
    let making = run.unless_stopped(making(args, &run.destination)).await?;
    inbox.look_at(&listing.items);
    run.begin_journal(Subject { source: Some(args.source.display().to_string()), ..Subject::default() })?;

    // Only the approval page makes a list, and the list only has photos that would be written.
    let has_page = args.dry_run && run.album.keeps_photos();
    let cache = unchanged::open(args, &listing, making, &run);
    let renderer = Renderer::new(args.thumbnail.jobs, making, &run.stop);
    let renderer = Arc::new(renderer.for_page(has_page).knowing(cache.clone()));
    let naming = naming::Options { rules, name_pattern: args.name_pattern.clone(), ignored: args.ignore_text.clone() };
    let matching = match_all(&listing.items, &naming, &run.destination, args, &run.stop, progress);
    let assigned = run.stop.unless_asked(matching).await.transpose()?;
    run.hints = assigned.iter().flat_map(|assigned| &assigned.hints).map(ToString::to_string).collect();
    let may_replace = assigned.as_ref().map_or(0, |assigned| assigned.matches.guids().count());
    let before_first_write = run.heed_journal(if args.only_missing { 0 } else { may_replace })?;
    let mut matches = assigned.map(|assigned| assigned.matches.each());
    let is_misnamed = matches!(run.stop.why(), Some(Why::Misnamed(_)));
    let stop = run.stop.clone();
    // Each task is made when its turn comes, because all of them together would take much memory.
    let tasks = listing.items.iter().map(|item| match item {
        Item::Unusable(row) => Break(record::of_unusable(row)),
        Item::Photo(photo) => match matches.as_mut().and_then(Iterator::next) {
            Some(found) => flow::<D>(photo, found, args, &renderer, is_misnamed.then_some(&stop)),
            None => Break(record::not_attempted(item)),
        },
    });
    let tasks: Box<dyn ExactSizeIterator<Item = Flow<Task>>> = if has_page {
        let tasks = approval::pictured(tasks.collect(), &renderer, &run).await;
        if !args.report_without_directory {
            run.people = approval::people(&tasks, &run).await;
        }
        Box::new(tasks.into_iter())
    } else {
        Box::new(tasks)
    };
    let changes = Changes {
        doing: "Importing",
        only_missing: args.only_missing,
        allow_identical: args.allow_identical,
        made_ahead: renderer.ahead(),
        most: args.brake.max_changes,
        before_first_write,
    };
    let mut records = if asks(args, may_replace) {
        let agreed = run.change_if(tasks, changes, async |planned| run.unless_stopped(agreed(planned)).await);
        let Some(records) = agreed.await? else {
            return Err(Failure::new("no photos were written, because the answer was no"));
        };
        records
    } else {
        run.change(tasks, changes).await?
    };
    if let Some(cache) = cache {
        unchanged::save(&cache, args, run.stop.why().is_none(), progress);
    }
    inbox.clear(&listing.items, &mut records, &run.stop, progress);
    run.hints.extend(misplaced::hint(records.iter().flatten()));
    run.finish(records)
}

/// Returns whether to ask before many photos are replaced. Somebody who has looked at a dry run passes `--yes`, and
/// without a terminal nobody can answer.
fn asks(args: &ImportArgs, may_replace: usize) -> bool {
    may_replace > MANY && !args.yes && !args.dry_run && !args.only_missing && question::is_possible()
}

/// Asks for confirmation if many photos are to be replaced.
async fn agreed(planned: &Plan) -> Result<bool, Failure> {
    let (all, replaced) = (planned.changes(), planned.replacements());
    if replaced <= MANY {
        return Ok(true);
    }
    let new = match all - replaced {
        0 => String::new(),
        1 => "1 account gets its first photo. ".to_owned(),
        new => format!("{new} accounts get their first photo. "),
    };
    question::agreed(format!("{new}Replace the photos of {replaced} accounts?")).await
}

/// Reads the source. With `--require-photos`, a source without photos is an error.
fn listing(args: &ImportArgs, progress: &Progress) -> Result<Listing, Failure> {
    let options = args.source_options.options(Rules::column(&args.match_by));
    let listing = listing::read(&args.source, &source::Options { account: args.account.clone(), ..options }, progress);
    let is_without = match &listing {
        Ok(listing) => !listing.items.iter().any(|item| item.photo().is_some()),
        Err(error) => matches!(error, SourceError::EmptyFolder { .. }),
    };
    if args.require_photos && is_without {
        let source = args.source.display();
        return Err(Failure::new(format!("{source} has no photos, and --require-photos wants some"))
            .hint("if it is on a share, check that the share is mounted"));
    }
    match listing {
        // On a quiet day, --move-done and --move-failed leave an empty folder behind.
        Err(error @ SourceError::EmptyFolder { .. }) if args.move_done.is_some() || args.move_failed.is_some() => {
            progress.note(&format!("{error}: nothing to do"));
            Ok(Listing::default())
        }
        listing => Ok(listing?),
    }
}

/// Returns what to make of the files. Their size limit is that of the arguments or of the schema, whichever is lower;
/// an explicit argument above the schema's limit is an error.
async fn making<D: Destination>(args: &ImportArgs, destination: &D) -> Result<Making, Failure> {
    let Some(room) = destination.room().await? else {
        let name = destination.attribute();
        return Err(Failure::new(format!("this domain's schema has no attribute {name}")));
    };
    let upper = room.unwrap_or(usize::MAX);
    if args.as_is {
        return Ok(Making::AsIs { max_bytes: upper });
    }
    let options = args.thumbnail.options(args.cloud.target);
    let options = thumbnail::Options { faces: faces(args.thumbnail.require_face, args.dry_run), ..options };
    if args.thumbnail.max_bytes.is_some() && options.max_bytes > upper {
        return Err(Failure::new(format!(
            "--max-bytes {} is more than the {upper} bytes that this domain's schema allows",
            options.max_bytes
        )));
    }
    let options = thumbnail::Options { max_bytes: options.max_bytes.min(upper), ..options };
    Ok(match args.cloud.target {
        Target::ActiveDirectory => Making::Thumbnail(options),
        Target::Microsoft365 => Making::Within(options),
    })
}

/// Matches all photos, in the order of the source. If most of a list gives people the photos of others, the run stops.
async fn match_all<'i, D: Destination>(
    items: &'i [Item],
    options: &naming::Options,
    destination: &D,
    args: &ImportArgs,
    stop: &Stop,
    progress: &Progress,
) -> Result<Assigned<'i>, Failure> {
    let photos: Vec<&Photo> = items.iter().filter_map(Item::photo).collect();
    let assigned = naming::assign(&photos, options, destination.accounts(), &steps::shown(progress)).await?;
    // Somebody has seen each photo of an approved list beside its name, so no photo can be misnamed there.
    let is_approved = photos.iter().any(|photo| photo.approved().is_some());
    if let Some(misnamed) = assigned.misnamed.as_ref().filter(|_| !args.allow_misnamed && !is_approved) {
        stop.ask(Why::Misnamed(misnamed.to_string()));
    }
    Ok(assigned)
}

/// Returns the task of a photo. `misnamed` is the stop of a run that nothing goes through, because most of its list gives
/// people the photos of others.
fn flow<D: Destination>(
    photo: &Photo,
    found: Result<Match, Mismatch>,
    args: &ImportArgs,
    renderer: &Arc<Renderer>,
    misnamed: Option<&Stop>,
) -> Flow<Task> {
    let found = match found {
        Ok(found) if args.skip_disabled && !found.account.enabled => return Break(skipped(&found)),
        Ok(found) => found,
        Err(mismatch) => return Break(unmatched(photo, &mismatch)),
    };
    match (approval::other_user(&found, D::IDENTITY), misnamed) {
        (Some(reason), _) => Break(record::of_both(&found.photo, &found.account, Status::Failed, vec![reason])),
        (None, Some(stop)) => {
            let task = task(found, renderer);
            let reasons = [task.record.reasons.clone(), vec![stop.reason()]].concat();
            Break(task.ends(Status::NotAttempted, reasons))
        }
        (None, None) => Continue(task(found, renderer)),
    }
}

pub(super) fn unmatched(photo: &Photo, mismatch: &Mismatch) -> Record {
    let status = if matches!(mismatch, Mismatch::Repeated { .. }) { Status::Skipped } else { Status::Failed };
    let reasons = vec![Reason::from(mismatch)];
    let record = match mismatch {
        Mismatch::SeveralPhotos { account, .. } | Mismatch::Repeated { account, .. } => {
            record::of_both(photo, account, status, reasons)
        }
        _ => record::of_photo(photo, status, reasons),
    };
    record.suggesting(mismatch)
}

fn skipped(found: &Match) -> Record {
    let reason = Reason::new(Code::Disabled, "the account is disabled (--skip-disabled)");
    record::of_both(&found.photo, &found.account, Status::Skipped, vec![reason])
}

fn task(found: Match, renderer: &Arc<Renderer>) -> Task {
    let record = record::of_both(&found.photo, &found.account, Status::NotAttempted, remarks(&found));
    Task {
        account: found.account.guid,
        server: None,
        wanted: Wanted::Thumbnail {
            file: PhotoFile::from(&found.photo),
            renderer: renderer.clone(),
            over: found.photo.approved().map(|approved| approved.before),
        },
        record,
    }
}

/// Returns remarks about a match that is fine but worth a look.
pub(super) fn remarks(found: &Match) -> Vec<Reason> {
    let name = &found.account.sam_account_name;
    let disabled = (!found.account.enabled).then(|| Reason::new(Code::Disabled, "the account is disabled"));
    let ignored = found.ignored.as_ref().map(|text| {
        let called = found.account.display_name.as_ref().map_or(String::new(), |called| format!(" ({called})"));
        Reason::new(Code::IgnoredText, format!("matched to {name}{called}; \"{text}\" in the file name was ignored"))
    });
    let shared = (!found.shared_with.is_empty()).then(|| {
        let others = some_of(&found.shared_with);
        Reason::new(Code::SamePhoto, format!("the same file is given to {name} and to {others}"))
    });
    let named_after = found.named_after.as_ref().map(|other| {
        let text = format!("given to {name}, but the file is named after {other}");
        Reason::with(
            Code::NamedAfterAnother,
            &text,
            "check that the photos in the list have not shifted against the users",
        )
    });
    [disabled, ignored, shared, named_after].into_iter().flatten().collect()
}
