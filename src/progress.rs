//! What the user sees while it runs, on standard error: the only user of `indicatif`.

use std::fmt;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// Where progress goes: bars on a terminal, nothing elsewhere.
#[derive(Debug, Clone)]
pub struct Progress {
    quiet: bool,
    bars: MultiProgress,
}

impl Progress {
    /// `quiet` shows neither bars nor notes.
    #[must_use]
    pub fn new(quiet: bool) -> Self {
        let shown = !quiet && std::io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { quiet, bars: MultiProgress::with_draw_target(target) }
    }

    /// Says something that the user should know.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            // A closed standard error is no reason to stop.
            let write = || drop(writeln!(std::io::stderr().lock(), "note: {text}"));
            self.bars.suspend(write);
        }
    }

    /// Starts a stage of `total` steps; 0 where that is not known.
    #[must_use]
    pub fn stage(&self, name: &'static str, total: usize) -> Stage {
        let bar = self.bars.add(ProgressBar::new(total as u64));
        bar.set_style(style(total));
        bar.set_message(name);
        bar.enable_steady_tick(Duration::from_millis(200));
        Stage { bar }
    }
}

/// One stage's bar; gone when dropped.
#[derive(Debug)]
pub struct Stage {
    bar: ProgressBar,
}

impl Stage {
    /// So many steps there will be, which was not known at the start.
    pub fn expect(&self, total: usize) {
        self.bar.set_style(style(total));
        self.bar.set_length(total as u64);
    }

    /// So many steps more are done.
    pub fn advance(&self, steps: usize) {
        self.bar.inc(steps as u64);
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn style(total: usize) -> ProgressStyle {
    let template = match total {
        0 => "{msg:>10} {spinner} {elapsed}",
        _ => "{msg:>10} [{bar:30}] {human_pos}/{human_len} {rate} {eta} left",
    };
    // The templates are constants; should one not parse, the default style will do.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
            let _ = write!(out, "{:.0}/s", state.per_sec());
        })
        .progress_chars("=> ")
}
