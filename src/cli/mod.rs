//! The command line.

mod check;
mod connection;
mod convert;
mod import;
mod journal;
mod output;
mod source;
mod thumbnail;
mod undo;

use clap::{Parser, Subcommand};

pub use check::CheckArgs;
pub use connection::ConnectionArgs;
pub use convert::ConvertArgs;
pub use import::ImportArgs;
pub use journal::JournalArgs;
pub use output::OutputArgs;
pub use source::SourceArgs;
pub use thumbnail::ThumbnailArgs;
pub use undo::UndoArgs;

/// Put photos into Active Directory: thumbnailPhoto, from a CSV file or a folder.
#[derive(Debug, Parser)]
#[command(name = "adphoto", version, arg_required_else_help = true, after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
#[command(max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  adphoto import photos --dry-run --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto import list.csv --report report.csv --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto import \"photos/**/*.jpg\" --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto undo --last --server dc1.ad.example.com --user \"EXAMPLE\\anna\"
  adphoto convert photos thumbnails
  adphoto check --server dc1.ad.example.com --user \"EXAMPLE\\anna\"";

const EXIT_CODES: &str = "\
Exit codes:
  0    all done
  1    could not run, or stopped
  2    wrong usage
  3    finished, with failures or unmatched photos
  130  interrupted";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write photos from a CSV file, a folder or a glob pattern
    Import(Box<ImportArgs>),

    /// Put back what a run replaced
    Undo(Box<UndoArgs>),

    /// Make the thumbnails only, as files in a folder; needs no directory
    Convert(ConvertArgs),

    /// Check connection, certificate, schema and rights, without writing
    Check(CheckArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
