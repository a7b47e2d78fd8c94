//! Finds the people whose pictures `--sync` removes: those who left, were disabled, or have no photo any more.
//!
//! It is not enough that a folder exists that this run did not publish. Its SID must belong to this domain, and the
//! directory must say that the account is gone, is disabled, or has no photo.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow::{self, Break, Continue};

use super::making::Maker;
use super::people::sid_of;
use crate::account_pictures::{Cache, Tree};
use crate::destination::{ActiveDirectory, Destination};
use crate::directory::{Account, Clause, Lookup, Sid};
use crate::failure::{Context, Failure};
use crate::progress::Progress;
use crate::report::{Code, Reason, Record, Status, record};

/// The people whose pictures are removed, each with the record for the report. `Break` is somebody whose pictures stay,
/// because it cannot be told whether the account has a photo.
#[derive(Debug)]
pub(super) struct Leavers(Vec<(Sid, ControlFlow<Record, Record>)>);

impl Leavers {
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// Returns the number of people whose pictures are removed.
    pub(super) fn count(&self) -> usize {
        self.0.iter().filter(|(_, flow)| flow.is_continue()).count()
    }

    /// Finds the leavers among the people who have a folder in the tree. Nobody in `stay` is one.
    pub(super) async fn find(
        tree: &Tree,
        stay: &HashSet<Sid>,
        accounts: &[Account],
        destination: &ActiveDirectory,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        let folders = tree.people().context("cannot see whose pictures are there; nothing was removed")?;
        let folders: Vec<Sid> = folders.into_iter().filter(|sid| !stay.contains(sid) && tree.holds(sid)).collect();
        if folders.is_empty() {
            return Ok(Self::none());
        }
        let Some(domain) = accounts.iter().find_map(sid_of).map(|sid| sid.domain().to_owned()) else {
            progress.note("nothing was removed, since no account is below the base DN");
            return Ok(Self::none());
        };
        if !destination.tells_hidden().await.context("cannot ask what you may read")? {
            progress.note("this server does not tell what you may read: a photo that you cannot see counts as none");
        }
        let (own, others): (Vec<Sid>, Vec<Sid>) = folders.into_iter().partition(|sid| sid.domain() == domain);
        note(others.len(), "of another domain", progress);
        let listed: HashSet<Sid> = accounts.iter().filter_map(sid_of).collect();
        let found = accounts_of(&own, destination).await?;
        // People outside the base DN keep their pictures, unless their account is gone or disabled.
        let (within, outside): (Vec<Sid>, Vec<Sid>) = own
            .into_iter()
            .partition(|sid| listed.contains(sid) || found.get(sid).is_none_or(|account| !account.enabled));
        note(outside.len(), "outside of the base DN", progress);
        let shown: Vec<_> =
            within.iter().filter_map(|sid| found.get(sid)).filter(|it| it.enabled).map(|it| it.guid).collect();
        let hidden = destination.hidden(&shown).await.context("cannot ask what you may read")?;
        let leaver = |sid: Sid| {
            let path = tree.folder_of(&sid).display().to_string();
            let flow = match found.get(&sid) {
                None => {
                    let reason = Reason::new(Code::NoSuchAccount, "no account of the domain has this SID any more");
                    Continue(Record { user: sid.to_string(), ..record::of_folder(&path, vec![reason]) })
                }
                Some(account) => {
                    let of = |reason| Record {
                        photo: path.clone(),
                        ..record::of_account(account, Status::NotAttempted, vec![reason])
                    };
                    match hidden.get(&account.guid) {
                        Some(&hidden) => Break(Record {
                            status: Status::Failed,
                            ..of(Reason::hidden(hidden, destination.attribute()))
                        }),
                        None if account.enabled => Continue(of(Reason::no_photo())),
                        None => Continue(of(Reason::new(Code::Disabled, "the account is disabled"))),
                    }
                }
            };
            (sid, flow)
        };
        Ok(Self(within.into_iter().map(leaver).collect()))
    }

    /// Removes the leavers' pictures, unless the run stops or is a dry run.
    pub(super) fn remove(self, maker: &Maker<'_>, cache: &mut Cache) -> Vec<Record> {
        let remove = |(sid, flow)| match flow {
            Break(record) => record,
            Continue(record) => {
                let record = maker.clear(&sid, record);
                if record.status == Status::Removed {
                    cache.set(&sid, None);
                }
                record
            }
        };
        self.0.into_iter().map(remove).collect()
    }
}

/// Finds the accounts with these SIDs anywhere in the domain, not only below the base DN.
async fn accounts_of(sids: &[Sid], destination: &ActiveDirectory) -> Result<HashMap<Sid, Account>, Failure> {
    let lookup = |sid: &Sid| Lookup { clauses: vec![Clause::new("objectSid", sid.to_bytes())] };
    let lookups: Vec<Lookup> = sids.iter().map(lookup).collect();
    let found = destination.directory().find_accounts_anywhere(&lookups, &[]).await;
    let found = found.context("cannot look up whose pictures are there; nothing was removed")?;
    Ok(found.into_iter().filter_map(|account| Some((sid_of(&account)?, account))).collect())
}

fn note(count: usize, whose: &str, progress: &Progress) {
    match count {
        0 => {}
        1 => progress.note(&format!("the pictures of 1 person {whose} were left as they are")),
        count => progress.note(&format!("the pictures of {count} people {whose} were left as they are")),
    }
}
