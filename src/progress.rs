//! What the user sees while a command runs, on standard error: the only user of `indicatif`.

use std::fmt;
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::log::Log;
use crate::terminal::{self, HELP, printable};

/// Shows progress: bars on a terminal, nothing elsewhere.
#[derive(Debug, Clone)]
pub struct Progress {
    quiet: bool,
    on_terminal: bool,
    bars: MultiProgress,
    log: Option<Arc<Log>>,
}

impl Progress {
    /// Makes a progress display. With `quiet` it shows neither bars nor notes; the log, if there is one, gets
    /// everything.
    #[must_use]
    pub(crate) fn new(quiet: bool, log: Option<Log>) -> Self {
        let on_terminal = std::io::stderr().is_terminal();
        let target = if on_terminal && !quiet { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { quiet, on_terminal, bars: MultiProgress::with_draw_target(target), log: log.map(Arc::new) }
    }

    /// Writes a line to the log only. This is for what the report tells the user anyway.
    pub fn log(&self, text: &str) {
        if let Some(log) = &self.log {
            log.line(text);
        }
    }

    /// Shows a note, and logs it. Characters that could harm a terminal are escaped.
    pub fn note(&self, text: &str) {
        self.log(&format!("note: {text}"));
        if !self.quiet {
            let text = printable(text);
            // A closed standard error is no reason to stop.
            let write = || drop(writeln!(terminal::stderr(), "{HELP}note:{HELP:#} {text}"));
            self.bars.suspend(write);
        }
    }

    /// Starts a stage of `total` steps; 0 if the number is unknown.
    #[must_use]
    pub fn stage(&self, name: &'static str, total: usize) -> Stage {
        let bar = self.bars.add(ProgressBar::new(total as u64));
        bar.set_style(style(total));
        bar.set_message(name);
        bar.enable_steady_tick(Duration::from_millis(200));
        Stage { name, begun: Instant::now(), progress: self.clone(), bar, tells_its_end: true }
    }
}

/// The bar of one stage, which disappears when this is dropped.
#[derive(Debug)]
pub struct Stage {
    name: &'static str,
    begun: Instant,
    progress: Progress,
    bar: ProgressBar,
    tells_its_end: bool,
}

impl Stage {
    /// Prints no line at the end of the stage, because what follows says enough.
    #[must_use]
    pub(crate) fn without_end(mut self) -> Self {
        self.tells_its_end = false;
        self
    }

    /// Sets the number of steps, which was unknown at the start.
    pub fn expect(&self, total: usize) {
        self.bar.set_style(style(total));
        self.bar.set_length(total as u64);
    }

    /// Counts `steps` more steps as done.
    pub fn advance(&self, steps: usize) {
        self.bar.inc(steps as u64);
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        let Progress { quiet, on_terminal, .. } = self.progress;
        let (done, took) = (self.bar.position(), self.begun.elapsed().as_secs_f64());
        let line = match done {
            0 => format!("{}: {took:.1} s", self.name),
            _ => format!("{}: {done} in {took:.1} s", self.name),
        };
        self.progress.log(&line);
        if self.tells_its_end && !quiet && !on_terminal {
            // Without a terminal there was no bar, so this line is all that shows progress.
            let _ = writeln!(std::io::stderr().lock(), "{line}");
        }
    }
}

fn style(total: usize) -> ProgressStyle {
    let template = match total {
        0 => "{msg:>10} {spinner} {elapsed}",
        _ => "{msg:>10} [{bar:30}] {human_pos}/{human_len} {rate} {eta} left",
    };
    // The templates are constants. If one did not parse, the default style would do.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
            let _ = write!(out, "{:.0}/s", state.per_sec());
        })
        .progress_chars("=> ")
}
