//! The arguments of `adphoto account-picture`.

use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::{ConnectionArgs, OutputArgs, PictureArgs, examples};
use crate::account_pictures::TargetFolder;

/// `adphoto account-picture`.
#[derive(Debug, Args)]
pub struct AccountPictureArgs {
    /// What to do.
    #[command(subcommand)]
    pub what: AccountPictureCommand,
}

/// What can be done with the account pictures of this machine.
#[derive(Debug, Subcommand)]
#[command(after_help = examples::ACCOUNT_PICTURE, after_long_help = examples::long(examples::ACCOUNT_PICTURE, HELP))]
pub enum AccountPictureCommand {
    /// Set the pictures of everybody who has a profile on this machine
    Install(Box<InstallArgs>),

    /// Show what is set, for whom, and what hides it
    #[command(after_help = examples::ACCOUNT_PICTURE, after_long_help = examples::long(examples::ACCOUNT_PICTURE, HELP))]
    Status,

    /// Take back what install has set
    Remove(UninstallArgs),
}

/// `adphoto account-picture install`.
#[derive(Debug, Args)]
#[command(after_help = examples::ACCOUNT_PICTURE, after_long_help = examples::long(examples::ACCOUNT_PICTURE, HELP))]
pub struct InstallArgs {
    /// The folder that `adphoto publish` keeps, such as a share; or `directory`, for the photos that the directory holds
    #[arg(long, value_name = "FOLDER|directory", value_parser = PathBufValueParser::new().map(PictureSource::from))]
    pub from: PictureSource,

    /// Do everything but write, and say whose pictures would be set
    #[arg(long, short = 'n')]
    pub dry_run: bool,

    /// Where the pictures lie
    #[command(flatten)]
    pub target: TargetArgs,

    #[command(flatten)]
    pub pictures: PictureArgs,

    /// Where results go
    #[command(flatten)]
    pub output: OutputArgs,

    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// `adphoto account-picture remove`.
#[derive(Debug, Args)]
#[command(after_help = examples::ACCOUNT_PICTURE, after_long_help = examples::long(examples::ACCOUNT_PICTURE, HELP))]
pub struct UninstallArgs {
    /// Do everything but write, and say whose pictures would be removed
    #[arg(long, short = 'n')]
    pub dry_run: bool,

    /// Where the pictures lie
    #[command(flatten)]
    pub target: TargetArgs,

    /// Where results go
    #[command(flatten)]
    pub output: OutputArgs,
}

/// The source of the pictures to install.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureSource {
    /// The photos that the directory holds.
    Directory,
    /// A folder that `adphoto publish` keeps.
    Folder(PathBuf),
}

impl From<PathBuf> for PictureSource {
    fn from(path: PathBuf) -> Self {
        if path.as_os_str() == "directory" { Self::Directory } else { Self::Folder(path) }
    }
}

/// Where the pictures lie on this machine.
#[derive(Debug, Args)]
pub struct TargetArgs {
    /// The folder on this machine for the pictures; only administrators may be able to write there
    #[arg(long = "folder", value_name = "PATH", default_value_t)]
    pub folder: TargetFolder,
}

impl AccountPictureCommand {
    /// Returns the options for the results; `None` for a command that has no results to write.
    pub(super) fn output(&self) -> Option<&OutputArgs> {
        match self {
            Self::Install(args) => Some(&args.output),
            Self::Remove(args) => Some(&args.output),
            Self::Status => None,
        }
    }

    /// Returns how the command reaches a directory; `None` if it needs none.
    pub(super) fn connection_mut(&mut self) -> Option<&mut ConnectionArgs> {
        match self {
            Self::Install(args) => Some(&mut args.connection),
            Self::Status | Self::Remove(_) => None,
        }
    }
}

const HELP: &str = "\
For machines that no Group Policy reaches, and to try one before the policy. It runs on Windows, as SYSTEM or as an \
administrator.

What is read is decoded and encoded again, never copied. From a folder, only square JPEGs of at most 2 MB are taken. \
Nothing is written over a link, a junction or a file that has another name besides.

`--from directory` takes the photos of the accounts whose SIDs have a profile here; it signs in as the other commands do. A \
folder of that name is `--from .\\directory`.";

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{AccountPictureCommand, PictureSource};
    use crate::cli::{Cli, Command};

    #[test]
    fn the_directory_is_named_by_its_word_and_a_folder_by_its_path() {
        for (from, source) in [
            ("directory", PictureSource::Directory),
            ("./directory", PictureSource::Folder(PathBuf::from("./directory"))),
            (r"\\fs1\AccountPictures$", PictureSource::Folder(PathBuf::from(r"\\fs1\AccountPictures$"))),
        ] {
            let cli = Cli::try_parse_from(["adphoto", "account-picture", "install", "--from", from]);
            let Command::AccountPicture(args) = cli.expect("right usage").command else { panic!("another command") };
            let AccountPictureCommand::Install(install) = args.what else { panic!("{:?}", args.what) };
            assert_eq!(install.from, source);
        }
    }
}
