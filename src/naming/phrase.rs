//! Phrases of plain words, such as "foto de perfil", and the joining words in them, some of which are names, too.

use super::common;
use super::spelling::bare;
use super::words::Word;

/// Joining words that are names, too, and that no phrase begins with, because they are articles or pronouns: after
/// "photo", `le` in "photo le badge" is a name.
const NO_PREPOSITIONS: [&str; 17] =
    ["das", "el", "her", "il", "la", "las", "le", "les", "lo", "los", "my", "os", "su", "uma", "un", "una", "uno"];
/// Joining words that are given names in a short form, which no list has: of Albert, Adela, Diana.
const SHORT_NAMES: [&str; 3] = ["al", "della", "di"];
/// Words for a copy, which systems put before a file's name: "Copia di anna".
const COPIES: [&str; 4] = ["copia", "copie", "copy", "kopie"];
/// Pairs of colours that mean a photo without colours, although each word is a name, too.
const BLACK_AND_WHITE: [[&str; 2]; 10] = [
    ["black", "white"],
    ["schwarz", "weiss"],
    ["noir", "blanc"],
    ["blanco", "negro"],
    ["bianco", "nero"],
    ["preto", "branco"],
    ["zwart", "wit"],
    ["svart", "vit"],
    ["siyah", "beyaz"],
    ["fekete", "feher"],
];

/// Marks joining words as plain where their neighbours are.
pub(super) fn mark_joining_words(words: &[Word<'_>], plain: &mut [bool]) {
    // Going over the words in both directions marks several in a row.
    let forwards = 0..words.len();
    for place in forwards.clone().chain(forwards.rev()) {
        let word = &words[place];
        // `Le` and `Do` are names, too, so these are plain only in a phrase.
        let is_joining = match is_name_too(word.text) {
            true => is_in_phrase(words, plain, place),
            false => has_plain_word_beside(words, plain, place) || is_between_numbers(words, place),
        };
        plain[place] |= is_joining && common::is_joining_word(word.text);
    }
}

/// Marks pairs such as `schwarz-weiß` and `black and white` as plain. Each of these words alone may be a surname.
pub(super) fn mark_black_and_white(words: &[Word<'_>], plain: &mut [bool]) {
    let spelled: Vec<String> = words.iter().map(|word| bare(word.text)).collect();
    for first in 0..words.len() {
        for second in first + 1..words.len().min(first + 3) {
            let are_colours = BLACK_AND_WHITE
                .iter()
                .any(|pair| pair.iter().zip([first, second]).all(|(colour, place)| spelled[place] == *colour));
            if are_colours && (second == first + 1 || common::is_joining_word(&spelled[first + 1])) {
                plain[first..=second].fill(true);
            }
        }
    }
}

/// Returns whether the joining word at this place leads from a plain word to what the photo is for, perhaps together with
/// others: `de` in "foto de perfil", `do` and `o` in "foto do o crachá". If the first of them is nobody's name, they may
/// lead to any plain word: `das` in "Foto für das Sommerfest". Behind a word for a copy at the very beginning they may lead
/// to anything: "Copia di anna". A joining word with a capital counts only if the words before and behind have one, too: `Da`
/// in "foto Da profil" may be a name.
pub(super) fn is_in_phrase(words: &[Word<'_>], plain: &[bool], place: usize) -> bool {
    let joins = |at: &usize| common::is_joining_word(words[*at].text);
    let Some(first) = (0..=place).rev().take_while(joins).last() else { return false };
    let Some(before) = first.checked_sub(1) else { return false };
    let Some(behind) = (place + 1..words.len()).find(|at| !joins(at)) else { return false };
    let (lead, is_capital) = (&words[first], has_capital(&words[place]));
    if before == 0 && !is_capital && COPIES.contains(&&*bare(words[before].text)) {
        return true;
    }
    let is_plain_word = |at: usize| plain[at] && !words[at].is_number();
    let is_name = is_name_too(lead.text) || has_capital(lead) && common::is_plain_name(lead.text);
    is_plain_word(before)
        && is_plain_word(behind)
        && !NO_PREPOSITIONS.iter().any(|word| lead.text.eq_ignore_ascii_case(word))
        && (!is_name || is_purpose(words, behind))
        && (!is_capital || has_capital(&words[before]) && has_capital(&words[behind]))
}

/// Returns whether a joining word that is a name, too, may lead to the plain word at this place.
fn is_purpose(words: &[Word<'_>], place: usize) -> bool {
    let text = words[place].text;
    common::is_purpose(text) || common::is_month(text) || is_colour_of_pair(text)
}

/// Returns whether a joining word leads to the word at this place in a phrase: `Garten` in "Foto im Garten".
pub(super) fn is_led_to(words: &[Word<'_>], plain: &[bool], place: usize) -> bool {
    let joins = |before: usize| common::is_joining_word(words[before].text) && !has_capital(&words[before]);
    place.checked_sub(1).is_some_and(|before| joins(before) && is_in_phrase(words, plain, before))
}

pub(super) fn is_common_name(word: &str) -> bool {
    common::is_given_name(word) || common::is_surname(word)
}

/// Returns whether the joining word is a common name, too.
fn is_name_too(word: &str) -> bool {
    is_common_name(word) || SHORT_NAMES.iter().any(|name| name.eq_ignore_ascii_case(word))
}

fn is_colour_of_pair(word: &str) -> bool {
    let word = bare(word);
    BLACK_AND_WHITE.iter().flatten().any(|colour| *colour == word)
}

fn has_capital(word: &Word<'_>) -> bool {
    word.text.contains(char::is_uppercase)
}

fn has_plain_word_beside(words: &[Word<'_>], plain: &[bool], place: usize) -> bool {
    neighbours(place).any(|other| plain.get(other) == Some(&true) && !words[other].is_number())
}

fn is_between_numbers(words: &[Word<'_>], place: usize) -> bool {
    neighbours(place).filter(|&other| words.get(other).is_some_and(Word::is_number)).count() == 2
}

/// Returns the places before and behind this one; the latter may be beyond the last.
pub(super) fn neighbours(place: usize) -> impl Iterator<Item = usize> {
    [place.checked_sub(1), place.checked_add(1)].into_iter().flatten()
}
