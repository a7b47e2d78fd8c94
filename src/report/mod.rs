//! The report of a run: its records, and the formats in which they are written. Text and HTML are for people, CSV and
//! JSON for programs.

mod about;
mod checklist;
mod coverage;
mod csv;
mod earlier;
mod ending;
mod file;
mod html;
mod index;
mod json;
mod planned;
mod reason;
pub(crate) mod record;
mod records;
mod relative;
mod since;
mod suggested;
mod text;
mod wording;

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::album::{Album, Picture};
use crate::directory::Guid;
use crate::hash::Hash;
use crate::progress::Progress;
use crate::thumbnail::Placed;

pub use about::{About, Connected};
pub use checklist::{Check, CheckResult, CheckedServer, Checklist, ChecklistFormat, Undo};
pub use coverage::{Coverage, Group};
pub use earlier::{Earlier, EarlierError};
pub use ending::Ending;
pub use file::{ReportError, ReportFile, ReportPath, is_journal};
pub use index::{IndexError, IndexRow, is_plain, read_index, read_row, render_index, render_row};
pub use reason::{Code, Reason};
pub use records::Records;
pub use since::{Share, Since};
pub use suggested::{Person, Suggested, Sure};

/// What became of a photo or an account. The names are stable, because scripts rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The photo was written to the account.
    Written,
    /// The photo would be written, but this is a dry run.
    WouldWrite,
    /// A thumbnail was made and saved as a file.
    Converted,
    /// The photo of the account was removed.
    Removed,
    /// The photo of the account would be removed, but this is a dry run.
    WouldRemove,
    /// The account was given back what it had before.
    Restored,
    /// The account would be given back what it had before, but this is a dry run.
    WouldRestore,
    /// The photo of the account was saved as a file.
    Exported,
    /// The account's pictures were written to the folder.
    Published,
    /// The account's pictures would be written to the folder, but this is a dry run.
    WouldPublish,
    /// The photo of the account would be saved as a file, but this is a dry run.
    WouldExport,
    /// The account has a photo that is in order.
    Ok,
    /// The account has no photo.
    Missing,
    /// The account has a photo with a flaw.
    Unfit,
    /// The account or the file has this photo already.
    Unchanged,
    /// Nothing was done, because the user asked for that or there is nothing to do.
    Skipped,
    Failed,
    /// The run stopped before it came to this.
    NotAttempted,
}

impl Status {
    /// All statuses, in the order of a summary.
    pub const ALL: [Self; 18] = [
        Self::Written,
        Self::WouldWrite,
        Self::Removed,
        Self::WouldRemove,
        Self::Restored,
        Self::WouldRestore,
        Self::Exported,
        Self::Published,
        Self::WouldPublish,
        Self::WouldExport,
        Self::Converted,
        Self::Ok,
        Self::Missing,
        Self::Unfit,
        Self::Unchanged,
        Self::Skipped,
        Self::Failed,
        Self::NotAttempted,
    ];

    /// Returns the stable name, for scripts.
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
            Self::Published => "published",
            Self::WouldPublish => "would-publish",
            Self::WouldExport => "would-export",
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

    /// Returns whether a record with this status makes the run one with failures (exit code 3).
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::NotAttempted)
    }
}

/// What became of one photo or one account: a row of the report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// The account's sAMAccountName; if no account was found, the text that names the user.
    pub user: String,
    /// The path of the photo's file, if there is one.
    pub photo: String,
    /// The line of the list that names the photo or the account.
    pub line: Option<u64>,
    /// The hash of the file, if the run makes a page on which the photo can be approved.
    pub sha256: Option<Hash>,
    pub status: Status,
    /// The reasons for the status, and remarks. Most records have none.
    pub reasons: Vec<Reason>,
    /// The account's objectGUID.
    pub guid: Option<Guid>,
    /// The account's DN.
    pub dn: Option<String>,
    /// The account's displayName.
    pub display_name: Option<String>,
    /// The account's department.
    pub department: Option<String>,
    /// The account's values for the report's further columns.
    pub columns: Vec<String>,
    /// The place of the account's group in the coverage of an audit.
    pub group: Option<usize>,
    /// The photo that the account had.
    pub before: Option<Picture>,
    /// The photo that the account has now, or would have.
    pub after: Option<Picture>,
    /// The accounts that may be meant, if none was found; the likeliest first.
    pub suggestions: Vec<Suggested>,
    /// How the face is placed on the thumbnail, if it was searched and `--crop face` would place it better.
    pub misplaced: Option<Placed>,
}

impl Record {
    /// Returns a record without an account and without a photo.
    #[must_use]
    pub fn blank(status: Status, reasons: Vec<Reason>) -> Self {
        Self {
            user: String::new(),
            photo: String::new(),
            line: None,
            sha256: None,
            status,
            reasons,
            guid: None,
            dn: None,
            display_name: None,
            department: None,
            columns: Vec::new(),
            group: None,
            before: None,
            after: None,
            suggestions: Vec::new(),
            misplaced: None,
        }
    }

    /// Returns the further columns, each with its name. A record without an account has none.
    fn named_columns<'r>(&'r self, names: &'r [String]) -> impl Iterator<Item = (&'r str, &'r str)> {
        names.iter().map(String::as_str).zip(self.columns.iter().map(String::as_str))
    }

    /// Returns the size of the photo that the account had.
    fn bytes_before(&self) -> Option<usize> {
        self.before.map(|picture| picture.bytes)
    }

    /// Returns the size of the photo that the account has now, or would have. A failed record may have such a photo,
    /// for the page, but the account did not get it.
    fn bytes_after(&self) -> Option<usize> {
        self.after.filter(|_| self.status != Status::Failed).map(|picture| picture.bytes)
    }

    /// Returns the account in words: with its displayName, or with its DN if it has none.
    pub(crate) fn whose(&self) -> String {
        match (&self.display_name, &self.dn) {
            (None, Some(dn)) => format!("{}, {dn}", self.user),
            _ => wording::person(self),
        }
    }

    /// Returns whether one of the reasons has a code.
    pub(crate) fn has(&self, code: Code) -> bool {
        self.reasons.iter().any(|reason| reason.code == code)
    }

    /// Adds a reason.
    pub(crate) fn because(mut self, reason: Reason) -> Self {
        self.reasons.push(reason);
        self
    }

    /// Logs what became of the photo or account, unless nothing has changed.
    pub(crate) fn log(&self, progress: &Progress) {
        if !matches!(self.status, Status::Unchanged | Status::Ok) {
            progress.log(&text::line(self));
        }
    }

    /// Returns the stable codes of all reasons, as reports give them: `disabled;ignored-text`.
    fn reason_codes(&self) -> String {
        self.reasons.iter().map(|reason| reason.code.name()).collect::<Vec<_>>().join(";")
    }

    /// Returns all reasons, each with what to do about it. If several reasons have the same remedy, only the last of
    /// them comes with it.
    fn reasons_and_help(&self) -> impl Iterator<Item = (&Reason, Option<&str>)> {
        self.reasons.iter().enumerate().map(|(at, reason)| {
            let said_later = self.reasons[at + 1..].iter().any(|later| later.remedy == reason.remedy);
            (reason, reason.remedy.as_deref().filter(|_| !said_later))
        })
    }

    /// Returns all reasons in words, with what to do about them. In front is the line of the list.
    fn reason_text(&self) -> String {
        let sentence = |(reason, remedy): (&Reason, Option<&str>)| match remedy {
            Some(remedy) => format!("{}: {remedy}", reason.text),
            None => reason.text.clone(),
        };
        let reasons = self.reasons_and_help().map(sentence).collect::<Vec<_>>().join("; ");
        match self.line {
            Some(line) if !reasons.is_empty() => format!("line {line}: {reasons}"),
            _ => reasons,
        }
    }
}

/// The report of a finished run.
#[derive(Debug)]
pub struct Report {
    /// The subcommand.
    pub command: &'static str,
    pub dry_run: bool,
    pub about: About,
    /// A record for each row or file of the source, in its order. Commands without a source have one for each account.
    pub records: Records,
    /// The attributes that the records have as further columns.
    pub columns: Vec<String>,
    /// The coverage, if the run is an audit.
    pub coverage: Option<Coverage>,
    /// What changed since an earlier audit.
    pub since: Option<Since>,
    /// The photos of the records, if a report shows them.
    pub album: Album,
    /// The accounts that a page offers for photos for which no account was found.
    pub people: Vec<Person>,
    /// Sentences that say what would help with this run.
    pub hints: Vec<String>,
    /// How the run ended.
    pub ending: Ending,
    /// The character between the fields of CSV.
    pub delimiter: u8,
}

impl Report {
    /// Returns the report of a run that has no records yet.
    #[must_use]
    pub fn of(command: &'static str, about: About) -> Self {
        Self {
            command,
            dry_run: false,
            about,
            records: Records::default(),
            columns: Vec::new(),
            coverage: None,
            since: None,
            album: Album::of_sizes(),
            people: Vec::new(),
            hints: Vec::new(),
            ending: Ending::default(),
            delimiter: b',',
        }
    }

    /// Returns the number of records with a status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.records.count(status)
    }

    /// Returns the counts of all statuses in one line.
    pub(crate) fn line(&self) -> String {
        text::counts(self)
    }

    /// Returns whether anything failed or was not attempted. A photo that was written and then could not be moved
    /// counts, too.
    #[must_use]
    pub fn has_failures(&self) -> bool {
        Status::ALL.into_iter().any(|status| status.is_failure() && self.count(status) > 0)
            || self.records.have(Code::NotMoved)
    }

    /// Returns the word for what the records are about.
    #[must_use]
    pub fn subject(&self) -> &'static str {
        match self.command {
            "import" | "convert" => "photo",
            _ => "account",
        }
    }

    /// Writes the report in a format.
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

/// The format of a report.
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
