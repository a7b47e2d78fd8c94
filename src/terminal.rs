//! The terminal: making text safe for it, colours, and output streams that omit colours where they would not be seen.

use std::io::{StderrLock, StdoutLock};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

/// The style of headings in a text report.
pub(crate) const TITLE: Style = Style::new().bold();
/// The style of success.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// The style of what somebody should look at.
pub(crate) const DOUBTFUL: Style = AnsiColor::Yellow.on_default();
/// The style of failures.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// The style of help and notes.
pub(crate) const HELP: Style = AnsiColor::Cyan.on_default();

/// Makes `TERM=dumb` mean no colours. Must be called before anything is printed. Otherwise, a variable `CI` would turn
/// colours on even there: `anstream` takes it for a build server whose terminal shows colours whatever `TERM` says.
pub(crate) fn choose_colours() {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if std::env::var_os("TERM").is_some_and(|term| term == "dumb") && !is_set("CLICOLOR_FORCE") {
        anstream::ColorChoice::Never.write_global();
    }
}

/// Returns standard output. It has colours only on a terminal, and neither with `NO_COLOR` (<https://no-color.org>) nor
/// with `TERM=dumb`.
pub(crate) fn stdout() -> AutoStream<StdoutLock<'static>> {
    AutoStream::auto(std::io::stdout().lock())
}

/// Returns standard error, with colours under the same conditions.
pub(crate) fn stderr() -> AutoStream<StderrLock<'static>> {
    AutoStream::auto(std::io::stderr().lock())
}

/// Removes colours from a text.
pub(crate) fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// Makes text safe for a terminal. The name of a file or account must not move the cursor, change colours, reverse the
/// direction of writing, or hide characters so that it looks like another name.
#[must_use]
pub fn printable(text: &str) -> String {
    // Other kinds of spaces look like a space. Only the ideographic space of Chinese and Japanese is visibly wider.
    let is_other_blank = |c: char| c.is_whitespace() && !matches!(c, ' ' | '\u{3000}');
    let tricky = |c: char| c.is_control() || is_invisible(c) || is_other_blank(c);
    text.chars().flat_map(|c| if tricky(c) { c.escape_default().collect::<Vec<_>>() } else { vec![c] }).collect()
}

/// Returns whether a character is invisible: Unicode's default ignorable code points (which also reverse the direction
/// of writing or join letters), and others that fonts leave empty. Spaces of any width are not among them.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn nothing_is_printed_as_nothing() {
        for (text, printed) in [
            ("an\u{200b}na", "an\\u{200b}na"),
            ("\u{202a}C:\\x.jpg", "\\u{202a}C:\\x.jpg"),
            ("\u{feff}user", "\\u{feff}user"),
            ("gpj.\u{202e}exe", "gpj.\\u{202e}exe"),
            ("Miller,\u{a0}Anna", "Miller,\\u{a0}Anna"),
            ("so\u{ad}ft", "so\\u{ad}ft"),
            ("tag\u{e0041}", "tag\\u{e0041}"),
            ("\u{1b}[31m", "\\u{1b}[31m"),
            ("Müller, Jörg – 山田　太郎", "Müller, Jörg – 山田　太郎"),
        ] {
            assert_eq!(printable(text), printed);
        }
    }
}
