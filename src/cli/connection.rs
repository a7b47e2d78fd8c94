//! How a directory is reached.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::BoolishValueParser;

/// How to reach a directory and who to be there.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// A domain controller: HOST or ldaps://HOST (TLS), ldap://HOST (StartTLS); several are tried in order
    #[arg(
        long,
        value_name = "URL|HOST",
        env = "ADPHOTO_SERVER",
        hide_env_values = true,
        required = true,
        value_delimiter = ','
    )]
    pub server: Vec<String>,

    /// Who to sign in as: DOMAIN\user, user@domain or a DN; the password comes from --password-file, the environment
    /// variable ADPHOTO_PASSWORD or a prompt
    #[arg(long, value_name = "NAME", env = "ADPHOTO_USER", hide_env_values = true, required = true)]
    pub user: String,

    /// The file whose first line is the password; - is standard input
    #[arg(long, value_name = "FILE", env = "ADPHOTO_PASSWORD_FILE", hide_env_values = true)]
    pub password_file: Option<PathBuf>,

    /// Where accounts are searched [default: the whole domain]
    #[arg(long, value_name = "DN", env = "ADPHOTO_BASE_DN", hide_env_values = true)]
    pub base_dn: Option<String>,

    /// Certificate authorities to trust besides the system's, as PEM or DER
    #[arg(long, value_name = "FILE", env = "ADPHOTO_CA_FILE", hide_env_values = true)]
    pub ca_file: Option<PathBuf>,

    /// How long a connection or one operation may take
    #[arg(long, value_name = "SECONDS", env = "ADPHOTO_TIMEOUT", hide_env_values = true, default_value = "30", value_parser = seconds)]
    pub timeout: Duration,

    /// Let the password cross an unprotected ldap:// connection; only to this machine itself, for the practice directory
    #[arg(long, env = "ADPHOTO_ALLOW_CLEAR_TEXT", hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub allow_clear_text: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.1..=3600.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("a number of seconds from 0.1 to 3600".to_owned()),
    }
}
