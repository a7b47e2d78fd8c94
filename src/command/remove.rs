//! `adphoto remove`: no photo any more for the accounts that are named.

use std::cell::RefCell;
use std::collections::HashSet;
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow::{Break, Continue};
use std::path::Path;

use anyhow::{Context, Result, anyhow};

use super::{Exit, ending, journal, output, steps};
use crate::cli::RemoveArgs;
use crate::directory::{Account, Directory, Filter};
use crate::naming::{self, DEFAULT_MATCH_BY, Rules, lookup};
use crate::pipeline::{Applier, Flow, Pictures, Pipeline, Renderer, Stop, Task, Visibility, Wanted};
use crate::progress::Progress;
use crate::report::{About, NAMED_TWICE, Reason, Record, Report, Status, record};
use crate::sign_in as connection;
use crate::source::{self, Key, SourceError, Unusable, User};
use crate::terminal::printable;

/// Accounts that are named before somebody is asked.
const SHOWN: usize = 10;

/// There is nobody to ask.
#[derive(Debug, thiserror::Error)]
#[error(
    "photos are not removed without being asked for: there is no terminal to ask on; say --yes to remove them, or \
     --dry-run to see whose they are"
)]
pub(super) struct NobodyToAsk;

/// Whose photos are to go.
enum Whose {
    Named { users: Vec<Result<User, Unusable>>, rules: Rules },
    Found(Filter),
}

pub(super) async fn run(args: &RemoveArgs, progress: &Progress) -> Result<Exit> {
    let about = About::now();
    let must_ask = !args.yes && !args.dry_run;
    if must_ask && !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return Err(NobodyToAsk.into());
    }
    let place = journal::place(&args.write, args.dry_run)?;
    let reports = output::check(&args.output, args.accounts.source.as_deref())?;
    let whose = whose(args, progress)?;
    let connection = connection::options(&args.connection, progress).await?;
    // Not before the password was asked for: at that prompt Ctrl-C leaves at once.
    let stop = Stop::on_signal(progress);
    let reports = output::create(reports)?;
    let album = output::album(&reports)?;
    let Some(directory) = connection::open(&connection, &stop, progress).await? else { return Ok(Exit::Interrupted) };
    let filter = args.accounts.filter.as_ref();
    let about = About {
        filter: filter.map(ToString::to_string),
        // A filter finds them, too.
        include_disabled: filter.map(|_| true),
        ..about.connected_to(&directory).with_source(args.accounts.source.as_deref())
    };

    let Some(tasks) = stop.unless_asked(tasks(&whose, &directory, progress)).await.transpose()? else {
        return Ok(Exit::Interrupted);
    };
    let visibility = Visibility::new(&directory);
    let tasks = if must_ask {
        match stop.unless_asked(agreed(tasks, &directory, &visibility)).await.transpose()? {
            Some(Some(tasks)) => tasks,
            Some(None) => {
                progress.note("no photo was removed");
                return Ok(Exit::CouldNotRun);
            }
            None => return Ok(Exit::Interrupted),
        }
    } else {
        tasks
    };

    let source = Some(args.accounts.to_string());
    let journal = place.map(|place| journal::begin(place, "remove", source, &directory, Vec::new())).transpose()?;
    let pipeline = Pipeline {
        directory: &directory,
        applier: &Applier::new(&directory, journal::mode(journal.as_ref())),
        renderer: &Renderer::idle(),
        album: &album,
        stop: &stop,
        progress,
        only_missing: false,
        visibility: Some(&visibility),
        pictures: RefCell::new(Pictures::new(true)),
        in_flight: usize::from(args.write.in_flight),
    };
    let doing = if args.dry_run { "Dry run" } else { "Removing" };
    let records = pipeline.run_within(args.brake.max_changes, tasks, doing).await?;

    let report = Report { command: "remove", dry_run: args.dry_run, about, records, coverage: None, album };
    let journal = journal::end(journal, &report, &stop, progress);
    let reported = output::finish(&report, reports, args.output.format, progress);
    ending::with_report(reported, ending::of_writing(&report, &stop, &directory, journal))
}

fn whose(args: &RemoveArgs, progress: &Progress) -> Result<Whose> {
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
        progress.note(&printable(note));
    }
    let (rules, note) = Rules::choose(&args.match_by, listing.match_by);
    note.iter().for_each(|note| progress.note(note));
    Ok(Whose::Named { users: listing.users, rules })
}

/// Who gives `anna` where a list is wanted means the account.
fn unless_a_name(error: SourceError, list: &Path) -> anyhow::Error {
    match (error, list.to_str()) {
        (SourceError::NotFound { .. }, Some(name)) if list.extension().is_none() && !name.contains(['/', '\\']) => {
            anyhow!("there is no file {name}; if it is an account's name, say --account {name}")
        }
        (error, _) => error.into(),
    }
}

/// What is to be done for each name, or for each account that the filter finds.
async fn tasks(whose: &Whose, directory: &Directory, progress: &Progress) -> Result<Vec<Flow<Task>>> {
    let (users, rules) = match whose {
        Whose::Found(filter) => {
            lookup::check_filter(directory, Some(filter)).await?;
            let found = directory.list_accounts(Some(filter), DEFAULT_MATCH_BY).await;
            let found = found.context("cannot list the accounts; nothing was written")?;
            if found.is_empty() {
                progress.note("no account fits the filter");
            }
            return Ok(found.iter().map(|account| Continue(task(account, None))).collect());
        }
        Whose::Named { users, rules } => (users, rules),
    };
    let keys: Vec<&Key> = users.iter().flatten().map(|user| &user.key).collect();
    let options = naming::Options { rules: rules.clone(), ..naming::Options::default() };
    let naming::Users { found, hints } =
        naming::find_users(&keys, &options, directory, &steps::shown(progress)).await?;
    steps::say(&hints, progress);
    let mut named = found.into_iter();
    let mut seen = HashSet::new();
    let flows = users.iter().filter_map(|user| match user {
        Err(row) => Some(Break(record::of_unusable(row))),
        Ok(user) => named.next().map(|account| match account {
            Ok(account) if seen.insert(account.guid) => Continue(task(&account, user.line)),
            Ok(account) => {
                let reason = Reason::new(NAMED_TWICE, "the account is named more than once");
                Break(Record { line: user.line, ..record::of_account(&account, Status::Skipped, vec![reason]) })
            }
            Err(mismatch) => Break(record::of_user(user, Status::Failed, vec![Reason::from(&mismatch)])),
        }),
    });
    Ok(flows.collect())
}

fn task(account: &Account, line: Option<u64>) -> Task {
    let record = Record { line, ..record::of_account(account, Status::NotAttempted, Vec::new()) };
    Task { account: account.guid, server: None, wanted: Wanted::Nothing, record }
}

/// The tasks, if whoever sits at the terminal agrees to them; accounts that have no photo now keep one that they get
/// while the question stands.
async fn agreed(
    tasks: Vec<Flow<Task>>,
    directory: &Directory,
    visibility: &Visibility<'_>,
) -> Result<Option<Vec<Flow<Task>>>> {
    let accounts: Vec<_> = to_do(&tasks).map(|task| task.account).collect();
    let holders = directory.photo_holders(&accounts).await.context("cannot read who has a photo")?;
    let others: Vec<_> = accounts.into_iter().filter(|account| !holders.contains(account)).collect();
    let mut hidden = visibility.hidden(&others).await.context("cannot ask what you may read")?;
    let with_photo = |flow: Flow<Task>| match flow {
        Continue(task) if holders.contains(&task.account) => Continue(task),
        Continue(task) => match hidden.remove(&task.account) {
            Some(reason) => Break(task.ends(Status::Failed, vec![reason])),
            None => Break(task.ends(Status::Unchanged, vec![Reason::no_photo()])),
        },
        done => done,
    };
    let tasks: Vec<_> = tasks.into_iter().map(with_photo).collect();
    let question = question(&tasks);
    let agreed = match question {
        None => true,
        Some(question) => tokio::task::spawn_blocking(move || ask(&question)).await?.context("cannot ask")?,
    };
    Ok(agreed.then_some(tasks))
}

fn to_do(tasks: &[Flow<Task>]) -> impl Iterator<Item = &Task> {
    tasks.iter().filter_map(|flow| match flow {
        Continue(task) => Some(task),
        Break(_) => None,
    })
}

/// `None` where there is nothing to agree to.
fn question(tasks: &[Flow<Task>]) -> Option<String> {
    let records: Vec<&Record> = to_do(tasks).map(|task| &task.record).collect();
    let named = records.iter().take(SHOWN).map(|record| {
        format!("  {}, {}\n", printable(&record.user), printable(record.dn.as_deref().unwrap_or_default()))
    });
    let more = records.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| format!("  … and {more} more; --dry-run shows all\n"));
    let list: String = named.chain(more).collect();
    match records.len() {
        0 => None,
        1 => Some(format!("{list}Remove the photo of this account? [y/N] ")),
        count => Some(format!("{list}Remove the photos of these {count} accounts? [y/N] ")),
    }
}

fn ask(question: &str) -> std::io::Result<bool> {
    std::io::stderr().lock().write_all(question.as_bytes())?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
