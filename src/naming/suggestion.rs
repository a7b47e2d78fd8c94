//! Suggests accounts for a name that no account has. A person may choose from them; the program never acts on them.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::candidates::candidates;
use super::fit::{Fit, Mask, Query};
use super::likeness::{EQUAL, LOOSELY_EQUAL};
use super::plain;
use super::role::Role;
use super::roster::{Roster, Row, Text};
use super::words::{Word, words};
use crate::directory::{Account, Guid};
use crate::source::Key;

/// The maximum number of accounts that are suggested for one name.
const MAX_SUGGESTIONS: usize = 5;
/// The lowest likeness that is suggested.
const MIN_LIKENESS: f32 = 0.6;
/// The amount by which the likeness of a suggestion may be below the best likeness.
const MAX_BEHIND: f32 = 0.08;
/// The same limit for a text with an initial. Many accounts share an initial, so one whose logon name it happens to be
/// must not hide the others.
const MAX_BEHIND_WITH_INITIAL: f32 = 0.25;
/// The weights of the text's words and of the account's words in the likeness.
const SHARE_OF_TEXT: f32 = 0.7;
const SHARE_OF_NAME: f32 = 0.3;
/// The number of letters that a word needs to be a possible abbreviation, as `aschmidt` is for Anna Schmidt.
const MIN_LETTERS_OF_ABBREVIATION: usize = 4;

/// An account that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The account's objectGUID.
    pub guid: Guid,
    /// The account's sAMAccountName.
    pub user: String,
    /// The account's displayName, or another name that it has.
    pub name: String,
    /// The account's department, to tell apart two people with the same name.
    pub department: String,
    /// How much the account's names are like the text; 1 means equal.
    pub likeness: f32,
    pub why: Why,
}

/// Why an account is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// The account has exactly this name.
    Called,
    /// The words are the same except for accents and umlauts.
    Accents,
    /// A word has a typing error.
    TypingError,
    /// One name has more words, or initials for them.
    InPart,
}

impl Why {
    /// Returns the name of the reason as reports show it.
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
    /// Returns the account as text, such as `aschmidt (Anna Schmidt)`.
    #[must_use]
    pub fn described(&self) -> String {
        self.with(&[&self.name])
    }

    /// Returns the account with its department, such as `aschmidt (Anna Schmidt, Sales)`, to tell apart two people with
    /// the same name.
    #[must_use]
    pub fn with_department(&self) -> String {
        self.with(&[&self.name, &self.department])
    }

    fn with(&self, known: &[&str]) -> String {
        let known: Vec<&str> = known.iter().copied().filter(|text| !text.is_empty()).collect();
        if known.is_empty() { self.user.clone() } else { format!("{} ({})", self.user, known.join(", ")) }
    }
}

/// Suggests an account that has exactly the name.
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
    /// Returns the accounts below the base DN whose names are most like the text, the best first: those with exactly
    /// this name or, if there are none, those with similar names.
    #[must_use]
    pub fn suggestions(&self, text: &str) -> Vec<Suggestion> {
        let in_scope = |row: &Row| self.person(*row).in_scope;
        let mut called: Vec<Row> = self.called_beside_plain(text).into_iter().filter(in_scope).collect();
        // A directory returns accounts in any order.
        let logon = |row: Row| self.text(row, Text::SamAccountName);
        called.sort_by_key(|&row| logon(row));
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
        found.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| logon(one.0).cmp(logon(other.0))));
        let best = found.first().map_or(0.0, |found| found.1);
        // `best` includes accounts outside the base DN: if one of those fits much better, it is the one that is meant,
        // and nobody else is suggested in its place.
        let has_initial =
            words.iter().zip(&plain).any(|(word, plain)| !plain && !word.is_title && word.text.chars().count() == 1);
        let max_behind = if has_initial { MAX_BEHIND_WITH_INITIAL } else { MAX_BEHIND };
        found.retain(|(row, likeness, _)| *likeness >= best - max_behind && in_scope(row));
        let mut seen = HashSet::new();
        found.retain(|(row, ..)| seen.insert(*row));
        self.described(found)
    }

    /// Returns an account that has this name, and the DN of its container, if all such accounts are outside the base
    /// DN.
    pub(super) fn only_outside(&self, text: &str) -> Option<(String, String)> {
        let called = self.called_beside_plain(text);
        let row = *called.first().filter(|_| called.iter().all(|&row| !self.person(row).in_scope))?;
        Some((self.text(row, Text::SamAccountName).to_owned(), self.container(row).to_owned()))
    }

    /// Returns the accounts that have exactly this name, leaving out plain text behind it: "Anna Schmidt 2023 (2)".
    fn called_beside_plain(&self, text: &str) -> Vec<Row> {
        let words = words(text);
        let plain = plain::mark(&words);
        let is_left = |end: usize| words.iter().zip(&plain).any(|(word, plain)| word.at.start >= end && !plain);
        let parts = candidates(&Key::Stem(text.to_owned())).into_iter().take_while(|part| !is_left(part.end));
        parts.map(|part| self.called(&text[part])).find(|rows| !rows.is_empty()).unwrap_or_default()
    }

    /// Returns the suggestion for an account.
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

/// Returns the accounts whose names resemble the words, each with its likeness and why it is suggested.
fn resembling(roster: &Roster, words: &[Word<'_>], plain: &[bool]) -> Vec<(Row, f32, Why)> {
    let query = Query::new(roster, words, plain, 0, |place| !words[place].is_title);
    let mask = |is: &dyn Fn(usize) -> bool| {
        (0..words.len()).filter(|&place| is(place)).fold(0, |mask: Mask, at| mask | 1 << at)
    };
    let needed = mask(&|place| !words[place].is_title && !plain[place]);
    // If the text has only plain words, it can name somebody only by an employee ID or a logon name, so all of it must
    // be found. Beside an employee ID, other text such as a year does not matter.
    let ids = mask(&|place| plain::may_be_id(words, place));
    let said = mask(&|place| !words[place].is_title && !super::common::is_plain_word(words[place].text));
    let all = if ids == 0 { said } else { ids };
    let numbers = mask(&|place| words[place].is_number());
    let single_letters = mask(&|place| words[place].text.len() == 1);
    query
        .fits(roster)
        .into_iter()
        .filter(|(_, fit)| needed != 0 || fit.covered & all == all && fit.role.has(Role::LOGON))
        // A number must be found if the account has another one: `G-1030` is not like `G-1003`.
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

/// Returns the two names that a single word may be short for: `aschmidt` for "A Schmidt", and `annas` for "Anna S".
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
