//! Dates and times in the names of files, which are nobody's name and nobody's number.

use std::ops::Range;

use super::common;
use super::words::Word;

/// The beginnings of years.
const CENTURIES: [&str; 2] = ["19", "20"];
/// File endings that stand in names twice: `2024.jpg.jpg`.
const FILE_ENDINGS: [&str; 4] = ["jpg", "jpeg", "png", "heic"];

pub(super) fn is_year(word: &Word<'_>) -> bool {
    word.text.len() == 4 && is_year_number(word.text)
}

/// Returns whether the word is a date such as `20240131` or `31012024`, perhaps with a time behind it.
pub(super) fn is_date(word: &Word<'_>) -> bool {
    let digits = word.text;
    if !word.is_number() || digits.len() < 8 {
        return false;
    }
    let (date, time) = digits.split_at(8);
    let is_in_order = |year: Range<usize>, month: Range<usize>, day: Range<usize>| {
        is_year_number(&date[year])
            && (1..=12).contains(&number(&date[month]))
            && (1..=31).contains(&number(&date[day]))
    };
    let is_date = is_in_order(0..4, 4..6, 6..8) || is_in_order(4..8, 2..4, 0..2) || is_in_order(4..8, 0..2, 2..4);
    is_date && (time.is_empty() || is_time(time))
}

/// Returns whether the word at this place is a time, because it follows a date: `20240131_101500`.
pub(super) fn is_time_of_date(words: &[Word<'_>], place: usize) -> bool {
    let follows_date = || place.checked_sub(1).is_some_and(|before| is_date(&words[before]));
    words[place].is_number() && is_time(words[place].text) && follows_date()
}

/// Returns whether the word at this place is the month of a date: `12. März 2024`, `2024-März-12`.
pub(super) fn is_month_of_date(words: &[Word<'_>], place: usize) -> bool {
    let (Some(before), Some(behind)) = (place.checked_sub(1), words.get(place + 1)) else { return false };
    let is_day = |at: usize| (1..=31).contains(&number(words[at].text)) && !is_in_brackets(words, at);
    common::is_month(words[place].text)
        && (is_day(before) && is_year(behind) || is_year(&words[before]) && is_day(place + 1))
}

/// Returns whether the key, a number at the beginning of a file's name, may be a date or year: it is a year with more
/// text behind it than a counter (`2024 Messe`), a date, or the day of one (`31.01.2024`).
pub(super) fn may_be_date(words: &[Word<'_>], key: &Range<usize>) -> bool {
    let [word, rest @ ..] = words else { return false };
    let is_counter = |word: &Word<'_>| word.joint.contains('(') && word.is_number() && word.text.len() < 4;
    let is_said = rest.iter().any(|word| !is_counter(word) && !FILE_ENDINGS.contains(&&*word.text.to_lowercase()));
    if word.at != *key || !word.is_number() || !is_said {
        return false;
    }
    let is_day = |word: &Word<'_>| word.text.len() <= 2;
    let goes_on = |rest: &[Word<'_>]| match rest {
        [month, year, ..] => {
            (month.is_number() && is_day(month) || common::is_month(month.text))
                && year.is_number()
                && (is_year(year) || is_day(year))
        }
        _ => false,
    };
    is_year(word) || is_date(word) || is_day(word) && goes_on(rest)
}

/// Returns whether the word stands in brackets by itself, as the counter of a copy does: `anna (2)`.
fn is_in_brackets(words: &[Word<'_>], place: usize) -> bool {
    words[place].joint.ends_with('(') && words.get(place + 1).is_none_or(|next| next.joint.starts_with(')'))
}

fn is_year_number(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_digit()) && CENTURIES.iter().any(|century| digits.starts_with(century))
}

/// Returns whether the digits are hours and minutes, perhaps with seconds, and these with thousandths.
fn is_time(digits: &str) -> bool {
    let below = |range: Range<usize>, end: u32| digits.get(range).is_none_or(|digits| number(digits) < end);
    matches!(digits.len(), 4 | 6 | 9) && below(0..2, 24) && below(2..4, 60) && below(4..6, 60)
}

/// Returns the number that the digits are, or the largest one if they are none.
fn number(digits: &str) -> u32 {
    digits.parse().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::{is_date, is_month_of_date, is_time_of_date};

    #[test]
    fn dates_have_days_and_months() {
        for text in ["20240131", "31012024", "01312024", "19991231", "202401311015", "20240131101500"] {
            assert!(is_date(&words(text)[0]), "{text}");
        }
        for text in ["2024", "20014711", "20241301", "31132024", "12345678", "202401312515", "2024013110150", "1912"] {
            assert!(!is_date(&words(text)[0]), "{text}");
        }
    }

    #[test]
    fn a_time_follows_a_date() {
        for text in ["20240131_101500", "31012024 1015", "PXL_20240131_101500123"] {
            let words = words(text);
            assert!(is_time_of_date(&words, words.len() - 1), "{text}");
        }
        for text in ["20240131_100472", "20240131 251500", "20240131 1", "2024 101500", "anna 101500", "101500"] {
            let words = words(text);
            assert!(!is_time_of_date(&words, words.len() - 1), "{text}");
        }
    }

    #[test]
    fn a_counter_is_no_day() {
        let has_date = |text: &str| {
            let words = words(text);
            (0..words.len()).any(|place| is_month_of_date(&words, place))
        };
        for text in ["12. März 2024", "2024-März-12", "anna (3. Mai 2021)", "1 April 2024 (2)"] {
            assert!(has_date(text), "{text}");
        }
        for text in ["2024 April (2)", "(2) April 2024", "April 2024", "2 April", "32 Mai 2024", "12. Anna 2024"] {
            assert!(!has_date(text), "{text}");
        }
    }
}
