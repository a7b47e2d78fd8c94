//! Text that is ignored because the user says so (`--ignore-text`), or because it stands in the names of many files, as
//! a photographer's mark does.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::likeness::Spelled;
use super::roster::Roster;
use super::spelling::bare;
use super::words::{Word, words};

/// A word is a mark if it stands in the files of this many people, or of one person for every `ONE_FILE_IN` files.
const MIN_PEOPLE_OF_MARK: usize = 5;
const ONE_FILE_IN: usize = 10;
/// The files of one person alone make no mark, however small the folder is.
const MIN_PEOPLE: usize = 2;

/// The words that are ignored besides plain words.
#[derive(Debug, Default)]
pub(super) struct Extras {
    ignored: Vec<Vec<Spelled>>,
    /// For each word, the number of different names beside which it stands. Files are not counted, because several
    /// files of one person all have that person's surname.
    people: HashMap<Rc<str>, usize>,
    files: usize,
}

impl Extras {
    /// Collects what `--ignore-text` names, and counts the words of `stems`: the names of files, each with the part
    /// that names an account.
    pub(super) fn new<'s>(ignored: &[String], stems: impl IntoIterator<Item = (&'s str, &'s str)>) -> Self {
        let mut people: HashMap<Rc<str>, HashSet<String>> = HashMap::new();
        let mut files = 0;
        for (stem, key) in stems {
            files += 1;
            let rest = words(stem).into_iter().map(|word| Spelled::new(word.text).bare);
            let key = bare(key);
            for word in rest {
                people.entry(word).or_default().insert(key.clone());
            }
        }
        let ignored = ignored.iter().map(|text| words(text).iter().map(|word| Spelled::new(word.text)).collect());
        Self {
            ignored: ignored.filter(|words: &Vec<_>| !words.is_empty()).collect(),
            people: people.into_iter().map(|(word, people)| (word, people.len())).collect(),
            files,
        }
    }

    /// Sets `plain` for the words that are ignored. A name is never taken for a mark: five people with one surname may
    /// have left.
    pub(super) fn mark(&self, words: &[Word<'_>], roster: &Roster, plain: &mut [bool]) {
        let spelled: Vec<Spelled> = words.iter().map(|word| Spelled::new(word.text)).collect();
        for phrase in &self.ignored {
            for begin in 0..words.len().saturating_sub(phrase.len() - 1) {
                if phrase.iter().zip(&spelled[begin..]).all(|(wanted, word)| wanted.is_same(word, false)) {
                    plain[begin..begin + phrase.len()].fill(true);
                }
            }
        }
        for (word, plain) in spelled.iter().zip(plain) {
            let is_mark = word.chars() > 1 && self.is_in_many(word);
            *plain |= is_mark && !roster.is_given_name(word) && !roster.is_surname(word);
        }
    }

    fn is_in_many(&self, word: &Spelled) -> bool {
        let people = self.people.get(&word.bare).copied().unwrap_or_default();
        people >= MIN_PEOPLE_OF_MARK || people >= MIN_PEOPLE && people * ONE_FILE_IN >= self.files
    }
}
