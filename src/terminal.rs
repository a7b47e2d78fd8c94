//! The terminal: text that is safe for it, its colours, and the streams that leave these out where nobody sees them.

use std::io::{StderrLock, StdoutLock};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

/// Of a part of a text report.
pub(crate) const TITLE: Style = Style::new().bold();
/// Of what went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Of what somebody should look at.
pub(crate) const DOUBTFUL: Style = AnsiColor::Yellow.on_default();
/// Of what failed.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Of what to do about it, and of notes.
pub(crate) const HELP: Style = AnsiColor::Cyan.on_default();

/// Settles that `TERM=dumb` means no colours; to be called before anything is printed. The streams take the variable
/// `CI` for a build server, whose terminal shows colours whatever it calls itself; but a dumb terminal with a `CI` from
/// somewhere gets noise.
pub(crate) fn choose_colours() {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if std::env::var_os("TERM").is_some_and(|term| term == "dumb") && !is_set("CLICOLOR_FORCE") {
        anstream::ColorChoice::Never.write_global();
    }
}

/// Standard output. Its colours are for terminals alone, and not for those whose owner set `NO_COLOR`
/// (<https://no-color.org>) or `TERM=dumb`.
pub(crate) fn stdout() -> AutoStream<StdoutLock<'static>> {
    AutoStream::auto(std::io::stdout().lock())
}

/// Standard error, likewise.
pub(crate) fn stderr() -> AutoStream<StderrLock<'static>> {
    AutoStream::auto(std::io::stderr().lock())
}

/// Without colours.
pub(crate) fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// Returns text for a terminal: a file's or an account's name cannot move the cursor, change colours, reverse the direction
/// of writing, or hide a character in what looks like another name.
#[must_use]
pub fn printable(text: &str) -> String {
    // A blank of another kind looks like a blank: only that of Japanese and Chinese shows by its width.
    let is_other_blank = |c: char| c.is_whitespace() && !matches!(c, ' ' | '\u{3000}');
    let tricky = |c: char| c.is_control() || is_invisible(c) || is_other_blank(c);
    text.chars().flat_map(|c| if tricky(c) { c.escape_default().collect::<Vec<_>>() } else { vec![c] }).collect()
}

/// Returns whether a character shows as nothing at all: Unicode's default ignorable code points, which also turn the
/// direction of writing or join letters, and what else fonts leave empty. Spaces of any width are not among them.
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
