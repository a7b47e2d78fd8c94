//! `adphoto generate`: its arguments.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::Shell;

/// `adphoto generate`.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// What to make.
    #[command(subcommand)]
    pub what: Generated,
}

/// What is made from the program itself.
#[derive(Debug, Subcommand)]
#[command(after_long_help = HELP)]
pub enum Generated {
    /// Print what a shell needs to complete commands and flags
    Completions {
        /// The shell
        shell: Shell,
    },

    /// Write a man page for each command
    Man {
        /// The folder for the pages; it is made if it is not there
        folder: PathBuf,
    },
}

const HELP: &str = "\
Examples:
  adphoto generate completions bash > /usr/share/bash-completion/completions/adphoto
  adphoto generate completions powershell >> $PROFILE
  adphoto generate man /usr/local/share/man/man1";
