//! Asking the directory for the accounts of names, once for a whole batch.

use std::collections::{HashMap, HashSet};

use super::index::Index;
use super::judge::needs_everybody;
use super::lookup::{self, Attributes, Everybody, LookupError, Scope, Step};
use super::match_by::Rules;
use super::matching::{Finder, Found, lookups, values_of};
use super::mismatch::Mismatch;
use super::pattern::{NamePattern, Part, PatternError};
use crate::destination::Accounts;
use crate::directory::{Account, AccountRow, Guid, PackedAccounts};
use crate::source::Key;

/// The names that are looked up before the accounts that they do not stand for are forgotten.
const KEYS_AT_ONCE: usize = 1_000;

/// The options that say how names are matched to accounts.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What names are compared with (`--match-by`).
    pub rules: Rules,
    /// The part of a file's name that is the user (`--name-pattern`).
    pub name_pattern: Option<String>,
    /// Text in files' names that is ignored (`--ignore-text`).
    pub ignored: Vec<String>,
}

/// The account that each name was found to mean, and all those accounts.
#[derive(Default)]
pub(super) struct Resolved {
    pub(super) found: Vec<Result<Found, Mismatch>>,
    /// An account that only has to be written to does not have its keys, names and details any more.
    pub(super) accounts: PackedAccounts,
}

/// Everything that is needed to find accounts by names.
pub(super) struct Naming<'n, A> {
    pub(super) options: &'n Options,
    pattern: Option<NamePattern>,
    attributes: Attributes,
    place: &'n A,
    pub(super) everybody: Everybody<'n, A>,
    pub(super) steps: &'n dyn Fn(Step),
}

impl<'n, A: Accounts> Naming<'n, A> {
    pub(super) async fn prepare(
        keys: &[&Key],
        options: &'n Options,
        place: &'n A,
        steps: &'n dyn Fn(Step),
    ) -> Result<Self, LookupError> {
        let pattern = pattern(keys, options)?;
        let attributes = Attributes::of(&options.rules, place).await?;
        let everybody = Everybody::new(place, attributes.of_everybody());
        Ok(Self { options, pattern, attributes, place, everybody, steps })
    }

    /// Finds the account that each key names, and reads those accounts.
    pub(super) async fn resolve(&self, keys: &[&Key]) -> Result<Resolved, LookupError> {
        let rules = &self.options.rules;
        let roster = match self.attributes.need_everybody(rules) {
            true => Some(self.everybody.read(self.steps).await?),
            false => None,
        };
        let values = values_of(roster, &self.everybody.more, rules);
        let find = |part: &[&Key], accounts: &[Account]| -> Vec<Result<Found, Mismatch>> {
            let index = Index::new(accounts);
            let domain = self.place.domain();
            let finder = Finder::new(&index, roster, &values, rules, self.pattern.as_ref(), domain);
            part.iter().map(|key| finder.find(key)).collect()
        };
        let mut resolved = Resolved::default();
        (self.steps)(Step::Begins("Matching names", keys.len()));
        for part in keys.chunks(KEYS_AT_ONCE) {
            let looking = self.resolve_part(part, find, &mut resolved).await;
            (self.steps)(if looking.is_ok() { Step::Done(part.len()) } else { Step::Ends });
            looking?;
        }
        (self.steps)(Step::Ends);
        Ok(resolved)
    }

    /// Does the same for some of the keys.
    async fn resolve_part(
        &self,
        keys: &[&Key],
        find: impl Fn(&[&Key], &[Account]) -> Vec<Result<Found, Mismatch>>,
        resolved: &mut Resolved,
    ) -> Result<(), LookupError> {
        let lookups = lookups(keys.iter().copied(), &self.attributes.indexed, self.pattern.as_ref());
        let mut accounts = lookup::find_accounts(&lookups, &self.attributes.indexed, self.place).await?;
        let found = find(keys, &accounts);
        let known: HashSet<Guid> = accounts.iter().map(|account| account.guid).collect();
        let missing: HashSet<Guid> =
            found.iter().flatten().map(|found| found.guid).filter(|guid| !known.contains(guid)).collect();
        let missing: Vec<Guid> = missing.into_iter().collect();
        accounts.extend(lookup::by_guid(&missing, &self.attributes.indexed, self.place).await?);
        let accounts: HashMap<Guid, Account> = accounts.into_iter().map(|account| (account.guid, account)).collect();
        for (found, key) in found.into_iter().zip(keys) {
            let found = found.and_then(|found| match accounts.get(&found.guid) {
                Some(account) => {
                    keep(account, is_looked_at(key, &found), &mut resolved.accounts);
                    Ok(found)
                }
                // The account was deleted after everybody's names were read.
                None => Err(self.unknown(&key.text()[found.part])),
            });
            resolved.found.push(found);
        }
        Ok(())
    }

    /// Refuses accounts outside the base DN. This is the last step, after `judge`: "Anna Winter.jpg" is Anna Winter's,
    /// even if the account `anna` is outside.
    pub(super) fn refuse_outside(&self, found: &mut [Result<Found, Mismatch>], accounts: &PackedAccounts) {
        let Some(scope) = Scope::of(self.place) else { return };
        for entry in found {
            if let Ok(Found { guid, .. }) = entry
                && let Some(account) = accounts.row(*guid).map(|row| accounts.get(row))
                && !scope.has(&account)
            {
                *entry = Err(outside(&account));
            }
        }
    }

    pub(super) fn unknown(&self, name: &str) -> Mismatch {
        let domain = self.place.domain();
        Mismatch::Unknown {
            below: domain.narrowed.then(|| domain.base_dn.clone()),
            attribute: self.options.rules.in_words(domain.terms),
            tried: vec![name.to_owned()],
            suggestions: Vec::new(),
        }
    }
}

/// Returns whether the names of a key's account are looked at later: to judge whether the rest of a file's name is
/// somebody else's, or whether a list's file bears somebody else's name.
fn is_looked_at(key: &Key, found: &Found) -> bool {
    match key {
        Key::Exact(_) => true,
        Key::Stem(stem) => needs_everybody(stem, &found.part),
    }
}

/// Adds an account, with its names or without.
fn keep(account: &Account, with_names: bool, accounts: &mut PackedAccounts) {
    let has_names = |row: AccountRow| !accounts.get(row).keys.is_empty();
    if with_names && !accounts.row(account.guid).is_some_and(has_names) {
        accounts.insert(account);
    } else if accounts.row(account.guid).is_none() {
        let (keys, names, details) = (Vec::new(), Vec::new(), Vec::new());
        accounts.insert(&Account { keys, names, details, ..account.clone() });
    }
}

fn pattern(keys: &[&Key], options: &Options) -> Result<Option<NamePattern>, PatternError> {
    let Some(text) = &options.name_pattern else { return Ok(None) };
    let stems: Vec<&str> = keys.iter().filter(|key| matches!(key, Key::Stem(_))).map(|key| key.text()).collect();
    let Some(first) = stems.first() else {
        return if keys.is_empty() { Ok(None) } else { Err(PatternError::ForList) };
    };
    let pattern = NamePattern::read(text, first)?;
    match stems.iter().any(|stem| pattern.find(stem) != Part::Nothing) {
        true => Ok(Some(pattern)),
        false => Err(pattern.fits_none(first)),
    }
}

fn outside(account: &Account) -> Mismatch {
    Mismatch::Outside { account: account.sam_account_name.clone(), container: account.container().to_owned() }
}
