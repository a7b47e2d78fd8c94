//! `adphoto import`: gives the photos of a source to the accounts to which they belong.

use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use super::approval;
use super::inbox::Inbox;
use super::listing;
use super::question;
use super::run::{Begun, Call, Changes, Subject};
use super::steps;
use super::unchanged;
use crate::cli::ImportArgs;
use crate::directory::Directory;
use crate::failure::{Exit, Failure};
use crate::naming::{self, Hint, Match, Mismatch, Rules, some_of};
use crate::pipeline::{Flow, Making, PhotoFile, Renderer, Stop, Task, Wanted, Why};
use crate::progress::Progress;
use crate::report::{Code, Reason, Record, Status, record};
use crate::source::{self, Item, Listing, Photo, SourceError};
use crate::thumbnail;

/// The number of photos that are replaced without asking for confirmation.
const MANY: usize = 10;

pub(super) async fn run(args: &ImportArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    let progress = call.progress;
    let begun = Begun::new("import", &args.output, &[&args.source], call)?.writing(&args.write, args.dry_run)?;
    let mut inbox = Inbox::open(args, progress)?;
    let listing = listing(args, progress)?;
    let (rules, note) = Rules::choose(&args.match_by, listing.match_by);
    note.iter().for_each(|note| progress.note(note));
    let mut run = begun.connect(&args.connection).await?;
    run.about = run.about.with_source(Some(&args.source));
    let making = run.unless_stopped(making(args, run.directory())).await?;
    inbox.look_at(&listing.items);
    run.begin_journal(Subject { source: Some(args.source.display().to_string()), ..Subject::default() })?;

    // Only the approval page makes a list, and the list only has photos that would be written.
    let tells_hashes = args.dry_run && run.album.keeps_photos();
    let cache = unchanged::open(args, &listing, making, &run);
    let renderer = Renderer::new(args.thumbnail.jobs, making, &run.stop);
    let renderer = Arc::new(renderer.telling_hashes(tells_hashes).knowing(cache.clone()));
    let naming = naming::Options { rules, name_pattern: args.name_pattern.clone(), ignored: args.ignore_text.clone() };
    let matching = match_all(&listing.items, &naming, run.directory(), args, &renderer, &run.stop, progress);
    let tasks = match run.stop.unless_asked(matching).await {
        Some(matched) => {
            let (tasks, hints) = matched?;
            run.hints = hints.iter().map(ToString::to_string).collect();
            tasks
        }
        None => listing.items.iter().map(|item| Break(record::not_attempted(item))).collect(),
    };
    let tasks = if tells_hashes { approval::pictured(tasks, &renderer, &run).await } else { tasks };
    if tells_hashes && !args.report_without_directory {
        run.people = approval::people(&tasks, &run).await;
    }
    let changes = Changes {
        doing: "Importing",
        only_missing: args.only_missing,
        allow_identical: args.allow_identical,
        made_ahead: renderer.ahead(),
        most: args.brake.max_changes,
    };
    let mut records = if asks(args, &tasks) {
        let agreed = run.change_if(tasks, changes, async |planned| run.unless_stopped(agreed(planned)).await);
        let Some(records) = agreed.await? else {
            progress.note("no photos were written");
            return Ok(Exit::CouldNotRun);
        };
        records
    } else {
        run.change(tasks, changes).await?
    };
    if let Some(cache) = cache {
        unchanged::save(&cache, args, run.stop.why().is_none(), progress);
    }
    inbox.clear(&listing.items, &mut records, &run.stop, progress);
    run.finish(records)
}

/// Returns whether to ask before many photos are replaced. Somebody who has looked at a dry run passes `--yes`, and
/// without a terminal nobody can answer.
fn asks(args: &ImportArgs, tasks: &[Flow<Task>]) -> bool {
    let may_replace = tasks.iter().filter(|flow| flow.is_continue()).count();
    may_replace > MANY && !args.yes && !args.dry_run && !args.only_missing && question::is_possible()
}

/// Asks for confirmation if many photos are to be replaced.
async fn agreed(planned: &[Flow<Task>]) -> Result<bool, Failure> {
    let all = planned.iter().filter(|flow| flow.is_continue()).count();
    let replaced = planned.iter().filter(|flow| matches!(flow, Continue(task) if task.replaces())).count();
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

/// Reads the source.
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
async fn making(args: &ImportArgs, directory: &Directory) -> Result<Making, Failure> {
    let name = directory.photo_attribute();
    let Some(attribute) = directory.attribute(name).await? else {
        return Err(Failure::new(format!("this domain's schema has no attribute {name}")));
    };
    let upper = attribute.range_upper.and_then(|upper| usize::try_from(upper).ok()).unwrap_or(usize::MAX);
    if args.as_is {
        return Ok(Making::AsIs { max_bytes: upper });
    }
    let options = args.thumbnail.options();
    if args.thumbnail.max_bytes.is_some() && options.max_bytes > upper {
        return Err(Failure::new(format!(
            "--max-bytes {} is more than the {upper} bytes that this domain's schema allows",
            options.max_bytes
        )));
    }
    Ok(Making::Thumbnail(thumbnail::Options { max_bytes: options.max_bytes.min(upper), ..options }))
}

/// Matches all photos, in the order of the source. Also returns hints if many photos match nobody.
async fn match_all(
    items: &[Item],
    options: &naming::Options,
    directory: &Directory,
    args: &ImportArgs,
    renderer: &Arc<Renderer>,
    stop: &Stop,
    progress: &Progress,
) -> Result<(Vec<Flow<Task>>, Vec<Hint>), Failure> {
    let photos: Vec<&Photo> = items.iter().filter_map(Item::photo).collect();
    let assigned = naming::assign(&photos, options, directory, &steps::shown(progress)).await?;
    // In an approved list, somebody has seen each photo beside its name.
    let is_approved = photos.iter().any(|photo| photo.approved.is_some());
    let misnamed = assigned.misnamed.filter(|_| !args.allow_misnamed && !is_approved);
    if let Some(misnamed) = &misnamed {
        stop.ask(Why::Misnamed(misnamed.to_string()));
    }
    let mut matches = assigned.matches.into_iter();
    let flows = items.iter().filter_map(|item| match item {
        Item::Unusable(row) => Some(Break(record::of_unusable(row))),
        Item::Photo(photo) => matches.next().map(|found| match found {
            Ok(found) if args.skip_disabled && !found.account.enabled => Break(skipped(&found)),
            Ok(found) => match approval::other_user(&found) {
                Some(reason) => Break(record::of_both(&found.photo, &found.account, Status::Failed, vec![reason])),
                None if misnamed.is_some() => {
                    let task = task(found, renderer);
                    let reasons = [task.record.reasons.clone(), vec![stop.reason()]].concat();
                    Break(task.ends(Status::NotAttempted, reasons))
                }
                None => Continue(task(found, renderer)),
            },
            Err(mismatch) => Break(unmatched(photo, &mismatch)),
        }),
    });
    Ok((flows.collect(), assigned.hints))
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
            over: found.photo.approved.as_ref().map(|approved| approved.before),
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
