//! The command line.

mod account_picture;
mod audit;
mod brake;
mod check;
mod cloud;
mod config;
mod connection;
mod convert;
mod defaults;
mod definition;
mod examples;
mod export;
mod fit;
mod generate;
mod import;
mod mistake;
mod number;
mod options;
mod output;
mod pictures;
mod publish;
mod remove;
mod source;
mod thumbnail;
mod typed;
mod undo;
mod whose;
mod words;
mod write;
mod written;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{ArgAction, ArgMatches, Args, CommandFactory, FromArgMatches, Subcommand};

pub use account_picture::{
    AccountPictureArgs, AccountPictureCommand, InstallArgs, PictureSource, TargetArgs, UninstallArgs,
};
pub use audit::AuditArgs;
pub use brake::{BrakeArgs, MaxChanges};
pub use check::CheckArgs;
pub use cloud::{CloudArgs, TOKEN_VARIABLE, Target};
pub use config::{ConfigArgs, ConfigCommand};
pub use connection::{ConnectionArgs, LeftOut};
pub use convert::ConvertArgs;
pub use defaults::default_of;
pub use export::{ExportArgs, Kind};
pub use fit::FitArgs;
pub use generate::{GenerateArgs, Generated};
pub use import::ImportArgs;
pub use output::OutputArgs;
pub use pictures::PictureArgs;
pub use publish::PublishArgs;
pub use remove::{AccountsArgs, RemoveArgs};
pub use source::SourceArgs;
pub use thumbnail::{ThumbnailArgs, faces};
pub use typed::Typed;
pub use undo::UndoArgs;
pub use whose::WhoseArgs;
pub use words::masked_values;
pub use write::WriteArgs;
pub use written::Written;

use crate::directory::is_attribute_name;

/// The position of `--help` in the help is 999; this is the next.
const AFTER_HELP: usize = 1000;

/// Put photos into Active Directory: thumbnailPhoto, from a CSV file or a folder.
#[derive(Debug, Args)]
#[command(version, disable_version_flag = true, arg_required_else_help = true, after_help = examples::PROGRAM, after_long_help = examples::long(examples::PROGRAM, ""))]
// Without this, the usage would say adphoto.exe on Windows.
#[command(bin_name = "adphoto", max_term_width = 100)]
pub struct Cli {
    /// Read settings from FILE
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "ADPHOTO_CONFIG",
        hide_env_values = true,
        help_heading = "Settings"
    )]
    pub config: Option<PathBuf>,

    /// Use the settings of this profile before the others in the file
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "ADPHOTO_PROFILE",
        hide_env_values = true,
        help_heading = "Settings"
    )]
    pub profile: Option<String>,

    /// Print version
    #[arg(long, short = 'V', short_alias = 'v', action = ArgAction::Version, display_order = AFTER_HELP)]
    pub version: Option<bool>,

    #[command(subcommand)]
    pub command: Command,

    /// The words after the program's name, for log and journal: as they were typed, except for passwords in URLs.
    #[arg(skip)]
    pub words: Vec<String>,

    /// Every flag that holds, by its long name, with its values: for reports.
    #[arg(skip)]
    pub options: BTreeMap<String, Vec<String>>,
}

impl CommandFactory for Cli {
    fn command() -> clap::Command {
        definition::repeatable(defaults::told(Self::augment_args(clap::Command::new("adphoto"))))
    }

    fn command_for_update() -> clap::Command {
        Self::augment_args_for_update(clap::Command::new("adphoto"))
    }
}

impl Cli {
    /// Reads a command line, whose first word is the name of the program.
    ///
    /// # Errors
    /// When it is wrong, or asks for help or the version.
    pub fn try_parse_from<W: Into<OsString>>(words: impl IntoIterator<Item = W>) -> Result<Self, clap::Error> {
        let words: Vec<OsString> = words.into_iter().map(Into::into).collect();
        Self::read(Self::command(), &words)
    }

    /// Like [`try_parse_from`](Self::try_parse_from), with a definition whose arguments may have other defaults.
    ///
    /// # Errors
    /// When it is wrong, or asks for help or the version.
    pub fn read(program: clap::Command, words: &[OsString]) -> Result<Self, clap::Error> {
        let program = definition::without_empty_variables(program).mut_subcommands(definition::require_user);
        let definition = program.clone();
        let read = || {
            let matches = program.try_get_matches_from(words)?;
            cloud::check(&definition, &matches)?;
            let options = options::of(&definition, &matches);
            Ok(Self { options, ..Self::from_arg_matches(&matches)? })
        };
        let cli = read().map_err(|error| mistake::explain(error, words))?;
        Ok(Self { words: words::kept(words), ..cli })
    }

    /// Reads a command line as far as it can be understood. Errors are left for [`Cli::read`] to report.
    ///
    /// # Errors
    /// When it asks for help or the version.
    pub fn glance(words: &[OsString]) -> Result<ArgMatches, clap::Error> {
        definition::without_empty_variables(Self::command()).ignore_errors(true).try_get_matches_from(words)
    }
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write photos from a CSV file, a folder or a glob pattern
    Import(Box<ImportArgs>),

    /// Report who has no photo, and whose photo is not as it should be
    Audit(Box<AuditArgs>),

    /// Save the photos that the directory holds as files in a folder
    Export(Box<ExportArgs>),

    /// Remove the photos of accounts
    Remove(Box<RemoveArgs>),

    /// Put back what a run replaced
    Undo(Box<UndoArgs>),

    /// Write Windows account pictures to a folder, twelve sizes a person
    Publish(Box<PublishArgs>),

    /// Only make the thumbnails, as files in a folder; needs no directory
    Convert(ConvertArgs),

    /// Set, show or remove the account pictures of this Windows machine
    AccountPicture(AccountPictureArgs),

    /// Check connection, certificate, schema and rights, without writing
    Check(Box<CheckArgs>),

    /// Show which settings are in force
    Config(ConfigArgs),

    /// Generate shell completions, man pages, or the Group Policy for account pictures
    Generate(GenerateArgs),
}

fn attribute_name(text: &str) -> Result<String, String> {
    if is_attribute_name(text) {
        Ok(text.to_owned())
    } else {
        Err("not an attribute's name: it may have letters, digits and hyphens".to_owned())
    }
}

impl Command {
    /// Returns how the command reaches a directory; `None` if it needs none.
    pub fn connection_mut(&mut self) -> Option<&mut ConnectionArgs> {
        match self {
            Self::Import(args) => Some(&mut args.connection),
            Self::Audit(args) => Some(&mut args.connection),
            Self::Export(args) => Some(&mut args.connection),
            Self::Remove(args) => Some(&mut args.connection),
            Self::Undo(args) => Some(&mut args.connection),
            Self::Publish(args) => Some(&mut args.connection),
            Self::Check(args) => Some(&mut args.connection),
            Self::AccountPicture(args) => args.what.connection_mut(),
            Self::Convert(_) | Self::Config(_) | Self::Generate(_) => None,
        }
    }

    /// Returns whether the command is quiet, and its log file.
    #[must_use]
    pub fn talk(&self) -> (bool, Option<&Path>) {
        match (self, self.output()) {
            (Self::Check(args), _) => (args.quiet, None),
            (_, Some(output)) => (output.quiet, output.log_file.as_deref()),
            (_, None) => (false, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::{Cli, Command};

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_is_typed_is_known_and_the_words_are_kept_without_passwords() {
        let words =
            ["adphoto", "undo", "--last", "--user=anna", "--server", "ldaps://anna:secret@dc1", "--base-dn=DC=x"];
        let cli = Cli::try_parse_from(words).expect("right usage");
        assert_eq!(cli.words[..3], words[1..4]);
        assert_eq!(cli.words[4], "…@dc1");
        let Command::Undo(args) = cli.command else { panic!("{:?}", cli.command) };
        assert!(args.typed.has("base_dn") && args.typed.has("last"));
        assert!(!args.typed.has("timeout") && !args.typed.has("dry_run"), "{:?}", args.typed);
    }
}
