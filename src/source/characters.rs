//! Characters in lists that nobody typed on purpose.

use crate::terminal::is_invisible;

/// Returns whether a character at the end of a cell is to be dropped. DOS ends files with Ctrl-Z.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c) || c == '\u{1a}'
}

/// Returns whether `c` is one of the quotation marks into which Word and Outlook turn typed ones.
pub(crate) fn is_typographic(c: char) -> bool {
    matches!(c, '“' | '”' | '„' | '‟' | '«' | '»')
}
