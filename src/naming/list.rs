//! Checks whether the files of a list are named after the people who get them.
//!
//! If the photo column of a list has shifted against its rows, everybody gets a neighbour's face. The names of the
//! files often give that away.

use std::collections::{HashMap, HashSet};
use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::candidates::candidates;
use super::judge::needs_everybody;
use super::paired::{Matches, Paired};
use super::roster::{Roster, Row, Text};
use super::spelling::key;
use super::suggestion;
use super::told::{Told, tells_of_somebody, told};
use crate::directory::PackedAccounts;
use crate::source::Key;

/// Number of misnamed files from which on a list counts as shifted. Fewer may be chance.
const MIN_MISNAMED: usize = 5;
/// A surname or short number that stands in the files of more people than this is none that tells people apart: a place
/// or an event.
const MAX_FILES_OF_ONE: usize = 2;

/// The finding that most of a list's files that are named after somebody are named after somebody else than the person
/// who gets them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misnamed {
    /// Number of rows whose file is named after somebody else.
    pub misnamed: usize,
    /// Number of rows whose file is named after anybody.
    pub told: usize,
    /// The first misnamed row, described: who gets which file, and whom the file is named after.
    pub example: String,
}

impl fmt::Display for Misnamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { misnamed, told, example } = self;
        write!(
            f,
            "the photos look shifted against the users: {misnamed} of {told} files that bear a user's name bear another \
             user's; {example}"
        )
    }
}

/// Returns whether any row of a list has a file that may be named after somebody else.
pub(super) fn is_told_by_names(matches: &Matches<'_>) -> bool {
    let found = matches.all.iter().flatten();
    found
        .filter_map(|found| Some((found, stem(found)?)))
        .any(|(found, stem)| !is_own(found, &stem, &matches.accounts) && tells_of_somebody(&stem))
}

/// Marks each row whose file is named after somebody else. Returns the finding if there are enough of these rows, and
/// if they are the majority of those whose file is named after anybody.
pub(super) fn check(matches: &mut Matches<'_>, roster: &Roster) -> Option<Misnamed> {
    let Matches { accounts, all } = matches;
    let of = |entry: &Paired<'_>| of(entry, accounts, roster);
    let told: Vec<Told> = all.iter().map(|entry| entry.as_ref().map_or(Told::Nothing, of)).collect();
    let mut found = Misnamed { misnamed: 0, told: 0, example: String::new() };
    let told = only_sure(told, all, roster);
    for (entry, told) in all.iter_mut().zip(told) {
        found.told += usize::from(told != Told::Nothing);
        if let (Ok(entry), Told::Another(row)) = (entry, told) {
            if found.misnamed == 0 {
                let other = roster.suggestion(row, 1.0, suggestion::Why::Called).described();
                let line = entry.photo.line().map_or_else(String::new, |line| format!("line {line}: "));
                found.example = format!(
                    "{line}{} is given {}, which names {other}",
                    accounts.get(entry.account).sam_account_name,
                    entry.photo.named()
                );
            }
            found.misnamed += 1;
            entry.named_after = Some(roster.text(row, Text::SamAccountName).into());
        }
    }
    (found.misnamed >= MIN_MISNAMED && found.misnamed * 2 > found.told).then_some(found)
}

/// Returns whom the file of a row is named after.
fn of(entry: &Paired<'_>, accounts: &PackedAccounts, roster: &Roster) -> Told {
    match stem(entry) {
        Some(stem) if is_own(entry, &stem, accounts) => Told::Own,
        Some(stem) => told(roster, &stem, entry.guid),
        None => Told::Nothing,
    }
}

/// Decides what a surname alone or a short number says. It says that somebody else is meant if that person is in the
/// list, too, and in few files only; and numbers must be those of accounts more often than not, or they are counters.
fn only_sure<E>(told: Vec<Told>, all: &[Result<Paired<'_>, E>], roster: &Roster) -> Vec<Told> {
    let in_list: HashSet<Row> = all.iter().flatten().filter_map(|entry| roster.row(entry.guid)).collect();
    let mut files: HashMap<Row, usize> = HashMap::new();
    let (mut numbers, mut nobodys) = (0, 0);
    for told in &told {
        numbers += usize::from(matches!(told, Told::PerhapsNumber(row) if in_list.contains(row)));
        nobodys += usize::from(*told == Told::NobodysNumber);
        if let Told::PerhapsName(row) | Told::PerhapsNumber(row) = told {
            *files.entry(*row).or_default() += 1;
        }
    }
    let is_sure = |row: &Row| in_list.contains(row) && files[row] <= MAX_FILES_OF_ONE;
    let decided = |told: Told| match told {
        Told::PerhapsName(row) if is_sure(&row) => Told::Another(row),
        Told::PerhapsNumber(row) if is_sure(&row) && numbers > nobodys => Told::Another(row),
        Told::PerhapsName(_) | Told::PerhapsNumber(_) | Told::NobodysNumber => Told::Nothing,
        told => told,
    };
    told.into_iter().map(decided).collect()
}

/// Returns the name of a list's file without its extension. Returns `None` for a file from a folder: its name is what
/// it was matched by, so it cannot contradict the match.
fn stem(found: &Paired<'_>) -> Option<String> {
    let Key::Exact(_) = &found.photo.key else { return None };
    // macOS writes file names in decomposed Unicode, but directories hold names in composed form.
    Some(found.photo.path.file_stem()?.to_string_lossy().nfc().collect())
}

/// Returns whether the file bears exactly a name of the account that gets it, apart from text that says nothing, as in
/// `jdoe 648x648`.
fn is_own(found: &Paired<'_>, stem: &str, accounts: &PackedAccounts) -> bool {
    let account = accounts.get(found.account);
    let names = account.names.iter().chain(&account.keys).chain([&account.sam_account_name]).map(String::as_str);
    let own: Vec<String> = names.chain([found.photo.key.text()]).map(key).collect();
    let parts = candidates(&Key::Stem(stem.to_owned()));
    parts.into_iter().any(|part| !needs_everybody(stem, &part) && own.contains(&key(&stem[part])))
}
