//! Suggestions where names are nobody's: for a person to choose from, never followed.

use std::time::Duration;

use tokio::time::timeout;

use super::{Mismatch, Similar, Suggestion};
use crate::directory::Directory;
use crate::progress::Progress;
use crate::source::Key;

/// Names that are looked into; who has more wrong has something else wrong.
const MOST: usize = 200;
/// How long accounts are listed: for a suggestion, no run waits until its connection is given up.
const PATIENCE: Duration = Duration::from_secs(20);
/// Names that other attributes are tried with.
const SAMPLE: usize = 20;
/// What lists name people by.
const ATTRIBUTES: [&str; 8] = [
    "sAMAccountName",
    "userPrincipalName",
    "mail",
    "employeeID",
    "employeeNumber",
    "displayName",
    "cn",
    "mailNickname",
];

/// Names, for each of the keys that was found to be nobody's, the accounts that may be meant; where a list's users are
/// nobody's at all, the attribute that they may be. Without an answer from the directory there are none.
pub(crate) async fn add<T>(
    keys: &[&Key],
    found: &mut [Result<T, Mismatch>],
    match_by: &str,
    directory: &Directory,
    progress: &Progress,
) {
    let unknown: Vec<usize> =
        (0..found.len()).filter(|&place| matches!(found[place], Err(Mismatch::Unknown { .. }))).collect();
    if unknown.is_empty() {
        return;
    }
    let _stage = progress.stage("Similar names", 0);
    let is_list = keys.iter().all(|key| matches!(key, Key::Exact(_)));
    if is_list
        && unknown.len() == found.len()
        && let Some((attribute, tried, hits)) = other_attribute(keys, match_by, directory).await
    {
        progress.note(&format!(
            "none of the list's users is the {match_by} of an account; of {tried} that were tried, {hits} are the \
             {attribute} of one: --match-by {attribute}"
        ));
        return;
    }
    // All of them: what a search for one name finds may look like another, and keep who is more like that from being seen.
    let listing = timeout(PATIENCE, directory.list_accounts(None, match_by)).await;
    let all = listing.ok().and_then(Result::ok).unwrap_or_default();
    let names = Similar::new(&all);
    for place in unknown.into_iter().take(MOST) {
        // A name takes a while among many accounts, and Ctrl-C is not to wait for all of them.
        tokio::task::yield_now().await;
        if let Err(Mismatch::Unknown { similar, .. }) = &mut found[place] {
            let text = keys[place].text();
            *similar = names.to(text).into_iter().map(|account| Suggestion::new(account, text)).collect();
        }
    }
}

/// The attribute that most of a sample of keys are, how many were tried, and how many are.
async fn other_attribute(keys: &[&Key], match_by: &str, directory: &Directory) -> Option<(String, usize, usize)> {
    let step = keys.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<&Key> = keys.iter().step_by(step).copied().collect();
    let mut best: Option<(String, usize)> = None;
    for name in ATTRIBUTES.into_iter().filter(|name| !name.eq_ignore_ascii_case(match_by)) {
        let Ok(Some(attribute)) = directory.attribute(name).await else { continue };
        let lookups = super::lookups(sample.iter().copied(), &attribute.name);
        let Ok(accounts) = directory.find_accounts(&lookups, &attribute.name, |_| ()).await else { continue };
        let hits = super::named(&sample, &accounts, &attribute.name, directory.domain()).iter().flatten().count();
        if hits * 2 >= sample.len().max(1) && best.as_ref().is_none_or(|(_, most)| hits > *most) {
            best = Some((attribute.name, hits));
        }
    }
    best.map(|(name, hits)| (name, sample.len(), hits))
}
