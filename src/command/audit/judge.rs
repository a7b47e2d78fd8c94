//! Judging the photos that accounts have.

use std::collections::HashMap;
use std::future::ready;
use std::hash::{BuildHasher, RandomState};
use std::io;

use futures_util::{StreamExt, stream};

use super::drift::{Compared, Other};
use super::listed::Listed;
use crate::album::Album;
use crate::destination::Destination;
use crate::directory::{Account, Guid, HeldPhoto};
use crate::naming::{NAMED, some_of};
use crate::panics::caught;
use crate::pipeline::{self, ACCOUNTS_A_READ, Stop};
use crate::progress::Stage;
use crate::report::{Code, Reason, Record, Records, Status, record};
use crate::thumbnail::{self, Flaw, Luma, PhotoError};

/// The number of searches that run at the same time.
const READS_AT_ONCE: usize = 4;
/// The message if the temporary file with the records cannot be read.
pub(super) const LOST: &str = "the results were kept in a temporary file, which cannot be read";

/// An account's record, and a hash of its picture, by which the same pictures are found.
struct Audited {
    record: Record,
    picture: Option<u64>,
}

/// What all accounts are audited with.
pub(super) struct Audit<'r, D> {
    pub(super) destination: &'r D,
    pub(super) photo: thumbnail::Options,
    /// The photos with which the accounts' photos are compared, if the user asked for that.
    pub(super) compared: Option<&'r Compared>,
    /// The flaws that are accepted.
    pub(super) ignored: &'r [Code],
    pub(super) album: &'r Album,
    pub(super) stop: &'r Stop,
    /// The place of an account's group in the coverage.
    pub(super) group: &'r dyn Fn(&Account) -> Option<usize>,
}

impl<D: Destination> Audit<'_, D> {
    /// Audits all accounts, in the order given. Returns their records, and for each the hash of its picture.
    pub(super) async fn run(&self, listed: &Listed, stage: &Stage) -> (Records, Vec<Option<u64>>) {
        let hasher = RandomState::new();
        let keep = |(mut records, mut pictures): (Records, Vec<_>), audited: Vec<Audited>| {
            stage.advance(audited.len());
            for Audited { record, picture } in audited {
                records.push(record);
                pictures.push(picture);
            }
            ready((records, pictures))
        };
        stream::iter(listed.rows.chunks(ACCOUNTS_A_READ))
            .map(|rows| self.judge(rows.iter().map(|row| listed.accounts.get(*row)).collect(), &hasher))
            .buffered(READS_AT_ONCE)
            .fold((Records::default(), Vec::new()), keep)
            .await
    }

    /// Audits some accounts.
    async fn judge(&self, accounts: Vec<Account>, hasher: &RandomState) -> Vec<Audited> {
        let mut audited = self.examined(&accounts, hasher).await;
        for (one, account) in audited.iter_mut().zip(&accounts) {
            one.record.group = (self.group)(account);
        }
        audited
    }

    async fn examined(&self, accounts: &[Account], hasher: &RandomState) -> Vec<Audited> {
        let read = self.read(accounts).await;
        let (held, mut hidden) = match read {
            Ok(read) => read,
            Err(reason) => return not_audited(accounts, &reason),
        };
        let others = match self.compared {
            Some(compared) => compared.read(accounts).await,
            None => HashMap::new(),
        };
        let options = self.photo;
        // Decoding would block a thread that waits for the network. Panics of a decoder are caught inside `examine`.
        let found = tokio::task::spawn_blocking(move || examine(held, others, |photo| D::flaws(photo, &options))).await;
        let Ok(mut found) = found else {
            return not_audited(accounts, &Reason::new(Code::NotJudged, "the photos could not be judged"));
        };
        let audited = |account: &Account| match found.remove(&account.guid) {
            Some(Some(found)) => {
                Audited { picture: Some(hasher.hash_one(&found.photo)), record: self.record(account, found) }
            }
            Some(None) => Audited { record: without_photo(account, hidden.remove(&account.guid)), picture: None },
            None => {
                let gone = Reason::new(Code::AccountGone, "the account was deleted during the audit");
                Audited { record: record::of_account(account, Status::Skipped, vec![gone]), picture: None }
            }
        };
        accounts.iter().map(audited).collect()
    }

    /// Returns the record of an account with a photo.
    fn record(&self, account: &Account, Found { photo, flaws, other }: Found) -> Record {
        let is_counted = |reason: &Reason| !self.ignored.contains(&reason.code);
        let reasons: Vec<Reason> = flaws.iter().map(Reason::from).filter(is_counted).collect();
        let status = if reasons.is_empty() { Status::Ok } else { Status::Unfit };
        let mut record = record::of_account(account, status, reasons);
        record.before = Some(self.album.keep(&photo));
        match other {
            Some((path, Judged::Differs(jpeg))) if !self.ignored.contains(&Code::Drift) => {
                record = Record { status: Status::Unfit, ..record }.because(Reason::drift(&path));
                record.after = Some(self.album.keep(&jpeg));
                record.photo = path;
            }
            Some((_, Judged::NotCompared(why))) => record.reasons.push(why),
            _ => {}
        }
        record
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
    /// The path of the file that it was compared with, and the result.
    other: Option<(String, Judged)>,
}

/// The result of comparing an account's photo with the photo of a file.
enum Judged {
    Same,
    /// The file has another picture: this one.
    Differs(Vec<u8>),
    NotCompared(Reason),
}

fn examine(
    held: HashMap<Guid, HeldPhoto>,
    mut others: HashMap<Guid, Other>,
    flaws: impl Fn(&[u8]) -> Vec<Flaw>,
) -> HashMap<Guid, Option<Found>> {
    let mut examine = |guid: &Guid, photo: Vec<u8>| {
        let broken = |_| vec![Flaw::Undecodable(PhotoError::DecoderFailed.to_string())];
        let other = others.remove(guid).map(|Other { path, jpeg }| (path, judged(&photo, jpeg)));
        Found { flaws: caught(|| flaws(&photo)).unwrap_or_else(broken), photo, other }
    };
    held.into_iter().map(|(guid, held)| (guid, held.photo.map(|photo| examine(&guid, photo)))).collect()
}

/// Compares an account's photo with the photo of a file. A photo that cannot be decoded counts as the same, since its
/// flaws already say what is wrong with it.
fn judged(photo: &[u8], other: Result<Vec<u8>, Reason>) -> Judged {
    match other.map(|other| (Luma::of(photo).zip(Luma::of(&other)), other)) {
        Ok((Some((one, two)), other)) if !one.is_same(&two) => Judged::Differs(other),
        Ok(_) => Judged::Same,
        Err(why) => Judged::NotCompared(why),
    }
}

/// Returns the record of an account that shows no photo: it has none, or one that may not be read.
fn without_photo(account: &Account, hidden: Option<Reason>) -> Record {
    match hidden {
        None => record::of_account(account, Status::Missing, Vec::new()),
        Some(reason) => record::of_account(account, Status::Failed, vec![reason]),
    }
}

/// Marks accounts that have the same picture: either one of them has a stranger's picture, or all have a placeholder.
pub(super) fn note_same_pictures(records: &mut Records, pictures: &[Option<u64>]) -> io::Result<()> {
    let mut counts: HashMap<u64, u32> = HashMap::with_capacity(pictures.len());
    pictures.iter().flatten().for_each(|picture| *counts.entry(*picture).or_default() += 1);
    counts.retain(|_, count| *count > 1);
    let mut owners: HashMap<u64, Vec<(usize, String)>> = HashMap::new();
    for (place, picture) in pictures.iter().enumerate() {
        if let Some(picture) = picture.filter(|picture| counts.contains_key(picture)) {
            owners.entry(picture).or_default().push((place, records.get(place)?.user.clone()));
        }
    }
    for owners in owners.into_values() {
        for (place, own) in &owners {
            // One more than a message names, so that it can say that there are more.
            let others = owners.iter().map(|(_, name)| name).filter(|name| *name != own).take(NAMED + 1);
            let others: Vec<String> = others.cloned().collect();
            let record = records.get(*place)?.into_owned().because(Reason::same_picture(&some_of(&others)));
            records.replace(*place, Record { status: Status::Unfit, ..record })?;
        }
    }
    Ok(())
}
