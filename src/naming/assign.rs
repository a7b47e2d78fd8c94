//! Finds the accounts that a batch of names belongs to. The directory is asked once for all names, each match is judged
//! against everybody's names, and the result is complete before anything is written.

use std::ops::Range;
use std::time::Duration;

use tokio::time::timeout;

use super::batch;
use super::extras::Extras;
use super::hints::{self, Hint};
use super::judge::{Judge, Verdict, needs_everybody};
use super::likeness::EQUAL;
use super::list::{self, Misnamed};
use super::lookup::{LookupError, Step};
use super::matching::Found;
use super::mismatch::Mismatch;
use super::paired::{Matches, Paired};
use super::resolve::{Naming, Options, Resolved};
use super::roster::{Roster, Row};
use super::suggestion::{Suggestion, Why};
use crate::destination::Accounts;
use crate::directory::{Account, Guid, PackedAccounts};
use crate::source::{Key, Photo};

/// How long suggestions and hints may wait for everybody's names. They are a courtesy, so no run hangs for them until
/// its connection is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// The accounts that a batch of photos was assigned to.
#[derive(Debug, Default)]
pub struct Assigned<'p> {
    /// The account of each photo, or why it has none, in the order of the photos.
    pub matches: Matches<'p>,
    /// Set if most of a list gives people the photos of others.
    pub misnamed: Option<Misnamed>,
    /// What else to match by, if many names belong to no account.
    pub hints: Vec<Hint>,
}

/// The accounts that users were found to be.
#[derive(Debug, Default)]
pub struct Users {
    /// The account of each key, or why it has none, in the order of the keys.
    pub found: Vec<Result<Account, Box<Mismatch>>>,
    /// What else to match by, if many names belong to no account.
    pub hints: Vec<Hint>,
}

/// Finds the account of each photo. `steps` is told how far the work has come.
///
/// # Errors
/// Fails if the directory cannot be asked, or if what to match by cannot be used.
pub async fn assign<'p>(
    photos: &[&'p Photo],
    options: &Options,
    place: &impl Accounts,
    steps: &dyn Fn(Step),
) -> Result<Assigned<'p>, LookupError> {
    let keys: Vec<&Key> = photos.iter().map(|photo| &photo.key).collect();
    let naming = Naming::prepare(&keys, options, place, steps).await?;
    let Resolved { mut found, accounts } = naming.resolve(&keys).await?;
    naming.judge(&keys, &mut found, &accounts).await?;
    naming.refuse_outside(&mut found, &accounts);
    let kept = naming.finds_more_than_logons(&keys, &found);
    let paired = |(photo, found): (&&'p Photo, Result<Found, Mismatch>)| {
        let Found { guid, part } = found?;
        let account = accounts.row(guid).ok_or_else(|| naming.unknown(&photo.key.text()[part.clone()]))?;
        let part = part.start as u32..part.end as u32;
        Ok(Paired { photo, guid, account, part, named_after: None, shared_with: Box::default() })
    };
    let all = photos.iter().zip(found).map(|both| paired(both).map_err(Box::new)).collect();
    let mut matches = Matches { accounts, all };
    batch::check(photos, &mut matches);
    let misnamed = if list::is_told_by_names(&matches) {
        list::check(&mut matches, naming.everybody.read(steps).await?)
    } else {
        None
    };
    let hints = naming.suggest(&keys, &mut matches.all, kept).await;
    Ok(Assigned { matches, misnamed, hints })
}

/// Finds the account of each key.
///
/// # Errors
/// Fails if the directory cannot be asked, or if what to match by cannot be used.
pub async fn find_users(
    keys: &[&Key],
    options: &Options,
    place: &impl Accounts,
    steps: &dyn Fn(Step),
) -> Result<Users, LookupError> {
    let naming = Naming::prepare(keys, options, place, steps).await?;
    let Resolved { mut found, accounts } = naming.resolve(keys).await?;
    naming.refuse_outside(&mut found, &accounts);
    let kept = naming.finds_more_than_logons(keys, &found);
    let account = |(key, found): (&&Key, Result<Found, Mismatch>)| {
        let Found { guid, part } = found?;
        let row = accounts.row(guid).ok_or_else(|| naming.unknown(&key.text()[part]))?;
        Ok(accounts.get(row))
    };
    let mut found: Vec<_> = keys.iter().zip(found).map(|both| account(both).map_err(Box::new)).collect();
    let hints = naming.suggest(keys, &mut found, kept).await;
    Ok(Users { found, hints })
}

impl<A: Accounts> Naming<'_, A> {
    /// Compares files' names with everybody's names, if their matches ignored text, and turns down wrong matches.
    async fn judge(
        &self,
        keys: &[&Key],
        found: &mut [Result<Found, Mismatch>],
        accounts: &PackedAccounts,
    ) -> Result<(), LookupError> {
        let is_doubtful = |key: &Key, found: &Result<Found, Mismatch>| match (key, found) {
            (Key::Stem(stem), Ok(found)) => needs_everybody(stem, &found.part),
            _ => false,
        };
        if !keys.iter().zip(&*found).any(|(key, found)| is_doubtful(key, found)) {
            return Ok(());
        }
        let roster = self.everybody.read(self.steps).await?;
        let extras = Extras::new(&self.options.ignored, keys.iter().zip(&*found).filter_map(of_account));
        let judge = Judge::new(roster, &extras);
        for (key, entry) in keys.iter().zip(found) {
            if !is_doubtful(key, entry) {
                continue;
            }
            if let Ok(Found { guid, part }) = &*entry
                && let Some(account) = accounts.row(*guid).map(|row| accounts.get(row))
            {
                let verdict = judge.ask(key.text(), part.clone(), &account);
                if let Some(mismatch) = mismatch(verdict, key.text(), &key.text()[part.clone()], &account, roster) {
                    *entry = Err(mismatch);
                }
            }
            // Judging many names takes a while; Ctrl-C must not have to wait for all of them.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Adds suggestions to each key that belongs to no account, and returns hints that would help all of them. If the
    /// directory does not answer, there are neither.
    ///
    /// `kept` says that the rules found something, so a hint has to keep them beside its own.
    async fn suggest<T>(&self, keys: &[&Key], found: &mut [Result<T, Box<Mismatch>>], kept: bool) -> Vec<Hint> {
        let is_unknown =
            |place: &usize| found[*place].as_ref().is_err_and(|why| matches!(**why, Mismatch::Unknown { .. }));
        let unknown: Vec<usize> = (0..found.len()).filter(is_unknown).collect();
        if unknown.is_empty() {
            return Vec::new();
        }
        let known = self.everybody.known();
        let read = timeout(PATIENCE, self.everybody.read(self.steps));
        let Some(roster) = (match known {
            Some(roster) => Some(roster),
            None => read.await.ok().and_then(Result::ok),
        }) else {
            return Vec::new();
        };
        (self.steps)(Step::Begins("Similar names", unknown.len()));
        for &place in &unknown {
            let text = keys[place].text();
            if let Err(why) = &mut found[place]
                && let Mismatch::Unknown { suggestions, .. } = &mut **why
            {
                match roster.only_outside(text) {
                    Some((account, container)) => **why = Mismatch::Outside { account, container },
                    None => *suggestions = roster.suggestions(text),
                }
            }
            (self.steps)(Step::Done(1));
            tokio::task::yield_now().await;
        }
        (self.steps)(Step::Ends);
        let unknown: Vec<&Key> = unknown.into_iter().map(|place| keys[place]).collect();
        let rules = &self.options.rules;
        hints::measure(&unknown, roster, &self.everybody.more, rules, Some(rules).filter(|_| kept))
    }

    /// Returns whether the rules found something that other rules would miss. Any rules find a file whose whole name is
    /// a logon name, so such a file does not count.
    fn finds_more_than_logons(&self, keys: &[&Key], found: &[Result<Found, Mismatch>]) -> bool {
        let is_logon = |key: &Key, part: &Range<usize>| {
            self.options.rules.is_default() && matches!(key, Key::Stem(stem) if stem.trim() == &stem[part.clone()])
        };
        keys.iter().zip(found).any(|(key, found)| found.as_ref().is_ok_and(|found| !is_logon(key, &found.part)))
    }
}

/// Returns a file's name with the account that a part of it names, or `None` if it names none, or if the key is no
/// file's name.
pub(super) fn of_account<'k>((key, found): (&&'k Key, &Result<Found, Mismatch>)) -> Option<(&'k str, Guid)> {
    match (key, found) {
        (Key::Stem(stem), Ok(found)) => Some((stem, found.guid)),
        _ => None,
    }
}

/// Returns the mismatch for a verdict against the account, or `None` if the account fits.
pub(super) fn mismatch(
    verdict: Verdict,
    stem: &str,
    key: &str,
    account: &Account,
    roster: &Roster,
) -> Option<Mismatch> {
    let suggestion = |row: Row| roster.suggestion(row, EQUAL, Why::Called);
    match verdict {
        Verdict::Fits => None,
        Verdict::Another(rows) => {
            let (first, more) = rows.split_first()?;
            let other = suggestion(*first);
            let name = if other.name.is_empty() { other.user.clone() } else { other.name.clone() };
            Some(Mismatch::NameOfAnother {
                key: key.to_owned(),
                account: account.sam_account_name.clone(),
                name,
                other: Box::new(other),
                more: more.len(),
            })
        }
        Verdict::Either(rows) => {
            let all = std::iter::once(Suggestion::from(account)).chain(rows.into_iter().map(suggestion));
            Some(Mismatch::Either { name: stem.to_owned(), suggestions: all.collect() })
        }
        Verdict::MayBeDate => Some(Mismatch::MayBeDate { key: key.to_owned(), found: Box::new(account.into()) }),
        Verdict::Unexplained(text) => {
            Some(Mismatch::UnexplainedText { key: key.to_owned(), found: Box::new(account.into()), text })
        }
    }
}
