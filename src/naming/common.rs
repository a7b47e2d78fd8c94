//! Word lists that are part of the program: common names, and words that are nobody's name.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::spelling::{bare, called};

/// Returns whether the word is a common given name.
pub(super) fn is_given_name(word: &str) -> bool {
    static LIST: OnceLock<List> = OnceLock::new();
    List::of(&LIST, include_str!("data/given_names.txt")).has(word)
}

/// Returns whether the word is a common surname, or one part of it.
pub(super) fn is_surname(word: &str) -> bool {
    static LIST: OnceLock<List> = OnceLock::new();
    List::of(&LIST, include_str!("data/surnames.txt")).has(word)
}

/// Returns whether the word is usual in the names of photo files and is nobody's name: `foto`, `final`.
pub(super) fn is_plain_word(word: &str) -> bool {
    static LIST: OnceLock<List> = OnceLock::new();
    List::of(&LIST, include_str!("data/plain_words.txt")).has(word)
}

/// Returns whether the plain word or month is somebody's name, too: `Best`, `März`.
pub(super) fn is_plain_name(word: &str) -> bool {
    static LIST: OnceLock<List> = OnceLock::new();
    List::of(&LIST, include_str!("data/plain_names.txt")).has(word)
}

/// Returns whether the word joins other words: `of`, `für`, `van`.
pub(super) fn is_joining_word(word: &str) -> bool {
    static LIST: OnceLock<List> = OnceLock::new();
    List::of(&LIST, include_str!("data/joining_words.txt")).has(word)
}

/// Returns whether a joining word may lead to this plain word: `perfil` in "foto de perfil".
pub(super) fn is_purpose(word: &str) -> bool {
    static LIST: OnceLock<List> = OnceLock::new();
    List::of(&LIST, include_str!("data/purposes.txt")).has(word)
}

/// Returns whether the word is the name of a month in a European language.
pub(super) fn is_month(word: &str) -> bool {
    static LIST: OnceLock<List> = OnceLock::new();
    List::of(&LIST, include_str!("data/months.txt")).has(word)
}

/// A list of words, each in two spellings: without accents, and transliterated.
struct List(HashSet<String>);

impl List {
    fn of(list: &'static OnceLock<Self>, text: &str) -> &'static Self {
        list.get_or_init(|| {
            let lines = text.lines().filter(|line| !line.starts_with('#'));
            let words = lines.flat_map(str::split_whitespace).flat_map(|word| word.split('-'));
            Self(words.flat_map(|word| [bare(word), called(word).replace('\'', "")]).collect())
        })
    }

    fn has(&self, word: &str) -> bool {
        self.0.contains(&bare(word)) || self.0.contains(&called(word).replace('\'', ""))
    }
}

#[cfg(test)]
mod tests {
    use super::{is_given_name, is_joining_word, is_month, is_plain_name, is_plain_word, is_surname};

    #[test]
    fn names_are_known_in_every_spelling() {
        for name in ["Jürgen", "juergen", "JURGEN", "Łukasz", "lukasz", "Søren", "Seán", "Emine", "Linh", "Wei"] {
            assert!(is_given_name(name), "{name}");
        }
        for name in ["Müller", "Mueller", "muller", "O’Brien", "OBrien", "Öztürk", "Nowak", "Nguyễn", "Zhang"] {
            assert!(is_surname(name), "{name}");
        }
        assert!(!is_given_name("Kitchen") && !is_surname("Kitchen"));
    }

    #[test]
    fn no_word_is_a_name_and_plain() {
        let words = include_str!("data/plain_words.txt").lines().filter(|line| !line.starts_with('#'));
        for word in words.flat_map(str::split_whitespace).flat_map(|word| word.split('-')) {
            assert!(!is_given_name(word) && !is_surname(word), "{word}");
            assert!(!is_joining_word(word) || word.chars().count() == 1, "{word}");
        }
        let purposes = include_str!("data/purposes.txt").lines().filter(|line| !line.starts_with('#'));
        for word in purposes.flat_map(str::split_whitespace) {
            assert!(is_plain_word(word), "{word}");
        }
        // Names of the lists that generate people for tests in the languages of Europe.
        let names = "Beard Best Bright Carre Cartes Close Comment Company Contractor Cuadrado Date Dib Duze English Fondo \
            Gala Glasses Grande Grau Hell Helm Kolega Konečná Kopf Kort Low Malá More Neu Poza Sales Small Uus Edit Kåre \
            Cara Mare Nova Novi Prima Vid Ale Alta Cam Dia Handy Media Minta Noi Nya Press Qadim Side Tiny Yeni April \
            August Jan January Juli Mayo Mars Abril Kasım Ott Sierpień Marec November";
        for name in names.split_whitespace() {
            assert!(!is_plain_word(name) && !is_month(name) || is_plain_name(name), "{name}");
        }
        assert!(is_plain_word("Foto") && is_plain_word("ФОТО") && is_plain_word("Zdjecie"));
    }
}
