//! `adphoto remove`: removes the photos of the accounts that are named.

use std::collections::HashSet;
use std::ops::ControlFlow::{Break, Continue};
use std::path::Path;

use super::question;
use super::run::{Begun, Call, Changes, Run, Subject};
use super::steps;
use crate::cli::{RemoveArgs, Target};
use crate::destination::{Accounts, Destination, Recall};
use crate::directory::{Account, AccountQuery, Filter};
use crate::failure::{Advice, Context, Exit, Failure};
use crate::naming::{self, DEFAULT_MATCH_BY, Rules, lookup};
use crate::pipeline::{Flow, Task, Wanted};
use crate::progress::Progress;
use crate::report::{About, Code, Reason, Record, Status, record};
use crate::source::{self, Key, SourceError, Unusable, User};
use crate::terminal::printable;

/// The maximum number of accounts that the question lists by name.
const SHOWN: usize = 10;

/// The error of a run that would have to ask, without a terminal.
#[derive(Debug, thiserror::Error)]
#[error(
    "removing photos needs confirmation, and there is no terminal on which to ask for it; pass --yes to remove them, \
     or --dry-run to see whose photos they are"
)]
pub(super) struct NobodyToAsk;

impl Advice for NobodyToAsk {
    fn is_usage(&self) -> bool {
        true
    }
}

/// The accounts whose photos are to be removed.
enum Whose {
    Named { users: Vec<Result<User, Unusable>>, rules: Rules },
    Found(Filter),
}

pub(super) async fn run(args: &RemoveArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    let progress = call.progress;
    let must_ask = !args.yes && !args.dry_run;
    if must_ask && !question::is_possible() {
        return Err(NobodyToAsk.into());
    }
    let source = args.accounts.source.as_deref();
    let begun = Begun::new("remove", &args.output, source.as_slice(), call)?.writing(&args.write, args.dry_run)?;
    let whose = whose(args, progress)?;
    match args.cloud.target {
        Target::ActiveDirectory => on(begun.connect(&args.connection).await?, args, &whose, must_ask).await,
        Target::Microsoft365 => {
            let mut run = begun.connect_to_tenant(&args.cloud, &args.connection).await?;
            run.heed_policy().await?;
            run.recall(Recall::default());
            on(run, args, &whose, must_ask).await
        }
    }
}

/// Removes photos from a destination.
async fn on<D: Destination>(
    mut run: Run<'_, D>,
    args: &RemoveArgs,
    whose: &Whose,
    must_ask: bool,
) -> Result<Exit, Failure> {
    let (progress, source) = (run.progress, args.accounts.source.as_deref());
    let filter = args.accounts.filter.as_ref();
    run.about = About {
        filter: filter.map(ToString::to_string),
        // A filter finds disabled accounts, too.
        include_disabled: filter.map(|_| true),
        ..run.about.with_source(source)
    };

    let mut tasks = run.unless_stopped(tasks(whose, run.accounts(), progress)).await?;
    if must_ask {
        let Some(agreed) = run.unless_stopped(agreed(tasks, &run.destination)).await? else {
            return Err(Failure::new("no photos were removed, because the answer was no"));
        };
        tasks = agreed;
    }
    run.begin_journal(Subject { source: Some(args.accounts.to_string()), ..Subject::default() })?;
    let records = run.change(tasks, Changes::without_photos("Removing", args.brake.max_changes)).await?;
    run.finish(records)
}

fn whose(args: &RemoveArgs, progress: &Progress) -> Result<Whose, Failure> {
    if let Some(filter) = &args.accounts.filter {
        return Ok(Whose::Found(filter.clone()));
    }
    let Some(list) = &args.accounts.source else {
        let user = |name: &String| Ok(User { key: Key::Exact(name.clone()), line: None });
        let (rules, _) = Rules::choose(&args.match_by, None);
        return Ok(Whose::Named { users: args.accounts.account.iter().map(user).collect(), rules });
    };
    let options = source::Options {
        user_column: args.user_column.clone(),
        match_by: Rules::column(&args.match_by).map(str::to_owned),
        delimiter: args.delimiter,
        ..source::Options::default()
    };
    let listing = source::users(list, options).map_err(|error| unless_a_name(error, list))?;
    for note in &listing.notes {
        progress.note(note);
    }
    let (rules, note) = Rules::choose(&args.match_by, listing.match_by);
    note.iter().for_each(|note| progress.note(note));
    Ok(Whose::Named { users: listing.users, rules })
}

/// Suggests --account to somebody who gives `anna` in place of a list.
fn unless_a_name(error: SourceError, list: &Path) -> Failure {
    match (error, list.to_str()) {
        (SourceError::NotFound { .. }, Some(name)) if list.extension().is_none() && !name.contains(['/', '\\']) => {
            Failure::new(format!("there is no file {name}; if this is the name of an account, write --account {name}"))
        }
        (error, _) => error.into(),
    }
}

/// Returns a task for each name, or for each account that the filter finds.
async fn tasks(whose: &Whose, place: &impl Accounts, progress: &Progress) -> Result<Vec<Flow<Task>>, Failure> {
    let (users, rules) = match whose {
        Whose::Found(filter) => {
            lookup::check_filter(place, Some(filter)).await?;
            let found = place
                .list_accounts(&AccountQuery { filter: Some(filter), ..AccountQuery::all(DEFAULT_MATCH_BY) })
                .await;
            let found = found.context("cannot list the accounts; nothing was written")?;
            if found.is_empty() {
                progress.note("no account matches the filter");
            }
            return Ok(found.iter().map(|account| Continue(task(account, None))).collect());
        }
        Whose::Named { users, rules } => (users, rules),
    };
    let keys: Vec<&Key> = users.iter().flatten().map(|user| &user.key).collect();
    let options = naming::Options { rules: rules.clone(), ..naming::Options::default() };
    let naming::Users { found, hints } = naming::find_users(&keys, &options, place, &steps::shown(progress)).await?;
    hints.iter().for_each(|hint| progress.note(&hint.to_string()));
    let mut named = found.into_iter();
    let mut seen = HashSet::new();
    let flows = users.iter().filter_map(|user| match user {
        Err(row) => Some(Break(record::of_unusable(row))),
        Ok(user) => named.next().map(|account| match account {
            Ok(account) if seen.insert(account.guid) => Continue(task(&account, user.line)),
            Ok(account) => {
                let reason = Reason::new(Code::NamedTwice, "the account is named more than once");
                Break(Record { line: user.line, ..record::of_account(&account, Status::Skipped, vec![reason]) })
            }
            Err(mismatch) => {
                Break(record::of_user(user, Status::Failed, vec![Reason::from(&*mismatch)]).suggesting(&mismatch))
            }
        }),
    });
    Ok(flows.collect())
}

fn task(account: &Account, line: Option<u64>) -> Task {
    let record = Record { line, ..record::of_account(account, Status::NotAttempted, Vec::new()) };
    Task { account: account.guid, server: None, wanted: Wanted::Nothing, record }
}

/// Returns the tasks if the user agrees to them. Accounts without a photo are left out, so they keep a photo that they
/// get while the question is open.
async fn agreed<D: Destination>(tasks: Vec<Flow<Task>>, destination: &D) -> Result<Option<Vec<Flow<Task>>>, Failure> {
    let accounts: Vec<_> = to_do(&tasks).map(|task| task.account).collect();
    let holders = destination.photo_holders(&accounts).await.context("cannot read who has a photo")?;
    let others: Vec<_> = accounts.into_iter().filter(|account| !holders.contains(account)).collect();
    let mut hidden = destination.hidden(&others).await.context("cannot read your rights")?;
    let with_photo = |flow: Flow<Task>| match flow {
        Continue(task) if holders.contains(&task.account) => Continue(task),
        Continue(task) => match hidden.remove(&task.account) {
            Some(hidden) => Break(task.ends(Status::Failed, vec![Reason::hidden(hidden, destination.attribute())])),
            None => Break(task.ends(Status::Unchanged, vec![Reason::no_photo()])),
        },
        done => done,
    };
    let tasks: Vec<_> = tasks.into_iter().map(with_photo).collect();
    let agreed = match question_about(&tasks) {
        None => true,
        Some(question) => question::agreed(question).await?,
    };
    Ok(agreed.then_some(tasks))
}

fn to_do(tasks: &[Flow<Task>]) -> impl Iterator<Item = &Task> {
    tasks.iter().filter_map(|flow| match flow {
        Continue(task) => Some(task),
        Break(_) => None,
    })
}

/// Returns the question to ask; `None` if no photo would be removed.
fn question_about(tasks: &[Flow<Task>]) -> Option<String> {
    let records: Vec<&Record> = to_do(tasks).map(|task| &task.record).collect();
    let named = records.iter().take(SHOWN).map(|record| format!("  {}\n", printable(&record.whose())));
    let more = records.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| format!("  … and {more} more (all in --dry-run --report FILE.csv)\n"));
    let list: String = cannot(tasks).chain(named).chain(more).collect();
    match records.len() {
        0 => None,
        1 => Some(format!("{list}Remove the photo of this account?")),
        count => Some(format!("{list}Remove the photos of these {count} accounts?")),
    }
}

/// Returns the lines about what cannot be done: each row and name, and why.
fn cannot(tasks: &[Flow<Task>]) -> impl Iterator<Item = String> {
    let failed: Vec<&Record> = tasks
        .iter()
        .filter_map(|flow| match flow {
            Break(record) if record.status == Status::Failed => Some(record),
            _ => None,
        })
        .collect();
    let more = failed.len().saturating_sub(SHOWN);
    let head = match failed.len() {
        0 => None,
        1 => Some("1 cannot be done:\n".to_owned()),
        count => Some(format!("{count} cannot be done:\n")),
    };
    let line = |record: &Record| {
        let row = record.line.map_or(String::new(), |line| format!("line {line}, "));
        let why = record.reasons.iter().map(|reason| reason.text.as_str()).collect::<Vec<_>>().join("; ");
        format!("  {}\n", printable(&format!("{row}{}: {why}", record.whose())))
    };
    let lines: Vec<String> = failed.iter().take(SHOWN).map(|record| line(record)).collect();
    let more = (more > 0).then(|| format!("  … and {more} more; the report will list all\n"));
    head.into_iter().chain(lines).chain(more)
}
