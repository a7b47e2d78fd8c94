//! The relation *is called*, which may decide who gets a photo: equal after case, Unicode form, transliteration, titles
//! and the order of name parts. No typing errors, no initials, no stripped accents.

use super::spelling::called;
use super::words::{Word, words};

/// A name in its parts, titles left out: `Müller`, `Anna-Lena`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FullName {
    parts: Vec<String>,
    /// How many parts stand before a comma, if one tells the surname: `Müller, Jörg`.
    surname: Option<usize>,
}

/// How two names are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sameness {
    /// In the same order, or where a comma says that the other is meant.
    Equal,
    /// Only if one of them is `Last First` without a comma: this many parts were moved from its beginning to its end.
    Turned(usize),
}

impl FullName {
    /// Reads a name; `None` where there is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let words = words(text);
        let mut parts: Vec<String> = Vec::new();
        let mut commas = Vec::new();
        let mut may_go_on = false;
        for word in &words {
            if word.joint.contains(',') && !parts.is_empty() {
                commas.push(parts.len());
            }
            if word.is_title {
                may_go_on = false;
                continue;
            }
            match parts.last_mut().filter(|_| may_go_on && goes_on(word)) {
                Some(part) if is_hyphen(word.joint) => *part += &format!("-{}", called(word.text)),
                Some(part) => *part += &called(word.text),
                None => parts.push(called(word.text)),
            }
            may_go_on = true;
        }
        // `Bauer, Anna, PhD` has one comma within the name.
        commas.retain(|&comma| comma < parts.len());
        commas.dedup();
        let surname = if let [comma] = commas[..] { Some(comma) } else { None };
        (!parts.is_empty()).then_some(Self { parts, surname })
    }

    /// Returns what is equal for all names that may be the same: the parts, turned so that they begin with the least.
    pub(super) fn turned(&self) -> String {
        let turn = |by: usize| self.parts[by..].iter().chain(&self.parts[..by]).map(String::as_str).collect::<Vec<_>>();
        (0..self.parts.len()).map(turn).min().unwrap_or_default().join(" ")
    }

    /// Tells whether both are the same name.
    pub(super) fn sameness(&self, other: &Self) -> Option<Sameness> {
        if self.natural().eq(other.natural()) {
            return Some(Sameness::Equal);
        }
        // A comma on both sides leaves nothing open.
        if self.surname.is_some() && other.surname.is_some() || self.parts.len() != other.parts.len() {
            return None;
        }
        let natural: Vec<&String> = self.natural().collect();
        (1..self.parts.len())
            .find(|&by| natural[by..].iter().chain(&natural[..by]).copied().eq(other.natural()))
            .map(Sameness::Turned)
    }

    /// The parts, the given names first as far as a comma tells them.
    pub(super) fn natural(&self) -> impl Iterator<Item = &String> {
        let cut = self.surname.unwrap_or(0);
        self.parts[cut..].iter().chain(&self.parts[..cut])
    }
}

/// Whether the word is part of the one before it: `Lena` of `Anna-Lena`.
fn goes_on(word: &Word<'_>) -> bool {
    word.is_joined() || is_hyphen(word.joint)
}

fn is_hyphen(joint: &str) -> bool {
    matches!(joint, "-" | "\u{2010}" | "\u{2011}" | "\u{2013}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{FullName, Sameness};

    fn sameness(one: &str, other: &str) -> Option<Sameness> {
        let read = |text| FullName::read(text).expect("a name");
        let (one, other) = (read(one), read(other));
        let found = one.sameness(&other);
        assert!(found.is_none() || one.turned() == other.turned(), "{one:?}, {other:?}");
        found
    }

    #[test]
    fn names_are_the_same_in_every_order_and_spelling_that_says_so() {
        for (one, other) in [
            ("Müller, Jörg", "Jörg Müller"),
            ("Müller, Jörg", "joerg MUELLER"),
            ("Mu\u{308}ller,Jo\u{308}rg", "jörg.müller"),
            ("Dr. Anna Bauer", "Anna Bauer"),
            ("Bauer, Dr. Anna", "Anna Bauer"),
            ("Bauer, Anna, PhD", "Anna_Bauer"),
            ("Łucja Żak", "Lucja Żak"),
            ("van der Berg, Anna Maria", "Anna Maria van der Berg"),
            ("Anna-Lena Larsen", "ANNA-LENA LARSEN"),
            ("O’Hara, Scarlett", "Scarlett O'Hara"),
            ("Anna - Winter", "anna winter"),
            ("Unit 4", "unit 4"),
        ] {
            assert_eq!(sameness(one, other), Some(Sameness::Equal), "{one}, {other}");
            assert_eq!(sameness(other, one), Some(Sameness::Equal), "{one}, {other}");
        }
        assert_eq!(sameness("Müller Jörg", "Jörg Müller"), Some(Sameness::Turned(1)));
        assert_eq!(sameness("Müller Jörg", "Müller, Jörg"), Some(Sameness::Turned(1)));
    }

    #[test]
    fn other_names_are_not() {
        for (one, other) in [
            ("Anna Novák", "Anna Novak"),
            ("Anna Schmidt", "Anna Schmitt"),
            ("A. Schmidt", "Anna Schmidt"),
            ("Anna Maria Schmidt", "Maria Anna Schmidt"),
            ("Anna Schmidt", "Anna Maria Schmidt"),
            ("Anna-Lena Larsen", "Anna Lena Larsen"),
            ("Martin, Thomas", "Thomas, Martin"),
            ("Anna OHara", "Anna O'Hara"),
        ] {
            assert_eq!(sameness(one, other), None, "{one}, {other}");
        }
    }

    proptest! {
        #[test]
        fn sameness_knows_no_sides(one in "[ab]{1,2}( [ab]{1,2}){0,2}(, [ab])?", other in "[ab]{1,2}( [ab]{1,2}){0,2}(, [ab])?") {
            prop_assert_eq!(sameness(&one, &other).is_some(), sameness(&other, &one).is_some());
            prop_assert_eq!(sameness(&one, &one), Some(Sameness::Equal));
        }
    }
}
