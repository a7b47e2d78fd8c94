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

/// Text for a terminal: a file's or an account's name cannot move the cursor, change colours or reverse the direction
/// of writing.
#[must_use]
pub fn printable(text: &str) -> String {
    let tricky = |c: char| {
        c.is_control()
            || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().flat_map(|c| if tricky(c) { c.escape_default().collect::<Vec<_>>() } else { vec![c] }).collect()
}
