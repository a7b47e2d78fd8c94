//! Text that is ignored because the user says so (`--ignore-text`), or because it stands in the names of many files, as
//! a photographer's mark does.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::likeness::{Spelled, in_all_ways};
use super::roster::Roster;
use super::words::{Word, words};
use crate::directory::Guid;

/// A word is a mark if it stands in the files of this many accounts. Fewer may be copies of one file, or a family.
const MIN_ACCOUNTS_OF_MARK: usize = 5;

/// The words that are ignored besides plain words.
#[derive(Debug, Default)]
pub(super) struct Extras {
    ignored: Vec<Vec<Spelled>>,
    /// For each word, the number of accounts in whose files it stands. Files are not counted, because several files of
    /// one person all have that person's surname.
    accounts: HashMap<Rc<str>, usize>,
}

impl Extras {
    /// Collects what `--ignore-text` names, and counts the words of `stems`: the names of files, each with the account
    /// that a part of it names.
    pub(super) fn new<'s>(ignored: &[String], stems: impl IntoIterator<Item = (&'s str, Guid)>) -> Self {
        let mut accounts: HashMap<Rc<str>, HashSet<Guid>> = HashMap::new();
        for (stem, account) in stems {
            for word in words(stem) {
                accounts.entry(Spelled::new(word.text).bare).or_default().insert(account);
            }
        }
        let ignored = ignored.iter().map(|text| words(text).iter().map(|word| Spelled::new(word.text)).collect());
        Self {
            ignored: ignored.filter(|words: &Vec<_>| !words.is_empty()).collect(),
            accounts: accounts.into_iter().map(|(word, accounts)| (word, accounts.len())).collect(),
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
        for (place, plain) in plain.iter_mut().enumerate() {
            let is_mark = spelled[place].chars() > 1 && self.is_in_many(&spelled[place]);
            let is_name = |word: &Spelled| roster.is_given_name(word) || roster.is_surname(word);
            *plain |= is_mark && !in_all_ways(words, place).iter().any(|(_, spelled)| is_name(spelled));
        }
    }

    fn is_in_many(&self, word: &Spelled) -> bool {
        self.accounts.get(&word.bare).is_some_and(|accounts| *accounts >= MIN_ACCOUNTS_OF_MARK)
    }
}
