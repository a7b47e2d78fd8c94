//! The arguments of `adphoto config`.

use clap::{Args, Subcommand};

use super::examples;

/// `adphoto config`.
#[derive(Debug, Args)]
#[command(after_help = examples::CONFIG)]
pub struct ConfigArgs {
    #[command(subcommand)]
    pub what: ConfigCommand,
}

/// Subcommands of `adphoto config`.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigCommand {
    /// Show which settings are in force, and where each comes from
    #[command(after_help = examples::CONFIG, after_long_help = examples::long(examples::CONFIG, HELP))]
    Show,
}

const HELP: &str = "\
Settings come from the file that --config names, or from adphoto.toml in the working folder, or from your own file \
(~/.config/adphoto/adphoto.toml, on Windows %APPDATA%\\adphoto\\adphoto.toml). The first of these that exists is \
used. Whoever writes this file decides which server gets your password. So a file in the working folder must belong \
to you or to root, in a folder that not everybody may write to; on Windows, it must be in your user profile.

A flag takes precedence over an environment variable, \
a variable over the file, and the file over the default. Keys are the flags' long names:

  server = [\"dc1.ad.example.com\", \"dc2.ad.example.com\"]
  user = 'EXAMPLE\\anna'
  ca-file = \"ca.pem\"
  max-changes = \"5%\"

  [profile.labs]
  domain = \"labs.example.com\"
  max-changes = \"\"

In a profile, an empty text cancels what the rest of the file says. An empty variable counts as not set. A password must not \
be in this file; password-file names a file that only you can read. A password is used only for the user that is set \
beside it: with another --user, adphoto asks for that user's password.";
