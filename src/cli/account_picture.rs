//! The arguments of `adphoto account-picture`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{OutputArgs, examples};
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
    #[command(after_help = examples::ACCOUNT_PICTURE, after_long_help = examples::long(examples::ACCOUNT_PICTURE, HELP))]
    Install {
        /// The folder that `adphoto publish` keeps, such as a share
        #[arg(long, value_name = "FOLDER")]
        from: PathBuf,

        /// Do everything but write, and say whose pictures would be set
        #[arg(long, short = 'n')]
        dry_run: bool,

        /// Where the pictures lie
        #[command(flatten)]
        target: TargetArgs,

        /// Where results go
        #[command(flatten)]
        output: OutputArgs,
    },

    /// Show what is set, for whom, and what hides it
    #[command(after_help = examples::ACCOUNT_PICTURE, after_long_help = examples::long(examples::ACCOUNT_PICTURE, HELP))]
    Status,

    /// Take back what install has set
    #[command(after_help = examples::ACCOUNT_PICTURE, after_long_help = examples::long(examples::ACCOUNT_PICTURE, HELP))]
    Remove {
        /// Do everything but write, and say whose pictures would be removed
        #[arg(long, short = 'n')]
        dry_run: bool,

        /// Where the pictures lie
        #[command(flatten)]
        target: TargetArgs,

        /// Where results go
        #[command(flatten)]
        output: OutputArgs,
    },
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
            Self::Install { output, .. } | Self::Remove { output, .. } => Some(output),
            Self::Status => None,
        }
    }
}

const HELP: &str = "\
For machines that no Group Policy reaches, and to try one before the policy. It runs on Windows, as SYSTEM or as an \
administrator.

What is read is decoded and encoded again, never copied. Nothing is written over a link, a junction or a file that has \
another name besides.";
