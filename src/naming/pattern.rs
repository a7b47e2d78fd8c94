//! `--name-pattern`: a regular expression that says which part of a file's name stands for the account.

use std::borrow::Cow;
use std::ops::Range;

use regex::{Regex, RegexBuilder};

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

    /// Returns where the user stands in `text`, or `None` if the pattern does not match or its group is blank.
    #[must_use]
    pub(super) fn find(&self, text: &str) -> Option<Range<usize>> {
        let user = self.0.captures(text)?.name(GROUP)?;
        (!user.as_str().trim().is_empty()).then(|| user.range())
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
    use super::{NamePattern, PatternError};

    fn found<'t>(pattern: &str, text: &'t str) -> Option<&'t str> {
        let range = NamePattern::read(pattern, text).expect("a pattern").find(text)?;
        Some(&text[range])
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
