//! Whose names the files of a list bear: where its rows and its photos have shifted, people get their neighbours' faces.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::candidates::candidates;
use super::extras::Extras;
use super::judge::{Judge, Told, needs_everybody, tells_of_somebody};
use super::mismatch::Mismatch;
use super::roster::{Roster, Text};
use super::spelling::key;
use super::{Match, suggestion};
use crate::source::Key;

/// Rows that bear another's name, from which on a list may have shifted.
const MIN_MISNAMED: usize = 5;

/// That most of a list's files, as far as they are named after people, are named after others than those who get them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misnamed {
    /// How many rows.
    pub misnamed: usize,
    /// Of how many whose files are named after somebody.
    pub told: usize,
    /// One of them: who gets which file, and after whom it is named.
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

/// Whether any row of a list has a file that may be named after somebody else.
pub(super) fn is_told_by_names(matches: &[Result<Match, Mismatch>]) -> bool {
    matches
        .iter()
        .flatten()
        .filter_map(|found| Some((found, stem(found)?)))
        .any(|(found, stem)| !is_own(found, &stem) && tells_of_somebody(&stem))
}

/// Notes at each row whose file is named after somebody else, and says whether most are.
pub(super) fn check(matches: &mut [Result<Match, Mismatch>], roster: &Roster) -> Option<Misnamed> {
    let extras = Extras::default();
    let judge = Judge::new(roster, &extras);
    let mut found = Misnamed { misnamed: 0, told: 0, example: String::new() };
    for entry in matches.iter_mut().flatten() {
        let Some(stem) = stem(entry) else { continue };
        let told = if is_own(entry, &stem) { Told::Own } else { judge.told(&stem, entry.account.guid) };
        found.told += usize::from(told != Told::Nothing);
        if let Told::Another(row) = told {
            if found.misnamed == 0 {
                let other = roster.suggestion(row, 1.0, suggestion::Why::Called).described();
                let line = entry.photo.line.map_or_else(String::new, |line| format!("line {line}: "));
                found.example = format!(
                    "{line}{} is given {}, which names {other}",
                    entry.account.sam_account_name, entry.photo.named
                );
            }
            found.misnamed += 1;
            entry.named_after = Some(roster.text(row, Text::SamAccountName).to_owned());
        }
    }
    (found.misnamed >= MIN_MISNAMED && found.misnamed * 2 > found.told).then_some(found)
}

/// The name of a list's file without its ending; a folder's files are how its photos were matched.
fn stem(found: &Match) -> Option<String> {
    let Key::Exact(_) = &found.photo.key else { return None };
    // Composed, as directories hold names; macOS writes them decomposed.
    Some(found.photo.path.file_stem()?.to_string_lossy().nfc().collect())
}

/// Whether the file bears the very name of who gets it, and besides only what says nothing: `jdoe 648x648`.
fn is_own(found: &Match, stem: &str) -> bool {
    let account = &found.account;
    let names = account.names.iter().chain(&account.keys).chain([&account.sam_account_name]).map(String::as_str);
    let own: Vec<String> = names.chain([found.photo.key.text()]).map(key).collect();
    let parts = candidates(&Key::Stem(stem.to_owned()));
    parts.into_iter().any(|part| !needs_everybody(stem, &part) && own.contains(&key(&stem[part])))
}
