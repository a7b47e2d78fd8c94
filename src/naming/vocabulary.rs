//! All words of all accounts' names, each once. From these, the words that resemble a given one are found without
//! comparing all of them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::num::NonZero;
use std::ops::Range;
use std::rc::Rc;

use super::likeness::{Letters, Likeness, Spelled};
use super::person::Role;

/// The place of a word in the vocabulary.
pub(super) type WordId = u32;

/// The words that resemble a word, each with its likeness.
pub(super) type Alike = Rc<[(WordId, Likeness)]>;

/// The maximum number of typing errors in a word, and of letters by which such a word is longer or shorter.
const MAX_ERRORS: usize = 2;

/// The words, indexed by their spellings.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: Vec<Spelled>,
    roles: Vec<Role>,
    by_wide: ByText,
    /// The words that are numbers, by their digits without leading zeros.
    by_number: ByText,
    /// The words without digits, grouped by their number of letters, each with the set of its letters.
    by_length: Vec<Vec<(Letters, WordId)>>,
    /// The results of earlier searches, kept because names repeat from file to file.
    found: RefCell<HashMap<Rc<str>, Alike>>,
}

/// Maps texts to words. Several words may share a text, but most texts belong to a single word, so there is no list for
/// each.
#[derive(Debug, Default)]
struct ByText {
    newest: HashMap<Rc<str>, WordId>,
    /// For each word, the place (plus one) of the word with the same text that was added before it.
    older: Vec<Option<NonZero<WordId>>>,
}

impl ByText {
    fn add(&mut self, text: Rc<str>, id: WordId) {
        let older = self.newest.insert(text, id);
        self.older.resize(id as usize, None);
        self.older.push(older.and_then(|older| NonZero::new(older + 1)));
    }

    fn get(&self, text: &str) -> impl Iterator<Item = WordId> {
        let before = |&id: &WordId| self.older[id as usize].map(|older| older.get() - 1);
        std::iter::successors(self.newest.get(text).copied(), before)
    }
}

impl Vocabulary {
    /// Returns the place of a word, which is added if it is new.
    pub(super) fn add(&mut self, word: &Spelled, role: Role) -> WordId {
        let known = self.by_wide.get(&word.wide).find(|&id| self.words[id as usize] == *word);
        if let Some(id) = known {
            self.roles[id as usize] = self.roles[id as usize].and(role);
            return id;
        }
        // No domain has four billion words.
        let id = WordId::try_from(self.words.len()).unwrap_or(WordId::MAX);
        self.by_wide.add(word.wide.clone(), id);
        if let Some(number) = word.number() {
            let same = number.len() == word.wide.len();
            self.by_number.add(if same { word.wide.clone() } else { number.into() }, id);
        }
        if !word.has_digit() {
            if self.by_length.len() <= word.chars() {
                self.by_length.resize_with(word.chars() + 1, Vec::new);
            }
            self.by_length[word.chars()].push((word.letters(), id));
        }
        self.words.push(word.clone());
        self.roles.push(role);
        id
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    pub(super) fn word(&self, id: WordId) -> &Spelled {
        &self.words[id as usize]
    }

    /// Returns whether the word is nothing but a particle, which half of a company may have.
    pub(super) fn is_particle(&self, id: WordId) -> bool {
        let role = self.roles[id as usize];
        role.has(Role::PARTICLE) && !role.has(Role::LOGON)
    }

    /// Returns the roles that the word has in the names of any account.
    pub(super) fn role(&self, word: &Spelled) -> Role {
        let ids = self.by_wide.get(&word.wide);
        let same = ids.filter(|&id| self.word(id).is_same(word, false));
        same.fold(Role::default(), |role, id| role.and(self.roles[id as usize]))
    }

    /// Returns the words that resemble this one, itself included.
    pub(super) fn alike(&self, word: &Spelled) -> Alike {
        if let Some(found) = self.found.borrow().get(&word.called) {
            return found.clone();
        }
        let equal = self.by_wide.get(&word.wide);
        let numbers = word.number().into_iter().flat_map(|number| self.by_number.get(number));
        let mut ids: Vec<WordId> = equal.chain(numbers).collect();
        if !word.has_digit() {
            let near = &self.by_length[self.lengths_near(word.chars())];
            let may_be = near.iter().flatten().filter(|(letters, _)| word.letters().may_be(*letters, MAX_ERRORS));
            ids.extend(may_be.map(|(_, id)| id));
        }
        ids.sort_unstable();
        ids.dedup();
        let alike = ids.into_iter().map(|id| (id, self.word(id).likeness(word)));
        let alike: Alike = alike.filter(|(_, likeness)| *likeness > 0.0).collect();
        self.found.borrow_mut().insert(word.called.clone(), alike.clone());
        alike
    }

    fn lengths_near(&self, chars: usize) -> Range<usize> {
        let end = (chars + MAX_ERRORS + 1).min(self.by_length.len());
        chars.saturating_sub(MAX_ERRORS).min(end)..end
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, Spelled, Vocabulary};

    #[test]
    fn a_word_finds_those_that_resemble_it() {
        let mut vocabulary = Vocabulary::default();
        for word in ["Müller", "Muller", "Mueller", "Möller", "Miller", "Schmidt", "00123", "123", "124", "Li"] {
            vocabulary.add(&Spelled::new(word), Role::SURNAME);
        }
        vocabulary.add(&Spelled::new("MÜLLER"), Role::GIVEN);
        assert_eq!(vocabulary.len(), 10);
        let alike = |word: &str| {
            let found = vocabulary.alike(&Spelled::new(word));
            found.iter().map(|&(id, _)| &*vocabulary.word(id).bare).collect::<Vec<_>>()
        };
        assert_eq!(alike("müler"), ["muller", "muller", "mueller"]);
        assert_eq!(alike("muller"), ["muller", "muller", "mueller", "moller", "miller"]);
        assert_eq!(alike("0123"), ["00123", "123"]);
        assert_eq!(alike("Li"), ["li"]);
        assert!(alike("Kitchen").is_empty());
        assert!(vocabulary.role(&Spelled::new("MÜLLER")).has(Role::SURNAME));
        assert!(!vocabulary.role(&Spelled::new("Müllner")).has(Role::SURNAME));
    }
}
