//! `adphoto import`: photos from a source to the accounts they belong to.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::ControlFlow::{Break, Continue};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{Exit, ending, journal, listing, output, steps};
use crate::cli::ImportArgs;
use crate::directory::{Directory, THUMBNAIL_PHOTO};
use crate::naming::{self, Match, Mismatch, Rules, some_of};
use crate::pipeline::{Applier, Flow, Making, PhotoFile, Pictures, Pipeline, Renderer, Stop, Task, Wanted, Why};
use crate::progress::Progress;
use crate::report::{About, NAMED_TWICE, Reason, Record, Report, Status, record};
use crate::saving::{DoneFolder, Recovered};
use crate::sign_in as connection;
use crate::source::{Item, Listing, Photo, SourceError};
use crate::terminal::printable;
use crate::thumbnail;

pub(super) async fn run(args: &ImportArgs, progress: &Progress) -> Result<Exit> {
    let about = About::now();
    let reports = output::check(&args.output, Some(&args.source))?;
    let done = done_folder(args, progress)?;
    let listing = listing::read(&args.source, &args.source_options, Rules::column(&args.match_by), progress);
    let listing = match listing {
        // What --move-done leaves after a quiet day.
        Err(error @ SourceError::EmptyFolder { .. }) if args.move_done.is_some() => {
            progress.note(&printable(&format!("{error}: nothing to do")));
            Listing::default()
        }
        listing => listing?,
    };
    let (rules, note) = Rules::choose(&args.match_by, listing.match_by);
    note.iter().for_each(|note| progress.note(note));
    let place = journal::place(&args.write, args.dry_run)?;
    let connection = connection::options(&args.connection, progress).await?;
    // Not before the password was asked for: at that prompt Ctrl-C leaves at once.
    let stop = Stop::on_signal(progress);
    let reports = output::create(reports)?;
    let album = output::album(&reports)?;
    let Some(directory) = connection::open(&connection, &stop, progress).await? else { return Ok(Exit::Interrupted) };
    let about = about.connected_to(&directory).with_source(Some(&args.source));
    let Some(making) = stop.unless_asked(making(args, &directory)).await.transpose()? else {
        return Ok(Exit::Interrupted);
    };

    let done = done.map(|mut done| {
        done.look_at(listing.items.iter().filter_map(Item::photo).map(|photo| photo.path.as_path()));
        done
    });
    let source = Some(args.source.display().to_string());
    let journal = place.map(|place| journal::begin(place, "import", source, &directory, Vec::new())).transpose()?;

    let options =
        naming::Options { rules, name_pattern: args.name_pattern.clone(), ignored: args.ignore_text.clone() };
    let matching = match_all(&listing.items, &options, &directory, args, &stop, progress);
    let matched = match stop.unless_asked(matching).await {
        Some(matched) => matched?,
        None => listing.items.iter().map(|item| Break(record::not_attempted(item))).collect(),
    };

    // Only the page makes a list, and only of what would be written.
    let tells_hashes = args.dry_run && album.keeps_photos();
    let renderer = Renderer::new(args.thumbnail.jobs, making, &stop).telling_hashes(tells_hashes);
    let applier = Applier::new(&directory, journal::mode(journal.as_ref()));
    let pipeline = Pipeline {
        directory: &directory,
        applier: &applier,
        renderer: &renderer,
        album: &album,
        stop: &stop,
        progress,
        visibility: None,
        only_missing: args.only_missing,
        pictures: RefCell::new(Pictures::new(args.allow_identical)),
        in_flight: usize::from(args.write.in_flight),
    };
    let doing = if args.dry_run { "Dry run" } else { "Importing" };
    let mut records = pipeline.run_within(args.brake.max_changes, matched, doing).await?;
    // Where one picture was for too many, those who have it must be seen again by the next run, or it would go on.
    if let Some(done) = done.filter(|_| stop.why() != Some(&Why::Identical)) {
        clear(&done, &listing.items, &mut records, progress);
    }

    let report = Report { command: "import", dry_run: args.dry_run, about, records, coverage: None, album };
    let journal = journal::end(journal, &report, &stop, progress);
    let reported = output::finish(&report, reports, args.output.format, progress);
    ending::with_report(reported, ending::of_writing(&report, &stop, &directory, journal))
}

/// Where photos go that are done with. What a run ended by force left there half moved is put back, to be found.
fn done_folder(args: &ImportArgs, progress: &Progress) -> Result<Option<DoneFolder>> {
    let Some(path) = &args.move_done else { return Ok(None) };
    let open = if args.dry_run { DoneFolder::rehearsed } else { DoneFolder::open };
    let done = open(path, &args.source);
    let done = done.with_context(|| format!("cannot use the folder {} of --move-done", path.display()))?;
    if done.is_searched(&args.source, args.source_options.recursive) {
        bail!(
            "--move-done would move the photos to where they are found again: give a folder outside {}",
            args.source.display()
        );
    }
    if args.dry_run {
        return Ok(None);
    }
    if args.source.is_dir() {
        let Recovered { put_back, moved, left } = done.recover(args.source_options.recursive);
        let to = format!("lies in {} now, as there is a newer photo of its name", path.display());
        let outcomes =
            [(put_back, "has its name back"), (moved, &to), (left, "can neither be moved nor get its name back")];
        for (photo, outcome) in
            outcomes.iter().flat_map(|(photos, outcome)| photos.iter().map(move |photo| (photo, outcome)))
        {
            progress.note(&printable(&format!(
                "an earlier run was ended while it moved a photo: {} {outcome}",
                photo.display()
            )));
        }
    }
    Ok(Some(done))
}

/// Moves the photos away that all of their accounts hold.
fn clear(done: &DoneFolder, items: &[Item], records: &mut [Record], progress: &Progress) {
    // By where they are: a list may name one file in several ways.
    let mut owners: BTreeMap<PathBuf, Vec<(usize, &Path)>> = BTreeMap::new();
    for (place, item) in items.iter().enumerate() {
        if let Some(Photo { path, .. }) = item.photo() {
            let real = path.canonicalize().unwrap_or_else(|_| path.clone());
            owners.entry(real).or_default().push((place, path));
        }
    }
    let is_done =
        |record: &Record| matches!(record.status, Status::Written | Status::Unchanged) || record.has(NAMED_TWICE);
    let mut stay = 0;
    for owners in owners.into_values() {
        if !owners.iter().all(|&(place, _)| is_done(&records[place])) {
            continue;
        }
        // A photo that a link leads to would leave that behind.
        let link = owners.iter().find(|(_, path)| path.is_symlink());
        if let Some((_, path)) = link.or(owners.first())
            && let Err(error) = done.take(path)
        {
            stay += 1;
            progress.log(&printable(&format!("not moved: {}: {error}", path.display())));
            owners.iter().for_each(|&(place, _)| records[place].reasons.push(Reason::from(&error)));
        }
    }
    if stay > 0 {
        let photos = if stay == 1 { "1 photo".to_owned() } else { format!("{stay} photos") };
        progress.note(&format!("{photos} could not be moved to the folder of --move-done"));
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
    options: &naming::Options,
    directory: &Directory,
    args: &ImportArgs,
    stop: &Stop,
    progress: &Progress,
) -> Result<Vec<Flow<Task>>> {
    let photos: Vec<&Photo> = items.iter().filter_map(Item::photo).collect();
    let assigned = naming::assign(&photos, options, directory, &steps::shown(progress)).await?;
    steps::say(&assigned.hints, progress);
    let misnamed = assigned.misnamed.filter(|_| !args.allow_misnamed);
    if let Some(misnamed) = &misnamed {
        stop.ask(Why::Misnamed(misnamed.to_string()));
    }
    let mut matches = assigned.matches.into_iter();
    let flows = items.iter().filter_map(|item| match item {
        Item::Unusable(row) => Some(Break(record::of_unusable(row))),
        Item::Photo(photo) => matches.next().map(|found| match found {
            Ok(found) if args.skip_disabled && !found.account.enabled => Break(skipped(&found)),
            Ok(found) if misnamed.is_some() => Break(task(found).ends(Status::NotAttempted, vec![stop.reason()])),
            Ok(found) => Continue(task(found)),
            Err(mismatch) => Break(unmatched(photo, &mismatch)),
        }),
    });
    Ok(flows.collect())
}

fn unmatched(photo: &Photo, mismatch: &Mismatch) -> Record {
    let status = if matches!(mismatch, Mismatch::Repeated { .. }) { Status::Skipped } else { Status::Failed };
    let reasons = vec![Reason::from(mismatch)];
    match mismatch {
        Mismatch::SeveralPhotos { account, .. } | Mismatch::Repeated { account, .. } => {
            record::of_both(photo, account, status, reasons)
        }
        _ => record::of_photo(photo, status, reasons),
    }
}

fn skipped(found: &Match) -> Record {
    let reason = Reason::new("disabled", "the account is disabled (--skip-disabled)");
    record::of_both(&found.photo, &found.account, Status::Skipped, vec![reason])
}

fn task(found: Match) -> Task {
    let record = record::of_both(&found.photo, &found.account, Status::NotAttempted, remarks(&found));
    Task { account: found.account.guid, server: None, wanted: Wanted::Thumbnail(PhotoFile::from(&found.photo)), record }
}

/// What a person may want to look at though it goes well.
fn remarks(found: &Match) -> Vec<Reason> {
    let name = &found.account.sam_account_name;
    let disabled = (!found.account.enabled).then(|| Reason::new("disabled", "the account is disabled"));
    let ignored = found.ignored.as_ref().map(|text| {
        let called = found.account.display_name.as_ref().map_or(String::new(), |called| format!(" ({called})"));
        Reason::new("ignored-text", format!("taken for {name}{called}; \"{text}\" in the file's name was ignored"))
    });
    let shared = (!found.shared_with.is_empty()).then(|| {
        let others = some_of(&found.shared_with);
        Reason::new("same-photo", format!("the same file is given to {name} and to {others}"))
    });
    let named_after = found.named_after.as_ref().map(|other| {
        let text = format!("given to {name}, but the file is named after {other}");
        Reason::with("named-after-another", &text, "check that the list's rows and its photos have not shifted")
    });
    [disabled, ignored, shared, named_after].into_iter().flatten().collect()
}
