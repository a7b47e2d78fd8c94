//! The arguments of `adphoto generate`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::Shell;

use super::examples;

/// `adphoto generate`.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    #[command(subcommand)]
    pub what: Generated,
}

/// Files that are generated from the program's definition.
#[derive(Debug, Subcommand)]
#[command(after_help = examples::GENERATE, after_long_help = examples::long(examples::GENERATE, ""))]
pub enum Generated {
    /// Print the script with which a shell completes commands and flags
    Completions {
        /// The shell
        shell: Shell,
    },

    /// Write a man page for each command
    Man {
        /// The folder for the pages, which is created if necessary
        folder: PathBuf,
    },
}
