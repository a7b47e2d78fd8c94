//! The findings of `adphoto check`, as a table for people and as JSON, version 1:
//!
//! ```json
//! {"version": 1, "command": "check", "ready": false,
//!  "servers": [{"server": "ldaps://dc1.ad.example.com:636",
//!               "checks": [{"name": "write", "result": "failed", "detail": "0 of 100 …", "remedy": "have …",
//!                           "run": "dsacls … /G …", "undo": {"run": "dsacls … /R …", "caution": "it takes …"}}]}]}
//! ```
//!
//! Every check is there, in a fixed order. `remedy` is empty if nothing has to be done. `run` is the command that
//! carries out the remedy (commands, if it has several lines), or null, and `undo` is the command that takes it back. Fields and checks may be added
//! without a new version, but not removed.

use std::io::{self, Write};

use anstyle::Style;
use serde::Serialize;

use crate::terminal::{BAD, DOUBTFUL, GOOD, HELP, TITLE, printable};

const VERSION: u32 = 1;

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckResult {
    Ok,
    /// What was checked works, but somebody should have a look.
    Warning,
    Failed,
    /// The check could not be made, because a check that it depends on failed.
    NotTried,
}

impl CheckResult {
    /// Returns the stable name, for scripts.
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

/// A check of one domain controller, or of a tenant: a line of the table.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// The stable name, for scripts.
    pub name: &'static str,
    pub result: CheckResult,
    /// What was found.
    pub detail: String,
    /// What to do about it; empty if nothing has to be done.
    pub remedy: String,
    /// The command that carries out the remedy, or several, each on a line.
    pub run: Option<String>,
    /// The command that takes `run` back.
    pub undo: Option<Undo>,
}

/// A command that takes another one back.
#[derive(Debug, Clone, Serialize)]
pub struct Undo {
    pub run: String,
    /// What to know before running it.
    pub caution: &'static str,
}

impl Check {
    /// Returns a check that succeeded.
    pub fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, CheckResult::Ok, detail.into(), String::new())
    }

    /// Returns a check that succeeded, but somebody should have a look.
    pub fn warning(name: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(name, CheckResult::Warning, detail.into(), remedy.into())
    }

    /// Returns a check that failed.
    pub fn failed(name: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(name, CheckResult::Failed, detail.into(), remedy.into())
    }

    /// Returns a check that was not tried. `detail` is the reason; it is empty if another check's failure is reason
    /// enough.
    pub fn not_tried(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, CheckResult::NotTried, detail.into(), String::new())
    }

    fn new(name: &'static str, result: CheckResult, detail: String, remedy: String) -> Self {
        Self { name, result, detail, remedy, run: None, undo: None }
    }
}

/// The checks of one domain controller, or of a tenant.
#[derive(Debug, Clone, Serialize)]
pub struct CheckedServer {
    /// The URL of the domain controller, or of Microsoft Graph.
    pub server: String,
    /// The checks, in a fixed order.
    pub checks: Vec<Check>,
}

impl CheckedServer {
    /// Returns the names of the checks that have a result.
    fn named(&self, result: CheckResult) -> impl Iterator<Item = &'static str> {
        self.checks.iter().filter(move |check| check.result == result).map(|check| check.name)
    }

    fn is_ready(&self) -> bool {
        self.named(CheckResult::Failed).next().is_none()
    }
}

/// The checks of all domain controllers.
#[derive(Debug, Clone, Serialize)]
pub struct Checklist {
    version: u32,
    command: &'static str,
    ready: bool,
    servers: Vec<CheckedServer>,
}

impl Checklist {
    #[must_use]
    pub fn new(servers: Vec<CheckedServer>) -> Self {
        let ready = servers.iter().all(CheckedServer::is_ready);
        Self { version: VERSION, command: "check", ready, servers }
    }

    /// Returns whether any check failed. A warning is not a failure.
    #[must_use]
    pub fn has_failures(&self) -> bool {
        !self.ready
    }

    /// Writes the checklist in a format.
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
        for server in &self.servers {
            writeln!(out, "{TITLE}{}{TITLE:#}", printable(&server.server))?;
            let (folded, told): (Vec<_>, Vec<_>) = server.checks.iter().partition(|check| check.says_nothing());
            for check in told {
                check.write(out)?;
            }
            if !folded.is_empty() {
                let names: Vec<&str> = folded.iter().map(|check| check.name).collect();
                writeln!(out, "  {:<9}  {}", CheckResult::NotTried.name(), names.join(", "))?;
            }
            writeln!(out)?;
        }
        writeln!(out, "{}", self.verdict())
    }

    /// Returns the last line: whether the directory is ready, and what to do next.
    fn verdict(&self) -> String {
        let problems = self.all(CheckResult::Failed);
        if problems.is_empty() {
            let warnings = self.all(CheckResult::Warning);
            let with =
                if warnings.is_empty() { String::new() } else { format!(", with {}", counted("warning", &warnings)) };
            return format!("{GOOD}Ready{GOOD:#}{with}. Next: adphoto import PHOTOS --dry-run, with the same options");
        }
        let usable = self.servers.iter().filter(|server| server.is_ready()).count();
        let others = match usable {
            0 => String::new(),
            _ => format!("; {usable} of {} domain controllers can be used", self.servers.len()),
        };
        format!("{BAD}Not ready{BAD:#}: {}{others}", counted("problem", &problems))
    }

    /// Returns the names of all checks that have a result, each with its domain controller if there are several.
    fn all(&self, result: CheckResult) -> Vec<String> {
        let several = self.servers.len() > 1;
        let of = |server: &CheckedServer, name: &str| match several {
            true => format!("{name} of {}", printable(&server.server)),
            false => name.to_owned(),
        };
        self.servers
            .iter()
            .flat_map(|server| server.named(result).map(|name| of(server, name)).collect::<Vec<_>>())
            .collect()
    }
}

impl Check {
    /// Returns whether the check was not tried, only because another check failed.
    fn says_nothing(&self) -> bool {
        self.result == CheckResult::NotTried && self.detail.is_empty()
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let style = self.result.style();
        let result = format!("{style}{:<9}{style:#}", self.result.name());
        let line = format!("  {result}  {:<14}  {}", self.name, printable(&self.detail));
        writeln!(out, "{}", line.trim_end())?;
        if !self.remedy.is_empty() {
            writeln!(out, "  {:27}{HELP}help:{HELP:#} {}", "", printable(&self.remedy))?;
        }
        // Each command has a line of its own, so that it can be copied.
        for run in self.run.iter().flat_map(|run| run.lines()) {
            writeln!(out, "    {}", printable(run))?;
        }
        if let Some(undo) = &self.undo {
            writeln!(out, "  {:27}to take it back later ({}):", "", undo.caution)?;
            writeln!(out, "    {}", printable(&undo.run))?;
        }
        Ok(())
    }
}

/// Returns names with their number: `2 problems: tls, write`.
fn counted(what: &str, names: &[String]) -> String {
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("{} {what}{plural}: {}", names.len(), names.join(", "))
}

/// The format of a checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ChecklistFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}
