//! An index of all accounts by the values that one rule compares.

use std::collections::HashMap;

use super::called::FullName;
use super::match_by::Rule;
use super::roster::{Roster, Row};
use super::spelling::key;

/// Finds accounts in the roster by one rule.
pub(super) struct Values<'r> {
    roster: &'r Roster,
    kind: Kind,
}

enum Kind {
    /// The roster does not have the rule's attribute, because the directory itself was asked for it.
    Elsewhere,
    /// The accounts by the values of an attribute that the directory has no index for.
    Attribute(HashMap<String, Vec<Row>>),
    /// The rule compares names, which the roster finds itself.
    Name,
    /// The accounts by the names that a template makes of their attributes.
    Template(HashMap<String, Vec<(Row, FullName)>>),
}

impl<'r> Values<'r> {
    /// Builds the index for a rule; `more` lists the further attributes that the roster has.
    pub(super) fn new(rule: &Rule, roster: &'r Roster, more: &[String]) -> Self {
        let place = |name: &str| more.iter().position(|own| own.eq_ignore_ascii_case(name));
        let kind = match rule {
            Rule::Name => Kind::Name,
            Rule::Attribute(name) => place(name).map_or(Kind::Elsewhere, |place| by_attribute(roster, place)),
            Rule::Template(template) => {
                let mut filled: HashMap<String, Vec<(Row, FullName)>> = HashMap::new();
                for row in roster.rows() {
                    let value = |name: &str| roster.more(row, place(name)?).next().map(str::to_owned);
                    if let Some(name) = template.fill(value).and_then(|text| FullName::read(&text)) {
                        filled.entry(name.turned()).or_default().push((row, name));
                    }
                }
                Kind::Template(filled)
            }
        };
        Self { roster, kind }
    }

    /// Returns the accounts that the text names by this rule.
    pub(super) fn find(&self, text: &str) -> Vec<Row> {
        match &self.kind {
            Kind::Elsewhere => Vec::new(),
            Kind::Attribute(rows) => rows.get(&key(text)).cloned().unwrap_or_default(),
            Kind::Name => self.roster.called(text),
            Kind::Template(filled) => {
                let Some(name) = FullName::read(text) else { return Vec::new() };
                let rows = filled.get(&name.turned()).into_iter().flatten();
                rows.filter(|(_, own)| self.roster.is_called(&name, own)).map(|(row, _)| *row).collect()
            }
        }
    }
}

fn by_attribute(roster: &Roster, place: usize) -> Kind {
    let mut rows: HashMap<String, Vec<Row>> = HashMap::new();
    for row in roster.rows() {
        for value in roster.more(row, place) {
            let rows = rows.entry(key(value)).or_default();
            if rows.last() != Some(&row) {
                rows.push(row);
            }
        }
    }
    Kind::Attribute(rows)
}
