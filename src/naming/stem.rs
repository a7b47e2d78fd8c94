//! A file's name, split into words, and the question which of them are evidence for an account.

use std::ops::Range;

use super::extras::Extras;
use super::fit::{Fit, Mask};
use super::key_kind::KeyKind;
use super::likeness::{LOOSELY_EQUAL, Spelled};
use super::plain;
use super::role::Role;
use super::roster::Roster;
use super::words::{MAX_WORDS, Word, words};

/// The maximum number of words of a file's name that together may be one word of the account's: `van der Berg` for
/// vanderBerg.
const MAX_JOINED: usize = 3;

/// A file's name, split into words.
#[derive(Debug)]
pub(super) struct Stem<'t> {
    pub(super) words: Vec<Word<'t>>,
    pub(super) plain: Vec<bool>,
    /// The plain words and titles that may be a name beside a key that reads as one.
    doubtful: Vec<bool>,
    pub(super) kind: KeyKind,
    pub(super) in_key: Mask,
    /// The words that can name somebody even on their own.
    strong: Mask,
    /// The words that are particles here, and nobody's name.
    particles: Mask,
    /// The words outside the key that may be part of a logon name or number: letters beside digits, and possible
    /// employee IDs.
    identifiers: Mask,
    /// Whether the name has more words than [`MAX_WORDS`], so that its end is missing here.
    pub(super) is_cut: bool,
}

/// The words that are known about an account.
#[derive(Debug, Default)]
pub(super) struct OwnWords {
    /// The words of everything known about the account: names, keys, department and other details.
    pub(super) spelled: Vec<Spelled>,
    /// The words of the account's names only.
    pub(super) names: Vec<Spelled>,
    pub(super) has_accents: bool,
}

impl<'t> Stem<'t> {
    /// Reads a file's name. `key` is the part of it that names an account.
    pub(super) fn read(stem: &'t str, key: &Range<usize>, kind: KeyKind, extras: &Extras, roster: &Roster) -> Self {
        let words = words(stem);
        let mut plain = plain::mark(&words);
        plain::unmark_names(&words, &mut plain, |word| roster.is_name_like_particle(word.text));
        if kind == KeyKind::NobodysName {
            plain::mark_months(&words, &mut plain);
        }
        let mut doubtful = plain::doubtful(&words, &plain);
        let mut ignored = vec![false; words.len()];
        extras.mark(&words, roster, &mut ignored);
        for (place, ignored) in ignored.into_iter().enumerate() {
            plain[place] |= ignored;
            doubtful[place] &= !ignored;
        }
        let in_key = mask(&words, |_, word| word.at.start < key.end && word.at.end > key.start);
        let is_key = |place: usize| in_key & 1 << place != 0;
        let says_something = |place: usize| if is_key(place) { kind == KeyKind::Name } else { !plain[place] };
        let particles = mask(&words, |place, word| roster.is_particle(word.text, plain[place]));
        let strong = mask(&words, |place, word| !word.is_title && says_something(place)) & !particles;
        let identifiers =
            mask(&words, |place, word| !is_key(place) && (word.beside_digits || plain::may_be_id(&words, place)));
        let is_cut = words.len() == MAX_WORDS
            && words.last().is_some_and(|last| stem[last.at.end..].contains(char::is_alphanumeric));
        Self { words, plain, doubtful, kind, in_key, strong, particles, identifiers, is_cut }
    }

    fn is_outside(&self, place: usize) -> bool {
        self.in_key & 1 << place == 0
    }

    /// Returns whether any word outside the key is one of the account's names.
    pub(super) fn has_name_of(&self, own: &OwnWords) -> bool {
        let is_name = |text: &str| own.names.iter().any(|name| name.is_same(&Spelled::new(text), false));
        (0..self.words.len()).any(|place| self.is_outside(place) && is_name(self.words[place].text))
    }

    /// Returns whether the word beside this one may be a name, although it is plain: `Small` in `Ben Small`.
    pub(super) fn is_beside_doubtful(&self, place: usize) -> bool {
        let mut beside = [place.checked_sub(1), place.checked_add(1)].into_iter().flatten();
        beside.any(|other| self.doubtful.get(other) == Some(&true) && self.is_outside(other))
    }

    /// Returns whether the key contains digits, which no name does.
    pub(super) fn has_number_as_key(&self) -> bool {
        let in_key = self.words.iter().enumerate().filter(|(place, _)| self.in_key & 1 << place != 0);
        in_key.into_iter().any(|(_, word)| word.is_number() || word.beside_digits)
    }

    /// Returns whether a fit is evidence that the photo may show that account. At least one word outside the key must
    /// fit, and not only plain words; a single word counts only if it equals a whole name.
    pub(super) fn is_evidence(&self, fit: &Fit) -> bool {
        let outside = fit.covered & !self.in_key;
        let is_logon = fit.role.has(Role::LOGON) && fit.most >= LOOSELY_EQUAL;
        let is_identified = self.is_identified(fit);
        if outside == 0 || fit.covered & self.strong == 0 && !is_identified {
            return false;
        }
        let particles = self.particles;
        let plain = mask(&self.words, |place, _| self.plain[place]);
        // Plain words count only if they equal a name ("Anna Neu"). Particles count only if nothing of the name is
        // missing: `de` in "murielle (foto de perfil)" is not Murielle de Vries, `da` in "romane foto da web" is Romane Da.
        let are_particles = outside & !particles == 0 && fit.share < 1.0;
        if outside & !plain == 0 && !is_identified && (are_particles || fit.least < LOOSELY_EQUAL) {
            return false;
        }
        if is_identified || (fit.covered & !particles).count_ones() > 1 {
            return true;
        }
        let is_whole_name = fit.most >= LOOSELY_EQUAL && (fit.role.is_name() || is_logon);
        // A second given name, as in "Anna Max", does not point to any particular Max; such a word is left unexplained.
        let is_only_given = fit.role.has(Role::GIVEN) && !fit.role.has(Role::SURNAME) && !is_logon;
        is_whole_name && (self.kind == KeyKind::NobodysName || !is_only_given)
    }

    /// Returns whether the file's name contains the account's logon name or number, as letters with digits or a long
    /// number.
    fn is_identified(&self, fit: &Fit) -> bool {
        let found = fit.covered & !self.in_key & self.identifiers;
        let numbers = mask(&self.words, |_, word| !word.beside_digits);
        fit.role.has(Role::LOGON) && fit.most >= LOOSELY_EQUAL && (found & numbers != 0 || found.count_ones() > 1)
    }

    /// Returns whether the fit points to one particular account: by its logon name or number, or by given name and
    /// surname, which may be written together as a logon name.
    pub(super) fn identifies(&self, fit: &Fit) -> bool {
        let is_logon =
            fit.role.has(Role::LOGON) && fit.most >= LOOSELY_EQUAL && fit.covered & self.strong == self.strong;
        let is_full_name = fit.role.has(Role::GIVEN) && fit.role.has(Role::SURNAME) && fit.covered.count_ones() > 1;
        self.is_identified(fit) || is_logon || fit.has_joined_logon || is_full_name
    }

    /// Returns the indices of the words outside the key that are neither plain, nor titles, nor known about the
    /// account.
    pub(super) fn unexplained(&self, own: &OwnWords) -> Vec<usize> {
        let has_accents = own.has_accents && self.words.iter().any(|word| !word.text.is_ascii());
        let is_in = |all: &[Spelled], text: &str| {
            let spelled = Spelled::new(text);
            all.iter().any(|own| own.is_same(&spelled, has_accents))
        };
        let has_full_name = self.words.iter().filter(|word| is_in(&own.names, word.text)).count() > 1;
        let is_plain = |place: usize| {
            let is_doubtful = self.kind == KeyKind::Name && !has_full_name && self.doubtful[place];
            !is_doubtful && (self.plain[place] || self.words[place].is_title)
        };
        let mut explained: Vec<bool> =
            (0..self.words.len()).map(|place| !self.is_outside(place) || is_plain(place)).collect();
        for begin in 0..self.words.len() {
            let mut joined = String::new();
            for end in begin..self.words.len().min(begin + MAX_JOINED) {
                joined.push_str(self.words[end].text);
                if is_in(&own.spelled, &joined) {
                    explained[begin..=end].fill(true);
                }
            }
        }
        // Beside two words of the name, an initial may stand for another: `Anna M. Schmidt` is Anna Maria Schmidt.
        if has_full_name {
            for (word, explained) in self.words.iter().zip(&mut explained) {
                let initial = Spelled::new(word.text);
                *explained |= initial.chars() == 1 && own.names.iter().any(|name| initial.shortened(name, true) > 0.0);
            }
        }
        (0..self.words.len()).filter(|&place| !explained[place]).collect()
    }
}

/// Returns a mask with the bits of those words for which `holds` returns true.
fn mask(words: &[Word<'_>], holds: impl Fn(usize, &Word<'_>) -> bool) -> Mask {
    let places = words.iter().enumerate().filter(|(place, word)| holds(*place, word));
    places.fold(0, |mask, (place, _)| mask | 1 << place)
}
