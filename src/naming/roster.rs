//! The names of all accounts in the domain, stored compactly, to find out who else a photo may show.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::called::{FullName, Sameness};
use super::common;
use super::dn::Dn;
use super::likeness::Spelled;
use super::person::{Role, Texts, parts};
use super::vocabulary::{Vocabulary, WordId};
use crate::directory::{Domain, Guid, Names, container};

/// The index of an account in the roster.
pub(super) type Row = u32;

/// The names of all accounts in a domain.
#[derive(Debug, Default)]
pub struct Roster {
    people: Vec<Person>,
    words: Vocabulary,
    /// The accounts whose names contain each word. The index is built when it is first needed.
    holders: OnceCell<Holders>,
    /// The accounts that may have a name, sorted by the hash of [`FullName::turned`]. They are sorted when they are
    /// first needed.
    called: OnceCell<Vec<(u64, Row)>>,
    by_guid: HashMap<Guid, Row>,
    containers: Vec<Box<str>>,
    container_places: HashMap<Box<str>, u32>,
    base: Option<Dn>,
}

/// One account of the roster.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) guid: Guid,
    /// The account's texts in the order of [`Text`], followed by the values of further attributes.
    texts: Box<str>,
    pub(super) parts: Box<[RowPart]>,
    container: u32,
    /// Whether the account is below the base DN.
    pub(super) in_scope: bool,
}

/// A text that the roster keeps for each account; its value is the text's index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    SamAccountName,
    DisplayName,
    Cn,
    GivenName,
    Surname,
    Department,
    Mail,
    PrincipalName,
    EmployeeId,
}

/// Number of variants of [`Text`].
const TEXTS: usize = 9;
/// Separators between texts, and between the values of one attribute: control characters that no value contains.
const BETWEEN_TEXTS: char = '\u{1e}';
const BETWEEN_VALUES: char = '\u{1f}';

/// One word of an account's names.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowPart {
    pub(super) word: WordId,
    pub(super) role: Role,
    pub(super) stands_for: u8,
    pub(super) names: u8,
}

/// The rows of all words in one list: those of the first word, then those of the second, and so on. `ends` says where
/// each word's rows end.
#[derive(Debug)]
struct Holders {
    ends: Vec<u32>,
    rows: Vec<Row>,
}

impl Roster {
    /// Returns an empty roster. If the run is narrowed to a part of the domain, only accounts in that part are in
    /// scope.
    #[must_use]
    pub fn new(domain: &Domain) -> Self {
        let base = Dn::parse(&domain.base_dn).filter(|_| domain.narrowed);
        Self { base: base.map(|base| base.folded()), ..Self::default() }
    }

    pub fn add(&mut self, names: &Names) {
        let row = Row::try_from(self.people.len()).unwrap_or(Row::MAX);
        let mail = local_part(&names.mail);
        let principal = local_part(&names.principal_name);
        let texts = Texts {
            display_name: &names.display_name,
            cn: &names.cn,
            given_name: &names.given_name,
            surname: &names.surname,
            logons: [&names.sam_account_name, mail, principal, &names.employee_id],
        };
        let mut row_parts = Vec::new();
        for part in parts(&texts) {
            let word = self.words.add(&part.spelled, part.role);
            row_parts.push(RowPart { word, role: part.role, stands_for: part.stands_for, names: part.names });
        }
        let (container, in_scope) = self.place(&names.dn);
        self.by_guid.insert(names.guid, row);
        self.people.push(Person { guid: names.guid, texts: pack(names), parts: row_parts.into(), container, in_scope });
    }

    /// Returns the number of accounts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    pub(super) fn person(&self, row: Row) -> &Person {
        &self.people[row as usize]
    }

    pub(super) fn row(&self, guid: Guid) -> Option<Row> {
        self.by_guid.get(&guid).copied()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row> + use<> {
        0..Row::try_from(self.people.len()).unwrap_or(Row::MAX)
    }

    pub(super) fn text(&self, row: Row, text: Text) -> &str {
        self.person(row).texts.split(BETWEEN_TEXTS).nth(text as usize).unwrap_or_default()
    }

    /// Returns the values of a further attribute; `place` is its index among those that were requested.
    pub(super) fn more(&self, row: Row, place: usize) -> impl Iterator<Item = &str> {
        let values = self.person(row).texts.split(BETWEEN_TEXTS).nth(TEXTS + place).unwrap_or_default();
        values.split(BETWEEN_VALUES).filter(|value| !value.is_empty())
    }

    /// Returns the DN of the OU or container that the account is in.
    pub(super) fn container(&self, row: Row) -> &str {
        &self.containers[self.person(row).container as usize]
    }

    pub(super) fn words(&self) -> &Vocabulary {
        &self.words
    }

    /// Returns the accounts whose names contain the word.
    pub(super) fn holders(&self, word: WordId) -> &[Row] {
        let Holders { ends, rows } = self.holders.get_or_init(|| self.count_holders());
        let begin = if word == 0 { 0 } else { ends[word as usize - 1] };
        &rows[begin as usize..ends[word as usize] as usize]
    }

    /// Returns whether the word is a given name, of an account in this domain or in the list of common names.
    pub(super) fn is_given_name(&self, word: &Spelled) -> bool {
        self.words.role(word).has(Role::GIVEN)
            || common::is_given_name(&word.called)
            || common::is_given_name(&word.bare)
    }

    /// Returns whether the word is a surname, of an account in this domain or in the list of common names.
    pub(super) fn is_surname(&self, word: &Spelled) -> bool {
        self.words.role(word).has(Role::SURNAME) || common::is_surname(&word.called) || common::is_surname(&word.bare)
    }

    /// Returns the accounts that have exactly this name.
    pub(super) fn called(&self, text: &str) -> Vec<Row> {
        let Some(name) = FullName::read(text) else { return Vec::new() };
        let called = self.called.get_or_init(|| self.index_called());
        let wanted = hash(&name);
        let begin = called.partition_point(|&(hash, _)| hash < wanted);
        let rows = called[begin..].iter().take_while(|(hash, _)| *hash == wanted).map(|&(_, row)| row);
        rows.filter(|&row| self.names(row).iter().any(|own| self.is_called(&name, own))).collect()
    }

    /// Returns whether both are the same name. The order of the words may differ, unless both names can be read as
    /// `First Last`: then they are two different people.
    pub(super) fn is_called(&self, one: &FullName, other: &FullName) -> bool {
        match one.sameness(other) {
            Some(Sameness::Equal) => true,
            Some(Sameness::Turned(_)) => !(self.is_first_last(one) && self.is_first_last(other)),
            None => false,
        }
    }

    /// Returns the names that people use for the account: display name, common name, and given name with surname.
    pub(super) fn names(&self, row: Row) -> Vec<FullName> {
        let (given, surname) = (self.text(row, Text::GivenName), self.text(row, Text::Surname));
        let both = format!("{surname}, {given}");
        let full = if given.is_empty() || surname.is_empty() { "" } else { &both };
        let texts = [self.text(row, Text::DisplayName), self.text(row, Text::Cn), full];
        let mut names: Vec<FullName> = texts.into_iter().filter_map(FullName::read).collect();
        names.dedup();
        names
    }

    fn is_first_last(&self, name: &FullName) -> bool {
        let parts: Vec<&String> = name.natural().collect();
        let [first, .., last] = &parts[..] else { return false };
        self.is_given_name(&Spelled::new(first)) && self.is_surname(&Spelled::new(last))
    }

    fn place(&mut self, dn: &str) -> (u32, bool) {
        let parsed = Dn::parse(dn);
        let container = container(dn);
        let place = *self.container_places.entry(container.into()).or_insert_with(|| {
            self.containers.push(container.into());
            u32::try_from(self.containers.len() - 1).unwrap_or(u32::MAX)
        });
        let is_below = |base: &Dn| parsed.is_some_and(|dn| dn.folded().is_below(base));
        (place, self.base.as_ref().is_none_or(is_below))
    }

    fn count_holders(&self) -> Holders {
        let mut ends = vec![0_u32; self.words.len()];
        for part in self.people.iter().flat_map(|person| &person.parts) {
            ends[part.word as usize] += 1;
        }
        let mut end = 0;
        for count in &mut ends {
            (*count, end) = (end, end + *count);
        }
        let mut rows = vec![0; end as usize];
        for (person, row) in self.people.iter().zip(0..) {
            for part in &person.parts {
                let place = &mut ends[part.word as usize];
                rows[*place as usize] = row;
                *place += 1;
            }
        }
        Holders { ends, rows }
    }

    fn index_called(&self) -> Vec<(u64, Row)> {
        let of_row = |row| self.names(row).into_iter().map(move |name| (hash(&name), row));
        let mut called: Vec<(u64, Row)> = self.rows().flat_map(of_row).collect();
        called.sort_unstable();
        called.dedup();
        called.shrink_to_fit();
        called
    }
}

/// Returns a hash that is equal for all names that may be the same. Equal hashes prove nothing, so the caller compares
/// the names.
fn hash(name: &FullName) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.turned().hash(&mut hasher);
    hasher.finish()
}

/// Returns the part of an address before the `@`, or the whole text if there is none.
pub(super) fn local_part(address: &str) -> &str {
    address.split_once('@').map_or(address, |(local, _)| local)
}

fn pack(names: &Names) -> Box<str> {
    let texts = [
        &names.sam_account_name,
        &names.display_name,
        &names.cn,
        &names.given_name,
        &names.surname,
        &names.department,
        &names.mail,
        &names.principal_name,
        &names.employee_id,
    ];
    let more = names.more.iter().map(|values| values.join(&BETWEEN_VALUES.to_string()));
    let all: Vec<String> =
        texts.into_iter().map(|text| text.replace([BETWEEN_TEXTS, BETWEEN_VALUES], " ")).chain(more).collect();
    all.join(&BETWEEN_TEXTS.to_string()).into()
}
