//! Turning journals into tasks: one task for each account, no matter how many runs have changed it.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use futures_util::future::join_all;

use crate::cli::UndoArgs;
use crate::destination::Destination;
use crate::directory::{Dsa, Guid, NotFound, Server};
use crate::failure::Failure;
use crate::journal::{Past, Recorded};
use crate::pipeline::{Flow, Restored, Task, Wanted};
use crate::report::{Code, Reason, Record, Status, record};

/// The server that took a write: its name, and the identity of the domain controller if it told that.
type Taker<'c> = (&'c str, Option<&'c Dsa>);

/// The servers that took the writes, or the reason why one cannot be asked.
type Servers<'c> = HashMap<Taker<'c>, Result<Server, NotFound>>;

/// Returns a task for each account that may have been changed, in the order of the runs' records, and a record for each
/// part of a journal that cannot be read. `clock_agrees` says whether times of different runs can be compared.
///
/// # Errors
/// When `--account` names an account that these runs did not change.
pub(super) async fn all<D: Destination>(
    pasts: Arc<Vec<Past>>,
    clock_agrees: bool,
    destination: &D,
    args: &UndoArgs,
) -> Result<Vec<Flow<Task>>, Failure> {
    let accounts = chosen(by_account(&pasts, clock_agrees), &pasts, &args.account, D::IDENTITY)?;
    let newest = |changes: &[(usize, usize)]| changes.last().map(|&(past, change)| &pasts[past].changes[change]);
    let servers = find(accounts.iter().filter_map(|changes| newest(changes)), destination).await;
    let damaged = pasts.iter().flat_map(damage).map(Break);
    let tasks = accounts.iter().filter_map(|changes| {
        let newest = newest(changes)?;
        let record = record::of_past(newest);
        let server = match servers.get(&taker(newest)) {
            Some(Ok(server)) => Some(server.clone()),
            _ if args.force || args.any_server => None,
            Some(Err(why)) => return Some(Break(unconfirmed(record, taker(newest), why))),
            None => None,
        };
        let past = Restored { pasts: pasts.clone(), changes: changes.clone(), force: args.force };
        Some(Continue(Task { account: newest.guid, server, wanted: Wanted::Restored(past), record }))
    });
    Ok(damaged.chain(tasks).collect())
}

/// Returns the accounts that the user named, by DN, by GUID, or by their name in the run's report; all accounts if none
/// was named. In Microsoft 365, what stands before the `@` is enough if only one account has it.
fn chosen(accounts: Vec<Changes>, pasts: &[Past], names: &[String], identity: &str) -> Result<Vec<Changes>, Failure> {
    if names.is_empty() {
        return Ok(accounts);
    }
    let any = |changes: &Changes, is: &dyn Fn(&Recorded) -> bool| {
        changes.iter().any(|&(past, change)| is(&pasts[past].changes[change]))
    };
    let mut wanted = HashSet::new();
    for name in names {
        let is = |text: &str| text.to_lowercase() == name.to_lowercase();
        let whole = |change: &Recorded| is(&change.user) || is(&change.dn) || Guid::parse(name) == Some(change.guid);
        let local = |change: &Recorded| change.user.split_once('@').is_some_and(|(local, _)| is(local));
        let found = |is: &dyn Fn(&Recorded) -> bool| -> Vec<usize> {
            accounts.iter().zip(0..).filter(|(changes, _)| any(changes, is)).map(|(_, place)| place).collect()
        };
        let (exact, short) = (found(&whole), found(&local));
        let why = match (&exact[..], &short[..]) {
            ([], []) => "the run did not change an account",
            ([], [_, _, ..]) => "the run changed several accounts",
            ([], [place]) => {
                wanted.insert(*place);
                continue;
            }
            _ => {
                wanted.extend(exact);
                continue;
            }
        };
        let failure = Failure::new(format!("{why} {name}"));
        return Err(failure.hint(format!("give the name, the DN or the {identity}, as in the run's report")));
    }
    let is_wanted = |(place, _): &(usize, Changes)| wanted.contains(place);
    Ok(accounts.into_iter().enumerate().filter(is_wanted).map(|(_, changes)| changes).collect())
}

/// For each change, the indexes of its journal and of the change in it, in order of time.
type Changes = Vec<(usize, usize)>;

/// Groups by account the changes that were made or may have been, in order of time. The accounts are in the order of
/// the runs' records.
fn by_account(pasts: &[Past], clock_agrees: bool) -> Vec<Changes> {
    let mut places: HashMap<Guid, usize> = HashMap::new();
    let mut accounts: Vec<Changes> = Vec::new();
    for (past, number) in pasts.iter().zip(0..) {
        for (change, at) in past.changes.iter().zip(0..).filter(|(change, _)| change.may_be_done()) {
            let place = *places.entry(change.guid).or_insert_with(|| {
                accounts.push(Vec::new());
                accounts.len() - 1
            });
            accounts[place].push((number, at));
        }
    }
    let row = |changes: &Changes| changes.first().map(|&(past, change)| (past, pasts[past].changes[change].row));
    accounts.sort_by_key(row);
    for changes in &mut accounts {
        changes.sort_by_key(|&(past, change)| (if clock_agrees { 0 } else { past }, pasts[past].changes[change].at));
    }
    accounts
}

/// Finds the servers that took the writes, before anything is written.
async fn find<'c>(changes: impl Iterator<Item = &'c Recorded>, destination: &impl Destination) -> Servers<'c> {
    let takers: HashSet<Taker> = changes.map(taker).collect();
    let found = takers.into_iter().map(async |(url, dsa)| Some(((url, dsa), destination.find_again(url, dsa).await?)));
    join_all(found).await.into_iter().flatten().collect()
}

fn taker(change: &Recorded) -> Taker<'_> {
    (&change.server, change.dsa.as_ref())
}

fn unconfirmed(record: Record, (url, dsa): Taker, why: &NotFound) -> Record {
    let server = dsa.map_or_else(|| url.to_owned(), |dsa| format!("{dsa} (asked as {url})"));
    let text = format!("{server} took the write, but cannot be asked whether it was done ({why})");
    let reason = Reason::with(
        Code::NotConfirmed,
        &text,
        "name that domain controller with --server; --any-server asks another, which may not have received the write",
    );
    Record { status: Status::Failed, reasons: vec![reason], ..record }
}

fn damage(past: &Past) -> impl Iterator<Item = Record> {
    past.damaged.iter().map(|lines| {
        let lines = match (lines.start(), lines.end()) {
            (first, last) if first == last => format!("line {first} is"),
            (first, last) => format!("lines {first} to {last} are"),
        };
        let text = format!("{lines} damaged: the changes recorded there are unknown, and are not taken back");
        let reason = Reason::with(
            Code::JournalDamaged,
            &text,
            "restore the journal from a backup, then run the same command again",
        );
        record::of_journal(&past.path, Status::Failed, vec![reason])
    })
}
