//! The parts of a name that may be a key: the whole name, and for a file's name also what stands before extra text.

use std::ops::Range;

use crate::source::Key;

/// The maximum length of a key, in characters, which no account's name exceeds. A DN may be longer than the 256
/// characters of sAMAccountName.
pub(super) const MAX_KEY_CHARS: usize = 1024;
/// The maximum number of ends of words at which a file's name is cut. No account's name has so many words.
const MAX_CUTS: usize = 16;
/// Characters between an account's name and extra text. A comma is not one of them: "Bauer, Petra" is not Bauer.
const SEPARATORS: [char; 11] = [' ', '\u{a0}', '_', '-', '.', '+', '–', '—', '(', '[', '~'];

/// Returns the places of the parts of a name that may be a key, the longest part first.
pub(super) fn candidates(key: &Key) -> Vec<Range<usize>> {
    let text = key.text();
    let whole = trimmed(text, 0..text.len());
    let Key::Stem(_) = key else { return vec![whole] };
    let mut found = vec![whole.clone()];
    let cuts = text[whole.clone()].match_indices(SEPARATORS).map(|(at, _)| whole.start + at);
    let mut ends: Vec<usize> = Vec::new();
    for cut in cuts {
        let before = text[whole.start..cut].trim_end_matches(SEPARATORS);
        // Do not cut "Bauer, Petra" after its comma: what is left would be only a surname.
        if !before.is_empty() && !before.ends_with(',') && ends.last() != Some(&(whole.start + before.len())) {
            ends.push(whole.start + before.len());
        }
        if ends.len() == MAX_CUTS {
            break;
        }
    }
    found.extend(ends.into_iter().rev().map(|end| whole.start..end).filter(|range| *range != whole));
    found
}

/// Returns the text outside of the key, without the separators around it. Brackets are kept: `(2)`.
pub(super) fn extra(text: &str, key: &Range<usize>) -> String {
    let separators = |c: char| SEPARATORS[..8].contains(&c) || c.is_whitespace();
    let parts = [text[..key.start].trim_matches(separators), text[key.end..].trim_matches(separators)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" … ")
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{candidates, extra};
    use crate::source::Key;

    fn parts(stem: &str) -> Vec<String> {
        let key = Key::Stem(stem.to_owned());
        candidates(&key).into_iter().map(|range| stem[range].to_owned()).collect()
    }

    #[test]
    fn the_whole_name_goes_first_and_then_ever_shorter_ones() {
        assert_eq!(parts("mary ann team (2)"), ["mary ann team (2)", "mary ann team", "mary ann", "mary"]);
        assert_eq!(parts("100400-2024_foto"), ["100400-2024_foto", "100400-2024", "100400"]);
        assert_eq!(parts("bob.jpg"), ["bob.jpg", "bob"]);
        assert_eq!(parts("Anna – Winter"), ["Anna – Winter", "Anna"]);
        assert_eq!(parts("jdoe(1)"), ["jdoe(1)", "jdoe"]);
        assert_eq!(parts("Bauer, Petra 2023"), ["Bauer, Petra 2023", "Bauer, Petra"]);
        assert_eq!(parts(" "), [""]);
        let list = Key::Exact(" mary ann ".into());
        assert!(candidates(&list).into_iter().eq(std::iter::once(1..9)));
    }

    #[test]
    fn extra_text_is_told_without_what_separates_it() {
        assert_eq!(extra("mary ann  (2)", &(0..8)), "(2)");
        assert_eq!(extra("100400-2024", &(0..6)), "2024");
        assert_eq!(extra("HR_100400_Schmidt", &(3..9)), "HR … Schmidt");
        assert_eq!(extra("anna", &(0..4)), "");
    }

    proptest! {
        #[test]
        fn each_is_a_beginning_that_ends_with_a_word(stem in "[a-c ._–(-]{0,40}") {
            let found = parts(&stem);
            prop_assert!(found.len() <= 17 && found.windows(2).all(|pair| pair[0].len() > pair[1].len()));
            prop_assert!(found.iter().all(|part| stem.trim().starts_with(part.as_str())));
        }
    }
}
