//! Search filters: reads them from the wire, and tells which entries match.

use std::cmp::Ordering;

use super::schema::{self, Attribute};
use super::store::Entry;
use super::value::{self, Syntax};
use super::wire::Element;

/// The depth to which filters may nest. AD has such a limit as well, and the stack is finite.
const DEEPEST: usize = 64;

const BIT_AND: &[u8] = b"1.2.840.113556.1.4.803";
const BIT_OR: &[u8] = b"1.2.840.113556.1.4.804";

pub(super) enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Present(&'static Attribute),
    /// The second field is the comparison key of the value.
    Equal(&'static Attribute, Vec<u8>),
    Order(&'static Attribute, Ordering, Vec<u8>),
    Substrings(&'static Attribute, Vec<Part>),
    AllBits(&'static Attribute, i64),
    AnyBit(&'static Attribute, i64),
    /// An attribute that the schema does not know, or a value that it does not allow. Such a filter is neither true nor
    /// false, not even if it is negated (RFC 4511, section 4.5.1.7).
    Undefined,
    /// A constructed attribute or an unknown matching rule, for which AD refuses the search.
    Inappropriate,
}

pub(super) enum Part {
    Initial(Vec<u8>),
    Any(Vec<u8>),
    Final(Vec<u8>),
}

impl Filter {
    pub(super) fn read(element: &Element<'_>) -> Option<Self> {
        Self::read_nested(element, DEEPEST)
    }

    /// Returns whether AD would evaluate this filter at all.
    pub(super) fn is_appropriate(&self) -> bool {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().all(Self::is_appropriate),
            Self::Not(inner) => inner.is_appropriate(),
            other => !matches!(other, Self::Inappropriate),
        }
    }

    pub(super) fn holds_for(&self, entry: &Entry) -> bool {
        self.evaluate(entry) == Some(true)
    }

    /// Evaluates the filter in three-valued logic, in which `None` is Undefined.
    fn evaluate(&self, entry: &Entry) -> Option<bool> {
        match self {
            Self::And(filters) => all(filters.iter().map(|one| one.evaluate(entry))),
            // An Or is the negation of an And of negated filters.
            Self::Or(filters) => {
                let not = |one: &Self| one.evaluate(entry).map(|holds| !holds);
                all(filters.iter().map(not)).map(|none| !none)
            }
            Self::Not(inner) => inner.evaluate(entry).map(|holds| !holds),
            Self::Present(attribute) => Some(!entry.values(attribute).is_empty()),
            Self::Equal(attribute, key) => Some(entry.has_key(attribute, key)),
            Self::Order(attribute, order, key) => Some(entry.values(attribute).iter().any(|value| {
                let found = compare(attribute.syntax, value, key);
                found == Some(*order) || found == Some(Ordering::Equal)
            })),
            Self::Substrings(attribute, parts) => Some(
                entry
                    .values(attribute)
                    .iter()
                    .any(|value| attribute.syntax.key(value).is_some_and(|key| contains(&key, parts))),
            ),
            Self::AllBits(attribute, mask) => bits(entry, attribute, |bits| bits & mask == *mask),
            Self::AnyBit(attribute, mask) => bits(entry, attribute, |bits| bits & mask != 0),
            Self::Undefined | Self::Inappropriate => None,
        }
    }

    fn read_nested(element: &Element<'_>, depth: usize) -> Option<Self> {
        let depth = depth.checked_sub(1)?;
        let nested = || -> Option<Vec<Self>> {
            element.elements()?.iter().map(|inner| Self::read_nested(inner, depth)).collect()
        };
        match element.tag {
            0xa0 => nested().map(Self::And),
            0xa1 => nested().map(Self::Or),
            0xa2 => {
                let [inner] = nested()?.try_into().ok()?;
                Some(Self::Not(Box::new(inner)))
            }
            // AD treats approxMatch as equalityMatch (MS-ADTS 3.1.1.3.1.3.1).
            0xa3 | 0xa8 => assertion(element, Self::Equal),
            0xa4 => substrings(element),
            0xa5 => assertion(element, |name, key| Self::Order(name, Ordering::Greater, key)),
            0xa6 => assertion(element, |name, key| Self::Order(name, Ordering::Less, key)),
            0x87 => Some(known(element.content, Self::Present)),
            0xa9 => extensible(element),
            _ => None,
        }
    }
}

/// Returns false if any result is false; otherwise undefined if any is undefined; otherwise true.
fn all(results: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for result in results {
        match result {
            Some(false) => return result,
            Some(true) => {}
            None => all = None,
        }
    }
    all
}

/// Makes the filter for an attribute if it exists and can be searched for.
fn known(name: &[u8], filter: impl FnOnce(&'static Attribute) -> Filter) -> Filter {
    match std::str::from_utf8(name).ok().and_then(schema::attribute) {
        Some(attribute) if attribute.constructed => Filter::Inappropriate,
        Some(attribute) => filter(attribute),
        None => Filter::Undefined,
    }
}

fn assertion(element: &Element<'_>, filter: impl FnOnce(&'static Attribute, Vec<u8>) -> Filter) -> Option<Filter> {
    let [name, value] = element.elements()?.try_into().ok()?;
    Some(known(name.content, |attribute| match attribute.syntax.key(value.content) {
        Some(key) => filter(attribute, key),
        None => Filter::Undefined,
    }))
}

fn substrings(element: &Element<'_>) -> Option<Filter> {
    let [name, parts] = element.elements()?.try_into().ok()?;
    let parts = parts.elements()?;
    Some(known(name.content, |attribute| {
        if !matches!(attribute.syntax, Syntax::Text | Syntax::Octets | Syntax::Oid) {
            return Filter::Undefined;
        }
        let read = |part: &Element<'_>| {
            let key = attribute.syntax.key(part.content)?;
            match part.tag {
                0x80 => Some(Part::Initial(key)),
                0x81 => Some(Part::Any(key)),
                0x82 => Some(Part::Final(key)),
                _ => None,
            }
        };
        match parts.iter().map(read).collect() {
            Some(parts) => Filter::Substrings(attribute, parts),
            None => Filter::Undefined,
        }
    }))
}

/// Reads a filter such as `(userAccountControl:1.2.840.113556.1.4.803:=2)`.
fn extensible(element: &Element<'_>) -> Option<Filter> {
    let parts = element.elements()?;
    let part = |tag| parts.iter().find(|part| part.tag == tag).map(|part| part.content);
    let (rule, name, value) = (part(0x81), part(0x82)?, part(0x83)?);
    Some(known(name, |attribute| match (rule, value::integer(value)) {
        (None, _) => match attribute.syntax.key(value) {
            Some(key) => Filter::Equal(attribute, key),
            None => Filter::Undefined,
        },
        (Some(BIT_AND), Some(mask)) => Filter::AllBits(attribute, mask),
        (Some(BIT_OR), Some(mask)) => Filter::AnyBit(attribute, mask),
        (Some(BIT_AND | BIT_OR), None) => Filter::Undefined,
        (Some(_), _) => Filter::Inappropriate,
    }))
}

fn compare(syntax: Syntax, value: &[u8], key: &[u8]) -> Option<Ordering> {
    match syntax {
        Syntax::Integer | Syntax::LargeInteger => Some(value::integer(value)?.cmp(&value::integer(key)?)),
        _ => Some(syntax.key(value)?.as_slice().cmp(key)),
    }
}

fn contains(mut text: &[u8], parts: &[Part]) -> bool {
    parts.iter().all(|part| {
        let rest = match part {
            Part::Initial(start) => text.strip_prefix(start.as_slice()),
            Part::Final(end) => text.ends_with(end).then_some(&[][..]),
            Part::Any(middle) => text
                .windows(middle.len().max(1))
                .position(|window| window == middle.as_slice())
                .map(|at| &text[at + middle.len()..]),
        };
        text = rest.unwrap_or_default();
        rest.is_some()
    })
}

fn bits(entry: &Entry, attribute: &Attribute, test: impl Fn(i64) -> bool) -> Option<bool> {
    let mut numbers = entry.values(attribute).iter().filter_map(|value| value::integer(value));
    Some(numbers.any(test))
}
