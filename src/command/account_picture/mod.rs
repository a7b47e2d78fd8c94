//! `adphoto account-picture`: installs, shows and removes the account pictures of this one Windows machine.

#[cfg(windows)]
mod install;
#[cfg(windows)]
mod remove;
#[cfg(windows)]
mod status;

use super::run::Call;
use crate::cli::{AccountPictureArgs, AccountPictureCommand};
use crate::failure::{Exit, Failure};

#[cfg(windows)]
pub(super) fn run(args: &AccountPictureArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    match &args.what {
        AccountPictureCommand::Install { from, dry_run, target, output } => {
            install::run(from, &target.folder, *dry_run, output, call)
        }
        AccountPictureCommand::Status => status::run(),
        AccountPictureCommand::Remove { dry_run, target, output } => {
            remove::run(&target.folder, *dry_run, output, call)
        }
    }
}

#[cfg(not(windows))]
pub(super) fn run(args: &AccountPictureArgs, _: &Call<'_>) -> Result<Exit, Failure> {
    let what = match args.what {
        AccountPictureCommand::Install { .. } => "install",
        AccountPictureCommand::Status => "status",
        AccountPictureCommand::Remove { .. } => "remove",
    };
    let text =
        format!("`adphoto account-picture {what}` runs on Windows, whose registry it reads, and not on this system");
    Err(Failure::new(text).hint("run it on the PC; here, `adphoto publish` makes the pictures for all PCs"))
}
