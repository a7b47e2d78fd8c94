//! The relation *is called*, which may decide who gets a photo. Two names are the same if they are equal apart from
//! case, Unicode form, transliteration, titles and the order of name parts. Typing errors, initials and stripped
//! accents are not forgiven.

use super::spelling::called;
use super::words::{Word, words};

/// A name split into its parts, without titles: `Müller`, `Anna-Lena`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FullName {
    parts: Vec<String>,
    /// Number of parts before the comma, if there is one that marks the surname: `Müller, Jörg`.
    surname: Option<usize>,
}

/// The way in which two names are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sameness {
    /// The parts have the same order, or a comma says that they were swapped.
    Equal,
    /// The names are the same only if one of them is `Last First` without a comma. This many parts were moved from the
    /// beginning to the end.
    Turned(usize),
}

impl FullName {
    /// Reads a name; returns `None` if the text has no name parts.
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
        // A comma before a title at the end marks no surname: in `Bauer, Anna, PhD`, only the first one counts.
        commas.retain(|&comma| comma < parts.len());
        commas.dedup();
        let surname = if let [comma] = commas[..] { Some(comma) } else { None };
        (!parts.is_empty()).then_some(Self { parts, surname })
    }

    /// Returns the parts, rotated to the alphabetically first order. The result is equal for all names that may be the
    /// same.
    pub(super) fn turned(&self) -> String {
        let turn = |by: usize| self.parts[by..].iter().chain(&self.parts[..by]).map(String::as_str).collect::<Vec<_>>();
        (0..self.parts.len()).map(turn).min().unwrap_or_default().join(" ")
    }

    /// Returns in which way both are the same name, or `None` if they are not.
    pub(super) fn sameness(&self, other: &Self) -> Option<Sameness> {
        if self.natural().eq(other.natural()) {
            return Some(Sameness::Equal);
        }
        // With a comma in both names, both orders are certain.
        if self.surname.is_some() && other.surname.is_some() || self.parts.len() != other.parts.len() {
            return None;
        }
        let natural: Vec<&String> = self.natural().collect();
        (1..self.parts.len())
            .find(|&by| natural[by..].iter().chain(&natural[..by]).copied().eq(other.natural()))
            .map(Sameness::Turned)
    }

    /// Returns the parts with the given names first, if a comma tells which they are.
    pub(super) fn natural(&self) -> impl Iterator<Item = &String> {
        let cut = self.surname.unwrap_or(0);
        self.parts[cut..].iter().chain(&self.parts[..cut])
    }
}

/// Returns whether the word belongs to the one before it: `Lena` in `Anna-Lena`.
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
