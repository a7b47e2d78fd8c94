//! Finds the people whose pictures are published, and the photos that the pictures are made from.

use std::collections::HashMap;
use std::ops::ControlFlow::{Break, Continue};

use futures_util::{Stream, StreamExt, stream};

use crate::account_pictures::Tree;
use crate::album::Album;
use crate::cli::PublishArgs;
use crate::command::approval;
use crate::command::import::{remarks, unmatched};
use crate::command::run::Run;
use crate::command::steps;
use crate::crop_box::CropBox;
use crate::destination::{ActiveDirectory, Destination};
use crate::directory::{Account, Clause, Guid, Lookup, Sid};
use crate::failure::{Context, Failure};
use crate::naming::{self, Match, Rules};
use crate::pipeline::{self, ACCOUNTS_A_READ, Flow, PhotoFile, READS_AT_ONCE, Stop, Why};
use crate::report::{Code, Reason, Record, Status, record};
use crate::source::{Item, Listing, Photo};

/// A person whose pictures are made.
#[derive(Debug)]
pub(in crate::command) struct Person {
    pub(in crate::command) sid: Sid,
    pub(in crate::command) photo: Original,
    /// The record for the report, so far. Its reasons are remarks, which stay even if all goes well.
    pub(in crate::command) record: Record,
}

/// The photo that a person's pictures are made from.
#[derive(Debug)]
pub(in crate::command) enum Original {
    /// A photo from `--photos`.
    File(PhotoFile),
    /// A photo that the directory holds.
    Held(Vec<u8>),
}

impl Original {
    /// Returns the square that somebody chose by hand, if they did.
    pub(super) fn crop(&self) -> Option<CropBox> {
        match self {
            Self::File(file) => file.crop,
            Self::Held(_) => None,
        }
    }
}

/// Returns the GUID of the account that `flow` is about, if it is known.
pub(super) fn account(flow: &Flow<Person>) -> Option<Guid> {
    match flow {
        Continue(person) => person.record.guid,
        Break(record) => record.guid,
    }
}

/// Returns the account's SID; `None` if the SID could not be read.
pub(super) fn sid_of(account: &Account) -> Option<Sid> {
    Sid::from_bytes(&account.sid)
}

/// Returns the people whose photos are in the source, in its order. `Break` is an item without a person to publish: an
/// unusable file or row, or a photo without a suitable account.
pub(super) async fn from_source(
    listing: &Listing,
    args: &PublishArgs,
    run: &mut Run<'_>,
) -> Result<Vec<Flow<Person>>, Failure> {
    let (rules, note) = Rules::choose(&args.whose.match_by, listing.match_by);
    note.iter().for_each(|note| run.progress.note(note));
    let options = args.whose.naming(rules);
    let photos: Vec<&Photo> = listing.items.iter().filter_map(Item::photo).collect();
    let steps = steps::shown(run.progress);
    // In an approved list, somebody has compared each photo with its name, so the check for misnamed files is skipped.
    let is_approved = photos.iter().any(|photo| photo.approved().is_some());
    let assigned = run.unless_stopped(naming::assign(&photos, &options, run.accounts(), &steps)).await?;
    let misnamed = assigned.misnamed.filter(|_| !args.allow_misnamed && !is_approved);
    run.hints = assigned.hints.iter().map(ToString::to_string).collect();
    let guids: Vec<Guid> = assigned.matches.guids().collect();
    let holders = run.unless_stopped(run.destination.photo_holders(&guids)).await;
    let holders = holders.context("cannot read who has a photo; nothing was published")?;
    // Only now, as a run that is stopped asks the directory nothing more.
    if let Some(misnamed) = misnamed {
        run.stop.ask(Why::Misnamed(misnamed.to_string()));
    }
    let mut matches = assigned.matches.each();
    let flows = listing.items.iter().filter_map(|item| match item {
        Item::Unusable(row) => Some(Break(record::of_unusable(row))),
        Item::Photo(photo) => matches.next().map(|found| match found {
            Ok(found) => match approval::other_user(&found, ActiveDirectory::IDENTITY) {
                Some(reason) => Break(record::of_both(&found.photo, &found.account, Status::Failed, vec![reason])),
                None => person(found, &holders),
            },
            Err(mismatch) => Break(unmatched(photo, &mismatch)),
        }),
    });
    Ok(flows.collect())
}

fn person(found: Match, holders: &std::collections::HashSet<Guid>) -> Flow<Person> {
    let Match { photo, account, .. } = &found;
    if !account.enabled {
        let reason = Reason::new(Code::Disabled, "the account is disabled");
        return Break(record::of_both(photo, account, Status::Skipped, vec![reason]));
    }
    let mut reasons = remarks(&found);
    if holders.contains(&account.guid) {
        let text = "the directory has a photo, too; this one was taken";
        reasons.push(Reason::new(Code::PhotosPreferred, text));
    }
    let record = record::of_both(photo, account, Status::NotAttempted, reasons);
    with_sid(account, Original::File(PhotoFile::from(photo)), record)
}

/// Reads the photos of these accounts from the directory, in the accounts' order. Yields `None` for an account that has
/// no photo.
pub(in crate::command) fn from_directory<'a>(
    accounts: &'a [&'a Account],
    destination: &'a ActiveDirectory,
    (tree, album, stop): (&'a Tree, &'a Album, &'a Stop),
) -> impl Stream<Item = Option<Flow<Person>>> + 'a {
    let read = move |accounts: &'a [&'a Account]| async move {
        let guids: Vec<Guid> = accounts.iter().map(|account| account.guid).collect();
        let mut answer = pipeline::held(destination, None, &guids, false, stop).await;
        let flow = |account: &&Account| match &mut answer {
            Ok(held) => {
                let photo = held.remove(&account.guid)?.photo?;
                let mut record = record::of_account(account, Status::NotAttempted, Vec::new());
                record.before = Some(album.keep(&photo));
                if let Some(sid) = sid_of(account) {
                    record.photo = tree.folder_of(&sid).display().to_string();
                }
                Some(with_sid(account, Original::Held(photo), record))
            }
            Err(reason) => Some(Break(record::of_account(account, Status::NotAttempted, vec![reason.clone()]))),
        };
        accounts.iter().map(flow).collect::<Vec<_>>()
    };
    stream::iter(accounts.chunks(ACCOUNTS_A_READ)).map(read).buffered(READS_AT_ONCE).flat_map(stream::iter)
}

/// Finds the accounts with these SIDs anywhere in the domain, not only below the base DN.
pub(in crate::command) async fn accounts_of(
    sids: &[Sid],
    destination: &ActiveDirectory,
) -> Result<HashMap<Sid, Account>, Failure> {
    let lookup = |sid: &Sid| Lookup { clauses: vec![Clause::new("objectSid", sid.to_bytes())] };
    let lookups: Vec<Lookup> = sids.iter().map(lookup).collect();
    let found = destination.directory().find_accounts_anywhere(&lookups, &[]).await?;
    Ok(found.into_iter().filter_map(|account| Some((sid_of(&account)?, account))).collect())
}

fn with_sid(account: &Account, photo: Original, record: Record) -> Flow<Person> {
    match sid_of(account) {
        Some(sid) => Continue(Person { sid, photo, record }),
        None => {
            let text = "the account's objectSid cannot be read, and pictures are named by it";
            let reason = Reason::with(Code::NotRead, &text, "ask for the right to read objectSid there");
            Break(Record { status: Status::Failed, reasons: vec![reason], ..record })
        }
    }
}
