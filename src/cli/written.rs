//! The files that a command line names, to be written or to be read.

use std::path::Path;

use super::{Command, OutputArgs};

/// A file that the command line names, to be written.
#[derive(Debug, Clone, Copy)]
pub enum Written<'c> {
    /// The file is a report (`--report`).
    Report(&'c Path),
    /// The file is the journal (`--journal`).
    Journal(&'c Path),
    /// The file is the log (`--log-file`).
    Log(&'c Path),
}

impl Command {
    /// Returns the files that the command line names, to be written.
    #[must_use]
    pub fn written(&self) -> Vec<Written<'_>> {
        let Some(output) = self.output() else { return Vec::new() };
        let journal = match self {
            Self::Import(args) => args.write.journal.as_deref(),
            Self::Remove(args) => args.write.journal.as_deref(),
            Self::Undo(args) => args.write.journal.as_deref(),
            _ => None,
        };
        let reports = output.report.iter().map(|path| Written::Report(path));
        let log = output.log_file.as_deref().map(Written::Log);
        reports.chain(journal.map(Written::Journal)).chain(log).collect()
    }

    /// Returns how the command tells what it did; `None` if it has no records.
    #[must_use]
    pub fn output(&self) -> Option<&OutputArgs> {
        match self {
            Self::Import(args) => Some(&args.output),
            Self::Audit(args) => Some(&args.output),
            Self::Export(args) => Some(&args.output),
            Self::Remove(args) => Some(&args.output),
            Self::Undo(args) => Some(&args.output),
            Self::Publish(args) => Some(&args.output),
            Self::Convert(args) => Some(&args.output),
            Self::AccountPicture(args) => args.what.output(),
            Self::Check(_) | Self::Config(_) | Self::Generate(_) => None,
        }
    }

    /// Returns the name of the command that has records and is called by this word; `None` if there is none.
    #[must_use]
    pub fn named(word: &str) -> Option<&'static str> {
        let with_records = ["import", "audit", "export", "remove", "undo", "publish", "convert", "account-picture"];
        with_records.into_iter().find(|name| *name == word)
    }

    /// Returns the name of the command.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Import(_) => "import",
            Self::Audit(_) => "audit",
            Self::Export(_) => "export",
            Self::Remove(_) => "remove",
            Self::Undo(_) => "undo",
            Self::Publish(_) => "publish",
            Self::Convert(_) => "convert",
            Self::AccountPicture(_) => "account-picture",
            Self::Check(_) => "check",
            Self::Config(_) => "config",
            Self::Generate(_) => "generate",
        }
    }

    /// Returns the file, folder or pattern with the photos or people that the command reads; `None` if it reads none.
    #[must_use]
    pub fn source(&self) -> Option<&Path> {
        match self {
            Self::Import(args) => Some(&args.source),
            Self::Convert(args) => Some(&args.source),
            Self::Remove(args) => args.accounts.source.as_deref(),
            Self::Audit(args) => args.photos.as_deref(),
            Self::Publish(args) => args.photos.as_deref(),
            Self::Export(_)
            | Self::Undo(_)
            | Self::AccountPicture(_)
            | Self::Check(_)
            | Self::Config(_)
            | Self::Generate(_) => None,
        }
    }
}
