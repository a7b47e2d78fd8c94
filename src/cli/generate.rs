//! The arguments of `adphoto generate`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::Shell;

use super::examples;
use crate::account_pictures::{Share, TargetFolder};
use crate::directory::Guid;

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

    /// Write the Group Policy that brings account pictures from a share to the PCs
    #[command(after_help = examples::GROUP_POLICY, after_long_help = examples::long(examples::GROUP_POLICY, GROUP_POLICY_HELP))]
    GroupPolicy {
        /// The folder for the policy; it is made if it is not there
        folder: PathBuf,

        /// Where `adphoto publish` puts the pictures, as the PCs name it
        #[arg(long, value_name = "UNC")]
        share: Share,

        /// The folder on the PCs for the pictures; only administrators may be able to write there
        #[arg(long = "folder", value_name = "PATH", default_value_t)]
        target: TargetFolder,

        /// Set the picture once: who chooses another one afterwards keeps it
        #[arg(long)]
        keep_own_picture: bool,

        /// What the policy is called
        #[arg(long, value_name = "NAME", default_value = "Account pictures", value_parser = policy_name)]
        name: String,

        /// Make the same files again, byte for byte, for version control
        #[arg(long, value_name = "GUID", value_parser = guid)]
        id: Option<Guid>,
    },
}

fn policy_name(text: &str) -> Result<String, &'static str> {
    let is_name = !text.trim().is_empty() && text.chars().count() <= 255 && !text.contains(char::is_control);
    if is_name { Ok(text.to_owned()) } else { Err("a name of 1 to 255 characters, in one line") }
}

fn guid(text: &str) -> Result<Guid, &'static str> {
    Guid::parse(text).ok_or("a GUID, as {8f2c5b1e-0a64-4a57-9d1e-2f6b3c7d9e10}")
}

const GROUP_POLICY_HELP: &str = "\
What is written is a backup, as the Group Policy console makes them. Import-GPO takes it; the README.md beside it says how, \
how to see that it works, and how to take it back.

The policy copies a user's pictures from the share and sets the twelve values that Windows reads. It takes both away when \
the share holds pictures and none of the user; while the share is empty or cannot be reached, nothing goes.

Below Users and ProgramData, users can lay links, over which Windows would write into other folders as SYSTEM: such a \
--folder is refused.";
