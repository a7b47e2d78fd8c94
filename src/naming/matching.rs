//! Decides which account each photo belongs to. This module is pure: it takes names and accounts, and returns answers.
//!
//! [`lookups`] says what to ask the directory, and [`Finder`] decides from the accounts that the directory returned.
//! The whole batch is decided before the first photo is written.

use std::collections::HashSet;
use std::ops::Range;

use super::candidates::{MAX_KEY_CHARS, candidates};
use super::identity::Identity;
use super::index::Index;
use super::likeness::EQUAL;
use super::match_by::{DEFAULT_MATCH_BY, Rule, Rules};
use super::mismatch::Mismatch;
use super::pattern::{NamePattern, Part};
use super::roster::Roster;
use super::suggestion::{Suggestion, Why};
use super::values::Values;
use super::words::{Word, words};
use crate::directory::{Domain, Guid, Lookup, Terms};
use crate::source::Key;

/// The number of digits up to which a number behind a name may be a counter.
const MAX_DIGITS_OF_COUNTER: usize = 3;

/// The account that a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) guid: Guid,
    /// The part of the name that identifies the account.
    pub(super) part: Range<usize>,
}

/// Returns the parts of a name that may identify an account: the one that the pattern finds, or without a pattern all
/// candidates, the longest first.
pub(super) fn parts(key: &Key, pattern: Option<&NamePattern>) -> Result<Vec<Range<usize>>, Mismatch> {
    let length = key.text().chars().count();
    if length > MAX_KEY_CHARS {
        return Err(Mismatch::NameTooLong(length));
    }
    match (key, pattern) {
        (Key::Stem(stem), Some(pattern)) => match pattern.find(stem) {
            Part::User(part) => Ok(vec![part]),
            Part::Cut(part) => Err(Mismatch::CutByPattern { part }),
            Part::Nothing => Err(Mismatch::NotThePattern),
        },
        _ => Ok(candidates(key)),
    }
}

/// Returns the lookups to send to the directory for these keys: one for each different name that a key may contain,
/// searched for in `attributes`.
pub(super) fn lookups<'k>(
    keys: impl IntoIterator<Item = &'k Key>,
    attributes: &[String],
    pattern: Option<&NamePattern>,
) -> Vec<Lookup> {
    let mut seen = HashSet::new();
    let mut lookups = Vec::new();
    for key in keys {
        for (place, part) in parts(key, pattern).unwrap_or_default().into_iter().enumerate() {
            let mut clauses = Identity::parse(&key.text()[part]).clauses(attributes);
            // The complete name of a file may be a logon name, whatever else names are matched by.
            if place == 0 && matches!(key, Key::Stem(_)) {
                let logon = Identity::parse(key.text().trim()).clauses(&[DEFAULT_MATCH_BY.to_owned()]);
                clauses.extend(logon.into_iter().filter(|clause| !clauses.contains(clause)).collect::<Vec<_>>());
            }
            if !clauses.is_empty() && seen.insert(clauses.clone()) {
                lookups.push(Lookup { clauses });
            }
        }
    }
    lookups
}

/// Returns, for each rule, the values that everybody has for it; none without a roster. `more` lists the attributes that
/// the roster holds in addition to the names.
pub(super) fn values_of<'r>(roster: Option<&'r Roster>, more: &[String], rules: &Rules) -> Vec<Values<'r>> {
    let of_roster = |roster: &'r Roster| rules.iter().map(move |rule| Values::new(rule, roster, more));
    roster.into_iter().flat_map(of_roster).collect()
}

/// Finds the accounts that names stand for.
pub(super) struct Finder<'a> {
    index: &'a Index<'a>,
    roster: Option<&'a Roster>,
    rules: &'a Rules,
    /// For each rule, the values that everybody has for it; empty without a roster.
    values: &'a [Values<'a>],
    pattern: Option<&'a NamePattern>,
    domain: &'a Domain,
}

impl<'a> Finder<'a> {
    /// Creates a finder for the accounts of an index and, if it was read, of the roster. `values` are those that
    /// everybody has for each rule ([`values_of`]).
    pub(super) fn new(
        index: &'a Index<'a>,
        roster: Option<&'a Roster>,
        values: &'a [Values<'a>],
        rules: &'a Rules,
        pattern: Option<&'a NamePattern>,
        domain: &'a Domain,
    ) -> Self {
        Self { index, roster, rules, values, pattern, domain }
    }

    /// Returns the account that the key stands for, by the first of its parts that identifies any.
    pub(super) fn find(&self, key: &Key) -> Result<Found, Mismatch> {
        let parts = parts(key, self.pattern)?;
        for (place, part) in parts.iter().enumerate() {
            let name = &key.text()[part.clone()];
            let identity = Identity::parse(name);
            if let Some(other) = identity.other_domain(self.domain) {
                return Err(match self.domain.terms {
                    Terms::ActiveDirectory => {
                        Mismatch::OtherDomain { domain: other.to_owned(), here: self.domain.names.clone() }
                    }
                    Terms::Microsoft365 => Mismatch::NotInCloud { name: name.to_owned() },
                });
            }
            let is_whole = place == 0 && matches!(key, Key::Stem(_));
            let named = self.named(&identity, is_whole);
            if named.is_empty() {
                continue;
            }
            let namesakes = self.namesakes(key, part, &identity);
            let all: Vec<Guid> = named.iter().copied().chain(namesakes).fold(Vec::new(), with);
            let attribute =
                if all.len() > named.len() { Rule::Name.to_string() } else { self.rules.in_words(self.domain.terms) };
            return match all[..] {
                [guid] => Ok(Found { guid, part: part.clone() }),
                ref several => Err(self.ambiguous(attribute, name, several)),
            };
        }
        Err(Mismatch::Unknown {
            below: self.domain.narrowed.then(|| self.domain.base_dn.clone()),
            attribute: self.rules.in_words(self.domain.terms),
            tried: parts.into_iter().map(|part| key.text()[part].to_owned()).collect(),
            suggestions: Vec::new(),
        })
    }

    /// Returns the accounts that a name may stand for by any of the rules. The complete name of a file (`is_whole`) may
    /// also be a logon name.
    fn named(&self, identity: &Identity<'_>, is_whole: bool) -> Vec<Guid> {
        let mut found: Vec<Guid> = self.index.find(identity).into_iter().map(|account| account.guid).collect();
        if is_whole {
            found.extend(self.index.by_logon(identity.name).map(|account| account.guid));
        }
        if let Some(roster) = self.roster {
            let rows = self.values.iter().flat_map(|values| values.find(identity.name));
            found.extend(rows.map(|row| roster.person(row).guid));
        }
        found.into_iter().fold(Vec::new(), with)
    }

    /// Returns the accounts that are called as this part of a name is, if it was compared with people's names: somebody
    /// may be called the same, but be written otherwise. A short number behind a file's name may be a counter or a part
    /// of the name, so both are looked for.
    fn namesakes(&self, key: &Key, part: &Range<usize>, identity: &Identity<'_>) -> Vec<Guid> {
        let Some(roster) = self.roster.filter(|_| self.rules.are_names() && identity.unique.is_none()) else {
            return Vec::new();
        };
        let text = key.text();
        let mut names = vec![&text[part.clone()]];
        if let Key::Stem(_) = key {
            let words = words(text);
            let is_short = |word: &&Word<'_>| word.is_number() && word.text.len() <= MAX_DIGITS_OF_COUNTER;
            let behind = words.iter().find(|word| word.at.start >= part.end).filter(is_short);
            names.extend(behind.map(|number| &text[part.start..number.at.end]));
            let last = words.iter().rfind(|word| word.at.end <= part.end).filter(is_short);
            names.extend(last.map(|number| &text[part.start..number.at.start.max(part.start)]));
        }
        let rows = names.into_iter().flat_map(|name| roster.called(name));
        rows.map(|row| roster.person(row).guid).collect()
    }

    fn ambiguous(&self, attribute: String, name: &str, several: &[Guid]) -> Mismatch {
        let suggestions: Vec<Suggestion> = several.iter().filter_map(|guid| self.suggestion(*guid)).collect();
        let dn = |guid: &Guid| self.index.by_guid(*guid).map(|account| account.dn.clone());
        let dns = several.iter().zip(&suggestions).map(|(guid, one)| dn(guid).unwrap_or_else(|| one.with_department()));
        let (key, terms) = (name.to_owned(), self.domain.terms);
        Mismatch::Ambiguous { attribute, key, dns: dns.collect(), terms, suggestions }
    }

    fn suggestion(&self, guid: Guid) -> Option<Suggestion> {
        let of_roster = || {
            let roster = self.roster?;
            Some(roster.suggestion(roster.row(guid)?, EQUAL, Why::Called))
        };
        self.index.by_guid(guid).map(Suggestion::from).or_else(of_roster)
    }
}

/// Adds an account to others, unless it is among them.
fn with(mut all: Vec<Guid>, guid: Guid) -> Vec<Guid> {
    if !all.contains(&guid) {
        all.push(guid);
    }
    all
}
