//! Decides whether a file's name says that the photo shows somebody else than the account that a part of it names.
//!
//! The part that names the account is the key. Text beside the key was ignored when the account was looked up; here
//! it is compared with the names of everybody in the domain.

use std::ops::Range;

use super::extras::Extras;
use super::fit::{Fit, Query};
use super::likeness::Spelled;
use super::plain;
use super::roster::{Roster, Row};
use super::stem::{KeyKind, OwnWords, Stem};
use super::words::{Word, words};
use crate::directory::{Account, Guid};

/// Scores that differ by no more than this count as equal.
const EQUAL_SCORES: f32 = 0.01;

/// What the whole name of a file says about the account that a part of the name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing in the name speaks against the account.
    Fits,
    /// The name fits these accounts better.
    Another(Vec<Row>),
    /// The name fits these accounts equally well, and nothing decides between them and the account.
    Either(Vec<Row>),
    /// Nothing explains this text; together with it, the name may be that of a person who has no account.
    Unexplained(String),
}

/// The person that the name of a list's file points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// The name points to nobody in particular.
    Nothing,
    /// The name points to the account that gets the photo.
    Own,
    /// The name points to this other account.
    Another(Row),
}

/// Returns whether the text outside the key may say that the photo shows somebody else, so that the name has to be
/// compared with everybody's. Years, sizes and counters alone say nothing.
pub(super) fn needs_everybody(stem: &str, key: &Range<usize>) -> bool {
    let is_outside = |word: &Word<'_>| word.at.start >= key.end || word.at.end <= key.start;
    let words = words(stem);
    let says_something = |place: usize| match words[place].is_number() {
        true => plain::may_be_id(&words, place),
        false => !plain::is_in_size(&words, place),
    };
    (0..words.len()).any(|place| is_outside(&words[place]) && says_something(place))
}

/// Returns whether a file of a list may be named after somebody.
pub(super) fn tells_of_somebody(stem: &str) -> bool {
    let words = words(stem);
    let plain = plain::mark(&words);
    (0..words.len()).any(|place| !plain[place] || words[place].beside_digits || plain::may_be_id(&words, place))
}

/// Compares the names of files with the names of everybody.
#[derive(Debug)]
pub(super) struct Judge<'r> {
    roster: &'r Roster,
    extras: &'r Extras,
}

impl<'r> Judge<'r> {
    pub(super) fn new(roster: &'r Roster, extras: &'r Extras) -> Self {
        Self { roster, extras }
    }

    /// Judges whether the file's name fits `account`, which the part `key` of the name stands for.
    pub(super) fn ask(&self, stem: &str, key: Range<usize>, account: &Account) -> Verdict {
        let kind = KeyKind::of(&stem[key.clone()], self.roster);
        let stem = Stem::read(stem, &key, kind, self.extras, self.roster);
        let own = self.roster.row(account.guid);
        match self.rivals(&stem, own) {
            Verdict::Fits => self.explain(&stem, own, account, &key),
            verdict => verdict,
        }
    }

    /// Returns whom a file is named after, if a list gives the file to `account`.
    pub(super) fn told(&self, stem: &str, account: Guid) -> Told {
        let stem = Stem::read(stem, &(0..0), KeyKind::NobodysName, self.extras, self.roster);
        let query = Query::new(&stem.words, &stem.plain, stem.in_key, |place| !stem.words[place].is_title);
        let own = self.roster.row(account);
        let mut ours = 0.0_f32;
        let mut best: Option<(f32, Row)> = None;
        for (row, fit) in query.fits(self.roster).into_iter().filter(|(_, fit)| stem.is_evidence(fit)) {
            if Some(row) == own {
                ours = fit.score;
            } else if stem.identifies(&fit) && best.is_none_or(|(score, _)| fit.score > score) {
                best = Some((fit.score, row));
            }
        }
        match best {
            Some((theirs, row)) if theirs > ours + EQUAL_SCORES => Told::Another(row),
            _ if ours > 0.0 => Told::Own,
            _ => Told::Nothing,
        }
    }

    /// Looks for other accounts that the name fits better than the own account, or equally well.
    fn rivals(&self, stem: &Stem<'_>, own: Option<Row>) -> Verdict {
        let is_name = stem.kind == KeyKind::Name;
        let is_wanted = |place: usize| !stem.words[place].is_title && (is_name || stem.in_key & 1 << place == 0);
        let query = Query::new(&stem.words, &stem.plain, stem.in_key, is_wanted);
        let score = |fit: &Fit| fit.score - if is_name { fit.left_out } else { 0.0 };
        let mut best: Vec<(f32, Row)> = Vec::new();
        for (row, fit) in query.fits(self.roster) {
            if Some(row) == own || !stem.is_evidence(&fit) {
                continue;
            }
            let score = score(&fit);
            let leader = best.first().map_or(0.0, |first| first.0);
            if score > leader + EQUAL_SCORES {
                best.clear();
            }
            if score >= leader - EQUAL_SCORES {
                best.push((score, row));
            }
        }
        let Some(&(theirs, _)) = best.first() else { return Verdict::Fits };
        let own_fit = own.and_then(|row| query.fit_of(self.roster, row));
        // The key stands for the own account, so its words count for it even if they are no part of its names.
        let covered = own_fit.map_or(0, |fit| fit.covered);
        let by_key = if is_name { query.weight(stem.in_key & !covered) } else { 0.0 };
        let ours = own_fit.map_or(0.0, |fit| score(&fit)) + by_key;
        let rows = self.likest(best.into_iter().map(|(_, row)| row).collect(), stem);
        if theirs > ours + EQUAL_SCORES {
            return Verdict::Another(rows);
        }
        let is_of_own_name = is_name && stem.in_key & !covered == 0;
        if theirs >= ours - EQUAL_SCORES && is_of_own_name { Verdict::Either(rows) } else { Verdict::Fits }
    }

    /// Keeps only the accounts that the whole name, including the key, fits best.
    fn likest(&self, rows: Vec<Row>, stem: &Stem<'_>) -> Vec<Row> {
        if rows.len() < 2 {
            return rows;
        }
        let query = Query::new(&stem.words, &stem.plain, stem.in_key, |place| !stem.words[place].is_title);
        let score = |row: &Row| query.fit_of(self.roster, *row).map_or(0.0, |fit| fit.score);
        let best = rows.iter().map(score).fold(0.0, f32::max);
        rows.into_iter().filter(|row| score(row) >= best - EQUAL_SCORES).collect()
    }

    /// Looks for text that is neither plain, like a year or `photo`, nor known about the account itself.
    fn explain(&self, stem: &Stem<'_>, own: Option<Row>, account: &Account, key: &Range<usize>) -> Verdict {
        let own = self.own_words(own, account);
        let unexplained: Vec<&Word<'_>> = stem.unexplained(&own).into_iter().map(|place| &stem.words[place]).collect();
        let text = unexplained.iter().map(|word| word.text).collect::<Vec<_>>().join(" ");
        match unexplained[..] {
            _ if stem.is_cut => Verdict::Unexplained(format!("{text} …")),
            [] => Verdict::Fits,
            _ if stem.kind == KeyKind::NobodysName && !self.names_somebody(&unexplained, stem, key) => Verdict::Fits,
            _ => Verdict::Unexplained(text),
        }
    }

    /// Returns whether the unexplained text names a person although the key is not a person's name: either by given
    /// name and surname (`u1 Anna Schmidt`), or because it continues a logon name (`m.mustermann-meier`).
    fn names_somebody(&self, unexplained: &[&Word<'_>], stem: &Stem<'_>, key: &Range<usize>) -> bool {
        let spelled: Vec<Spelled> = unexplained.iter().map(|word| Spelled::new(word.text)).collect();
        let is_given = |place: usize| self.roster.is_given_name(&spelled[place]);
        let is_surname = |place: usize| self.roster.is_surname(&spelled[place]);
        let both = (0..spelled.len())
            .any(|one| is_given(one) && (0..spelled.len()).any(|other| other != one && is_surname(other)));
        let goes_on = |place: usize| {
            let word = unexplained[place];
            matches!(word.joint, "-" | "." | "_") && word.at.start >= key.end && (is_given(place) || is_surname(place))
        };
        both || !stem.has_number_as_key() && (0..spelled.len()).any(goes_on)
    }

    /// Collects all words that are known about the account: they explain text beside the key.
    fn own_words(&self, own: Option<Row>, account: &Account) -> OwnWords {
        let texts = account.names.iter().chain(&account.keys).chain(&account.details).chain(&account.department);
        let mut spelled: Vec<Spelled> = texts.flat_map(|text| spelled_words(text)).collect();
        spelled.extend(spelled_words(&account.sam_account_name));
        let parts = own.into_iter().flat_map(|row| self.roster.person(row).parts.iter());
        spelled.extend(parts.map(|part| self.roster.words().word(part.word).clone()));
        let has_accents = account.names.iter().any(|name| !name.is_ascii());
        let names = account.names.iter().flat_map(|name| spelled_words(name)).collect();
        OwnWords { spelled, names, has_accents }
    }
}

/// Returns the words of a text, and also each pair of adjacent words that are written together.
fn spelled_words(text: &str) -> Vec<Spelled> {
    let words = words(text);
    let joined =
        words.windows(2).filter(|pair| pair[1].is_joined()).map(|pair| format!("{}{}", pair[0].text, pair[1].text));
    let single = words.iter().map(|word| word.text.to_owned());
    single.chain(joined).map(|word| Spelled::new(&word)).collect()
}
