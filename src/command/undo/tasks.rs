//! From journals to what is to be done: one task for each account, whatever many runs did to it.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use futures_util::future::join_all;

use crate::cli::UndoArgs;
use crate::destination::{ActiveDirectory, Destination};
use crate::directory::{Directory, Dsa, Guid, NotFound, Server};
use crate::failure::Failure;
use crate::journal::{Past, Recorded};
use crate::pipeline::{Flow, Restored, Task, Wanted};
use crate::report::{Code, Reason, Record, Status, record};

/// Who took a write: as it was named, and which domain controller that was, if it said so.
type Taker<'c> = (&'c str, Option<&'c Dsa>);

/// The servers that took the writes, or why one cannot be asked.
type Servers<'c> = HashMap<Taker<'c>, Result<Server, NotFound>>;

/// Returns a task for each account that may have been changed, in the order of the runs' records, and a record for what
/// cannot be read. `clock_agrees`: times of different runs can be compared.
///
/// # Errors
/// When `--account` names one that these runs did not change.
pub(super) async fn all(
    pasts: Arc<Vec<Past>>,
    clock_agrees: bool,
    directory: &Directory,
    args: &UndoArgs,
) -> Result<Vec<Flow<Task>>, Failure> {
    let accounts = chosen(by_account(&pasts, clock_agrees), &pasts, &args.account)?;
    let newest = |changes: &[(usize, usize)]| changes.last().map(|&(past, change)| &pasts[past].changes[change]);
    let servers = find(accounts.iter().filter_map(|changes| newest(changes)), directory).await;
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

/// Those accounts that are named, by the name or DN that they had or by objectGUID; all if none is named.
fn chosen(accounts: Vec<Changes>, pasts: &[Past], names: &[String]) -> Result<Vec<Changes>, Failure> {
    if names.is_empty() {
        return Ok(accounts);
    }
    let is_called = |changes: &Changes, name: &str| {
        changes.iter().map(|&(past, change)| &pasts[past].changes[change]).any(|change| {
            let is = |text: &str| text.to_lowercase() == name.to_lowercase();
            is(&change.user) || is(&change.dn) || Guid::parse(name) == Some(change.guid)
        })
    };
    if let Some(name) = names.iter().find(|name| !accounts.iter().any(|changes| is_called(changes, name))) {
        let failure = Failure::new(format!("the run changed no account {name}"));
        let identity = ActiveDirectory::IDENTITY;
        return Err(
            failure.hint(format!("give the sAMAccountName, the DN or the {identity}, as the run's report has them"))
        );
    }
    let is_named = |changes: &Changes| names.iter().any(|name| is_called(changes, name));
    Ok(accounts.into_iter().filter(is_named).collect())
}

/// Which journal and which of its changes, in the order of time.
type Changes = Vec<(usize, usize)>;

/// Each account's changes that were made or may have been, in the order of time; the accounts in the order of the runs'
/// records.
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

/// Makes sure, before anything is written, that those who took the writes can be asked.
async fn find<'c>(changes: impl Iterator<Item = &'c Recorded>, directory: &Directory) -> Servers<'c> {
    let takers: HashSet<Taker> = changes.map(taker).collect();
    let found = takers.into_iter().map(async |(url, dsa)| ((url, dsa), directory.find_again(url, dsa).await));
    join_all(found).await.into_iter().collect()
}

fn taker(change: &Recorded) -> Taker<'_> {
    (&change.server, change.dsa.as_ref())
}

fn unconfirmed(record: Record, (url, dsa): Taker, why: &NotFound) -> Record {
    let server = dsa.map_or_else(|| url.to_owned(), |dsa| format!("{dsa} (asked as {url})"));
    let text = format!("{server} took the write, and cannot be asked what became of it ({why})");
    let reason = Reason::with(
        Code::NotConfirmed,
        &text,
        "name that domain controller with --server; --any-server asks another, which may not have heard of the write",
    );
    Record { status: Status::Failed, reasons: vec![reason], ..record }
}

fn damage(past: &Past) -> impl Iterator<Item = Record> {
    past.damaged.iter().map(|lines| {
        let lines = match (lines.start(), lines.end()) {
            (first, last) if first == last => format!("line {first} is"),
            (first, last) => format!("lines {first} to {last} are"),
        };
        let text = format!("{lines} damaged: what was recorded there is not known, and not taken back");
        let reason =
            Reason::with(Code::JournalDamaged, &text, "take the journal from a backup, and run the same again");
        record::of_journal(&past.path, Status::Failed, vec![reason])
    })
}
