//! Recognizes titles, which stand before or behind a name without being a part of it.

use super::spelling::bare;

/// Words that are always titles. `Ing`, `Mag` and the like are names, too, so they need a dot and are in [`WITH_DOT`].
const TITLES: [&str; 27] = [
    "dr",
    "prof",
    "professor",
    "professorin",
    "dipl",
    "phd",
    "msc",
    "bsc",
    "mba",
    "llm",
    "herr",
    "frau",
    "mr",
    "mrs",
    "mme",
    "mlle",
    "mgr",
    "judr",
    "mudr",
    "phdr",
    "rndr",
    "mvdr",
    "dott",
    "dottssa",
    "drs",
    "dra",
    "doktor",
];
/// Words that are titles if a dot follows.
const WITH_DOT: [&str; 14] =
    ["ing", "mag", "bc", "ir", "lic", "sra", "dna", "doc", "inż", "inz", "mr", "ms", "hr", "fr"];
/// Words that continue a title before them: `Dr. phil. habil.`, `Dipl.-Ing.`
const BEHIND_A_TITLE: [&str; 23] = [
    "ing", "kfm", "kffr", "inf", "phys", "chem", "biol", "psych", "oec", "med", "phil", "rer", "nat", "jur", "iur",
    "pol", "theol", "techn", "agr", "vet", "dent", "habil", "hab",
];

/// Returns whether the word is always a title.
pub(super) fn is_title(word: &str) -> bool {
    TITLES.contains(&bare(word).as_str())
}

/// Returns whether a word is a title at its place in a text: always, because of the dot behind it, or because it
/// continues the title before it. `joint` is the text between this word and the one before it.
pub(super) fn is_title_there(word: &str, has_dot: bool, joint: &str, follows_title: bool) -> bool {
    let spelled = bare(word);
    let is = |titles: &[&str]| titles.contains(&spelled.as_str());
    let is_small = word.chars().next().is_some_and(char::is_lowercase);
    let goes_on = follows_title
        && (is(&BEHIND_A_TITLE) && (has_dot || is_small || joint.ends_with('-'))
            // Only lowercase letters: `Dr. h. c.` is a title, but H. C. Andersen has initials.
            || matches!(word, "h" | "c") && has_dot);
    is_title(word) || has_dot && is(&WITH_DOT) || goes_on
}

#[cfg(test)]
mod tests {
    use super::super::words::words;

    fn without_titles(text: &str) -> String {
        let words = words(text);
        words.iter().filter(|word| !word.is_title).map(|word| word.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn titles_are_no_names() {
        for text in [
            "Dr. Anna Bauer",
            "Anna Dr. Bauer",
            "Prof. Dr. Anna Bauer",
            "Dipl.-Ing. Anna Bauer",
            "Dr. phil. habil. Anna Bauer",
            "Anna Bauer, PhD",
            "Mag. Anna Bauer",
            "Ing. Anna Bauer",
            "dr anna bauer",
            "Dr. h. c. Anna Bauer",
            "Dr.-Ing. Anna Bauer",
            "Frau Anna Bauer",
        ] {
            assert_eq!(without_titles(text).to_lowercase(), "anna bauer", "{text}");
        }
    }

    #[test]
    fn names_are_no_titles() {
        for text in ["Phil Jones", "Ing Li", "Mag Nielsen", "Nat King", "Anna Mag", "H. C. Andersen", "Med Hondo"] {
            assert_eq!(without_titles(text), text.replace('.', ""), "{text}");
        }
    }
}
