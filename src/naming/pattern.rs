//! `--name-pattern`: a regular expression that says which part of a file's name stands for the account.

use std::borrow::Cow;
use std::ops::Range;

use regex::{Regex, RegexBuilder};
use unicode_normalization::char::is_combining_mark;

use super::spelling::is_apostrophe;
use super::words::{Word, words};
use crate::failure::Advice;

/// The name of the capture group that holds the account's key.
const GROUP: &str = "user";
/// The maximum length of a pattern, in characters; no sensible pattern for file names is longer.
const MAX_CHARS: usize = 1000;
/// The maximum size of a compiled pattern, in bytes.
const MAX_COMPILED: usize = 1024 * 1024;

/// A regular expression that has a group `user`.
#[derive(Debug, Clone)]
pub(super) struct NamePattern(Regex);

/// What a pattern finds in a file's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// The pattern finds the user at this place.
    User(Range<usize>),
    /// The pattern takes this out of the middle of a word or number, so it is no whole name: `1018` of 10182.
    Cut(String),
    /// The pattern does not match, or its group is blank.
    Nothing,
}

/// The reason why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// The pattern is not a valid regular expression.
    #[error(
        "--name-pattern is no regular expression: {problem}\n    {before}⟨here⟩{behind}\nthe first file is named \"{first}\""
    )]
    Syntax {
        /// What is wrong with the pattern.
        problem: String,
        /// The part of the pattern before the error.
        before: String,
        /// The rest of the pattern, from the error on.
        behind: String,
        /// The name of the first file, shown as an example.
        first: String,
    },
    /// The pattern does not say which part of a name is the user.
    #[error("--name-pattern has no group (?<user>…) that says which part of a name like \"{first}\" is the user")]
    NoGroup {
        /// The name of the first file, shown as an example.
        first: String,
    },
    /// The pattern is too long, or its repetitions make it too large when it is compiled.
    #[error("--name-pattern is too large")]
    TooLarge,
    /// The pattern does not match any file's name.
    #[error(
        "--name-pattern fits no file: \"{first}\" is as the pattern says up to {}, but not as it goes on: {behind}",
        part(before)
    )]
    FitsNone {
        /// The name of the first file, shown as an example.
        first: String,
        /// The longest beginning of the pattern that matches this name.
        before: String,
        /// The rest of the pattern.
        behind: String,
    },
    /// The source is a list, which names the users itself.
    #[error("--name-pattern is for the names of files in a folder; this source is a list")]
    ForList,
}

impl Advice for PatternError {
    fn advice(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::FitsNone { .. } | Self::NoGroup { .. } | Self::Syntax { .. } => {
                Some(r"for files like HR_100400.jpg: --name-pattern 'HR_(?<user>\d+)' --match-by employeeID".into())
            }
            Self::TooLarge | Self::ForList => None,
        }
    }

    fn is_usage(&self) -> bool {
        true
    }
}

fn part(pattern: &str) -> String {
    if pattern.is_empty() { "its very beginning".to_owned() } else { pattern.to_owned() }
}

impl NamePattern {
    /// Reads a pattern. `first` is the name of the first file; errors show it as an example.
    ///
    /// # Errors
    /// Fails if the pattern is invalid or too large, or has no group `user`.
    pub(super) fn read(pattern: &str, first: &str) -> Result<Self, PatternError> {
        if pattern.chars().count() > MAX_CHARS {
            return Err(PatternError::TooLarge);
        }
        let regex = compile(pattern).map_err(|error| match error {
            regex::Error::Syntax(text) => syntax(pattern, first, &text),
            _ => PatternError::TooLarge,
        })?;
        match regex.capture_names().flatten().any(|name| name == GROUP) {
            true => Ok(Self(regex)),
            false => Err(PatternError::NoGroup { first: first.to_owned() }),
        }
    }

    /// Returns where the user stands in `text`.
    #[must_use]
    pub(super) fn find(&self, text: &str) -> Part {
        match self.0.captures(text).and_then(|found| found.name(GROUP)) {
            Some(user) if is_cut(text, &user.range()) => Part::Cut(user.as_str().to_owned()),
            Some(user) if !user.as_str().trim().is_empty() => Part::User(user.range()),
            _ => Part::Nothing,
        }
    }

    /// Returns the error for a pattern that matches none of the files. It shows how much of the pattern matches
    /// `first`, the name of the first file.
    #[must_use]
    pub(super) fn fits_none(&self, first: &str) -> PatternError {
        let pattern = self.0.as_str();
        let cuts = pattern.char_indices().map(|(at, _)| at).rev();
        // Some beginnings, such as `(?<us`, are not valid patterns by themselves; they are skipped.
        let fits = |cut: &usize| compile(&closed(&pattern[..*cut])).is_ok_and(|regex| regex.is_match(first));
        let cut = cuts.into_iter().find(fits).unwrap_or_default();
        let (before, behind) = pattern.split_at(cut);
        PatternError::FitsNone { first: first.to_owned(), before: before.to_owned(), behind: behind.to_owned() }
    }
}

/// Returns whether an edge of the part is in the middle of a word or number.
fn is_cut(text: &str, part: &Range<usize>) -> bool {
    let within = |edge: usize| {
        let (before, behind) = (text[..edge].chars().next_back(), text[edge..].chars().next());
        before.zip(behind).is_some_and(|(before, behind)| goes_on(before, behind))
    };
    // An apostrophe joins letters to a word, too: `Brien` is a part of O'Brien.
    let is_in_word = |word: &Word<'_>| {
        let has_apostrophe = word.text.contains(is_apostrophe);
        has_apostrophe && [part.start, part.end].iter().any(|edge| word.at.start < *edge && *edge < word.at.end)
    };
    part.start < part.end && (within(part.start) || within(part.end) || words(text).iter().any(is_in_word))
}

/// Returns whether a character continues the number or word that the one before it belongs to.
fn goes_on(before: char, behind: char) -> bool {
    let is_letter = |c: char| c.is_alphabetic() || is_combining_mark(c);
    let begins_word = before.is_lowercase() && behind.is_uppercase();
    before.is_numeric() && behind.is_numeric() || is_letter(before) && is_letter(behind) && !begins_word
}

fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).case_insensitive(true).size_limit(MAX_COMPILED).build()
}

/// Returns the beginning of a pattern with a closing parenthesis added for each group that is still open.
fn closed(beginning: &str) -> String {
    let (mut open, mut escaped) = (0_usize, false);
    for c in beginning.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    beginning.to_owned() + &")".repeat(open)
}

/// Reads the problem and its position from the error text of the `regex` crate: several lines, in which a caret below
/// the pattern marks the position.
fn syntax(pattern: &str, first: &str, text: &str) -> PatternError {
    let problem = text.lines().find_map(|line| line.strip_prefix("error: ")).unwrap_or("it cannot be read");
    let caret = text.lines().find_map(|line| Some(line.find('^')?).filter(|_| line.trim().chars().all(|c| c == '^')));
    // The pattern is printed above the caret, indented by four spaces.
    let cut = caret.and_then(|column| pattern.char_indices().nth(column.saturating_sub(4)));
    let (before, behind) = pattern.split_at(cut.map_or(pattern.len(), |(at, _)| at));
    PatternError::Syntax {
        problem: problem.to_owned(),
        before: before.to_owned(),
        behind: behind.to_owned(),
        first: first.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{NamePattern, Part, PatternError};

    fn found<'t>(pattern: &str, text: &'t str) -> Option<&'t str> {
        match NamePattern::read(pattern, text).expect("a pattern").find(text) {
            Part::User(range) => Some(&text[range]),
            Part::Cut(_) | Part::Nothing => None,
        }
    }

    #[test]
    fn the_group_is_the_user() {
        assert_eq!(found(r"^HR_(?<user>\d+)_", "HR_100400_Schmidt"), Some("100400"));
        assert_eq!(found(r"\((?<user>[^)]+)\)$", "Anna Schmidt (anna)"), Some("anna"));
        assert_eq!(found(r"foto-(?P<user>.+)", "FOTO-anna"), Some("anna"));
        assert_eq!(found(r"(?<user>\d*)", "anna"), None, "nobody is called nothing");
        assert_eq!(found(r"^(?<user>\d+)$", "anna"), None);
    }

    #[test]
    fn a_pattern_takes_whole_words_and_numbers_only() {
        for (pattern, text) in [
            (r"HR_(?<user>\d{4})", "HR_10182"),
            (r"(?<user>\d{4})$", "HR_10182"),
            (r"^(?<user>[a-z]+)", "jos\u{e9}"),
            (r"^(?<user>[a-z]+)", "jose\u{301}"),
            (r"(?<user>[a-z]{4})$", "johanna"),
            (r"^foto(?<user>[a-z]+)", "fotoanna"),
            (r"'(?<user>[a-z]+)$", "o'brien"),
            (r"^(?<user>\d+?)", "\u{661}\u{662}"),
        ] {
            let found = NamePattern::read(pattern, text).expect("a pattern").find(text);
            assert!(matches!(found, Part::Cut(_)), "{pattern}, {text}: {found:?}");
        }
        for (pattern, text, user) in [
            (r"HR(?<user>\d{5})", "HR10182", "10182"),
            (r"^(?<user>[a-z]+)\d", "anna2", "anna"),
            (r"^(?<user>[a-z]+\d+)x", "u1023x", "u1023"),
            (r"^foto(?<user>anna)", "fotoAnna_2", "Anna"),
            (r"^(?<user>o'brien)", "o'brien", "o'brien"),
            (r"_(?<user>[^_]+)_", "a_jos\u{e9}_b", "jos\u{e9}"),
        ] {
            assert_eq!(found(pattern, text), Some(user), "{pattern}, {text}");
        }
    }

    #[test]
    fn an_error_shows_the_first_file_and_where_it_fails() {
        let error = |pattern: &str| NamePattern::read(pattern, "HR_100400").expect_err("no pattern").to_string();
        let text = error(r"^HR_(?<user>\d+");
        assert!(
            text.contains("unclosed group") && text.contains("^HR_⟨here⟩(?<user>") && text.contains("\"HR_100400\""),
            "{text}"
        );
        assert!(error(r"^HR_(\d+)").contains("no group (?<user>…)"), "{}", error(r"^HR_(\d+)"));
        assert_eq!(NamePattern::read(&"a".repeat(1001), "x").expect_err("too long"), PatternError::TooLarge);
        assert_eq!(NamePattern::read(r"(?<user>\w{1000}{1000})", "x").expect_err("too large"), PatternError::TooLarge);
    }

    #[test]
    fn a_pattern_that_fits_no_file_says_how_far_it_fits() {
        let pattern = NamePattern::read(r"^HR_(?<user>\d+)_foto$", "HR_100400-foto").expect("a pattern");
        let PatternError::FitsNone { before, behind, .. } = pattern.fits_none("HR_100400-foto") else {
            panic!("another")
        };
        assert_eq!((&*before, &*behind), (r"^HR_(?<user>\d+)", "_foto$"));
        let nothing = NamePattern::read(r"^x(?<user>.)", "HR").expect("a pattern").fits_none("HR");
        assert!(matches!(nothing, PatternError::FitsNone { before, .. } if before == "^"), "a caret fits everything");
    }
}
