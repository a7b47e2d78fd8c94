//! The arguments of `adphoto undo`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::{CloudArgs, ConnectionArgs, OutputArgs, Typed, WriteArgs, examples};

/// `adphoto undo`.
#[derive(Debug, Args)]
#[command(
    after_help = examples::UNDO,
    after_long_help = examples::long(examples::UNDO, HELP),
    group = ArgGroup::new("runs").args(["journals", "last", "list", "prune"]).required(true),
    // `--base-dn` has no effect here. It is accepted because settings may have it for other commands.
    mut_arg("base_dn", |base_dn| base_dn.hide(true)),
    // The journals say where the photos are.
    mut_arg("target", |target| target.hide(true)),
)]
pub struct UndoArgs {
    #[command(flatten)]
    pub typed: Typed,

    /// The journals of the runs to take back; several are taken back as if they were one
    #[arg(value_name = "JOURNAL")]
    pub journals: Vec<PathBuf>,

    /// Take back the newest run in the state folder that changed something and is not an undo; given again, it does not
    /// go further back
    #[arg(long)]
    pub last: bool,

    /// List the runs whose journals are in the state folder, and change nothing; needs no directory
    #[arg(long, conflicts_with_all = ["dry_run", "force", "any_server", "report", "journal"])]
    pub list: bool,

    /// Delete journals in the state folder that are at least this many days old (0 deletes all), because they contain
    /// photos; their runs can then no longer be taken back. Needs no directory; with --dry-run, the journals are only
    /// listed
    #[arg(long, value_name = "DAYS", value_parser = days, conflicts_with_all = ["force", "any_server", "report", "format", "journal"])]
    pub prune: Option<u32>,

    /// Do everything except writing, and report what would be put back, or deleted with --prune
    #[arg(long, short = 'n')]
    pub dry_run: bool,

    /// Put back old photos even where someone else has changed them since; includes --any-server
    #[arg(long)]
    pub force: bool,

    /// If the domain controller that took a write cannot be asked, ask any other, which may not have received the write
    /// yet
    #[arg(long)]
    pub any_server: bool,

    /// Take back only the changes of this account; may be given several times. The others can still be taken back later
    #[arg(long, value_name = "NAME", conflicts_with_all = ["list", "prune"])]
    pub account: Vec<String>,

    /// Accept journals that belong to another user, or that others can write to
    #[arg(long, requires = "journals")]
    pub trust_journal: bool,

    #[command(flatten)]
    pub output: OutputArgs,

    #[command(flatten)]
    pub write: WriteArgs,

    #[command(flatten)]
    pub connection: ConnectionArgs,

    #[command(flatten)]
    pub cloud: CloudArgs,
}

fn days(text: &str) -> Result<u32, &'static str> {
    text.parse().map_err(|_| "not a number of days, such as 90")
}

const HELP: &str = "\
Every account that still has the photo of that run gets back what it had before, byte for byte, even if that was no \
photo. This includes accounts that were moved: --base-dn has no effect. A photo that someone else has changed since \
is left as it is and reported. Running the same command again is harmless: accounts that have their old photo already \
are unchanged.

An undo has a journal of its own, with which the undo itself can be taken back. A run that was killed can be taken back, \
too: adphoto finds out what the run has written by reading the accounts. It reads each account from the domain \
controller that took the write, because others may not have received it yet. So --server must name that domain \
controller, under any of its names, or --domain its domain.

Journals contain photos and names. Only their owner can read them; --prune deletes old ones.";
