//! How a run ends, and how errors reach the user: every error becomes a [`Failure`], with advice on what to do.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Display;
use std::io::Write;

use crate::crop_box::NotACropBox;
use crate::terminal::{self, BAD, HELP, printable};

/// How a run ended; the number is the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything was done.
    Done = 0,
    /// The run could not start, or stopped.
    CouldNotRun = 1,
    /// The usage was wrong, which showed only while running; clap reports most wrong usage before.
    Usage = 2,
    /// The run finished, with failures or unmatched photos.
    WithFailures = 3,
    /// The run was stopped by Ctrl-C or SIGTERM.
    Interrupted = 130,
}

impl Exit {
    /// Ends the process at once, without the exit handlers of C libraries. Those would free what threads that still run
    /// are using, and MIT Kerberos then aborts the process.
    pub fn leave(self) -> ! {
        // Exiting at once would lose output that is still buffered.
        let _ = std::io::stdout().flush();
        signal_hook::low_level::exit(self as i32)
    }
}

/// An error that knows what the user can do about it. All errors of this crate implement it.
pub trait Advice: Error {
    /// Returns what to do about the error; `None` if its message says so already, or nothing can be done.
    fn advice(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// Returns whether the command line, a setting or a variable is wrong. The exit code is then 2 instead of 1.
    fn is_usage(&self) -> bool {
        false
    }
}

impl Advice for std::io::Error {}

impl Advice for NotACropBox {}

/// The reason why a command failed: the error with its causes, hints, and the exit code.
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
    /// Makes a failure without an error type of its own.
    pub fn new(message: impl Display) -> Self {
        Self { exit: Exit::CouldNotRun, error: anyhow::Error::msg(message.to_string()), hints: Vec::new() }
    }

    /// Makes the failure of a run that was stopped by Ctrl-C before there was anything to report. Nothing needs to be
    /// printed for it.
    #[must_use]
    pub fn interrupted() -> Self {
        Self { exit: Exit::Interrupted, ..Self::new("interrupted") }
    }

    /// Adds a hint on what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds what could not be done; the error so far becomes its cause.
    #[must_use]
    pub fn context(self, what: impl Display) -> Self {
        Self { error: self.error.context(what.to_string()), ..self }
    }

    /// Returns the exit code of the process.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// Returns the sentences that say what to do about the error.
    pub fn hints(&self) -> impl Iterator<Item = &str> {
        self.hints.iter().map(AsRef::as_ref)
    }

    /// Returns the error and its causes on one line.
    #[must_use]
    pub fn line(&self) -> String {
        self.error.chain().map(ToString::to_string).fold(String::new(), |line, cause| {
            // Some errors repeat their cause in their own message.
            match (line.is_empty(), line.contains(&cause)) {
                (true, _) => cause,
                (false, true) => line,
                (false, false) => format!("{line}: {cause}"),
            }
        })
    }

    /// Returns the error, its causes and the hints, as they are printed.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{BAD}error:{BAD:#} {}\n", printable(&self.error.to_string()));
        for cause in self.error.chain().skip(1) {
            let cause = cause.to_string();
            let lines: Vec<String> = cause.trim_end().lines().map(printable).collect();
            // Some errors repeat their cause in their own message.
            if !text.contains(&printable(&cause)) {
                text += &format!("  cause: {}\n", lines.join("\n         "));
            }
        }
        for hint in &self.hints {
            text += &format!("  {HELP}help:{HELP:#} {}\n", printable(hint));
        }
        text
    }

    /// Prints the failure on standard error.
    pub fn print(&self) {
        // A closed standard error is no reason to panic.
        let _ = terminal::stderr().write_all(self.text().as_bytes());
    }
}

/// Adds context to a result, as `anyhow` does, but keeps the hints.
pub trait Context<T> {
    /// Adds what could not be done.
    ///
    /// # Errors
    /// The failure, with that context.
    fn context(self, what: impl Display) -> Result<T, Failure>;

    /// Like [`context`](Self::context); the message is only made if it is needed.
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

    /// An error without `Advice` would end a run without a word on what to do.
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
