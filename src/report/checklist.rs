//! What `adphoto check` found, as a table for people and as JSON, version 1:
//!
//! ```json
//! {"version": 1, "command": "check",
//!  "servers": [{"server": "ldaps://dc1.ad.example.com:636",
//!               "checks": [{"name": "write", "result": "failed", "detail": "0 of 100 …", "remedy": "have …",
//!                           "run": "dsacls …"}]}]}
//! ```
//!
//! Every check is there, in a fixed order. `remedy` is empty where nothing is to be done; `run` is a command that belongs
//! to it, or null. Fields and checks may be added, none taken away, without a new version.

use std::io::{self, Write};

use anstyle::Style;
use serde::Serialize;

use crate::terminal::{BAD, DOUBTFUL, GOOD, HELP, TITLE, printable};

const VERSION: u32 = 1;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckResult {
    /// As it should be.
    Ok,
    /// It works, and somebody should have a look.
    Warning,
    /// It does not work.
    Failed,
    /// What it depends on failed.
    NotTried,
}

impl CheckResult {
    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::NotTried => "not-tried",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Ok => GOOD,
            Self::Warning => DOUBTFUL,
            Self::Failed => BAD,
            Self::NotTried => Style::new(),
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// The stable name.
    pub name: &'static str,
    /// How it ended.
    pub result: CheckResult,
    /// What was found.
    pub detail: String,
    /// What to do about it.
    pub remedy: String,
    /// A command that somebody is to run for it.
    pub run: Option<String>,
}

impl Check {
    /// As it should be.
    pub fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, CheckResult::Ok, detail.into(), String::new())
    }

    /// Worth a look.
    pub fn warning(name: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(name, CheckResult::Warning, detail.into(), remedy.into())
    }

    /// Not as it should be.
    pub fn failed(name: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(name, CheckResult::Failed, detail.into(), remedy.into())
    }

    /// Not tried, for this reason.
    pub fn not_tried(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, CheckResult::NotTried, detail.into(), String::new())
    }

    fn new(name: &'static str, result: CheckResult, detail: String, remedy: String) -> Self {
        Self { name, result, detail, remedy, run: None }
    }
}

/// All lines about one server.
#[derive(Debug, Clone, Serialize)]
pub struct CheckedServer {
    /// Its URL.
    pub server: String,
    /// In a fixed order.
    pub checks: Vec<Check>,
}

/// What was found on all servers.
#[derive(Debug, Clone, Serialize)]
pub struct Checklist {
    version: u32,
    command: &'static str,
    servers: Vec<CheckedServer>,
}

impl Checklist {
    /// Of these servers.
    #[must_use]
    pub fn new(servers: Vec<CheckedServer>) -> Self {
        Self { version: VERSION, command: "check", servers }
    }

    /// Whether anything failed; a warning is no failure.
    #[must_use]
    pub fn has_failures(&self) -> bool {
        self.servers.iter().flat_map(|server| &server.checks).any(|check| check.result == CheckResult::Failed)
    }

    /// Writes it in one format.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn render(&self, format: ChecklistFormat, out: &mut dyn Write) -> io::Result<()> {
        match format {
            ChecklistFormat::Text => self.table(out),
            ChecklistFormat::Json => {
                serde_json::to_writer_pretty(&mut *out, self)?;
                writeln!(out)
            }
        }
    }

    fn table(&self, out: &mut dyn Write) -> io::Result<()> {
        for (number, server) in self.servers.iter().enumerate() {
            if number > 0 {
                writeln!(out)?;
            }
            writeln!(out, "{TITLE}{}{TITLE:#}", printable(&server.server))?;
            for check in &server.checks {
                let style = check.result.style();
                let result = format!("{style}{:<9}{style:#}", check.result.name());
                let line = format!("  {result}  {:<14}  {}", check.name, printable(&check.detail));
                writeln!(out, "{}", line.trim_end())?;
                if !check.remedy.is_empty() {
                    writeln!(out, "  {:27}{HELP}help:{HELP:#} {}", "", printable(&check.remedy))?;
                }
                if let Some(run) = &check.run {
                    // On a line of its own, to be copied.
                    writeln!(out, "    {}", printable(run))?;
                }
            }
        }
        Ok(())
    }
}

/// How the table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ChecklistFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}
