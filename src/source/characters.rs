//! Kinds of characters that lists have and nobody typed.

use crate::terminal::is_invisible;

/// Returns whether a character at the end of a cell belongs to nothing: DOS ends files with Ctrl-Z.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c) || c == '\u{1a}'
}

/// Returns whether `c` is a quotation mark that Word and Outlook make of a typed one.
pub(crate) fn is_typographic(c: char) -> bool {
    matches!(c, '“' | '”' | '„' | '‟' | '«' | '»')
}
