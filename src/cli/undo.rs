//! `adphoto undo`: its arguments.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::{ConnectionArgs, OutputArgs, Typed, WriteArgs, examples};

/// `adphoto undo`.
#[derive(Debug, Args)]
#[command(
    after_help = examples::UNDO,
    after_long_help = examples::long(examples::UNDO, HELP),
    group = ArgGroup::new("runs").args(["journals", "last", "list", "prune"]).required(true),
    // It is taken, as settings may say it for other commands, and has no effect.
    mut_arg("base_dn", |base_dn| base_dn.hide(true)),
)]
pub struct UndoArgs {
    #[command(flatten)]
    /// Which arguments were typed.
    pub typed: Typed,

    /// The journals of the runs to take back; several are taken back as if they were one
    #[arg(value_name = "JOURNAL")]
    pub journals: Vec<PathBuf>,

    /// Take back the newest run in the state folder that changed something and is no undo itself; said again, it goes
    /// no further back
    #[arg(long)]
    pub last: bool,

    /// List the runs whose journals are in the state folder, and change nothing; needs no directory
    #[arg(long, conflicts_with_all = ["dry_run", "force", "any_server", "report", "journal"])]
    pub list: bool,

    /// Delete the journals in the state folder that are so many days old, since they hold photos; their runs can then
    /// not be taken back any more. Needs no directory; 0 means all, and with --dry-run they are only named
    #[arg(long, value_name = "DAYS", value_parser = days, conflicts_with_all = ["force", "any_server", "report", "format", "journal"])]
    pub prune: Option<u32>,

    /// Do everything but write, and say what would be put back, or with --prune deleted
    #[arg(long, short = 'n')]
    pub dry_run: bool,

    /// Put back the old photos also where someone else has changed them since; means --any-server, too
    #[arg(long)]
    pub force: bool,

    /// Where the domain controller that took a write cannot be asked, ask any other, which may not have heard of the
    /// write yet
    #[arg(long)]
    pub any_server: bool,

    /// Take back only these accounts' changes; the others can still be taken back later
    #[arg(long, value_name = "NAME", conflicts_with_all = ["list", "prune"])]
    pub account: Vec<String>,

    /// Believe journals that belong to somebody else, or that others may write to
    #[arg(long, requires = "journals")]
    pub trust_journal: bool,

    #[command(flatten)]
    /// Where results go.
    pub output: OutputArgs,

    #[command(flatten)]
    /// How changes are written.
    pub write: WriteArgs,

    #[command(flatten)]
    /// The directory.
    pub connection: ConnectionArgs,
}

fn days(text: &str) -> Result<u32, &'static str> {
    text.parse().map_err(|_| "not a number of days, such as 90")
}

const HELP: &str = "\
Every account that still has the photo of that run gets back what it had before, byte for byte, also if that was none, \
and wherever the account is now: --base-dn does not narrow it. What someone else has changed since is left as it is and reported. Running the same \
again is harmless: what is back already is unchanged.

An undo has a journal of its own: name that to take the undo back. A run that was ended by force can be taken back, \
too: what it may have written or not is found out by looking. Each account is looked up on the domain controller that \
took its write, as others may not have heard of it yet: --server must name that one, by whatever name, or --domain its \
domain.

Journals hold photos and names. They are readable by their owner alone; --prune deletes old ones.";
