//! Asking the directory for the accounts of names, once for a whole batch.

use std::collections::{HashMap, HashSet};

use super::index::Index;
use super::lookup::{self, Attributes, Everybody, LookupError, Scope, Step};
use super::match_by::Rules;
use super::matching::{Finder, Found, lookups};
use super::mismatch::Mismatch;
use super::pattern::{NamePattern, Part, PatternError};
use crate::destination::Accounts;
use crate::directory::{Account, Guid};
use crate::source::Key;

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

/// The account that each name was found to mean, and all those accounts by their GUIDs.
pub(super) struct Resolved {
    pub(super) found: Vec<Result<Found, Mismatch>>,
    pub(super) accounts: HashMap<Guid, Account>,
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
        let lookups = lookups(keys.iter().copied(), &self.attributes.indexed, self.pattern.as_ref());
        (self.steps)(Step::Begins("Matching names", lookups.len()));
        let looking = lookup::find_accounts(&lookups, &self.attributes.indexed, self.place, self.steps).await;
        (self.steps)(Step::Ends);
        let mut accounts = looking?;
        let index = Index::new(&accounts);
        let finder =
            Finder::new(&index, roster, &self.everybody.more, rules, self.pattern.as_ref(), self.place.domain());
        let mut found: Vec<Result<Found, Mismatch>> = keys.iter().map(|key| finder.find(key)).collect();
        let known: HashSet<Guid> = accounts.iter().map(|account| account.guid).collect();
        let missing: HashSet<Guid> =
            found.iter().flatten().map(|found| found.guid).filter(|guid| !known.contains(guid)).collect();
        let missing: Vec<Guid> = missing.into_iter().collect();
        accounts.extend(lookup::by_guid(&missing, &self.attributes.indexed, self.place).await?);
        let accounts: HashMap<Guid, Account> = accounts.into_iter().map(|account| (account.guid, account)).collect();
        for (entry, key) in found.iter_mut().zip(keys) {
            if let Ok(Found { guid, part }) = entry
                && !accounts.contains_key(guid)
            {
                // The account was deleted after everybody's names were read.
                *entry = Err(self.unknown(&key.text()[part.clone()]));
            }
        }
        Ok(Resolved { found, accounts })
    }

    /// Refuses accounts outside the base DN. This is the last step, after `judge`: "Anna Winter.jpg" is Anna Winter's,
    /// even if the account `anna` is outside.
    pub(super) fn refuse_outside(&self, found: &mut [Result<Found, Mismatch>], accounts: &HashMap<Guid, Account>) {
        let scope = Scope::of(self.place);
        for entry in found {
            if let Ok(Found { guid, .. }) = entry
                && let account = &accounts[guid]
                && !scope.has(account)
            {
                *entry = Err(outside(account));
            }
        }
    }

    fn unknown(&self, name: &str) -> Mismatch {
        let domain = self.place.domain();
        Mismatch::Unknown {
            below: domain.narrowed.then(|| domain.base_dn.clone()),
            attribute: self.options.rules.to_string(),
            tried: vec![name.to_owned()],
            suggestions: Vec::new(),
        }
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
