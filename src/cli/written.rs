//! The files that a command line names, to be written or to be read.

use std::path::Path;

use super::Command;

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
        let (output, journal) = match self {
            Self::Import(args) => (&args.output, args.write.journal.as_deref()),
            Self::Remove(args) => (&args.output, args.write.journal.as_deref()),
            Self::Undo(args) => (&args.output, args.write.journal.as_deref()),
            Self::Audit(args) => (&args.output, None),
            Self::Export(args) => (&args.output, None),
            Self::Publish(args) => (&args.output, None),
            Self::Convert(args) => (&args.output, None),
            Self::AccountPicture(args) => match args.what.output() {
                Some(output) => (output, None),
                None => return Vec::new(),
            },
            Self::Check(_) | Self::Config(_) | Self::Generate(_) => return Vec::new(),
        };
        let reports = output.report.iter().map(|path| Written::Report(path));
        let log = output.log_file.as_deref().map(Written::Log);
        reports.chain(journal.map(Written::Journal)).chain(log).collect()
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
