//! The arguments that say where the photos are, and how to sign in to Microsoft 365.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, ValueEnum};

use crate::microsoft365::{ClientId, Cloud, TenantName};

/// The place that holds the photos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Target {
    /// In Active Directory
    #[default]
    ActiveDirectory,
    /// In Microsoft 365
    Microsoft365,
}

/// Where the photos are, and how to sign in to Microsoft 365.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Microsoft 365")]
pub struct CloudArgs {
    /// Where the photos are
    #[arg(long, value_enum, env = "ADPHOTO_TARGET", hide_env_values = true, default_value = "active-directory")]
    pub target: Target,

    /// The tenant: its id, or one of its domains
    #[arg(long, value_name = "ID|DOMAIN", env = "ADPHOTO_TENANT", hide_env_values = true)]
    pub tenant: Option<TenantName>,

    /// The application (client) ID of the app registration
    #[arg(long, value_name = "ID", env = "ADPHOTO_CLIENT_ID", hide_env_values = true)]
    pub client_id: Option<ClientId>,

    /// Sign in with this certificate: a PEM file with the private key, too, that only you can read
    #[arg(long, value_name = "FILE", env = "ADPHOTO_CERTIFICATE", hide_env_values = true)]
    pub certificate: Option<PathBuf>,

    /// Sign in with the client secret in the first line of this file, that only you can read
    #[arg(
        long,
        value_name = "FILE",
        env = "ADPHOTO_CLIENT_SECRET_FILE",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub client_secret_file: Option<PathBuf>,

    /// Sign in with the token in this file, which another identity provider renews
    #[arg(
        long,
        value_name = "FILE",
        env = "ADPHOTO_FEDERATED_TOKEN_FILE",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub federated_token_file: Option<PathBuf>,

    /// The cloud that the tenant is in: global, us-gov, us-dod or china
    #[arg(
        long,
        value_name = "NAME",
        env = "ADPHOTO_CLOUD",
        hide_env_values = true,
        default_value = "global",
        hide_short_help = true
    )]
    pub cloud: Cloud,

    /// Guests are accounts, too
    #[arg(long, hide_short_help = true)]
    pub include_guests: bool,
}

/// The environment variable that may hold an access token.
pub const TOKEN_VARIABLE: &str = "ADPHOTO_ACCESS_TOKEN";

/// Flags that only make sense for a domain.
const OF_DOMAIN: [&str; 9] =
    ["server", "domain", "site", "dns_server", "user", "password_file", "kerberos", "base_dn", "filter"];
/// Flags that only make sense for a tenant.
const OF_TENANT: [&str; 9] = [
    "tenant",
    "client_id",
    "certificate",
    "client_secret_file",
    "federated_token_file",
    "cloud",
    "include_guests",
    "try_user",
    "without_undo",
];

/// Refuses flags and variables that do not go together with the target. Settings files do not count, since other runs
/// may need what they say.
pub(super) fn check(program: &Command, matches: &ArgMatches) -> Result<(), clap::Error> {
    let Some((name, matches)) = matches.subcommand() else { return Ok(()) };
    let Some(command) = program.find_subcommand(name) else { return Ok(()) };
    let Ok(Some(target)) = matches.try_get_one::<Target>("target") else { return Ok(()) };
    let source = |id: &str| matches.try_contains_id(id).ok().and_then(|_| matches.value_source(id));
    let is_off = |id: &str| matches!(matches.try_get_one::<bool>(id), Ok(Some(false)));
    let long = |id: &&str| {
        let argument = command.get_arguments().find(|argument| argument.get_id() == *id);
        argument.and_then(clap::Arg::get_long).unwrap_or_default().to_owned()
    };
    let text = match target {
        Target::Microsoft365 => {
            let is_given = |id: &&&str| {
                matches!(source(id), Some(ValueSource::CommandLine | ValueSource::EnvVariable)) && !is_off(id)
            };
            let Some(id) = OF_DOMAIN.iter().find(is_given) else { return Ok(()) };
            let variable = match source(id) {
                Some(ValueSource::EnvVariable) => {
                    format!(" (it is set by ADPHOTO_{})", long(id).to_uppercase().replace('-', "_"))
                }
                _ => String::new(),
            };
            format!("--{} is for Active Directory, and cannot be used with --target microsoft365{variable}", long(id))
        }
        // The journals say where undo writes.
        Target::ActiveDirectory if name == "undo" => return Ok(()),
        Target::ActiveDirectory => {
            let is_typed = |id: &&&str| source(id) == Some(ValueSource::CommandLine);
            let Some(id) = OF_TENANT.iter().find(is_typed) else { return Ok(()) };
            format!("--{} is for Microsoft 365: add --target microsoft365", long(id))
        }
    };
    Err(command.clone().bin_name(format!("adphoto {name}")).error(ErrorKind::ArgumentConflict, text))
}
