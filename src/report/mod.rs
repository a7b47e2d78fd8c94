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

use crate::album::Album;

pub use about::{About, Connected};
pub use checklist::{Check, CheckResult, CheckedServer, Checklist, ChecklistFormat, Undo};
pub use coverage::{Coverage, Group};
pub use earlier::{Earlier, EarlierError};
pub use ending::Ending;
pub use file::{ReportError, ReportFile, ReportPath, is_journal};
pub use index::{IndexError, IndexRow, is_plain, read_index, read_row, render_index, render_row};
pub use reason::{Code, Reason};
pub use record::{Record, WholePhoto};
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
