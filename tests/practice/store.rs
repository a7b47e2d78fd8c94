//! The entries, and the ways to find them: by DN, GUID, SID, or an indexed value.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::dn::{self, Name};
use super::filter::Filter;
use super::schema::{self, Attribute};
use super::value;

/// The values of an entry, by the attribute's name in the spelling of the schema.
pub(super) type Values = BTreeMap<&'static str, Vec<Vec<u8>>>;

/// The number of an entry, in the order of creation, which is also the order of search results.
pub(super) type Id = u32;

#[derive(Clone)]
pub(super) struct Entry {
    pub(super) id: Id,
    pub(super) dn: String,
    /// The DN's comparison key.
    pub(super) key: String,
    pub(super) values: Values,
    /// The password, which is kept apart from the values because no search may ever return it.
    pub(super) password: Option<String>,
}

impl Entry {
    pub(super) fn values(&self, attribute: &Attribute) -> &[Vec<u8>] {
        self.values.get(attribute.name).map_or(&[], Vec::as_slice)
    }

    /// Returns the first value as text, or an empty text if there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        let first = self.values.get(name).and_then(|values| values.first());
        first.and_then(|value| std::str::from_utf8(value).ok()).unwrap_or_default()
    }

    pub(super) fn number(&self, name: &str) -> i64 {
        self.text(name).parse().unwrap_or_default()
    }

    pub(super) fn is_a(&self, class: &str) -> bool {
        let mut classes = self.values.get("objectClass").into_iter().flatten();
        classes.any(|value| value.eq_ignore_ascii_case(class.as_bytes()))
    }

    /// Returns whether the entry has a value with this comparison key.
    pub(super) fn has_key(&self, attribute: &Attribute, key: &[u8]) -> bool {
        let equal = |value: &Vec<u8>| attribute.syntax.key(value).is_some_and(|own| own == key);
        self.values(attribute).iter().any(equal)
    }

    pub(super) fn set(&mut self, name: &'static str, value: impl Into<Vec<u8>>) {
        self.values.insert(name, vec![value.into()]);
    }
}

#[derive(Default)]
pub(super) struct Directory {
    entries: BTreeMap<Id, Entry>,
    names: HashMap<String, Id>,
    index: HashMap<(&'static str, Vec<u8>), BTreeSet<Id>>,
    last_id: Id,
    /// The update sequence number: every change in the domain takes the next one.
    usn: u64,
}

impl Directory {
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    pub(super) fn get(&self, id: Id) -> Option<&Entry> {
        self.entries.get(&id)
    }

    pub(super) fn find(&self, name: &Name) -> Option<&Entry> {
        match name {
            Name::Dn(key) => self.names.get(key).and_then(|id| self.get(*id)),
            Name::Guid(guid) => self.find_by("objectGUID", guid),
            Name::Sid(sid) => self.find_by("objectSid", sid),
        }
    }

    pub(super) fn find_dn(&self, dn: &str) -> Option<&Entry> {
        self.find(&Name::Dn(dn::key(dn)?))
    }

    /// Returns the entry with this value of an indexed attribute, or the oldest such entry.
    pub(super) fn find_by(&self, attribute: &'static str, value: &[u8]) -> Option<&Entry> {
        let key = schema::attribute(attribute)?.syntax.key(value)?;
        self.get(*self.index.get(&(attribute, key))?.first()?)
    }

    pub(super) fn has_children(&self, entry: &Entry) -> bool {
        self.entries().any(|other| dn::is_below(&other.key, &entry.key))
    }

    /// Returns the entries that may match a filter according to the indexes; `None` stands for all entries.
    pub(super) fn candidates(&self, filter: &Filter) -> Option<BTreeSet<Id>> {
        match filter {
            Filter::Equal(attribute, key) if attribute.indexed => {
                Some(self.index.get(&(attribute.name, key.clone())).cloned().unwrap_or_default())
            }
            Filter::And(all) => all.iter().filter_map(|one| self.candidates(one)).min_by_key(BTreeSet::len),
            Filter::Or(any) => any.iter().try_fold(BTreeSet::new(), |mut ids, one| {
                ids.extend(self.candidates(one)?);
                Some(ids)
            }),
            _ => None,
        }
    }

    pub(super) fn next_id(&self) -> Id {
        self.last_id + 1
    }

    /// Creates an entry, with the values that the directory gives to every entry. The DN must be valid and unused, and
    /// must spell its parent as the parent itself does.
    pub(super) fn create(&mut self, dn: &str, values: Values, password: Option<String>) {
        let id = self.next_id();
        self.last_id = id;
        let key = dn::key(dn).unwrap_or_default();
        let mut entry = Entry { id, dn: dn.to_owned(), key, values, password };
        entry.set("objectGUID", guid(id));
        entry.set("whenCreated", value::now());
        entry.set("uSNCreated", (self.usn + 1).to_string());
        name_values(&mut entry);
        self.put(entry);
    }

    /// Stores a new or changed entry as one change of the domain.
    pub(super) fn put(&mut self, mut entry: Entry) {
        self.remove(entry.id);
        self.usn += 1;
        entry.set("uSNChanged", self.usn.to_string());
        entry.set("whenChanged", value::now());
        for key in index_keys(&entry) {
            self.index.entry(key).or_default().insert(entry.id);
        }
        self.names.insert(entry.key.clone(), entry.id);
        self.entries.insert(entry.id, entry);
    }

    pub(super) fn remove(&mut self, id: Id) {
        let Some(entry) = self.entries.remove(&id) else { return };
        self.names.remove(&entry.key);
        for key in index_keys(&entry) {
            if let Some(ids) = self.index.get_mut(&key) {
                ids.remove(&id);
                if ids.is_empty() {
                    self.index.remove(&key);
                }
            }
        }
    }

    /// Gives an entry and everything below it a new DN.
    pub(super) fn rename(&mut self, id: Id, dn: &str) {
        let Some(entry) = self.get(id).cloned() else { return };
        let below = self.entries().filter(|other| dn::is_below(&other.key, &entry.key));
        let moved: Vec<Entry> = below.chain([&entry]).cloned().collect();
        for mut other in moved {
            // Every DN ends in exactly the DN of its parent, since `create` requires that.
            other.dn.replace_range(other.dn.len() - entry.dn.len().., dn);
            other.key = dn::key(&other.dn).unwrap_or_default();
            name_values(&mut other);
            self.put(other);
        }
    }

    pub(super) fn highest_usn(&self) -> u64 {
        self.usn
    }
}

/// Sets the values that follow from the DN: `distinguishedName`, `name`, and `cn`, `ou` or `dc`.
fn name_values(entry: &mut Entry) {
    let dn = entry.dn.clone();
    entry.set("distinguishedName", dn.as_str());
    if let Some((kind, value)) = dn::split(&dn).unwrap_or_default().into_iter().next() {
        entry.set("name", value.as_str());
        if let Some(kind) = schema::attribute(kind) {
            entry.set(kind.name, value);
        }
    }
}

fn index_keys(entry: &Entry) -> Vec<(&'static str, Vec<u8>)> {
    let indexed = schema::ATTRIBUTES.iter().filter(|attribute| attribute.indexed);
    indexed
        .flat_map(|attribute| {
            let keys = entry.values(attribute).iter().filter_map(|value| attribute.syntax.key(value));
            keys.map(move |key| (attribute.name, key))
        })
        .collect()
}

/// Returns a GUID that looks random but is the same in every run. Every fourth one is also valid UTF-8, which happens
/// in a real directory, so that a client fails here if it takes values for binary only when they are not UTF-8.
fn guid(id: Id) -> Vec<u8> {
    let scramble = |seed: u64| {
        let mut mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 27)
    };
    let mut guid = Vec::from(scramble(u64::from(id)).to_be_bytes());
    guid.extend(scramble(u64::from(id) << 32).to_be_bytes());
    if id.is_multiple_of(4) {
        guid.iter_mut().for_each(|byte| *byte &= 0x7f);
    }
    guid
}
