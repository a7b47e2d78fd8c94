//! Who may be meant where a name is nobody's: for a person to choose from, never followed.

use std::collections::HashSet;

use super::candidates::candidates;
use super::fit::{Fit, Mask, Query};
use super::likeness::{EQUAL, LOOSELY_EQUAL};
use super::person::Role;
use super::plain;
use super::roster::{Roster, Row, Text};
use super::words::{Word, words};
use crate::directory::{Account, Guid};
use crate::source::Key;

/// Accounts that are suggested for one name.
const MAX_SUGGESTIONS: usize = 5;
/// The least likeness worth a mention.
const MIN_LIKENESS: f32 = 0.6;
/// How far behind the best one others may be.
const MAX_BEHIND: f32 = 0.08;
/// The same where the text has an initial, which many share, though it may be the logon name of one.
const MAX_BEHIND_WITH_INITIAL: f32 = 0.25;
/// How much the words of the text count, and how much those of the account's name.
const SHARE_OF_TEXT: f32 = 0.7;
const SHARE_OF_NAME: f32 = 0.3;
/// Letters of a word that may be `aschmidt` for Anna Schmidt.
const MIN_LETTERS_OF_ABBREVIATION: usize = 4;

/// An account that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// Its objectGUID.
    pub guid: Guid,
    /// Its sAMAccountName.
    pub user: String,
    /// Its displayName, or what else people call it.
    pub name: String,
    /// Its department, which tells two of one name apart.
    pub department: String,
    /// How much alike: 1 is equal.
    pub likeness: f32,
    /// Why it is suggested.
    pub why: Why,
}

/// Why an account is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is called so, to the letter.
    Called,
    /// The same words but for accents and umlauts.
    Accents,
    /// A word has a typing error.
    TypingError,
    /// One name has more words, or initials for them.
    InPart,
}

impl Why {
    /// As reports name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Called => "called-so",
            Self::Accents => "accents",
            Self::TypingError => "typing-error",
            Self::InPart => "in-part",
        }
    }
}

impl Suggestion {
    /// `aschmidt (Anna Schmidt)`.
    #[must_use]
    pub fn described(&self) -> String {
        self.with(&[&self.name])
    }

    /// `aschmidt (Anna Schmidt, Sales)`, to tell two of one name apart.
    #[must_use]
    pub fn with_department(&self) -> String {
        self.with(&[&self.name, &self.department])
    }

    fn with(&self, known: &[&str]) -> String {
        let known: Vec<&str> = known.iter().copied().filter(|text| !text.is_empty()).collect();
        if known.is_empty() { self.user.clone() } else { format!("{} ({})", self.user, known.join(", ")) }
    }
}

/// An account whose name is the very one.
impl From<&Account> for Suggestion {
    fn from(account: &Account) -> Self {
        Self {
            guid: account.guid,
            user: account.sam_account_name.clone(),
            name: account.display_name.clone().or_else(|| account.names.first().cloned()).unwrap_or_default(),
            department: account.department.clone().unwrap_or_default(),
            likeness: EQUAL,
            why: Why::Called,
        }
    }
}

impl Roster {
    /// Returns the accounts below the base DN that the text is most like, the likeliest first: who is called exactly so,
    /// or else who is called nearly so.
    #[must_use]
    pub fn suggestions(&self, text: &str) -> Vec<Suggestion> {
        let in_scope = |row: &Row| self.person(*row).in_scope;
        let called: Vec<Row> = self.called_beside_plain(text).into_iter().filter(in_scope).collect();
        if !called.is_empty() {
            return self.described(called.into_iter().map(|row| (row, EQUAL, Why::Called)).collect());
        }
        let words = words(text);
        let plain = plain::mark(&words);
        let mut found = resembling(self, &words, &plain);
        if let Some(abbreviated) = abbreviation(&words, &plain) {
            for text in abbreviated {
                let words = super::words::words(&text);
                found.extend(resembling(self, &words, &vec![false; words.len()]));
            }
        }
        found.retain(|(_, likeness, _)| *likeness >= MIN_LIKENESS);
        found.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        let best = found.first().map_or(0.0, |found| found.1);
        // Nobody is offered in the place of an account outside the base DN that is more like it.
        let has_initial =
            words.iter().zip(&plain).any(|(word, plain)| !plain && !word.is_title && word.text.chars().count() == 1);
        let max_behind = if has_initial { MAX_BEHIND_WITH_INITIAL } else { MAX_BEHIND };
        found.retain(|(row, likeness, _)| *likeness >= best - max_behind && in_scope(row));
        let mut seen = HashSet::new();
        found.retain(|(row, ..)| seen.insert(*row));
        self.described(found)
    }

    /// An account that the text is the name of, and where it is, if there is none below the base DN.
    pub(super) fn only_outside(&self, text: &str) -> Option<(String, String)> {
        let called = self.called_beside_plain(text);
        let row = *called.first().filter(|_| called.iter().all(|&row| !self.person(row).in_scope))?;
        Some((self.text(row, Text::SamAccountName).to_owned(), self.container(row).to_owned()))
    }

    /// Those who are called so, to the letter, or but for plain text behind the name: "Anna Schmidt 2023 (2)".
    fn called_beside_plain(&self, text: &str) -> Vec<Row> {
        let words = words(text);
        let plain = plain::mark(&words);
        let is_left = |end: usize| words.iter().zip(&plain).any(|(word, plain)| word.at.start >= end && !plain);
        let parts = candidates(&Key::Stem(text.to_owned())).into_iter().take_while(|part| !is_left(part.end));
        parts.map(|part| self.called(&text[part])).find(|rows| !rows.is_empty()).unwrap_or_default()
    }

    /// An account as it is suggested.
    pub(super) fn suggestion(&self, row: Row, likeness: f32, why: Why) -> Suggestion {
        let names = [Text::DisplayName, Text::Cn].map(|text| self.text(row, text));
        Suggestion {
            guid: self.person(row).guid,
            user: self.text(row, Text::SamAccountName).to_owned(),
            name: names.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned(),
            department: self.text(row, Text::Department).to_owned(),
            likeness,
            why,
        }
    }

    fn described(&self, found: Vec<(Row, f32, Why)>) -> Vec<Suggestion> {
        let found = found.into_iter().take(MAX_SUGGESTIONS);
        found.map(|(row, likeness, why)| self.suggestion(row, likeness, why)).collect()
    }
}

/// Accounts that fit, how well, and why.
fn resembling(roster: &Roster, words: &[Word<'_>], plain: &[bool]) -> Vec<(Row, f32, Why)> {
    let query = Query::new(words, plain, 0, |place| !words[place].is_title);
    let mask = |is: &dyn Fn(usize) -> bool| {
        (0..words.len()).filter(|&place| is(place)).fold(0, |mask: Mask, at| mask | 1 << at)
    };
    let needed = mask(&|place| !words[place].is_title && !plain[place]);
    // A number alone is an employee's or nobody's: all of it must be found, be there a year beside it or not.
    let ids = mask(&|place| plain::may_be_id(words, place));
    let said = mask(&|place| !words[place].is_title && !super::common::is_plain_word(words[place].text));
    let all = if ids == 0 { said } else { ids };
    let numbers = mask(&|place| words[place].is_number());
    let single_letters = mask(&|place| words[place].text.len() == 1);
    query
        .fits(roster)
        .into_iter()
        .filter(|(_, fit)| needed != 0 || fit.covered & all == all && fit.role.has(Role::LOGON))
        // Digits count: `G-1030` is not like `G-1003`.
        .filter(|(_, fit)| fit.covered & !single_letters != 0 && !(fit.lacks_number && numbers & !fit.covered != 0))
        .map(|(row, fit)| {
            let (likeness, why) = likeness(&query, &fit, needed);
            (row, likeness, why)
        })
        .collect()
}

fn likeness(query: &Query, fit: &Fit, needed: Mask) -> (f32, Why) {
    let wanted = query.weight(needed | fit.covered);
    let of_text = fit.plain_score / wanted;
    let likeness = SHARE_OF_TEXT * of_text + SHARE_OF_NAME * fit.share;
    let is_whole = fit.covered & needed == needed && fit.share >= 1.0;
    let why = match fit.least {
        LOOSELY_EQUAL.. if is_whole => Why::Accents,
        0.75.. if is_whole => Why::TypingError,
        _ => Why::InPart,
    };
    (likeness, why)
}

/// What a single word may be short for: `aschmidt` for "A Schmidt", `annas` for "Anna S".
fn abbreviation(words: &[Word<'_>], plain: &[bool]) -> Option<[String; 2]> {
    let mut rest = words.iter().zip(plain).filter(|(word, plain)| !**plain && !word.is_title);
    let (Some((word, _)), None) = (rest.next(), rest.next()) else { return None };
    if word.text.chars().count() < MIN_LETTERS_OF_ABBREVIATION {
        return None;
    }
    let first = word.text.char_indices().nth(1)?.0;
    let last = word.text.char_indices().next_back()?.0;
    Some([first, last].map(|cut| format!("{} {}", &word.text[..cut], &word.text[cut..])))
}
