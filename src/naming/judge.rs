//! Decides whether a file's name says that the photo shows somebody else than the account that a part of it names.
//!
//! The part that names the account is the key. Text beside the key was ignored when the account was looked up; here
//! it is compared with the names of everybody in the domain.

use std::ops::Range;

use super::extras::Extras;
use super::fit::{Fit, Query};
use super::key_kind::KeyKind;
use super::likeness::{Spelled, in_all_ways};
use super::role::Role;
use super::roster::{Roster, Row, RowPart, local_part};
use super::stem::{OwnWords, Stem};
use super::words::{Word, words};
use super::{date, plain};
use crate::directory::Account;

/// Scores that differ by no more than this count as equal.
pub(super) const EQUAL_SCORES: f32 = 0.01;

/// Words before the surname that somebody had before.
const BEFORE_MARRIAGE: [&str; 8] = ["geb", "geborene", "geborener", "nee", "ne", "born", "formerly", "roz"];

/// What the whole name of a file says about the account that a part of the name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing in the name speaks against the account.
    Fits,
    /// The name fits these accounts better.
    Another(Vec<Row>),
    /// The name fits these accounts equally well, and nothing decides between them and the account.
    Either(Vec<Row>),
    /// The key may be a date or year instead of the account's number.
    MayBeDate,
    /// Nothing explains this text; together with it, the name may be that of a person who has no account.
    Unexplained(String),
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
    (0..words.len()).any(|place| is_outside(&words[place]) && says_something(place)) || date::may_be_date(&words, key)
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
        let own = self.roster.row(account.guid);
        let kind = KeyKind::of(&stem[key.clone()], self.roster, own);
        let stem = Stem::read(stem, &key, kind, self.extras, self.roster);
        match self.rivals(&stem, own) {
            Verdict::Fits => self.explain(&stem, own, account, &key),
            verdict => verdict,
        }
    }

    /// Looks for other accounts that the name fits better than the own account, or equally well.
    fn rivals(&self, stem: &Stem<'_>, own: Option<Row>) -> Verdict {
        let is_name = stem.kind == KeyKind::Name;
        let is_wanted = |place: usize| {
            // The month of a date and the time behind it are nobody's name or number.
            let is_of_date = date::is_month_of_date(&stem.words, place) || date::is_time_of_date(&stem.words, place);
            !stem.words[place].is_title && !is_of_date && (is_name || stem.in_key & 1 << place == 0)
        };
        let query = Query::new(self.roster, &stem.words, &stem.plain, stem.in_key, is_wanted);
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
        let query = Query::new(self.roster, &stem.words, &stem.plain, stem.in_key, |place| !stem.words[place].is_title);
        let score = |row: &Row| query.fit_of(self.roster, *row).map_or(0.0, |fit| fit.score);
        let best = rows.iter().map(score).fold(0.0, f32::max);
        rows.into_iter().filter(|row| score(row) >= best - EQUAL_SCORES).collect()
    }

    /// Looks for text that is neither plain, like a year or `photo`, nor known about the account itself.
    fn explain(&self, stem: &Stem<'_>, own: Option<Row>, account: &Account, key: &Range<usize>) -> Verdict {
        let own = self.own_words(own, account, stem.kind);
        let places = stem.unexplained(&own);
        let unexplained: Vec<&Word<'_>> = places.iter().map(|&place| &stem.words[place]).collect();
        let text = unexplained.iter().map(|word| word.text).collect::<Vec<_>>().join(" ");
        if date::may_be_date(&stem.words, key) && !stem.has_name_of(&own) {
            return Verdict::MayBeDate;
        }
        match unexplained[..] {
            _ if stem.is_cut => Verdict::Unexplained(format!("{text} …")),
            [] => Verdict::Fits,
            _ if stem.kind == KeyKind::NobodysName && !self.names_somebody(&places, stem, key) => Verdict::Fits,
            _ => Verdict::Unexplained(text),
        }
    }

    /// Returns whether the unexplained text names a person although the key is not a person's name: either by given
    /// name and surname (`u1 Anna Schmidt`), or because it continues a logon name (`m.mustermann-meier`).
    fn names_somebody(&self, unexplained: &[usize], stem: &Stem<'_>, key: &Range<usize>) -> bool {
        let readings = |place: usize| in_all_ways(&stem.words, place);
        let given = |place: usize| readings(place).into_iter().filter(|(_, word)| self.roster.is_given_name(word));
        let surnames = |place: usize| readings(place).into_iter().filter(|(_, word)| self.roster.is_surname(word));
        let has_surname_beside = |given: &Range<usize>| {
            let mut all = unexplained.iter().flat_map(|&place| surnames(place));
            all.any(|(surname, _)| surname.end <= given.start || given.end <= surname.start)
        };
        let both = unexplained.iter().flat_map(|&place| given(place)).any(|(given, _)| has_surname_beside(&given));
        let is_given = |place: usize| given(place).next().is_some();
        let with_doubtful = unexplained.iter().any(|&place| is_given(place) && stem.is_beside_doubtful(place));
        let goes_on = |place: usize| {
            let word = &stem.words[place];
            let is_name = || is_given(place) || surnames(place).next().is_some();
            matches!(word.joint, "-" | "." | "_") && word.at.start >= key.end && is_name()
        };
        both || with_doubtful || !stem.has_number_as_key() && unexplained.iter().any(|&place| goes_on(place))
    }

    /// Returns the surnames beside the account's name, as in `Lang, Petra (Huber GmbH)`, unless a word says that it is the
    /// surname that she had before.
    fn beside_name(&self, row: Row) -> Vec<Spelled> {
        let parts = &self.roster.person(row).parts;
        let word = |part: &RowPart| self.roster.words().word(part.word);
        if parts.iter().any(|part| BEFORE_MARRIAGE.contains(&&*word(part).bare)) {
            return Vec::new();
        }
        let beside = parts.iter().filter(|part| part.role.has(Role::BESIDE) && !part.role.is_name()).map(word);
        beside.filter(|word| self.roster.is_surely_surname(word)).cloned().collect()
    }

    /// Collects all words that are known about the account: they explain text beside the key.
    ///
    /// Beside a key that reads as a name, a surname in the account's department or company explains nothing: `Huber` is
    /// more likely a person than the company Huber GmbH. The domain of an address never does.
    fn own_words(&self, own: Option<Row>, account: &Account, kind: KeyKind) -> OwnWords {
        let about = account.details.iter().chain(&account.department).flat_map(|text| spelled_words(text));
        let mut spelled: Vec<Spelled> =
            about.filter(|word| kind == KeyKind::NobodysName || !self.roster.is_surely_surname(word)).collect();
        let keys = account.keys.iter().map(|key| local_part(key));
        let texts = account.names.iter().map(String::as_str).chain(keys).chain([&*account.sam_account_name]);
        spelled.extend(texts.flat_map(spelled_words));
        let parts = own.into_iter().flat_map(|row| self.roster.person(row).parts.iter());
        spelled.extend(parts.map(|part| self.roster.words().word(part.word).clone()));
        if kind == KeyKind::Name {
            let beside = own.map(|row| self.beside_name(row)).unwrap_or_default();
            spelled.retain(|word| !beside.contains(word));
        }
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
