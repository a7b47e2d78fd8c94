//! How a directory is reached.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::{BoolishValueParser, NonEmptyStringValueParser};

use crate::directory::{DomainName, SiteName};

/// Where DNS servers listen (RFC 1035 4.2).
const DNS_PORT: u16 = 53;

/// How to reach a directory and who to be there.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// A domain controller: HOST or ldaps://HOST (TLS), ldap://HOST (StartTLS; with --kerberos, HOST and ldap://HOST
    /// are sealed by Kerberos); several are tried in order
    #[arg(long, value_name = "URL|HOST", env = "ADPHOTO_SERVER", hide_env_values = true, value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    pub server: Vec<String>,

    /// The domain whose controllers DNS names, e.g. ad.example.com
    #[arg(long, value_name = "NAME", env = "ADPHOTO_DOMAIN", hide_env_values = true)]
    pub domain: Option<DomainName>,

    /// The site whose domain controllers come first among those that DNS names
    #[arg(long, value_name = "NAME", env = "ADPHOTO_SITE", hide_env_values = true, hide_short_help = true)]
    pub site: Option<SiteName>,

    /// The DNS server to ask
    #[arg(long, value_name = "ADDR[:PORT]", env = "ADPHOTO_DNS_SERVER", hide_env_values = true, value_parser = dns_server, hide_short_help = true)]
    pub dns_server: Option<SocketAddr>,

    /// Who to sign in as: DOMAIN\user, user@domain or a DN; the password comes from --password-file, the environment
    /// variable ADPHOTO_PASSWORD or a prompt
    #[arg(long, value_name = "NAME", env = "ADPHOTO_USER", hide_env_values = true, value_parser = NonEmptyStringValueParser::new())]
    pub user: Option<String>,

    /// The file whose first line is the password; - is standard input
    #[arg(long, value_name = "FILE", env = "ADPHOTO_PASSWORD_FILE", hide_env_values = true)]
    pub password_file: Option<PathBuf>,

    /// Sign in with the Kerberos ticket (on Windows, the logon) that is there, instead of --user and a password
    #[arg(long, env = "ADPHOTO_KERBEROS", hide_env_values = true, value_parser = BoolishValueParser::new())]
    pub kerberos: bool,

    /// Where accounts are searched
    #[arg(long, value_name = "DN", env = "ADPHOTO_BASE_DN", hide_env_values = true, value_parser = NonEmptyStringValueParser::new())]
    pub base_dn: Option<String>,

    /// Certificate authorities to trust besides the system's, as PEM or DER
    #[arg(long, value_name = "FILE", env = "ADPHOTO_CA_FILE", hide_env_values = true)]
    pub ca_file: Option<PathBuf>,

    /// How long a connection or one operation may take
    #[arg(long, value_name = "SECONDS", env = "ADPHOTO_TIMEOUT", hide_env_values = true, default_value = "30", value_parser = seconds, hide_short_help = true)]
    pub timeout: Duration,

    /// Stop when nothing has gone well for so long, however often it was tried
    #[arg(long, value_name = "SECONDS", env = "ADPHOTO_GIVE_UP_AFTER", hide_env_values = true, default_value = "120", value_parser = seconds, hide_short_help = true)]
    pub give_up_after: Duration,

    /// Let the password cross an unprotected ldap:// connection; only to this machine itself, for the practice directory
    #[arg(long, env = "ADPHOTO_ALLOW_CLEAR_TEXT", hide_env_values = true, value_parser = BoolishValueParser::new(), hide_short_help = true)]
    pub allow_clear_text: bool,

    /// A password that is set, and not for [`user`](Self::user).
    #[arg(skip)]
    pub left_out: Option<LeftOut>,
}

/// A password that is set for somebody else than the user who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Whose it is.
    pub owner: String,
    /// Whether it is in a variable, and not in a file that a setting names.
    pub is_variable: bool,
}

fn dns_server(text: &str) -> Result<SocketAddr, String> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let with_port = || bare.parse::<IpAddr>().map(|address| SocketAddr::new(address, DNS_PORT));
    match text.parse().or_else(|_| with_port()) {
        Ok(server) if server.port() > 0 => Ok(server),
        _ => Err("an IP address, with :PORT if that is not 53".to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.1..=3600.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("a number of seconds from 0.1 to 3600".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::dns_server;

    #[test]
    fn a_dns_server_is_an_address() {
        for (text, server) in [
            ("10.0.0.1", "10.0.0.1:53"),
            ("10.0.0.1:5353", "10.0.0.1:5353"),
            ("::1", "[::1]:53"),
            ("[::1]", "[::1]:53"),
            ("[::1]:5353", "[::1]:5353"),
        ] {
            assert_eq!(dns_server(text).map(|server| server.to_string()), Ok(server.to_owned()), "{text}");
        }
        for text in ["", "dc1.ad.example.com", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:99999"] {
            assert!(dns_server(text).is_err(), "{text}");
        }
    }
}
