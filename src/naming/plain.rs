//! Recognizes plain text, the text in a file's name that does not tell who is in the photo: numbers, sizes, dates,
//! counters, and words such as `foto` in the languages of Europe.

use super::common;
use super::spelling::bare;
use super::words::Word;

/// The number of letters that a word beside digits needs to be a possible name (`Miller2`); shorter ones are units or
/// versions (`px`, `v2`).
const MIN_NAME_BESIDE_DIGITS: usize = 3;

/// The number of digits that a number needs to be a possible employee ID; shorter ones are years, sizes and counters.
const MIN_DIGITS_OF_ID: usize = 5;
/// Words that cameras and programs write before a counter.
const CAMERAS: [&str; 14] =
    ["img", "image", "imgp", "dsc", "dscn", "dscf", "p", "pict", "pxl", "mvimg", "gopr", "wa", "scan", "screenshot"];

/// Endings of compound words that mean a photo: `Mitarbeiterportrait`, `badgefoto`.
const ENDINGS: [&str; 10] =
    ["foto", "fotos", "photo", "photos", "bild", "bilder", "portrait", "portraits", "ausweis", "kopie"];
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

/// Returns for each word whether it is plain.
pub(super) fn mark(words: &[Word<'_>]) -> Vec<bool> {
    let mut plain: Vec<bool> = words.iter().map(is_plain).collect();
    mark_black_and_white(words, &mut plain);
    for place in 0..words.len() {
        // Mai and April are names, too, so they need a number on both sides: "12. Mai 2024" is a date, "Anh Mai 2" is
        // not.
        let needed = if is_common_name(words[place].text) { 2 } else { 1 };
        plain[place] |= numbers_beside(words, place) >= needed && common::is_month(words[place].text);
    }
    // A joining word is plain if its neighbour is. Going over the words in both directions marks several in a row.
    let forwards = 0..words.len();
    for place in forwards.clone().chain(forwards.rev()) {
        let is_number = |other: usize| words.get(other).is_some_and(Word::is_number);
        let is_between_numbers = numbers_beside(words, place) == 2;
        let words_beside =
            neighbours(place).filter(|&other| plain.get(other) == Some(&true) && !is_number(other)).count();
        // `Le` and `Do` are names, too ("Anh Le foto"), so they need plain words on both sides.
        let is_joining = match is_common_name(words[place].text) {
            true => words_beside == 2,
            false => words_beside > 0 || is_between_numbers,
        };
        plain[place] |= is_joining && common::is_joining_word(words[place].text);
    }
    plain
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
    let is_behind = |other: &Word<'_>| is_date(other) || CAMERAS.contains(&&*other.text.to_lowercase());
    let word = &words[place];
    word.is_number()
        && word.text.len() >= MIN_DIGITS_OF_ID
        && !is_date(word)
        && !place.checked_sub(1).is_some_and(|before| is_behind(&words[before]))
}

/// Returns whether the word is the `x` in a size such as `648x648`.
pub(super) fn is_in_size(words: &[Word<'_>], place: usize) -> bool {
    let is_joined = |other: usize| words.get(other).is_some_and(Word::is_joined);
    words[place].text.eq_ignore_ascii_case("x")
        && numbers_beside(words, place) == 2
        && is_joined(place)
        && is_joined(place + 1)
}

/// Returns whether the word is a date such as `20240131`, perhaps with a time behind it.
fn is_date(word: &Word<'_>) -> bool {
    let digits = word.text;
    word.is_number()
        && matches!(digits.len(), 8 | 12 | 14)
        && ["19", "20"]
            .iter()
            .any(|century| digits.starts_with(century) || digits.len() == 8 && digits[4..].starts_with(century))
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

/// Marks pairs such as `schwarz-weiß` and `black and white` as plain. Each of these words alone may be a surname.
fn mark_black_and_white(words: &[Word<'_>], plain: &mut [bool]) {
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

fn is_common_name(word: &str) -> bool {
    common::is_given_name(word) || common::is_surname(word)
}

fn neighbours(place: usize) -> impl Iterator<Item = usize> {
    [place.checked_sub(1), place.checked_add(1)].into_iter().flatten()
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
    }
}
