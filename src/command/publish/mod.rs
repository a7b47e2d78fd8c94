//! `adphoto publish`: writes Windows account pictures to a folder from which the PCs fetch them.

mod leavers;
pub(super) mod making;
pub(super) mod people;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use futures_util::{Stream, StreamExt, stream};

use self::leavers::Leavers;
use self::making::{Made, Maker, Written};
use self::people::{Person, from_directory, sid_of};
use super::run::{Begun, Call, Run};
use super::{listing, misplaced};
use crate::account_pictures::{Cache, Lock, Tree};
use crate::album::Album;
use crate::cli::PublishArgs;
use crate::directory::{Account, AccountQuery, Sid};
use crate::failure::{Context, Exit, Failure};
use crate::naming::{DEFAULT_MATCH_BY, Rules};
use crate::pipeline::{Flow, MaxChanges, Pictures, Why, Workers, exceeded};
use crate::progress::Stage;
use crate::report::{About, Record};

pub(super) async fn run(args: &PublishArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    let progress = call.progress;
    let begun = Begun::new("publish", &args.output, args.photos.as_deref().as_slice(), call)?.rehearsed(args.dry_run);
    let read =
        |source| listing::read(source, &args.source_options.options(Rules::column(&args.whose.match_by)), progress);
    let listing = args.photos.as_deref().map(read).transpose()?;
    let tree = open(args)?;
    let mut run = begun.connect(&args.connection).await?;
    run.about = About { include_disabled: Some(false), ..run.about.with_source(args.photos.as_deref()) };
    let cannot_use = || format!("cannot publish to {}", args.folder.display());
    let lock = (!args.dry_run).then(|| Lock::take(&tree).map(Arc::new)).transpose().with_context(cannot_use)?;
    let mut cache = Cache::read(&tree);

    let stage = progress.stage("Listing", 0);
    let listed = run.unless_stopped(run.accounts().list_accounts(&AccountQuery::all(DEFAULT_MATCH_BY))).await;
    let accounts = listed.context("nothing was published, since the accounts cannot be listed")?;
    drop(stage);
    let originals = match &listing {
        Some(listing) => people::from_source(listing, args, &mut run).await?,
        None => Vec::new(),
    };
    let publishing = Publishing {
        maker: Maker {
            tree: Arc::new(tree.clone()),
            lock: lock.clone(),
            cache: Arc::new(std::mem::take(&mut cache)),
            rendering: args.pictures.rendering(args.dry_run),
            workers: Workers::new(args.jobs, &run.stop),
            dry_run: args.dry_run,
            stop: run.stop.clone(),
            album: &run.album,
        },
        accounts: &accounts,
        args,
        run: &run,
    };
    let (records, noted, failed) = publishing.run(originals).await?;
    cache = noted;
    records.iter().for_each(|record| record.log(progress));
    run.hints.extend(misplaced::hint(records.iter().map(Cow::Borrowed)));
    if let Some(lock) = lock.filter(|_| !matches!(run.stop.why(), Some(Why::FolderFailed(_)))) {
        // The sign must not appear before everybody is published. If it did, the policy would take the pictures away
        // from people who are not published yet.
        let signed = |()| if run.stop.why().is_none() { tree.sign() } else { Ok(()) };
        run.failed = lock.check().and_then(|()| cache.write(&tree)).and_then(signed).with_context(cannot_use).err();
    }
    run.failed = run.failed.or(failed);
    run.finish(records)
}

fn open(args: &PublishArgs) -> Result<Tree, Failure> {
    let tree = Tree::open(&args.folder, args.dry_run);
    let tree = tree.with_context(|| format!("cannot publish to {}", args.folder.display()))?;
    match args.photos.as_deref().filter(|source| tree.is_searched(source, args.source_options.recursive)) {
        Some(source) => Err(Failure::new(format!(
            "the pictures would lie among the photos, and be taken for photos the next time: give a folder outside {}",
            source.display()
        ))),
        None => Ok(tree),
    }
}

/// Everything that a run needs to publish pictures.
struct Publishing<'r> {
    maker: Maker<'r>,
    /// All accounts below the base DN, including disabled ones.
    accounts: &'r [Account],
    args: &'r PublishArgs,
    run: &'r Run<'r>,
}

/// The records for the report, the updated cache, and why nobody's pictures were removed if that could not be decided.
type Done = (Vec<Record>, Cache, Option<Failure>);

impl Publishing<'_> {
    /// Publishes the pictures of the people in `originals`, and of everybody else who has a photo in the directory.
    async fn run(self, originals: Vec<Flow<Person>>) -> Result<Done, Failure> {
        let claimed: HashSet<_> = originals.iter().filter_map(people::account).collect();
        let others: Vec<&Account> =
            self.accounts.iter().filter(|account| account.enabled && !claimed.contains(&account.guid)).collect();
        // People whose photo in `--photos` cannot be used keep the pictures that they have.
        let is_to_stay = |account: &&Account| account.enabled && claimed.contains(&account.guid);
        let stay: HashSet<Sid> = self.accounts.iter().filter(is_to_stay).filter_map(sid_of).collect();
        let name = if self.args.dry_run { "Dry run" } else { "Publishing" };
        let stage = self.run.progress.stage(name, originals.len() + others.len());
        let made = self.made(originals, &others, &stage);
        let (written, leavers, failed) = match self.args.brake.max_changes {
            None => {
                let written: Vec<Written> =
                    made.map(|made| self.maker.write(made, None)).buffered(self.maker.workers.ahead()).collect().await;
                // Pictures are written by now, so an error must not lose their records.
                match self.leavers(stay, written.iter().map(|written| &written.sid)).await {
                    Ok(leavers) => (written, leavers, None),
                    Err(failure) => (written, Leavers::none(), Some(failure)),
                }
            }
            Some(most) => {
                let (written, leavers) = self.within(most, made, stay).await?;
                (written, leavers, None)
            }
        };
        drop(stage);
        let with_photo: HashSet<_> = written.iter().filter_map(|written| written.record.guid).collect();
        let without = others.iter().filter(|account| !with_photo.contains(&account.guid)).count();
        if without > 0 && self.run.stop.why().is_none() {
            let all = self.accounts.iter().filter(|account| account.enabled).count();
            self.run.progress.note(&format!("{without} of {all} accounts have no photo, or none that you may read"));
        }
        let mut cache = Cache::clone(&self.maker.cache);
        let mut records: Vec<Record> = Vec::new();
        for Written { record, sid, entry } in written {
            if let (Some(sid), Some(entry)) = (sid, entry) {
                cache.set(&sid, Some(entry));
            }
            records.push(record);
        }
        records.extend(leavers.remove(&self.maker, &mut cache));
        Ok((records, cache, failed))
    }

    /// Makes everybody's pictures, and returns the people in order: first the originals, then the others.
    fn made<'s>(
        &'s self,
        originals: Vec<Flow<Person>>,
        others: &'s [&'s Account],
        stage: &'s Stage,
    ) -> impl Stream<Item = Made> + 's {
        let mut pictures = Pictures::new(self.args.allow_identical);
        let originals = stream::iter(originals.into_iter().map(Some));
        originals
            .chain(from_directory(
                others,
                &self.run.destination,
                (&self.maker.tree, self.maker.album, &self.maker.stop),
            ))
            .inspect(|_| stage.advance(1))
            .filter_map(async |flow| flow)
            .map(|flow| self.maker.make(flow))
            .buffered(self.maker.workers.ahead())
            .map(move |made| self.maker.brake(made, &mut pictures))
    }

    /// Makes everybody's pictures first, and writes them only if no more than `most` accounts would change.
    async fn within(
        &self,
        most: MaxChanges,
        made: impl Stream<Item = Made>,
        stay: HashSet<Sid>,
    ) -> Result<(Vec<Written>, Leavers), Failure> {
        let plan = Album::new().context("there is no room to plan what would change")?;
        let planned: Vec<Made> = made.map(|made| made.kept_in(&plan)).collect().await;
        plan.check().context("there is no room to plan what would change")?;
        let leavers = self.leavers(stay, planned.iter().map(|made| &made.sid)).await?;
        let changes = planned.iter().filter(|made| made.changes()).count() + leavers.count();
        let (stop, destination) = (&self.run.stop, &self.run.destination);
        // Nothing is written by a run that is stopped, and the directory that would be asked may be why it is.
        if stop.why().is_none()
            && let Some(text) = exceeded(changes, most, destination).await?
        {
            let why = Why::TooManyChanges(text);
            if self.args.dry_run { stop.foresee(why) } else { stop.ask(why) }
        }
        let writing = stream::iter(planned).map(|made| self.maker.write(made, Some(&plan)));
        Ok((writing.buffered(self.maker.workers.ahead()).collect().await, leavers))
    }

    /// Finds the people whose pictures are removed. Without `--sync`, or if the run stops, there are none.
    async fn leavers<'s>(
        &self,
        mut stay: HashSet<Sid>,
        published: impl Iterator<Item = &'s Option<Sid>>,
    ) -> Result<Leavers, Failure> {
        stay.extend(published.flatten().cloned());
        if !self.args.sync || self.run.stop.why().is_some() {
            return Ok(Leavers::none());
        }
        let finding = Leavers::find(&self.maker.tree, &stay, self.accounts, &self.run.destination, self.run.progress);
        self.run.stop.unless_asked(finding).await.unwrap_or_else(|| Ok(Leavers::none()))
    }
}
