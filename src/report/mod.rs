//! The one table of records, and its renderings: text and HTML for people, CSV and JSON for programs.

mod about;
mod checklist;
mod coverage;
mod csv;
mod file;
mod html;
mod index;
mod json;
mod planned;
mod reason;
pub(crate) mod record;
mod relative;
mod suggested;
mod text;
mod wording;

use std::io::{self, Write};

use serde::Serialize;

use crate::album::{Album, Picture};
use crate::directory::Guid;
use crate::hash::Hash;
use crate::progress::Progress;

pub use about::{About, Connected};
pub use checklist::{Check, CheckResult, CheckedServer, Checklist, ChecklistFormat, Undo};
pub use coverage::{Coverage, Group};
pub use file::{ReportError, ReportFile, ReportPath, is_journal};
pub use index::{IndexRow, is_plain, render_index};
pub use reason::{Code, Reason};
pub use suggested::{Person, Suggested, Sure};

/// What became of a photo. The names are stable: scripts rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The directory has it now.
    Written,
    /// A dry run: it would be written.
    WouldWrite,
    /// A thumbnail was made of it.
    Converted,
    /// The account has none any more.
    Removed,
    /// A dry run: the account would have none any more.
    WouldRemove,
    /// The account has again what it had.
    Restored,
    /// A dry run: it would be put back.
    WouldRestore,
    /// A file was made of it.
    Exported,
    /// The account has a photo, as it should be.
    Ok,
    /// The account has none.
    Missing,
    /// The account has one that is not as it should be.
    Unfit,
    /// It was there already.
    Unchanged,
    /// As asked, or nothing to do.
    Skipped,
    /// It could not be done.
    Failed,
    /// The run stopped before.
    NotAttempted,
}

impl Status {
    /// All, in the order of a summary.
    pub const ALL: [Self; 15] = [
        Self::Written,
        Self::WouldWrite,
        Self::Removed,
        Self::WouldRemove,
        Self::Restored,
        Self::WouldRestore,
        Self::Exported,
        Self::Converted,
        Self::Ok,
        Self::Missing,
        Self::Unfit,
        Self::Unchanged,
        Self::Skipped,
        Self::Failed,
        Self::NotAttempted,
    ];

    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::WouldWrite => "would-write",
            Self::Removed => "removed",
            Self::WouldRemove => "would-remove",
            Self::Restored => "restored",
            Self::WouldRestore => "would-restore",
            Self::Exported => "exported",
            Self::Converted => "converted",
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::Unfit => "unfit",
            Self::Unchanged => "unchanged",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::NotAttempted => "not-attempted",
        }
    }

    /// Whether it makes the run one with failures.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::NotAttempted)
    }
}

/// One photo, and what became of it.
#[derive(Debug, Clone)]
pub struct Record {
    /// The account's sAMAccountName where it is known, else the text that was to name it.
    pub user: String,
    /// The image file.
    pub photo: String,
    /// The line of the CSV file that names it.
    pub line: Option<u64>,
    /// What the file holds, where a page is asked for that makes a list of it.
    pub sha256: Option<Hash>,
    /// What became of it.
    pub status: Status,
    /// Why, or what else is worth knowing; none for most.
    pub reasons: Vec<Reason>,
    /// The account's objectGUID.
    pub guid: Option<Guid>,
    /// The account.
    pub dn: Option<String>,
    /// What people call it: its displayName.
    pub display_name: Option<String>,
    /// Its department.
    pub department: Option<String>,
    /// The photo that the account had.
    pub before: Option<Picture>,
    /// The photo that it has, or would have.
    pub after: Option<Picture>,
    /// Whose the photo may be, where it goes to nobody: the likeliest first.
    pub suggestions: Vec<Suggested>,
}

impl Record {
    /// The size of the photo that the account had.
    fn bytes_before(&self) -> Option<usize> {
        self.before.map(|picture| picture.bytes)
    }

    /// The size of the photo that it has, or would have. One that failed is at most shown.
    fn bytes_after(&self) -> Option<usize> {
        self.after.filter(|_| self.status != Status::Failed).map(|picture| picture.bytes)
    }

    /// Returns the account as people know it: by what it is called, or by its DN where nobody told that.
    pub(crate) fn whose(&self) -> String {
        match (&self.display_name, &self.dn) {
            (None, Some(dn)) => format!("{}, {dn}", self.user),
            _ => wording::person(self),
        }
    }

    /// Whether one of its reasons has that code.
    pub(crate) fn has(&self, code: Code) -> bool {
        self.reasons.iter().any(|reason| reason.code == code)
    }

    /// Tells the log what became of it, unless all is as it was.
    pub(crate) fn log(&self, progress: &Progress) {
        if !matches!(self.status, Status::Unchanged | Status::Ok) {
            progress.log(&text::line(self));
        }
    }

    /// The stable codes of all reasons, as reports give them: `disabled;ignored-text`.
    fn reason_codes(&self) -> String {
        self.reasons.iter().map(|reason| reason.code.name()).collect::<Vec<_>>().join(";")
    }

    /// All reasons in words, each with what to do about it, behind the line of the CSV file.
    fn reason_text(&self) -> String {
        let reasons = self.reasons.iter().map(Reason::sentence).collect::<Vec<_>>().join("; ");
        match self.line {
            Some(line) if !reasons.is_empty() => format!("line {line}: {reasons}"),
            _ => reasons,
        }
    }
}

/// A finished run.
#[derive(Debug)]
pub struct Report {
    /// The subcommand.
    pub command: &'static str,
    /// Whether nothing was written on purpose.
    pub dry_run: bool,
    /// What it is evidence of.
    pub about: About,
    /// One for each row or file of the source, in its order; of commands without a source, for each account.
    pub records: Vec<Record>,
    /// Of an audit.
    pub coverage: Option<Coverage>,
    /// The records' photos, where a report shows them.
    pub album: Album,
    /// Whom a page offers for photos that go to nobody.
    pub people: Vec<Person>,
    /// What would help with this very run, in a sentence each.
    pub hints: Vec<String>,
}

impl Report {
    /// How many records have that status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.records.iter().filter(|record| record.status == status).count()
    }

    /// One line of all.
    pub(crate) fn line(&self) -> String {
        text::counts(self)
    }

    /// Whether anything failed or was not attempted, be it to move a photo that is done with.
    #[must_use]
    pub fn has_failures(&self) -> bool {
        self.records.iter().any(|record| record.status.is_failure() || record.has(Code::NotMoved))
    }

    /// What its records are about.
    #[must_use]
    pub fn subject(&self) -> &'static str {
        match self.command {
            "import" | "convert" => "photo",
            _ => "account",
        }
    }

    /// Writes the report in one format.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn render(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Text => text::render(self, out),
            Format::Csv => csv::render(self, out),
            Format::Json => json::render(self, out),
            Format::Html => html::render(self, out),
        }
    }
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: what failed and why, and a summary.
    Text,
    /// For spreadsheets: a row for each photo.
    Csv,
    /// For programs: versioned, with a summary.
    Json,
    /// For people who want to see the photos: a page for a browser. Only as a file.
    #[value(skip)]
    Html,
}

#[cfg(test)]
mod tests;
