//! `adphoto config`: its arguments.

use clap::{Args, Subcommand};

use super::examples;

/// `adphoto config`.
#[derive(Debug, Args)]
#[command(after_help = examples::CONFIG)]
pub struct ConfigArgs {
    /// What to do.
    #[command(subcommand)]
    pub what: ConfigCommand,
}

/// What can be done with settings.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigCommand {
    /// Show which settings are in force, and where each comes from
    #[command(after_help = examples::CONFIG, after_long_help = examples::long(examples::CONFIG, HELP))]
    Show,
}

const HELP: &str = "\
Settings are taken from adphoto.toml in the working folder, else from the user's (~/.config/adphoto/adphoto.toml, \
%APPDATA%\\adphoto\\adphoto.toml), or from the file that --config names. That of the working folder has to be yours or an administrator's, and in no \
folder that everybody may write to; on Windows, within your user profile: who names the server is who gets your password.

A flag goes before an environment variable, that \
before the file, that before the default. Keys are the flags' long names:

  server = [\"dc1.ad.example.com\", \"dc2.ad.example.com\"]
  user = 'EXAMPLE\\anna'
  ca-file = \"ca.pem\"
  max-changes = \"5%\"

  [profile.labs]
  domain = \"labs.example.com\"
  max-changes = \"\"

An empty text takes away what the rest of the file says; an empty variable is one that is not set. A password does not \
belong there: password-file names a file that only you can read. It is used for the user that it was set beside, and for \
nobody else: with another --user, you are asked.";
