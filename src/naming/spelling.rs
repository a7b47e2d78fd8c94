//! How names are spelled: which spellings are the same name, and which only look like it.
//!
//! There are four forms of a text, each coarser than the one before. Only the first two may decide who gets a photo;
//! the others find out whom else the text may name.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Returns the form in which a key and an attribute's value are compared. Case and the Unicode form do not matter: file
/// names from macOS are decomposed.
pub(super) fn key(text: &str) -> String {
    // Some letters are composed only once they are in lower case.
    text.trim().nfc().collect::<String>().to_lowercase().nfc().collect()
}

/// Returns the form in which a name *is called* the same: [`key`], transliterated. Accents stay, so `Novák` is not
/// `Novak`.
pub(super) fn called(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    for c in key(text).chars() {
        match transliteration(c) {
            Some(letters) => spelled.push_str(letters),
            // This is the dot that `İ` leaves in lower case.
            None if c == '\u{307}' && spelled.ends_with('i') => {}
            None if is_apostrophe(c) => spelled.push('\''),
            None => spelled.push(c),
        }
    }
    spelled.trim().nfc().collect()
}

/// Returns the form that people write whose keyboard has no accents: `Müller` is `muller`, `O’Hara` is `ohara`.
pub(super) fn bare(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    // Apostrophes are removed first, because NFKD would split `´` into a blank and an accent.
    for c in text.chars().filter(|&c| !is_apostrophe(c)).nfkd().flat_map(char::to_lowercase) {
        match c {
            'ø' => spelled.push('o'),
            _ if is_combining_mark(c) || is_apostrophe(c) => {}
            _ => match transliteration(c).or_else(|| greek(c)) {
                Some(letters) => spelled.push_str(letters),
                None => spelled.push(c),
            },
        }
    }
    spelled.trim().to_owned()
}

/// Returns the form that is the same for `Müller`, `Mueller` and `Muller`, and so also for `Bauer` and `Baur`.
pub(super) fn wide(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    for c in bare(text).chars() {
        let is_umlaut = c == 'e' && spelled.ends_with(['a', 'o', 'u']) || c == 'a' && spelled.ends_with('a');
        if !is_umlaut {
            spelled.push(c);
        }
    }
    spelled
}

pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '＇')
}

/// Returns how passports write a lower-case letter (ICAO Doc 9303-3, section 6, tables A and B). Of the letters with an
/// accent, only those are here whose transliteration people use: ä, ö, ü and å. The letter ə is not in those tables.
fn transliteration(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' | 'æ' => "ae",
        'ö' | 'ø' | 'œ' => "oe",
        'ü' => "ue",
        'å' => "aa",
        'ß' => "ss",
        'ł' | 'ŀ' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "n",
        'ı' | 'и' | 'й' | 'і' | 'ї' => "i",
        'ə' => "e",
        'ĳ' => "ij",
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' | 'ѓ' => "g",
        'д' => "d",
        'е' | 'ё' | 'э' => "e",
        'ж' => "zh",
        'з' => "z",
        'к' | 'ќ' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ў' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'є' => "ie",
        'ы' => "y",
        'ь' => "",
        'ю' => "iu",
        'я' => "ia",
        'ђ' => "d",
        'ј' => "j",
        'љ' => "lj",
        'њ' => "nj",
        'ћ' => "c",
        'џ' | 'ѕ' => "dz",
        _ => return None,
    })
}

/// Returns how Greek passports write a letter without accents (ELOT 743); its pairs of letters (ου, αυ) are left out.
fn greek(c: char) -> Option<&'static str> {
    const LETTERS: [&str; 25] = [
        "a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "y", "f",
        "ch", "ps", "o",
    ];
    let place = u32::from(c).checked_sub(u32::from('α'))?;
    LETTERS.get(usize::try_from(place).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{bare, called, key, wide};

    #[test]
    fn transliterations_are_called_the_same_and_stripped_accents_are_not() {
        for (one, other) in [
            ("Müller", "MUELLER"),
            ("Mu\u{308}ller", "mueller"),
            ("Groß", "Gross"),
            ("GROẞ", "Groß"),
            ("Søren", "Soeren"),
            ("Åse", "Aase"),
            ("Æbelø", "Aebeloe"),
            ("Łucja", "Lucja"),
            ("Đorđe", "Dorde"),
            ("Işık", "isik".replace('s', "ş").as_str()),
            ("İbrahim", "Ibrahim"),
            ("Þóra", "Thóra"),
            ("O’Hara", "O'Hara"),
            ("Иван Петров", "Ivan Petrov"),
        ] {
            assert_eq!(called(one), called(other), "{one}, {other}");
        }
        for (one, other) in [("Müller", "Muller"), ("Novák", "Novak"), ("García", "Garcia"), ("O'Hara", "OHara")] {
            assert_ne!(called(one), called(other), "{one}, {other}");
            assert_eq!(bare(one), bare(other), "{one}, {other}");
        }
        assert_ne!(called("Bauer"), called("Baur"));
        assert_ne!(bare("Bauer"), bare("Baur"));
        assert_ne!(key("Jürgen"), key("Juergen"));
    }

    #[test]
    fn the_widest_form_knows_no_umlauts() {
        for (one, other) in [
            ("Müller", "Mueller"),
            ("Müller", "Muller"),
            ("Sørensen", "Sorensen"),
            ("Sørensen", "Soerensen"),
            ("Ağaoğlu", "Agaoglu"),
            ("Nguyễn", "Nguyen"),
            ("Παπάς", "Papas"),
            ("Ｋｉｍ", "Kim"),
        ] {
            assert_eq!(wide(one), wide(other), "{one}, {other}");
        }
    }

    proptest! {
        #[test]
        fn each_form_is_coarser_than_the_one_before(one in "[a-zäöüßøåæłđıéAÄÖ' ]{0,6}", other in "[a-zäöüßøåæłđıéAÄÖ' ]{0,6}") {
            for (one, other) in [(&one, &other), (&one, &one.to_uppercase())] {
                prop_assert!(key(one) != key(other) || called(one) == called(other));
                prop_assert!(called(one) != called(other) || wide(one) == wide(other));
                prop_assert!(bare(one) != bare(other) || wide(one) == wide(other));
            }
        }

        #[test]
        fn a_form_is_its_own_form(text in any::<String>()) {
            prop_assert_eq!(called(&called(&text)), called(&text));
            prop_assert_eq!(bare(&bare(&text)), bare(&text));
        }
    }
}
