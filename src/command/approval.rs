//! What an import does for the approval page and with the approved list.

use std::ops::ControlFlow::{Break, Continue};
use std::path::PathBuf;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::time::timeout;

use super::run::Run;
use crate::album::Album;
use crate::destination::{Accounts, Destination};
use crate::directory::AccountQuery;
use crate::naming::{DEFAULT_MATCH_BY, Match};
use crate::pipeline::{Flow, PhotoFile, Renderer, Task};
use crate::report::{Person, Reason, Record};

/// The maximum number of photos without an account that the page shows; no person would look through more.
const MAX_SHOWN: usize = 5_000;
/// How long to wait for the list of the domain's accounts. The page only needs it for its search, so no run waits until
/// the connection is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Makes thumbnails of photos that match nobody, so that people can say on the page whose they are.
pub(super) async fn pictured<D>(tasks: Vec<Flow<Task>>, renderer: &Renderer, run: &Run<'_, D>) -> Vec<Flow<Task>> {
    let count = tasks.iter().filter(|flow| is_nobodys(flow)).count();
    if count == 0 {
        return tasks;
    }
    if count > MAX_SHOWN {
        run.progress.note(&format!("{count} photos match nobody; the page shows the first {MAX_SHOWN} of them"));
    }
    let stage = run.progress.stage("Other photos", count.min(MAX_SHOWN));
    let mut shown = 0;
    let pictures = tasks.into_iter().map(|flow| {
        let is_shown = is_nobodys(&flow) && shown < MAX_SHOWN;
        shown += usize::from(is_shown);
        let stage = &stage;
        async move {
            match flow {
                Break(record) if is_shown => {
                    let record = with_picture(record, renderer, &run.album).await;
                    stage.advance(1);
                    Break(record)
                }
                flow => flow,
            }
        }
    });
    stream::iter(pictures).buffered(renderer.ahead()).collect().await
}

/// Returns the accounts that the page offers in addition to the suggested ones: all accounts below the base DN, since
/// an import would refuse others. The list is empty if no photo needs it, or if the accounts cannot be listed soon.
pub(super) async fn people<D: Destination>(tasks: &[Flow<Task>], run: &Run<'_, D>) -> Vec<Person> {
    if !tasks.iter().any(is_nobodys) {
        return Vec::new();
    }
    let _stage = run.progress.stage("Listing accounts", 0);
    let everybody = AccountQuery::all(DEFAULT_MATCH_BY);
    let listing = timeout(PATIENCE, run.accounts().list_accounts(&everybody));
    match run.stop.unless_asked(listing).await {
        Some(Ok(Ok(accounts))) => accounts.iter().map(Person::from).collect(),
        Some(_) => {
            run.progress.note("the accounts could not be listed, so the page cannot search them");
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// Returns why a row of an approved list must not go to the account that was found for it, if its name is another.
pub(super) fn other_user(found: &Match, identity: &str) -> Option<Reason> {
    let (listed, found) = (&found.photo.approved()?.user, &found.account.sam_account_name);
    (listed.to_lowercase() != found.to_lowercase()).then(|| Reason::other_user(listed, found, identity))
}

fn is_nobodys(flow: &Flow<Task>) -> bool {
    match flow {
        Break(record) => record.is_nobodys() && !record.photo.is_empty(),
        Continue(_) => false,
    }
}

async fn with_picture(mut record: Record, renderer: &Renderer, album: &Album) -> Record {
    let file = PhotoFile { path: PathBuf::from(&record.photo), is_found: false, sha256: None, crop: None };
    match renderer.render(file).await {
        Some(Ok(rendered)) => {
            record.after = Some(album.keep(&rendered.thumbnail.jpeg));
            record = rendered.noted(record, album);
        }
        Some(Err(reason)) => record.reasons.push(reason),
        None => {}
    }
    record
}
