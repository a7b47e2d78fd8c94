//! `adphoto audit`: who has no photo, and whose photo is not as it should be.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

use futures_util::{StreamExt, stream};

use super::listing;
use super::run::{Begun, Call, Run};
use super::steps;
use crate::album::Album;
use crate::cli::{AuditArgs, Target};
use crate::destination::{Accounts, Destination};
use crate::directory::{Account, Guid, HeldPhoto};
use crate::failure::{Context, Exit, Failure};
use crate::naming::{self, DEFAULT_MATCH_BY, Rules, lookup, some_of};
use crate::panics::caught;
use crate::pipeline::{self, ACCOUNTS_A_READ, Making, PhotoFile, Renderer, Stop};
use crate::progress::{Progress, Stage};
use crate::report::{About, Code, Coverage, Earlier, Reason, Record, Since, Status, record};
use crate::source::{Item, Listing, Photo};
use crate::thumbnail::{self, Doubt, Faces, Flaw, PhotoError};

/// The number of searches that run at the same time.
const READS_AT_ONCE: usize = 4;

pub(super) async fn run(args: &AuditArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    let progress = call.progress;
    let kept: Vec<&Path> = args.photos.iter().chain(&args.since).map(PathBuf::as_path).collect();
    let begun = Begun::new("audit", &args.output, &kept, call)?;
    let earlier = args.since.as_deref().map(Earlier::read).transpose()?;
    let options = args.source_options.options(Rules::column(&args.whose.match_by));
    let read = |source| listing::read(source, &options, progress);
    let photos = args.photos.as_deref().map(read).transpose()?;
    match args.cloud.target {
        Target::ActiveDirectory => on(begun.connect(&args.connection).await?, args, earlier, photos).await,
        Target::Microsoft365 => {
            on(begun.connect_to_tenant(&args.cloud, &args.connection).await?, args, earlier, photos).await
        }
    }
}

/// Audits the accounts of a destination.
async fn on<D: Destination>(
    mut run: Run<'_, D>,
    args: &AuditArgs,
    earlier: Option<Earlier>,
    photos: Option<Listing>,
) -> Result<Exit, Failure> {
    let progress = run.progress;
    run.about = About {
        filter: args.filter.as_ref().map(ToString::to_string),
        include_disabled: Some(args.include_disabled),
        only: args.only.map(|only| only.name()),
        ..run.about.with_source(args.photos.as_deref())
    };
    if let Some(earlier) = &earlier {
        earlier.check(&run.about)?;
    }
    run.columns = run.unless_stopped(lookup::columns(run.accounts(), &args.columns)).await?;
    let accounts = run.unless_stopped(prepare(args, &run, progress)).await?;

    let stage = progress.stage("Auditing", accounts.len());
    let looks = Code::FLAWS.iter().any(|flaw| flaw.is_about_faces() && !args.ignore_flaw.contains(flaw));
    let audit = Audit {
        destination: &run.destination,
        photo: thumbnail::Options { faces: if looks { Faces::Told } else { Faces::Ignored }, ..args.fit.options() },
        ignored: &args.ignore_flaw,
        album: &run.album,
        stop: &run.stop,
    };
    let mut audited = audit.run(&accounts, &stage).await;
    drop(stage);
    if !args.ignore_flaw.contains(&Code::SamePicture) {
        note_same_pictures(&mut audited);
    }
    let mut records: Vec<Record> = audited.into_iter().map(|audited| audited.record).collect();
    if let (Some(photos), None) = (&photos, run.stop.why()) {
        let offering = offer(photos, args, run.accounts(), &accounts, &mut records, &run.stop, progress);
        run.stop.unless_asked(offering).await.transpose()?;
    }

    let group = |account: &Account| match args.by {
        Some(_) => account.keys.first().cloned().unwrap_or_default(),
        None => account.container().to_owned(),
    };
    let counted = accounts.iter().zip(&records).map(|(account, record)| (group(account), record.status));
    let coverage = Coverage::count(args.by.as_deref().unwrap_or("OU"), counted);
    for (account, record) in accounts.iter().zip(&mut records) {
        record.group = coverage.place(&group(account));
    }
    run.coverage = Some(coverage);
    run.since = earlier.filter(|_| run.stop.why().is_none()).map(|earlier| Since::of(&earlier, &records));
    records.iter().for_each(|record| record.log(progress));
    records.retain(|record| args.only.is_none_or(|only| only.lists(record.status)));
    run.finish(records)
}

/// Returns the accounts in scope, sorted by name.
async fn prepare<D: Destination>(
    args: &AuditArgs,
    run: &Run<'_, D>,
    progress: &Progress,
) -> Result<Vec<Account>, Failure> {
    let (stage, place) = (progress.stage("Listing", 0), run.accounts());
    let by = match &args.by {
        Some(by) => lookup::attribute(place, by).await?.name,
        None => DEFAULT_MATCH_BY.to_owned(),
    };
    lookup::check_filter(place, args.filter.as_ref()).await?;
    let listed = place.list_accounts(args.filter.as_ref(), &by, &run.columns).await;
    let mut accounts = listed.context("cannot list the accounts")?;
    accounts.retain(|account| account.enabled || args.include_disabled);
    if accounts.is_empty() {
        progress.note("no account was found: check --base-dn and --filter");
    }
    accounts.sort_by_cached_key(|account| account.sam_account_name.to_lowercase());
    let is_told = run.destination.tells_hidden().await.context("cannot read your rights")?;
    drop(stage);
    if !is_told {
        progress.note(
            "this server does not tell which photos you may read: an account without a photo may have one that you \
             cannot see",
        );
    }
    Ok(accounts)
}

/// An account's record, and a hash of its picture, by which the same pictures are found.
struct Audited {
    record: Record,
    picture: Option<u64>,
}

/// What all accounts are audited with.
struct Audit<'r, D> {
    destination: &'r D,
    photo: thumbnail::Options,
    /// The flaws that are accepted.
    ignored: &'r [Code],
    album: &'r Album,
    stop: &'r Stop,
}

impl<D: Destination> Audit<'_, D> {
    /// Audits all accounts, in the order given.
    async fn run(&self, accounts: &[Account], stage: &Stage) -> Vec<Audited> {
        let hasher = RandomState::new();
        stream::iter(accounts.chunks(ACCOUNTS_A_READ))
            .map(|accounts| self.judge(accounts, &hasher))
            .buffered(READS_AT_ONCE)
            .inspect(|audited| stage.advance(audited.len()))
            .flat_map(stream::iter)
            .collect()
            .await
    }

    /// Audits some accounts.
    async fn judge(&self, accounts: &[Account], hasher: &RandomState) -> Vec<Audited> {
        let read = self.read(accounts).await;
        let (held, mut hidden) = match read {
            Ok(read) => read,
            Err(reason) => return not_audited(accounts, &reason),
        };
        let options = self.photo;
        // Decoding would block a thread that waits for the network. Panics of a decoder are caught inside `examine`.
        let found = tokio::task::spawn_blocking(move || examine(held, |photo| D::flaws(photo, &options))).await;
        let Ok(mut found) = found else {
            return not_audited(accounts, &Reason::new(Code::NotJudged, "the photos could not be judged"));
        };
        let audited = |account: &Account| match found.remove(&account.guid) {
            Some(Some(Found { photo, flaws })) => {
                let reasons = flaws.iter().map(Reason::from).filter(|reason| !self.ignored.contains(&reason.code));
                let reasons: Vec<Reason> = reasons.collect();
                let status = if reasons.is_empty() { Status::Ok } else { Status::Unfit };
                let mut record = record::of_account(account, status, reasons);
                record.before = Some(self.album.keep(&photo));
                Audited { record, picture: Some(hasher.hash_one(&photo)) }
            }
            Some(None) => Audited { record: without_photo(account, hidden.remove(&account.guid)), picture: None },
            None => {
                let gone = Reason::new(Code::AccountGone, "the account was deleted during the audit");
                Audited { record: record::of_account(account, Status::Skipped, vec![gone]), picture: None }
            }
        };
        accounts.iter().map(audited).collect()
    }

    /// Reads what the accounts hold, and which of those without a photo may have a hidden one.
    async fn read(&self, accounts: &[Account]) -> Result<(HashMap<Guid, HeldPhoto>, HashMap<Guid, Reason>), Reason> {
        let guids: Vec<Guid> = accounts.iter().map(|account| account.guid).collect();
        let held = pipeline::held(self.destination, None, &guids, false, self.stop).await?;
        let missing = |guid: &Guid| held.get(guid).is_some_and(|held| held.photo.is_none());
        let missing: Vec<Guid> = guids.into_iter().filter(missing).collect();
        let hidden = self.destination.hidden(&missing).await;
        let hidden = hidden.map_err(|error| pipeline::lost(&error, self.stop))?;
        let reason = |hidden| Reason::hidden(hidden, self.destination.attribute());
        Ok((held, hidden.into_iter().map(|(guid, hidden)| (guid, reason(hidden))).collect()))
    }
}

fn not_audited(accounts: &[Account], reason: &Reason) -> Vec<Audited> {
    let record = |account| record::of_account(account, Status::NotAttempted, vec![reason.clone()]);
    accounts.iter().map(|account| Audited { record: record(account), picture: None }).collect()
}

/// A photo, and what is wrong with it.
struct Found {
    photo: Vec<u8>,
    flaws: Vec<Flaw>,
}

fn examine(held: HashMap<Guid, HeldPhoto>, flaws: impl Fn(&[u8]) -> Vec<Flaw>) -> HashMap<Guid, Option<Found>> {
    let examine = |photo: Vec<u8>| {
        let broken = |_| vec![Flaw::Undecodable(PhotoError::DecoderFailed.to_string())];
        Found { flaws: caught(|| flaws(&photo)).unwrap_or_else(broken), photo }
    };
    held.into_iter().map(|(guid, held)| (guid, held.photo.map(examine))).collect()
}

/// Returns the record of an account that shows no photo: it has none, or one that may not be read.
fn without_photo(account: &Account, hidden: Option<Reason>) -> Record {
    match hidden {
        None => record::of_account(account, Status::Missing, Vec::new()),
        Some(reason) => record::of_account(account, Status::Failed, vec![reason]),
    }
}

/// Marks accounts that have the same picture: either one of them has a stranger's picture, or all have a placeholder.
fn note_same_pictures(audited: &mut [Audited]) {
    let mut owners: HashMap<u64, Vec<usize>> = HashMap::new();
    for (place, one) in audited.iter().enumerate() {
        if let Some(picture) = one.picture {
            owners.entry(picture).or_default().push(place);
        }
    }
    for places in owners.into_values().filter(|places| places.len() > 1) {
        let names: Vec<String> = places.iter().map(|&place| audited[place].record.user.clone()).collect();
        for (&place, own) in places.iter().zip(&names) {
            let others: Vec<String> = names.iter().filter(|name| *name != own).cloned().collect();
            let record = &mut audited[place].record;
            record.status = Status::Unfit;
            record.reasons.push(Reason::same_picture(&some_of(&others)));
        }
    }
}

/// Suggests photos for accounts that have none: the photos that an import of `listing` would give them.
async fn offer(
    listing: &Listing,
    args: &AuditArgs,
    place: &impl Accounts,
    accounts: &[Account],
    records: &mut [Record],
    stop: &Stop,
    progress: &Progress,
) -> Result<(), Failure> {
    let (rules, note) = Rules::choose(&args.whose.match_by, listing.match_by);
    note.iter().for_each(|note| progress.note(note));
    let options = args.whose.naming(rules);
    let photos: Vec<&Photo> = listing.items.iter().filter_map(Item::photo).collect();
    let naming::Assigned { matches, misnamed, hints } =
        naming::assign(&photos, &options, place, &steps::shown(progress)).await?;
    hints.iter().for_each(|hint| progress.note(&hint.to_string()));
    if let Some(misnamed) = misnamed {
        progress.note(&format!("no photos are suggested: {misnamed}"));
        return Ok(());
    }
    let mut found: HashMap<Guid, &Photo> = HashMap::new();
    let mut nobodys: Vec<String> = Vec::new();
    for (photo, matched) in photos.iter().zip(&matches) {
        match matched {
            Ok(matched) => drop(found.insert(matched.account.guid, *photo)),
            Err(_) => nobodys.push(photo.path.display().to_string()),
        }
    }
    if !nobodys.is_empty() {
        let (count, some) = (nobodys.len(), some_of(&nobodys));
        progress.note(&format!("{count} of the photos match nobody, or not clearly: {some}; import says why"));
    }
    let renderer = Renderer::new(None, Making::Thumbnail(args.offered()), stop);
    for (account, record) in accounts.iter().zip(records).filter(|(_, record)| record.status == Status::Missing) {
        let Some(photo) = found.get(&account.guid) else { continue };
        // The path is absolute, because the report may be read in another folder.
        let absolute = std::path::absolute(&photo.path).unwrap_or_else(|_| photo.path.clone()).display().to_string();
        match renderer.render(PhotoFile::from(*photo)).await {
            Some(Ok(rendered)) => {
                record.reasons.extend(rendered.thumbnail.doubts.iter().filter_map(doubt_of_face));
                record.reasons.push(Reason::new(Code::PhotoAtHand, format!("an import would give it {absolute}")));
                record.photo = absolute;
            }
            Some(Err(reason)) => record.reasons.push(Reason { text: format!("{absolute}: {}", reason.text), ..reason }),
            None => return Ok(()),
        }
    }
    Ok(())
}

/// Returns what is doubtful about the face on a photo that an import would give. Other doubts the import itself tells.
fn doubt_of_face(doubt: &Doubt) -> Option<Reason> {
    matches!(doubt, Doubt::Unclear(_) | Doubt::Sideways).then(|| Reason::from(doubt))
}
