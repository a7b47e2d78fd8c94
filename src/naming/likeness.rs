//! Tells how much two words resemble each other.
//!
//! The comparison is generous, because a resemblance never assigns a photo: it only refuses one, or suggests an
//! account.

use std::ops::Range;
use std::rc::Rc;

use super::spelling::{bare, called, wide};
use super::words::{Word, joined};

/// The degree to which two words are alike, from 0 (not at all) to 1 (equal).
pub(super) type Likeness = f32;

/// The words are equal, if need be after transliteration (`Müller` and `Mueller`).
pub(super) const EQUAL: Likeness = 1.0;
/// The words differ only in accents.
pub(super) const WITHOUT_ACCENTS: Likeness = 0.97;
/// The words differ only in the spelling of umlauts, or they are numbers that differ only in leading zeros.
pub(super) const LOOSELY_EQUAL: Likeness = 0.92;
/// The words differ by one typing error, and are long.
const ONE_ERROR: Likeness = 0.85;
/// The words differ by one typing error, and are short, so that an error means more.
const ONE_ERROR_IN_A_SHORT_WORD: Likeness = 0.8;
/// The words differ by two typing errors, and are very long.
const TWO_ERRORS: Likeness = 0.78;
/// One word is the beginning of the other, as `Alex` is of Alexander.
const BEGINNING: Likeness = 0.5;
/// One word is the first letter of the other.
const INITIAL: Likeness = 0.4;

/// Length of the longer word from which on a typing error is considered; the shorter may have one letter less.
const MIN_LETTERS_FOR_ERROR: usize = 4;
/// Length of the longer word from which on a typing error counts as one in a long word.
const MIN_LETTERS_FOR_LONG: usize = 6;
/// Length of the shorter word from which on two typing errors are considered.
const MIN_LETTERS_FOR_TWO_ERRORS: usize = 8;
/// Length from which on the beginning of a name counts as one.
const MIN_LETTERS_OF_BEGINNING: usize = 3;

/// Returns the word at this place by itself, and together with those that only capitals separate from it, each with the
/// range of its words: a capital inside a word may begin another name (`AnnaMiller`) or not (`McDonnell`).
pub(super) fn in_all_ways(words: &[Word<'_>], place: usize) -> Vec<(Range<usize>, Spelled)> {
    let spelled = |range: Range<usize>| {
        let text: String = words[range.clone()].iter().map(|word| word.text).collect();
        (range, Spelled::new(&text))
    };
    joined(words, place).into_iter().map(spelled).collect()
}

/// The set of letters that a word contains. Comparing the sets first spares most pairs of words a closer look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letters(u64);

impl Letters {
    /// Returns whether words with these letters may be within `errors` typing errors of each other: one wrong letter
    /// changes at most two letters of the set.
    pub(super) fn may_be(self, other: Self, errors: usize) -> bool {
        (self.0 ^ other.0).count_ones() as usize <= 2 * errors
    }
}

/// A word together with the forms in which it is compared with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spelled {
    pub(super) called: Rc<str>,
    pub(super) bare: Rc<str>,
    pub(super) wide: Rc<str>,
    letters: Letters,
    chars: u16,
    has_digit: bool,
}

impl Spelled {
    pub(super) fn new(word: &str) -> Self {
        let called: Rc<str> = called(word).replace('\'', "").into();
        // Most words are the same in all forms, and a company has many words: sharing the text saves memory.
        let form = |text: String, before: &Rc<str>| if text == **before { before.clone() } else { text.into() };
        let bare = form(bare(word), &called);
        let wide = form(wide(word), &bare);
        Self {
            letters: Letters(wide.bytes().fold(0, |letters, byte| letters | 1 << (byte % 64))),
            has_digit: wide.bytes().any(|byte| byte.is_ascii_digit()),
            chars: u16::try_from(wide.chars().count()).unwrap_or(u16::MAX),
            called,
            bare,
            wide,
        }
    }

    pub(super) fn chars(&self) -> usize {
        self.chars.into()
    }

    pub(super) fn has_digit(&self) -> bool {
        self.has_digit
    }

    pub(super) fn letters(&self) -> Letters {
        self.letters
    }

    /// Returns whether both are the same word for somebody who may write without accents.
    ///
    /// `Muller` may be Müller, but Bauer is not Baur. If both texts use accents elsewhere (`with_accents`), a missing
    /// accent counts as a difference: `Hoa` is not Hòa.
    pub(super) fn is_same(&self, other: &Self, with_accents: bool) -> bool {
        self.called == other.called || self.bare == other.bare && !with_accents
    }

    /// Returns how much alike the two are as whole words; 0 if they are not alike.
    ///
    /// Words with digits are not compared for typing errors: 00310 and 00301 are different people.
    pub(super) fn likeness(&self, other: &Self) -> Likeness {
        if self.called == other.called {
            return EQUAL;
        }
        if self.bare == other.bare {
            return WITHOUT_ACCENTS;
        }
        if self.wide == other.wide || self.number().is_some_and(|number| other.number() == Some(number)) {
            return LOOSELY_EQUAL;
        }
        self.with_errors(other)
    }

    /// Returns how much alike the two are if one is an initial or the beginning of the other; 0 if it is neither.
    ///
    /// Surnames are not shortened to their beginning: Smithson is not Smith.
    pub(super) fn shortened(&self, other: &Self, is_surname: bool) -> Likeness {
        let (short, long) = if self.chars <= other.chars { (self, other) } else { (other, self) };
        if short.chars == long.chars || self.has_digit() || other.has_digit() || !long.wide.starts_with(&*short.wide) {
            return 0.0;
        }
        match short.chars() {
            1 => INITIAL,
            MIN_LETTERS_OF_BEGINNING.. if !is_surname => BEGINNING,
            _ => 0.0,
        }
    }

    fn with_errors(&self, other: &Self) -> Likeness {
        let (shorter, longer) = (self.chars().min(other.chars()), self.chars().max(other.chars()));
        if longer < MIN_LETTERS_FOR_ERROR || shorter + 1 < MIN_LETTERS_FOR_ERROR {
            return 0.0;
        }
        let most = if shorter >= MIN_LETTERS_FOR_TWO_ERRORS { 2 } else { 1 };
        let may_be = self.letters.may_be(other.letters, most);
        if longer - shorter > most || !may_be || self.has_digit || other.has_digit {
            return 0.0;
        }
        match strsim::osa_distance(&self.wide, &other.wide) {
            1 if longer >= MIN_LETTERS_FOR_LONG => ONE_ERROR,
            1 => ONE_ERROR_IN_A_SHORT_WORD,
            2 if most == 2 => TWO_ERRORS,
            _ => 0.0,
        }
    }

    /// Returns the number without its leading zeros, which spreadsheets drop; `None` if the word is not a number.
    pub(super) fn number(&self) -> Option<&str> {
        let is_number = !self.wide.is_empty() && self.wide.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| self.wide.trim_start_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::{LOOSELY_EQUAL, Spelled, WITHOUT_ACCENTS};

    fn likeness(one: &str, other: &str) -> f32 {
        Spelled::new(one).likeness(&Spelled::new(other))
    }

    #[test]
    fn words_are_alike_as_people_get_them_wrong() {
        assert!((likeness("Müller", "mueller") - 1.0).abs() < f32::EPSILON);
        assert!((likeness("Muller", "Müller") - WITHOUT_ACCENTS).abs() < f32::EPSILON);
        assert!((likeness("O’Hara", "ohara") - 1.0).abs() < f32::EPSILON);
        assert!((likeness("123", "00123") - LOOSELY_EQUAL).abs() < f32::EPSILON);
        for (one, other) in [("Schmidt", "Schmit"), ("Anan", "Anna"), ("Jon", "John"), ("Kowalska", "Kowalski")] {
            let found = likeness(one, other);
            assert!(found > 0.5 && found < LOOSELY_EQUAL, "{one}, {other}: {found}");
        }
        for (one, other) in [("Li", "Lu"), ("Anna", "Emma"), ("00310", "00301"), ("u4", "u0"), ("", "a")] {
            assert!(likeness(one, other) == 0.0, "{one}, {other}");
        }
    }

    #[test]
    fn a_name_may_be_shortened() {
        let shortened = |one: &str, other: &str| Spelled::new(one).shortened(&Spelled::new(other), false) > 0.0;
        assert!(shortened("A", "Anna") && shortened("Alexander", "Alex") && shortened("Ö", "Özlem"));
        assert!(Spelled::new("Smithson").shortened(&Spelled::new("Smith"), true) == 0.0);
        assert!(!shortened("An", "Anna") && !shortened("B", "Anna") && !shortened("1", "100") && !shortened("a", "a"));
    }
}
