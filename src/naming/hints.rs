//! What would help where many names are nobody's, measured on these very names.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::match_by::{DEFAULT_MATCH_BY, Rule, Rules};
use super::matching::parts;
use super::roster::{Roster, Row, Text};
use super::spelling::key;
use crate::source::Key;

/// A hint is given if it helps at least one of so many names.
const ONE_NAME_IN: usize = 4;

/// Something else to match by, and how many names it finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// What to match by: an attribute, or `name`.
    pub match_by: String,
    /// How many of the names it finds.
    pub finds: usize,
    /// How many names are nobody's.
    pub unknown: usize,
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { match_by, finds, unknown } = self;
        let these = match unknown {
            1 => "the name that was not found".to_owned(),
            _ => format!("{finds} of these {unknown}"),
        };
        let is = if *unknown == 1 || *finds == 1 { "is" } else { "are" };
        match match_by.as_str() {
            "name" => write!(
                f,
                "{these} {is} what people call an account, in any order and with or without titles: try --match-by name"
            ),
            attribute => write!(f, "{these} {is} the {attribute} of an account: try --match-by {attribute}"),
        }
    }
}

/// Counts what else these names are, and returns what finds most of them: an attribute, and names if they find more.
pub(super) fn measure(unknown: &[&Key], roster: &Roster, more: &[String], rules: &Rules) -> Vec<Hint> {
    let hint = |match_by: &str, finds: usize| Hint { match_by: match_by.to_owned(), finds, unknown: unknown.len() };
    let helps = |hint: &Hint| hint.finds > 0 && hint.finds * ONE_NAME_IN >= unknown.len();
    let attributes = attributes(more).into_iter().filter(|(name, _)| !rules.has(name));
    // Of equals the first: it is the more usual one.
    let best = attributes
        .rev()
        .map(|(name, place)| hint(&name, count_values(unknown, roster, place)))
        .max_by_key(|hint| hint.finds);
    let best = best.filter(helps);
    let by_name = (!rules.iter().any(|rule| *rule == Rule::Name)).then(|| hint("name", count_called(unknown, roster)));
    let most = best.as_ref().map_or(0, |best| best.finds);
    best.into_iter().chain(by_name.filter(|hint| helps(hint) && hint.finds > most)).collect()
}

/// Where the values of an attribute are in the roster.
#[derive(Debug, Clone, Copy)]
enum Place {
    Text(Text),
    More(usize),
}

/// The attributes that lists and files name people by.
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

/// How many of the names are the value of one account's attribute.
fn count_values(unknown: &[&Key], roster: &Roster, place: Place) -> usize {
    let mut holders: HashMap<String, Vec<Row>> = HashMap::new();
    for row in roster.rows().filter(|&row| roster.person(row).in_scope) {
        let values: Vec<String> = match place {
            Place::Text(text) => {
                Some(roster.text(row, text)).filter(|text| !text.is_empty()).map(key).into_iter().collect()
            }
            Place::More(place) => roster.more(row, place).map(key).collect(),
        };
        values.into_iter().for_each(|value| holders.entry(value).or_default().push(row));
    }
    let is_one = |name: &str| holders.get(&key(name)).is_some_and(|rows| rows.len() == 1);
    count(unknown, is_one)
}

fn count_called(unknown: &[&Key], roster: &Roster) -> usize {
    count(unknown, |name| matches!(roster.called(name)[..], [row] if roster.person(row).in_scope))
}

fn count(unknown: &[&Key], is_one: impl Fn(&str) -> bool) -> usize {
    let is_found = |key: &&&Key| {
        let parts = parts(key, None).unwrap_or_default();
        parts.into_iter().any(|part| is_one(&key.text()[part]))
    };
    unknown.iter().filter(is_found).count()
}
