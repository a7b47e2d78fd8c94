//! Hints on what else to match by if many names belong to no account. They are measured on these very names.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::match_by::{DEFAULT_MATCH_BY, Rule, Rules};
use super::matching::parts;
use super::roster::{Roster, Row, Text};
use super::spelling::key;
use crate::source::Key;

/// A hint is given if it finds at least one in this many names.
const ONE_NAME_IN: usize = 4;

/// A hint at something else to match by, and how many names that would find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The attribute whose values these names are, or `name` if they are what people call an account.
    pub attribute: String,
    /// The value for `--match-by`.
    pub match_by: String,
    /// Number of the names that this would find.
    pub finds: usize,
    /// Number of names that belong to no account, or that the hint before would not find.
    pub unknown: usize,
    /// Whether the hint is about the names that the hint before would not find.
    pub is_of_rest: bool,
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attribute, match_by, finds, unknown, is_of_rest } = self;
        let these = match (unknown, is_of_rest) {
            (1, false) => "the name that was not found".to_owned(),
            (1, true) => "the last of them".to_owned(),
            (_, false) => format!("{finds} of these {unknown}"),
            (_, true) => format!("{finds} of the other {unknown}"),
        };
        let is = if *finds == 1 { "is" } else { "are" };
        let what = match attribute.as_str() {
            NAME => "what people call an account, in any order and with or without titles".to_owned(),
            attribute => format!("the {attribute} of an account"),
        };
        // A template contains blanks, so a shell needs quotes around it.
        let quote = if match_by.contains(' ') { "\"" } else { "" };
        write!(f, "{these} {is} {what}: try --match-by {quote}{match_by}{quote}")
    }
}

/// The rule of `--match-by` for what people call an account.
const NAME: &str = "name";

/// Counts what else the unknown names may be, and returns the best hints: the attribute that finds most of them, then
/// `name` if it finds more than that, then the attribute that finds most of the rest.
///
/// `kept` are rules that found other names. The hints repeat these rules, so that those names are still found.
pub(super) fn measure(
    unknown: &[&Key],
    roster: &Roster,
    more: &[String],
    rules: &Rules,
    kept: Option<&Rules>,
) -> Vec<Hint> {
    let wanted: HashSet<String> = unknown.iter().flat_map(|name| keys(name)).collect();
    let mut kinds: Vec<(String, Kind)> = attributes(more)
        .into_iter()
        .filter(|(name, _)| !rules.has(name))
        .map(|(name, place)| (name, Kind::Values(holders(roster, place, &wanted))))
        .collect();
    let best = best_of(&kinds, unknown, roster);
    let by_name = (!rules.iter().any(|rule| *rule == Rule::Name)).then(|| (NAME.to_owned(), Kind::Called));
    let by_name = by_name.and_then(|kind| best_of(&[kind], unknown, roster));
    let by_name = by_name.filter(|(_, finds)| best.as_ref().is_none_or(|(_, most)| finds > most));
    kinds.push((NAME.to_owned(), Kind::Called));
    let kept = kept.map(|rules| rules.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
    let hint = |(attribute, finds): (String, usize), before: Option<&str>, unknown: usize| Hint {
        match_by: before.map_or_else(|| attribute.clone(), |before| format!("{before},{attribute}")),
        is_of_rest: false,
        attribute,
        finds,
        unknown,
    };
    let mut hints: Vec<Hint> =
        best.into_iter().chain(by_name).map(|found| hint(found, kept.as_deref(), unknown.len())).collect();
    if let Some(last) = hints.last() {
        let taken = kinds.iter().find(|(name, _)| *name == last.attribute).map(|(_, kind)| kind);
        let rest: Vec<&Key> =
            unknown.iter().copied().filter(|key| taken.is_some_and(|kind| !kind.finds(key, roster))).collect();
        let others: Vec<(String, Kind)> =
            kinds.into_iter().filter(|(name, kind)| *name != last.attribute && *kind != Kind::Called).collect();
        let next = best_of(&others, &rest, roster).map(|found| hint(found, Some(&last.match_by), rest.len()));
        hints.extend(next.map(|next| Hint { is_of_rest: true, ..next }));
    }
    hints
}

/// What the unknown names may be.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// The values of an attribute, each with the accounts that have it.
    Values(HashMap<String, Vec<Row>>),
    /// What people call an account.
    Called,
}

impl Kind {
    /// Returns whether a part of the name belongs to exactly one account.
    fn finds(&self, name: &Key, roster: &Roster) -> bool {
        match self {
            Self::Values(holders) => keys(name).any(|key| holders.get(&key).is_some_and(|rows| rows.len() == 1)),
            Self::Called => {
                texts(name).any(|text| matches!(roster.called(text)[..], [row] if roster.person(row).in_scope))
            }
        }
    }
}

/// Returns the kind that finds most of the names, and how many it finds, if these are enough for a hint. Among equally
/// good kinds it is the first, which is the more usual one.
fn best_of(kinds: &[(String, Kind)], names: &[&Key], roster: &Roster) -> Option<(String, usize)> {
    let count = |kind: &Kind| names.iter().filter(|name| kind.finds(name, roster)).count();
    let counted = kinds.iter().rev().map(|(name, kind)| (name.clone(), count(kind)));
    counted.max_by_key(|(_, finds)| *finds).filter(|(_, finds)| *finds > 0 && finds * ONE_NAME_IN >= names.len())
}

/// The place in the roster that holds the values of an attribute.
#[derive(Debug, Clone, Copy)]
enum Place {
    Text(Text),
    More(usize),
}

/// Returns the attributes that lists and files name people by, and `more`; the most usual ones come first.
fn attributes(more: &[String]) -> Vec<(String, Place)> {
    let known = [
        (DEFAULT_MATCH_BY, Text::SamAccountName),
        ("displayName", Text::DisplayName),
        ("userPrincipalName", Text::PrincipalName),
        ("mail", Text::Mail),
        ("employeeID", Text::EmployeeId),
        ("cn", Text::Cn),
    ];
    let known = known.into_iter().map(|(name, text)| (name.to_owned(), Place::Text(text)));
    let more = more.iter().enumerate().map(|(place, name)| (name.clone(), Place::More(place)));
    let mut seen = HashSet::new();
    known.chain(more).filter(|(name, _)| seen.insert(name.to_lowercase())).collect()
}

/// Returns the parts of a name that may name an account.
fn texts(name: &Key) -> impl Iterator<Item = &str> {
    parts(name, None).unwrap_or_default().into_iter().map(|part| &name.text()[part])
}

/// Returns the parts of a name that may name an account, in the form in which values are compared.
fn keys(name: &Key) -> impl Iterator<Item = String> {
    texts(name).map(key)
}

/// Returns the accounts below the base DN that have each of the wanted values.
fn holders(roster: &Roster, place: Place, wanted: &HashSet<String>) -> HashMap<String, Vec<Row>> {
    let mut holders: HashMap<String, Vec<Row>> = HashMap::new();
    for row in roster.rows().filter(|&row| roster.person(row).in_scope) {
        let values: Vec<String> = match place {
            Place::Text(text) => {
                Some(roster.text(row, text)).filter(|text| !text.is_empty()).map(key).into_iter().collect()
            }
            Place::More(place) => roster.more(row, place).map(key).collect(),
        };
        for value in values.into_iter().filter(|value| wanted.contains(value)) {
            holders.entry(value).or_default().push(row);
        }
    }
    holders
}
