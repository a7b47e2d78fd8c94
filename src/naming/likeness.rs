//! The relation *resembles* between two words: wide, since it only ever refuses or suggests.

use std::rc::Rc;

use super::spelling::{bare, called, wide};

/// How much alike two words are; 1 is equal.
pub(super) type Likeness = f32;

/// Equal: transliterated, or to the letter.
pub(super) const EQUAL: Likeness = 1.0;
/// Equal but for accents.
pub(super) const WITHOUT_ACCENTS: Likeness = 0.97;
/// Equal but for umlauts in different spellings, or for zeros before a number.
pub(super) const LOOSELY_EQUAL: Likeness = 0.92;
/// One typing error, of a long word and of a short one; two of a very long one.
const ONE_ERROR: Likeness = 0.85;
const ONE_ERROR_IN_A_SHORT_WORD: Likeness = 0.8;
const TWO_ERRORS: Likeness = 0.78;
/// The beginning of a name: `Alex` of Alexander.
const BEGINNING: Likeness = 0.5;
/// The first letter of a name.
const INITIAL: Likeness = 0.4;

/// Letters that a word needs for a typing error, for one that counts less, and for two.
const MIN_LETTERS_FOR_ERROR: usize = 4;
const MIN_LETTERS_FOR_LONG: usize = 6;
const MIN_LETTERS_FOR_TWO_ERRORS: usize = 8;
/// Letters that a beginning of a name has.
const MIN_LETTERS_OF_BEGINNING: usize = 3;

/// Which letters a word has: most pairs of words need no closer look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letters(u64);

impl Letters {
    /// Whether words with these letters may differ by so few errors: one that is wrong makes at most two letters differ.
    pub(super) fn may_be(self, other: Self, errors: usize) -> bool {
        (self.0 ^ other.0).count_ones() as usize <= 2 * errors
    }
}

/// A word in the forms in which it is compared.
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
        // Most words are the same in all forms, and a company has many.
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

    /// Whether both are the same word, as far as who writes without accents can tell: `Muller` may be Müller, but Bauer is
    /// not Baur, and `Hoa` is not Hòa where other words of both texts have accents (`with_accents`).
    pub(super) fn is_same(&self, other: &Self, with_accents: bool) -> bool {
        self.called == other.called || self.bare == other.bare && !with_accents
    }

    /// How much alike both are as whole words; 0 if they are not. Numbers have no typing errors.
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

    /// How much alike both are with one of them shortened: an initial, or the beginning of a name. Surnames have no
    /// beginnings: Smithson is not Smith.
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

    /// A number without the zeros before it: spreadsheets lose them.
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
