//! Recognizes plain text, the text in a file's name that does not tell who is in the photo: numbers, sizes, dates,
//! counters, and words such as `foto` in the languages of Europe.

use super::date::{is_date, is_month_of_date, is_time_of_date, is_year};
use super::phrase::{self, is_common_name, neighbours};
use super::spelling::bare;
use super::words::Word;
use super::{common, title};

/// The number of letters that a word beside digits needs to be a possible name (`Miller2`); shorter ones are units or
/// versions (`px`, `v2`).
const MIN_NAME_BESIDE_DIGITS: usize = 3;

/// The number of digits that a number needs to be a possible employee ID; shorter ones are years, sizes and counters.
const MIN_DIGITS_OF_ID: usize = 5;
/// The number of digits of a number that may be the employee ID in a list's file.
const MIN_DIGITS_OF_SHORT_ID: usize = 4;
/// Words that cameras and programs write before a counter.
const CAMERAS: [&str; 14] =
    ["img", "image", "imgp", "dsc", "dscn", "dscf", "p", "pict", "pxl", "mvimg", "gopr", "wa", "scan", "screenshot"];

/// Endings of compound words that mean a photo: `Mitarbeiterportrait`, `badgefoto`.
const ENDINGS: [&str; 10] =
    ["foto", "fotos", "photo", "photos", "bild", "bilder", "portrait", "portraits", "ausweis", "kopie"];

/// Returns for each word whether it is plain.
pub(super) fn mark(words: &[Word<'_>]) -> Vec<bool> {
    let mut plain: Vec<bool> = words.iter().map(is_plain).collect();
    phrase::mark_black_and_white(words, &mut plain);
    for place in 0..words.len() {
        // Mai and April are names, too, so they need a number on both sides: "12. Mai 2024" is a date, "Anh Mai 2" is
        // not.
        let needed = if is_common_name(words[place].text) { 2 } else { 1 };
        plain[place] |= numbers_beside(words, place) >= needed && common::is_month(words[place].text);
    }
    phrase::mark_joining_words(words, &mut plain);
    plain
}

/// Returns for each word whether it may be a name although it is plain or a title. Beside a key that reads as a name, it
/// may be the surname of a person who has left: `Best` in "anna Best", `März` in "anna März 2".
pub(super) fn doubtful(words: &[Word<'_>], plain: &[bool]) -> Vec<bool> {
    let is_doubtful = |place: usize| {
        let word = &words[place];
        let is_capital = word.text.contains(char::is_uppercase);
        if word.is_title {
            // A title needs a name behind it.
            return title::is_name_too(word.text) && plain.get(place + 1).is_none_or(|plain| *plain);
        }
        if !plain[place] {
            return false;
        }
        if common::is_plain_word(word.text) {
            // Lower-case words are usual behind a name, but not behind a dot, as in `anna.best`.
            let is_name = common::is_plain_name(word.text) && !phrase::is_led_to(words, plain, place);
            return is_name && (is_capital || word.joint == ".");
        }
        if common::is_month(word.text) {
            let is_beside_year = neighbours(place).any(|other| words.get(other).is_some_and(is_year));
            let is_date = is_month_of_date(words, place) || is_beside_year && !is_capital && word.joint != ".";
            return common::is_plain_name(word.text) && !is_date;
        }
        let is_initial = word.text.chars().count() == 1;
        let is_name = is_initial || common::is_plain_name(word.text) || is_common_name(word.text);
        common::is_joining_word(word.text) && is_capital && is_name && !phrase::is_in_phrase(words, plain, place)
    };
    (0..words.len()).map(is_doubtful).collect()
}

/// Takes the mark from joining words that are somebody's name, unless they stand in a phrase: `Al` in "foto Al" may be a
/// person, `al` in "foto al carnet" is not.
pub(super) fn unmark_names(words: &[Word<'_>], plain: &mut [bool], is_name: impl Fn(&Word<'_>) -> bool) {
    for place in 0..words.len() {
        let joins = plain[place] && common::is_joining_word(words[place].text) && is_name(&words[place]);
        plain[place] &= !joins || phrase::is_in_phrase(words, plain, place);
    }
}

/// Marks months beside a number as plain, even if they are names, too. This is for files whose key is a number or an
/// abbreviation.
pub(super) fn mark_months(words: &[Word<'_>], plain: &mut [bool]) {
    for (place, plain) in plain.iter_mut().enumerate() {
        *plain |= numbers_beside(words, place) > 0 && common::is_month(words[place].text);
    }
}

fn numbers_beside(words: &[Word<'_>], place: usize) -> usize {
    neighbours(place).filter(|&other| words.get(other).is_some_and(Word::is_number)).count()
}

/// Returns whether the word is a number that may be an employee ID: it is not short, not a date, and does not follow a
/// date or a camera's word, which would make it a time or a counter.
pub(super) fn may_be_id(words: &[Word<'_>], place: usize) -> bool {
    let word = &words[place];
    let is_counter = |before: usize| CAMERAS.contains(&&*words[before].text.to_lowercase());
    word.is_number()
        && word.text.len() >= MIN_DIGITS_OF_ID
        && !is_date(word)
        && !is_time_of_date(words, place)
        && !place.checked_sub(1).is_some_and(is_counter)
}

/// Returns whether the word is a number that may be a short employee ID (`1003`) or one with letters before it
/// (`E001003`). It may as well be a counter, so this is only for names of which many must agree.
pub(super) fn may_be_short_id(words: &[Word<'_>], place: usize) -> bool {
    let word = &words[place];
    let is_counter = |before: &Word<'_>| before.is_number() || CAMERAS.contains(&&*before.text.to_lowercase());
    word.is_number()
        && word.text.len() >= MIN_DIGITS_OF_SHORT_ID
        && !is_date(word)
        && (!is_year(word) || words.len() == 1)
        && !place.checked_sub(1).is_some_and(|before| is_counter(&words[before]))
}

/// Returns whether the word is the `x` in a size such as `648x648`.
pub(super) fn is_in_size(words: &[Word<'_>], place: usize) -> bool {
    let is_joined = |other: usize| words.get(other).is_some_and(Word::is_joined);
    words[place].text.eq_ignore_ascii_case("x")
        && numbers_beside(words, place) == 2
        && is_joined(place)
        && is_joined(place + 1)
}

fn is_plain(word: &Word<'_>) -> bool {
    word.is_number()
        || common::is_plain_word(word.text)
        || ends_as_photo(word.text)
        || word.beside_digits && word.text.chars().count() < MIN_NAME_BESIDE_DIGITS && !is_common_name(word.text)
}

fn ends_as_photo(word: &str) -> bool {
    let word = bare(word);
    ENDINGS.iter().any(|ending| word.len() > ending.len() + 2 && word.ends_with(ending)) && !is_common_name(&word)
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::mark;

    fn not_plain(text: &str) -> String {
        let words = words(text);
        let plain = mark(&words);
        words.iter().zip(plain).filter(|(_, plain)| !plain).map(|(word, _)| word.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn sizes_dates_counters_and_words_for_photos_are_plain() {
        for text in [
            "648x648",
            "2023 (2)",
            "20240131_101500",
            "IMG_20240131_WA0012",
            "96px v2 300dpi",
            "jpg.jpg",
            "neu_final-2",
            "Kopie von",
            "foto für Ausweis",
            "Photo de profil",
            "Zdjęcie do legitymacji".replace("legitymacji", "legitymacja").as_str(),
            "WhatsApp Image 2024-01-31 at 10.15.00",
            "12. April 2024",
            "März 2024",
            "1A2B3C4D",
            "black and white",
            "Mitarbeiterportrait schwarz-weiß",
            "team photo (2)",
            "фото 2024",
        ] {
            assert_eq!(not_plain(text), "", "{text}");
        }
    }

    #[test]
    fn names_and_whatever_else_are_not() {
        for text in
            ["Miller2", "van der Berg", "April", "Anh Mai 2", "Kitchen", "Tim", "Anna de", "Anh Le", "May Jones", "Li2"]
        {
            assert_eq!(not_plain(text), text.replace('2', "").trim(), "{text}");
        }
        assert_eq!(not_plain("zelda Miller_final cropped"), "zelda Miller");
        assert_eq!(not_plain("zelda foto miller"), "zelda miller");
        assert_eq!((not_plain("Copia di zelda"), not_plain("zelda copia di")), ("zelda".into(), "zelda di".into()));
    }
}
