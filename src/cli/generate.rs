//! `adphoto generate`: its arguments.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::Shell;

use super::examples;

/// `adphoto generate`.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// What to make.
    #[command(subcommand)]
    pub what: Generated,
}

/// What is made from the program itself.
#[derive(Debug, Subcommand)]
#[command(after_help = examples::GENERATE, after_long_help = examples::long(examples::GENERATE, ""))]
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
