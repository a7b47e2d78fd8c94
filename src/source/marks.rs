//! Lines for programs that are not part of the table: Excel's `sep=;` and PowerShell's `#TYPE System.…`.

use super::characters::is_blank;
use super::rows::line_end;

/// The lines for programs above the table.
#[derive(Debug, Default)]
pub(super) struct Above {
    /// The position of the first line that is not a mark.
    pub(super) end: usize,
    /// The number of lines above it.
    pub(super) lines: u64,
    /// The delimiter that a mark gives.
    pub(super) delimiter: Option<u8>,
}

/// Finds the lines for programs above the table.
pub(super) fn above(text: &str) -> Above {
    let mut above = Above::default();
    let (mut at, mut lines) = (0, 0);
    while at < text.len() {
        let (end, next) = line_end(text, at);
        let line = &text[at..end];
        (at, lines) = (next, lines + 1);
        match mark(line) {
            Some(Mark::Separator(named)) => above.delimiter = named.or(above.delimiter),
            Some(Mark::Type) => {}
            None if line.chars().all(is_blank) => continue,
            None => break,
        }
        (above.end, above.lines) = (at, lines);
    }
    above
}

/// A line for programs.
enum Mark {
    /// Excel's `sep=;`.
    Separator(Option<u8>),
    /// PowerShell's `#TYPE System.…`.
    Type,
}

/// Returns whether a line is one for programs. In joined files, such lines are in the middle, too.
pub(super) fn is_mark(line: &str) -> bool {
    mark(line).is_some()
}

fn mark(line: &str) -> Option<Mark> {
    // Another program may have put the line between quotation marks, or added a delimiter for each of the other
    // columns.
    let line = line.trim_start_matches(|c| is_blank(c) || c == '"');
    let behind = |word: &str| {
        line.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word)).map(|_| &line[word.len()..])
    };
    if behind("#type").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '"'])) {
        return Some(Mark::Type);
    }
    let named =
        behind("sep")?.trim_start_matches(' ').strip_prefix('=')?.trim_matches([' ', '"', '\'', '\r', '\n', '\u{1a}']);
    let first = match named {
        "tab" | "TAB" | r"\t" => '\t',
        _ => match named.chars().next() {
            None => return Some(Mark::Separator(None)),
            Some(first) => first,
        },
    };
    let is_alone = named.chars().all(|c| c == first || matches!(c, ',' | ';' | '\t' | '|' | '"' | ' '));
    let delimiter = u8::try_from(first).ok().filter(|byte| byte.is_ascii_punctuation() || *byte == b'\t');
    match delimiter {
        Some(_) if is_alone || first == '\t' => Some(Mark::Separator(delimiter)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, mark};

    #[test]
    fn the_mark_of_excel_is_believed_however_it_was_saved() {
        for (line, named) in [
            ("sep=;", Some(b';')),
            ("SEP=;", Some(b';')),
            ("\"sep=;\"", Some(b';')),
            ("sep=;;;", Some(b';')),
            ("\u{feff}sep=;;;\r\n", Some(b';')),
            ("\"sep=,\",,", Some(b',')),
            ("\"sep=;\";;", Some(b';')),
            ("sep=\t", Some(b'\t')),
            ("Sep = |", Some(b'|')),
            ("sep=\\t", Some(b'\t')),
            ("sep=", None),
        ] {
            assert!(matches!(mark(line), Some(Mark::Separator(found)) if found == named), "{line:?}");
        }
        for line in ["sepp=;", "sep", "sep=a", "separator,photo", "sep=anna.jpg"] {
            assert!(mark(line).is_none(), "{line}");
        }
        for line in ["#TYPE System.X", "\"#TYPE System.X\"", "\u{feff}#Type x"] {
            assert!(matches!(mark(line), Some(Mark::Type)), "{line}");
        }
        assert!(mark("#typed").is_none());
    }
}
