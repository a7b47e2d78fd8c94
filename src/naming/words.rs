//! Splits a text, such as a file's name or an account's name, into the words that may be part of a person's name.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::spelling::is_apostrophe;
use super::{common, title};

/// The maximum number of words that are read from one text; a longer text describes the photo and is not a name.
pub(super) const MAX_WORDS: usize = 64;

/// The maximum number of words that are put together up to a word, and from it on, itself included.
const MAX_JOINED: usize = 3;

/// A run of letters, or of digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word<'t> {
    /// The word as it was written.
    pub(super) text: &'t str,
    /// The position of the word in the text.
    pub(super) at: Range<usize>,
    /// The text between the previous word and this one; empty where only a digit or a capital separates them.
    pub(super) joint: &'t str,
    /// Whether the word is part of a run of letters and digits, as in `Miller2` and `v2`.
    pub(super) beside_digits: bool,
    /// Whether the word is part of a title, such as `Dr.` or `Dipl.-Ing.`
    pub(super) is_title: bool,
}

impl Word<'_> {
    pub(super) fn is_number(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Returns whether the word follows the previous one directly: `Lena` in `AnnaLena`, `2` in `Miller2`.
    pub(super) fn is_joined(&self) -> bool {
        self.joint.is_empty() && self.at.start > 0
    }
}

/// Returns the first [`MAX_WORDS`] words of a text, in order.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut end = 0;
    for chunk in chunks(text) {
        let content = &text[chunk.clone()];
        let beside_digits =
            content.contains(|c: char| c.is_ascii_digit()) && content.contains(|c: char| !c.is_ascii_digit());
        // `PhD` and `WhatsApp` are one word each, despite the capitals inside.
        let is_whole = title::is_title(content) || common::is_plain_word(content);
        let whole = std::iter::once(0..content.len());
        let parts = if is_whole { whole.collect() } else { split(content) };
        for at in parts.into_iter().map(|part| chunk.start + part.start..chunk.start + part.end) {
            if words.len() == MAX_WORDS {
                return words;
            }
            let (word, joint) = (&text[at.clone()], &text[end..at.start]);
            end = at.end;
            let follows_title = words.last().is_some_and(|last| last.is_title);
            let has_dot = text[end..].starts_with('.');
            let is_title = !beside_digits && title::is_title_there(word, has_dot, joint, follows_title);
            words.push(Word { text: word, at, joint, beside_digits, is_title });
        }
    }
    words
}

/// Returns all ranges of words that contain the one at this place, and neighbours that only capitals separate from it:
/// those of `Carthy` and `McCarthy`.
pub(super) fn joined(words: &[Word<'_>], place: usize) -> Vec<Range<usize>> {
    let goes_on = |at: usize| words[at].is_joined() && !words[at].is_number() && !words[at - 1].is_number();
    let first = (1..=place).rev().find(|&at| !goes_on(at)).unwrap_or(0).max((place + 1).saturating_sub(MAX_JOINED));
    let end = (place + 1..words.len()).find(|&at| !goes_on(at)).unwrap_or(words.len()).min(place + MAX_JOINED);
    (first..=place).flat_map(|begin| (place + 1..=end).map(move |end| begin..end)).collect()
}

/// Returns the runs of letters and digits. An apostrophe between two letters belongs to the run.
fn chunks(text: &str) -> Vec<Range<usize>> {
    let mut chunks: Vec<Range<usize>> = Vec::new();
    let mut before = ' ';
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let next = rest.peek().map_or(' ', |&(_, next)| next);
        let belongs = c.is_alphanumeric()
            || is_combining_mark(c)
            || is_apostrophe(c) && before.is_alphabetic() && next.is_alphabetic();
        before = c;
        if !belongs {
            continue;
        }
        let end = at + c.len_utf8();
        match chunks.last_mut().filter(|last| last.end == at) {
            Some(last) => last.end = end,
            None => chunks.push(at..end),
        }
    }
    chunks
}

/// Splits where a number begins or ends, and where a capital follows a small letter.
fn split(chunk: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in chunk.char_indices() {
        let ends = before.is_some_and(|before| {
            let is_letter = !c.is_ascii_digit() && !is_combining_mark(c);
            before.is_ascii_digit() && is_letter
                || !before.is_ascii_digit() && c.is_ascii_digit()
                || before.is_lowercase() && c.is_uppercase()
        });
        if ends {
            parts.push(start..at);
            start = at;
        }
        before = Some(c);
    }
    parts.push(start..chunk.len());
    parts
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::{joined, words};

    #[test]
    fn words_are_letters_or_digits() {
        let found = |text| words(text).iter().map(|word| word.text.to_owned()).collect::<Vec<_>>();
        assert_eq!(found("Zelda Miller_2"), ["Zelda", "Miller", "2"]);
        assert_eq!(found("Miller2.jpg"), ["Miller", "2", "jpg"]);
        assert_eq!(found("648x648 (2)"), ["648", "x", "648", "2"]);
        assert_eq!(found("O'Hara–O’Neill 'x'"), ["O'Hara", "O’Neill", "x"]);
        assert_eq!(found("AnnaMcDonald"), ["Anna", "Mc", "Donald"]);
        assert_eq!(found("mu\u{308}ller"), ["mu\u{308}ller"]);
        assert_eq!(found("Müller, Anna-Lena"), ["Müller", "Anna", "Lena"]);
        assert_eq!(found(" -_.()"), [""; 0]);
    }

    #[test]
    fn a_word_knows_what_joins_it() {
        let joints = |text| words(text).iter().map(|word| word.joint.to_owned()).collect::<Vec<_>>();
        assert_eq!(joints("Anna - Winter_2x"), ["", " - ", "_", ""]);
        assert!(words("v2")[1].is_joined() && !words("v2")[0].is_joined());
        assert!(words("v2").iter().all(|word| word.beside_digits));
    }

    #[test]
    fn a_word_is_put_together_with_those_that_capitals_separate_from_it() {
        let found = |text, place| {
            let words = words(text);
            let text = |range: Range<usize>| words[range].iter().map(|word| word.text).collect::<String>();
            joined(&words, place).into_iter().map(text).collect::<Vec<_>>()
        };
        assert_eq!(found("Tara McCarthy2", 2), ["McCarthy", "Carthy"]);
        assert_eq!(found("Tara McCarthy2", 1), ["Mc", "McCarthy"]);
        assert_eq!((found("Tara McCarthy2", 0), found("Tara McCarthy2", 3)), (vec!["Tara".into()], vec!["2".into()]));
        assert_eq!(found("AnnaMcDonald", 1), ["AnnaMc", "AnnaMcDonald", "Mc", "McDonald"]);
    }

    proptest! {
        #[test]
        fn no_letter_is_lost(text in any::<String>()) {
            let kept: String = words(&text).iter().map(|word| word.text).collect();
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            prop_assert!(letters(&text).starts_with(&letters(&kept)));
            prop_assert!(words(&text).len() == super::MAX_WORDS || letters(&text) == letters(&kept));
            prop_assert!(words(&text).iter().all(|word| &text[word.at.clone()] == word.text));
        }
    }
}
