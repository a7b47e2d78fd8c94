//! How a run ends, and how an error reaches the user: one [`Failure`] for all of them, with what to do about it.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Display;
use std::io::Write;

use crate::terminal::{self, BAD, HELP, printable};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All done.
    Done = 0,
    /// It could not run, or stopped.
    CouldNotRun = 1,
    /// Wrong usage that only showed while it ran; most is refused before.
    Usage = 2,
    /// Finished, with failures or unmatched photos.
    WithFailures = 3,
    /// Stopped by Ctrl-C or SIGTERM.
    Interrupted = 130,
}

impl Exit {
    /// Ends the process, at once: C libraries that clean up behind themselves would take from threads that still run
    /// what these use, and MIT Kerberos then aborts.
    pub fn leave(self) -> ! {
        // Nothing that was printed is left behind.
        let _ = std::io::stdout().flush();
        signal_hook::low_level::exit(self as i32)
    }
}

/// An error that knows what the user can do about it. Every error of this crate implements it.
pub trait Advice: Error {
    /// What to do about it; `None` where the error's own words say it, or nothing can be done.
    fn advice(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// Whether the command line, a setting or a variable is wrong: the exit code is then 2, not 1.
    fn is_usage(&self) -> bool {
        false
    }
}

impl Advice for std::io::Error {}

/// Why a command could not run to its end: the error with its causes, hints, and the exit code.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    error: anyhow::Error,
    hints: Vec<Cow<'static, str>>,
}

impl<E: Advice + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let exit = if error.is_usage() { Exit::Usage } else { Exit::CouldNotRun };
        Self { exit, hints: error.advice().into_iter().collect(), error: error.into() }
    }
}

impl Failure {
    /// A failure that has no error type of its own.
    pub fn new(message: impl Display) -> Self {
        Self { exit: Exit::CouldNotRun, error: anyhow::Error::msg(message.to_string()), hints: Vec::new() }
    }

    /// A run that was stopped by Ctrl-C before there was anything to report: nothing need be said of it.
    #[must_use]
    pub fn interrupted() -> Self {
        Self { exit: Exit::Interrupted, ..Self::new("interrupted") }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Says what could not be done because of it; the error so far becomes the cause.
    #[must_use]
    pub fn context(self, what: impl Display) -> Self {
        Self { error: self.error.context(what.to_string()), ..self }
    }

    /// The exit code that it ends the process with.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// Returns what to do about it, a sentence each.
    pub fn hints(&self) -> impl Iterator<Item = &str> {
        self.hints.iter().map(AsRef::as_ref)
    }

    /// The error and its causes in one line.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{:#}", self.error)
    }

    /// The error, what caused it, and what to do about it, as it is printed on standard error.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{BAD}error:{BAD:#} {}\n", printable(&self.error.to_string()));
        for cause in self.error.chain().skip(1) {
            let cause = cause.to_string();
            let lines: Vec<String> = cause.trim_end().lines().map(printable).collect();
            // Some errors already say what their cause says.
            if !text.contains(&printable(&cause)) {
                text += &format!("  cause: {}\n", lines.join("\n         "));
            }
        }
        for hint in &self.hints {
            text += &format!("  {HELP}help:{HELP:#} {}\n", printable(hint));
        }
        text
    }

    /// Prints it on standard error.
    pub fn print(&self) {
        // A closed standard error is no reason to panic.
        let _ = terminal::stderr().write_all(self.text().as_bytes());
    }
}

/// Adds context to a result, as `anyhow` does, and keeps the hints.
pub trait Context<T> {
    /// Says what could not be done.
    ///
    /// # Errors
    /// The failure, with that context.
    fn context(self, what: impl Display) -> Result<T, Failure>;

    /// The same where the words are made only if they are needed.
    ///
    /// # Errors
    /// The failure, with that context.
    fn with_context<D: Display>(self, what: impl FnOnce() -> D) -> Result<T, Failure>;
}

impl<T, E: Into<Failure>> Context<T> for Result<T, E> {
    fn context(self, what: impl Display) -> Result<T, Failure> {
        self.map_err(|error| error.into().context(what))
    }

    fn with_context<D: Display>(self, what: impl FnOnce() -> D) -> Result<T, Failure> {
        self.map_err(|error| error.into().context(what()))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// One that is left out would end a run without a word about what to do.
    #[test]
    fn every_error_of_this_crate_advises() {
        let files = walkdir::WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).into_iter().flatten();
        let files = files.filter(|file| file.path().extension().is_some_and(|ending| ending == "rs"));
        let sources: Vec<String> =
            files.map(|file| std::fs::read_to_string(file.path()).expect("is readable")).collect();
        let declared = |rest: &str| {
            let mut words = rest.split_whitespace().skip_while(|word| !matches!(*word, "enum" | "struct"));
            words.nth(1).map(|name| name.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned())
        };
        let derived =
            |source: &String| source.split("thiserror::Error)]").skip(1).filter_map(declared).collect::<Vec<String>>();
        let errors: Vec<String> = sources.iter().flat_map(derived).collect();
        assert!(errors.len() > 25, "{errors:?}");
        for error in errors {
            let advises = sources.iter().any(|source| source.contains(&format!("Advice for {error} {{")));
            assert!(advises, "{error} does not implement Advice");
        }
    }
}
