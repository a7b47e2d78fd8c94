//! Laws that hold for generated companies. No file that is named after one person goes to somebody else, whether or not
//! that person has an account, and plain text never keeps a photo from the person whom the file names.

use std::collections::HashSet;

use fastrand::Rng;
use proptest::prelude::*;

use super::super::Mismatch;
use super::super::common::{is_joining_word, is_month, is_plain_name, is_purpose};
use super::super::spelling::{bare, called};
use super::super::words::words;
use super::company::Company;
use super::people::{self, Name};
use crate::directory::Names;

const PEOPLE: u32 = 2000;
const FILES: usize = 150;

/// Returns a name that somebody may give to a person's file, without extra text.
fn spelling(name: &Name, rng: &mut Rng) -> String {
    let (given, surname) = (name.given.as_str(), name.surname.as_str());
    let first = given.split([' ', '-']).next().unwrap_or(given);
    let spelled = match rng.u8(..11) {
        0 => format!("{surname}, {given}"),
        1 => format!("{surname} {given}"),
        2 => format!("{first} {surname}"),
        3 => format!("{}.{}", first.to_lowercase(), surname.to_lowercase().replace(' ', ".")),
        4 => format!("{first}_{}", surname.replace(' ', "_")),
        5 => format!("{} {given} {surname}", if name.title.is_empty() { "Dr." } else { name.title }),
        6 => format!("{first} - {surname}"),
        7 => format!("{first}{}", surname.replace(' ', "")),
        8 => format!("{}_{first}", surname.replace(' ', "_")),
        9 => format!("{}-{first}", surname.replace(' ', "-")),
        _ => format!("{given} {surname}"),
    };
    match rng.u8(..5) {
        0 => called(&spelled),
        1 => bare(&spelled),
        2 => spelled.to_uppercase(),
        _ => spelled,
    }
}

/// Adds text that says nothing to a file's name, but makes no phrase of a surname, as of `Da` in "Romane foto Da web".
fn with_extra(spelled: &str, rng: &mut Rng) -> String {
    let mut extras = extras();
    if words(spelled).iter().any(|word| is_joining_word(word.text)) {
        extras.retain(|extra| words(extra).first().is_none_or(|word| !is_purpose(word.text) && !is_month(word.text)));
    }
    let extra = |rng: &mut Rng| extras[rng.usize(..extras.len())];
    let behind = if rng.bool() { "" } else { extra(rng) };
    match (rng.u8(..4), spelled.split_once(' ')) {
        (0, Some((first, rest))) if !first.ends_with(',') => format!("{first}{} {rest}{behind}", extra(rng)),
        _ => format!("{spelled}{behind}"),
    }
}

/// Returns texts that say nothing about whose photo it is.
fn extras() -> Vec<&'static str> {
    include_str!("extras.txt").lines().filter(|line| !line.starts_with('#')).collect()
}

/// Returns the words of a name that tell people apart, each in all of its spellings. They are in lower case, because a
/// capital would split McCormack in two.
fn telling(text: &str) -> Vec<HashSet<String>> {
    let text = text.to_lowercase();
    let words = words(&text);
    let telling = words.iter().filter(|word| !word.is_title);
    telling.map(|word| HashSet::from([bare(word.text), called(word.text)])).collect()
}

/// Returns whether the account is called as the file is: every word of each name is a word of the other. Ji-min may be
/// one word or two.
fn is_namesake(spelled: &str, account: &(Name, Names)) -> bool {
    let has = |all: &[HashSet<String>], one: &HashSet<String>| all.iter().any(|other| !other.is_disjoint(one));
    ["-", "", " "].into_iter().any(|hyphen| {
        let file = telling(&spelled.replace('-', hyphen));
        let own = telling(&format!("{} {}", account.0.given, account.0.surname).replace('-', hyphen));
        file.iter().all(|word| has(&own, word)) && own.iter().all(|word| has(&file, word))
            // A file may leave out given names that the account has.
            || file.len() > 1 && file.iter().all(|word| has(&own, word))
    })
}

fn check(rng: &mut Rng, everybody: &[(Name, Names)], match_by: &str, with_owner: bool) -> Result<(), TestCaseError> {
    let chosen: Vec<usize> = (0..FILES).map(|_| rng.usize(..everybody.len())).collect();
    let is_gone = |place: usize| !with_owner && chosen.contains(&place);
    let left: Vec<&(Name, Names)> =
        everybody.iter().enumerate().filter(|(place, _)| !is_gone(*place)).map(|(_, one)| one).collect();
    let company = Company::new(left.iter().map(|(_, names)| names.clone()).collect()).match_by(match_by);
    let spelled: Vec<String> = chosen.iter().map(|&place| spelling(&everybody[place].0, rng)).collect();
    let files: Vec<String> = spelled.iter().map(|spelled| with_extra(spelled, rng)).collect();
    let outcomes = company.folder(&files.iter().map(String::as_str).collect::<Vec<_>>());
    for ((spelled, file), (outcome, &place)) in spelled.iter().zip(&files).zip(outcomes.iter().zip(&chosen)) {
        let Ok(logon) = outcome else { continue };
        let (owner, own) = &everybody[place];
        let given = left.iter().find(|(_, names)| names.sam_account_name == *logon).expect("one of them");
        prop_assert!(
            // A file that bears a logon name is that account's: Soo Jin's "soojin" is that of the account soojin.
            *logon == own.sam_account_name || spelled.eq_ignore_ascii_case(logon) || is_namesake(spelled, given),
            "{file}.jpg of {owner:?} went to {logon}, {:?}",
            given.0
        );
    }
    Ok(())
}

/// Testing one company takes seconds, so only a few are tested; set `PROPTEST_CASES` to test more.
fn few_companies() -> ProptestConfig {
    ProptestConfig { cases: 2, failure_persistence: None, max_shrink_iters: 0, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(few_companies())]

    #[test]
    fn no_file_goes_to_another_than_it_is_called_after(seed in any::<u64>()) {
        let mut rng = Rng::with_seed(seed);
        let everybody = people::company(&mut rng, PEOPLE);
        for match_by in ["sAMAccountName", "displayName", "name", "sAMAccountName,name,mail"] {
            check(&mut rng, &everybody, match_by, true)?;
            check(&mut rng, &everybody, match_by, false)?;
        }
    }

    #[test]
    fn plain_text_keeps_nobody_from_the_photo(seed in any::<u64>()) {
        let mut rng = Rng::with_seed(seed);
        let everybody = people::company(&mut rng, PEOPLE);
        let company = Company::new(everybody.iter().map(|(_, names)| names.clone()).collect());
        let extras = extras();
        prop_assert!(extras.len() >= 500);
        let owners: Vec<&str> = extras.iter().map(|_| &*everybody[rng.usize(..everybody.len())].1.sam_account_name).collect();
        let files: Vec<String> = owners.iter().zip(&extras).map(|(logon, extra)| format!("{logon}{extra}")).collect();
        let outcomes = company.folder(&files.iter().map(String::as_str).collect::<Vec<_>>());
        let failed = files.iter().zip(&owners).zip(outcomes).filter_map(|((file, logon), outcome)| {
            let is_right = match &outcome {
                Ok(found) => found == *logon,
                // Somebody may be called Neu, so "anna Neu" may be a person who has left.
                Err(Mismatch::UnexplainedText { text, .. }) => text.split(' ').all(|word| {
                    is_plain_name(word) && (word.contains(char::is_uppercase) || file.contains(&format!(".{word}")))
                }),
                Err(Mismatch::NameOfAnother { other, .. }) => {
                    let digits: String = file.chars().filter(char::is_ascii_digit).collect();
                    let other = everybody.iter().find(|(_, names)| names.sam_account_name == other.user);
                    other.is_some_and(|(name, names)| {
                        // A time of day may be somebody's employee number: 10.15.00 and 101500.
                        digits.contains(&names.employee_id) && !file.contains(&names.employee_id)
                            // Somebody may be called Linh Do: "linh zdjęcie do legitymacji".
                            || telling(&format!("{} {}", name.given, name.surname)).iter().all(|word| {
                                telling(file).iter().any(|in_file| !in_file.is_disjoint(word))
                            })
                    })
                }
                Err(_) => false,
            };
            (!is_right).then(|| format!("{file}: {outcome:?}"))
        });
        let failed: Vec<String> = failed.collect();
        prop_assert!(failed.is_empty(), "{}", failed.join("\n"));
    }
}
