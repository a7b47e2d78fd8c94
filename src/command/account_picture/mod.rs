//! `adphoto account-picture`: installs, shows and removes the account pictures of this one Windows machine.

#[cfg(windows)]
mod install;
#[cfg(windows)]
mod remove;
#[cfg(windows)]
mod status;
#[cfg(windows)]
mod target;

use super::run::Call;
use crate::cli::{AccountPictureArgs, AccountPictureCommand};
use crate::failure::{Exit, Failure};

#[cfg(windows)]
pub(super) async fn run(args: &AccountPictureArgs, call: &Call<'_>) -> Result<Exit, Failure> {
    match &args.what {
        AccountPictureCommand::Install(args) => install::run(args, call).await,
        AccountPictureCommand::Status => status::run(),
        AccountPictureCommand::Remove(args) => remove::run(args, call),
    }
}

#[cfg(not(windows))]
pub(super) async fn run(args: &AccountPictureArgs, _: &Call<'_>) -> Result<Exit, Failure> {
    let what = match args.what {
        AccountPictureCommand::Install(_) => "install",
        AccountPictureCommand::Status => "status",
        AccountPictureCommand::Remove(_) => "remove",
    };
    let text =
        format!("`adphoto account-picture {what}` runs on Windows, whose registry it reads, and not on this system");
    Err(Failure::new(text).hint("run it on the PC; here, `adphoto publish` makes the pictures for all PCs"))
}
